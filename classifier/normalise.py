"""Text as published in, text as meant out: folded, unhidden, every character traceable to the original."""

from __future__ import annotations

import re

from classifier.fold import Folded, fold
from classifier.restore import restore

#: What is read at once; a longer body is read in parts (parts.py).
LIMIT = 20_000
#: Blanks and line ends in a row that are kept; nothing is said by more, and patterns would crawl over them.
MOST_BLANKS = 12
_BLANKS = re.compile(rf"(?<=\s{{{MOST_BLANKS}}})\s+")
#: Without one of these there is no such run; a look that costs next to nothing.
_TWO = ("  ", "\n\n", " \n")


def normalise(raw: str) -> Folded:
    """Fold and restore; any str is taken, lone surrogates and NUL included."""
    return restore(_closed_up(fold(raw[:LIMIT])))


def _closed_up(folded: Folded) -> Folded:
    """Without the blanks beyond MOST_BLANKS of each run."""
    runs = list(_BLANKS.finditer(folded.text)) if any(two in folded.text for two in _TWO) else []
    if not runs:
        return folded
    text: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    edges = [0, *(edge for run in runs for edge in run.span()), len(folded.text)]
    for low, high in zip(edges[::2], edges[1::2], strict=True):
        text.append(folded.text[low:high])
        starts.extend(folded.starts[low:high])
        ends.extend(folded.ends[low:high])
    return Folded(raw=folded.raw, text="".join(text), starts=starts, ends=ends)
