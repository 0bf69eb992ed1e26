"""Jobs with real processes: a worker killed in mid-crawl is taken over, nothing is lost or done twice, the stop is
obeyed, and `mingcha serve` brings back whatever dies. Embedded (SQLite) and outgrown (PostgreSQL) alike."""

from __future__ import annotations

import itertools
import os
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TypeVar

import pytest

from crawlers.writer import LOOK_UP_SECONDS
from pipelines import clock
from pipelines.config import read_settings
from pipelines.desk import Desk, mark_demo, open_desk
from pipelines.jobs.process import lives
from pipelines.records import Task, TaskRun
from tests.end_to_end.held_board import THREADS, HeldBoard, held_board
from tests.end_to_end.whole_job import MINGCHA, ROOT, Run

SOURCE = "held-board"
CRAWL = f"crawl:{SOURCE}"
PATIENCE = 90.0
#: Work goes on within 10 s of a kill on an idle machine (printed, with -s); busy test machines are given more.
RESUMES_WITHIN = 45.0
T = TypeVar("T")


@pytest.fixture
def board(tmp_path: Path) -> Iterator[HeldBoard]:
    with held_board(tmp_path) as running:
        yield running


@pytest.fixture
def run(tmp_path: Path, request: pytest.FixtureRequest) -> Run:
    """A demo HOME, in which nothing is done by plan: every job below is asked for. On the database a test names."""
    home = tmp_path / "jobs-home"
    home.mkdir(mode=0o700)
    mark_demo(home)
    url = str(request.getfixturevalue("postgres_url")) if request.param == "postgresql" else ""
    return Run(home=home, database_url=url, environ={"MINGCHA_SECOND_TIER": "false"}, in_process=True)


@pytest.fixture
def seen(run: Run, board: HeldBoard) -> Iterator[Desk]:
    """The desk of that HOME after a first short crawl by hand, which is what lets a source into the plan."""
    first_crawl(run, board)
    with open_desk(read_settings(run.env), create=False) as desk:
        yield desk


def first_crawl(run: Run, board: HeldBoard) -> None:
    run.command("crawl", "--recipe", str(board.recipe), "--allow", board.place, "--limit", "1")
    run.command("jobs", "list")


@contextmanager
def worker(run: Run) -> Iterator[subprocess.Popen[bytes]]:
    child = subprocess.Popen([MINGCHA, "worker"], env=run.env, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=None)
    try:
        yield child
    finally:
        if child.poll() is None:
            child.terminate()
        child.wait(30)


def wait_for(what: Callable[[], T | None], patience: float = PATIENCE) -> T:
    """What it gives, as soon as it gives something."""
    give_up = time.monotonic() + patience
    while True:
        found = what()
        if found:
            return found
        assert time.monotonic() < give_up, "waited in vain"
        time.sleep(0.05)


def task(desk: Desk, name: str = CRAWL) -> Task:
    with desk.store.read() as tx:
        found = tx.tasks.get(name)
    assert found is not None
    return found


def runs(desk: Desk, name: str = CRAWL) -> tuple[TaskRun, ...]:
    """Oldest first."""
    with desk.store.read() as tx:
        return tx.tasks.runs(task=name)[::-1]


def ask(desk: Desk, name: str = CRAWL) -> None:
    with desk.store.transaction() as tx:
        tx.tasks.ask(name, by="console", at=clock.now())


def kill_at_work(desk: Desk) -> tuple[str, float]:
    """SIGKILL the worker that has the crawl; who it was, and when."""
    holder = task(desk).worker
    os.kill(int(holder.rsplit("/", 3)[2]), signal.SIGKILL)
    killed = time.monotonic()
    wait_for(lambda: lives(holder) is False)
    return holder, killed


def check_whole(desk: Desk) -> None:
    """Every posting there once, and its page stored once."""
    with desk.store.read() as tx:
        found = {str(number): tx.listings.find(SOURCE, str(number)) for number in THREADS}
        assert [key for key, listing in found.items() if listing is None or listing.version != 1] == []
        assert tx.listings.count() == tx.pages.count(SOURCE)["ok"] == len(THREADS)
        stored = [len(tx.captures.for_listing(listing.id)) for listing in found.values() if listing is not None]
    assert stored == [1] * len(THREADS)


# Embedded, the test of `serve` below kills workers too.
@pytest.mark.parametrize("run", ["postgresql"], indirect=True)
def test_a_worker_killed_in_mid_crawl_is_taken_over_and_nothing_comes_twice(
    run: Run, seen: Desk, board: HeldBoard
) -> None:
    with ExitStack() as stack:
        for _ in range(2):
            stack.enter_context(worker(run))
        wait_for(lambda: len(on_workers(seen)) == 2)
        with board.hold(12):
            ask(seen)
            assert board.in_flight.wait(PATIENCE)
            dead, killed = kill_at_work(seen)
        took_over = wait_for(lambda: next((one for one in runs(seen) if one.worker not in ("", dead)), None))
        print(f"taken over after {time.monotonic() - killed:.1f} s")
        assert time.monotonic() - killed <= RESUMES_WITHIN
        wait_for(lambda: task(seen).state == "waiting" and task(seen).asked_by is None)
        # The host has one visitor at a time, whatever is asked of it.
        ask(seen)
        ask(seen, f"recheck:{SOURCE}")
        wait_for(lambda: task(seen).asked_by is None and task(seen, f"recheck:{SOURCE}").asked_by is None)
    done = runs(seen)
    assert [one.outcome for one in done] == ["lost", "finished", "finished"]
    assert done[1].id == took_over.id
    assert done[1].asked_by == "console"
    check_whole(seen)
    both = sorted([*done[1:], *runs(seen, f"recheck:{SOURCE}")], key=lambda one: one.started_at)
    assert all(one.ended_at and one.ended_at <= later.started_at for one, later in itertools.pairwise(both))
    assert on_workers(seen) == []


