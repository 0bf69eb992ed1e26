"""The entries of RSS and Atom feeds and of sitemaps, read with entities, DTDs and the network switched off."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from lxml import etree

from crawlers.dates import parse_date
from crawlers.states import NO_XML
from crawlers.visible import tidy

#: Entries taken of one file; hostile ones hold more.
MAX_ENTRIES = 50_000
#: A sitemap's bound by its protocol is 50 MB; pages of ours are smaller.
MAX_BYTES = 20 * 1024 * 1024
_ROOTS = {"rss": "item", "RDF": "item", "feed": "entry"}


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One entry: where it leads, and what the file says of it."""

    url: str
    title: str = ""
    posted: datetime | None = None
    #: The same moment as the file writes it, or that of the last change where it tells one.
    updated: str = field(default="", compare=False)
    #: A sitemap of its own, not a posting.
    is_index: bool = False


def feed_entries(text: str, base: datetime) -> list[Entry] | None:
    """The entries of an RSS 0.9-2.0 or Atom feed in order; None when the text is none. Never raises."""
    root = _root(text)
    name = _ROOTS.get(_local(root)) if root is not None else None
    if root is None or name is None or not len(root):
        return None
    found: list[Entry] = []
    for item in root.iter():
        if _local(item) == name and len(found) < MAX_ENTRIES:
            url = _link(item)
            if url:
                title, updated = tidy(_first(item, "title")), _first(item, "updated", "modified", "date", "pubDate")
                found.append(Entry(url=url, title=title, posted=_posted(item, base), updated=updated))
    return found


def sitemap_entries(body: bytes, base: datetime) -> list[Entry] | None:
    """The entries of a sitemap or a sitemap index, gzipped or not; None when the bytes are neither. Never raises."""
    from scrapy.utils.gz import gunzip  # Scrapy is heavy, and every command loads this file
    from scrapy.utils.sitemap import Sitemap

    try:
        if body[:2] == b"\x1f\x8b":
            body = gunzip(body, max_size=MAX_BYTES)
        sitemap = Sitemap(body)
        if sitemap.type not in ("urlset", "sitemapindex"):
            return None
        found: list[Entry] = []
        for row in sitemap:
            if len(found) >= MAX_ENTRIES:
                break
            if row.get("loc"):
                posted = _date(str(row.get("lastmod") or ""), base)
                updated, is_index = str(row.get("lastmod") or ""), sitemap.type == "sitemapindex"
                found.append(Entry(url=str(row["loc"]), posted=posted, updated=updated, is_index=is_index))
    except Exception:  # noqa: BLE001  # whatever a hostile file makes the parser raise, it is no sitemap
        return None
    return found


def _root(text: str) -> Any:
    """The root of an XML text; None when there is none. The declared encoding no longer holds: it is text already."""
    body = NO_XML.sub("", text).lstrip("\ufeff \t\r\n")
    if not body.startswith("<") or body[:15].lower().startswith(("<!doctype html", "<html")):
        return None
    if body.startswith("<?xml"):
        body = body.partition("?>")[2]
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=True, remove_comments=True
    )
    try:
        return etree.fromstring(body.encode("utf-8", "replace").strip(), parser=parser)
    except (etree.XMLSyntaxError, ValueError):
        return None


def _local(element: Any) -> str:
    tag = element.tag if element is not None else None
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def _first(item: Any, *names: str) -> str:
    """The text of the first child that is called one of these."""
    for name in names:
        for child in item:
            if _local(child) == name and (text := "".join(child.itertext()).strip()):
                return str(text)
    return ""


def _link(item: Any) -> str:
    for child in item:
        if _local(child) == "link" and child.get("href") and child.get("rel", "alternate") == "alternate":
            return str(child.get("href")).strip()
    found = _first(item, "link")
    if found:
        return found
    guid = _first(item, "guid", "id")
    return guid if guid.startswith(("http://", "https://")) else ""


def _posted(item: Any, base: datetime) -> datetime | None:
    return _date(_first(item, "pubDate", "published", "date", "updated"), base)


def _date(text: str, base: datetime) -> datetime | None:
    """RFC 822 as feeds write it, else whatever pages write."""
    if not text:
        return None
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        found = parse_date(text, base)
        return found.moment if found else None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
