"""The files a posting links to (a leaflet as PDF, a poster as picture), where its recipe asks for them.

Fetched under the same robots.txt, pace, budget, scope and guard as pages, and only with a posting that is new or has
changed. Their bytes go to the WARC beside the page; pictures among them are read as those of the posting are, the words
of PDF, Word and Excel files become fields of the posting.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import unquote, urlsplit

import scrapy
from scrapy.exceptions import IgnoreRequest
from scrapy.http.request import NO_CALLBACK

from crawlers.anchors import is_chrome
from crawlers.documents import READABLE, read_document
from crawlers.errors import CrawlError
from crawlers.file_types import KIND_OF, PICTURES, begins_as
from crawlers.job import Job
from crawlers.recipe import AttachmentRule
from crawlers.states import PageView
from crawlers.urls import plain_url
from crawlers.visible import visible_text
from crawlers.wire import Wire
from pipelines.records import ExtractedListing, Image

MEBIBYTE = 1024 * 1024
#: Label under which a posting names its files.
LABEL = "附件"
#: And those whose words nobody has read: scans, older kinds, what is damaged or behind a password.
UNREAD = "文字未读的附件"
#: Of all files of a posting.
MAX_CHARS = 16_000
_ENDING = re.compile(r"\.([A-Za-z0-9]{2,5})\s*(?:[(（][^()（）]*[)）])?\s*\Z")


@dataclass(frozen=True, kw_only=True)
class LinkedFile:
    """A file a page links to."""

    url: str
    #: What people read of it.
    name: str
    #: One of FILE_TYPES.
    kind: str


def linked_files(view: PageView, rule: AttachmentRule) -> tuple[LinkedFile, ...]:
    """Files of the wanted types that the page links to outside its menus, by the ending of the address or of the words
    of the link; as many as a posting may have."""
    found: dict[str, LinkedFile] = {}
    for node in view.selector.css("a[href]"):
        url = plain_url(node.attrib["href"].strip(), view.url)
        if not url or url in found or is_chrome(node.root):
            continue
        text = visible_text(node).replace("\n", " ").strip()
        path = unquote(urlsplit(url).path)
        endings = [match[1].lower() for match in (_ENDING.search(path), _ENDING.search(text)) if match]
        kind = next((KIND_OF[ending] for ending in endings if KIND_OF.get(ending) in rule.types), None)
        if kind is not None:
            found[url] = LinkedFile(url=url, name=(text or path.rpartition("/")[2])[:80], kind=kind)
    return tuple(found.values())[: rule.max]


def naming(listing: ExtractedListing, files: Sequence[LinkedFile]) -> ExtractedListing:
    """The posting with the names of its files among its pairs, so that another file is a change of it."""
    if not files or LABEL in listing.fields:
        return listing
    return replace(listing, fields={**listing.fields, LABEL: "；".join(one.name for one in files)})


class Attachments:
    """Fetches them for one run."""

    def __init__(self, crawler: Any, job: Job) -> None:
        self._crawler = crawler
        self._job = job

    async def of(self, files: Sequence[LinkedFile]) -> dict[LinkedFile, Wire]:
        """What came and is the file it claims to be; the rest is counted by the run."""
        found: dict[LinkedFile, Wire] = {}
        for one in files:
            wire = await self._fetch(one.url) if self._job.site.in_scope(one.url) else None
            if wire is None or wire.status != 200 or not begins_as(one.kind, wire.body):
                self._job.troubles["附件没有取到"] += 1
                continue
            found[one] = wire
        return found

    async def read(self, listing: ExtractedListing, files: Mapping[LinkedFile, Wire]) -> ExtractedListing:
        """The posting with a field for the words of each file, and one that names those whose words are not read."""
        told: dict[str, str] = {}
        unread: list[str] = []
        left = MAX_CHARS
        for one, wire in files.items():
            if one.kind in PICTURES:
                continue
            words = await self._words(one.kind, wire.body) if one.kind in READABLE else ""
            if words and left > 0:
                told[f"附件《{one.name}》的文字"] = words[:left]
                left -= len(words)
            else:
                unread.append(one.name)
        if unread:
            told[UNREAD] = "；".join(unread)
        return replace(listing, fields={**listing.fields, **told}) if told else listing

    async def _words(self, kind: str, body: bytes) -> str:
        try:
            return await asyncio.to_thread(read_document, kind, body)
        except CrawlError:
            self._job.troubles["附件读不出来"] += 1
            return ""

    async def _fetch(self, url: str) -> Wire | None:
        rule = self._job.recipe.fetch.attachments
        most = (rule.max_mb if rule is not None else 1) * MEBIBYTE
        meta = {"picture": True, "download_maxsize": most, "download_warnsize": 0}
        request = scrapy.Request(url, callback=NO_CALLBACK, dont_filter=True, meta=meta)
        try:
            response = await self._crawler.engine.download_async(request)
        except IgnoreRequest:
            return None
        except Exception as exc:  # noqa: BLE001  # a posting without its file is still a posting
            self._job.note_error(f"附件 {type(exc).__name__}")
            return None
        wire: Wire | None = response.meta.get("wire") or request.meta.get("wire")
        return wire if wire is not None and len(wire.body) <= most else None


def with_posters(
    listing: ExtractedListing, pictures: dict[str, bytes], files: Sequence[Wire]
) -> tuple[ExtractedListing, dict[str, bytes]]:
    """The pictures among the files as pictures of the posting: then their words are read too."""
    known = {image.url for image in listing.images}
    posters = {wire.url: wire.body for wire in files if any(begins_as(kind, wire.body) for kind in PICTURES)}
    images = (*listing.images, *(Image(url=url, blob=None) for url in posters if url not in known))
    return replace(listing, images=images), {**pictures, **posters}


def told(files: Sequence[Wire]) -> dict[str, Any]:
    """What the page's capture says of the files beside it: address, size, sum."""
    rows = [
        {"url": wire.url, "size": len(wire.body), "sha256": hashlib.sha256(wire.body).hexdigest()} for wire in files
    ]
    return {"attachments": rows} if rows else {}
