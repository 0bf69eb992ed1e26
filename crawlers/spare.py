"""A copy of this process, made before it opens anything, that waits to be called: what a crawl in a hurry would load
anew for its second process, a second and a half of work, is there already.

Copying a process that holds threads or an open database is how locks are lost, so a copy is made first of all or never.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection, Pipe

#: What the copy does with its end of the pipe, given the process that it ends with.
Serve = Callable[[Connection, int], None]


class Spare:
    """The copy and our end of its pipe, for who calls it; `kill`, `wait` and `returncode` as of subprocess.Popen."""

    def __init__(self, serve: Serve) -> None:
        self.pipe, theirs = Pipe()
        with theirs:
            self._process = multiprocessing.get_context("fork").Process(
                target=_begin, args=(serve, theirs, self.pipe, os.getpid()), daemon=True
            )
            self._process.start()

    @property
    def pid(self) -> int:
        return self._process.pid or 0

    @property
    def returncode(self) -> int | None:
        return self._process.exitcode

    def kill(self) -> None:
        self._process.kill()

    def wait(self) -> None:
        self._process.join()

    def close(self) -> None:
        """It is not needed; also when it has ended."""
        self.kill()
        self.wait()
        self.pipe.close()


@contextmanager
def spare(serve: Serve) -> Iterator[Spare | None]:
    """A copy that will `serve` when it is called, ended at last; None where copies are not safe."""
    made = Spare(serve) if sys.platform == "linux" and threading.active_count() == 1 else None
    try:
        yield made
    finally:
        if made is not None:
            made.close()


def _begin(serve: Serve, pipe: Connection, others: Connection, parent: int) -> None:
    # Its end in our hands would keep the pipe open when the one it belongs to has ended.
    others.close()
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.close(nowhere)
    serve(pipe, parent)
