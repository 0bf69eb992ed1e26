"""What the disk and the clock may do: the crawl stops with a reason, and the next one goes on with nothing lost."""

from __future__ import annotations

import json
import os
import subprocess
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from crawlers.run import crawl_source
from pipelines import clock
from pipelines.config import read_settings
from pipelines.desk import Desk, open_desk
from pipelines.evidence.warc import cut_tails, open_source_warc, read_record
from pipelines.evidence.warc_check import check_warcs
from tests.crawlers.small_site import HTML, OPEN, board_on, row, serve, thread_page
from tests.end_to_end.whole_job import MINGCHA, ROOT, Run

THREADS = 60
#: Pages that hardly compress, so that a small disk is full soon.
_NOISE = 120_000
NAME = "test-board"


def _board() -> dict[str, tuple[int, dict[str, str], bytes]]:
    rows = "".join(row(number, f"/thread-{number}-1-1.html") for number in range(1, THREADS + 1))
    answers = {"/robots.txt": OPEN, "/forum-1-1.html": (200, HTML, rows.encode())}
    for number in range(1, THREADS + 1):
        noise = f"<!-- {os.urandom(_NOISE // 2).hex()} -->".encode()
        answers[f"/thread-{number}-1-1.html"] = (200, HTML, thread_page(f"正文{number}") + noise)
    return answers


@contextmanager
def _served(tmp_path: Path) -> Iterator[tuple[Path, str]]:
    with serve(_board()) as server:
        port = server.server_address[1]
        yield board_on(tmp_path, "http", port), f"127.0.0.1:{port}"


def _whole(desk: Desk) -> None:
    """Every thread once, its bytes readable, the archive sound."""
    with desk.store.read() as tx:
        captures = [one for path in tx.captures.warc_paths() for one in tx.captures.in_file(path)]
        keys = {str(number) for number in range(1, THREADS + 1)}
        assert all(tx.listings.find(NAME, key) is not None for key in keys)
    threads = Counter(one.url for one in captures if "thread" in one.url)
    assert len(threads) == THREADS
    assert set(threads.values()) == {1}
    for capture in captures:
        assert len(read_record(desk.home, capture)) == capture.size
    assert check_warcs(desk).faults == ()


def _crawl(home: Path, folder: Path, allow: str, *limits: str) -> subprocess.CompletedProcess[str]:
    """In this process: the disk is the same for it. Limits hold for a process, so that it needs one of its own."""
    run = Run(home=home, environ={"MINGCHA_SECOND_TIER": "false"}, in_process=not limits)
    words = ["crawl", "--recipe", str(folder), "--allow", allow, "--json"]
    if not limits:
        return run.tried(*words)
    return subprocess.run(
        [*limits, MINGCHA, *words], env=run.env, cwd=ROOT, capture_output=True, text=True, check=False
    )


def _said(done: subprocess.CompletedProcess[str]) -> str:
    assert done.returncode != 0
    assert "Traceback" not in done.stderr
    return done.stderr


@contextmanager
def _small_disk(folder: Path, size: str) -> Iterator[Path]:
    """A disk of its own; only root may make one."""
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def _remount(folder: Path, option: str) -> None:
    subprocess.run(["mount", "-o", f"remount,{option}", str(folder)], check=True)


def test_a_full_disk_stops_the_crawl_and_loses_nothing(tmp_path: Path) -> None:
    with _served(tmp_path) as (folder, allow):
        if os.geteuid() == 0:
            with _small_disk(tmp_path / "disk", "3m") as disk:
                home = disk / "home"
                said = _said(_crawl(home, folder, allow))
                assert "空间" in said or "磁盘" in said, said
                _remount(disk, "size=200m")
                _finish(home, folder, allow)
        else:
            home = tmp_path / "home"
            # No file may grow beyond this: what EFBIG does, ENOSPC does too.
            said = _said(_crawl(home, folder, allow, "prlimit", f"--fsize={1024 * 1024}"))
            assert "空间" in said or "磁盘" in said, said
            _finish(home, folder, allow)


