"""WARC files of this HOME: one a source and Shanghai day, a lead's captures apart; tails of crashes cut."""

from __future__ import annotations

import logging
import re
import zlib
from datetime import date
from pathlib import Path

from pipelines.desk import Desk
from pipelines.errors import EvidenceError
from pipelines.evidence.warc_file import WarcFile, Written
from pipelines.evidence.warc_read import ArchivedResponse, copy_records, read_record, read_response, read_span

__all__ = [
    "ArchivedResponse",
    "LeadWarc",
    "SourceWarc",
    "WarcFile",
    "Written",
    "copy_records",
    "cut_tails",
    "open_source_warc",
    "read_record",
    "read_response",
    "source_warc_path",
]

_log = logging.getLogger(__name__)

#: Files of one source and day; more damaged ones than this are a broken disk.
_MOST_PARTS = 9
_SOURCE_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")


class SourceWarc(WarcFile):
    """HOME/warc/<source>/<day>.warc.gz: what one source brought on one Shanghai day; `part` counts from 1, further
    ones follow only a file that was damaged."""

    def __init__(self, home: Path, source: str, day: date, part: int = 1) -> None:
        super().__init__(home, source_warc_path(source, day, part))


class LeadWarc(WarcFile):
    """HOME/warc/leads/<lead id>/<name>.warc.gz: one browser capture of a lead; always a new file."""

    def __init__(self, home: Path, lead_id: int, name: str) -> None:
        if not _SOURCE_NAME.fullmatch(name):
            raise EvidenceError(f"文件名 {name!r} 不可用")
        super().__init__(home, f"warc/leads/{int(lead_id)}/{name}.warc.gz")
        self.truncate_to(0)


def source_warc_path(source: str, day: date, part: int = 1) -> str:
    """Path of a source's WARC of that day, relative to HOME. Raises EvidenceError for an unusable name."""
    if not _SOURCE_NAME.fullmatch(source) or source == "leads":
        raise EvidenceError(f"来源名 {source!r} 不可用：只能是小写字母、数字、- 和 _，且不能叫 leads")
    return f"warc/{source}/{day.isoformat()}{'' if part == 1 else f'.{part}'}.warc.gz"


def open_source_warc(desk: Desk, source: str, day: date) -> SourceWarc:
    """Today's WARC of a source, locked, with the tail of an earlier crash cut.

    A file that has lost committed bytes (a disk that lied, a restore that did not fit) stays as it is for whoever
    repairs it, and the day goes on in a file of its own. Raises Conflict, EvidenceError.
    """
    for part in range(1, _MOST_PARTS + 1):
        with desk.store.read() as tx:
            if tx.deletions.get(source_warc_path(source, day, part)) is not None:
                continue  # the clock went back to a day whose file is deleted, or about to be
        warc = SourceWarc(desk.home, source, day, part)
        try:
            with desk.store.read() as tx:  # after the lock, so that nobody commits in between
                last, going = tx.captures.last_in(warc.path), tx.deletions.get(warc.path)
            if going is None and _holds(desk.home / warc.path, last):
                warc.truncate_to(last[0] + last[1])
                return warc
        except BaseException:
            warc.close()
            raise
        warc.close()
        _log.warning("%s 缺了已登记的内容，封存不动，当天改写下一个文件；请运行 mingcha warc check", warc.path)
    raise EvidenceError(f"来源 {source} 当天的 {_MOST_PARTS} 个 WARC 文件都已损坏；请先检查磁盘")


def cut_tails(desk: Desk, source: str) -> int:
    """Cut the tails that killed crawls left in this source's files of earlier days; returns how many bytes. The caller
    holds the source's lock. A damaged file is left alone."""
    cut = 0
    for path in sorted((desk.home / "warc" / source).glob("*.warc.gz")):
        relative = str(path.relative_to(desk.home))
        with desk.store.read() as tx:
            offset, length = tx.captures.last_in(relative)
        beyond = path.stat().st_size - offset - length
        if beyond > 0:
            with WarcFile(desk.home, relative) as warc:
                warc.truncate_to(offset + length)
            cut += beyond
    return cut


def _holds(path: Path, last: tuple[int, int]) -> bool:
    """Is the last committed record there, and whole?"""
    offset, length = last
    if not length:
        return True
    try:
        member = read_span(path, offset, length, path.name)
        stream = zlib.decompressobj(zlib.MAX_WBITS + 16)
        stream.decompress(member)
    except (EvidenceError, zlib.error):
        return False
    return stream.eof and not stream.unused_data
