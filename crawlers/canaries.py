"""Canaries (校验页): pages that should not change, fetched before a crawl; a failing one calls it off.

With them the address that cannot exist: what the host answers to it is learned once a week.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import scrapy
from scrapy.exceptions import IgnoreRequest
from scrapy.http.request import NO_CALLBACK

from crawlers.extract import Extracted, extract_from, to_listing
from crawlers.not_found import LEARN_AGAIN, describe, reads_like_not_found
from crawlers.sightings import CONTENT
from crawlers.states import PageView, classify
from crawlers.steps import PageContext
from crawlers.upkeep import CanaryPage
from crawlers.urls import host_name
from crawlers.visible import visible_text
from crawlers.words import state_word
from pipelines.records import ExtractedListing, PageState, SoftNotFound

if TYPE_CHECKING:
    from crawlers.spiders.list_detail import ListDetailSpider


class Canaries:
    """The canaries of one run, asked through the same robots.txt, pace and guard as every other page."""

    def __init__(self, spider: ListDetailSpider) -> None:
        self._spider = spider
        self._job = spider.job
        self._recipe = spider.recipe

    async def sing(self) -> bool:
        """May the crawl begin? When not, the job knows why."""
        canary = self._recipe.canary
        if canary.bogus is not None and self._is_old():
            await self._learn(canary.bogus)
        for page in canary.urls:
            if self._job.wall is not None:
                break
            fault = await self._fault(page)
            if fault and self._job.wall is None:
                self._job.watch.called_off = f"校验页不对，本次采集没有开始：{fault}（{page.url}）"
        return self._job.wall is None and not self._job.watch.called_off

    def _is_old(self) -> bool:
        known = self._job.watch.not_found
        return known is None or self._job.now() - known.learned_at >= LEARN_AGAIN

    async def _learn(self, bogus: str) -> None:
        """What the host says to an address that cannot exist; nothing is learned when it does not answer."""
        url = self._job.site.absolute(bogus)
        response, _fault = await self._fetch(url)
        if response is None:
            return
        view, _charset = self._spider.visits.view(response)
        state = self._spider.gate.judge(view, is_list=False)
        if self._job.wall is not None or state in (PageState.UNREACHABLE, PageState.MAINTENANCE):
            return
        listing = self._listing(view, response)[0] if state is PageState.OK else None
        kind, signs = describe(state, visible_text(view.selector), listing)
        learned = SoftNotFound(host=host_name(url), url=url, kind=kind, shingles=signs, learned_at=self._job.now())
        self._job.watch.learned = self._job.watch.not_found = learned

    async def _fault(self, page: CanaryPage) -> str:
        """What is wrong with a canary; the empty string when it sings."""
        response, fault = await self._fetch(self._job.site.absolute(page.url))
        if response is None:
            return fault
        view, _charset = self._spider.visits.view(response)
        # A canary may be a list: the rules of both are asked.
        verdict = classify(view, self._recipe.states)
        state = verdict.state if verdict.state is PageState.LIST else self._spider.gate.judge(view, is_list=False)
        if state not in CONTENT:
            return f"应当正常，现在是“{state_word(state)}”"
        if state is not PageState.OK:
            return "应当是一条信息，现在是列表" if page.fields else ""
        listing, found = self._listing(view, response)
        if listing is None:
            return f"缺少字段 {'、'.join(found.missing) or '标题和正文'}"
        if reads_like_not_found(self._job.watch.not_found, listing):
            return "与本站对不存在的网址的回答相同，域名可能已经易主"
        for name, expected in page.fields.items():
            said = _said(found, name)
            if said != expected:
                return f"字段 {name} 应为“{expected[:40]}”，读到“{said[:40]}”"
        return ""

    def _listing(self, view: PageView, response: Any) -> tuple[ExtractedListing | None, Extracted]:
        found = extract_from(
            view.selector, self._recipe, PageContext(url=view.url, fetched_at=response.meta["wire"].at, text=view.text)
        )
        if not found.is_posting:
            return None, found
        return to_listing(found, self._recipe, key="canary", url=view.url), found

    async def _fetch(self, url: str) -> tuple[Any, str]:
        """(answer, why there is none)"""
        meta = {"render": self._recipe.fetch.mode == "render", "canary": True}
        request = scrapy.Request(url, callback=NO_CALLBACK, dont_filter=True, priority=20, meta=meta)
        try:
            return await self._spider.crawler.engine.download_async(request), ""
        except IgnoreRequest as exc:
            return None, f"没有取到：{exc}"
        except Exception as exc:  # noqa: BLE001  # whatever kept it from us, the crawl must not begin
            self._job.note_error(f"{url[:200]}: {type(exc).__name__}")
            return None, f"没有取到：{type(exc).__name__}"


def _said(found: Extracted, name: str) -> str:
    if name == "posted_at":
        return found.posted_at.isoformat() if found.posted_at is not None else ""
    head, _, label = name.partition(".")
    return found.attrs.get(label, "") if head == "attrs" else found.values.get(name, "")
