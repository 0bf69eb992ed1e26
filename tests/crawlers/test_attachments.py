"""Files that postings link to are fetched where the recipe asks for them, within their bounds, and never else."""

from __future__ import annotations

import hashlib
import io
import json
import os
import pwd
import subprocess
import sys
import time
import zipfile
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from openpyxl import Workbook
from warcio.archiveiterator import ArchiveIterator

from crawlers import documents
from crawlers.documents import read_document
from crawlers.errors import CrawlError
from crawlers.run import crawl_source
from pipelines.desk import Desk
from pipelines.ingest.assess_pending import assessed_text
from tests.crawlers.conftest import NothingFound
from tests.crawlers.small_site import HTML, OPEN, board_on, row, serve

PDF = b"%PDF-1.4 a leaflet"
POSTER = b"\x89PNG\r\n\x1a\n not really drawn"
RULE = "fetch: {attachments: {types: [pdf, png, doc], max: 4, max_mb: 1}}\n"
LINKS = """
<nav><a href="/menu.pdf">章程.pdf</a></nav>
<a href="/files/leaflet.pdf">招生简章</a> <a href="/files/poster.png">海报</a>
<a href="/attachment?aid=7">报名表.doc (23 KB)</a> <a href="/files/huge.pdf">全书.pdf</a>
<a href="/files/fifth.pdf">第五个.pdf</a> <a href="/setup.exe">程序.exe</a>
"""


def answers(robots: tuple[int, dict[str, str], bytes] = OPEN) -> dict[str, Any]:
    page = f'<span id="thread_subject">题</span><table><td id="postmessage_1">正文 {LINKS}</td></table>'
    return {
        "/robots.txt": robots,
        "/forum-1-1.html": (200, HTML, row(1, "/thread-1-1-1.html").encode()),
        "/thread-1-1-1.html": (200, HTML, page.encode()),
        "/files/leaflet.pdf": (200, {"Content-Type": "application/pdf"}, PDF),
        "/files/poster.png": (200, {"Content-Type": "image/png"}, POSTER),
        # A page in place of the file, as boards answer guests.
        "/attachment?aid=7": (200, HTML, b"<p>please log in</p>"),
        "/files/huge.pdf": (200, {"Content-Type": "application/pdf"}, b"%PDF-" + bytes(1024 * 1024)),
        "/files/fifth.pdf": (200, {"Content-Type": "application/pdf"}, PDF),
    }


def crawled(desk: Desk, folder: Path, site: dict[str, Any], *, extra: str, runs: int = 1) -> tuple[Any, list[str]]:
    with serve(site) as server:
        board = board_on(folder, "http", server.server_port, extra=extra)
        for _ in range(runs):
            server.asked.clear()
            run = crawl_source(desk, NothingFound(), board, allow=[f"127.0.0.1:{server.server_port}"])
        return run, [path for path, _headers in server.asked if "/files/" in path or "aid" in path or ".exe" in path]


def test_files_go_to_the_warc_with_their_sums_and_posters_are_read(desk: Desk, tmp_path: Path) -> None:
    run, asked = crawled(desk, tmp_path, answers(), extra=RULE)
    # Four at most, none of the menu, none of another type.
    assert sorted(asked) == ["/attachment?aid=7", "/files/huge.pdf", "/files/leaflet.pdf", "/files/poster.png"]
    assert run.outcome == "finished"
    assert "附件没有取到 2" in run.message
    with desk.store.read() as tx:
        listing = tx.listings.find("test-board", "1")
        assert listing is not None
        (capture,) = tx.captures.for_listing(listing.id)
    assert listing.fields["附件"] == "招生简章；海报；报名表.doc (23 KB)；全书.pdf"
    assert listing.fields["文字未读的附件"] == "招生简章"
    assert "附件读不出来 1" in run.message
    assert [desk.blobs.get(image.blob) for image in listing.images if image.blob] == [POSTER]
    kept = {
        one["url"].partition("/files")[2]: (one["size"], one["sha256"]) for one in capture.environment["attachments"]
    }
    wanted = {"/leaflet.pdf": PDF, "/poster.png": POSTER}
    assert kept == {name: (len(body), hashlib.sha256(body).hexdigest()) for name, body in wanted.items()}
    with (desk.home / capture.warc_path).open("rb") as file:
        stored = [one.content_stream().read() for one in ArchiveIterator(file) if one.rec_type == "response"]
    assert PDF in stored
    assert POSTER in stored


