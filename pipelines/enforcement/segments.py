"""Text and findings → ordered pieces for the page, overlapping spans cut at their borders."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Mark:
    """One span of one finding, as code-point offsets into the assessed text."""

    start: int
    end: int
    #: Index of the finding on the page, from 0.
    finding: int
    #: De-obfuscated form; equal to the text where nothing was hidden.
    restored: str


@dataclass(frozen=True, kw_only=True)
class Segment:
    """A piece of text under the same marks throughout; no marks means plain text."""

    text: str
    marks: tuple[Mark, ...]

    @property
    def findings(self) -> tuple[int, ...]:
        """The findings that mark this piece, each once, strongest first."""
        return tuple(sorted({mark.finding for mark in self.marks}))


def marks_of(findings: Sequence[Mapping[str, Any]], length: int) -> tuple[Mark, ...]:
    """The spans of all findings that lie inside a text of this length, in order; odd ones are left out."""
    found = []
    for index, finding in enumerate(findings):
        for span in finding.get("spans", ()):
            start, end = span.get("start"), span.get("end")
            if isinstance(start, int) and isinstance(end, int) and 0 <= start < end <= length:
                found.append(Mark(start=start, end=end, finding=index, restored=str(span.get("restored", ""))))
    return tuple(sorted(found, key=lambda mark: (mark.start, mark.end, mark.finding)))


def cut(text: str, marks: Iterable[Mark], *, start: int = 0, end: int | None = None) -> tuple[Segment, ...]:
    """The pieces of text[start:end]; joined they are exactly that text."""
    stop = len(text) if end is None else min(end, len(text))
    inside = [mark for mark in marks if mark.start < stop and mark.end > start]
    borders = {start, stop}
    for mark in inside:
        borders |= {max(mark.start, start), min(mark.end, stop)}
    points = sorted(borders)
    pieces = []
    for left, right in pairwise(points):
        over = tuple(mark for mark in inside if mark.start <= left and mark.end >= right)
        pieces.append(Segment(text=text[left:right], marks=over))
    return tuple(pieces)


def snippet(text: str, marks: Sequence[Mark], *, start: int = 0, width: int = 110) -> tuple[Segment, ...]:
    """About `width` characters of text[start:] around its first mark, with ellipses where cut."""
    first = next((mark for mark in marks if mark.start >= start), None)
    left = start if first is None or first.start - start < width // 3 else first.start - width // 4
    right = min(len(text), left + width)
    pieces = list(cut(text, marks, start=left, end=right))
    if left > start:
        pieces.insert(0, Segment(text="…", marks=()))
    if right < len(text):
        pieces.append(Segment(text="…", marks=()))
    return tuple(Segment(text=_one_line(piece.text), marks=piece.marks) for piece in pieces)


def _one_line(text: str) -> str:
    return text.replace("\r", " ").replace("\n", " ")
