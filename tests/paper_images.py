"""Take the pictures of docs/images/papers: `make paper-images` (needs soffice, poppler, and a demo that was crawled).

One picture a paper: four of its pages side by side, in greys, the last ones (signatures, sources) among them.
Without CASE=AJ-… the case is made of the demo's own leads, in a copy of its HOME that goes away again.
"""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from itertools import islice
from pathlib import Path

from PIL import Image

from pipelines import clock
from pipelines.config import Settings, read_settings
from pipelines.desk import Desk, open_desk
from pipelines.digest.figures import Figures
from pipelines.digest.periods import period_with
from pipelines.digest.render_docx import render_docx
from pipelines.digest.render_pdf import render_pdf as digest_pdf
from pipelines.digest.select import select_figures
from pipelines.enforcement import cases, review
from pipelines.evidence.bundle import REPORT_PDF, export_case
from pipelines.evidence.exported import package_for_letters
from pipelines.evidence.letters import letters
from pipelines.evidence.material import gather_case
from pipelines.evidence.opened_package import open_package
from pipelines.evidence.record_parts import record_parts
from pipelines.records import LeadStatus, Series, Verdict

#: Pages of a paper that are shown, and their resolution.
PAGES, DPI = 4, 55
#: In bytes; a page of the handbook loads several.
LARGEST = 150_000


#: The demo has more leads than this.
MOST_DECIDED = 40
#: So many of the first pages of these; of a paper as long as its kind, the same first pages tell nothing new.
_FIRST = {"record": 2, "digest": 2, "month": 1, "quarter": 1}
#: What becomes of the demo's leads after those of the case, in order of the queue.
_DECIDED = ((Verdict.CONFIRM, 9), (Verdict.DISMISS, 4), (Verdict.TRANSFER, 3), (Verdict.HOLD, 2))


def main(case_id: str, folder: Path) -> None:
    """Make each paper of the case, and the digests of the days it was opened in, as one picture each."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as work, open_desk(_settings(case_id, Path(work))) as desk:
        for name, file in _papers(desk, case_id or _demo_case(desk), Path(work)):
            picture = folder / f"{name}.png"
            _picture(_as_pdf(file), _FIRST.get(name, PAGES - 1)).save(picture, optimize=True)
            if picture.stat().st_size > LARGEST:
                sys.exit(f"{picture} is too large: {picture.stat().st_size} bytes")


def _settings(case_id: str, work: Path) -> Settings:
    """Those of HOME where its case is given, else of a copy of it."""
    settings = read_settings()
    if case_id:
        return settings
    home = work / "home"
    shutil.copytree(settings.home_path, home, ignore=shutil.ignore_patterns("*.sock", "locks"))
    return read_settings({}, home=home)


def _demo_case(desk: Desk) -> str:
    """The id of a case of two leads of one operator, beside decisions enough for a digest."""
    with desk.store.read() as tx:
        user = tx.users.get("demo")
        waiting = [lead for lead in tx.leads.page(limit=200).items if lead.status is LeadStatus.OPEN]
    if user is None or len(waiting) < MOST_DECIDED:
        sys.exit(f"{desk.home} holds no crawled demo: make run first, or name a case (CASE=AJ-…)")
    operators = Counter(lead.operator_id for lead in waiting if lead.operator_id is not None)
    chosen = [lead for lead in waiting if lead.operator_id == operators.most_common(1)[0][0]]
    others = iter([lead for lead in waiting if lead not in chosen])
    for lead in chosen:
        review.decide(desk, lead.id, verdict=Verdict.CONFIRM, user=user, reason="与页面截图逐句核对一致")
    for verdict, times in _DECIDED:
        to = "市场监督管理部门" if verdict is Verdict.TRANSFER else None
        for lead in islice(others, times):
            review.decide(desk, lead.id, verdict=verdict, user=user, reason="已核对页面", to_department=to)
    return cases.open_case(desk, [lead.id for lead in chosen], user=user).id


def _papers(desk: Desk, case_id: str, work: Path) -> Iterator[tuple[str, Path]]:
    shared = work / "case-shared.zip"
    out = export_case(desk, case_id, work / "case.zip", user="console", shared=shared, parts=True)
    with out.open("rb") as source:
        package, _ = open_package(source, out.name)
        assert package is not None
        record = record_parts(gather_case(desk, case_id, user="console", at=clock.now()))[0].file
        for name, inside in (("report", REPORT_PDF), ("record", record)):
            yield name, _kept(work / f"{name}{Path(inside).suffix}", package.read(f"data/{inside}"))
    material = gather_case(desk, case_id, user="console", at=clock.now())
    made = letters(material, package_for_letters(material.packages))
    for name, kind in (("transfer", "移送函"), ("inquiry", "协查函")):
        data = next(data for title, data in made.items() if title.startswith(kind))
        yield name, _kept(work / f"{name}.docx", data)
    for name, series in (("digest", Series.WEEK), ("month", Series.MONTH), ("quarter", Series.QUARTER)):
        figures = _figures(desk, case_id, series)
        yield name, _kept(work / f"{name}.pdf", digest_pdf(figures))
        if series is Series.WEEK:
            yield f"{name}-word", _kept(work / f"{name}-word.docx", render_docx(figures))


def _figures(desk: Desk, case_id: str, series: Series) -> Figures:
    """Those of the week, month or quarter in which the case was opened."""
    with desk.store.read() as tx:
        case = tx.cases.get(case_id)
    assert case is not None
    days = period_with(series, clock.local(case.opened_at).date())
    clock.pin(lambda: days.end + timedelta(hours=9))  # a period is told when it is over
    try:
        return select_figures(desk, days.first_day, days.last_day, user="console", series=series)
    finally:
        clock.pin(None)


def _kept(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def _as_pdf(file: Path) -> Path:
    if file.suffix != ".pdf":
        _told("soffice", "--headless", "--convert-to", "pdf", "--outdir", str(file.parent), str(file))
    return file.with_suffix(".pdf")


def _picture(pdf: Path, first: int) -> Image.Image:
    """Its `first` pages, and so many of its last as fill the row."""
    count = int(re.findall(r"Pages:\s+(\d+)", _told("pdfinfo", str(pdf)).decode())[0])
    wanted = sorted({*range(1, min(first, count) + 1), *range(max(1, count - PAGES + first + 1), count + 1)})
    pages = [_page(pdf, number) for number in wanted]
    sheet = Image.new("L", (sum(page.width + 8 for page in pages) + 8, pages[0].height + 16), 160)
    for place, page in enumerate(pages):
        sheet.paste(page, (8 + place * (page.width + 8), 8))
    return sheet.quantize(16)


def _page(pdf: Path, number: int) -> Image.Image:
    at = str(number)
    return Image.open(io.BytesIO(_told("pdftoppm", "-r", str(DPI), "-gray", "-png", "-f", at, "-l", at, str(pdf))))


def _told(*command: str) -> bytes:
    return subprocess.run(command, check=True, capture_output=True).stdout


if __name__ == "__main__":
    for tool in ("soffice", "pdftoppm", "pdfinfo"):
        if shutil.which(tool) is None:
            sys.exit(f"{tool} is missing")
    main(*(("", Path(sys.argv[1])) if len(sys.argv) == 2 else (sys.argv[1], Path(sys.argv[2]))))
