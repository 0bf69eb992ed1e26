"""How much a misspelling must gain in a text that hides nothing else.

Homophones, look-alikes and parts side by side are also what ordinary words are made of: names, verbs next to a
number, a character that belongs to the word behind it. Who hides one word mostly hides several; a text with a single
odd one has to be so much likelier with it put back. Initials stand for much else, so they ask for more around them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import rjieba

from classifier.characters import BARE
from classifier.disguises import Candidate
from classifier.hidden import hidden
from classifier.likelihood import word_cost
from classifier.plain import Plain

#: Ways to hide that ordinary words look like.
DOUBTED = frozenset({"sound", "shape", "pair", "parts"})
#: Characters either side that are read along.
AROUND = 4
#: Of a character put for another: likelihood that must be gained, so much more where the
#: character is a common one, which stands there by its own right (再测, 交定金), where it only leads or follows a word
#: that is whole (学作文, 高考剩), and where many words of schooling stand plainly, since who hides leaves few of them.
_LONE = 3.5
_LONE_COMMON = 6.0
_LONE_BESIDE_WORD = 5.0
_MANY_SIGNS = 4
_LONE_AMID_SIGNS = 1.5
#: Parts side by side that are characters of their own, in such a text: in a word (人一班), for one character (石马).
_LONE_PARTS = 5.0
_LONE_PAIR = 8.0
#: In a text that hides other words: where a whole word would be cut, and where the character in doubt is part of it.
_AMID_CUT = 3.0
_AMID_CUT_WRONG = 6.0
#: So many other initials hardly stand together by chance.
_MANY_LETTERS = 4
#: Behind such a character these make it a word of its own: 到九点, 升三年级, 考七十分.
_COUNTED = re.compile(r"[一二三四五六七八九十百两几半第\d]")
#: -ln P of a common character, and of one that is not rare.
_COMMON = 8.5
_NOT_RARE = 10.5


def needed_alone(text: str, candidate: Candidate, plain: Plain) -> float:
    """The likelihood that must be gained; infinite where the text reads cleanly as it stands."""
    if plain.cuts(candidate.start, candidate.end):
        return float("inf")
    least = _apart(text, candidate) if candidate.way in ("pair", "parts") else _misspelt(text, candidate)
    return least + _LONE_AMID_SIGNS * (plain.signs(candidate.start, candidate.end) >= _MANY_SIGNS)


def known_to_initials(candidate: Candidate, known: float, plain: Plain, short: Mapping[str, Candidate]) -> float:
    """What is known of schooling to initials: other initials tell some, but only where not all is letters."""
    others = [other for word, other in short.items() if word != candidate.word]
    anchored = known >= 1 or (known > 0 and len(others) >= _MANY_LETTERS) or any(map(_whole, (candidate, *others)))
    subjects = hidden().subjects
    if anchored:
        known += sum(1.0 if {one.word, candidate.word} <= subjects or _whole(one) else 0.5 for one in others)
    # beside a word (fd作业), or two at once (gkyy): hardly by chance
    length = candidate.end - candidate.start
    known += plain.touches(candidate.start, candidate.end) or (0.5 if length == 3 else float(length > 3))
    return known


def _whole(short: Candidate) -> bool:
    """Whether every character of a longer word has its letter (ydy): two letters may stand for much else."""
    return short.end - short.start == len(short.word) > 2


def needed_amid(text: str, candidate: Candidate) -> float:
    """The same in a text that hides other words: it may still be cut out of a word that is whole (开学|升三年级)."""
    if candidate.way not in ("sound", "shape"):
        return 0.0
    wrong = {at for at in range(candidate.start, candidate.end) if text[at] != candidate.word[at - candidate.start]}
    low, high = max(0, candidate.start - AROUND), min(len(text), candidate.end + AROUND)
    at = low
    for piece in rjieba.cut(text[low:high], False):
        start, at = at, at + len(piece)
        cut = start < candidate.start < at or start < candidate.end < at
        if cut and len(piece) > 1 and rjieba.has_word(piece):
            return _AMID_CUT + _AMID_CUT_WRONG * (not wrong.isdisjoint(range(start, at)))
    return 0.0


def _misspelt(text: str, candidate: Candidate) -> float:
    """What a misspelt word must gain in a text that hides nothing else; infinite where it reads cleanly."""
    low, high = max(0, candidate.start - AROUND), min(len(text), candidate.end + AROUND)
    wrong = {at for at in range(candidate.start, candidate.end) if text[at] != candidate.word[at - candidate.start]}
    rarest = max(word_cost(text[at]) for at in wrong)
    whole = False
    at = low
    for piece in rjieba.cut(text[low:high], False):
        start, at = at, at + len(piece)
        if len(piece) == 1 or not rjieba.has_word(piece):
            continue
        held = not wrong.isdisjoint(range(start, at))
        if held and (start < candidate.start < at or start < candidate.end < at):
            return float("inf")  # 补完|课, 面粉|学|小数: the character belongs to the word next to it
        whole = whole or (not held and candidate.start <= start and at <= candidate.end)
    if max(wrong) == candidate.end - 1 and rarest < _NOT_RARE and _COUNTED.match(text, candidate.end):
        return float("inf")
    if len(wrong) > 1 and candidate.end - candidate.start == len(wrong):
        return _LONE_BESIDE_WORD  # nothing of the word is left: a name, as a rule
    if rarest < _COMMON:
        return _LONE_COMMON
    return _LONE_BESIDE_WORD if whole and rarest < _NOT_RARE else _LONE


def _apart(text: str, candidate: Candidate) -> float:
    """The same of parts side by side; a part that is no character by itself leaves no doubt."""
    if any(char in BARE for char in text[candidate.start : candidate.end]):
        return 0.0
    return _LONE_PAIR if candidate.way == "pair" else _LONE_PARTS
