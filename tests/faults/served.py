"""`mingcha serve` with its processes, to be killed one by one while a crawl of its is under way."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from pipelines import clock
from pipelines.config import read_settings
from pipelines.desk import open_desk
from tests.end_to_end.whole_job import MINGCHA, ROOT

#: What has not come by then has hung.
PATIENCE = 180.0


def free_port() -> int:
    """A port nobody listens at just now."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


class Served:
    """A HOME under `mingcha serve`, and the one crawl task that matters."""

    def __init__(self, env: Mapping[str, str], source: str) -> None:
        self._env = dict(env)
        self._task = f"crawl:{source}"
        self._desk = open_desk(read_settings(self._env), create=False)
        self._parent = self._start()

    def _start(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [MINGCHA, "serve"], env=self._env, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )

    def ask(self) -> None:
        """The crawl is to be done now."""
        with self._desk.store.transaction() as tx:
            tx.tasks.ask(self._task, by="console", at=clock.now())

    def rests(self) -> bool:
        """Is the crawl done and not asked for?"""
        with self._desk.store.read() as tx:
            task = tx.tasks.get(self._task)
        return task is not None and task.state == "waiting" and task.asked_by is None

    def until(self, what: Callable[[], bool]) -> bool:
        """Wait for it; False when it does not come."""
        end = time.monotonic() + PATIENCE
        while not what():
            if time.monotonic() > end:
                return False
            time.sleep(0.05)
        return True

    def kill(self, victim: str) -> None:
        """SIGKILL the job's process, its worker, or the scheduler (`mingcha serve` itself, started anew as systemd
        does), and wait until the crawl has another run."""
        with self._desk.store.read() as tx:
            task = tx.tasks.get(self._task)
        if task is None or task.run_id is None:
            raise RuntimeError("the crawl is not at work")
        before = task.run_id
        if victim == "job":
            os.kill(_process_with(before), signal.SIGKILL)
        elif victim == "worker":
            os.kill(int(task.worker.rsplit("/", 3)[2]), signal.SIGKILL)
        else:
            self._parent.kill()
            self._parent.wait()
            self._parent = self._start()
        if not self.until(lambda: self._run_id() != before):
            raise RuntimeError(f"nobody took over after the kill of the {victim}")

    def _run_id(self) -> str | None:
        with self._desk.store.read() as tx:
            task = tx.tasks.get(self._task)
        return task.run_id if task is not None else None

    def end(self) -> None:
        """Everything down."""
        self._parent.terminate()
        self._parent.wait(60)
        self._desk.close()


def _process_with(word: str) -> int:
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if word.encode() in path.read_bytes().split(b"\0"):
                return int(path.parent.name)
        except OSError:
            continue
    raise RuntimeError(f"no process of {word}")
