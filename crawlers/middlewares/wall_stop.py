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
    """Requests still waiting when a wall was met are dropped."""

    def __init__(self, job: Job) -> None:
        self._job = job

    @classmethod
    def from_crawler(cls, crawler: Any) -> Self:
        return cls(crawler.spider.job)

    def process_request(self, request: Any) -> None:  # noqa: ARG002  # Scrapy's signature
        if self._job.ending:
            raise IgnoreRequest("来源已停止")
