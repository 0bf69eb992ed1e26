"""Figures: what was measured, in which unit, how often, and what came out."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

#: Short work is repeated so often …
TIMES = 3
#: … and long work no more once this many seconds are spent.
PATIENCE_SECONDS = 20.0
#: Package of the large case whose memory is measured.
CASE_MIB = 300


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One measured figure. `values` holds one number a repetition."""

    #: Stable name, e.g. "assess.full.rate".
    name: str
    #: What people read.
    title: str
    unit: str
    #: Things handled in one repetition (texts, pages, leads …).
    n: int
    values: tuple[float, ...]
    note: str = ""

    @property
    def median(self) -> float:
        return median(self.values)

    def to_dict(self) -> dict[str, Any]:
        """As it stands in var/bench.json."""
        return {
            "name": self.name,
            "title": self.title,
            "unit": self.unit,
            "n": self.n,
            "repetitions": len(self.values),
            "min": rounded(min(self.values)),
            "median": rounded(self.median),
            "max": rounded(max(self.values)),
            "note": self.note,
        }


@dataclass(frozen=True, kw_only=True)
class Failure:
    """A group that could not be measured, and why."""

    group: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class Bench:
    """What every group gets: a folder of its own that is gone afterwards, and the extra real texts if there are any."""

    folder: Path
    test_data: Path | None
    #: Whether what takes minutes by itself is measured too.
    long: bool = False
    case_mib: int = CASE_MIB
    #: What one group leaves for those after it, by name.
    left: dict[str, Any] = field(default_factory=dict)

    def home(self, name: str) -> Path:
        """An empty HOME of that name."""
        path = self.folder / name
        path.mkdir(mode=0o700)
        return path


#: Measures some figures on the real product.
Group = Callable[[Bench], Iterator[Figure]]


class Stopwatch:
    """Wall-clock seconds between entering and leaving the block."""

    seconds = 0.0

    def __enter__(self) -> Stopwatch:
        self._start = time.perf_counter()
        return self

    def __exit__(self, *_: object) -> None:
        self.seconds = time.perf_counter() - self._start


def seconds_of(work: Callable[[], object]) -> float:
    """Wall-clock seconds of one call."""
    with Stopwatch() as watch:
        work()
    return watch.seconds


def repeated(work: Callable[[], object], times: int = TIMES) -> tuple[float, ...]:
    """Seconds of `times` calls; fewer, but at least one, once PATIENCE_SECONDS are spent."""
    spent: list[float] = []
    while len(spent) < times and sum(spent) < PATIENCE_SECONDS:
        spent.append(seconds_of(work))
    return tuple(spent)


def rates(n: int, seconds: tuple[float, ...]) -> tuple[float, ...]:
    """Things a second, one rate a repetition."""
    return tuple(n / value for value in seconds)


def rounded(value: float) -> float:
    """Three significant digits for small numbers, whole ones above a hundred: no false exactness."""
    return float(round(value)) if value >= 100 else float(f"{value:.3g}")
