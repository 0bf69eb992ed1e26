"""The one ZIP form of our packages: entries sorted, stored, fixed dates, no comment or extra fields. What begins past
4 GiB is told in ZIP64: its offset, and that of the directory, and nothing else; below that the form has none of it.

The form has no freedom: names and contents decide every byte. So a checker that lists the entries of a file, writes the
form again from their contents and finds the same bytes has covered every byte of the file, headers included.
"""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import BinaryIO

from pipelines.errors import EvidenceError

_LOCAL = struct.Struct("<4s5H3I2H")
_CENTRAL = struct.Struct("<4s6H3I5H2I")
_END = struct.Struct("<4s4H2IH")
#: ZIP64: the extra field of an entry that begins past the limit, the end record and where that lies.
_FAR = struct.Struct("<2HQ")
_FAR_END = struct.Struct("<4sQ2H2I4Q")
_FAR_PLACE = struct.Struct("<4sIQI")
#: UTF-8 names.
_FLAGS = 0x800
_VERSION, _FAR_VERSION = 20, 45
_MADE_BY = (3 << 8) | _VERSION
#: 1980-01-01 00:00, the first moment a ZIP can name.
_DATE, _TIME = 0x21, 0
#: A plain file, rw-r--r--; so no entry can be a link or a folder.
_ATTRIBUTES = 0o100644 << 16
_CHUNK = 1 << 20
#: Stands in a field of 32 bits that holds no value; the value stands in ZIP64.
_ELSEWHERE = 0xFFFFFFFF
#: Offsets from here on are told in ZIP64.
_FAR_FROM = _ELSEWHERE
#: One file: no record of a capture is near it.
MAX_FILE = 0xFFFFFFFE
_MAX_BYTES = 1 << 40
_MAX_ENTRIES = 0xFFFF - 1
_MAX_DIRECTORY = 64 << 20
_MAX_NAME = 512


