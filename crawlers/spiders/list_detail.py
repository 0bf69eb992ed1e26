"""List pages in, postings out: reads every list each run, and of the postings what is new or due, listed or not."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Self

import scrapy
from scrapy import signals
from scrapy.exceptions import IgnoreRequest
from scrapy.http.request import NO_CALLBACK

from crawlers.canaries import Canaries
from crawlers.charset import decode
from crawlers.extract import PageContext, extract_from, to_listing
from crawlers.gate import Gate
from crawlers.job import Fetched, Job, Refused, Touched, Wire
from crawlers.middlewares.robots import RobotsDenied
from crawlers.not_found import reads_like_not_found
from crawlers.recipe import ListRule, Recipe
from crawlers.revisit import OpenLists, due
from crawlers.rows import ListReading, Row, read_list
from crawlers.sightings import APART, CONTENT, Sighting, settle
from crawlers.signature import listing_signature, signature_of
from crawlers.states import PageView
from crawlers.urls import page_numbers
from crawlers.walk import Walk
from pipelines.records import ExtractedListing, Image, Page, PageState

MAX_IMAGE_BYTES = 5 * 1024 * 1024
#: A list in such a state did not answer, which says nothing of its rows.
_NO_ANSWER = frozenset({PageState.UNREACHABLE, PageState.MAINTENANCE})
_IMAGE_MAGIC = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF8", b"RIFF")


@dataclass(frozen=True, kw_only=True)
class ListPage:
    """One page of one list."""

    rule: ListRule
    #: The rule's URL with its variables filled in, {page} left.
    template: str
    number: int
    walk: Walk = field(default_factory=Walk)


class ListDetailSpider(scrapy.Spider):
    """Generic; what is particular to a site stands in its recipe."""

    name = "list_detail"

    def __init__(self, *args: Any, job: Job, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.job = job
        self.recipe: Recipe = job.recipe
        self._seen: set[str] = set()
        self._asked = 0
        self._lists = OpenLists()
        self.gate = Gate(job)

    @classmethod
    def from_crawler(cls, crawler: Any, *args: Any, **kwargs: Any) -> Self:
        spider = super().from_crawler(crawler, *args, **kwargs)
        crawler.signals.connect(spider.tripped, signal=signals.spider_error)
        return spider

    def tripped(self, failure: Any, response: Any) -> None:
        """A page that our own code fell over is told of; Scrapy would only log it."""
        self.job.errors.append(f"{response.url[:200]}: {failure.type.__name__}")
        self.job.message = self.job.message or f"有页面读取时出错：{self.job.errors[-1]}"

    async def start(self) -> AsyncIterator[Any]:
        if not await Canaries(self).sing():
            return
        # All of them at once, so that no list is the last before the next is asked for.
        for request in list(self.first_lists()) if self.job.lists else ():
            yield request
        async for request in self.given():
            yield request
        await self._lists.all_read()
        async for request in self.unlisted():
            yield request

    async def given(self) -> AsyncIterator[Any]:
        """Requests for the postings whose addresses the recipe gives."""
        site = self.job.site
        urls = [site.canonical(site.absolute(link)) for link in self.recipe.links]
        rows = [Row(key=key, url=url) for url in urls if site.in_scope(url) and (key := site.key(url))]
        self._seen.update(row.key for row in rows)
        async for request in self.details(rows, await asyncio.to_thread(self.job.known, [row.key for row in rows])):
            yield request

    def first_lists(self) -> Iterator[scrapy.Request]:
        """The first page of each list, or of the first list where one is enough."""
        for rule in self.recipe.lists[: 1 if self.recipe.use == "first" else None]:
            yield from self.lists_of(rule)

    def lists_of(self, rule: ListRule) -> Iterator[scrapy.Request]:
        """The first page of a list for every combination of variables; those it does not use do not repeat it."""
        names = list(self.recipe.vars)
        for values in itertools.product(*self.recipe.vars.values()):
            template = rule.url
            for name, value in zip(names, values, strict=True):
                template = template.replace(f"{{{name}}}", value)
            request = self.list_request(ListPage(rule=rule, template=template, number=rule.first))
            if self._lists.open(request.meta["list"]):
                yield request

    def list_request(self, page: ListPage, url: str | None = None) -> scrapy.Request:
        address = url or self.job.site.absolute(page.template.replace("{page}", str(page.number)))
        # Lists go first: they are few, and they say what there is.
        return scrapy.Request(
            address,
            callback=self.parse_list,
            errback=self.failed,
            priority=10,
            dont_filter=True,
            meta={"list_page": page, "render": self.recipe.fetch.mode == "render", "list": address},
        )

    async def parse_list(self, response: Any) -> AsyncIterator[Any]:
        try:
            async for result in self.read_list(response):
                yield result
        finally:
            self._lists.close(response.meta["list"])

    async def read_list(self, response: Any) -> AsyncIterator[Any]:
        """The list page itself, its postings, and the page behind it."""
        page: ListPage = response.meta["list_page"]
        view, charset = self.view(response)
        reading = read_list(page.rule, view, response.body, self.job.site, self.job.now())
        state = self.gate.judge(view, is_list=True, entries=reading.entries)
        self.job.count(state)
        key = f"list:{response.request.url.split('//', 1)[-1].partition('/')[2] or '/'}"
        rows = reading.rows if state is PageState.LIST else ()
        if not reading.lists:
            self.job.watch.rows({row.key for row in rows}, state)
        self.job.watch.lists_whole &= state not in _NO_ANSWER
        signature = signature_of([[row.key, row.title] for row in rows]) if rows else f"state:{state}"
        yield await self.outcome(response, key, state, charset, signature)
        if self.job.ending:
            return
        read = state in (PageState.LIST, PageState.EMPTY_LIST)
        self._lists.read_one |= read
        for request in self.inside(page, reading) if reading.lists else () if rows else self.instead_of(page):
            yield request
        fresh = [row for row in rows if row.key not in self._seen]
        self._seen.update(row.key for row in rows)
        known = await asyncio.to_thread(self.job.known, [row.key for row in rows])
        async for request in self.details(fresh, known):
            yield request
        page = replace(page, walk=page.walk.after(rows, fresh=len(fresh), known=len(known), signature=signature))
        if not rows or page.walk.ended(page.rule.stop, page.number, reading, self.job.now()):
            return
        following = self.next_page(page, reading, view)
        if following is not None and self._lists.open(following.meta["list"]):
            yield following

    def instead_of(self, page: ListPage) -> Iterator[scrapy.Request]:
        """Where one list is enough: the next one of the recipe, when the first page of this could not be read."""
        if self.recipe.use != "first" or page.number != page.rule.first:
            return
        place = self.recipe.lists.index(page.rule) + 1
        if place < len(self.recipe.lists):
            yield from self.lists_of(self.recipe.lists[place])

    def inside(self, page: ListPage, reading: ListReading) -> Iterator[scrapy.Request]:
        """The lists that a list names (a sitemap index), as many as the rule may read."""
        for number, url in enumerate(reading.lists[: page.rule.max_pages], start=page.number + 1):
            if self.job.site.in_scope(url) and self._lists.open(url):
                yield self.list_request(replace(page, number=number), url)

    def detail_url(self, url: str) -> str:
        """The address a posting is fetched at; engines may normalise it."""
        return url

    async def details(self, rows: Sequence[Row], known: dict[str, Page]) -> AsyncIterator[Any]:
        """Requests for postings that are new or due; the others are only noted as still listed."""
        now = self.job.now()
        for row in rows:
            page = known.get(row.key)
            if page is not None and not self.wanted(page, now):
                # A row says nothing of a posting that was not there when it was asked for.
                if row.key not in self.job.watch.missing:
                    yield Touched(key=row.key, state=page.state, fetched=False)
                continue
            if self.enough():
                return
            yield self.detail_request(row.key, self.detail_url(row.url), page)

    def wanted(self, page: Page, now: datetime) -> bool:
        """Is a known posting to be asked for: because it is due, was last read by another recipe, or is missing for a
        day, so that a second look decides?"""
        missing = self.job.watch.missing.get(page.key)
        if missing is not None:
            return now - missing >= APART and now - page.last_fetched_at >= APART
        return self.job.outdated(page) or due(page, now, self.recipe.revisit, self.recipe.verify)

    def enough(self) -> bool:
        """Were as many postings asked for as this run may?"""
        return self.job.limit is not None and self._asked >= self.job.limit

    def detail_request(self, key: str, url: str, page: Page | None, *, priority: int = 0) -> scrapy.Request:
        self._asked += 1
        if page is not None and self.job.outdated(page):
            # The whole page again: "not modified" would leave it as the other recipe read it.
            self.job.reread += 1
            page = replace(page, etag=None, last_modified=None)
        return scrapy.Request(
            url,
            callback=self.parse_detail,
            errback=self.failed,
            priority=priority,
            dont_filter=True,
            meta={"key": key, "page": page, "render": self.recipe.fetch.mode == "render"},
        )

    async def unlisted(self) -> AsyncIterator[Any]:
        """Requests for postings that every list has dropped, when due: so it is known that they are gone."""
        job, last = self.job, None
        if job.lists and not self._lists.read_one:
            return
        now = job.now()
        awaited = await asyncio.to_thread(job.known, list(job.watch.missing))
        for page in awaited.values():
            if job.wall is not None or job.used >= job.budget or self.enough():
                return
            if page.key not in self._seen and self.wanted(page, now):
                self._seen.add(page.key)
                yield self.detail_request(page.key, job.site.at_origin(page.url), page, priority=-10)
        while pages := await asyncio.to_thread(job.waiting, now, last):
            last = pages[-1]
            for page in pages:
                if job.ending or job.used >= job.budget or self.enough():
                    return
                url = job.site.at_origin(page.url)
                if page.key not in self._seen and self.wanted(page, now) and job.site.in_scope(url):
                    # New postings first.
                    yield self.detail_request(page.key, url, page, priority=-10)

    def next_page(self, page: ListPage, reading: ListReading, view: PageView) -> scrapy.Request | None:
        """The following page of a list; None at its end: no link, a stop rule or the bound of pages reached."""
        rule = page.rule
        if page.number - rule.first + 1 >= rule.max_pages:
            return None
        if rule.next is not None and not reading.next:
            return None
        following = replace(page, number=page.number + 1)
        if page_numbers(page.template):
            return self.list_request(following)
        link = self.job.site.absolute(reading.next, view.url) if reading.next else ""
        return self.list_request(following, link) if link and self.job.site.in_scope(link) else None

    async def parse_detail(self, response: Any) -> AsyncIterator[Any]:
        known: Page | None = response.meta["page"]
        key: str = response.meta["key"]
        if response.status == 304 and known is not None:
            self.job.count(known.state)
            self.job.read += 1
            self.gate.passed()
            self.job.watch.revisited(known, known.state)
            yield Touched(key=key, state=known.state, fetched=True, sighting=self.sighting(key, known.state, known))
            return
        view, charset = self.view(response)
        state = self.gate.judge(view, is_list=False, known=known)
        listing: ExtractedListing | None = None
        if state is PageState.OK:
            listing = self.posting(response, view, key)
            state = PageState.OK if listing is not None else PageState.UNKNOWN
            if listing is not None and reads_like_not_found(self.job.watch.not_found, listing):
                listing, state = None, PageState.GONE
        self.job.count(state)
        self.job.watch.revisited(known, state)
        if state is PageState.UNKNOWN:
            self.job.unread += 1
            yield self.unread(response, key, known)
            return
        self.job.read += listing is not None
        signature = listing_signature(listing) if listing is not None else f"state:{state}"
        yield await self.outcome(response, key, state, charset, signature, listing)

    def posting(self, response: Any, view: PageView, key: str) -> ExtractedListing | None:
        """The posting on a page that looks like one; None when a field it must have is not to be found."""
        context = PageContext(url=view.url, fetched_at=response.meta["wire"].at, text=view.text)
        found = extract_from(view.selector, self.recipe, context)
        self.job.lacking.update(found.missing)
        if found.missing or not (found.values.get("title") or found.values.get("body") or found.images):
            return None
        url = response.request.url if not response.meta.get("hops") else response.url
        listing = to_listing(found, self.recipe, key=key, url=url)
        self.job.watch.posting(listing, found)
        return listing

    def unread(self, response: Any, key: str, known: Page | None) -> Refused | Touched:
        """A page that the recipe cannot read: noted as such, and no snapshot of it is kept."""
        if known is not None:
            return Touched(key=key, state=PageState.UNKNOWN, fetched=True)
        url = response.meta.get("asked_url") or response.request.url
        return Refused(key=key, url=url, state=PageState.UNKNOWN)

    def view(self, response: Any) -> tuple[PageView, str]:
        """The page as text, and the charset it really has."""
        target = response.meta.get("moved_to") or response.url
        if response.meta.get("render"):
            return PageView.of(url=target, status=response.status, body=response.body, text=response.text), "utf-8"
        forced = None if self.recipe.fetch.charset == "auto" else self.recipe.fetch.charset
        content_type = (response.headers.get("Content-Type") or b"").decode("latin-1")
        decoded = decode(response.body, content_type, forced=forced)
        page = PageView.of(url=target, status=response.status, body=response.body, text=decoded.text)
        return page, decoded.charset

    async def outcome(
        self,
        response: Any,
        key: str,
        state: PageState,
        charset: str,
        signature: str,
        listing: ExtractedListing | None = None,
    ) -> Fetched | Touched:
        """What the writer gets: only times, when the page says what it said before; else the page with its bytes."""
        known = response.meta.get("page") or (await asyncio.to_thread(self.job.known, [key])).get(key)
        sighting = self.sighting(key, state, known)
        if known is not None and self.is_told(known, state, signature, sighting):
            return Touched(key=key, state=state, fetched=True, sighting=sighting)
        pictures: dict[str, bytes] = {}
        if listing is not None and listing.images:
            pictures = await self.pictures(response, listing.images)
        wire: Wire = response.meta["wire"]
        return Fetched(
            key=key,
            url=response.meta.get("asked_url") or response.request.url,
            final_url=response.url,
            state=state,
            charset=charset,
            wire=wire,
            signature=signature,
            listing=listing,
            pictures=pictures,
            others=tuple(response.meta.get("others") or ()),
            robots=response.meta.get("robots"),
            known=known,
            sighting=sighting,
            changed_at=self.changed(known, wire, listing),
            environment=response.meta.get("environment") or {},
        )

    def sighting(self, key: str, state: PageState, known: Page | None) -> Sighting:
        """What the page counts as now that it was seen in this state."""
        watch, after = self.job.watch, self.recipe.schedule.gone_after
        return settle(state, known, watch.missing.get(key), self.job.now(), after)

    def is_told(self, known: Page, state: PageState, signature: str, sighting: Sighting) -> bool:
        """Does this visit say nothing that is not remembered: the same content, the same error, still missing?"""
        if state in CONTENT:
            # After an error page the same content is no change, and no new copy of it is kept.
            return known.signature == signature and (known.state is state or known.state not in CONTENT)
        return known.state is state or (sighting.missing_since is not None and known.key in self.job.watch.missing)

    def changed(self, known: Page | None, wire: Wire, listing: ExtractedListing | None) -> datetime | None:
        """When a posting last said something else; read by another recipe it may only look so."""
        if known is None or listing is None or self.job.outdated(known):
            return known.changed_at if known is not None else None
        return wire.at

    async def pictures(self, response: Any, images: tuple[Image, ...]) -> dict[str, bytes]:
        """The pictures of a posting, from the rendered page when it has them, else fetched at the same pace."""
        drawn = {wire.url: wire.body for wire in response.meta.get("others") or () if wire.status == 200}
        found: dict[str, bytes] = {}
        for image in images[: self.recipe.fetch.max_images]:
            data = drawn.get(image.url) or await self._fetch_picture(image.url)
            if data is not None and data.startswith(_IMAGE_MAGIC) and len(data) <= MAX_IMAGE_BYTES:
                found[image.url] = data
        return found

    async def _fetch_picture(self, url: str) -> bytes | None:
        request = scrapy.Request(url, callback=NO_CALLBACK, dont_filter=True, meta={"picture": True})
        try:
            response = await self.crawler.engine.download_async(request)
        except IgnoreRequest:
            return None
        except Exception as exc:  # noqa: BLE001  # a posting without its picture is still a posting
            self.job.errors.append(f"图片 {type(exc).__name__}")
            return None
        return bytes(response.body) if response.status == 200 else None

    async def failed(self, failure: Any) -> AsyncIterator[Any]:
        """Counts what could not be fetched; robots.txt's refusals are kept so that the source shows them."""
        request = failure.request
        if "list" in request.meta:
            for other in self.instead_of(request.meta["list_page"]):
                yield other
            self._lists.close(request.meta["list"])
            self.job.watch.lists_whole = False
        if failure.check(RobotsDenied):
            self.job.count(PageState.ROBOTS_DENIED)
            if request.meta.get("page") is not None:
                yield Touched(key=request.meta["key"], state=PageState.ROBOTS_DENIED, fetched=True)
            elif "key" in request.meta:
                yield Refused(key=request.meta["key"], url=request.url, state=PageState.ROBOTS_DENIED)
            else:
                self.job.message = self.job.message or str(failure.value)
        elif not failure.check(IgnoreRequest) or "wire" in request.meta:
            # Not fetched, or answered with what we refuse to read (a body that unpacks beyond its bound).
            self.job.count(PageState.UNREACHABLE)
            self.job.errors.append(f"{request.url[:200]}: {failure.type.__name__}")
