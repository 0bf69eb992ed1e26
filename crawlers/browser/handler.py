"""Scrapy's HTTP download handler, which sends requests for rendered pages to the browser instead."""

from __future__ import annotations

import asyncio
from typing import Any

from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import HtmlResponse

from crawlers.errors import RobotsRefused
from crawlers.middlewares.politeness import LOOPBACK_CONCURRENCY
from crawlers.middlewares.robots import RobotsDenied


class PageHandler(HTTP11DownloadHandler):
    """Rendered or not, every request has passed the same middlewares before it gets here."""

    def __init__(self, crawler: Any) -> None:
        super().__init__(crawler)
        # Scrapy keeps as many connections of a host open as it may use by its settings; what politeness.py lets the
        # demo platforms be asked at once would close each after one answer.
        self._pool.maxPersistentPerHost = max(self._pool.maxPersistentPerHost, LOOPBACK_CONCURRENCY)
        self._spider_of = crawler

    async def download_request(self, request: Any) -> Any:
        job = self._spider_of.spider.job
        if job.ending:
            # It waited for its turn while the wall was met, or the run was told to end.
            raise IgnoreRequest("来源已停止")
        if not request.meta.get("render"):
            return await super().download_request(request)
        try:
            rendered = await asyncio.to_thread(
                job.browser.render,
                request.url,
                scrolls=request.meta.get("scrolls", 0),
                ready=job.recipe.fetch.ready,
                robots=request.meta["robots_of"],
            )
        except RobotsRefused as exc:
            raise RobotsDenied(str(exc)) from exc
        request.meta["wire"] = rendered.main
        request.meta["others"] = rendered.others
        request.meta["environment"] = rendered.environment
        return HtmlResponse(
            url=rendered.final_url,
            status=rendered.main.status,
            headers={"Content-Type": "text/html; charset=utf-8"},
            body=rendered.dom.encode("utf-8", "replace"),
            encoding="utf-8",
            request=request,
        )