class NotCanonical(EvidenceError):
    """不是规范的证据包 ZIP。"""

    def __init__(self, message: str | None = None, *, name: str = "") -> None:
        super().__init__(message)
        #: The entry concerned, "" when it is the ZIP itself.
        self.name = name


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One file of a package as its ZIP directory names it; nothing in it is believed before `differences` agrees."""

    name: str
    #: Where its content begins in the ZIP.
    start: int
    size: int


@dataclass(frozen=True, kw_only=True)
class Difference:
    """A place where the file is not what its contents demand."""

    #: Entry concerned, or "" for the directory at the end.
    name: str
    offset: int
    #: The entry does not lie where its turn is; nothing was read then.
    misplaced: bool = False


def write_zip(out: BinaryIO, contents: Iterable[tuple[str, Path]]) -> None:
    """Write the canonical ZIP of these files. Raises EvidenceError for a name twice or files too large or too
    many."""
    rows = sorted((_encoded(name), path) for name, path in contents)
    if len({name for name, _ in rows}) != len(rows):
        raise EvidenceError("证据包里有重名文件")
    sizes = [path.stat().st_size for _, path in rows]
    if len(rows) > _MAX_ENTRIES or sum(sizes) > _MAX_BYTES - _MAX_DIRECTORY or max(sizes, default=0) > MAX_FILE:
        raise EvidenceError("案件材料超过 1 TiB 或 65534 个文件，或者单个文件超过 4 GiB，请分案导出")
    directory, offset = [], 0
    for name, path in rows:
        with path.open("rb") as handle:
            size, crc = _measure(handle)
            handle.seek(0)
            out.write(_local_header(name, size, crc))
            if _copy(handle, out) != size:
                raise EvidenceError(f"打包时文件 {path.name} 在变化")
        directory.append(_central_header(name, size, crc, offset))
        offset += _LOCAL.size + len(name) + size
    out.write(b"".join(directory) + _end_record(len(directory), sum(map(len, directory)), offset))


def read_entries(source: BinaryIO) -> tuple[Entry, ...]:
    """The entries by the directory at the very end of the file. Raises NotCanonical saying where it breaks."""
    size = source.seek(0, io.SEEK_END)
    if size < _END.size:
        raise NotCanonical("文件太短，不是 ZIP")
    source.seek(size - _END.size)
    mark, disk, first_disk, here, total, length, start, comment = _END.unpack(source.read(_END.size))
    if mark != b"PK\x05\x06":
        raise NotCanonical("文件末尾不是 ZIP 目录：被截断、改动，或后面附加了内容")
    if disk or first_disk or here != total or comment:
        raise NotCanonical("ZIP 末尾记录被改动")
    ends = _END.size
    if start == _ELSEWHERE:
        start, ends = _far_start(source, size, total, length), _FAR_END.size + _FAR_PLACE.size + _END.size
    if start + length + ends != size or length > _MAX_DIRECTORY:
        raise NotCanonical("ZIP 目录的位置不对：前面或中间插入了内容，或末尾记录被改动")
    source.seek(start)
    return tuple(_parse_directory(source.read(length), total, start))


def _far_start(source: BinaryIO, size: int, total: int, length: int) -> int:
    """Where the directory begins, by the ZIP64 end record right before the end. Raises NotCanonical."""
    at = size - _END.size - _FAR_PLACE.size - _FAR_END.size
    if at < 0:
        raise NotCanonical("ZIP 末尾记录被改动")
    source.seek(at)
    start = int(_FAR_END.unpack(source.read(_FAR_END.size))[-1])
    # Whatever else stands there is compared when the form is rebuilt; this alone is needed to read on.
    source.seek(at)
    if start > size or source.read(_FAR_END.size + _FAR_PLACE.size) != _far_end(total, length, start):
        raise NotCanonical("ZIP64 末尾记录被改动")
    return start


def differences(source: BinaryIO, entries: tuple[Entry, ...]) -> list[Difference]:
    """Where the file differs from the canonical form rebuilt from its own entries; [] means not one byte is free.

    Contents are read only once the entries are known to lie one after another, so hostile overlaps cost nothing.
    """
    rows = sorted((_encoded(entry.name), entry) for entry in entries)
    misplaced = list(_misplaced(rows))
    if misplaced:
        return misplaced
    found, directory, offset = [], [], 0
    for name, entry in rows:
        crc = _crc_of_range(source, entry)
        if not _same(source, offset, _local_header(name, entry.size, crc)):
            found.append(Difference(name=entry.name, offset=offset))
        directory.append((entry.name, _central_header(name, entry.size, crc, offset)))
        offset = entry.start + entry.size
    start = offset
    for entry_name, header in directory:
        if not _same(source, offset, header):
            found.append(Difference(name=entry_name, offset=offset))
        offset += len(header)
    end = _end_record(len(directory), offset - start, start)
    if not _same(source, offset, end) or source.seek(0, io.SEEK_END) != offset + len(end):
        found.append(Difference(name="", offset=offset))
    return found


class EntryReader(io.RawIOBase):
    """The content of one entry as a readable stream that cannot leave its range."""

    def __init__(self, source: BinaryIO, entry: Entry) -> None:
        self._source = source
        self._start = entry.start
        self._size = entry.size
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        begin = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        self._at = min(max(begin + offset, 0), self._size)
        return self._at

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # RawIOBase's stub names no buffer type
        want = min(len(buffer), self._size - self._at)
        self._source.seek(self._start + self._at)
        data = self._source.read(want)
        buffer[: len(data)] = data
        self._at += len(data)
        return len(data)


def open_entry(source: BinaryIO, entry: Entry) -> io.BufferedReader:
    """The entry's content, buffered."""
    return io.BufferedReader(EntryReader(source, entry))


def chunks(handle: BinaryIO | io.BufferedReader) -> Iterator[bytes]:
    """The rest of a stream, a mebibyte at a time."""
    return iter(partial(handle.read, _CHUNK), b"")


def _misplaced(rows: list[tuple[bytes, Entry]]) -> Iterator[Difference]:
    offset = 0
    for name, entry in rows:
        if entry.start != offset + _LOCAL.size + len(name):
            yield Difference(name=entry.name, offset=entry.start, misplaced=True)
        offset += _LOCAL.size + len(name) + entry.size


