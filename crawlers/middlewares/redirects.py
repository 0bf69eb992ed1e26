"""Follows redirects, a few of them, each one only if it stays inside the source."""

from __future__ import annotations

from typing import Any, Self
from urllib.parse import urljoin, urlsplit

from crawlers.job import Job
from crawlers.settings import MAX_REDIRECTS

_STATUSES = frozenset({301, 302, 303, 307, 308})


class RedirectsMiddleware:
    """A hop that leaves the source is not followed: the page comes back as it is, with where it pointed."""

    def __init__(self, job: Job) -> None:
        self._job = job

    @classmethod
    def from_crawler(cls, crawler: Any) -> Self:
        return cls(crawler.spider.job)

    def process_response(self, request: Any, response: Any) -> Any:
        if response.status not in _STATUSES or "Location" not in response.headers:
            return response
        target = self._target(request, response)
        request.meta["moved_to"] = target
        hops = request.meta.get("hops", 0) + 1
        inside = self._job.site.on_site(target) if request.meta.get("is_robots") else self._job.site.in_scope(target)
        downgraded = urlsplit(request.url).scheme == "https" and urlsplit(target).scheme != "https"
        if hops > MAX_REDIRECTS or not inside or downgraded:
            return response
        followed = request.replace(url=target, dont_filter=True, meta={**request.meta, "hops": hops})
        followed.meta.pop("wire", None)
        # Validators belong to the address they came from.
        followed.headers.pop("If-None-Match", None)
        followed.headers.pop("If-Modified-Since", None)
        return followed

    def _target(self, request: Any, response: Any) -> str:
        location = response.headers["Location"].decode("utf-8", "replace").strip()
        try:
            return self._job.site.absolute(urljoin(request.url, location))
        except ValueError:
            return ""
