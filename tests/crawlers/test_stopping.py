"""Somebody stops everything, or pauses a source: a crawl under way ends within seconds and keeps what it has."""

from __future__ import annotations

import signal
import threading
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from crawlers import writer
from crawlers.cli import crawl
from crawlers.errors import SourceUnavailable
from crawlers.run import crawl_source
from crawlers.sole import sole
from pipelines import assessor
from pipelines.desk import Desk
from pipelines.jobs import desk as on_jobs
from pipelines.records import CrawlRun
from tests.crawlers.conftest import NothingFound
from tests.crawlers.small_site import HTML, board_on, row, serve, thread_page

#: The site asks for a pace at which the whole board would take a minute.
SLOW = (200, {"Content-Type": "text/plain"}, b"User-agent: *\nCrawl-delay: 1\n")
THREADS = range(1, 61)


def _board() -> dict[str, tuple[int, dict[str, str], bytes]]:
    rows = "".join(row(number, f"/thread-{number}-1-1.html") for number in THREADS)
    answers = {f"/thread-{number}-1-1.html": (200, HTML, thread_page(f"正文{number}")) for number in THREADS}
    return {"/robots.txt": SLOW, "/forum-1-1.html": (200, HTML, rows.encode()), **answers}


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer, "LOOK_UP_SECONDS", 0.05)


@pytest.mark.parametrize("how", ["stop", "pause"])
def test_a_crawl_under_way_ends_and_keeps_what_it_has(desk: Desk, tmp_path: Path, how: str) -> None:
    with serve(_board()) as server:
        board = board_on(tmp_path, "http", server.server_address[1])
        runs: list[CrawlRun] = []
        stored = threading.Event()
        work = threading.Thread(
            target=lambda: runs.append(
                crawl_source(
                    desk,
                    None,
                    board,
                    allow=[f"127.0.0.1:{server.server_address[1]}"],
                    progress=lambda tally: stored.set() if tally.new else None,
                )
            )
        )
        work.start()
        assert stored.wait(30)
        with desk.store.transaction() as tx:
            before = tx.sources.get(board.name)
            if how == "pause":
                tx.sources.set_paused(board.name, True)
        if how == "stop":
            on_jobs.stop_all(desk, actor="console")
        work.join(20)
        assert not work.is_alive()
        asked = len(server.asked)
        assert asked < len(THREADS)
        assert (runs[0].outcome, runs[0].message) == ("stopped", "按要求停下；已入库的页面不受影响，下次接着采集")
        with desk.store.read() as tx:
            after = tx.sources.get(board.name)
            assert before is not None
            assert after is not None
            # Being stopped says nothing about the site.
            assert after.state == before.state
            assert tx.listings.count() == runs[0].new >= 1
        with pytest.raises(SourceUnavailable, match="停止" if how == "stop" else "暂停"):
            crawl_source(desk, None, board, allow=[f"127.0.0.1:{server.server_address[1]}"])
        assert len(server.asked) == asked
        on_jobs.go_on(desk, actor="console")


def test_ctrl_c_ends_a_crawl_in_a_sentence_and_the_next_goes_on(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MINGCHA_HOME", str(desk.home))
    monkeypatch.setattr(assessor, "load_assessor", lambda _settings: NothingFound())
    with serve(_board()) as server:
        board = board_on(tmp_path, "http", server.server_address[1])

        # Whoever starts the tests in the background has the key ignored: here it is as on a terminal.
        before = signal.signal(signal.SIGINT, signal.default_int_handler)

        def press() -> None:
            while len(server.asked) < 3:
                time.sleep(0.01)
            signal.raise_signal(signal.SIGINT)

        threading.Thread(target=press).start()
        words = ["--recipe", str(board), "--allow", f"127.0.0.1:{server.server_address[1]}"]
        done = CliRunner().invoke(crawl, words, standalone_mode=False)
    assert (done.exception, done.return_value) == (None, 130)
    assert "已按 Ctrl-C 停下" in done.stderr
    assert "Traceback" not in done.output
    assert "按要求停下" in done.stdout
    with desk.store.read() as tx:
        run = tx.runs.latest(board.name)
        left = tx.frontier.waiting(board.name, "detail", after=0, limit=99)
    assert run is not None
    assert run.outcome == "stopped"
    assert run.ended_at is not None
    assert len(left) >= len(THREADS) - 10
    assert signal.signal(signal.SIGINT, before) is signal.default_int_handler


def test_one_host_has_one_visitor_of_ours(desk: Desk) -> None:
    with sole(desk, "board-a", ["bbs.example.org"]):
        with pytest.raises(SourceUnavailable, match="bbs"), sole(desk, "board-b", ["bbs.example.org"]):
            pass
        with sole(desk, "board-b", ["other.example.org"]):
            pass
    with sole(desk, "board-b", ["bbs.example.org"]):
        pass
