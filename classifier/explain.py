"""Why: the words a head rests on, as places in the restored text and then in the original."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import numpy as np
import rjieba

from classifier.document import Document
from classifier.evidence import taken_back, within_lines
from classifier.fold import Folded
from classifier.model import HEADS, Model
from classifier.types import Span

_CLAUSE = re.compile(r"[^，。！？；,.!?;\n~、|]+")
#: A clause as shown: a decimal point does not end it.
_SHOWN = re.compile(r"(?:[^，。！？；,.!?;\n~|…【】「」]|(?<=\d)[.,](?=\d))+")
MOST_SPANS = 5
#: Of one signal at most this many places are shown, the surest first.
MOST_PLACES = 3
#: Longer clauses are not shown whole, only the words that fired.
LONGEST_CLAUSE = 26
#: Signals that only a whole clause makes plain.
CLAUSE_SIGNALS = frozenset(
    {"fear", "guarantee", "endorsement", "exaggerated", "exam_insider", "school_link", "teacher_public"}
)
#: Lists to point at for an academic finding.
ACADEMIC_LISTS = (
    "subject_chinese", "subject_maths", "subject_foreign", "subject_science", "subject_arts", "subject_all",
    "homework", "stage_preschool", "stage_primary", "stage_junior", "stage_senior",
)  # fmt: skip


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
    """Original spans of places in the restored text, at most a handful, in order, none twice.

    None runs over a line end: what a rule read from title and text together is shown as two places.
    """
    pieces = within_lines(folded.text, merge(places))[:most]
    spans = {folded.span(start, end) for start, end in pieces}
    return tuple(sorted(spans))


def heaviest_clause(model: Model, doc: Document, head: str) -> tuple[int, int] | None:
    """The clause whose characters speak loudest for a head; None when none does."""
    column = HEADS.index(head)
    weights: np.ndarray = model.weights[:, column]
    text = re.sub(r"\d", "0", doc.text)
    clauses = [match.span() for match in _CLAUSE.finditer(text)]
    if not clauses:
        return None
    owners, columns = model.vectoriser.vocabulary.characters([text[start:end] for start, end in clauses])
    totals = np.bincount(owners, weights[columns] * model.vectoriser.idf[columns], minlength=len(clauses))
    if totals.max() <= 0:
        return None
    best = clauses[int(totals.argmax())]
    start, end = _trimmed(text, best[0], best[1])
    return (start, end) if end > start else None


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


def whole(text: str, start: int, end: int, *, clause: bool) -> tuple[int, int]:
    """A place grown to whole words, or to its whole clause when asked for and that is short enough."""
    first, last = start, end
    for match in _SHOWN.finditer(text):
        if match.end() <= start:
            continue
        if match.start() >= end:
            break
        first, last = min(first, match.start()), max(last, match.end())
    if clause and last - first <= LONGEST_CLAUSE:
        return _trimmed(text, first, last)
    place = first
    for word in rjieba.cut(text[first:last]):
        after = place + len(word)
        if place < start < after and start - place <= 3:
            start = place
        if place < end < after and after - end <= 3:
            end = after
        place = after
    return _trimmed(text, start, end)


def places_of(model: Model, doc: Document, signal: str) -> Sequence[tuple[int, int]]:
    """Where a signal's finding rests: its surest rule hits, as whole words or clauses.

    Fear alone may be told by the model from a whole clause that no rule names.
    """
    name = "fear" if signal == "anxiety" else signal
    hits = sorted(doc.named(name), key=lambda hit: (-hit.strength, hit.start))
    if hits:
        floor = hits[0].strength / 2
        chosen = [hit for hit in hits if hit.strength >= floor][:MOST_PLACES]
        return merge(whole(doc.text, hit.start, hit.end, clause=name in CLAUSE_SIGNALS) for hit in chosen)
    clause = heaviest_clause(model, doc, signal) if signal == "anxiety" else None
    return [clause] if clause else []


def academic_places(model: Model, doc: Document, head: str) -> Sequence[tuple[int, int]]:
    """The words of subject, homework and stage that the text does not deny; else the clause that spoke loudest."""
    words = [
        place for theme in ACADEMIC_LISTS for place in doc.words.get(theme, ())[:2] if not taken_back(doc.text, *place)
    ]
    if words and head == "academic":
        return words[:8]
    clause = heaviest_clause(model, doc, head)
    return [clause] if clause else []
