"""robots.txt, always: what it forbids is not fetched, and what cannot be read counts as forbidding everything."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Self
from urllib.parse import urlsplit

from protego import Protego
from scrapy import Request
from scrapy.exceptions import IgnoreRequest
from scrapy.http.request import NO_CALLBACK

from crawlers.charset import decode
from crawlers.job import Job
from crawlers.settings import ROBOTS_TOKEN
from crawlers.states import PageView, find_wall
from pipelines.records import PageState

MAX_BYTES = 512 * 1024
#: A copy is good for a day (RFC 9309, 2.4); one that could not be read is asked for again sooner.
GOOD_FOR = timedelta(hours=24)
RETRY_AFTER = timedelta(minutes=30)
#: "Too many requests" is no word about robots: all is forbidden until it can be read.
TOO_MANY = 429


class RobotsDenied(IgnoreRequest):
    """robots.txt forbids this address, or could not be read."""


@dataclass(frozen=True, kw_only=True)
class Rules:
    """The rules in force at one host."""

    #: None: everything is forbidden.
    parser: Any
    body: bytes
    #: What was read of it.
    text: str = ""
    reason: str = ""

    def allows(self, url: str) -> bool:
        return self.parser is not None and bool(self.parser.can_fetch(url, ROBOTS_TOKEN))

    def crawl_delay(self) -> float | None:
        delay = self.parser.crawl_delay(ROBOTS_TOKEN) if self.parser is not None else None
        return float(delay) if delay is not None else None


def robots_text(body: bytes) -> str:
    """As much of a robots.txt as is read."""
    return decode(body[:MAX_BYTES]).text.lstrip("\ufeff")


def read_rules(status: int, body: bytes) -> Rules:
    """The rules a robots.txt answer makes. 4xx: none. 5xx and 429: all is forbidden (RFC 9309).
    401/403 are the caller's."""
    if status == 200:
        text = robots_text(body)
        return Rules(parser=Protego.parse(text), body=body, text=text)
    if 400 <= status < 500 and status != TOO_MANY:
        return Rules(parser=Protego.parse(""), body=b"")
    return Rules(parser=None, body=b"", reason=f"robots.txt 返回 HTTP {status}")


class RobotsMiddleware:
    """One robots.txt a host, asked for again after a day; the copy in force goes with every page."""

    def __init__(self, crawler: Any, job: Job) -> None:
        self._crawler = crawler
        self._job = job
        self._rules: dict[str, tuple[datetime, asyncio.Future[Rules]]] = {}

    @classmethod
    def from_crawler(cls, crawler: Any) -> Self:
        return cls(crawler, crawler.spider.job)

    async def process_request(self, request: Any) -> None:
        if request.meta.get("is_robots"):
            return
        rules = await self._rules_for(request.url)
        if self._job.ending:
            raise IgnoreRequest("来源已停止")
        if not rules.allows(request.url):
            raise RobotsDenied(rules.reason or "robots.txt 不允许")
        request.meta["robots"] = rules.body
        request.meta["crawl_delay"] = rules.crawl_delay()
        if request.meta.get("render"):
            request.meta["robots_of"] = await self._rules_of_all(urlsplit(request.url).scheme)

    async def _rules_of_all(self, scheme: str) -> dict[str, str | None]:
        """Of each host of the source, for the browser, which asks there for more than the page."""
        found: dict[str, str | None] = {}
        for netloc in sorted(self._job.site.hosts):
            rules = await self._rules_for(f"{scheme}://{netloc}/")
            found[netloc] = None if rules.parser is None else rules.text
        return found

    async def _rules_for(self, url: str) -> Rules:
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc}"
        now = self._job.now()
        if origin not in self._rules or self._too_old(*self._rules[origin], now):
            future: asyncio.Future[Rules] = asyncio.get_running_loop().create_future()
            self._rules[origin] = (now, future)
            future.set_result(await self._fetch(f"{origin}/robots.txt"))
        return await self._rules[origin][1]

    def _too_old(self, asked_at: datetime, rules: asyncio.Future[Rules], now: datetime) -> bool:
        """A clock that went back makes it no younger."""
        if not rules.done():
            return False
        return abs(now - asked_at) >= (GOOD_FOR if rules.result().parser is not None else RETRY_AFTER)

    async def _fetch(self, url: str) -> Rules:
        request = Request(url, callback=NO_CALLBACK, priority=1000, meta={"is_robots": True}, dont_filter=True)
        try:
            response = await self._crawler.engine.download_async(request)
        except IgnoreRequest as exc:
            return Rules(parser=None, body=b"", reason=f"读不到 robots.txt：{exc}")
        except Exception as exc:  # noqa: BLE001  # whatever went wrong, unread rules forbid everything
            self._job.note_error(f"robots.txt: {type(exc).__name__}")
            return Rules(parser=None, body=b"", reason=f"读不到 robots.txt：{type(exc).__name__}")
        if response.status in (401, 403):
            self._job.stop_at(PageState.BLOCKED, f"robots.txt 返回 HTTP {response.status}，请人工确认是否允许采集")
            return Rules(parser=None, body=b"", reason=f"robots.txt 返回 HTTP {response.status}")
        if response.body.lstrip()[:1] == b"<":
            text = decode(response.body).text
            page = PageView.of(url=response.url, status=response.status, body=response.body, text=text)
            wall = find_wall(page)
            if wall is not None:
                self._job.stop_at(wall.state, f"robots.txt 处是{wall.reason}")
                return Rules(parser=None, body=b"", reason=wall.reason)
        return read_rules(response.status, response.body)
