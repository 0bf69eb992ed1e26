"""The first wall ends the run, and so does whoever stops it: no page is asked for after that."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Self

from scrapy.exceptions import IgnoreRequest

from crawlers.job import Job

#: How long a source rests after its first, second and every later wall in a row.
COOLDOWNS = (timedelta(hours=6), timedelta(hours=24), timedelta(days=7))


def cooldown_after(walls_before: int) -> timedelta:
    """The rest after a wall, given how many runs before this one ended at a wall without a good one between."""
    return COOLDOWNS[min(walls_before, len(COOLDOWNS) - 1)]


class WallStopMiddleware:
    """Requests still waiting when a wall was met are dropped, those that wait for their turn at the host too: at the
    pace of a real site they would hold the run up for a minute."""

    def __init__(self, crawler: Any) -> None:
        self._crawler = crawler
        self._job: Job = crawler.spider.job
        self._job.release = self._release

    @classmethod
    def from_crawler(cls, crawler: Any) -> Self:
        return cls(crawler)

    def process_request(self, request: Any) -> None:  # noqa: ARG002  # Scrapy's signature
        if self._job.ending:
            raise IgnoreRequest("来源已停止")

    def _release(self) -> None:
        from twisted.internet import reactor  # only importable once ours is installed

        reactor.callFromThread(self._drop)

    def _drop(self) -> None:
        engine = self._crawler.engine
        for slot in engine.downloader.slots.values() if engine is not None else ():
            while slot.queue:
                _request, waiting = slot.queue.popleft()
                waiting.errback(IgnoreRequest("来源已停止"))
