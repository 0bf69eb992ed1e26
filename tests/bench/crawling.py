"""The demo board crawled by the command, its leads drawn by the browser, a case of them exported and verified."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from classifier.errors import ClassifierError
from classifier.model_file import load_current
from crawlers.browser.capture import capture_pending
from pipelines.config import read_settings
from pipelines.desk import Desk, mark_demo, open_desk
from pipelines.enforcement import cases, review
from pipelines.enforcement.users import create_user
from pipelines.evidence.bundle import export_case
from pipelines.evidence.verify import verify_package
from pipelines.records import Case, PageState, Role, Verdict
from tests.bench.figures import TIMES, Bench, Figure, Stopwatch, rates, repeated
from tests.end_to_end.whole_job import PASSWORD, Run

SITE = "board"
CAPTURES = 8
CASE_LEADS = 5
OFFICER = "bench"
_PLACE = {"MINGCHA_REGION": "330100", "MINGCHA_AGENCY": "试验区教育局"}


def crawling(bench: Bench) -> Iterator[Figure]:
    """Each repetition in an empty HOME; then captures and packages in the last one, while the board still stands."""
    _ensure_model(bench)
    seconds: list[float] = []
    with _board(bench) as netloc:
        for number in range(TIMES):
            run = _demo_run(bench.home(f"crawl-{number}"))
            with Stopwatch() as watch:
                answer = run.json("crawl", f"sandbox-{SITE}", "--allow", netloc)
            seconds.append(watch.seconds)
        pages = sum(count for state, count in answer["states"].items() if state != PageState.ROBOTS_DENIED)
        yield Figure(
            name="crawl.rate",
            title="crawl the demo board",
            unit="pages/s",
            n=pages,
            values=rates(pages, tuple(seconds)),
            note="loopback without delay; whole command: start, WARC, ingest, assessment",
        )
        yield Figure(name="crawl.seconds", title="crawl the demo board", unit="s", n=1, values=tuple(seconds))
        with open_desk(read_settings(run.env)) as desk:
            captured: list[int] = []
            yield from _capturing(desk, captured)
            yield from _packages(desk, captured[:CASE_LEADS], bench.folder)


def _ensure_model(bench: Bench) -> None:
    """The crawl command takes the model in use; make it when code or corpus changed since `make setup`."""
    try:
        load_current()
    except ClassifierError:
        Run(home=bench.folder / "train").command("train")


@contextmanager
def _board(bench: Bench) -> Iterator[str]:
    """The demo platforms in a process of their own; HOST:PORT of the board."""
    with Run(home=bench.folder / "sandbox").process("sandbox", "--ports", "0,0,0") as child:
        out = child.stdout
        lines = [out.readline().split() for _ in range(3)] if out is not None else []
        origins = dict(line for line in lines if len(line) == 2)
        if SITE not in origins:
            raise RuntimeError("mingcha sandbox did not start")
        yield urlsplit(origins[SITE]).netloc


def _demo_run(home: Path) -> Run:
    mark_demo(home)
    return Run(home=home, environ=_PLACE)


def _capturing(desk: Desk, captured: list[int]) -> Iterator[Figure]:
    """Fills `captured` with lead ids. The first capture starts Chromium and is told apart."""
    reports = capture_pending(desk, CAPTURES)
    values: list[float] = []
    while True:
        with Stopwatch() as watch:
            report = next(reports, None)
        if report is None:
            break
        if report.capture is None:
            raise RuntimeError(f"lead {report.lead.id} could not be captured: {report.reason}")
        values.append(watch.seconds)
        captured.append(report.lead.id)
    first, following = tuple(values[:1]), tuple(values[1:])
    yield Figure(
        name="capture.first", title="browser capture, first", unit="s/lead", n=1, values=first, note="Chromium starts"
    )
    yield Figure(
        name="capture",
        title="browser capture, following",
        unit="s/lead",
        n=1,
        values=following,
        note="page drawn, full-page PNG, every answer into a WARC",
    )


def _packages(desk: Desk, lead_ids: Sequence[int], folder: Path) -> Iterator[Figure]:
    """One case of these leads, exported and verified as often as all short work."""
    case = _case(desk, lead_ids)
    made: list[Path] = []

    def export() -> None:
        made.append(export_case(desk, case.id, folder / f"{case.id}-{len(made)}.zip", user=OFFICER))

    def verify() -> None:
        if not verify_package(made[-1], home=desk.home).ok:
            raise RuntimeError("the package does not verify")

    seconds = repeated(export)
    note = f"{len(lead_ids)} leads, {made[-1].stat().st_size / 2**20:.1f} MiB"
    yield Figure(name="export", title="export a package", unit="s", n=1, values=seconds, note=f"{note}, PDF included")
    values = tuple(1000 * value for value in repeated(verify))
    yield Figure(name="verify", title="verify a package", unit="ms", n=1, values=values, note=note)


def _case(desk: Desk, lead_ids: Sequence[int]) -> Case:
    """The leads confirmed and taken into a case."""
    officer = create_user(desk, OFFICER, PASSWORD, roles=frozenset(Role), actor="system", demo=True)
    for lead_id in lead_ids:
        review.decide(desk, lead_id, verdict=Verdict.CONFIRM, user=officer)
    return cases.open_case(desk, lead_ids, user=officer, together="两条写同一电话")
