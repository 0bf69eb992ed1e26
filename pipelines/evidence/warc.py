"""WARC files: exact bytes of what was fetched, one file a source and Shanghai day, a lead's captures apart.

The request is written before its response, so that the end of a committed response is the end of its pair and
everything behind the last committed end is the tail of a crash, which `truncate_to` cuts.
"""

from __future__ import annotations

import fcntl
import hashlib
import io
import os
import re
import uuid
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from types import TracebackType
from typing import IO, Any, NamedTuple, Self
from urllib.parse import quote

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed
from warcio.statusandheaders import StatusAndHeaders
from warcio.utils import Digester
from warcio.warcwriter import WARCWriter

from pipelines import clock
from pipelines.blobs import sync_folder
from pipelines.desk import Desk
from pipelines.errors import Conflict, EvidenceError
from pipelines.records import Capture

Headers = Sequence[tuple[str, str]]

_SOURCE_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
#: Extension field of a response record: bytes of the request record just before it.
_REQUEST_LENGTH = "Mingcha-Request-Length"
#: No record has more header bytes than this.
_MAX_HEADERS = 4 * 1024 * 1024
#: No record of a browser capture unpacks to more.
_MAX_RECORD = 512 * 1024 * 1024
_SOFTWARE = "mingcha (warcio)"


class Written(NamedTuple):
    """Where a record lies: path relative to HOME, offset and length of its gzip member, its WARC-Record-ID."""

    path: str
    offset: int
    length: int
    record_id: str


@dataclass(frozen=True, kw_only=True)
class ArchivedResponse:
    """A response as it lies in the WARC; `payload` is hash-checked against the capture."""

    url: str
    status_line: str
    headers: tuple[tuple[str, str], ...]
    payload: bytes


class _ExactHeaders(StatusAndHeaders):  # type: ignore[misc]  # warcio has no types
    """HTTP headers written byte for byte (Latin-1 as HTTP reads them), never percent-encoded."""

    def to_ascii_bytes(self, filter_func: Callable[..., Any] | None = None) -> bytes:
        text: str = self.to_str(filter_func)
        return text.encode("latin-1", "backslashreplace") + b"\r\n"


class _Writer(WARCWriter):  # type: ignore[misc]  # warcio has no types
    """warcio's writer with SHA-256 digests."""

    @staticmethod
    def _create_digester() -> Any:
        return Digester("sha256")


