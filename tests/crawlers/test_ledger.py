"""What hosts are asked is counted over sources and kills, and a site that complains is asked half as often."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from scrapy import Request
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response

from crawlers.ledger import SLOWEST, HostLedger, recovered
from crawlers.middlewares.politeness import PolitenessMiddleware
from crawlers.run import crawl_source
from crawlers.urls import host_name
from pipelines import clock
from pipelines.desk import Desk
from tests.crawlers.small_site import HTML, OPEN, board_on, row, serve, thread_page

NOON = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
HOST = "bbs.example.org"


@pytest.fixture
def at_noon() -> None:
    clock.pin(lambda: NOON)


@pytest.mark.usefixtures("at_noon")
def test_two_sources_on_one_host_share_its_budget(any_desk: Desk) -> None:
    first, second = HostLedger(any_desk, [HOST]), HostLedger(any_desk, [HOST, "img.example.org"])
    for _ in range(3):
        first.asked(HOST)
    second.asked("img.example.org")
    second.answered("img.example.org", 200, 1000)
    for ledger in (first, second):
        ledger.flush(force=True)
    assert HostLedger(any_desk, [HOST]).spent_today == 3
    assert HostLedger(any_desk, [HOST, "img.example.org"]).spent_today == 4
    clock.pin(lambda: NOON + timedelta(hours=12))  # after midnight in Shanghai
    assert HostLedger(any_desk, [HOST]).spent_today == 0


@pytest.mark.usefixtures("at_noon")
def test_a_complaint_halves_the_pace_once_an_hour_and_is_remembered(any_desk: Desk) -> None:
    ledger = HostLedger(any_desk, [HOST])
    for status in (200, 429, 503, 429):
        ledger.answered(HOST, status, 10)
    ledger.flush(force=True)
    assert ledger.factor(HOST) == 2
    clock.pin(lambda: NOON + timedelta(hours=2))
    again = HostLedger(any_desk, [HOST])
    assert again.factor(HOST) == 2
    again.answered(HOST, 503, 10)
    again.flush(force=True)
    with any_desk.store.read() as tx:
        pace = tx.hosts.pace(HOST)
    assert (pace.factor, pace.slowed_at, pace.reason) == (4, NOON + timedelta(hours=2), "HTTP 503")


def test_the_pace_comes_back_one_halving_a_day() -> None:
    assert [recovered(8, NOON, NOON + timedelta(days=days)) for days in (0, 1, 2, 3, 9)] == [8, 4, 2, 1, 1]
    # A clock that went back makes nobody faster.
    assert recovered(8, NOON, NOON - timedelta(days=5)) == 8
    assert SLOWEST == 8


def middleware(desk: Desk, folder: Path, **polite: Any) -> tuple[PolitenessMiddleware, Any]:
    """The middleware of a source with these polite settings, and its job."""
    recipe = SimpleNamespace(
        polite=SimpleNamespace(
            delay_s=8.0,
            jitter=0.0,
            concurrent=2,
            max_per_day=100,
            respect_crawl_delay_up_to_s=300.0,
            may_visit=lambda _at: True,
        )
    )
    recipe.polite.__dict__.update(polite)
    job = SimpleNamespace(recipe=recipe, used=0, budget=100, message="", now=clock.now, ledger=HostLedger(desk, [HOST]))
    engine = SimpleNamespace(downloader=SimpleNamespace(per_slot_settings={}, slots={}))
    return PolitenessMiddleware(SimpleNamespace(engine=engine), job), job  # type: ignore[arg-type]


def test_requests_after_a_503_wait_twice_as_long(desk: Desk, tmp_path: Path) -> None:
    polite, job = middleware(desk, tmp_path)
    request = Request(f"https://{HOST}/forum-1-1.html")
    slots = polite._crawler.engine.downloader.per_slot_settings
    polite.process_request(request)
    assert (slots[HOST]["delay"], slots[HOST]["concurrency"]) == (8.0, 2)
    # The site's own Crawl-delay wins, and asks for patience.
    slow = Request(request.url, meta={"crawl_delay": 20.0})
    polite.process_request(slow)
    assert (slots[HOST]["delay"], slots[HOST]["concurrency"]) == (20.0, 1)
    polite.process_response(request, Response(request.url, status=503, body=b"busy"))
    polite.process_request(request)
    assert (slots[HOST]["delay"], slots[HOST]["concurrency"]) == (16.0, 1)
    assert job.used == 3


def test_outside_the_recipes_hours_nothing_is_asked(desk: Desk, tmp_path: Path) -> None:
    polite, job = middleware(desk, tmp_path, may_visit=lambda at: at.hour < 7)
    clock.pin(lambda: NOON)
    with pytest.raises(IgnoreRequest):
        polite.process_request(Request(f"https://{HOST}/"))
    assert (job.used, job.message) == (0, "这个来源现在不在可访问的时段，到时段继续")
    clock.pin(lambda: NOON - timedelta(hours=9))
    polite.process_request(Request(f"https://{HOST}/"))
    assert job.used == 1


def test_a_crawl_counts_every_request_and_remembers_a_complaint(desk: Desk, tmp_path: Path) -> None:
    answers = {"/robots.txt": OPEN, "/forum-1-1.html": (200, HTML, row(1, "/thread-1-1-1.html").encode())}
    answers["/thread-1-1-1.html"] = (200, HTML, thread_page())
    with serve(answers) as server:
        port = server.server_address[1]
        board = board_on(tmp_path, "http", port)
        crawl_source(desk, None, board, allow=[f"127.0.0.1:{port}"])
        host = host_name(f"http://127.0.0.1:{port}/")
        with desk.store.read() as tx:
            today = clock.local(clock.now()).date()
            (day,) = tx.hosts.days([host], today)
            assert tx.hosts.pace(host).factor == 1
        assert day.requests == len(server.asked)
        assert day.bytes >= len(thread_page())
        answers["/forum-1-1.html"] = (503, HTML, b"busy")
        crawl_source(desk, None, board, allow=[f"127.0.0.1:{port}"])
        with desk.store.read() as tx:
            assert tx.hosts.pace(host).factor == 2
