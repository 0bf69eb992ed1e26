"""`mingcha serve` as parent: keeps the web and the worker alive, whatever becomes of them.

The parent holds the listening socket and little else: a web process that dies leaves its visitors waiting for a second
or two, not refused. Children are killed with the parent; whoever started the parent (systemd) starts it again.
"""

from __future__ import annotations

import logging
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from pipelines.jobs.process import dies_with_us

_log = logging.getLogger(__name__)

#: Seconds until a child that died is started again: at once, then longer each time it dies young.
WAITS = (0.0, 0.5, 1.0, 2.0, 4.0)
#: A child that lived so long was well.
WELL_S = 30.0
LOOK_S = 0.1
#: How long children may take to end.
GRACE_S = 12.0


@dataclass(kw_only=True)
class Kept:
    """One child, started again whenever it ends."""

    name: str
    command: Sequence[str]
    fds: tuple[int, ...] = ()
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    #: Deaths in a row soon after the start.
    young_deaths: int = 0
    again_at: float = field(default=0.0)

    def look(self, now: float) -> None:
        """Start it if it is not there and its wait is over."""
        if self.process is not None and self.process.poll() is not None:
            self._note_death(now)
        if self.process is None and now >= self.again_at:
            # Started by the main thread, which lasts: the child is killed when it ends.
            self.process = subprocess.Popen(dies_with_us(self.command), pass_fds=self.fds, stdin=subprocess.DEVNULL)
            self.started = now

    def _note_death(self, now: float) -> None:
        status = self.process.returncode if self.process is not None else 0
        self.process = None
        self.young_deaths = 0 if now - self.started >= WELL_S else self.young_deaths + 1
        wait = WAITS[min(self.young_deaths, len(WAITS) - 1)]
        self.again_at = now + wait
        _log.warning("Child ended, starting it again", extra={"child": self.name, "status": status, "in_s": wait})

    def end(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)

    def bury(self, deadline: float) -> None:
        if self.process is None:
            return
        try:
            self.process.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class Supervisor:
    """Keeps children running until it is told to end."""

    def __init__(self, children: Sequence[Kept]) -> None:
        self._children = tuple(children)
        self._ending = False

    def run(self) -> None:
        """Until SIGTERM or Ctrl-C; the children have ended when it returns."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._end)
        while not self._ending:
            for child in self._children:
                child.look(time.monotonic())
            time.sleep(LOOK_S)
        for child in self._children:
            child.end()
        deadline = time.monotonic() + GRACE_S
        for child in self._children:
            child.bury(deadline)

    def _end(self, _number: int, _frame: object) -> None:
        self._ending = True


def web_child(sock: socket.socket) -> Kept:
    """The web on a socket that outlives it."""
    return Kept(name="web", command=_mingcha("serve", "--socket", str(sock.fileno())), fds=(sock.fileno(),))


def worker_child() -> Kept:
    """The process that carries the jobs out."""
    return Kept(name="worker", command=_mingcha("worker"))


def _mingcha(*arguments: str) -> list[str]:
    return [sys.executable, os.path.abspath(sys.argv[0]), *arguments]  # noqa: PTH100  # a link may be how we were called
