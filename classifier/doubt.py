"""How much a misspelling must gain in a text that hides nothing else.

Homophones, look-alikes and parts side by side are also what ordinary words are made of: names, verbs next to a
number, a character that belongs to the word behind it. Who hides one word mostly hides several; a text with a single
odd one has to be so much likelier with it put back.
"""

from __future__ import annotations

import re

import rjieba

from classifier.characters import BARE
from classifier.disguises import Candidate
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
