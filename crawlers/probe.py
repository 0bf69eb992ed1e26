"""Fetches a few pages of a source for people who draft or check its recipe; stores nothing."""

from __future__ import annotations

import queue
from collections.abc import Sequence
from typing import Any

from scrapy.crawler import CrawlerRunner

from crawlers.addresses import ALLOWED, check_endpoint, endpoint_of, parse_allow
from crawlers.errors import CrawlError
from crawlers.job import Job
from crawlers.reactor import REACTOR
from crawlers.recipe import Recipe
from crawlers.run import browser_of
from crawlers.settings import crawl_settings
from crawlers.spiders.probe import Probed, ProbeSpider
from crawlers.urls import Site
from pipelines import clock

#: Requests of one probe, robots.txt among them.
BUDGET = 30


def probe(recipe: Recipe, site: Site, urls: Sequence[str], *, allow: Sequence[str] = ()) -> list[Probed]:
    """The pages at these addresses in their order, each as it came or with the reason why not.

    Raises AddressRefused for private addresses, CrawlError when the engine does not start.
    """
    allowed = tuple(parse_allow(value) for value in allow)
    check_endpoint(endpoint_of(site.origin), allowed)
    job = Job(recipe, site, allowed=allowed, budget=BUDGET, known=lambda _keys: {}, now=clock.now)
    found: dict[str, Probed] = {}
    ended: queue.Queue[str] = queue.Queue()

    def over(result: Any) -> None:
        ended.put(result.getErrorMessage()[:300] if hasattr(result, "getErrorMessage") else "")

    def start() -> None:
        try:
            runner = CrawlerRunner(crawl_settings(recipe))
            runner.crawl(ProbeSpider, job=job, urls=tuple(urls), found=found).addBoth(over)
        except Exception as exc:  # noqa: BLE001  # the caller waits for the queue, so every failure must reach it
            ended.put(f"{type(exc).__name__}: {exc}")

    with ALLOWED.during(allowed), browser_of(recipe, site, allowed) as job.browser:
        REACTOR.call(start)
        fault = ended.get()
    if fault:
        raise CrawlError(f"试读没有完成：{fault}")
    return [found.get(url) or Probed(url=url, reason=job.message or "没有取到") for url in urls]
