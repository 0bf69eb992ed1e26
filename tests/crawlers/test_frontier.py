"""A run that was killed is gone on with: nothing stored is asked for again, whatever else happens."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from crawlers.frontier import FRUITLESS_STARTS, WINDOW, Frontier
from crawlers.run import crawl_source
from crawlers.writer import Writer
from pipelines import clock
from pipelines.desk import Desk
from pipelines.records import Ask, CrawlRun
from tests.crawlers.small_site import HTML, OPEN, board_on, row, serve, thread_page

THREADS = 60
NAME = "test-board"


class _PowerCut(BaseException):
    """Stands for the end of the process: nothing after it tidies up."""


class Board:
    def __init__(self, desk: Desk, folder: Path, server: Any) -> None:
        self.desk = desk
        self.server = server
        port = server.server_address[1]
        self.folder = board_on(folder, "http", port)
        self.allow = [f"127.0.0.1:{port}"]

    def crawl(self, **options: Any) -> CrawlRun:
        self.server.asked.clear()
        return crawl_source(self.desk, None, self.folder, allow=self.allow, **options)

    def asked(self) -> list[str]:
        return [path for path, _headers in self.server.asked if path != "/robots.txt"]

    def _let_arrive(self) -> None:
        """What the cut crawl had sent may reach a busy server late, and would be taken for the next crawl's."""
        seen = -1
        while seen != len(self.server.asked):
            seen = len(self.server.asked)
            time.sleep(0.2)

    def cut_short(self, monkeypatch: pytest.MonkeyPatch, batches: int) -> set[str]:
        """A crawl that ends behind its nth batch as a kill would end it; the addresses stored by then."""
        left = batches
        store = Writer._store

        def some(writer: Writer, outcomes: list[Any]) -> None:
            nonlocal left
            if left == 0:
                raise _PowerCut
            left -= 1
            store(writer, outcomes)

        with monkeypatch.context() as patch:
            patch.setattr(Writer, "_store", some)
            # A killed process writes no conclusion.
            patch.setattr("crawlers.run.finish", lambda *_args, **_more: None)
            with pytest.raises(_PowerCut):
                self.crawl()
        self._let_arrive()
        with self.desk.store.read() as tx:
            captures = [one for path in tx.captures.warc_paths() for one in tx.captures.in_file(path)]
        return {one.url.partition(self.allow[0])[2] for one in captures}


@pytest.fixture
def board(desk: Desk, tmp_path: Path) -> Iterator[Board]:
    with _served(desk, tmp_path) as made:
        yield made


@contextmanager
def _served(desk: Desk, folder: Path) -> Iterator[Board]:
    rows = "".join(row(number, f"/thread-{number}-1-1.html") for number in range(1, THREADS + 1))
    answers = {"/robots.txt": OPEN, "/forum-1-1.html": (200, HTML, rows.encode())}
    answers |= {f"/thread-{n}-1-1.html": (200, HTML, thread_page(f"正文{n}")) for n in range(1, THREADS + 1)}
    with serve(answers) as server:
        yield Board(desk, folder, server)


def test_what_was_stored_is_not_asked_for_again(board: Board, monkeypatch: pytest.MonkeyPatch) -> None:
    stored = board.cut_short(monkeypatch, 3)
    assert 2 <= len(stored) < THREADS
    run = board.crawl()
    assert set(board.asked()) & stored == set()
    assert run.outcome == "finished"
    assert run.new == THREADS - len([path for path in stored if "thread" in path])
    assert f"此前已存的 {len(stored)} 页没有再访问" in run.message
    with board.desk.store.read() as tx:
        assert tx.listings.count() == THREADS
        # The run is over: the next one begins with the lists.
        assert tx.frontier.count_done(NAME) == 0
        killed = tx.runs.list(NAME, 2)[1]
        # Nothing failed: the killed run says that this one went on with it, and opens no alert.
        assert (killed.outcome, f"此前已存 {len(stored)} 页" in killed.message) == ("resumed", True)
        assert tx.alerts.open_ones() == ()
    board.crawl()
    assert "/forum-1-1.html" in board.asked()


@pytest.mark.parametrize("change", ["recipe", "age"])
def test_another_recipe_or_an_old_frontier_begins_anew(
    board: Board, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    board.cut_short(monkeypatch, 3)
    if change == "recipe":
        source = board.folder / "source.yml"
        source.write_text(source.read_text("utf-8").replace("version: 1", "version: 2"), encoding="utf-8")
    else:
        later = clock.now() + timedelta(hours=25)
        clock.pin(lambda: later)
    run = board.crawl()
    assert "/forum-1-1.html" in board.asked()
    assert "没有再访问" not in run.message
    with board.desk.store.read() as tx:
        assert tx.listings.count() == THREADS


def test_a_frontier_that_brings_nothing_again_and_again_is_dropped(
    board: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    board.cut_short(monkeypatch, 3)
    for _ in range(FRUITLESS_STARTS):
        board.cut_short(monkeypatch, 0)
    board.crawl()
    assert "/forum-1-1.html" in board.asked()


def test_the_days_requests_are_counted_with_every_batch(board: Board, monkeypatch: pytest.MonkeyPatch) -> None:
    stored = board.cut_short(monkeypatch, 3)
    with board.desk.store.read() as tx:
        used = tx.hosts.spent(board.allow, clock.local(clock.now()).date())
    assert used >= len(stored)


def test_a_recheck_does_not_go_on_with_the_lists_of_a_crawl(board: Board, monkeypatch: pytest.MonkeyPatch) -> None:
    board.cut_short(monkeypatch, 3)
    board.crawl(lists=False)
    assert board.asked() == []
    assert board.crawl().new > 0


def test_a_run_that_was_told_to_stop_is_gone_on_with(board: Board, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crawlers.writer.LOOK_UP_SECONDS", 0.0)

    def stored() -> int:
        with board.desk.store.read() as tx:
            return tx.listings.count()

    first = board.crawl(stopping=lambda: stored() > 0)
    assert 0 < first.new < THREADS
    done = set(board.asked())
    again = board.crawl()
    assert "/forum-1-1.html" in done
    assert "/forum-1-1.html" not in board.asked()
    assert first.new + again.new == THREADS


def test_only_a_window_is_open_and_what_comes_late_is_given_out(desk: Desk) -> None:
    from tests import factories

    with desk.store.transaction() as tx:
        tx.sources.upsert(factories.source())
        tx.frontier.add_many("board", [Ask(key="list", url="u", kind="list")])

    async def work() -> list[str]:
        frontier = Frontier(desk, "board")
        seen: list[str] = []
        most = 0
        open_: list[str] = []
        async for piece in frontier.waiting(lambda _kind: False):
            seen += [ask.key for ask in piece]
            open_ += [ask.key for ask in piece]
            most = max(most, len(open_))
            if seen == ["list"]:
                # What a list leads to is known before the list is settled.
                frontier.add([Ask(key=str(number), url="u", kind="detail") for number in range(3 * WINDOW)])
            while open_:
                frontier.settle(open_.pop())
        assert most <= WINDOW
        return seen

    assert asyncio.run(work()) == ["list", *(str(number) for number in range(3 * WINDOW))]
