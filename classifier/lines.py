"""JSONL in and out: lines as they come, each made a posting or the error that stands in its place.

Nothing a file may hold ends the reading: what is no line of ours becomes an error line, and so many lines come out as
went in.
"""

from __future__ import annotations

import json
import select
from collections.abc import Iterator
from typing import IO, Any, NamedTuple

from classifier.errors import PostingError
from classifier.types import Posting

#: Lines answered together: enough for batches to pay.
CHUNK = 256
#: Fewer when they are long, so that what is held in memory does not grow with them.
CHUNK_BYTES = 2**20
#: Longer lines are refused unread; a text of five million characters fits, however it is escaped.
LONGEST = 32 * 2**20
_BLOCK = 2**18
#: Seconds a pipe may pause before what was read so far is answered.
_PAUSE = 0.05
_BOM = b"\xef\xbb\xbf"


class Line(NamedTuple):
    """A line without its end; `data` is None where it was too long to keep."""

    number: int
    data: bytes | None

    @property
    def text(self) -> str:
        """Decoded, "" where it is too long or no UTF-8. A mark of byte order, as Windows programs write it, is left
        out."""
        try:
            return (self.data or b"").removeprefix(_BOM).decode("utf-8")
        except UnicodeDecodeError:
            return ""


def lines(file: IO[bytes]) -> Iterator[Line]:
    """Every line of a file."""
    return (line for line in _lines(file) if line is not None)


def chunks(file: IO[bytes]) -> Iterator[list[Line]]:
    """Lines to be answered together; an empty chunk whenever the file, a pipe, has no more for the moment.

    At most CHUNK lines, and no more once they hold CHUNK_BYTES.
    """
    chunk: list[Line] = []
    size = 0
    for line in _lines(file):
        if line is not None:
            chunk.append(line)
            size += len(line.data or b"")
        if chunk and (line is None or len(chunk) >= CHUNK or size >= CHUNK_BYTES):
            yield chunk
            chunk, size = [], 0
        if line is None:
            yield []
    if chunk:
        yield chunk


def _lines(file: IO[bytes]) -> Iterator[Line | None]:
    """Lines, and None before a wait for more of them."""
    # What is buffered or comes next, without waiting for so many bytes; every binary file that click opens has it.
    read = getattr(file, "read1", file.read)
    number, begun, held = 0, list[bytes](), 0
    while True:
        if not _ready(file):
            yield None
        block: bytes = read(_BLOCK)
        *ended, rest = block.split(b"\n")
        for piece in ended:
            number += 1
            held += len(piece)
            yield Line(number, b"".join([*begun, piece]).rstrip(b"\r") if held <= LONGEST else None)
            begun, held = [], 0
        held += len(rest)
        if rest and held <= LONGEST:
            begun.append(rest)
        elif held > LONGEST:
            begun = []
        if not block:
            break
    if held:
        yield Line(number + 1, b"".join(begun).rstrip(b"\r") if held <= LONGEST else None)


def _ready(file: IO[bytes]) -> bool:
    """Whether reading would not have to wait; true of what cannot be asked (bytes in memory)."""
    try:
        return bool(select.select([file], [], [], _PAUSE)[0])
    except (OSError, ValueError, TypeError):
        return True


def parse(line: Line) -> Posting | dict[str, Any]:
    """A posting, or the error object that stands in its place."""
    text, row = line.text, None
    try:
        row = json.loads(text)
        return Posting.from_dict(row)
    except PostingError as error:
        answer: dict[str, Any] = {"id": row["id"]} if isinstance(row, dict) and isinstance(row.get("id"), str) else {}
        return {**answer, "line": line.number, "error": error.message}
    except (ValueError, RecursionError):  # JSONDecodeError, and numbers of thousands of digits
        return {"line": line.number, "error": _fault(line, text)}


def _fault(line: Line, text: str) -> str:
    """Why a line is no JSON."""
    if line.data is None:
        return f"这一行超过 {LONGEST // 2**20} MB，没有读"
    if not line.data.removeprefix(_BOM).strip():
        return "空行"
    return "不是 JSON" if text else "不是 UTF-8 编码的文字"


def dump(row: dict[str, Any]) -> bytes:
    """One JSON line in UTF-8; lone surrogates, which it cannot carry, stay escaped."""
    try:
        return json.dumps(row, ensure_ascii=False).encode() + b"\n"
    except UnicodeEncodeError:
        return json.dumps(row).encode() + b"\n"
