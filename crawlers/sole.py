"""One crawl of a source at a time, and one visitor of ours to a host, whoever started them."""

from __future__ import annotations

import contextlib
import fcntl
import re
from collections.abc import Iterator, Sequence

from crawlers.errors import SourceUnavailable
from pipelines.desk import Desk, source_lock

_NOT_IN_NAMES = re.compile(r"[^a-z0-9.-]")


@contextlib.contextmanager
def sole(desk: Desk, source: str, hosts: Sequence[str]) -> Iterator[None]:
    """Nobody else crawls this source (empty: none in particular) or asks these hosts meanwhile. The locks are files of
    HOME and go with the process, however it ends. Raises SourceUnavailable when somebody does."""
    folder = desk.home / "locks"
    folder.mkdir(mode=0o700, exist_ok=True)
    wanted = [(source_lock(desk.home, source).name, f"来源 {source} 正在采集，请等它结束")] if source else []
    # In one order for all, so that no two wait crosswise (they do not wait, but neither should both give up).
    wanted += [
        (f"host-{_NOT_IN_NAMES.sub('_', host)}.lock", f"主机 {host} 正在被另一项任务访问，同一主机一次只做一件")
        for host in sorted(set(hosts))
    ]
    with contextlib.ExitStack() as held:
        for name, refusal in wanted:
            handle = held.enter_context((folder / name).open("a"))
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as exc:
                raise SourceUnavailable(refusal) from exc
        yield
