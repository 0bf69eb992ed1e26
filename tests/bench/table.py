"""The figures as people read them in a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.table import Table

from tests.bench.figures import Figure, rounded


def table(figures: Sequence[Figure], about: dict[str, Any]) -> Table:
    """One row a figure; under it what it was measured on."""
    machine, versions = about["machine"], about["versions"]
    made = Table(
        title=f"Mingcha {versions['mingcha']} ({versions['commit']}), {about['date']}",
        caption=(
            f"{machine['cpu']}, {machine['cores']} cores, {machine['memory_gib']} GiB, {machine['system']}, "
            f"Python {versions['python']}; load before {machine['load_before'][0]}, after {machine['load_after'][0]}; "
            f"{about['seconds']} s in all"
        ),
    )
    made.add_column("figure")
    for name in ("median", "min", "max"):
        made.add_column(name, justify="right")
    made.add_column("unit")
    for name in ("n", "reps"):
        made.add_column(name, justify="right")
    made.add_column("note")
    for figure in figures:
        numbers = (figure.median, min(figure.values), max(figure.values))
        made.add_row(
            figure.title,
            *(_shown(value) for value in numbers),
            figure.unit,
            f"{figure.n:,}",
            str(len(figure.values)),
            figure.note,
        )
    return made


def _shown(value: float) -> str:
    number = rounded(value)
    return f"{number:,.0f}" if number >= 100 else f"{number:g}"