def on_workers(desk: Desk) -> list[str]:
    with desk.store.read() as tx:
        return [one.id for one in tx.workers.list()]


# Who may read and set the stop is tested on both databases in tests/pipelines/jobs, that a crawl under way obeys it
# in tests/crawlers/test_stopping.py; two workers of their own take half a minute: `make soak` does it.
@pytest.mark.soak
@pytest.mark.parametrize("run", ["sqlite"], indirect=True)
def test_the_stop_is_obeyed_within_seconds_and_holds_until_go(run: Run, seen: Desk, board: HeldBoard) -> None:
    with worker(run):
        with board.hold(12):
            ask(seen)
            assert board.in_flight.wait(PATIENCE)
            run.command("jobs", "stop")
            stopped = time.monotonic()
            # The crawl asks this often whether it may go on; what is left of the board takes less.
            time.sleep(2 * LOOK_UP_SECONDS)
            board.go_on.set()
            wait_for(lambda: task(seen).state == "waiting")
            print(f"stopped after {time.monotonic() - stopped:.1f} s")
            assert time.monotonic() - stopped <= RESUMES_WITHIN
        assert [one.outcome for one in runs(seen)] == ["stopped"]
    # It survives a restart, and whoever types a command is told.
    with worker(run):
        wait_for(lambda: on_workers(seen))
        time.sleep(1.5)
        assert [one.outcome for one in runs(seen)] == ["stopped"]
        assert "已停止" in _refused(run, "jobs", "run", CRAWL)
        assert "已停止" in _refused(run, "crawl", "--recipe", str(board.recipe), "--allow", board.place)
        run.command("jobs", "go")
        wait_for(lambda: task(seen).state == "waiting" and task(seen).asked_by is None)
    assert [one.outcome for one in runs(seen)] == ["stopped", "finished"]
    check_whole(seen)


def _refused(run: Run, *args: str) -> str:
    done = run.tried(*args)
    assert done.returncode == 2, done.stderr
    return done.stderr


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _is_up(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/healthz", timeout=PATIENCE) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def _children(pid: int) -> dict[str, int]:
    """What the children of a process do → their ids."""
    found = {}
    for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
        words = Path(f"/proc/{child}/cmdline").read_bytes().split(b"\0")
        found["worker" if b"worker" in words else "web"] = int(child)
    return found


def test_serve_brings_back_whatever_is_killed_and_the_crawl_goes_on(
    tmp_path: Path, sqlite_url: str, board: HeldBoard
) -> None:
    del sqlite_url  # once: who supervises does not depend on the database
    home = tmp_path / "served-home"
    home.mkdir(mode=0o700)
    mark_demo(home)
    port = _free_port()
    environ = {"MINGCHA_SECOND_TIER": "false", "MINGCHA_PORT": str(port)}
    run = Run(home=home, environ=environ, in_process=True)
    first_crawl(run, board)
    url = f"http://127.0.0.1:{port}"

    def serve() -> subprocess.Popen[bytes]:
        return subprocess.Popen([MINGCHA, "serve"], env=run.env, cwd=ROOT, stderr=subprocess.DEVNULL)

    parent = serve()
    try:
        with open_desk(read_settings(run.env), create=False) as desk:
            wait_for(lambda: _is_up(url))
            web = _children(parent.pid)["web"]
            os.kill(web, signal.SIGKILL)
            killed = time.monotonic()
            # Visitors wait for the next web process; nobody is refused, since the parent holds the socket.
            assert _is_up(url)
            print(f"web answers after {time.monotonic() - killed:.1f} s")
            assert time.monotonic() - killed <= RESUMES_WITHIN
            wait_for(lambda: on_workers(desk))
            for nth, victim in ((8, "worker"), (8, "job"), (8, "parent")):
                with board.hold(nth):
                    ask(desk)
                    assert board.in_flight.wait(PATIENCE)
                    before = runs(desk)[-1]
                    if victim == "parent":
                        parent.send_signal(signal.SIGKILL)
                        parent.wait()
                        parent = serve()  # as systemd does
                    elif victim == "worker":
                        kill_at_work(desk)
                    else:
                        os.kill(int(_job_of(before.id)), signal.SIGKILL)
                    killed = time.monotonic()
                wait_for(lambda before=before: runs(desk)[-1].id != before.id or None)
                print(f"{victim} killed, the crawl goes on after {time.monotonic() - killed:.1f} s")
                assert time.monotonic() - killed <= RESUMES_WITHIN
                wait_for(lambda: task(desk).state == "waiting" and task(desk).asked_by is None)
            assert [one.outcome for one in runs(desk)] == ["lost", "finished"] * 3
            check_whole(desk)
            assert _is_up(url)
    finally:
        parent.terminate()
        parent.wait(30)


def _job_of(run_id: str) -> str:
    """The child process that carries out a run."""
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if run_id.encode() in path.read_bytes().split(b"\0"):
                return path.parent.name
        except OSError:
            continue
    raise AssertionError(f"no process has run {run_id}")
