"""kill -9 in the middle of a crawl: nothing is lost, nothing comes twice, the archive stays whole."""

from __future__ import annotations

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from crawlers import hurry
from crawlers.sandbox.sites import Sandbox, serve_sandbox
from pipelines.config import read_settings
from pipelines.desk import Desk, mark_demo, open_desk
from pipelines.evidence.warc import read_record
from pipelines.records import PageState
from tests.end_to_end.score import queued_places
from tests.end_to_end.whole_job import MINGCHA, ROOT, Run
from tests.faults.held_request import hold

SITE = "board"
SOURCE = f"sandbox-{SITE}"
#: Requests of one whole crawl of the board lie above this. A crawl that was killed goes on with what is left, so all
#: kills of one are drawn within it.
REQUESTS = 150


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with serve_sandbox() as sites:
        yield sites


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Crawls in this process, which nobody kills, call no second one: loading it costs more than it takes over here.
    Those that are killed have theirs, and die with it."""
    monkeypatch.setattr(hurry, "ALONE", sys.maxsize)


def _demo_home(path: Path) -> Run:
    path.mkdir(mode=0o700)
    mark_demo(path)
    # What the second tier would say is nothing a kill could change, and it takes most of a crawl's time.
    return Run(home=path, environ={"MINGCHA_SECOND_TIER": "false"}, in_process=True)


def _arguments(sandbox: Sandbox) -> list[str]:
    return ["crawl", SOURCE, "--allow", urlsplit(sandbox[SITE]).netloc]


def _crawl_and_kill(run: Run, sandbox: Sandbox, nth: int) -> bool:
    """Start a crawl and kill its whole process group while its n-th request waits for an answer; false when fewer
    requests were left, and nothing was killed."""
    with hold(sandbox, SITE, nth) as held:
        child = subprocess.Popen(
            [MINGCHA, *_arguments(sandbox)],
            env=run.env,
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            while not held.in_flight.wait(0.2):
                if child.poll() is not None:
                    return False
        finally:
            if child.poll() is None:
                os.killpg(child.pid, signal.SIGKILL)
            child.wait()
    assert child.returncode == -signal.SIGKILL
    return True


def _crawl(run: Run, sandbox: Sandbox) -> None:
    """A crawl nobody kills, so it needs no process of its own."""
    run.json(*_arguments(sandbox))


def _expected_keys() -> set[str]:
    rows = [json.loads(line) for line in (ROOT / "crawlers/sandbox/truth.jsonl").read_text("utf-8").splitlines()]
    return {
        row["url"].split("thread-")[1].split("-")[0] for row in rows if row["reachable"] and row["url"].startswith(SITE)
    }


def _open(run: Run) -> Desk:
    return open_desk(read_settings(run.env), create=False)


def _rows(run: Run, query: str) -> list[tuple[str, ...]]:
    with closing(sqlite3.connect(run.home / "mingcha.db")) as database:
        return database.execute(query, (SOURCE,)).fetchall()


def _check_whole(run: Run, clean: set[str]) -> None:
    keys = [key for (key,) in _rows(run, "SELECT key FROM listings WHERE source = ?")]
    ids = [row[0] for row in _rows(run, "SELECT id FROM captures WHERE source = ?")]
    with _open(run) as desk, desk.store.read() as tx:
        captures = [tx.captures.get(capture_id) for capture_id in ids]
    assert _expected_keys() <= set(keys)
    assert len(set(keys)) == len(keys)
    details = Counter(capture.url for capture in captures if capture and capture.state is PageState.OK)
    assert [url for url, count in details.items() if count > 1] == []
    for capture in captures:
        assert capture is not None
        assert read_record(run.home, capture)
    for warc in sorted((run.home / "warc").rglob("*.warc.gz")):
        checked = subprocess.run(
            [str(Path(sys.executable).parent / "warcio"), "check", str(warc)],
            capture_output=True,
            text=True,
            check=False,
        )
        assert checked.returncode == 0, checked.stdout
    # Which posting of a cluster stands for it depends on the order they came in; which clusters are queued does not.
    assert queued_places(run.home / "mingcha.db") == clean


def _kill_trials(tmp_path: Path, sandbox: Sandbox, *, kills: int, seed: int) -> None:
    draw = random.Random(seed)
    undisturbed = _demo_home(tmp_path / "clean")
    _crawl(undisturbed, sandbox)
    clean = queued_places(undisturbed.home / "mingcha.db")
    assert len(clean) > 20
    run = _demo_home(tmp_path / "killed")
    for _ in range(kills):
        assert _crawl_and_kill(run, sandbox, draw.randrange(2, REQUESTS // kills))
    _crawl(run, sandbox)
    _check_whole(run, clean)


def test_three_kills_lose_nothing_and_double_nothing(tmp_path: Path, sandbox: Sandbox) -> None:
    _kill_trials(tmp_path, sandbox, kills=3, seed=20261121)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(4))
def test_twenty_kills_lose_nothing_and_double_nothing(tmp_path: Path, sandbox: Sandbox, seed: int) -> None:
    _kill_trials(tmp_path, sandbox, kills=5, seed=seed)
