"""The rows of a list, whatever its format: HTML, JSON, a feed, a sitemap."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from crawlers.dates import parse_date
from crawlers.entries import feed_entries, sitemap_entries
from crawlers.extract import Rows
from crawlers.recipe import ListRule
from crawlers.states import PageView
from crawlers.steps import PageContext
from crawlers.urls import Site


@dataclass(frozen=True, kw_only=True)
class Row:
    """One row that leads to a posting of the source."""

    key: str
    #: Canonical, absolute.
    url: str
    title: str = ""
    posted: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class ListReading:
    """What a list page says."""

    rows: tuple[Row, ...] = ()
    #: Entries before those that lead nowhere were left out; None: the page is not of the list's format, so its state
    #: is for the rules to say.
    entries: int | None = None
    #: Addresses of lists inside it (a sitemap index).
    lists: tuple[str, ...] = ()
    next: str = ""
    #: Rows and pages of the whole list, when told.
    total: int | None = None
    total_pages: int | None = None


def read_list(rule: ListRule, view: PageView, body: bytes, site: Site, at: datetime) -> ListReading:
    """The rows of a list page that lead to postings of this source, each key once. Never raises for any page."""
    if rule.format in ("feed", "sitemap"):
        return _by_format(rule, view, body, site, at)
    reader = Rows(view, PageContext(url=view.url, fetched_at=at, text=view.text), scripted=rule.format == "script")
    if rule.format != "html" and reader.data is None:
        return ListReading()
    found: list[Row | None] = []
    for row in reader.select(rule.rows):
        if rule.skip_rows is not None and reader.holds(row, rule.skip_rows):
            continue
        link = reader.one(rule.link, row)
        key = reader.one(rule.key, row) if rule.key else ""
        posted = next((text for pick in rule.posted if (text := reader.one(pick, row))), "")
        date = parse_date(posted, at) if posted else None
        found.append(_row(site, link, key, reader.one(rule.title, row), date.moment if date else None))
    return ListReading(
        rows=_once(found),
        # A page without a row in its scripts may be anything; the rules say what.
        entries=len(found) if rule.format == "json" else (len(found) or None) if rule.format == "script" else None,
        next=reader.one(rule.next),
        total=_number(reader.one(rule.total)),
        total_pages=_number(reader.one(rule.total_pages)),
    )


def _by_format(rule: ListRule, view: PageView, body: bytes, site: Site, at: datetime) -> ListReading:
    entries = feed_entries(view.text, at) if rule.format == "feed" else sitemap_entries(body, at)
    if entries is None:
        return ListReading()
    inside = [site.canonical(site.absolute(entry.url, view.url)) for entry in entries if entry.is_index]
    found = [
        _row(site, site.absolute(entry.url, view.url), "", entry.title, entry.posted)
        for entry in entries
        if not entry.is_index
    ]
    return ListReading(
        rows=_once(found), entries=len(entries), lists=tuple(dict.fromkeys(url for url in inside if site.on_site(url)))
    )


def _row(site: Site, link: str, key: str, title: str, posted: datetime | None) -> Row | None:
    url = site.canonical(link) if link else ""
    if not url or not site.in_scope(url):
        return None
    key = key or site.key(url) or ""
    return Row(key=key, url=url, title=title, posted=posted) if key else None


def _once(rows: list[Row | None]) -> tuple[Row, ...]:
    found: dict[str, Any] = {row.key: row for row in rows if row is not None}
    return tuple(found.values())


def _number(text: str) -> int | None:
    return int(text) if text.isdigit() and len(text) < 10 else None