class WarcFile:
    """One WARC file under an exclusive lock. Raises Conflict when another process writes it.

    `truncate_to` must be called with the committed end before the first write.
    """

    def __init__(self, home: Path, relative: str) -> None:
        self.home = home
        self.path = relative
        self._file = home / relative
        _make_folders(self._file.parent)
        descriptor = os.open(self._file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as exc:
            os.close(descriptor)
            raise Conflict(f"{relative} 正在被另一个采集进程写入；请等它结束后再运行") from exc
        self._out: IO[bytes] = os.fdopen(descriptor, "r+b")
        self._writer = _Writer(self._out, gzip=True, warc_version="WARC/1.1")
        self._end: int | None = None

    def truncate_to(self, committed: int) -> None:
        """Cut what lies behind `committed` (the tail of a crash). Raises EvidenceError if the file is shorter."""
        size = os.fstat(self._out.fileno()).st_size
        if size < committed:
            raise EvidenceError(
                f"{self.path} 只有 {size} 字节，短于数据库登记的 {committed} 字节；请从备份恢复这个文件"
            )
        if size > committed:
            self._out.truncate(committed)
            os.fsync(self._out.fileno())
        self._out.seek(committed)
        self._end = committed

    def write_response(
        self,
        url: str,
        request_headers: Headers,
        status_line: str,
        headers: Headers,
        payload: bytes,
        *,
        ip: str | None,
        at: datetime,
        method: str = "GET",
        decoded: bool = False,
    ) -> Written:
        """Append the request and its response; returns where the response lies.

        `payload` is the body as received (content coding kept). A caller that only has the decoded body (a browser)
        says `decoded=True`, and the headers that no longer fit it are kept under X-Archive-Orig- names.
        """
        self._begin(at)
        target = _target(url)
        request_id, response_id = _record_id(), _record_id()
        date_ = clock.rfc3339(at)
        request = self._writer.create_warc_record(
            target,
            "request",
            payload=io.BytesIO(b""),
            length=0,
            http_headers=_ExactHeaders(f"{_request_target(target)} HTTP/1.1", _clean(request_headers), protocol=method),
            warc_headers_dict={
                "WARC-Record-ID": request_id,
                "WARC-Date": date_,
                "WARC-Concurrent-To": response_id,
            },
        )
        request_length = self._append(request)[1]
        protocol, _, status = _one_line(status_line).partition(" ")
        if not protocol.upper().startswith("HTTP/"):
            protocol, status = "HTTP/1.1", _one_line(status_line)
        fields = {
            "WARC-Record-ID": response_id,
            "WARC-Date": date_,
            "WARC-Concurrent-To": request_id,
            _REQUEST_LENGTH: str(request_length),
        }
        if ip:
            fields["WARC-IP-Address"] = ip
        if protocol not in {"HTTP/1.0", "HTTP/1.1"}:
            fields["WARC-Protocol"] = protocol.lower()
            protocol = "HTTP/1.1"
        response = self._writer.create_warc_record(
            target,
            "response",
            payload=io.BytesIO(payload),
            length=len(payload),
            http_headers=_ExactHeaders(status, _fitting(_clean(headers), decoded=decoded), protocol=protocol),
            warc_headers_dict=fields,
        )
        offset, length = self._append(response)
        return Written(self.path, offset, length, response_id)

    def write_resource(self, uri: str, payload: bytes, content_type: str, *, at: datetime) -> Written:
        """Append bytes that came without HTTP (an imported file) as a `resource` record."""
        self._begin(at)
        record_id = _record_id()
        record = self._writer.create_warc_record(
            _target(uri),
            "resource",
            payload=io.BytesIO(payload),
            length=len(payload),
            warc_content_type=_one_line(content_type) or "application/octet-stream",
            warc_headers_dict={"WARC-Record-ID": record_id, "WARC-Date": clock.rfc3339(at)},
        )
        offset, length = self._append(record)
        return Written(self.path, offset, length, record_id)

    def sync(self) -> None:
        """Bring file and folder to the disk; to be called before the rows that name the records commit."""
        self._out.flush()
        os.fsync(self._out.fileno())
        sync_folder(self._file.parent)

    def close(self) -> None:
        """Let go of the file and its lock; synced bytes stay."""
        self._out.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _begin(self, at: datetime) -> None:
        if self._end is None:
            raise EvidenceError(f"{self.path} 尚未核对已提交的长度，不能写入")
        if self._end == 0:
            self._append(_warcinfo(self._writer, self._file.name, _record_id(), at))

    def _append(self, record: Any) -> tuple[int, int]:
        offset = self._out.tell()
        self._writer.write_record(record)
        self._end = self._out.tell()
        return offset, self._end - offset


class SourceWarc(WarcFile):
    """HOME/warc/<source>/<day>.warc.gz: what one source brought on one Shanghai day."""

    def __init__(self, home: Path, source: str, day: date) -> None:
        super().__init__(home, source_warc_path(source, day))


class LeadWarc(WarcFile):
    """HOME/warc/leads/<lead id>/<name>.warc.gz: one browser capture of a lead; always a new file."""

    def __init__(self, home: Path, lead_id: int, name: str) -> None:
        if not _SOURCE_NAME.fullmatch(name):
            raise EvidenceError(f"文件名 {name!r} 不可用")
        super().__init__(home, f"warc/leads/{int(lead_id)}/{name}.warc.gz")
        self.truncate_to(0)


def source_warc_path(source: str, day: date) -> str:
    """Path of a source's WARC of that day, relative to HOME. Raises EvidenceError for an unusable name."""
    if not _SOURCE_NAME.fullmatch(source) or source == "leads":
        raise EvidenceError(f"来源名 {source!r} 不可用：只能是小写字母、数字、- 和 _，且不能叫 leads")
    return f"warc/{source}/{day.isoformat()}.warc.gz"


def open_source_warc(desk: Desk, source: str, day: date) -> SourceWarc:
    """Today's WARC of a source, locked, with the tail of an earlier crash cut. Raises Conflict, EvidenceError."""
    warc = SourceWarc(desk.home, source, day)
    try:
        with desk.store.read() as tx:  # after the lock, so that nobody commits in between
            committed = tx.captures.warc_end(warc.path)
        warc.truncate_to(committed)
    except BaseException:
        warc.close()
        raise
    return warc


def read_record(home: Path, capture: Capture) -> bytes:
    """The payload bytes of a capture as received. Raises EvidenceError if missing, damaged or changed."""
    return read_response(home, capture).payload


def read_response(home: Path, capture: Capture) -> ArchivedResponse:
    """The archived response of a capture, its payload re-hashed. Raises EvidenceError as `read_record`."""
    return _parse_member(_member(home, capture), capture)


def copy_records(home: Path, captures: Sequence[Capture], out: Path) -> None:
    """Write a new WARC holding exactly the records of these captures (request and response, bit for bit).

    Of a browser capture every record of its own file is taken, as the page is made of them all. The same captures
    give the same bytes. Raises EvidenceError if a record does not hold or `out` exists.
    """
    members: list[bytes] = []
    for capture in captures:
        response = _member(home, capture)
        _parse_member(response, capture)
        if capture.method == "browser":
            members += list(_file_members(home / capture.warc_path))
            continue
        before = _request_length(response)
        if before:
            start = capture.warc_offset - before
            members.append(_read_span(home / capture.warc_path, start, before, capture.id))
        members.append(response)
    part = out.with_name(out.name + ".part")
    if out.exists():
        raise EvidenceError(f"{out.name} 已经存在，不覆盖")
    name = ",".join(sorted(capture.id for capture in captures))
    with part.open("wb") as handle:
        part.chmod(0o600)
        writer = _Writer(handle, gzip=True, warc_version="WARC/1.1")
        moment = max((capture.captured_at for capture in captures), default=datetime.fromtimestamp(0, UTC))
        writer.write_record(_warcinfo(writer, out.name, f"<urn:uuid:{uuid.uuid5(uuid.NAMESPACE_OID, name)}>", moment))
        for member in dict.fromkeys(members):
            handle.write(member)
        handle.flush()
        os.fsync(handle.fileno())
    part.rename(out)
    sync_folder(out.parent)


def _member(home: Path, capture: Capture) -> bytes:
    path = (home / capture.warc_path).resolve()
    if not path.is_relative_to((home / "warc").resolve()):
        raise EvidenceError(f"采集快照 {capture.id} 的 WARC 路径不在数据目录内")
    return _read_span(path, capture.warc_offset, capture.warc_length, capture.id)


def _read_span(path: Path, offset: int, length: int, capture_id: str) -> bytes:
    try:
        with path.open("rb") as handle:
            handle.seek(offset)
            data = handle.read(length)
    except (OSError, ValueError) as exc:
        raise EvidenceError(f"采集快照 {capture_id} 的 WARC 文件读不出来：{path.name}") from exc
    if len(data) != length:
        raise EvidenceError(f"采集快照 {capture_id} 的 WARC 记录不完整：{path.name}")
    return data


def _parse_member(member: bytes, capture: Capture) -> ArchivedResponse:
    try:
        plain = _gunzipped(member, capture.size + _MAX_HEADERS)
        record = next(iter(ArchiveIterator(io.BytesIO(plain), check_digests=True)))
        payload: bytes = record.raw_stream.read()
    except (ArchiveLoadFailed, StopIteration, EOFError, ValueError, OSError, zlib.error) as exc:
        raise EvidenceError(f"采集快照 {capture.id} 的 WARC 记录已损坏") from exc
    sound = (
        record.digest_checker.passed is True
        and record.rec_headers.get_header("WARC-Record-ID") == capture.warc_record_id
        and hashlib.sha256(payload).hexdigest() == capture.sha256
    )
    if not sound:
        raise EvidenceError(f"采集快照 {capture.id} 的内容与登记的哈希值不符")
    http = record.http_headers
    return ArchivedResponse(
        url=record.rec_headers.get_header("WARC-Target-URI") or "",
        status_line=f"{http.protocol} {http.statusline}" if http else "",
        headers=tuple((str(name), str(value)) for name, value in http.headers) if http else (),
        payload=payload,
    )


def _gunzipped(member: bytes, limit: int) -> bytes:
    """One whole gzip member, its checksum checked (digests do not cover the WARC headers). Raises ValueError."""
    stream = zlib.decompressobj(zlib.MAX_WBITS + 16)
    plain = stream.decompress(member, limit)
    if not stream.eof or stream.unused_data or stream.unconsumed_tail:
        raise ValueError("not one whole gzip member")
    return plain


def _request_length(member: bytes) -> int:
    record = next(iter(ArchiveIterator(io.BytesIO(member))))
    value = record.rec_headers.get_header(_REQUEST_LENGTH) or ""
    return int(value) if value.isdigit() else 0


def _file_members(path: Path) -> Iterator[bytes]:
    """All gzip members of a WARC but its warcinfo, digests checked."""
    data = path.read_bytes()
    iterator = ArchiveIterator(io.BytesIO(data), check_digests=True)
    try:
        for record in iterator:
            record.raw_stream.read()
            sound = record.digest_checker.passed is not False
            kind, offset = record.rec_type, iterator.get_record_offset()
            if not sound:
                raise EvidenceError(f"{path.name} 里有一条记录的内容与哈希值不符")
            if kind != "warcinfo":
                member = data[offset : offset + iterator.get_record_length()]
                _gunzipped(member, _MAX_RECORD)
                yield member
    except (ArchiveLoadFailed, ValueError, zlib.error) as exc:
        raise EvidenceError(f"{path.name} 已损坏") from exc


def _warcinfo(writer: Any, filename: str, record_id: str, at: datetime) -> Any:
    info = {"software": _SOFTWARE, "format": "WARC File Format 1.1", "conformsTo": "ISO 28500:2017"}
    record = writer.create_warcinfo_record(filename, info)
    record.rec_headers.replace_header("WARC-Record-ID", record_id)
    record.rec_headers.replace_header("WARC-Date", clock.rfc3339(at))
    return record


def _record_id() -> str:
    return f"<urn:uuid:{uuid.UUID(hex=clock.new_id(), version=4)}>"


def _target(url: str) -> str:
    """A URL that fits a WARC header: one line, no spaces, UTF-8."""
    return quote(url, safe="%/:=&?~#+!$,;'@()*[]-._|<>{}^`\\\"", errors="replace")


def _request_target(url: str) -> str:
    rest = url.partition("#")[0].split("://", 1)[-1]
    slash = re.search(r"[/?]", rest)
    path = rest[slash.start() :] if slash else "/"
    return path if path.startswith("/") else "/" + path


def _one_line(value: str) -> str:
    return " ".join(value.replace("\x00", " ").split())


def _clean(headers: Headers) -> list[tuple[str, str]]:
    """Headers on one line each (folded lines joined), so that none can forge another."""
    return [(_one_line(name).replace(":", ""), re.sub(r"[\r\n\x00]+", " ", value)) for name, value in headers]


def _fitting(headers: list[tuple[str, str]], *, decoded: bool) -> list[tuple[str, str]]:
    """Set aside headers that describe the body on the wire and not the body we hold (de-chunked, maybe decoded)."""
    aside = {"transfer-encoding"} | ({"content-encoding", "content-length"} if decoded else set())
    return [(f"X-Archive-Orig-{name}" if name.lower() in aside else name, value) for name, value in headers]


def _make_folders(folder: Path) -> None:
    """The folder and those above it, 0700, each new one synced into its parent."""
    if not folder.exists():
        _make_folders(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)
        sync_folder(folder.parent)
