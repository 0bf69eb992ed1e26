"""robots.txt as RFC 9309 says, with the traps that others fell into."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from scrapy import Request
from scrapy.http import TextResponse

from crawlers.middlewares.robots import RobotsDenied, RobotsMiddleware, read_rules

NOON = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
PAGE = "https://bbs.example.org/neibu/1.html"
FORBIDS = b"User-agent: *\nDisallow: /neibu/\n"


@pytest.mark.parametrize(
    ("status", "body", "allowed"),
    [
        (200, FORBIDS, False),
        (200, b"\xef\xbb\xbf" + FORBIDS, False),  # a byte-order mark before the first rule
        (200, "# 请勿抓取内部版块\n".encode("gb18030") + FORBIDS, False),
        (200, b"# \xff\xfe\x80 no charset at all\n" + FORBIDS, False),
        (200, FORBIDS.replace(b"\n", b"\r\n"), False),
        (200, b"User-agent: MingchaBot\nDisallow: /\n\nUser-agent: *\nAllow: /\n", False),
        (200, b"User-agent: *\nDisallow: /\nAllow: /neibu/1.html\n", True),  # the longest rule wins
        (200, b"", True),
        (404, b"", True),
        (410, b"", True),
        (429, b"", False),  # "too many requests" gives no leave
        (500, b"", False),
        (503, FORBIDS, False),
        (301, b"", False),  # a redirect that was not followed
    ],
)
def test_what_an_answer_means(status: int, body: bytes, allowed: bool) -> None:
    assert read_rules(status, body).allows(PAGE) is allowed


class Site:
    """A middleware whose robots.txt answers as told, and a clock."""

    def __init__(self, *answers: tuple[int, bytes]) -> None:
        self._answers = list(answers)
        self.now = NOON
        self.asked = 0
        self.job: Any = SimpleNamespace(
            wall=None, ending=False, errors=[], now=lambda: self.now, stop_at=lambda *_told: None
        )
        engine = SimpleNamespace(download_async=self._download)
        self._middleware = RobotsMiddleware(SimpleNamespace(engine=engine), self.job)

    async def _download(self, request: Request) -> TextResponse:
        self.asked += 1
        status, body = self._answers.pop(0)
        return TextResponse(request.url, status=status, body=body, encoding="utf-8", request=request)

    async def visit(self, after: timedelta = timedelta(0)) -> Request:
        self.now += after
        request = Request(PAGE)
        await self._middleware.process_request(request)
        return request


def test_a_copy_is_good_for_a_day_and_goes_with_each_page() -> None:
    async def days() -> None:
        site = Site((200, b"User-agent: *\nCrawl-delay: 7\n"), (200, FORBIDS))
        for after in (timedelta(0), timedelta(hours=23)):
            request = await site.visit(after)
            assert request.meta["robots"] == b"User-agent: *\nCrawl-delay: 7\n"
            assert request.meta["crawl_delay"] == 7.0
        assert site.asked == 1
        # Next day the site has changed its mind, and a clock set back by days would not hide it.
        with pytest.raises(RobotsDenied):
            await site.visit(timedelta(hours=1))
        assert site.asked == 2

    asyncio.run(days())


def test_a_clock_that_went_back_does_not_keep_an_old_copy() -> None:
    async def back() -> None:
        site = Site((200, b""), (200, FORBIDS))
        await site.visit()
        with pytest.raises(RobotsDenied):
            await site.visit(timedelta(days=-3))

    asyncio.run(back())


def test_what_could_not_be_read_forbids_everything_and_is_asked_again_later() -> None:
    async def later() -> None:
        site = Site((503, b""), (200, b""))
        with pytest.raises(RobotsDenied, match="503"):
            await site.visit()
        with pytest.raises(RobotsDenied):
            await site.visit(timedelta(minutes=10))
        assert site.asked == 1
        await site.visit(timedelta(minutes=30))
        assert site.asked == 2

    asyncio.run(later())


@pytest.mark.parametrize("status", [401, 403])
def test_a_closed_door_stops_the_source_until_a_person_has_looked(status: int) -> None:
    async def knock() -> list[str]:
        told: list[str] = []
        site = Site((status, b""))
        site.job.stop_at = lambda _state, message: told.append(message)
        with pytest.raises(RobotsDenied):
            await site.visit()
        return told

    assert asyncio.run(knock()) == [f"robots.txt 返回 HTTP {status}，请人工确认是否允许采集"]
