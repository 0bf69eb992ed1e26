"""List pages in, postings out: reads every list each run, and of the postings what is new, what a row says has changed,
and what is due, listed or not."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from typing import Any, Self

import scrapy
from scrapy import signals
from scrapy.exceptions import IgnoreRequest

from crawlers.attachments import Attachments, told, with_posters
from crawlers.canaries import Canaries
from crawlers.gate import Gate
from crawlers.job import Fetched, Job, Outcome, Touched
from crawlers.listed import Listed, mark_of
from crawlers.lists import ListPage, Lists
from crawlers.middlewares.robots import RobotsDenied
from crawlers.not_found import reads_like_not_found
from crawlers.pictures import Pictures
from crawlers.recipe import Recipe
from crawlers.rows import ListReading, ListText, Row, read_list
from crawlers.signature import listing_signature, signature_of
from crawlers.trouble import trouble_word
from crawlers.visits import Visits
from crawlers.wire import Wire
from pipelines.records import Ask, ExtractedListing, Page, PageState

#: A list in such a state did not answer, which says nothing of its rows.
_NO_ANSWER = frozenset({PageState.UNREACHABLE, PageState.MAINTENANCE})


class ListDetailSpider(scrapy.Spider):
    """Generic; what is particular to a site stands in its recipe."""

    name = "list_detail"

    def __init__(self, *args: Any, job: Job, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.job = job
        self.recipe: Recipe = job.recipe
        self._asked = 0
        #: Was at least one list read as a list? Else nothing follows from a posting that was not seen.
        self._read_one = False
        self.gate = Gate(job)
        self.lists = Lists(job.recipe, job.site)
        self.visits = Visits(job)

    @classmethod
    def from_crawler(cls, crawler: Any, *args: Any, **kwargs: Any) -> Self:
        spider = super().from_crawler(crawler, *args, **kwargs)
        crawler.signals.connect(spider.tripped, signal=signals.spider_error)
        return spider

    def tripped(self, failure: Any, response: Any) -> None:
        """A page that our own code fell over is told of; Scrapy would only log it."""
        url = response.url[:200] if response is not None else "start"
        error = f"{url}: {failure.type.__name__}"
        self.job.note_error(error)
        self.job.message = self.job.message or f"有页面读取时出错：{error}"
        if response is not None and "key" in response.meta:
            self.job.frontier.settle(response.meta["key"])

    async def start(self) -> AsyncIterator[Any]:
        if not await Canaries(self).sing():
            return
        # A run that goes on after a kill knows them already; those it has read are done.
        first = [*self.lists.first(), *await self.given()] if self.job.lists else []
        await asyncio.to_thread(self.job.frontier.add, first)
        if self.job.frontier.resumed:
            self._read_one = await asyncio.to_thread(self.job.frontier.has_read_a_list)
        async for request in self.waiting():
            yield request
        async for request in self.unlisted():
            yield request

    async def given(self) -> list[Ask]:
        """The postings whose addresses the recipe gives."""
        site = self.job.site
        urls = [site.canonical(site.absolute(link)) for link in self.recipe.links]
        rows = [Row(key=key, url=url) for url in urls if site.in_scope(url) and (key := site.key(url))]
        known = await asyncio.to_thread(self.job.known, [row.key for row in rows])
        return list(self.listed(rows, known).asks)

    async def waiting(self) -> AsyncIterator[scrapy.Request]:
        """Requests for all that the frontier holds, lists first, until nothing is open."""
        async for piece in self.job.frontier.waiting(self.stopped):
            details = [ask.key for ask in piece if ask.kind == "detail"]
            known = await asyncio.to_thread(self.job.known, details)
            for ask in piece:
                if self.stopped(ask.kind):
                    self.job.frontier.settle(ask.key)
                elif ask.kind == "list":
                    yield self.list_request(ask)
                else:
                    yield self.detail_request(ask, known.get(ask.key))

    def stopped(self, kind: str) -> bool:
        """Is no more of this kind to be asked for: at a wall, at the day's budget, at the run's limit?"""
        job = self.job
        spent = job.used >= job.budget and bool(job.message)
        enough = job.limit is not None and self._asked >= job.limit
        return job.ending or spent or (kind == "detail" and enough)

    def list_request(self, ask: Ask) -> scrapy.Request:
        # Lists go first: they are few, and they say what there is.
        return scrapy.Request(
            ask.url,
            callback=self.parse_list,
            errback=self.failed,
            priority=10,
            dont_filter=True,
            meta={
                "key": ask.key,
                "list_page": ListPage.from_dict(ask.place),
                "render": self.recipe.fetch.mode == "render",
            },
        )

    async def parse_list(self, response: Any) -> AsyncIterator[Any]:
        """The list page itself, with its postings, the lists inside it and the page behind it."""
        page: ListPage = response.meta["list_page"]
        rule = self.recipe.lists[page.rule]
        view, charset = self.visits.view(response)
        opened = ListText(rule, view, response.body, self.job.now())
        state = self.gate.judge(view, is_list=True, entries=opened.entries)
        self.job.count(state)
        key: str = response.meta["key"]
        # A wall, an error page or a page nobody knows is never read as a list, whatever stands on it.
        reading = read_list(opened, self.job.site) if state is PageState.LIST else ListReading()
        rows = reading.rows
        if not reading.lists:
            self.job.watch.rows({row.key for row in rows}, state)
        self.job.watch.lists_whole &= state not in _NO_ANSWER and not view.left_out
        signature = signature_of([[row.key, row.title] for row in rows]) if rows else f"state:{state}"
        outcome = await self.outcome(response, key, state, charset, signature)
        asks: list[Ask] = []
        listed = Listed()
        if not self.job.ending:
            self._read_one |= state in (PageState.LIST, PageState.EMPTY_LIST)
            asks += self.lists.inside(page, reading) if reading.lists else () if rows else self.lists.instead_of(page)
            keys = [row.key for row in rows]
            asked = await asyncio.to_thread(self.job.frontier.known, keys)
            known = await asyncio.to_thread(self.job.known, keys)
            fresh = [row for row in rows if row.key not in asked]
            listed = self.listed(fresh, known)
            asks += listed.asks
            page = replace(page, walk=page.walk.after(rows, fresh=len(fresh), known=len(known), signature=signature))
            if rows and not page.walk.ended(rule.stop, page.number, reading, self.job.now()):
                asks += self.lists.after(page, reading, view)
        yield replace(outcome, asks=tuple(asks), listed=listed.there, marks=listed.marks)

    def detail_url(self, url: str) -> str:
        """The address a posting is fetched at; engines may normalise it."""
        return url

    def listed(self, rows: Sequence[Row], known: dict[str, Page]) -> Listed:
        """What these rows come to: postings to be asked for, and those that are known and left in peace."""
        now = self.job.now()
        return Listed.of(
            rows,
            known,
            wanted=lambda page: self.visits.wanted(page, now),
            missing=self.job.watch.missing,
            address=self.detail_url,
        )

    def detail_request(self, ask: Ask, page: Page | None) -> scrapy.Request:
        self._asked += 1
        if page is not None and self.job.outdated(page):
            # The whole page again: "not modified" would leave it as the other recipe read it.
            self.job.reread += 1
            page = replace(page, etag=None, last_modified=None)
        return scrapy.Request(
            self.job.site.at_origin(ask.url),
            callback=self.parse_detail,
            errback=self.failed,
            dont_filter=True,
            meta={
                "key": ask.key,
                "page": page,
                "mark": ask.place.get("mark", ""),
                "render": self.recipe.fetch.mode == "render",
            },
        )

    async def unlisted(self) -> AsyncIterator[scrapy.Request]:
        """Requests for postings that every list has dropped, when due: so it is known that they are gone."""
        job, last = self.job, None
        if job.lists and not self._read_one:
            return
        now = job.now()
        awaited = await asyncio.to_thread(job.known, list(job.watch.missing))
        pages: Sequence[Page] = tuple(awaited.values())
        while True:
            if self.stopped("detail"):
                return
            due = [page for page in pages if self.visits.wanted(page, now)]
            due = [page for page in due if job.site.in_scope(job.site.at_origin(page.url))]
            # Those a list showed are in the frontier, and stay as they are.
            asks = [Ask(key=page.key, url=page.url, kind="detail") for page in due]
            await asyncio.to_thread(job.frontier.add, asks)
            async for request in self.waiting():
                yield request
            pages = await asyncio.to_thread(job.waiting, now, last)
            if not pages:
                return
            last = pages[-1]

    async def parse_detail(self, response: Any) -> AsyncIterator[Any]:
        """A posting, or what came in its place; with what its row said, as far as it was answered."""
        outcome = await self.posting(response)
        yield replace(outcome, marks=mark_of(outcome.key, response.meta["mark"], outcome.state))

    async def posting(self, response: Any) -> Outcome:
        """What a page that a row led to is, and what is new on it."""
        known: Page | None = response.meta["page"]
        key: str = response.meta["key"]
        if response.status == 304 and known is not None:
            self.job.count(known.state)
            self.job.read += 1
            self.gate.passed()
            self.job.watch.revisited(known, known.state)
            sighting = self.visits.sighting(key, known.state, known)
            wire = response.meta["wire"]
            capture_id = known.last_capture_id
            return Touched(key=key, state=known.state, sighting=sighting, wire=wire, capture_id=capture_id)
        view, charset = self.visits.view(response)
        state = self.gate.judge(view, is_list=False, known=known)
        listing: ExtractedListing | None = None
        if state is PageState.OK:
            listing = self.visits.posting(response, view, key)
            state = PageState.OK if listing is not None else PageState.UNKNOWN
            if listing is not None and reads_like_not_found(self.job.watch.not_found, listing):
                listing, state = None, PageState.GONE
        self.job.count(state)
        self.job.watch.revisited(known, state)
        if state is PageState.UNKNOWN:
            self.job.unread += 1
            return self.visits.unread(response, key, known)
        self.job.read += listing is not None
        signature = listing_signature(listing) if listing is not None else f"state:{state}"
        return await self.outcome(response, key, state, charset, signature, listing)

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
        # Of a posting it was looked up when it was asked for.
        known = (
            response.meta["page"]
            if "page" in response.meta
            else (await asyncio.to_thread(self.job.known, [key])).get(key)
        )
        sighting = self.visits.sighting(key, state, known)
        wire: Wire = response.meta["wire"]
        if known is not None and self.visits.is_told(known, state, signature, sighting):
            capture_id = known.last_capture_id
            return Touched(key=key, state=state, sighting=sighting, wire=wire, capture_id=capture_id)
        pictures: dict[str, bytes] = {}
        files: tuple[Wire, ...] = ()
        if listing is not None and listing.images:
            pictures = await Pictures(self.crawler, self.job).of(response, listing.images)
        if listing is not None and response.meta.get("attachments"):
            shown = {image.url for image in listing.images}
            linked = [one for one in response.meta["attachments"] if one.url not in shown]
            attachments = Attachments(self.crawler, self.job)
            came = await attachments.of(linked)
            files = tuple(came.values())
            listing, pictures = with_posters(await attachments.read(listing, came), pictures, files)
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
            others=(*(response.meta.get("others") or ()), *files),
            robots=response.meta.get("robots"),
            known=known,
            sighting=sighting,
            changed_at=self.visits.changed(known, wire, listing),
            environment=(response.meta.get("environment") or {}) | told(files),
        )

    async def failed(self, failure: Any) -> AsyncIterator[Any]:
        """Counts what could not be fetched; robots.txt's refusals are kept so that the source shows them."""
        request = failure.request
        key: str = request.meta["key"]
        is_list = "list_page" in request.meta
        if is_list:
            await asyncio.to_thread(self.job.frontier.add, list(self.lists.instead_of(request.meta["list_page"])))
            self.job.watch.lists_whole = False
        if failure.check(RobotsDenied):
            self.job.count(PageState.ROBOTS_DENIED)
            if not is_list:
                yield self.visits.forbidden(request)
                return
            self.job.message = self.job.message or str(failure.value)
        elif not failure.check(IgnoreRequest) or "wire" in request.meta:
            # Not fetched, or answered with what we refuse to read (a body that unpacks beyond its bound).
            self.job.count(PageState.UNREACHABLE)
            self.job.troubles[trouble_word(failure.type)] += 1
            self.job.note_error(f"{request.url[:200]}: {failure.type.__name__}")
        # Not done: a run that goes on after a kill tries again, this one does not.
        self.job.frontier.settle(key)
