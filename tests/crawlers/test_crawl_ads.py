"""A real crawl of the sandbox's ads site: twins, trackers, walls, conditional GET."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from crawlers.errors import SourceUnavailable
from crawlers.middlewares import politeness
from crawlers.middlewares.wall_stop import cooldown_after
from crawlers.run import crawl_source
from crawlers.sandbox.sites import Sandbox, serve_sandbox
from crawlers.sandbox.turnstile import Pace
from crawlers.source import SOURCES
from pipelines import clock
from pipelines.desk import Desk
from pipelines.records import CrawlRun, PageState
from tests.crawlers.conftest import NothingFound
from tests.crawlers.test_crawl_board import truth

SOURCE = "sandbox-ads"
#: The section that turns into a verification page, at an address of its own.
WALLED = "sandbox-life"


@pytest.fixture
def patient(poster_folder: Path) -> Iterator[Sandbox]:
    """The platforms with nothing against haste."""
    with serve_sandbox(posters=poster_folder, pace=Pace(requests=1_000_000)) as running:
        yield running


@pytest.fixture
def crawl_delays(monkeypatch: pytest.MonkeyPatch) -> list[float | None]:
    """What the site asks visitors to wait, noted with each request instead of waited for."""
    noted: list[float | None] = []

    def delay_for(_host: str, _recipe: float, crawl_delay: float | None, *, up_to: float) -> float:
        noted.append(crawl_delay)
        return 0.0

    monkeypatch.setattr(politeness, "delay_for", delay_for)
    return noted


def crawl(desk: Desk, platforms: Sandbox, source: str | Path = SOURCE, **options: Any) -> CrawlRun:
    site = "life" if source == WALLED else "ads"
    return crawl_source(desk, NothingFound(), source, allow=[urlsplit(platforms[site]).netloc], **options)


def key_of(path: str) -> str:
    return path.rpartition("/x")[2].removesuffix(".html")


def test_each_ad_once_and_the_second_run_asks_only_whether_it_changed(
    desk: Desk, patient: Sandbox, crawl_delays: list[float | None]
) -> None:
    platforms = patient
    first = crawl(desk, platforms)
    # robots.txt names the pace; only robots.txt itself is asked for before we know it.
    assert set(crawl_delays[1:]) == {0.05}
    reachable = {path for path, row in truth("ads").items() if row["reachable"]}
    assert (first.outcome, first.new) == ("finished", len(reachable))
    with desk.store.read() as tx:
        listings = [tx.listings.find(SOURCE, key_of(path)) for path in reachable]
    assert all(listing is not None and listing.fields and listing.district for listing in listings)
    # Members' ads stand in the lists of all; robots.txt forbids their pages, and nobody asks for them.
    members = {path for path, row in truth("ads").items() if row.get("why") == PageState.ROBOTS_DENIED}
    with desk.store.read() as tx:
        refused = [tx.pages.get(SOURCE, key_of(path)) for path in members]
    assert [page and page.state for page in refused] == [PageState.ROBOTS_DENIED] * len(members)
    assert first.states["robots_denied"] == len(members) == 6
    assert not [row.target for row in platforms.log.rows("ads") if "/vip/" in row.target]
    assert platforms.forbidden_fetches() == ()
    assert platforms.log.rows("ads", state="captcha") == ()
    platforms.log.clear()
    second = crawl(desk, platforms)
    assert (second.new, second.changed, second.unchanged) == (0, 0, first.new)
    details = [row for row in platforms.log.rows("ads") if "/x" in row.target and row.state == "ok"]
    assert details
    assert {row.status for row in details} == {304}


def test_the_first_wall_ends_the_run_and_the_source_rests(desk: Desk, platforms: Sandbox) -> None:
    run = crawl(desk, platforms, WALLED)
    assert run.outcome == "blocked"
    reachable = {path for path, row in truth("life").items() if row["reachable"]}
    assert run.states == {"list": 2, "ok": len(reachable), "captcha": 1}
    # The first posting behind the wall, and nothing after it.
    assert [row.state for row in platforms.log.rows("life")][-2:] == ["ok", "captcha"]
    with desk.store.read() as tx:
        known = tx.sources.get(WALLED)
        assert [tx.listings.find(WALLED, key_of(path)) is not None for path in reachable] == [True] * len(reachable)
        assert tx.listings.count() == run.new == tx.pages.count(WALLED)["ok"] == len(reachable)
        assert tx.pages.count(WALLED)["captcha"] == 1
    assert known is not None
    assert known.state == "captcha"
    assert known.cooldown_until is not None
    assert timedelta(hours=5) < known.cooldown_until - clock.now() <= timedelta(hours=6)
    asked = len(platforms.log.rows("life"))
    with pytest.raises(SourceUnavailable, match="验证墙"):
        crawl(desk, platforms, WALLED)
    assert len(platforms.log.rows("life")) == asked
    # Only that host rests.
    assert crawl(desk, platforms, limit=1).outcome == "finished"


def test_rests_grow(desk: Desk, platforms: Sandbox) -> None:
    crawl(desk, platforms, WALLED)
    later = clock.now() + timedelta(hours=7)
    clock.pin(lambda: later - timedelta(minutes=1))
    with desk.store.transaction() as tx:
        # A power cut between two walls says nothing of the site: the rests go on growing.
        tx.runs.start(WALLED, clock.now())
    clock.pin(lambda: later)
    platforms.log.clear()
    assert crawl(desk, platforms, WALLED).outcome == "blocked"
    # Nothing is asked for twice, and the first page is a wall to whoever met it before.
    assert [row.state for row in platforms.log.rows("life")] == ["robots", "captcha"]
    with desk.store.read() as tx:
        known = tx.sources.get(WALLED)
    assert known is not None
    assert known.cooldown_until == later + timedelta(hours=24)
    assert [cooldown_after(count) for count in (0, 1, 2, 9)] == [
        timedelta(hours=6),
        timedelta(hours=24),
        timedelta(days=7),
        timedelta(days=7),
    ]


def test_a_wall_page_is_never_a_posting(desk: Desk, platforms: Sandbox) -> None:
    crawl(desk, platforms, WALLED)
    behind = [path for path, row in truth("ads").items() if row.get("why") == PageState.CAPTCHA]
    assert len(behind) == 6
    with desk.store.read() as tx:
        assert [tx.listings.find(WALLED, key_of(path)) for path in behind] == [None] * len(behind)
        read = [tx.listings.find(WALLED, key_of(path)) for path in truth("life")]
    assert all(listing is not None and "验证码" not in listing.text for listing in read)


def test_a_limit_and_a_daily_budget(desk: Desk, platforms: Sandbox, tmp_path: Path) -> None:
    assert crawl(desk, platforms, limit=3).new == 3
    place = tmp_path / "few-ads"
    place.mkdir()
    text = (SOURCES / SOURCE / "source.yml").read_text("utf-8")
    (place / "source.yml").write_text(text.replace("max_per_day: 100000", "max_per_day: 6"), encoding="utf-8")
    platforms.log.clear()
    run = crawl(desk, platforms, place)
    assert "已用完" in run.message
    # robots.txt is outside the budget's count of pages but was asked for once.
    assert len(platforms.log.rows("ads")) <= 7
    platforms.log.clear()
    crawl(desk, platforms, place)
    assert len(platforms.log.rows("ads")) <= 1
