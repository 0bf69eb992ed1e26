"""What a recipe makes of one page: its state and why, each field or row it found, what it lacks."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from crawlers.extract import Extracted, extract_from
from crawlers.recipe import Recipe
from crawlers.rows import ListReading, ListText, read_list
from crawlers.states import PageView, classify
from crawlers.steps import PageContext
from crawlers.urls import Site
from pipelines.records import PageState

#: Where pages without an address of their own are taken to stand.
NOWHERE = "http://localhost"


@dataclass(frozen=True, kw_only=True)
class PageReport:
    """One page, read."""

    name: str
    url: str
    state: PageState
    #: Why, in Chinese.
    reason: str
    fields: dict[str, Any] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    reading: ListReading | None = None

    @property
    def rows(self) -> int:
        """Rows that lead to postings."""
        return len(self.reading.rows) if self.reading else 0


def report_page(recipe: Recipe, view: PageView, body: bytes, *, name: str, at: datetime | None) -> PageReport:
    """Read a page by a recipe. Never raises for anything a page can hold."""
    site = Site.of(recipe, NOWHERE)
    verdict = classify(view, recipe.states)
    listed = _listed(recipe, view, body, site, at) if site is not None else None
    if listed is not None and (listed.entries or (verdict.state is PageState.LIST and listed.rows)):
        return PageReport(name=name, url=view.url, state=PageState.LIST, reason=verdict.reason, reading=listed)
    if verdict.state is not PageState.OK:
        return PageReport(name=name, url=view.url, state=verdict.state, reason=verdict.reason, reading=listed)
    found = extract_from(view.selector, recipe, PageContext(url=view.url, fetched_at=at, text=view.text))
    state = PageState.UNKNOWN if found.missing else PageState.OK
    reason = f"缺少必需字段 {'、'.join(found.missing)}" if found.missing else verdict.reason
    return PageReport(
        name=name, url=view.url, state=state, reason=reason, fields=fields_of(found), missing=found.missing
    )


def _listed(recipe: Recipe, view: PageView, body: bytes, site: Site, at: datetime | None) -> ListReading | None:
    """The reading by the rule that finds most rows."""
    moment = at or datetime.fromisoformat("2000-01-01T00:00:00+00:00")
    readings = [read_list(ListText(rule, view, body, moment), site) for rule in recipe.lists]
    return max(readings, key=lambda reading: (len(reading.rows), reading.entries or 0), default=None)


def fields_of(found: Extracted) -> dict[str, Any]:
    """Every field that was found: texts, the pairs of attrs, the addresses of images, the time in ISO form."""
    fields: dict[str, Any] = dict(found.values)
    if found.attrs:
        fields["attrs"] = dict(found.attrs)
    if found.images:
        fields["images"] = list(found.images)
    if found.posted_at is not None:
        fields["posted_at"] = found.posted_at.isoformat()
    return fields
