"""Evidence: from a confirmed lead to a sealed package, verifying it, and the memory of both as the case grows."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from statistics import quantiles

from pipelines import clock
from pipelines.config import read_settings
from pipelines.desk import Desk, open_desk
from pipelines.enforcement import cases, review
from pipelines.enforcement.users import create_user
from pipelines.evidence import standalone
from pipelines.evidence.bundle import export_case
from pipelines.evidence.verify import verify_package
from pipelines.records import Role, User, Verdict
from tests.bench.figures import Bench, Figure, Stopwatch
from tests.end_to_end.whole_job import PASSWORD
from tests.pipelines.evidence.seeds import add_lead

MIB = 1 << 20
#: Each lead has two captures, the crawl's and the browser's.
LEADS = 5
PACKAGES = 20
#: What the browser brings of a page of ours, pictures and all.
_PAGE = 600 << 10
#: What it brings of a heavy one.
_HEAVY = 8 * MIB
#: Asked for: verify a package at this many bytes in a second.
_TEN = 10_000_000


def evidence(bench: Bench) -> Iterator[Figure]:
    """Packages of ten captures; then growing cases, each exported and verified in processes of their own."""
    yield from _packages(bench)
    for share in (0.1, 1.0):
        yield from _large(bench, round(bench.case_mib * share))


def _packages(bench: Bench) -> Iterator[Figure]:
    home = bench.home("evidence")
    chance = random.Random(5)
    seconds, processor, made = [], [], bench.folder / "package.zip"
    with open_desk(read_settings({}, home=home)) as desk:
        officer = create_user(desk, "bench", PASSWORD, roles=frozenset(Role), actor="system", demo=False)
        for number in range(PACKAGES):
            leads = _leads(desk, f"{number}", LEADS, _PAGE, chance)
            made.unlink(missing_ok=True)
            begun = time.process_time()
            with Stopwatch() as watch:
                export_case(desk, _case(desk, leads, officer), made, user=officer.name)
            processor.append(time.process_time() - begun)
            seconds.append(watch.seconds)
        mib = made.stat().st_size / MIB
    note = f"confirm, open the case, seal: {2 * LEADS} captures, {mib:.0f} MiB, PDF and papers"
    for kind, values in (("", seconds), (" (processor)", processor)):
        for name, at in (("p50", 9), ("p95", 18)):
            yield Figure(
                name=f"evidence.package{'.cpu' if kind else ''}.{name}",
                title=f"confirm → sealed package, {name}{kind}",
                unit="s",
                n=PACKAGES,
                values=(quantiles(values, n=20)[at],),
                note=f"{note}; asked ≤ 3" if name == "p95" else note,
            )


def _large(bench: Bench, mib: int) -> Iterator[Figure]:
    """A case of so many MiB of package; what the browser brought lies in it twice, as WARC and in the WACZ."""
    home, package = bench.home(f"evidence-{mib}"), bench.folder / f"large-{mib}.zip"
    # A case has so many leads at most: a larger one has heavier pages.
    leads = min(max(1, mib * MIB // (2 * _HEAVY)), cases.MAX_LEADS)
    size = max(_HEAVY, mib * MIB // (2 * leads))
    with open_desk(read_settings({}, home=home)) as desk:
        officer = create_user(desk, "bench", PASSWORD, roles=frozenset(Role), actor="system", demo=False)
        case = _case(desk, _leads(desk, "x", leads, size, random.Random(5)), officer)
    works = {
        "export": ("export a case", [str(home), case, str(package)]),
        "verify": ("mingcha verify", [str(home), str(package)]),
        "standalone": ("verify.py", [str(home), str(package)]),
    }
    for name, (title, arguments) in works.items():
        spent, peak = _measured(name, *arguments)
        size = package.stat().st_size
        note = f"{size / MIB:.0f} MiB of package, {leads} leads"
        yield Figure(
            name=f"evidence.{name}.memory.{mib}", title=f"{title}: peak memory", unit="MiB", n=1, values=(peak,),
            note=note,
        )  # fmt: skip
        yield Figure(
            name=f"evidence.{name}.rate.{mib}", title=f"{title}: time", unit="s/10 MB", n=1,
            values=(spent / (size / _TEN),), note=note if name == "export" else f"{note}; asked ≤ 1",
        )  # fmt: skip
    package.unlink()


def _leads(desk: Desk, key: str, count: int, size: int, chance: random.Random) -> list[int]:
    # The browser looks some minutes after the crawl; nothing may have been captured after its stamp.
    at = clock.now() - timedelta(minutes=10)
    return [
        add_lead(desk, f"{key}-{one}", at=at, screenshot=True, picture=chance.randbytes(size), demo=False).id
        for one in range(count)
    ]


def _case(desk: Desk, leads: list[int], officer: User) -> str:
    for lead in leads:
        review.decide(desk, lead, verdict=Verdict.CONFIRM, user=officer)
    return cases.open_case(desk, leads, user=officer, together="两条写同一电话").id


def _measured(work: str, *arguments: str) -> tuple[float, float]:
    """Seconds and peak MiB of that work in a process of its own, what it loads at its start included."""
    command = [sys.executable, "-m", "tests.bench.evidence", work, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{work}: {done.stderr[-500:]}")
    seconds, peak = done.stdout.split()
    return float(seconds), float(peak)


def _export(home: str, case: str, out: str) -> None:
    with open_desk(read_settings({}, home=Path(home))) as desk:
        export_case(desk, case, Path(out), user="bench")


def _verify(home: str, package: str) -> None:
    result = verify_package(Path(package), home=Path(home))
    if not (result.ok and result.trusted):
        raise RuntimeError(str(result.faults[:3]))


def _standalone(home: str, package: str) -> None:
    trusted = [str(one) for one in (Path(home) / "trust").glob("*.pem")]
    result = standalone.verify(package, trusted, [])
    if not (result.ok and result.trusted):
        raise RuntimeError(str(result.faults[:3]))


def _peak() -> float:
    """MiB at the most of this process since it began its program (ru_maxrss would count its parent's)."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return next(int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmHWM"))


def _main(work: str, *arguments: str) -> None:
    with Stopwatch() as watch:
        {"export": _export, "verify": _verify, "standalone": _standalone}[work](*arguments)
    print(watch.seconds, _peak())


if __name__ == "__main__":
    _main(*sys.argv[1:])
