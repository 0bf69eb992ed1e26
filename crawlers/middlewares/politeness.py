"""Pace and budget of each host: never faster than the floor, the recipe, or the site's own Crawl-delay."""

from __future__ import annotations

from typing import Any, Self

from scrapy.exceptions import IgnoreRequest

from crawlers.addresses import endpoint_of, is_loopback
from crawlers.job import Job
from crawlers.recipe import DELAY_FLOOR_S
from crawlers.urls import host_name
from pipelines import clock

#: The local demo platforms are not bothered by haste; anything else is.
LOOPBACK_CONCURRENCY = 4


def delay_for(host: str, recipe_delay: float, crawl_delay: float | None, *, up_to: float) -> float:
    """Seconds between two requests to a host. Only loopback may be asked faster than the floor."""
    asked = min(crawl_delay or 0.0, up_to)
    if is_loopback(host):
        return asked
    return max(DELAY_FLOOR_S, recipe_delay, asked)


def at_once(host: str, delay: float, concurrent: int, *, hesitant: bool) -> int:
    """Requests that may be on their way to a host at once: as many as the recipe says, one when the site has asked for
    patience, more only of loopback where nothing is waited for."""
    if is_loopback(host) and not delay:
        return LOOPBACK_CONCURRENCY
    return 1 if hesitant else concurrent


def spread(delay: float, jitter: float) -> tuple[float, float]:
    """Scrapy's (delay, jitter) for waits between `delay` and `delay * (1 + jitter)`: its own would go below too."""
    return delay * (1 + jitter / 2), jitter / (2 + jitter)


class PolitenessMiddleware:
    """Puts each request into its host's slot and sets that slot's delay; requests cannot choose another."""

    def __init__(self, crawler: Any, job: Job) -> None:
        self._crawler = crawler
        self._job = job

    @classmethod
    def from_crawler(cls, crawler: Any) -> Self:
        return cls(crawler, crawler.spider.job)

    def process_request(self, request: Any) -> None:
        job = self._job
        if job.used >= job.budget:
            job.message = job.message or f"今天的 {job.recipe.polite.max_per_day} 次请求已用完，明天继续"
            raise IgnoreRequest("今天的请求次数已用完")
        polite = job.recipe.polite
        if not polite.may_visit(clock.local(job.now()).time()):
            job.message = job.message or "这个来源现在不在可访问的时段，到时段继续"
            raise IgnoreRequest("不在可访问的时段")
        job.used += 1
        host, _port = endpoint_of(request.url)
        if job.ledger is not None:
            job.ledger.asked(host_name(request.url))
        crawl_delay = request.meta.get("crawl_delay")
        delay = delay_for(host, polite.delay_s, crawl_delay, up_to=polite.respect_crawl_delay_up_to_s)
        # A site that said "too many" is asked half as often, for a day at least.
        factor = job.ledger.factor(host_name(request.url)) if job.ledger is not None else 1
        delay *= factor
        # All ports of a host are one host.
        request.meta["download_slot"] = host
        concurrency = at_once(host, delay, polite.concurrent, hesitant=bool(crawl_delay) or factor > 1)
        middle, around = spread(delay, polite.jitter)
        downloader = self._crawler.engine.downloader
        downloader.per_slot_settings[host] = {"delay": middle, "concurrency": concurrency, "jitter": around}
        slot = downloader.slots.get(host)
        if slot is not None:
            slot.delay, slot.concurrency, slot.jitter = middle, concurrency, around

    def process_response(self, request: Any, response: Any) -> Any:
        if self._job.ledger is not None:
            wire = request.meta.get("wire")
            size = len(wire.body) if wire is not None else len(response.body)
            self._job.ledger.answered(host_name(request.url), response.status, size)
        return response
