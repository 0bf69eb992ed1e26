# ruff: noqa: E501 (regular expressions: alternatives read better unbroken)
"""Words around a quote that take it away from its element: whose lessons, whose marks, whose money these are.

The four dimensions, article 17's elements, stages and sums are words of lists and values; each says something of this
training only where nobody denies it and it belongs to nobody else: 作业请回家写, 高考数学132 of the teacher, 护具租五元.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from classifier.atoms import atoms_of
from classifier.cues import DENIED, NOT_TAUGHT, pattern, set_out
from classifier.dimension_cues import DIMENSION_CUES
from classifier.evidence import Place, taken_back
from classifier.operator_cues import OPERATOR_CUES
from classifier.page_facts import of_page
from classifier.types import Span

#: Elements whose words are taken away by the denials of teaching, and those of content and method by more.
_DENIABLE = frozenset({*DIMENSION_CUES, *OPERATOR_CUES} - {"paid"})
_AROUND: dict[str, re.Pattern[str]] = {
    element: pattern(
        (
            *groups,
            *((DENIED,) if element in _DENIABLE else ()),
            *((NOT_TAUGHT,) if element in ("content", "method") else ()),
        )
    )
    for element, groups in (DIMENSION_CUES | OPERATOR_CUES).items()
}


def belongs(element: str, text: str, place: Place) -> bool:
    """Whether the words at a place may be quoted for an element: whole words, not denied, of this training."""
    told = atoms_of(text).told
    asked = element, place
    if asked not in told:
        told[asked] = _belongs(element, text, place)
    return told[asked]


def _belongs(element: str, text: str, place: Place) -> bool:
    start, end = place
    atoms = atoms_of(text)
    if atoms.of_another(start, end) or atoms.splits_name(start) or of_page(text, start, end):
        return False
    if atoms.splits_word(start, end) and element != "paid":
        return False
    if atoms.splits_number(start, end) and element not in ("paid", "place", "staff"):
        return False
    if element != "paid" and taken_back(text, start, end):
        return False
    around = _AROUND[element]
    start, end = atoms.whole(start, end)
    shown = set_out(text, start, end)
    return not around.search(shown) and not (_SET_APART.search(shown) and around.search(_LONE.sub("", shown)))


#: A poster's letters set apart: 不 谈 ⟦分数⟧.
_SET_APART = re.compile(r"(?:^|[^一-龥])[一-龥] [一-龥⟦]")
_LONE = re.compile(r"(?<=[一-龥]) (?=[一-龥⟦])")

_PLAIN = re.compile(r"[\u4e00-\u9fff]{2,}")


def misrepaired(raw: str, span: Span) -> bool:
    """Whether words were read out of two lines, or out of plain characters that belong to the number before them:
    大班 out of 18人一班, 口算 out of 按130扣算.
    """
    if span.text == span.restored or span.restored in span.text:
        return False
    before = raw[span.start - 1 : span.start] if span.start else ""
    if before == "【" and raw[span.end : span.end + 1] == "】" and _PLAIN.fullmatch(span.text):
        return True  # a shop's whole name, 【尚学】, is no 【小学】
    return "\n" in span.text.strip() or (before.isdigit() and _PLAIN.fullmatch(span.text) is not None)


def owned(element: str, text: str, places: Iterable[Place]) -> list[Place]:
    """The places that may be quoted for an element, grown to whole words and numbers."""
    return [atoms_of(text).whole(*place) for place in places if belongs(element, text, place)]
