"""A few given pages, fetched as a crawl would fetch them and kept nowhere: for drafting and checking recipes."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any

import scrapy
from scrapy.exceptions import IgnoreRequest

from crawlers.job import Job
from crawlers.spiders.list_detail import ListDetailSpider
from crawlers.states import PageView, classify
from pipelines.records import WALLS


@dataclass(frozen=True, kw_only=True)
class Probed:
    """One page asked for: what came, or why nothing did."""

    url: str
    view: PageView | None = None
    body: bytes = b""
    charset: str = ""
    reason: str = ""


class ProbeSpider(ListDetailSpider):
    """Same robots.txt, pace, guard and first-wall rule as any crawl; nothing is stored."""

    name = "probe"

    def __init__(self, *args: Any, job: Job, urls: Sequence[str], found: dict[str, Probed], **kwargs: Any) -> None:
        super().__init__(*args, job=job, **kwargs)
        self._urls = urls
        self._found = found

    async def start(self) -> AsyncIterator[Any]:
        for url in self._urls:
            yield scrapy.Request(
                url,
                callback=self.keep,
                errback=self.lose,
                dont_filter=True,
                meta={"asked": url, "render": self.recipe.fetch.mode == "render"},
            )

    def keep(self, response: Any) -> None:
        """The page, whatever its state; a wall ends the probe."""
        view, charset = self.visits.view(response)
        verdict = classify(view, self.recipe.states)
        if verdict.state in WALLS:
            self.job.stop_at(verdict.state, verdict.reason)
        url = response.meta["asked"]
        self._found[url] = Probed(url=url, view=view, body=response.body, charset=charset)

    def lose(self, failure: Any) -> None:
        """Why a page did not come."""
        url = failure.request.meta["asked"]
        known = self.job.message if failure.check(IgnoreRequest) and not str(failure.value) else ""
        self._found[url] = Probed(url=url, reason=known or str(failure.value)[:200] or failure.type.__name__)
