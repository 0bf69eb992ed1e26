"""The child of documents.py: gives up its privileges, then reads one file from its input and says its words.

What parses a stranger's file holds no key, writes no file and ends after some seconds.
"""

from __future__ import annotations

import codecs
import io
import json
import os
import pwd
import resource
import sys
import zipfile
from collections.abc import Iterator

from docx import Document
from docx.table import Table
from openpyxl import Workbook, load_workbook
from pypdf import PdfReader, PdfWriter

#: Address space, seconds of processor time, bytes that a file may unpack to.
_MEMORY = 1024**3
_SECONDS = 15
_UNPACKED = 64 * 1024 * 1024
_PAGES, _ROWS, _COLUMNS = 60, 2_000, 50
#: Of one file; more is no advertisement.
MAX_CHARS = 8_000
#: What files of here say their words in.
_ENCODINGS = ("utf-8", "utf-16-be", "utf-16-le", "utf-16", "gbk", "gb18030", "big5", "latin-1", "cp1252", "mac-roman")


def main() -> None:
    """`python … KIND`: the file on stdin, JSON with `text` or `error` on stdout."""
    kind = sys.argv[1]
    _warm()
    _drop()
    body = sys.stdin.buffer.read()
    try:
        answer = {"text": _clipped(_READERS[kind](body))}
    except Exception as exc:  # noqa: BLE001 - the outermost frame of the child; the parent reports it
        answer = {"error": type(exc).__name__}
    sys.stdout.write(json.dumps(answer))
    sys.stdout.flush()
    os._exit(0)


def _warm() -> None:
    """Read an empty one of each, so that nothing is imported or opened once privileges are gone."""
    for name in _ENCODINGS:
        codecs.lookup(name)
    page, book = PdfWriter(), Workbook()
    page.add_blank_page(width=72, height=72)
    for kind, save in (("pdf", page.write), ("docx", Document().save), ("xlsx", book.save)):
        out = io.BytesIO()
        save(out)
        list(_READERS[kind](out.getvalue()))


def _drop() -> None:
    if os.geteuid() == 0:
        nobody = pwd.getpwnam("nobody")
        os.setgroups([])
        os.setgid(nobody.pw_gid)
        os.setuid(nobody.pw_uid)
    os.chdir("/")
    limits = {
        resource.RLIMIT_AS: _MEMORY,
        resource.RLIMIT_CPU: _SECONDS,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_NOFILE: 64,
    }
    for limit, most in limits.items():
        resource.setrlimit(limit, (most, most))


def _clipped(pieces: Iterator[str]) -> str:
    """As many lines as fit; no more of the file is read than it takes."""
    kept: list[str] = []
    left = MAX_CHARS
    for piece in pieces:
        words = "\n".join(line for line in (" ".join(line.split()) for line in piece.splitlines()) if line)
        if words:
            kept.append(words[:left])
            left -= len(words) + 1
        if left <= 0:
            break
    return "\n".join(kept)


def _pdf(body: bytes) -> Iterator[str]:
    for number, page in enumerate(PdfReader(io.BytesIO(body)).pages):
        if number == _PAGES:
            return
        yield page.extract_text()


def _docx(body: bytes) -> Iterator[str]:
    _check_size(body)
    for block in Document(io.BytesIO(body)).iter_inner_content():
        if isinstance(block, Table):
            for row in block.rows:
                # A merged cell is named once for each place it covers.
                yield " ".join(dict.fromkeys(cell.text for cell in row.cells))
        else:
            yield block.text


def _xlsx(body: bytes) -> Iterator[str]:
    _check_size(body)
    book = load_workbook(io.BytesIO(body), read_only=True, data_only=True)
    for sheet in book.worksheets:
        for row in sheet.iter_rows(max_row=_ROWS, max_col=_COLUMNS, values_only=True):
            yield " ".join(str(value) for value in row if value is not None)


def _check_size(body: bytes) -> None:
    if sum(part.file_size for part in zipfile.ZipFile(io.BytesIO(body)).infolist()) > _UNPACKED:
        raise ValueError("unpacks to too much")


_READERS = {"pdf": _pdf, "docx": _docx, "xlsx": _xlsx}

if __name__ == "__main__":
    main()
