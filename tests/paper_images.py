"""Take the pictures of docs/images/papers from a case: `make paper-images CASE=AJ-…` (needs soffice, poppler).

One picture a paper: its first four pages side by side, in greys.
"""

from __future__ import annotations

import io
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from PIL import Image

from pipelines import clock
from pipelines.config import read_settings
from pipelines.desk import Desk, open_desk
from pipelines.digest.figures import Figures
from pipelines.digest.periods import period_with
from pipelines.digest.render_docx import render_docx
from pipelines.digest.render_pdf import render_pdf as digest_pdf
from pipelines.digest.select import select_figures
from pipelines.evidence.bundle import REPORT_PDF, export_case
from pipelines.evidence.letters import letters
from pipelines.evidence.material import gather_case
from pipelines.evidence.opened_package import open_package
from pipelines.evidence.record_parts import record_parts
from pipelines.records import Series

#: Pages of a paper that are shown, and their resolution.
PAGES, DPI = 4, 55
#: In bytes; a page of the handbook loads several.
LARGEST = 150_000


def main(case_id: str, folder: Path) -> None:
    """Make each paper of the case, and the digest of its week, as one picture."""
    folder.mkdir(parents=True, exist_ok=True)
    with open_desk(read_settings()) as desk, tempfile.TemporaryDirectory() as work:
        for name, file in _papers(desk, case_id, Path(work)):
            picture = folder / f"{name}.png"
            _picture(_as_pdf(file)).save(picture, optimize=True)
            if picture.stat().st_size > LARGEST:
                sys.exit(f"{picture} is too large: {picture.stat().st_size} bytes")


def _papers(desk: Desk, case_id: str, work: Path) -> Iterator[tuple[str, Path]]:
    out = export_case(desk, case_id, work / "case.zip", user="console")
    with out.open("rb") as source:
        package, _ = open_package(source, out.name)
        assert package is not None
        record = record_parts(gather_case(desk, case_id, user="console", at=clock.now()))[0].file
        for name, inside in (("report", REPORT_PDF), ("record", record)):
            yield name, _kept(work / f"{name}{Path(inside).suffix}", package.read(f"data/{inside}"))
    made = letters(gather_case(desk, case_id, user="console", at=clock.now()))
    for name, kind in (("transfer", "移送函"), ("inquiry", "协查函")):
        data = next(data for title, data in made.items() if title.startswith(kind))
        yield name, _kept(work / f"{name}.docx", data)
    figures = _figures(desk, case_id)
    yield "digest", _kept(work / "digest.pdf", digest_pdf(figures))
    yield "digest-word", _kept(work / "digest-word.docx", render_docx(figures))


def _figures(desk: Desk, case_id: str) -> Figures:
    """Those of the week in which the case was opened."""
    with desk.store.read() as tx:
        case = tx.cases.get(case_id)
    assert case is not None
    week = period_with(Series.WEEK, clock.local(case.opened_at).date())
    return select_figures(desk, week.first_day, week.last_day, user="console")


def _kept(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def _as_pdf(file: Path) -> Path:
    if file.suffix != ".pdf":
        command = ["soffice", "--headless", "--convert-to", "pdf", "--outdir", str(file.parent), str(file)]
        subprocess.run(command, check=True, capture_output=True)
    return file.with_suffix(".pdf")


def _picture(pdf: Path) -> Image.Image:
    pages = []
    for number in range(1, PAGES + 1):
        command = ["pdftoppm", "-r", str(DPI), "-gray", "-png", "-f", str(number), "-l", str(number), str(pdf)]
        drawn = subprocess.run(command, check=False, capture_output=True).stdout
        if drawn:
            pages.append(Image.open(io.BytesIO(drawn)))
    sheet = Image.new("L", (sum(page.width + 8 for page in pages) + 8, pages[0].height + 16), 160)
    for place, page in enumerate(pages):
        sheet.paste(page, (8 + place * (page.width + 8), 8))
    return sheet.quantize(16)


if __name__ == "__main__":
    for tool in ("soffice", "pdftoppm"):
        if shutil.which(tool) is None:
            sys.exit(f"{tool} is missing")
    main(sys.argv[1], Path(sys.argv[2]))
