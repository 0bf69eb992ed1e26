"""Reading records back, always re-hashed, and copying them bit for bit into files of their own."""

from __future__ import annotations

import hashlib
import io
import os
import uuid
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed

from pipelines import clock
from pipelines.blobs import sync_folder
from pipelines.errors import EvidenceError
from pipelines.evidence.warc_format import REQUEST_LENGTH, Writer, printed_uri, warcinfo
from pipelines.records import Capture

#: No record has more header bytes than this.
_MAX_HEADERS = 4 * 1024 * 1024
#: No record of a browser capture unpacks to more.
_MAX_RECORD = 512 * 1024 * 1024
_PIECE = 1 << 18


@dataclass(frozen=True, kw_only=True)
class ArchivedResponse:
    """A response as it lies in the WARC; `payload` is hash-checked against the capture."""

    url: str
    status_line: str
    headers: tuple[tuple[str, str], ...]
    payload: bytes


@dataclass(frozen=True, kw_only=True)
class Exchange:
    """What was asked for a page and what the answer said of it, as both lie in the WARC; names as they came."""

    request: tuple[tuple[str, str], ...]
    status_line: str
    answer: tuple[tuple[str, str], ...]

    def asked(self, name: str) -> str:
        """A header of the request; "" when it was not sent."""
        return _header(self.request, name)

    def answered(self, name: str) -> str:
        """A header of the answer; "" when there was none."""
        return _header(self.answer, name)


def _header(headers: Sequence[tuple[str, str]], name: str) -> str:
    return next((value for key, value in headers if key.lower() == name.lower()), "")


def read_exchange(home: Path, capture: Capture) -> tuple[ArchivedResponse, Exchange | None]:
    """The archived response, and request and answer of it without its payload; None for what came without HTTP. Raises
    EvidenceError as `read_record`."""
    member = _member(home, capture)
    response = _parse_member(member, capture)
    before = _request_length(member)
    if not response.status_line or not before:
        return response, None
    asked = read_span(home / capture.warc_path, capture.warc_offset - before, before, capture.id)
    try:
        record = next(iter(ArchiveIterator(io.BytesIO(_gunzipped(asked, _MAX_HEADERS)))))
    except (ArchiveLoadFailed, StopIteration, EOFError, ValueError, OSError, zlib.error) as exc:
        raise EvidenceError(f"采集快照 {capture.id} 的请求记录已损坏") from exc
    http = record.http_headers
    return response, Exchange(
        request=tuple((str(name), str(value)) for name, value in http.headers) if http else (),
        status_line=response.status_line,
        answer=response.headers,
    )


def read_record(home: Path, capture: Capture) -> bytes:
    """The payload bytes of a capture as received. Raises EvidenceError if missing, damaged or changed."""
    return read_response(home, capture).payload


def read_response(home: Path, capture: Capture) -> ArchivedResponse:
    """The archived response of a capture, its payload re-hashed. Raises EvidenceError as `read_record`."""
    return _parse_member(_member(home, capture), capture)


def copy_records(home: Path, captures: Sequence[Capture], out: Path, *, synced: bool = True) -> None:
    """Write a new WARC holding exactly the records of these captures (request and response, bit for bit); `synced`: on
    disk before this returns, which what is only packed up and deleted need not be.

    Of a browser capture every record of its own file is taken, as the page is made of them all. The same captures
    give the same bytes. Raises EvidenceError if a record does not hold or `out` exists.
    """
    part = out.with_name(out.name + ".part")
    if out.exists():
        raise EvidenceError(f"{out.name} 已经存在，不覆盖")
    name = ",".join(sorted(capture.id for capture in captures))
    try:
        with part.open("wb") as handle:
            part.chmod(0o600)
            writer = Writer(handle)
            moment = max((capture.captured_at for capture in captures), default=datetime.fromtimestamp(0, UTC))
            identity = f"<urn:uuid:{uuid.uuid5(uuid.NAMESPACE_OID, name)}>"
            writer.write_record(warcinfo(writer, out.name, identity, moment))
            seen: set[bytes] = set()
            for member in _members_of(home, captures):
                mark = hashlib.sha256(member).digest()
                if mark not in seen:
                    seen.add(mark)
                    handle.write(member)
            handle.flush()
            if synced:
                os.fsync(handle.fileno())
        part.rename(out)
    finally:
        part.unlink(missing_ok=True)
    if synced:
        sync_folder(out.parent)


