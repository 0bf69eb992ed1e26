"""Are all WARC files whole, and do the store's rows name what lies in them? `mingcha warc check`."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed

from pipelines.desk import Desk

_CHUNK = 1 << 16


@dataclass(frozen=True, kw_only=True)
class WarcFault:
    """Something wrong with a file or a row, with what to do, in Chinese."""

    #: Relative to HOME.
    file: str
    #: missing | damaged | digest | index | tail
    code: str
    message: str


@dataclass(frozen=True, kw_only=True)
class WarcReport:
    """What was looked at, and what was wrong."""

    files: int
    records: int
    #: Rows of captures and revisits held against the files.
    rows: int
    faults: tuple[WarcFault, ...]


@dataclass(frozen=True, kw_only=True)
class _Row:
    """A row of the store that names a record; `sha256` is None for a revisit, which has no bytes of its own."""

    id: str
    record_id: str
    offset: int
    length: int
    sha256: str | None


def check_warcs(desk: Desk) -> WarcReport:
    """Read every file of HOME/warc to its end, digests included, and hold every row against it. Changes nothing.

    What lies behind the last record a row names is the tail of a crash: named, since the next crawl of that source
    cuts it, but nothing is lost by it.
    """
    folder = desk.home / "warc"
    found = {str(path.relative_to(desk.home)) for path in folder.rglob("*.warc.gz")} if folder.is_dir() else set()
    with desk.store.read() as tx:
        named = set(tx.captures.warc_paths())
        # Marked and not removed yet: the next retention does it.
        going = {one.object for one in tx.deletions.pending("warc")}
    faults: list[WarcFault] = []
    records = rows = 0
    for file in sorted((found | named) - going):
        mine = _rows(desk, file)
        rows += len(mine)
        if file not in found:
            faults.append(_fault(file, "missing", f"文件不在，{len(mine)} 条登记的记录读不到；请从备份恢复"))
            continue
        seen, wrong = _check_file(desk.home / file, file, mine)
        records += seen
        faults += wrong
    return WarcReport(files=len(found - going), records=records, rows=rows, faults=tuple(faults))


def _rows(desk: Desk, file: str) -> list[_Row]:
    with desk.store.read() as tx:
        captures, revisits = tx.captures.in_file(file), tx.revisits.in_file(file)
    rows = [
        _Row(id=one.id, record_id=one.warc_record_id, offset=one.warc_offset, length=one.warc_length, sha256=one.sha256)
        for one in captures
    ]
    rows += [
        _Row(id=one.id, record_id=one.warc_record_id, offset=one.warc_offset, length=one.warc_length, sha256=None)
        for one in revisits
    ]
    return sorted(rows, key=lambda row: row.offset)


def _check_file(path: Path, file: str, rows: list[_Row]) -> tuple[int, list[WarcFault]]:
    """How many records the file holds, and what is wrong. The committed part ends where the last row's record does."""
    end = max((row.offset + row.length for row in rows), default=0)
    faults: list[WarcFault] = []
    lying: dict[int, tuple[str, str]] = {}
    size = path.stat().st_size
    with path.open("rb") as handle:
        iterator = ArchiveIterator(handle, check_digests=True)
        try:
            for record in iterator:
                digest, identity = _payload_hash(record), record.rec_headers.get_header("WARC-Record-ID") or ""
                passed = record.digest_checker.passed
                offset = iterator.get_record_offset()
                lying[offset] = (identity, digest)
                if passed is False:
                    faults.append(_fault(file, "digest", f"第 {offset} 字节处的记录与自带校验值不符，内容已变"))
        except (ArchiveLoadFailed, EOFError, ValueError, OSError) as exc:
            if max(lying, default=0) < end and len([row for row in rows if row.offset in lying]) < len(rows):
                faults.append(_fault(file, "damaged", f"读到一半读不下去（{type(exc).__name__}）；请从备份恢复"))
    if size > end:
        faults.append(
            _fault(
                file,
                "tail",
                f"末尾有 {size - end} 字节没有登记（采集中断留下的），下次采集时截去，内容没有丢失",
            )
        )
    faults += list(_index_faults(path, file, rows, lying))
    return len(lying), faults


def _index_faults(path: Path, file: str, rows: list[_Row], lying: dict[int, tuple[str, str]]) -> Iterator[WarcFault]:
    size = path.stat().st_size
    for row in rows:
        found = lying.get(row.offset)
        if row.offset + row.length > size:
            yield _fault(file, "index", f"登记 {row.id} 所指的记录不完整：文件只有 {size} 字节；请从备份恢复")
        elif found is None:
            yield _fault(file, "index", f"登记 {row.id} 所指的位置没有完好的记录")
        elif found[0] != row.record_id:
            yield _fault(file, "index", f"登记 {row.id} 所指的位置是另一条记录")
        elif row.sha256 is not None and found[1] != row.sha256:
            yield _fault(file, "index", f"登记 {row.id} 的内容与登记的哈希值不符")


def _payload_hash(record: Any) -> str:
    hasher = hashlib.sha256()
    while chunk := record.raw_stream.read(_CHUNK):
        hasher.update(chunk)
    return hasher.hexdigest()


def _fault(file: str, code: str, message: str) -> WarcFault:
    return WarcFault(file=file, code=code, message=message)