def docx_of(text: str, row: tuple[str, ...]) -> bytes:
    document, out = Document(), io.BytesIO()
    document.add_paragraph(text)
    for cell, word in zip(document.add_table(1, len(row)).rows[0].cells, row, strict=True):
        cell.text = word
    document.save(out)
    return out.getvalue()


def xlsx_of(*rows: tuple[str | int, ...]) -> bytes:
    book, out = Workbook(), io.BytesIO()
    sheet = book.create_sheet("价目", 0)
    for cells in rows:
        sheet.append(cells)
    book.save(out)
    return out.getvalue()


def test_words_of_files_are_fields_of_the_posting_with_its_contacts_masked(desk: Desk, tmp_path: Path) -> None:
    links = '<a href="/files/a.docx">招生简章</a> <a href="/files/b.xlsx">价目表.xlsx</a>'
    page = f'<span id="thread_subject">题</span><table><td id="postmessage_1">正文 {links}</td></table>'
    site = {
        **answers(),
        "/thread-1-1-1.html": (200, HTML, page.encode()),
        "/files/a.docx": (200, {}, docx_of("暑期数学班 电话13800001111", ("周六", "9:00"))),
        "/files/b.xlsx": (200, {}, xlsx_of(("课程", "价格"), ("语文", 120))),
    }
    crawled(desk, tmp_path, site, extra="fetch: {attachments: {types: [docx, xlsx]}}\n")
    with desk.store.read() as tx:
        listing = tx.listings.find("test-board", "1")
    assert listing is not None
    assert listing.fields["附件《招生简章》的文字"] == "暑期数学班 电话138****1111\n周六 9:00"
    assert listing.fields["附件《价目表.xlsx》的文字"] == "课程 价格\n语文 120"
    assert "语文 120" in assessed_text(listing)[1]


def test_a_file_that_unpacks_to_too_much_is_not_read() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr("word/document.xml", bytes(80 * 1024 * 1024))
    with pytest.raises(CrawlError, match="ValueError"):
        read_document("docx", out.getvalue())


def test_who_reads_a_file_has_given_up_root_before_its_first_byte() -> None:
    """Wherever Python and the clone lie: what it needs is loaded before, and nothing after."""
    account = pwd.getpwnam("nobody").pw_uid if os.geteuid() == 0 else os.geteuid()
    command = [sys.executable, "-I", "-c", documents._CHILD, "docx"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        end = time.monotonic() + 60
        while (held := held_by(child.pid))["Uid"] != [str(account)] * 4 and time.monotonic() < end:
            time.sleep(0.05)
        said, _ = child.communicate(docx_of("暑期数学班", ("周六", "9:00")))
    assert held["Uid"] == [str(account)] * 4
    assert held["Groups"] == [] or os.geteuid() != 0
    assert {int(held[name][0], 16) for name in ("CapEff", "CapPrm")} == {0}
    assert json.loads(said) == {"text": "暑期数学班\n周六 9:00"}


def held_by(pid: int) -> dict[str, list[str]]:
    """What Linux says of a process, by name."""
    lines = (line.partition(":") for line in Path(f"/proc/{pid}/status").read_text().splitlines())
    return {name: value.split() for name, _, value in lines}


def test_nothing_is_fetched_unasked_twice_or_where_robots_txt_forbids(desk: Desk, tmp_path: Path) -> None:
    for number, (extra, robots, runs) in enumerate(
        [
            ("", OPEN, 1),
            (RULE + "schedule: {detail: [0h]}\n", OPEN, 2),
            (RULE, (200, {"Content-Type": "text/plain"}, b"User-agent: *\nDisallow: /files\nDisallow: /att\n"), 1),
        ]
    ):
        folder = tmp_path / str(number)
        folder.mkdir()
        assert crawled(desk, folder, answers(robots), extra=extra, runs=runs)[1] == [], number


@pytest.mark.parametrize("limit", ["types: [exe]", "types: [pdf], max: 99", "max: 3"])
def test_bounds_hold_for_recipes_too(desk: Desk, tmp_path: Path, limit: str) -> None:
    del desk
    from crawlers.errors import RecipeError
    from crawlers.source import load_recipe

    folder = board_on(tmp_path, "http", 1, extra=f"fetch: {{attachments: {{{limit}}}}}\n")
    with pytest.raises(RecipeError):
        load_recipe(folder)
