"""The captures inside a package: each complete, its WARC records re-hashed, its record telling the same."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from warcio.archiveiterator import ArchiveIterator
from warcio.bufferedreaders import DecompressingBufferedReader

from pipelines.errors import EvidenceError
from pipelines.evidence import standalone
from pipelines.evidence.bag import sha256_of
from pipelines.evidence.faults import Fault, told_by_checker
from pipelines.evidence.opened_package import OpenedPackage
from pipelines.evidence.warc_format import printed_uri

_FOLDER = "data/captures/"
_NEEDED = ("page.warc.gz", "record.json", "text.txt")
_CHUNK = 1 << 16
#: A WARC may unpack to this much in one record (in all: standalone.may_unpack): beyond that it is a bomb.
_MAX_RECORD = 256 << 20
#: The headers of one record, which are held in memory whole.
_MAX_HEADERS = 1 << 20


class _Budget:
    """Bytes that may still be unpacked."""

    def __init__(self, left: int) -> None:
        self.left = left

    def spend(self, count: int) -> None:
        self.left -= count
        if self.left < 0:
            raise EvidenceError("解压后大得不合情理，停止检查")


class _BoundedHeaders(DecompressingBufferedReader):  # type: ignore[misc]  # warcio has no types
    """What warcio reads a file through; it stops at headers without end (a gzip of these would fill all memory)."""

    _left = _MAX_HEADERS

    def readline(self, length: int | None = None) -> bytes:
        line: bytes = super().readline(min(length or self._left, self._left))
        self._left -= len(line)
        if self._left <= 0:
            raise EvidenceError("记录头大得不合情理，停止检查")
        return line

    def next_record(self) -> None:
        self._left = _MAX_HEADERS


def capture_faults(package: OpenedPackage) -> Iterator[Fault]:
    """All that is wrong with the captures."""
    folders: dict[str, set[str]] = defaultdict(set)
    for name in package.entries:
        if name.startswith(_FOLDER):
            folder, _, file = name.removeprefix(_FOLDER).partition("/")
            folders[folder].add(file)
    yield from _case_faults(package, set(folders))
    budget = _Budget(standalone.may_unpack(package))
    gone = standalone.withheld(package)
    yield from told_by_checker(standalone.redaction_faults(package, gone))
    yield from told_by_checker(standalone.log_in_faults(package, folders))
    for folder in sorted(folders):
        away = {name.removeprefix(f"{_FOLDER}{folder}/"): told for name, told in gone.items() if _in(name, folder)}
        missing = [file for file in _NEEDED if file not in folders[folder] and file not in away]
        for file in missing:
            yield Fault(code="capture.missing", file=f"{_FOLDER}{folder}/{file}", message="采集快照缺少这个文件")
        if not missing:
            yield from _one_capture(package, folder, folders[folder], budget, away)


def _in(name: str, folder: str) -> bool:
    return name.startswith(f"{_FOLDER}{folder}/")


def _case_faults(package: OpenedPackage, folders: set[str]) -> Iterator[Fault]:
    name = "data/case.json"
    if name not in package:
        return
    try:
        case = _json(package, name)
        named = {str(capture) for lead in case["leads"] for capture in lead["captures"]}
        if case["id"] != package.top:
            yield Fault(code="case.id", file=name, message="案件编号与顶层文件夹不符")
    except (EvidenceError, LookupError, TypeError) as exc:
        yield Fault(code="case.json", file=name, message=f"读不出来：{exc}")
        return
    for folder in sorted(named - folders):
        yield Fault(code="capture.missing", file=_FOLDER + folder, message="case.json 列有这个采集快照，包里没有")
    for folder in sorted(folders - named):
        yield Fault(code="capture.unknown", file=_FOLDER + folder, message="包里有这个采集快照，case.json 没有列出")


def _one_capture(
    package: OpenedPackage, folder: str, files: set[str], budget: _Budget, away: Mapping[str, str]
) -> Iterator[Fault]:
    """`away`: file → SHA-256 of what a shared copy says it leaves out here."""
    name = f"{_FOLDER}{folder}/record.json"
    try:
        record = _json(package, name)
        listed = {str(file): str(record["files"][file]["sha256"]) for file in record["files"]}
        identity, sha256, capture_id = str(record["warc_record_id"]), str(record["sha256"]), str(record["id"])
    except (EvidenceError, LookupError, TypeError) as exc:
        yield Fault(code="capture.record", file=name, message=f"读不出来：{exc}")
        return
    if capture_id != folder or listed.keys() != (files | away.keys()) - {"record.json"}:
        yield Fault(code="capture.record", file=name, message="登记的编号或文件与这个文件夹不符")
    for file in sorted(file for file in away if listed.get(file) not in (None, away[file])):
        message = "略去清单的 SHA-256 与 record.json 不同"
        yield Fault(code="redaction.list", file=f"{_FOLDER}{folder}/{file}", message=message)
    for file in sorted(listed.keys() & files):
        if sha256_of(package.open(f"{_FOLDER}{folder}/{file}")) != listed[file]:
            yield Fault(code="capture.hash", file=f"{_FOLDER}{folder}/{file}", message="内容与 record.json 登记的不符")
    if "page.warc.gz" in files:
        yield from _warc_faults(package, folder, identity, sha256, budget)


def _warc_faults(package: OpenedPackage, folder: str, identity: str, sha256: str, budget: _Budget) -> Iterator[Fault]:
    name, pdf = f"{_FOLDER}{folder}/page.warc.gz", f"{_FOLDER}{folder}/page.pdf"
    found = printed = None
    with package.open(name) as source:
        start = source.read(2)
    if start not in (b"", b"\x1f\x8b"):  # warcio would try to read such bytes as an ARC, with luck of the bytes' making
        yield Fault(code="warc.damaged", file=name, message="不是完好的 WARC 文件（不是 gzip 数据）")
        return
    try:
        records = ArchiveIterator(package.open(name), check_digests=True)
        records.reader = headers = _BoundedHeaders(records.fh)
        for record in records:
            digest = _payload_hash(record, budget)
            headers.next_record()
            kind = record.rec_type
            if record.digest_checker.passed is False:
                yield Fault(code="warc.digest", file=name, message=f"一条 {kind} 记录的内容与其自带校验值不符")
            elif record.digest_checker.passed is None and kind in {"response", "resource"}:
                yield Fault(code="warc.digest", file=name, message=f"一条 {kind} 记录没有校验值")
            if record.rec_headers.get_header("WARC-Record-ID") == identity:
                found = digest
            if record.rec_headers.get_header("WARC-Target-URI") == printed_uri(folder):
                printed = digest
    except Exception as exc:  # noqa: BLE001  # hostile bytes: whatever the parser trips over, the file does not hold
        reason = exc.message if isinstance(exc, EvidenceError) else type(exc).__name__
        yield Fault(code="warc.damaged", file=name, message=f"不是完好的 WARC 文件（{reason}）")
        return
    if found != sha256:
        yield Fault(
            code="warc.record", file=name, message="其中没有 record.json 所指的记录，或记录内容与登记的 SHA-256 不符"
        )
    if pdf in package and sha256_of(package.open(pdf)) != printed:
        yield Fault(code="capture.pdf", file=pdf, message="网页打印件与 page.warc.gz 里的不是同一份")


def _payload_hash(record: Any, budget: _Budget) -> str:
    hasher, size = hashlib.sha256(), 0
    while chunk := record.raw_stream.read(_CHUNK):
        size += len(chunk)
        budget.spend(len(chunk))
        if size > _MAX_RECORD:
            raise EvidenceError("解压后大得不合情理，停止检查")
        hasher.update(chunk)
    return hasher.hexdigest()


def _json(package: OpenedPackage, name: str) -> dict[str, Any]:
    try:
        value = json.loads(package.read(name))
    except (ValueError, RecursionError) as exc:
        raise EvidenceError("不是有效的 JSON") from exc
    if not isinstance(value, dict):
        raise EvidenceError("不是 JSON 对象")
    return value
