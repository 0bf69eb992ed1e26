"""One text, read once: restored, its list words and rule hits found, its contacts masked for the model."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import NamedTuple

import ahocorasick_rs

from classifier.fold import Folded
from classifier.lexicon import themes
from classifier.normalise import normalise
from classifier.reported import unread
from classifier.rules import find_hits
from classifier.rules.prefilter import Scan, scanned
from classifier.types import Hit

_PLAIN_CONTACT = (
    r"1[3-9][\dx*]{1,2}[-\s]?[\dx*]{4}[-\s]?[\dx*]{4}|0\d{2,3}[-\s]?[\dx*]{7,8}|[48]00[-\s]?[\dx*]{3,4}[-\s]?[\dx*]{3,4}|\d{7,}"
    r"|(?<=[:：])\s*[a-z][a-z0-9_-]{5,19}|https?://\S+"
)
_CONTACT = re.compile(_PLAIN_CONTACT)
#: Mail addresses may begin at any letter, which makes this one slow: for texts with the sign alone.
_CONTACT_OR_MAIL = re.compile(rf"{_PLAIN_CONTACT}|[\w.-]+@[\w-]+\.\w+")
#: Without one of these there is no contact, no number and no mask.
_MAY_MASK = re.compile(r"[\da-z*@]")
#: 五十三岁 is not 三岁.
_TO_NINE = frozenset("一二三四五六七八九")
#: A year of school and half of it (三上) is none in 高三上学期, 大三下, 周三下午, 第三上, nor in 三上午.
_NO_YEAR_BEFORE = frozenset("高初大研周期拜第十月几节")
_NO_YEAR_AFTER = frozenset("午课班门来去面点车楼线旬手户岸海")
_DIGITS = re.compile(r"\d+(?:\.\d+)?")
_MASKS = re.compile(r"(?<![a-z])x+(?![a-z])|\*+")


@dataclass(frozen=True, kw_only=True)
class Document:
    """A posting's body as the classifier sees it; offsets of everything are offsets of `text`."""

    folded: Folded
    #: theme → (start, end) of its words
    words: Mapping[str, Sequence[tuple[int, int]]]
    hits: Sequence[Hit]
    #: which patterns may match in `text`
    scan: Scan = field(repr=False, compare=False)

    @property
    def text(self) -> str:
        return self.folded.text

    def named(self, name: str) -> list[Hit]:
        """The rule hits of one name."""
        return [hit for hit in self.hits if hit.name == name]


class _Search(NamedTuple):
    """One automaton over all themes' words, the themes of each word, and whether what stands around it matters."""

    words: ahocorasick_rs.AhoCorasick
    themes: Sequence[tuple[str, ...]]
    doubtful: Sequence[bool]


@cache
def _search() -> _Search:
    owners: dict[str, list[str]] = {}
    for theme, words in themes().items():
        for word in words:
            owners.setdefault(word, []).append(theme)
    ordered = sorted(owners)
    return _Search(
        words=ahocorasick_rs.AhoCorasick(ordered),
        themes=[tuple(owners[word]) for word in ordered],
        doubtful=[word[0].isascii() or word[0] in _TO_NINE for word in ordered],
    )


def _clean(text: str, start: int, end: int) -> bool:
    """Latin and digit words must not be cut out of longer runs (985 in a price, ket in market)."""
    first, last = text[start], text[end - 1]
    if first.isascii() and first.isalnum() and start and text[start - 1].isascii() and text[start - 1].isalnum():
        return False
    if last.isascii() and last.isalnum() and end < len(text):
        after = text[end]
        return not (after.isascii() and after.isalnum())
    return True


def _cut_out(text: str, start: int, end: int) -> bool:
    """Whether a word that begins with a numeral belongs to a longer number or to another compound."""
    if text[start] not in _TO_NINE:
        return False
    before = text[start - 1 : start]
    if before == "十":
        return True
    half = end - start == 2 and text[end - 1] in "上下"
    return half and (before in _NO_YEAR_BEFORE or text[end : end + 1] in _NO_YEAR_AFTER)


def find_words(text: str) -> dict[str, list[tuple[int, int]]]:
    """Every theme word in the text, overlapping ones too."""
    search = _search()
    found: dict[str, list[tuple[int, int]]] = {}
    for number, start, end in search.words.find_matches_as_indexes(text, overlapping=True):
        if search.doubtful[number] and (
            (text[start].isascii() and not _clean(text, start, end)) or _cut_out(text, start, end)
        ):
            continue
        for theme in search.themes[number]:
            if theme in found:
                found[theme].append((start, end))
            else:
                found[theme] = [(start, end)]
    return found


def read(body: str) -> Document:
    """Normalise a body, leave out advertisements of others told of in it, and find everything in the rest."""
    folded = unread(normalise(body))
    with scanned(folded.text) as scan:
        return Document(folded=folded, words=find_words(folded.text), hits=find_hits(folded.text), scan=scan)


def masked(text: str) -> str:
    """The text the n-grams are made of: no contacts, no particular numbers, no line breaks."""
    if _MAY_MASK.search(text):
        text = (_CONTACT_OR_MAIL if "@" in text else _CONTACT).sub("§", text)
        text = _MASKS.sub("0", text)
        text = _DIGITS.sub("0", text)
    return text.replace("\n", " ")
