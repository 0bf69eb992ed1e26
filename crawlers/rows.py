"""The rows of a list, whatever its format: HTML, JSON, a feed, a sitemap."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from parsel import Selector

from crawlers.dates import parse_date
from crawlers.entries import Entry, feed_entries, sitemap_entries
from crawlers.extract import JsonNode, Rows
from crawlers.recipe import ListRule
from crawlers.signature import signature_of
from crawlers.states import PageView
from crawlers.steps import PageContext
from crawlers.urls import Site

#: Of checksums the beginning is kept: a mark lies with every known page.
_KIND, _SHORT = 8, 24


@dataclass(frozen=True, kw_only=True)
class Row:
    """One row that leads to a posting of the source."""

    key: str
    #: Canonical, absolute.
    url: str
    title: str = ""
    posted: datetime | None = None
    #: Checksums of the kind of list and of what the row says that tells of a change; '' when nothing of it is read.
    mark: str = ""


@dataclass(frozen=True, kw_only=True)
class ListReading:
    """What a list page says."""

    rows: tuple[Row, ...] = ()
    #: Entries before those that lead nowhere were left out; None: the page is HTML, or not of the list's format.
    entries: int | None = None
    #: Addresses of lists inside it (a sitemap index).
    lists: tuple[str, ...] = ()
    next: str = ""
    #: Rows and pages of the whole list, when told.
    total: int | None = None
    total_pages: int | None = None


class ListText:
    """A list page before anything is read off it: what its format alone says of it, which its state follows from."""

    def __init__(self, rule: ListRule, view: PageView, body: bytes, at: datetime) -> None:
        self.rule = rule
        self.view = view
        self.at = at
        self._body = body

    @cached_property
    def listed(self) -> list[Entry] | None:
        """The entries of a feed or sitemap; None when the page is neither."""
        if self.rule.format == "feed":
            return feed_entries(self.view.text, self.at)
        return sitemap_entries(self._body, self.at) if self.rule.format == "sitemap" else None

    @cached_property
    def reader(self) -> Rows:
        """Reads the rows of the other formats."""
        context = PageContext(url=self.view.url, fetched_at=self.at, text=self.view.text)
        return Rows(self.view, context, scripted=self.rule.format == "script")

    @cached_property
    def entries(self) -> int | None:
        """How many entries a page of another format than HTML holds, wherever they lead; None: it is HTML or not of
        that format, so its state is for the rules to say."""
        if self.rule.format in ("feed", "sitemap"):
            return None if self.listed is None else len(self.listed)
        if self.rule.format == "html" or self.reader.data is None:
            return None
        # A page without a row in its scripts may be anything; the rules say what.
        return len(self.rows) if self.rule.format == "json" else len(self.rows) or None

    @cached_property
    def rows(self) -> list[Selector | JsonNode]:
        """The places of its rows, nothing read off them."""
        return self.reader.select(self.rule.rows)


def read_list(page: ListText, site: Site) -> ListReading:
    """The rows of a list page that lead to postings of this source, each key once. Never raises for any page."""
    rule, reader = page.rule, page.reader
    if rule.format in ("feed", "sitemap"):
        return _by_format(page, site)
    if rule.format != "html" and reader.data is None:
        return ListReading()
    found: list[Row | None] = []
    for row in page.rows:
        if rule.skip_rows is not None and reader.holds(row, rule.skip_rows):
            continue
        link = reader.one(rule.link, row)
        key = reader.one(rule.key, row) if rule.key else ""
        posted = next((text for pick in rule.posted if (text := reader.one(pick, row))), "")
        date = parse_date(posted, page.at) if posted else None
        title, told = reader.one(rule.title, row), [reader.one(pick, row) for pick in rule.tells]
        mark = _mark(rule, title, told)
        found.append(_row(site, link, key, title, date.moment if date else None, mark))
    return ListReading(
        rows=_once(found),
        entries=page.entries,
        next=reader.one(rule.next),
        total=_number(reader.one(rule.total)),
        total_pages=_number(reader.one(rule.total_pages)),
    )


def _by_format(page: ListText, site: Site) -> ListReading:
    entries, here = page.listed, page.view.url
    if entries is None:
        return ListReading()
    inside = [site.canonical(site.absolute(entry.url, here)) for entry in entries if entry.is_index]
    found = [
        _row(
            site,
            site.absolute(entry.url, here),
            "",
            entry.title,
            entry.posted,
            _mark(page.rule, entry.title, [entry.updated]),
        )
        for entry in entries
        if not entry.is_index
    ]
    return ListReading(
        rows=_once(found), entries=len(entries), lists=tuple(dict.fromkeys(url for url in inside if site.on_site(url)))
    )


def _row(site: Site, link: str, key: str, title: str, posted: datetime | None, mark: str) -> Row | None:
    url = site.canonical(link) if link else ""
    if not url or not site.in_scope(url):
        return None
    key = key or site.key(url) or ""
    return Row(key=key, url=url, title=title, posted=posted, mark=mark) if key else None


def _mark(rule: ListRule, title: str, told: Sequence[str]) -> str:
    """The same for the same words in the same kind of list, whatever else the row shows: how often it was read, how
    long ago it was posted."""
    if not title and not any(told):
        return ""
    return f"{signature_of([rule.url, rule.format])[:_KIND]}:{signature_of([title, *told])[:_SHORT]}"


def comparable(mark: str, other: str) -> bool:
    """Were both read in the same kind of list? A feed and a page tell of the same posting in other words."""
    return mark.partition(":")[0] == other.partition(":")[0]


def _once(rows: list[Row | None]) -> tuple[Row, ...]:
    found: dict[str, Any] = {row.key: row for row in rows if row is not None}
    return tuple(found.values())


def _number(text: str) -> int | None:
    return int(text) if text.isdigit() and len(text) < 10 else None
