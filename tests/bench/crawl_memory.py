"""Whether a long crawl grows: memory of all its processes between one page count and another."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from tests.bench.durable import Contender
from tests.bench.figures import Bench, Figure
from tests.big_site.running import BigSite, big_site, kill, resident, start

#: Asked for: flat between these.
FROM, TO = 10_000, 200_000
#: Counts at which memory is read, evenly between both ends.
READINGS = 20
_LOOK_EVERY = 0.5


def crawl_memory(bench: Bench) -> Iterator[Figure]:
    """Only with --long: a board of 200,000 small pages takes most of an hour."""
    if not bench.long:
        return
    yield from memory_between(bench.home("crawl-memory"), FROM, TO)


def memory_between(folder: Path, first: int, last: int) -> Iterator[Figure]:
    """The crawl command on a board of `last` threads, from `first` pages on."""
    with big_site(last, "--replies", "0") as site:
        read = list(_read(site, folder, first, last))
    if len(read) < READINGS // 2:
        raise RuntimeError(f"only {len(read)} readings of memory: {read}")
    pages, mib = [one[0] for one in read], [one[1] for one in read]
    yield Figure(
        name="crawl.memory", title="memory of a long crawl", unit="MiB", n=pages[-1], values=tuple(mib),
        note=f"all processes, {pages[0]:,} to {pages[-1]:,} pages, in that order",
    )  # fmt: skip
    yield Figure(
        name="crawl.memory.growth", title="growth of a long crawl", unit="bytes/page", n=pages[-1] - pages[0],
        values=(slope(pages, mib) * 2**20,), note="least squares; 0 is flat",
    )  # fmt: skip


def slope(xs: list[int], ys: list[float]) -> float:
    """Of the straight line nearest to the points."""
    middle_x, middle_y = sum(xs) / len(xs), sum(ys) / len(ys)
    spread = sum((x - middle_x) ** 2 for x in xs)
    return sum((x - middle_x) * (y - middle_y) for x, y in zip(xs, ys, strict=True)) / spread


def _read(site: BigSite, folder: Path, first: int, last: int) -> Iterator[tuple[int, float]]:
    """Pages asked for so far and memory, evenly from the first count to nearly the last."""
    contender = Contender(name="durable", title="durable crawl")
    child = start(contender.command(site, folder), contender.env(folder))
    try:
        for number in range(READINGS):
            wanted = first + (last - 300 - first) * number // (READINGS - 1)
            while (asked := site.tell("count")) < wanted:
                if child.poll() is not None:
                    return
                time.sleep(_LOOK_EVERY)
            yield asked, sum(map(resident, _with_children(child.pid))) / 2**20
    finally:
        kill(child)


def _with_children(pid: int) -> list[int]:
    asked = subprocess.run(["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True, check=False)
    return [pid, *map(int, asked.stdout.split())]
