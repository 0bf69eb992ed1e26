"""One WARC file under an exclusive lock: exact bytes of what was fetched, appended, synced.

The request is written before its response, so that the end of a committed response is the end of its pair and
everything behind the last committed end is the tail of a crash, which `truncate_to` cuts.
"""

from __future__ import annotations

import base64
import fcntl
import io
import os
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import IO, Any, NamedTuple, Self

from pipelines import clock
from pipelines.blobs import sync_folder
from pipelines.errors import Conflict, EvidenceError
from pipelines.evidence.warc_format import (
    NOT_MODIFIED,
    REQUEST_LENGTH,
    SAME_BYTES,
    ExactHeaders,
    Headers,
    Writer,
    clean,
    fitting,
    new_record_id,
    one_line,
    request_target,
    target_uri,
    warcinfo,
)
from pipelines.records import Capture


class Written(NamedTuple):
    """Where a record lies: path relative to HOME, offset and length of its gzip member, its WARC-Record-ID."""

    path: str
    offset: int
    length: int
    record_id: str


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
        self._writer = Writer(self._out)
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
        record_id = new_record_id()
        target, fields = self._request(url, request_headers, record_id, ip=ip, at=at, method=method)
        status, protocol = _status(status_line, fields)
        response = self._writer.create_warc_record(
            target,
            "response",
            payload=io.BytesIO(payload),
            length=len(payload),
            http_headers=ExactHeaders(status, fitting(clean(headers), decoded=decoded), protocol=protocol),
            warc_headers_dict=fields,
        )
        offset, length = self._append(response)
        return Written(self.path, offset, length, record_id)

    def write_revisit(
        self,
        url: str,
        request_headers: Headers,
        status_line: str,
        headers: Headers,
        *,
        of: Capture,
        ip: str | None,
        at: datetime,
        not_modified: bool,
    ) -> Written:
        """Append the request and a `revisit` record: the same bytes as that capture's, by the server's word
        (`not_modified`, 304) or by their digest."""
        record_id = new_record_id()
        target, fields = self._request(url, request_headers, record_id, ip=ip, at=at, method="GET")
        status, protocol = _status(status_line, fields)
        fields["WARC-Refers-To"] = of.warc_record_id
        record = self._writer.create_revisit_record(
            target,
            f"sha256:{_base32(of.sha256)}",
            target_uri(of.final_url),
            clock.rfc3339(of.captured_at),
            http_headers=ExactHeaders(status, fitting(clean(headers), decoded=False), protocol=protocol),
            warc_headers_dict=fields,
        )
        record.rec_headers.replace_header("WARC-Profile", NOT_MODIFIED if not_modified else SAME_BYTES)
        offset, length = self._append(record)
        return Written(self.path, offset, length, record_id)

    def _request(
        self, url: str, headers: Headers, answer_id: str, *, ip: str | None, at: datetime, method: str
    ) -> tuple[str, dict[str, str]]:
        """Append the request; returns the target and the WARC fields of the answer that follows."""
        self._begin(at)
        target = target_uri(url)
        request_id = new_record_id()
        date_ = clock.rfc3339(at)
        request = self._writer.create_warc_record(
            target,
            "request",
            payload=io.BytesIO(b""),
            length=0,
            http_headers=ExactHeaders(f"{request_target(target)} HTTP/1.1", clean(headers), protocol=method),
            warc_headers_dict={"WARC-Record-ID": request_id, "WARC-Date": date_, "WARC-Concurrent-To": answer_id},
        )
        length = self._append(request)[1]
        fields = {
            "WARC-Record-ID": answer_id,
            "WARC-Date": date_,
            "WARC-Concurrent-To": request_id,
            REQUEST_LENGTH: str(length),
        }
        if ip:
            fields["WARC-IP-Address"] = ip
        return target, fields

    def write_resource(self, uri: str, payload: bytes, content_type: str, *, at: datetime) -> Written:
        """Append bytes that came without HTTP (an imported file) as a `resource` record."""
        self._begin(at)
        record_id = new_record_id()
        record = self._writer.create_warc_record(
            target_uri(uri),
            "resource",
            payload=io.BytesIO(payload),
            length=len(payload),
            warc_content_type=one_line(content_type) or "application/octet-stream",
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
            self._append(warcinfo(self._writer, self._file.name, new_record_id(), at))

    def _append(self, record: Any) -> tuple[int, int]:
        offset = self._out.tell()
        self._writer.write_record(record)
        self._end = self._out.tell()
        return offset, self._end - offset


def _status(status_line: str, fields: dict[str, str]) -> tuple[str, str]:
    """Status and protocol as a record says them; a protocol that is not HTTP/1 is kept as a WARC field."""
    protocol, _, status = one_line(status_line).partition(" ")
    if not protocol.upper().startswith("HTTP/"):
        protocol, status = "HTTP/1.1", one_line(status_line)
    if protocol not in {"HTTP/1.0", "HTTP/1.1"}:
        fields["WARC-Protocol"] = protocol.lower()
        protocol = "HTTP/1.1"
    return status, protocol


def _base32(sha256: str) -> str:
    """A SHA-256 as warcio spells digests."""
    return base64.b32encode(bytes.fromhex(sha256)).decode("ascii")


def _make_folders(folder: Path) -> None:
    """The folder and those above it, 0700, each new one synced into its parent."""
    if not folder.exists():
        _make_folders(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)
        sync_folder(folder.parent)
