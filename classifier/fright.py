"""The clauses of a text that frighten parents, as they are quoted."""

from __future__ import annotations

import re
from collections.abc import Sequence

from classifier.atoms import merge
from classifier.clauses import CLAUSE, LONGEST_CLAUSE, LONGEST_FRIGHT, MOST_PLACES, SHOWN, trimmed, whole
from classifier.document import Document
from classifier.evidence import Place
from classifier.loudness import clause_weights
from classifier.model import Model
from classifier.threats import calm, sure_threats, threats

_YOURS = re.compile(r"你|您|别人|人家|同桌|同班|隔壁|全班|孩子|娃|家长")
#: What addressing the reader weighs beside the model's own weights.
_ADDRESSED = 0.5


def frightening(model: Model, doc: Document) -> Sequence[tuple[int, int]]:
    """The clauses that frighten: those a rule names for sure, else the loudest of those that do so quietly.

    Where none does the model has judged the text as a whole: then its loudest clause, which is no proof by itself.
    """
    text = doc.text
    if sure := sure_threats(doc):
        said = merge(place for piece in sure for place in _whole_clauses(text, *piece))
        ends = {end for _, end in said}
        return merge(place if place[0] - 1 in ends else _not_half(text, *place) for place in said)[:MOST_PLACES]
    weights = clause_weights(model, doc, "anxiety")

    def loudness(place: Place) -> float:
        inside = [weight for (start, end), weight in weights.items() if place[0] <= start and end <= place[1]]
        return sum(inside) + _ADDRESSED * bool(_YOURS.search(text, *place))

    quiet = threats(doc) or [
        place for place in weights if not calm(text[slice(*place)]) and not _PLAIN_FACT.search(text, *place)
    ]
    return [_said_out(text, max(quiet, key=loudness))] if quiet else []


#: What a price, an hour or a day says frightens nobody.
_PLAIN_FACT = re.compile(
    r"\d{3,}|\d\s*[:：点]|[元块费价]|上课|开[课班]|下课|[一每][期节次科]|(?:[班课营]|集训|辅导|语文|数学|英语|物理|化学)$"
)
#: 尊敬的家长: and the like in front of what frightens.
_GREETING = re.compile(r"(?:尊敬的|亲爱的|各位|致)?[^:：,，]{0,6}(?:家长|妈妈|爸爸|朋友)们?[:：]\s*")
#: A clause as short as this says only half.
_HALF = 12


def _said_out(text: str, place: tuple[int, int]) -> tuple[int, int]:
    """A frightening clause without its greeting, and with the one behind it where it is but a beginning."""
    start, end = place
    if greeting := _GREETING.match(text, start, end):
        start = greeting.end() if greeting.end() < end else start
    if end - start <= _HALF and text[end : end + 1] in ("，", ","):
        after = CLAUSE.match(text, end + 1)
        if after and after.end() - start <= LONGEST_CLAUSE + 4 and not calm(after.group()):
            end = after.end()
    return start, end


#: 您孩子在哪一半, 还有救吗: what is asked stands before it.
_ASKED = 9


def _not_half(text: str, start: int, end: int) -> tuple[int, int]:
    """A frightening clause that is short, with the one before it; one that ends in a short clause, with the next."""
    if end - start <= _ASKED and start > 1 and text[start - 1] in "，,":
        before = next((m for m in SHOWN.finditer(text) if m.end() == start - 1), None)
        if before and end - before.start() <= LONGEST_FRIGHT and not calm(before.group()):
            start = trimmed(text, before.start(), end)[0]
    last = max(text.rfind(mark, start, end) for mark in "；;，,")
    if last >= start and end - last <= _ASKED - 3 and text[end : end + 1] in ("，", ","):
        after = SHOWN.match(text, end + 1)
        if after and after.end() - start <= LONGEST_FRIGHT and not calm(after.group()):
            end = after.end()
    return start, end


def _whole_clauses(text: str, start: int, end: int) -> Sequence[tuple[int, int]]:
    """A place grown to its clauses: as one where that is not too long to quote, else each by itself."""
    clauses = [match.span() for match in SHOWN.finditer(text) if match.start() < end and start < match.end()]
    if len(clauses) < 2 or clauses[-1][1] - clauses[0][0] <= LONGEST_FRIGHT:
        return [whole(text, start, end, longest=LONGEST_FRIGHT)]
    return [whole(text, max(start, low), min(end, high), longest=LONGEST_FRIGHT) for low, high in clauses]
