"""What of a posting a paper quotes beside its findings: the whole sentences in which their words stand."""

from __future__ import annotations

import re
from collections.abc import Iterable

#: A sentence ends behind these, or with its line.
_SENTENCE = re.compile(r"[^。！？!?；;\n]+[。！？!?；;]*[”’」』）)]*|\n")
#: A posting without any stop is one endless sentence: so much of it stands on either side of the words.
_BESIDE = 120
_LEFT_OUT = "……"


def excerpt(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """The sentences of `text` (masked as it is stored) that any of these spans (offsets in it) touches, in their order,
    each once; …… stands for what is left out between and of them. "" without spans."""
    wanted = sorted((start, end) for start, end in spans if 0 <= start < end <= len(text))
    runs: list[list[int]] = []
    for match in _SENTENCE.finditer(text):
        inside = [(start, end) for start, end in wanted if start < match.end() and match.start() < end]
        if not inside or match.group() == "\n":
            continue
        left = max(match.start(), min(start for start, _ in inside) - _BESIDE)
        right = min(match.end(), max(end for _, end in inside) + _BESIDE)
        if runs and not text[runs[-1][1] : left].strip():
            runs[-1][1] = right
        else:
            runs.append([left, right])
    if not runs:
        return ""
    said = _LEFT_OUT.join(" ".join(text[left:right].split()) for left, right in runs)
    before = _LEFT_OUT if text[: runs[0][0]].strip() else ""
    return before + said + (_LEFT_OUT if text[runs[-1][1] :].strip() else "")