def _members_of(home: Path, captures: Sequence[Capture]) -> Iterator[bytes]:
    """One record after the other: a case's pages together may be larger than memory."""
    for capture in captures:
        response = _member(home, capture)
        _parse_member(response, capture)
        path = home / capture.warc_path
        if capture.method == "browser":
            for offset, length, _ in _file_members(path):
                yield read_span(path, offset, length, capture.id)
            continue
        before = _request_length(response)
        if before:
            yield read_span(path, capture.warc_offset - before, before, capture.id)
        yield response


def printed_page(warc: Path, capture: Capture) -> bytes | None:
    """The page as the browser printed it (PDF), out of a WARC of this capture; None when none was kept. Raises
    EvidenceError when it is not the one that was registered."""
    sha256 = capture.environment.get("pdf_sha256")
    if not sha256:
        return None
    for offset, _, url in _file_members(warc):
        if url == printed_uri(capture.id):
            with warc.open("rb") as handle:
                handle.seek(offset)
                record = next(iter(ArchiveIterator(handle)))
                printed: bytes = record.raw_stream.read()
            if hashlib.sha256(printed).hexdigest() == sha256:
                return printed
    raise EvidenceError(f"采集快照 {capture.id} 的网页打印件（PDF）缺失，或与登记的哈希值不符")


def _member(home: Path, capture: Capture) -> bytes:
    if capture.deleted_at is not None:
        raise EvidenceError(f"采集快照 {capture.id} 的内容已于 {_day(capture.deleted_at)} 按期删除，只留采集信息")
    path = (home / capture.warc_path).resolve()
    if not path.is_relative_to((home / "warc").resolve()):
        raise EvidenceError(f"采集快照 {capture.id} 的 WARC 路径不在数据目录内")
    return read_span(path, capture.warc_offset, capture.warc_length, capture.id)


def _day(moment: datetime) -> str:
    return clock.local(moment).date().isoformat()


def read_span(path: Path, offset: int, length: int, capture_id: str) -> bytes:
    """Those bytes of a file. Raises EvidenceError, naming the capture, when it does not hold so many."""
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
    value = record.rec_headers.get_header(REQUEST_LENGTH) or ""
    return int(value) if value.isdigit() else 0


def _file_members(path: Path) -> Iterator[tuple[int, int, str]]:
    """Where each gzip member of a WARC but its warcinfo lies, and its URL; digests checked. Read in pieces: what warcio
    held of a file whole stayed in memory until garbage was collected, and a large case is hundreds of them."""
    try:
        with path.open("rb") as handle, path.open("rb") as raw:
            iterator = ArchiveIterator(handle, check_digests=True)
            for record in iterator:
                while record.raw_stream.read(_PIECE):
                    pass
                sound = record.digest_checker.passed is not False
                kind, url = record.rec_type, record.rec_headers.get_header("WARC-Target-URI") or ""
                offset = iterator.get_record_offset()
                if not sound:
                    raise EvidenceError(f"{path.name} 里有一条记录的内容与哈希值不符")
                if kind != "warcinfo":
                    length = iterator.get_record_length()
                    _check_member(raw, offset, length)
                    yield offset, length, url
    except (ArchiveLoadFailed, ValueError, zlib.error) as exc:
        raise EvidenceError(f"{path.name} 已损坏") from exc


def _check_member(handle: BinaryIO, offset: int, length: int) -> None:
    """Is it one whole gzip member, its checksum right (digests do not cover the WARC headers)? Raises ValueError."""
    stream, size = zlib.decompressobj(zlib.MAX_WBITS + 16), 0
    handle.seek(offset)
    while length and not stream.eof:
        piece = handle.read(min(_PIECE, length))
        if not piece:
            break
        length -= len(piece)
        while piece and not stream.eof:
            size += len(stream.decompress(piece, _PIECE))
            piece = stream.unconsumed_tail
            if size > _MAX_RECORD:
                raise ValueError("unpacks without end")
    if length or not stream.eof or stream.unused_data:
        raise ValueError("not one whole gzip member")
