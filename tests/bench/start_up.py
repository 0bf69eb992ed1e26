"""How long a person waits for the command to say anything."""

from __future__ import annotations

from collections.abc import Iterator

from tests.bench.figures import Bench, Figure, repeated
from tests.end_to_end.whole_job import Run


def start_up(bench: Bench) -> Iterator[Figure]:
    """`mingcha --help`, each time in a fresh process."""
    run = Run(home=bench.folder / "none")
    seconds = repeated(lambda: run.command("--help"))
    yield Figure(name="start-up", title="mingcha --help", unit="s", n=1, values=seconds)
