"""The big board in a process of its own, and programs that crawl it killed while a request is in flight."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.end_to_end.whole_job import ROOT

#: A program that has not asked for a page within this long has hung.
PATIENCE = 120.0


@dataclass(frozen=True, kw_only=True)
class BigSite:
    """Where it is served, and what it is told."""

    netloc: str

    def tell(self, what: str) -> Any:
        with urllib.request.urlopen(f"http://{self.netloc}/-/{what}", timeout=30) as answer:
            return json.loads(answer.read())

    def asked(self) -> dict[str, int]:
        """How often each thread was asked for."""
        found: dict[str, int] = self.tell("asked")
        return {path: count for path, count in found.items() if path.startswith("/thread-")}


@contextmanager
def big_site(threads: int, *options: str) -> Iterator[BigSite]:
    command = [sys.executable, "-m", "tests.big_site.site", "--threads", str(threads), *options]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        if server.stdout is None or server.stdin is None:
            raise RuntimeError("no pipes")
        try:
            yield BigSite(netloc=server.stdout.readline().strip())
        finally:
            server.stdin.close()


def start(command: Sequence[str], env: Mapping[str, str]) -> subprocess.Popen[bytes]:
    """A crawling program in a session of its own, to be killed whole."""
    return subprocess.Popen(
        command, cwd=ROOT, env=dict(env), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )


def kill_in_flight(site: BigSite, command: Sequence[str], env: Mapping[str, str], nth: int) -> bool:
    """Start the program and SIGKILL all of it while its nth request waits. False when it ended before that."""
    site.tell(f"hold?n={nth}")
    child = start(command, env)
    try:
        return held(site, child)
    finally:
        kill(child)
        site.tell("go")


def held(site: BigSite, child: subprocess.Popen[bytes]) -> bool:
    """Wait until a request is in flight; False when the program has ended instead."""
    end = time.monotonic() + PATIENCE
    while not site.tell("held"):
        if child.poll() is not None:
            if child.returncode != 0:
                raise RuntimeError(f"the program ended by itself with {child.returncode}")
            return False
        if time.monotonic() > end:
            raise RuntimeError("the program hangs")
        time.sleep(0.03)
    return True


def kill(child: subprocess.Popen[bytes]) -> None:
    if child.poll() is None:
        os.killpg(child.pid, signal.SIGKILL)
    child.wait()


def browser_of(pid: int) -> int | None:
    """The browser child of a crawling process, if it runs one now."""
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parent = (folder / "stat").read_text().rpartition(")")[2].split()[1]
            command = (folder / "cmdline").read_bytes()
        except OSError:
            continue
        if int(parent) == pid and b"crawlers.browser.child" in command:
            return int(folder.name)
    return None


def resident(pid: int) -> int:
    """Resident memory in bytes."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")
