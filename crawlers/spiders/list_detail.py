"""List pages in, postings out: reads every list each run, and of the postings what is new or due, listed or not."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Iterator
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any, Self

import scrapy
from scrapy import signals
from scrapy.exceptions import IgnoreRequest
from scrapy.http.request import NO_CALLBACK

from crawlers.charset import decode
from crawlers.extract import PageContext, Rows, extract_from, to_listing
from crawlers.gate import Gate
from crawlers.job import Fetched, Job, Refused, Touched, Wire
from crawlers.middlewares.robots import RobotsDenied
from crawlers.recipe import ListRule, Recipe
from crawlers.revisit import due
from crawlers.signature import listing_signature, signature_of
from crawlers.states import PageView
from crawlers.trouble import trouble_word
from crawlers.urls import page_numbers
from pipelines.records import Ask, ExtractedListing, Image, Page, PageState

MAX_IMAGE_BYTES = 5 * 1024 * 1024
_IMAGE_MAGIC = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF8", b"RIFF")


@dataclass(frozen=True, kw_only=True)
class ListPage:
    """One page of one list."""

    #: Its place among the recipe's lists.
    rule: int
    #: The rule's URL with its variables filled in, {page} left.
    template: str
    number: int


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

    @classmethod
    def from_crawler(cls, crawler: Any, *args: Any, **kwargs: Any) -> Self:
        spider = super().from_crawler(crawler, *args, **kwargs)
        crawler.signals.connect(spider.tripped, signal=signals.spider_error)
        return spider

    def tripped(self, failure: Any, response: Any) -> None:
        """A page that our own code fell over is told of; Scrapy would only log it."""
        url = response.url[:200] if response is not None else "start"
        self.job.errors.append(f"{url}: {failure.type.__name__}")
        self.job.message = self.job.message or f"有页面读取时出错：{self.job.errors[-1]}"
        if response is not None:
            self.job.frontier.settle(response.meta.get("key", ""))

    async def start(self) -> AsyncIterator[Any]:
        # A run that goes on after a kill knows them already; those it has read are done.
        await asyncio.to_thread(self.job.frontier.add, list(self.first_lists()))
        if self.job.frontier.resumed:
            self._read_one = await asyncio.to_thread(self.job.frontier.has_read_a_list)
        async for request in self.waiting():
            yield request
        async for request in self.unlisted():
            yield request

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
                    yield self.detail_request(ask.key, self.job.site.at_origin(ask.url), known.get(ask.key))

    def stopped(self, kind: str) -> bool:
        """Is no more of this kind to be asked for: at a wall, at the day's budget, at the run's limit?"""
        job = self.job
        spent = job.used >= job.budget and bool(job.message)
        return job.wall is not None or spent or (kind == "detail" and self.enough())

    def first_lists(self) -> Iterator[Ask]:
        """The first page of each list; variables that an address does not use do not repeat it."""
        for number, rule in enumerate(self.recipe.lists):
            names = list(self.recipe.vars)
            for values in itertools.product(*self.recipe.vars.values()):
                template = rule.url
                for name, value in zip(names, values, strict=True):
                    template = template.replace(f"{{{name}}}", value)
                yield self.list_ask(ListPage(rule=number, template=template, number=rule.first))

    def list_ask(self, page: ListPage, url: str | None = None) -> Ask:
        """A page of a list, to be asked for."""
        address = url or self.job.site.absolute(page.template.replace("{page}", str(page.number)))
        key = f"list:{address.split('//', 1)[-1].partition('/')[2] or '/'}"
        return Ask(key=key, url=address, kind="list", place=asdict(page))

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
                "list_page": ListPage(**ask.place),
                "render": self.recipe.fetch.mode == "render",
            },
        )

    async def parse_list(self, response: Any) -> AsyncIterator[Any]:
        """The list page itself, with its postings and the page behind it."""
        page: ListPage = response.meta["list_page"]
        rule = self.recipe.lists[page.rule]
        view, charset = self.view(response)
        state = self.gate.judge(view, is_list=True)
        self.job.count(state)
        key: str = response.meta["key"]
        rows = self.rows(rule, view) if state is PageState.LIST else []
        signature = signature_of([[key_, title] for key_, _url, title in rows]) if rows else f"state:{state}"
        asks: list[Ask] = []
        listed: list[str] = []
        if self.job.wall is None:
            self._read_one |= state in (PageState.LIST, PageState.EMPTY_LIST)
            asks, listed = await self.details(rows)
            following = self.next_page(page, rule, view, found_new=bool(asks))
            if following is not None:
                asks.append(following)
        outcome = await self.outcome(response, key, state, charset, signature)
        yield replace(outcome, asks=tuple(asks), listed=tuple(listed))

    def rows(self, rule: ListRule, view: PageView) -> list[tuple[str, str, str]]:
        """(key, canonical URL, title) of each row that leads to a posting of this source."""
        reader = Rows(view.selector, PageContext(url=view.url, fetched_at=self.job.now()))
        site = self.job.site
        found = []
        for row in reader.select(rule.rows):
            if rule.skip_rows is not None and row.css(rule.skip_rows):
                continue
            link = reader.one(rule.link, row)
            url = site.canonical(link) if link else ""
            if not url or not site.in_scope(url):
                continue
            key = (reader.one(rule.key, row) if rule.key else "") or site.key(url)
            if key:
                found.append((key, self.detail_url(url), reader.one(rule.title, row)))
        return list({key: (key, url, title) for key, url, title in found}.values())

    def detail_url(self, url: str) -> str:
        """The address a posting is fetched at; engines may normalise it."""
        return url

    async def details(self, rows: list[tuple[str, str, str]]) -> tuple[list[Ask], list[str]]:
        """The postings this run did not know yet, done where they are known and not due; and the keys of those."""
        keys = [key for key, _url, _title in rows]
        known = await asyncio.to_thread(self.job.known, keys)
        asked = await asyncio.to_thread(self.job.frontier.known, keys)
        now = self.job.now()
        asks: list[Ask] = []
        listed: list[str] = []
        for key, url, _title in rows:
            if key in asked:
                continue
            page = known.get(key)
            done = page is not None and not self.wanted(page, now)
            if done and page is not None and page.state is PageState.OK:
                listed.append(key)
            asks.append(Ask(key=key, url=url, kind="detail", done=done))
        return asks, listed

    def wanted(self, page: Page, now: datetime) -> bool:
        """Is a known posting to be asked for: because it is due, or was last read by another recipe?"""
        return self.job.outdated(page) or due(page, now, self.recipe.revisit)

    def enough(self) -> bool:
        """Were as many postings asked for as this run may?"""
        return self.job.limit is not None and self._asked >= self.job.limit

    def detail_request(self, key: str, url: str, page: Page | None) -> scrapy.Request:
        self._asked += 1
        if page is not None and self.job.outdated(page):
            # The whole page again: "not modified" would leave it as the other recipe read it.
            self.job.reread += 1
            page = replace(page, etag=None, last_modified=None)
        return scrapy.Request(
            url,
            callback=self.parse_detail,
            errback=self.failed,
            dont_filter=True,
            meta={"key": key, "page": page, "render": self.recipe.fetch.mode == "render"},
        )

    async def unlisted(self) -> AsyncIterator[scrapy.Request]:
        """Requests for postings that every list has dropped, when due: so it is known that they are gone."""
        job, last = self.job, None
        if not self._read_one:
            return
        now = job.now()
        while pages := await asyncio.to_thread(job.waiting, now, last):
            last = pages[-1]
            if self.stopped("detail"):
                return
            due = [page for page in pages if self.wanted(page, now) and job.site.in_scope(job.site.at_origin(page.url))]
            # Those a list showed are in the frontier, and stay as they are.
            asks = [Ask(key=page.key, url=page.url, kind="detail") for page in due]
            await asyncio.to_thread(job.frontier.add, asks)
            async for request in self.waiting():
                yield request

    def next_page(self, page: ListPage, rule: ListRule, view: PageView, *, found_new: bool) -> Ask | None:
        """The following page of a list; None at its end: nothing new, no link, total or bound reached."""
        if not found_new or page.number - rule.first + 1 >= rule.max_pages:
            return None
        reader = Rows(view.selector, PageContext(url=view.url, fetched_at=self.job.now()))
        total = reader.one(rule.total_pages)
        if total.isdigit() and page.number >= int(total):
            return None
        link = reader.one(rule.next) if rule.next is not None else ""
        if rule.next is not None and not link:
            return None
        following = replace(page, number=page.number + 1)
        if page_numbers(page.template):
            return self.list_ask(following)
        return self.list_ask(following, link) if link and self.job.site.in_scope(link) else None

    async def parse_detail(self, response: Any) -> AsyncIterator[Any]:
        known: Page | None = response.meta["page"]
        key: str = response.meta["key"]
        if response.status == 304 and known is not None:
            self.job.count(known.state)
            self.job.read += 1
            self.gate.passed()
            yield Touched(key=key, state=known.state, wire=response.meta["wire"], capture_id=known.last_capture_id)
            return
        view, charset = self.view(response)
        state = self.gate.judge(view, is_list=False, known=known)
        listing: ExtractedListing | None = None
        if state is PageState.OK:
            listing = self.posting(response, view, key)
            state = PageState.OK if listing is not None else PageState.UNKNOWN
        self.job.count(state)
        if state is PageState.UNKNOWN:
            self.job.unread += 1
            yield self.unread(response, key, known)
            return
        self.job.read += listing is not None
        signature = listing_signature(listing) if listing is not None else f"state:{state}"
        yield await self.outcome(response, key, state, charset, signature, listing)

    def posting(self, response: Any, view: PageView, key: str) -> ExtractedListing | None:
        """The posting on a page that looks like one; None when a field it must have is not to be found."""
        context = PageContext(url=view.url, fetched_at=response.meta["wire"].at)
        found = extract_from(view.selector, self.recipe, context)
        self.job.lacking.update(found.missing)
        if found.missing or not (found.values.get("title") or found.values.get("body") or found.images):
            return None
        url = response.request.url if not response.meta.get("hops") else response.url
        return to_listing(found, self.recipe, key=key, url=url)

    def unread(self, response: Any, key: str, known: Page | None) -> Refused | Touched:
        """A page that the recipe cannot read: noted as such, and no snapshot of it is kept."""
        if known is not None and known.state is PageState.UNKNOWN:
            return Touched(key=key, state=PageState.UNKNOWN)
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
        if known is not None and known.state is state and known.signature == signature:
            return Touched(key=key, state=state, wire=response.meta["wire"], capture_id=known.last_capture_id)
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
            first_seen_at=known.first_seen_at if known is not None else None,
            environment=response.meta.get("environment") or {},
        )

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
        if failure.check(RobotsDenied):
            self.job.count(PageState.ROBOTS_DENIED)
            if "list_page" not in request.meta:
                yield Refused(key=request.meta["key"], url=request.url, state=PageState.ROBOTS_DENIED)
                return
            self.job.message = self.job.message or str(failure.value)
        elif not failure.check(IgnoreRequest) or "wire" in request.meta:
            # Not fetched, or answered with what we refuse to read (a body that unpacks beyond its bound).
            self.job.count(PageState.UNREACHABLE)
            self.job.troubles[trouble_word(failure.type)] += 1
            self.job.errors.append(f"{request.url[:200]}: {failure.type.__name__}")
        # Not done: a run that goes on after a kill tries again, this one does not.
        self.job.frontier.settle(request.meta["key"])
