"""The second process of a crawl in a hurry: the same rows as without it, and nothing lost with it."""

from __future__ import annotations

import dataclasses
import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from crawlers import hurry
from crawlers.errors import CrawlError
from crawlers.keeping import KeepingProcess
from crawlers.run import crawl_source
from crawlers.tally import Tally
from pipelines.assessor import load_assessor
from pipelines.desk import Desk
from pipelines.evidence.warc import read_record
from pipelines.records import CrawlRun
from tests.crawlers.small_site import HTML, OPEN, board_on, row, serve, thread_page

THREADS = range(1, 121)
ADVERT = "暑假数学一对一补课，小学初中都可以，每课时 200 元，电话 1380000{:04d}"
OTHER = "出租两室一厅，拎包入住，押一付三，看房随时，编号 {:04d}"


def _answers() -> dict[str, tuple[int, dict[str, str], bytes]]:
    rows = "".join(row(number, f"/thread-{number}-1-1.html") for number in THREADS)
    texts = {number: (OTHER if number % 4 else ADVERT).format(number) for number in THREADS}
    threads = {f"/thread-{number}-1-1.html": (200, HTML, thread_page(text)) for number, text in texts.items()}
    return {"/robots.txt": OPEN, "/forum-1-1.html": (200, HTML, rows.encode()), **threads}


@pytest.fixture
def first_tier(desk: Desk) -> Desk:
    return dataclasses.replace(desk, settings=desk.settings.model_copy(update={"second_tier": False}))


@pytest.fixture
def called(monkeypatch: pytest.MonkeyPatch) -> list[KeepingProcess]:
    """The processes that took over; they are called after the first batch, and waited for."""
    monkeypatch.setattr(hurry, "ALONE", 1)
    monkeypatch.setattr(hurry, "HURRY_S", 60.0)
    found: list[KeepingProcess] = []

    class Waited(KeepingProcess):
        @property
        def ready(self) -> bool:
            self._pipe.poll(60)
            found.append(self)
            return super().ready

    monkeypatch.setattr(hurry, "KeepingProcess", Waited)
    return found


def _crawl(
    desk: Desk, folder: Path, port: int, *, beside: bool, progress: Callable[[Tally], None] | None = None
) -> CrawlRun:
    assessor: Any = load_assessor(desk.settings)
    return crawl_source(desk, assessor, folder, allow=[f"127.0.0.1:{port}"], beside=beside, progress=progress)


def test_the_second_process_stores_and_assesses_what_the_first_would_have(
    first_tier: Desk, called: list[KeepingProcess], tmp_path: Path
) -> None:
    with serve(_answers()) as server:
        port = server.server_address[1]
        run = _crawl(first_tier, board_on(tmp_path, "http", port), port, beside=True)
    assert len(called) == 1
    assert (run.outcome, run.new) == ("finished", len(THREADS))
    with first_tier.store.read() as tx:
        assert tx.listings.count() == len(THREADS)
        assert tx.listings.count_without_assessment(*called[0]._model) == 0
        captures = [one for path in tx.captures.warc_paths() for one in tx.captures.in_file(path)]
    assert run.leads == 30
    # One file, one writer after the other; each record lies where its row says.
    assert len({one.warc_path for one in captures}) == 1
    assert all(len(read_record(first_tier.home, one)) == one.size for one in captures)


def test_a_second_process_that_is_killed_ends_the_run_and_the_next_one_goes_on(
    first_tier: Desk, called: list[KeepingProcess], tmp_path: Path
) -> None:
    def kill(tally: Tally) -> None:
        if called and tally.pages > 60:
            os.kill(called[0]._process.pid, signal.SIGKILL)

    with serve(_answers()) as server:
        port = server.server_address[1]
        board = board_on(tmp_path, "http", port)
        with pytest.raises(CrawlError, match="第二个进程中断"):
            _crawl(first_tier, board, port, beside=True, progress=kill)
        with first_tier.store.read() as tx:
            stored = tx.listings.count()
        again = _crawl(first_tier, board, port, beside=False)
    assert 0 < stored < len(THREADS)
    with first_tier.store.read() as tx:
        assert tx.listings.count() == len(THREADS) == stored + again.new
        captures = [one for path in tx.captures.warc_paths() for one in tx.captures.in_file(path)]
    details = [one.url for one in captures if "thread" in one.url]
    assert len(details) == len(set(details)) == len(THREADS)


def test_another_model_is_not_asked(first_tier: Desk) -> None:
    process = KeepingProcess(first_tier.settings, "board", pseudonyms=False, model=("another", "model"), ocr=False)
    try:
        assert process._pipe.poll(60)
        assert not process.ready
        assert process._process.returncode is not None
        assert not process.ready
    finally:
        process.close()


def test_nobody_is_called_at_a_polite_pace(first_tier: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    class Own:
        model_id, rulebook_id = "a", "b"

    def called(*_arguments: Any, **_more: Any) -> Any:
        raise AssertionError("called")

    monkeypatch.setattr(hurry, "KeepingProcess", called)
    monkeypatch.setattr(hurry, "HURRY_S", 0.0)
    mine = hurry.Hurry(first_tier, "board", Own(), pseudonyms=False, ocr=None)
    assert [mine.after(hurry.ALONE) for _ in range(3)] == [None] * 3
