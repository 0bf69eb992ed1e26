"""`make bench`: measure the real product in throw-away HOMEs, print the table, write var/bench.json."""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console

from pipelines import clock
from tests.bench.assessing import assessing, training
from tests.bench.crawl_memory import crawl_memory
from tests.bench.crawling import crawling
from tests.bench.durable import durable
from tests.bench.evidence import evidence
from tests.bench.figures import CASE_MIB, Bench, Failure, Figure, Group, Stopwatch
from tests.bench.health import source_health
from tests.bench.ingesting import ingesting_postgres, ingesting_sqlite
from tests.bench.machine import ROOT, machine, versions
from tests.bench.screening import screening
from tests.bench.start_up import start_up
from tests.bench.table import table
from tests.bench.two_workers import two_workers
from tests.bench.web_pages import web_pages

OUT = ROOT / "var" / "bench.json"
#: In this order: later groups use the model the first one trains.
GROUPS: dict[str, Group] = {
    "start-up": start_up,
    "training": training,
    "assessing": assessing,
    "screening": screening,
    "ingest, SQLite": ingesting_sqlite,
    "ingest, PostgreSQL": ingesting_postgres,
    "crawl, capture, package": crawling,
    "evidence": evidence,
    "durable crawl": durable,
    "two workers": two_workers,
    "crawl memory": crawl_memory,
    "web pages": web_pages,
    "source health": source_health,
}


def measure(bench: Bench, groups: Mapping[str, Group], console: Console) -> tuple[list[Figure], list[Failure]]:
    """All figures of all groups; a group that breaks is reported and does not take the others along."""
    figures: list[Figure] = []
    failures: list[Failure] = []
    for name, group in groups.items():
        with Stopwatch() as watch, console.status(f"measuring {name}"):
            try:
                figures.extend(group(bench))
            except (Exception, AssertionError) as exc:  # noqa: BLE001  # one broken group must not hide the rest
                failures.append(Failure(group=name, reason=f"{type(exc).__name__}: {str(exc)[:500]}"))
        console.print(f"{name}: {watch.seconds:.0f} s")
    return figures, failures


def report(figures: Sequence[Figure], failures: Sequence[Failure], about: dict[str, Any]) -> dict[str, Any]:
    """What var/bench.json holds."""
    return {
        **about,
        "figures": [figure.to_dict() for figure in figures],
        "failures": [{"group": failure.group, "reason": failure.reason} for failure in failures],
    }


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench ARGS=…", description="measure the real product")
    parser.add_argument("--long", action="store_true", help="also what takes minutes by itself: a million texts")
    parser.add_argument("--only", action="append", choices=list(GROUPS), help="this group alone; may be repeated")
    parser.add_argument("--case-mib", type=int, default=CASE_MIB, help="size of the large case of the group evidence")
    return parser.parse_args()


def main() -> int:
    """0 when every group was measured."""
    asked = _asked()
    talk, out = Console(stderr=True), Console(width=max(Console().width, 130))
    about: dict[str, Any] = {"date": clock.rfc3339(clock.now()), "machine": machine(), "versions": versions()}
    test_data = os.environ.get("MINGCHA_TEST_DATA")
    with Stopwatch() as watch, tempfile.TemporaryDirectory(prefix="mingcha-bench-") as folder:
        bench = Bench(
            folder=Path(folder),
            test_data=Path(test_data) if test_data else None,
            long=asked.long,
            case_mib=asked.case_mib,
        )
        groups = {name: GROUPS[name] for name in asked.only or GROUPS}
        figures, failures = measure(bench, groups, talk)
    about["machine"]["load_after"] = [round(value, 2) for value in os.getloadavg()]
    about["seconds"] = round(watch.seconds)
    OUT.parent.mkdir(exist_ok=True)
    OUT.write_text(json.dumps(report(figures, failures, about), ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    out.print(table(figures, about))
    for failure in failures:
        out.print(f"not measured: {failure.group}: {failure.reason}", style="red", markup=False)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
