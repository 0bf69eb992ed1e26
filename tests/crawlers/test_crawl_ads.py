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
    return crawl_source(desk, NothingFound(), source, allow=[urlsplit(platforms["ads"]).netloc], **options)


def walled(folder: Path) -> Path:
    """The ads source with the section that turns into a verification page."""
    place = folder / "walled-ads"
    place.mkdir()
    text = (SOURCES / SOURCE / "source.yml").read_text("utf-8")
    sections = "[jiaoyu, fangwu, zhaopin, ershou, bianmin]"
    assert sections in text
    (place / "source.yml").write_text(text.replace(sections, "[shenghuo]"), encoding="utf-8")
    return place


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
        listings = [tx.listings.find(SOURCE, path.rpartition("/x")[2].removesuffix(".html")) for path in reachable]
    assert all(listing is not None and listing.fields and listing.district for listing in listings)
    assert platforms.forbidden_fetches() == ()
    assert platforms.log.rows("ads", state="captcha") == ()
    platforms.log.clear()
    second = crawl(desk, platforms)
    assert (second.new, second.changed, second.unchanged) == (0, 0, first.new)
    details = [row for row in platforms.log.rows("ads") if "/x" in row.target and row.state == "ok"]
    assert details
    assert {row.status for row in details} == {304}


def test_the_first_wall_ends_the_run_and_the_source_rests(desk: Desk, platforms: Sandbox, tmp_path: Path) -> None:
    source = walled(tmp_path)
    run = crawl(desk, platforms, source)
    assert run.outcome == "blocked"
    assert run.states["captcha"] >= 1
    met = len(platforms.log.rows("ads", state="captcha"))
    # Requests that were already on their way may meet it too; none is sent after it.
    assert met <= 4
    with desk.store.read() as tx:
        known = tx.sources.get("walled-ads")
        pages = tx.pages.count("walled-ads")
        listings = tx.listings.count()
    assert known is not None
    assert known.state == "captcha"
    assert known.cooldown_until is not None
    assert timedelta(hours=5) < known.cooldown_until - clock.now() <= timedelta(hours=6)
    assert listings == run.new == pages.get("ok", 0)
    with pytest.raises(SourceUnavailable, match="验证墙"):
        crawl(desk, platforms, source)
    assert len(platforms.log.rows("ads", state="captcha")) == met


def test_rests_grow(desk: Desk, platforms: Sandbox, tmp_path: Path) -> None:
    source = walled(tmp_path)
    crawl(desk, platforms, source)
    later = clock.now() + timedelta(hours=7)
    clock.pin(lambda: later - timedelta(minutes=1))
    with desk.store.transaction() as tx:
        # A power cut between two walls says nothing of the site: the rests go on growing.
        tx.runs.start("walled-ads", clock.now())
    clock.pin(lambda: later)
    assert crawl(desk, platforms, source).outcome == "blocked"
    with desk.store.read() as tx:
        known = tx.sources.get("walled-ads")
    assert known is not None
    assert known.cooldown_until == later + timedelta(hours=24)
    assert [cooldown_after(count) for count in (0, 1, 2, 9)] == [
        timedelta(hours=6),
        timedelta(hours=24),
        timedelta(days=7),
        timedelta(days=7),
    ]


def test_a_wall_page_is_never_a_posting(desk: Desk, platforms: Sandbox, tmp_path: Path) -> None:
    crawl(desk, platforms, walled(tmp_path))
    with desk.store.read() as tx:
        for path, row in truth("ads").items():
            listing = tx.listings.find("walled-ads", path.rpartition("/x")[2].removesuffix(".html"))
            assert listing is None or "验证码" not in listing.text
            if listing is not None:
                assert row["why"] == PageState.CAPTCHA


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
