"""Why: the words a head rests on, as places in the restored text and then in the original."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from classifier.document import Document
from classifier.fold import Folded
from classifier.model import HEADS, Model
from classifier.types import Span

_CLAUSE = re.compile(r"[^，。！？；,.!?;\n~、|]+")
MOST_SPANS = 5

#: Lists to point at for a head, tried after its own rule hits.
LISTS: Mapping[str, tuple[str, ...]] = {
    "academic": (
        "subject_chinese", "subject_maths", "subject_foreign", "subject_science", "subject_arts", "subject_all",
        "homework", "stage_preschool", "stage_primary", "stage_junior", "stage_senior",
    ),
    "anxiety": ("anxiety",),
    **{f"signal:{name}": (name,) for name in ("loan", "exam_insider", "foreign_teacher_abroad", "preschool_academic")},
}  # fmt: skip


def merge(places: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Places in order, overlapping ones joined."""
    joined: list[tuple[int, int]] = []
    for start, end in sorted(places):
        if joined and start < joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined


def to_spans(folded: Folded, places: Iterable[tuple[int, int]], most: int = MOST_SPANS) -> tuple[Span, ...]:
    """Original spans of places in the restored text, at most a handful, in order, none twice."""
    spans = {folded.span(start, end) for start, end in merge(places)[:most] if end > start}
    return tuple(sorted(spans))


def heaviest_clause(model: Model, doc: Document, head: str) -> tuple[int, int] | None:
    """The clause whose characters speak loudest for a head; None when none does."""
    column = HEADS.index(head)
    index: dict[str, int] = model.vectoriser._index  # type: ignore[attr-defined]
    weights: np.ndarray = model.weights[:, column]
    text = re.sub(r"\d", "0", doc.text)
    best: tuple[float, int, int] | None = None
    for match in _CLAUSE.finditer(text):
        start, end = match.span()
        total = 0.0
        for size in (1, 2, 3):
            for place in range(start, end - size + 1):
                gram = index.get("c" + text[place : place + size])
                if gram is not None:
                    total += float(weights[gram]) * float(model.vectoriser.idf[gram])
        if total > 0 and (best is None or total > best[0]):
            best = (total, start, end)
    if best is None:
        return None
    _, start, end = best
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return (start, end) if end > start else None


def places_for(model: Model, doc: Document, head: str) -> Sequence[tuple[int, int]]:
    """Where a head's finding rests: its rule hits, else its list's words, else the heaviest clause."""
    name = "fear" if head == "anxiety" else head.partition(":")[2]
    hits = sorted(doc.named(name), key=lambda hit: -hit.strength) if name else []
    if hits:
        return [(hit.start, hit.end) for hit in hits[:MOST_SPANS]]
    for theme in LISTS.get(head, ()):
        if theme in doc.words and head != "academic":
            return list(doc.words[theme])[:MOST_SPANS]
    if head == "academic":
        words = [place for theme in LISTS["academic"] for place in doc.words.get(theme, ())[:2]]
        if words:
            return words[:8]
    clause = heaviest_clause(model, doc, head)
    return [clause] if clause else []