def test_a_read_only_disk_stops_the_crawl_and_loses_nothing(tmp_path: Path) -> None:
    with _served(tmp_path) as (folder, allow):
        if os.geteuid() == 0:
            with _small_disk(tmp_path / "disk", "200m") as disk:
                home = disk / "home"
                _crawl_here(home, folder, allow)
                _remount(disk, "ro")
                assert "只读" in (said := _said(_crawl(home, folder, allow))) or "不能写" in said, said
                _remount(disk, "rw")
                _finish(home, folder, allow)
        else:
            home = tmp_path / "home"
            _crawl_here(home, folder, allow)
            home.chmod(0o500)
            said = _said(_crawl(home, folder, allow))
            home.chmod(0o700)
            assert "权限" in said or "不能写" in said, said
            _finish(home, folder, allow)


def _crawl_here(home: Path, folder: Path, allow: str) -> None:
    """A crawl nothing happens to."""
    done = _crawl(home, folder, allow)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["outcome"] == "finished"


def _finish(home: Path, folder: Path, allow: str) -> None:
    _crawl_here(home, folder, allow)
    with open_desk(read_settings({}, home=home, second_tier=False), create=False) as desk:
        _whole(desk)


def test_a_torn_tail_is_cut_and_the_file_goes_on(desk: Desk, tmp_path: Path) -> None:
    with _served(tmp_path) as (folder, allow):
        crawl_source(desk, None, folder, allow=[allow], limit=THREADS // 2)
        path = next(desk.home.glob(f"warc/{NAME}/*.warc.gz"))
        size = path.stat().st_size
        with path.open("ab") as handle:
            handle.write(b"\x1f\x8b\x08\x00half a record")
        report = check_warcs(desk)
        assert [(fault.code, "没有登记" in fault.message) for fault in report.faults] == [("tail", True)]
        crawl_source(desk, None, folder, allow=[allow])
        assert path.stat().st_size > size
        _whole(desk)


def test_a_tail_in_a_file_of_another_day_is_cut_too(desk: Desk, tmp_path: Path) -> None:
    with _served(tmp_path) as (folder, allow):
        crawl_source(desk, None, folder, allow=[allow], limit=3)
    path = next(desk.home.glob(f"warc/{NAME}/*.warc.gz"))
    size = path.stat().st_size
    with path.open("ab") as handle:
        handle.write(b"tail")
    assert cut_tails(desk, NAME) == 4
    assert path.stat().st_size == size


@pytest.mark.parametrize("harm", ["short", "garbled"])
def test_a_file_that_lost_committed_bytes_is_left_and_the_day_goes_on_in_another(
    desk: Desk, tmp_path: Path, harm: str
) -> None:
    with _served(tmp_path) as (folder, allow):
        crawl_source(desk, None, folder, allow=[allow], limit=THREADS // 2)
        path = next(desk.home.glob(f"warc/{NAME}/*.warc.gz"))
        data = path.read_bytes()
        harmed = data[:-500] if harm == "short" else data[:-500] + b"\xff" * 500
        path.write_bytes(harmed)
        run = crawl_source(desk, None, folder, allow=[allow])
    assert (run.outcome, run.new) == ("finished", THREADS - THREADS // 2)
    assert path.read_bytes() == harmed
    assert sorted(one.name for one in path.parent.iterdir())[0] == f"{path.name.removesuffix('.warc.gz')}.2.warc.gz"
    report = check_warcs(desk)
    assert {fault.file for fault in report.faults} == {str(path.relative_to(desk.home))}
    assert any(fault.code in ("damaged", "index") for fault in report.faults)


def test_a_clock_that_jumps_back_loses_nothing(desk: Desk, tmp_path: Path) -> None:
    with _served(tmp_path) as (folder, allow):
        later = clock.now() + timedelta(days=3)
        clock.pin(lambda: later)
        crawl_source(desk, None, folder, allow=[allow], limit=THREADS // 2)
        earlier = later - timedelta(days=40)
        clock.pin(lambda: earlier)
        run = crawl_source(desk, None, folder, allow=[allow])
        assert (run.outcome, run.new) == ("finished", THREADS - THREADS // 2)
        _whole(desk)
        # The day's file is the clock's; both are whole, and the later one is not written into out of turn.
        assert len(list(desk.home.glob(f"warc/{NAME}/*.warc.gz"))) == 2


def test_two_writers_never_share_a_file(desk: Desk) -> None:
    from pipelines.errors import Conflict

    day = clock.local(clock.now()).date()
    with open_source_warc(desk, NAME, day), pytest.raises(Conflict):
        open_source_warc(desk, NAME, day)
