"""The second process of a crawl in a hurry: the same rows as without it, and nothing lost with it."""

from __future__ import annotations

import dataclasses
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from multiprocessing import Pipe
from pathlib import Path
from typing import Any, cast

import pytest

from crawlers import hurry
from crawlers.errors import CrawlError
from crawlers.keeping import KeepingProcess
from crawlers.run import crawl_source
from crawlers.spare import Spare
from crawlers.tally import Tally
from pipelines.assessor import load_assessor
from pipelines.desk import Desk
from pipelines.evidence.warc import read_record
from pipelines.records import CrawlRun
from tests.crawlers.small_site import HTML, OPEN, board_on, row, serve, thread_page
from tests.end_to_end.whole_job import ROOT

THREADS = range(1, 81)
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


COPIED = """
import sys
from pathlib import Path
from crawlers import hurry, keeping
from crawlers.run import crawl_source
from crawlers.spare import spare
from pipelines.assessor import load_assessor, read_ahead
from pipelines.config import read_settings
from pipelines.desk import open_desk

hurry.ALONE, hurry.HURRY_S, keeping._started = 1, 60.0, None
read_ahead()
seen = keeping.KeepingProcess.ready
keeping.KeepingProcess.ready = property(lambda self: self._pipe.poll(60) and seen.fget(self))
with spare(keeping.serve) as helper, open_desk(read_settings(), create=False) as desk:
    folder, port = sys.argv[1:]
    assessor = load_assessor(desk.settings)
    run = crawl_source(desk, assessor, Path(folder), allow=[f"127.0.0.1:{port}"], beside=helper)
    print(run.outcome, run.new, run.leads, helper.returncode, assessor.model_id, assessor.rulebook_id)
"""


def test_a_copy_stores_and_assesses_what_the_first_process_would_have(first_tier: Desk, tmp_path: Path) -> None:
    with serve(_answers()) as server:
        port = server.server_address[1]
        board = board_on(tmp_path, "http", port)
        home = {"MINGCHA_HOME": str(first_tier.home), "MINGCHA_SECOND_TIER": "false"}
        command = [sys.executable, "-c", COPIED, str(board), str(port)]
        done = subprocess.run(
            command, cwd=ROOT, capture_output=True, text=True, check=False, env={**os.environ, **home}
        )
    assert done.returncode == 0, done.stderr
    *said, model, rulebook = done.stdout.split()
    assert said == ["finished", str(len(THREADS)), "20", "-9"]
    with first_tier.store.read() as tx:
        assert tx.listings.count() == len(THREADS)
        assert tx.listings.count_without_assessment(model, rulebook) == 0
        captures = [one for path in tx.captures.warc_paths() for one in tx.captures.in_file(path)]
    # One file, one writer after the other; each record lies where its row says.
    assert len({one.warc_path for one in captures}) == 1
    assert all(len(read_record(first_tier.home, one)) == one.size for one in captures)


def test_a_second_process_that_is_killed_ends_the_run_and_the_next_one_goes_on(
    first_tier: Desk, called: list[KeepingProcess], tmp_path: Path
) -> None:
    def kill(tally: Tally) -> None:
        if called and tally.pages > 40:
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


def test_a_copy_that_was_killed_while_it_waited_is_done_without(first_tier: Desk) -> None:
    class Killed:
        def __init__(self) -> None:
            self.pipe, theirs = Pipe()
            theirs.close()

        def kill(self) -> None: ...

        def wait(self) -> None: ...

    spare = cast("Spare", Killed())
    process = KeepingProcess(first_tier.settings, "board", pseudonyms=False, model=(), ocr=False, spare=spare)
    assert not process.ready
    process.close()


def test_nobody_is_called_at_a_polite_pace(first_tier: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    class Own:
        model_id, rulebook_id = "a", "b"

    def called(*_arguments: Any, **_more: Any) -> Any:
        raise AssertionError("called")

    monkeypatch.setattr(hurry, "KeepingProcess", called)
    monkeypatch.setattr(hurry, "HURRY_S", 0.0)
    ended: list[str] = []

    class Idle:
        def close(self) -> None:
            ended.append("closed")

    mine = hurry.Hurry(first_tier, "board", Own(), pseudonyms=False, ocr=None, spare=cast("Spare", Idle()))
    assert mine.after(1) is None
    assert not ended
    assert [mine.after(hurry.ALONE) for _ in range(3)] == [None] * 3
    assert ended == ["closed"]


SPARE = """
import os, sys, threading
from crawlers.spare import spare

def serve(pipe, parent):
    pipe.send((os.getpid(), parent))
    print("nobody reads this")
    while True:
        pipe.send(pipe.recv() + 1)

with spare(serve) as helper:
    assert helper.pipe.recv() == (helper.pid, os.getpid())
    helper.pipe.send(1)
    assert helper.pipe.recv() == 2
    assert helper.returncode is None
assert helper.returncode is not None
helper.close()
threading.Thread(target=threading.Event().wait, daemon=True).start()
with spare(serve) as none:
    print(none)
sys.stdout.flush()
os._exit(0)
"""


def test_a_spare_is_a_copy_that_waits_and_none_is_made_beside_threads() -> None:
    done = subprocess.run([sys.executable, "-c", SPARE], cwd=ROOT, capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("None\n", "")
