"""How well the bands of source health tell a broken run from a healthy one, on simulated sources."""

from __future__ import annotations

from collections.abc import Iterator

from tests.bench.figures import Bench, Figure
from tests.pipelines.health.simulation import LEAST, simulate

SOURCES, RUNS, FAULTS = 50, 20, 10
SEEDS = (1, 2, 3)


def source_health(_bench: Bench) -> Iterator[Figure]:
    """1,000 healthy runs and 3,000 faulty ones a seed."""
    results = [simulate(SOURCES, runs=RUNS, faults=FAULTS, seed=seed) for seed in SEEDS]
    runs = SOURCES * RUNS
    note = f"{SOURCES} simulated sources, each run reads at least {LEAST} postings; no HTTP"
    yield Figure(
        name="health.false-alarms",
        title="healthy runs put into quarantine",
        unit="%",
        n=runs,
        values=tuple(100 * result.alarms / result.healthy for result in results),
        note=note,
    )
    yield Figure(
        name="health.found",
        title="injected faults found in one run",
        unit="%",
        n=sum(tried for _hit, tried in results[0].found.values()),
        values=tuple(100 * result.found_share for result in results),
        note="; ".join(
            f"{fault} {100 * min(result.found[fault][0] / result.found[fault][1] for result in results):.1f}"
            for fault in results[0].found
        ),
    )
