"""Take the pictures of docs/images/papers: `make paper-images` (needs soffice and poppler).

One picture a paper: four of its pages side by side, in greys, the last ones (signatures, sources) among them.
Without CASE=AJ-… all of it is made of a demo of three weeks (tests/demo_weeks.py), which goes away again.
"""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from PIL import Image

from pipelines import clock
from pipelines.config import read_settings
from pipelines.desk import Desk, is_demo, open_desk
from pipelines.digest.digest import make_edition
from pipelines.digest.editions import as_edition
from pipelines.digest.figures import Figures
from pipelines.digest.periods import Period, period_with
from pipelines.digest.render_docx import render_docx
from pipelines.digest.render_json import render_json
from pipelines.digest.render_pdf import render_pdf as digest_pdf
from pipelines.digest.select import select_told
from pipelines.evidence.bundle import REPORT_PDF, export_case
from pipelines.evidence.exported import package_for_letters
from pipelines.evidence.letters import letters
from pipelines.evidence.material import gather_case
from pipelines.evidence.opened_package import open_package
from pipelines.evidence.record_parts import record_parts
from pipelines.records import Series
from tests.demo_weeks import demo_of_three_weeks

#: Pages of a paper that are shown, and their resolution.
PAGES, DPI = 4, 55
#: In bytes; a page of the handbook loads several.
LARGEST = 150_000


#: So many of the first pages of these; of a paper as long as its kind, the same first pages tell nothing new.
_FIRST = {"record": 2, "digest": 1, "digest-word": 1, "month": 1, "quarter": 1}


def main(case_id: str, folder: Path) -> None:
    """Make each paper of the case, and the digests of the days it was opened in, as one picture each."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as work, _case(case_id, Path(work)) as (desk, made):
        for name, file in _papers(desk, made, Path(work)):
            picture = folder / f"{name}.png"
            _picture(_as_pdf(file), _FIRST.get(name, PAGES - 1)).save(picture, optimize=True)
            if picture.stat().st_size > LARGEST:
                sys.exit(f"{picture} is too large: {picture.stat().st_size} bytes")


@contextmanager
def _case(case_id: str, work: Path) -> Iterator[tuple[Desk, str]]:
    """The case that was named, of HOME, else that of a demo made for it."""
    if not case_id:
        with demo_of_three_weeks(work / "home") as made:
            yield made
        return
    with open_desk(read_settings()) as desk:
        yield desk, case_id


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
    """Those of the week, month or quarter in which the case was opened; weeks with those before them, for a trend."""
    with desk.store.read() as tx:
        case = tx.cases.get(case_id)
    assert case is not None
    opened = clock.local(case.opened_at).date()
    try:
        if series is Series.WEEK and is_demo(desk):
            for weeks in (2, 1):
                before = _told(period_with(series, opened - timedelta(weeks=weeks)))
                make_edition(desk, before, user="console", renderers=((".json", render_json),))
        figures, account = select_told(desk, _told(period_with(series, opened)), user="console")
        return as_edition(desk, figures, account.replaces)
    finally:
        clock.pin(None)


def _told(period: Period) -> Period:
    """The period, the clock set to when it is told: when it is over."""
    clock.pin(lambda: period.end + timedelta(hours=9))
    return period


def _kept(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def _as_pdf(file: Path) -> Path:
    if file.suffix != ".pdf":
        _said("soffice", "--headless", "--convert-to", "pdf", "--outdir", str(file.parent), str(file))
    return file.with_suffix(".pdf")


def _picture(pdf: Path, first: int) -> Image.Image:
    """Its `first` pages, and so many of its last as fill the row."""
    count = int(re.findall(r"Pages:\s+(\d+)", _said("pdfinfo", str(pdf)).decode())[0])
    wanted = sorted({*range(1, min(first, count) + 1), *range(max(1, count - PAGES + first + 1), count + 1)})
    pages = [_page(pdf, number) for number in wanted]
    sheet = Image.new("L", (sum(page.width + 8 for page in pages) + 8, pages[0].height + 16), 160)
    for place, page in enumerate(pages):
        sheet.paste(page, (8 + place * (page.width + 8), 8))
    return sheet.quantize(16)


def _page(pdf: Path, number: int) -> Image.Image:
    at = str(number)
    return Image.open(io.BytesIO(_said("pdftoppm", "-r", str(DPI), "-gray", "-png", "-f", at, "-l", at, str(pdf))))


def _said(*command: str) -> bytes:
    return subprocess.run(command, check=True, capture_output=True).stdout


if __name__ == "__main__":
    for tool in ("soffice", "pdftoppm", "pdfinfo"):
        if shutil.which(tool) is None:
            sys.exit(f"{tool} is missing")
    main(*(("", Path(sys.argv[1])) if len(sys.argv) == 2 else (sys.argv[1], Path(sys.argv[2]))))
