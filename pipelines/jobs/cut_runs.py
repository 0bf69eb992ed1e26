"""Crawl runs that were cut (killed, power gone) and that nobody went on with: their rows are closed.

While a crawl lives it holds the lock of its source, a file of HOME that goes with the process however it ends. So a row
that says running without that lock being held says it of a process that is gone.
"""

from __future__ import annotations

import contextlib
import fcntl
from collections.abc import Iterator
from pathlib import Path

from pipelines import clock
from pipelines.desk import Desk, source_lock

#: What such a row says until a crawl goes on with it, or begins anew.
CUT = "进程中断，已入库的页面不受影响；还没有再采集"


def close_cut_runs(desk: Desk) -> tuple[str, ...]:
    """Close every crawl run whose process is gone as interrupted, at this time; the sources they were of."""
    with desk.store.read() as tx:
        sources = {run.source for run in tx.runs.running()}
    closed = []
    for source in sorted(sources):
        with _alone(source_lock(desk.home, source)) as alone:
            if not alone:
                continue
            with desk.store.transaction() as tx:
                for run in tx.runs.running(source):
                    tx.runs.end(run, at=clock.now(), outcome="interrupted", message=CUT)
                    closed.append(source)
    return tuple(closed)


@contextlib.contextmanager
def _alone(path: Path) -> Iterator[bool]:
    """Holds the lock for a moment; false when somebody has it."""
    path.parent.mkdir(mode=0o700, exist_ok=True)
    with path.open("a") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            yield False
            return
        yield True
