"""A text in pieces as short as one claim, and the columns a piece is weighed by."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator

import numpy as np

from classifier.evidence import Place

#: Columns that character n-grams are thrown into by their checksum; two that share one are no harm among so many.
COLUMNS = 1 << 18
#: n-grams of one to so many characters.
LONGEST_GRAM = 4
#: A sentence up to this is one piece; a longer one is cut at its commas into pieces about this long.
LONGEST_PIECE = 36
CUT_AT = 26
SHORTEST_PIECE = 3
#: Of a very long text only the first pieces are read.
MOST_PIECES = 60
_SENTENCE = re.compile(r"[^。！？；!?;\n|]+[？?！!]?")
_PART = re.compile(r"[^,，、~ ]+[,，、~ ]*")
#: Whose child, how many and which address do not change what is claimed.
_ALIKE = (
    (re.compile(r"孩子|娃儿?|宝贝|宝宝|小孩|崽|伢子?|闺女|儿子|女儿|小朋友"), "童"),
    (re.compile(r"\d+(?:\.\d+)?|[一二三四五六七八九十百千两几]{2,}"), "0"),
    (re.compile(r"您"), "你"),
)


def pieces_of(text: str) -> list[Place]:
    """Places of the pieces of a restored text, in order, none over a line or a sentence; at least one of a text that
    is not blank."""
    found: list[Place] = []
    for match in _SENTENCE.finditer(text):
        found += _cut(text, *match.span())
        if len(found) >= MOST_PIECES:
            return found[:MOST_PIECES]
    return found or ([(0, min(len(text), LONGEST_PIECE))] if text.strip() else [])


def _cut(text: str, start: int, end: int) -> Iterator[Place]:
    if end - start > LONGEST_PIECE:
        head = start
        for part in _PART.finditer(text, start, end):
            if part.end() - head > CUT_AT and part.start() > head:
                yield from _worth(text, head, part.start())
                head = part.start()
        start = head
    yield from _worth(text, start, end)


def _worth(text: str, start: int, end: int) -> Iterator[Place]:
    if len(text[start:end].strip()) >= SHORTEST_PIECE:
        yield start, end


def columns(piece: str) -> np.ndarray:
    """The columns of a piece's n-grams, each once, in order."""
    for pattern, same in _ALIKE:
        piece = pattern.sub(same, piece)
    data = piece.strip()
    crc = zlib.crc32
    grams = {data[at : at + size] for size in range(1, LONGEST_GRAM + 1) for at in range(len(data) - size + 1)}
    return np.array(sorted({crc(gram.encode()) % COLUMNS for gram in grams}), dtype=np.int32)
