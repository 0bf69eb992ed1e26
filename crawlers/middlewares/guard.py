"""Refuses every request that leaves the source's hosts or goes to a private address."""

from __future__ import annotations

from typing import Any, Self

from scrapy.exceptions import IgnoreRequest

from crawlers.addresses import check_endpoint, endpoint_of
from crawlers.errors import AddressRefused
from crawlers.job import Job


class GuardMiddleware:
    """The first check; the resolver checks again what the name really points to."""

    def __init__(self, job: Job) -> None:
        self._job = job

    @classmethod
    def from_crawler(cls, crawler: Any) -> Self:
        return cls(crawler.spider.job)

    def process_request(self, request: Any) -> None:
        site = self._job.site
        if not site.on_site(request.url):
            raise IgnoreRequest(f"不在来源的主机上：{request.url[:200]}")
        if not request.meta.get("is_robots") and not site.in_scope(request.url):
            raise IgnoreRequest(f"不在来源的范围内：{request.url[:200]}")
        try:
            check_endpoint(endpoint_of(request.url), self._job.allowed)
        except AddressRefused as exc:
            raise IgnoreRequest(exc.message) from exc
