"""Postings that every list has dropped: looked at when due, gone when they are gone, never lost."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from crawlers.run import crawl_source
from crawlers.sandbox.sites import Sandbox
from crawlers.source import SOURCES, load_recipe
from crawlers.urls import Site
from pipelines import clock
from pipelines.desk import Desk
from pipelines.records import CrawlRun, Page, PageState, Source
from tests.crawlers.conftest import NothingFound
from tests.crawlers.small_site import HTML, OPEN, board_on, row, serve, thread_page
from tests.crawlers.test_crawl_board import truth

MONTH = timedelta(days=30)


def remembered(site: Site, url: str, *, at: datetime) -> Page:
    """A posting as an earlier run left it."""
    return Page(
        source=site.recipe.name,
        key=site.key(url) or "",
        url=url,
        state=PageState.OK,
        etag=None,
        last_modified=None,
        signature="of another day",
        last_capture_id=None,
        first_seen_at=at - 3 * MONTH,
        last_fetched_at=at,
    )


def known_source(name: str) -> Source:
    return Source(
        name=name,
        title="演示",
        lane="A",
        state="ok",
        verified="sandbox",
        last_good_at=None,
        cooldown_until=None,
        paused=False,
        demo=True,
    )


@pytest.mark.parametrize(("name", "vanished"), [("board", 2), ("ads", 2), ("feed", 1)])
def test_what_disappeared_on_the_second_day_is_gone(
    desk: Desk, platforms: Sandbox, tmp_path: Path, name: str, vanished: int
) -> None:
    folder = tmp_path / f"calm-{name}"
    folder.mkdir()
    text = (SOURCES / f"sandbox-{name}" / "source.yml").read_text("utf-8")
    (folder / "source.yml").write_text(
        text.replace("detail: [0h]", "detail: [30d]").replace("scrolls: 60", "scrolls: 1"), encoding="utf-8"
    )
    # The platform has moved to another port since.
    site = Site.of(load_recipe(folder), "http://127.0.0.1:9")
    assert site is not None
    rows = truth(name)
    gone = {path for path, row in rows.items() if row.get("day2") == "gone"}
    assert len(gone) == vanished
    now = clock.now()
    with desk.store.transaction() as tx:
        tx.sources.upsert(known_source(folder.name))
        for path in rows:
            old = now - timedelta(days=31) if path in gone else now
            tx.pages.upsert(remembered(site, f"http://127.0.0.1:9{path}", at=old))
    platforms.day = 2
    run = crawl_source(desk, NothingFound(), folder, allow=[urlsplit(platforms[name]).netloc])
    assert (run.outcome, run.new, run.changed) == ("finished", 0, 0)
    assert run.states["gone"] == vanished
    # Missing, not gone: that takes a second look a day later.
    with desk.store.read() as tx:
        missing = {path for path in gone if tx.health.missing(folder.name, [site.key(path) or ""])}
        assert missing == gone
        assert tx.pages.count(folder.name).get("gone", 0) == 0
    pin(timedelta(hours=25))
    run = crawl_source(desk, NothingFound(), folder, allow=[urlsplit(platforms[name]).netloc])
    with desk.store.read() as tx:
        assert tx.health.missing_since(folder.name, clock.now(), 9) == ()
        states = {path: tx.pages.get(folder.name, site.key(path) or "") for path in rows}
    assert {path for path, page in states.items() if page and page.state is PageState.GONE} == gone
    assert run.states["gone"] == vanished
    assert platforms.forbidden_fetches() == ()


def test_of_a_rendered_feed_a_later_run_opens_the_cards_that_changed(desk: Desk, platforms: Sandbox) -> None:
    source, rows = "sandbox-feed", truth("feed")
    site = Site.of(load_recipe(source), platforms["feed"])
    assert site is not None
    with desk.store.transaction() as tx:
        tx.sources.upsert(known_source(source))
        for path in rows:
            tx.pages.upsert(remembered(site, platforms["feed"] + path, at=clock.now()))

    def opened() -> set[str]:
        platforms.log.clear()
        run = crawl_source(desk, NothingFound(), source, allow=[urlsplit(platforms["feed"]).netloc])
        assert (run.outcome, run.states["list"]) == ("finished", 1)
        return {row.target for row in platforms.log.rows("feed") if row.target.startswith(("/item/", "/draft/"))}

    assert opened() == set()
    platforms.day = 2
    assert opened() == {path for path, row in rows.items() if row.get("day2") == "edited"} != set()


SCHEDULE = "schedule: {detail: [1d, 30d]}\n"


class SmallBoard:
    """A board whose two threads leave the list."""

    def __init__(self, desk: Desk, server: Any, folder: Path) -> None:
        self._desk = desk
        self._server = server
        self._port = server.server_address[1]
        self._folder = board_on(folder, "http", self._port, extra=SCHEDULE)

    def crawl(self, **options: Any) -> CrawlRun:
        self._server.asked.clear()
        return crawl_source(self._desk, None, self._folder, allow=[f"127.0.0.1:{self._port}"], **options)

    def threads_asked(self) -> list[str]:
        return sorted(path for path, _headers in self._server.asked if "thread" in path)

    def state(self, key: str) -> PageState:
        with self._desk.store.read() as tx:
            page = tx.pages.get(self._folder.name, key)
            assert tx.listings.find(self._folder.name, key) is not None
        assert page is not None
        return page.state


def listed(*numbers: int) -> tuple[int, dict[str, str], bytes]:
    return (200, HTML, "".join(row(number, f"/thread-{number}-1-1.html") for number in numbers).encode())


def pin(after: timedelta) -> Callable[[], datetime]:
    moment = clock.now() + after
    clock.pin(lambda: moment)
    return lambda: moment


def test_unlisted_postings_are_looked_at_when_due_and_the_listing_stays(desk: Desk, tmp_path: Path) -> None:
    answers = {"/robots.txt": OPEN, "/forum-1-1.html": listed(1, 2, 3)}
    answers |= {f"/thread-{number}-1-1.html": (200, HTML, thread_page(f"正文{number}")) for number in (1, 2, 3)}
    with serve(answers) as server:
        board = SmallBoard(desk, server, tmp_path)
        assert board.crawl().new == 3
        answers["/forum-1-1.html"] = listed(3)
        del answers["/thread-1-1-1.html"]
        # Nothing is due yet, listed or not.
        assert board.crawl().unchanged == 1
        assert board.threads_asked() == []
        pin(timedelta(days=1, minutes=1))
        # While no list can be read, nothing follows from a posting that was not seen.
        answers["/forum-1-1.html"] = (503, HTML, b"")
        board.crawl()
        assert board.threads_asked() == []
        answers["/forum-1-1.html"] = listed(3)
        run = board.crawl()
        assert board.threads_asked() == [f"/thread-{number}-1-1.html" for number in (1, 2, 3)]
        assert (run.new, run.changed, run.unchanged) == (0, 0, 2)
        # Seen gone once: missing until a second look, a day later and no sooner.
        assert (board.state("1"), board.state("2")) == (PageState.OK, PageState.OK)
        pin(timedelta(hours=23))
        board.crawl()
        assert board.threads_asked() == []
        pin(timedelta(hours=1, minutes=1))
        board.crawl()
        assert board.threads_asked() == ["/thread-1-1-1.html"]
        assert (board.state("1"), board.state("2")) == (PageState.GONE, PageState.OK)
        # Gone is gone; the other one is not due again.
        pin(timedelta(days=28))
        board.crawl()
        assert board.threads_asked() == []
        pin(timedelta(days=2))
        board.crawl()
        assert board.threads_asked() == ["/thread-2-1-1.html", "/thread-3-1-1.html"]


def test_a_site_that_rests_for_an_hour_does_not_end_the_watch(desk: Desk, tmp_path: Path) -> None:
    answers = {"/robots.txt": OPEN, "/forum-1-1.html": listed(1, 2)}
    answers |= {f"/thread-{number}-1-1.html": (200, HTML, thread_page(f"正文{number}")) for number in (1, 2)}
    with serve(answers) as server:
        board = SmallBoard(desk, server, tmp_path)
        board.crawl()
        answers["/forum-1-1.html"] = listed(2)
        answers["/thread-1-1-1.html"] = (503, HTML, b"")
        pin(timedelta(days=1, minutes=1))
        board.crawl()
        assert board.state("1") is PageState.MAINTENANCE
        del answers["/thread-1-1-1.html"]
        pin(timedelta(days=31))
        board.crawl()
        assert board.state("1") is PageState.MAINTENANCE
        pin(timedelta(days=1))
        board.crawl()
        assert board.state("1") is PageState.GONE


def test_the_limit_and_the_days_budget_hold_for_them_too(desk: Desk, tmp_path: Path) -> None:
    answers = {"/robots.txt": OPEN, "/forum-1-1.html": listed(*range(1, 7))}
    answers |= {f"/thread-{number}-1-1.html": (200, HTML, thread_page(f"正文{number}")) for number in range(1, 7)}
    with serve(answers) as server:
        board = SmallBoard(desk, server, tmp_path)
        board.crawl()
        answers["/forum-1-1.html"] = listed(6)
        pin(timedelta(days=1, minutes=1))
        board.crawl(limit=3)
        assert len(board.threads_asked()) == 3
        with desk.store.transaction() as tx:
            host, today = f"127.0.0.1:{server.server_address[1]}", clock.local(clock.now()).date()
            # As if another source of ours had asked this host meanwhile: three requests are left.
            tx.hosts.spend(host, today, requests=2000 - 3 - tx.hosts.spent([host], today), bytes_=0)
        board.crawl()
        # robots.txt is outside the budget's count of pages.
        assert len([path for path, _headers in server.asked if path != "/robots.txt"]) <= 3


def test_each_list_address_is_fetched_once_whatever_the_variables(desk: Desk, tmp_path: Path) -> None:
    answers = {"/robots.txt": OPEN, "/forum-1-1.html": listed(1), "/thread-1-1-1.html": (200, HTML, thread_page())}
    with serve(answers) as server:
        port = server.server_address[1]
        folder = board_on(tmp_path, "http", port)
        recipe = folder / "source.yml"
        recipe.write_text(
            recipe.read_text("utf-8").replace("discover:\n", "discover:\n  vars: {a: ['1', '2', '2'], b: ['3', '4']}\n")
        )
        run = crawl_source(desk, None, folder, allow=[f"127.0.0.1:{port}"])
        assert sum(path == "/forum-1-1.html" for path, _headers in server.asked) == 1
    assert (run.outcome, run.new) == ("finished", 1)


def test_pages_that_may_be_due_come_longest_unseen_first_and_in_pieces(any_desk: Desk) -> None:
    site = Site.of(load_recipe("sandbox-board"), "http://127.0.0.1:9")
    assert site is not None
    now = clock.now()
    ages = [5, 1, 9, 3, 3, 0]
    with any_desk.store.transaction() as tx:
        tx.sources.upsert(known_source("sandbox-board"))
        for number, days in enumerate(ages):
            url = f"http://127.0.0.1:9/thread-{number}-1-1.html"
            tx.pages.upsert(remembered(site, url, at=now - timedelta(days=days)))
        tx.pages.upsert(
            replace(remembered(site, "http://127.0.0.1:9/thread-9-1-1.html", at=now - 2 * MONTH), state=PageState.GONE)
        )
    found: list[Page] = []
    with any_desk.store.read() as tx:
        while pages := tx.pages.not_fetched_since(
            "sandbox-board",
            now - timedelta(days=1),
            states={PageState.OK},
            after=found[-1] if found else None,
            limit=2,
        ):
            found += pages
        assert tx.pages.not_fetched_since("other", now, states={PageState.OK}, limit=9) == ()
    assert [page.key for page in found] == ["2", "0", "3", "4", "1"]