def _parse_directory(data: bytes, total: int, end_of_contents: int) -> Iterator[Entry]:
    at = 0
    for number in range(1, total + 1):
        if at + _CENTRAL.size > len(data):
            raise NotCanonical(f"ZIP 目录第 {number} 项不完整")
        fields = _CENTRAL.unpack_from(data, at)
        mark, stored, size, length, extra, local = *(fields[place] for place in (0, 4, 9, 10, 11)), fields[16]
        raw = data[at + _CENTRAL.size : at + _CENTRAL.size + length]
        if mark != b"PK\x01\x02" or not 0 < len(raw) <= _MAX_NAME or len(raw) != length:
            raise NotCanonical(f"ZIP 目录第 {number} 项被改动")
        try:
            name = raw.decode("utf-8")
        except UnicodeDecodeError as exc:
            raise NotCanonical(f"ZIP 目录第 {number} 项的文件名不是 UTF-8") from exc
        if local == _ELSEWHERE and extra == _FAR.size and at + _CENTRAL.size + length + extra <= len(data):
            local = _FAR.unpack_from(data, at + _CENTRAL.size + length)[2]
        elif extra:
            stored = -1
        if stored != 0 or fields[8] != size or fields[12]:
            raise NotCanonical(f"ZIP 目录里 {name} 的记录被改动，或含压缩、附加内容", name=name)
        start = local + _LOCAL.size + length
        if start + size > end_of_contents:
            raise NotCanonical(f"ZIP 目录里 {name} 的位置或长度被改动", name=name)
        yield Entry(name=name, start=start, size=size)
        at += _CENTRAL.size + length + extra
    if at != len(data):
        raise NotCanonical("ZIP 目录之后有多余内容")


def _encoded(name: str) -> bytes:
    return name.encode("utf-8")


def _local_header(name: bytes, size: int, crc: int) -> bytes:
    return _LOCAL.pack(b"PK\x03\x04", _VERSION, _FLAGS, 0, _TIME, _DATE, crc, size, size, len(name), 0) + name


def _central_header(name: bytes, size: int, crc: int, offset: int) -> bytes:
    far = offset >= _FAR_FROM
    extra = _FAR.pack(1, 8, offset) if far else b""
    needs = _FAR_VERSION if far else _VERSION
    head = (b"PK\x01\x02", _MADE_BY, needs, _FLAGS, 0, _TIME, _DATE, crc, size, size, len(name), len(extra))
    return _CENTRAL.pack(*head, 0, 0, 0, _ATTRIBUTES, _ELSEWHERE if far else offset) + name + extra


def _end_record(count: int, length: int, start: int) -> bytes:
    far = start >= _FAR_FROM
    end = _END.pack(b"PK\x05\x06", 0, 0, count, count, length, _ELSEWHERE if far else start, 0)
    return (_far_end(count, length, start) if far else b"") + end


def _far_end(count: int, length: int, start: int) -> bytes:
    """The ZIP64 end record and where it lies."""
    versions = (_FAR_END.size - 12, _MADE_BY, _FAR_VERSION)
    record = _FAR_END.pack(b"PK\x06\x06", *versions, 0, 0, count, count, length, start)
    return record + _FAR_PLACE.pack(b"PK\x06\x07", 0, start + length, 1)


def _measure(handle: BinaryIO | io.BufferedReader) -> tuple[int, int]:
    size = crc = 0
    for chunk in chunks(handle):
        size += len(chunk)
        crc = zlib.crc32(chunk, crc)
    return size, crc


def _copy(handle: BinaryIO | io.BufferedReader, out: BinaryIO) -> int:
    return sum(out.write(chunk) for chunk in chunks(handle))


def _crc_of_range(source: BinaryIO, entry: Entry) -> int:
    return _measure(open_entry(source, entry))[1]


def _same(source: BinaryIO, offset: int, expected: bytes) -> bool:
    source.seek(offset)
    return source.read(len(expected)) == expected
