"""Where a text may hide a word of the lexicon: every place, with the word it may stand for and how it would be hidden.

Only candidates: whether one is put back is decided by restore.py. Cheap first: each search is one pass over the text by
an automaton, and is run only where the text has what it looks for (latin letters, pictures, parts of characters).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from classifier.characters import characters, spells
from classifier.fold import Folded
from classifier.hidden import NUMERALS, hidden, sound_of
from classifier.letters import in_phonics, stands_for_itself
from classifier.names import asks_or_calls

_LATIN = re.compile(r"[a-z]+")
#: Letters on their own, or a letter and the number of a form.
_INITIALS = re.compile(r"(?<![a-z0-9_@.:/-])(?:[a-z]{2,9}(?![a-z0-9_@.:/-])|[cg][1-3][a-z]{0,6}(?![a-z0-9_@.:/-]))")
#: A word of English among others of it (english house) is no disguise.
_FOREIGN = re.compile(r"^[a-z] [a-z]|[a-z] [a-z]$")
#: c1 and c2 are driving licences here.
_DRIVING = re.compile("驾|离合|挡|学车|车管|车型|科目[二三]|货车|客车|司机")
#: The price of a word cut out of a longer run of letters.
_CUT_OUT = 5.0
_PRICES = {"shape": 4.0, "parts": 3.0, "pair": 6.0}
_LONGEST_WRITTEN_SOUND = 24
_FORM = re.compile(r"(?<=[初高])([123])(?!\d|[.:/%]|[米倍个月号])")
#: A digit and its full stop, as one character of the raw text (⒈).
_STOPPED = re.compile(r"([1-9]\.)(?:(?<=[初高十]..)|(?<!\d..)(?=对))")
#: Letters either side of a word in pinyin that are looked at; longer runs are none.
_LONGEST_RUN = 60
_HEAD = re.compile(r"[a-z]*\Z")
_TAIL = re.compile(r"[a-z]*(?:[-./_]?[0-9@_]|[-./_][a-z])?")
#: A number right behind or before pinyin that is no part of an address: 高考shuxue141, 送12keshi.
_COUNTS = re.compile(r"\d{2,3}(?![\da-z@_.])")
_COUNTED = re.compile(r"[\u4e00-\u9fff]\d{1,3}\Z")
_ADDRESS = re.compile(r"(?:加|信|微|薇|号|v|vx|wx|id|qq|[:@])[\s:]*\Z")
#: One picture with characters on both sides.
_BETWEEN = re.compile(r"[\u4e00-\u9fff].[\u4e00-\u9fff]")


@dataclass(frozen=True, kw_only=True, order=True)
class Candidate:
    """text[start:end] may stand for `word`; `price` is what that way of hiding costs against the likelihood gained."""

    start: int
    end: int
    word: str
    #: given (no question asked), parts, sound, shape, picture, drawn (a subject in one picture), pinyin, letters,
    #: initials
    way: str
    price: float = 0.0


def stands_alone(text: str, start: int, end: int) -> bool:
    """Whether a form that begins or ends with a latin letter or digit is not cut out of a longer run of them."""

    def kind(char: str) -> str:
        return "a" if char.isascii() and char.isalpha() else "0" if char.isdigit() else char

    before = text[start - 1] if start else " "
    after = text[end] if end < len(text) else " "
    first, last = kind(text[start]), kind(text[end - 1])
    if (first == "a" and kind(before) in "a0_@") or (first == "0" and kind(before) in "0.:/-"):
        return False
    return not ((last == "a" and kind(after) in "a0_@") or (last == "0" and kind(after) in "0.:/-"))


def given(text: str) -> Iterator[Candidate]:
    """Forms that stand for one word alone (1v1, vx, 讠果)."""
    lists = hidden()
    for number, start, end in lists.met(text).given:
        if stands_alone(text, start, end):
            yield Candidate(start=start, end=end, word=lists.given[lists.given_order[number]], way="given")


def numbered(folded: Folded) -> list[Candidate]:
    """初② and 高3️⃣ are 初二 and 高三, ⒈对二 is 一对二; an ordinary digit stays as it is."""
    found = []
    for pattern in (_FORM, _STOPPED):
        for match in pattern.finditer(folded.text):
            start, end = match.span(1)
            if not folded.raw[folded.starts[start] : folded.ends[start]].isascii():
                word = "一二三四五六七八九"[int(match[1][0]) - 1]
                found.append(Candidate(start=start, end=end, word=word, way="given"))
    return found


def respelt(text: str, known: Callable[[int, int], bool]) -> Iterator[Candidate]:
    """Every other candidate; `known` tells whether a stretch holds a word of the lexicon as it stands."""
    lists = hidden()
    for number, start, end in lists.sound_search.find_matches_as_indexes(lists.heard(text), overlapping=True):
        word = lists.sounds[number]
        if text[start:end] == word:
            continue
        wrong = [at for at in range(start, end) if text[at] != word[at - start]]
        if any(known(at, at + 1) or text[at] in NUMERALS for at in wrong):
            continue
        if asks_or_calls(text, word, start, wrong, known):
            continue
        price = 4.5 + 3.5 * (len(wrong) - 1)
        price += sum(3 for at in wrong if sound_of(text[at]) != sound_of(word[at - start]))
        yield Candidate(start=start, end=end, word=word, way="sound", price=price)
    for start, end, word, way in lists.han.of(lists.met(text).han):
        changed = [at for at in range(start, end) if way == "shape" and text[at] != word[at - start]]
        if not any(known(at, at + 1) or text[at] in NUMERALS for at in changed) and not asks_or_calls(
            text, word, start, changed, known
        ):
            yield Candidate(start=start, end=end, word=word, way=way, price=_PRICES[way])
    if not text.isascii() and _LATIN.search(text):
        yield from _latin(text, known)
    if not lists.picture_signs.isdisjoint(text):
        for start, end, word, way in lists.pictures.find(text):
            yield Candidate(start=start, end=end, word=word, way=way, price=11.0)
        yield from _subjects_drawn(text)


def _subjects_drawn(text: str) -> Iterator[Candidate]:
    """Pictures for whole subjects: several side by side (🧮+🧪), or one between characters (高中🔢补习).

    Before its own word, or where that stands elsewhere, a picture adorns.
    """
    drawn = hidden().subject_pictures
    places = [at for at, char in enumerate(text) if char in drawn and drawn[char][0] not in text]
    for group in _side_by_side(text, places):
        sure = any(drawn[text[at]][1] for at in group)
        if sure and (len({drawn[text[at]][0] for at in group}) > 1 or _BETWEEN.match(text, max(0, group[0] - 1))):
            for at in group:
                yield Candidate(start=at, end=at + 1, word=drawn[text[at]][0], way="drawn", price=3.0)


def _side_by_side(text: str, places: Sequence[int]) -> Iterator[list[int]]:
    """The places in groups with nothing or one joining mark between them."""
    group: list[int] = []
    for at in places:
        if group and (at - group[-1] > 2 or (at - group[-1] == 2 and text[at - 1] not in "+、/& ,")):
            yield group
            group = []
        group.append(at)
    if group:
        yield group


def _latin(text: str, known: Callable[[int, int], bool]) -> Iterator[Candidate]:
    """Words written in letters: pinyin, first letters, initials; not where letters stand for themselves."""
    found = list(_spelt(text, known))
    letters = [
        Candidate(start=start, end=end, word=word, way=way, price=5.0)
        for start, end, word, way in hidden().latin.find(text)
        if stands_alone(text, start, end)
    ]
    for run in _INITIALS.finditer(text):
        driving = run[0][1].isdigit() and _DRIVING.search(text)
        foreign = len(run[0]) > 4 and _FOREIGN.search(text[max(0, run.start() - 2) : run.end() + 2])
        if foreign or driving or in_phonics(text, run.start(), run.end()):
            continue
        if meant := _initials(run[0]):
            found.append(Candidate(start=run.start(), end=run.end(), word=meant, way="initials"))
    yield from found
    if letters:
        explained = bytearray(len(text))
        for one in (*found, *letters):
            explained[one.start : one.end] = b"\1" * (one.end - one.start)
        meant_by = bytes(explained)
        yield from (one for one in letters if not stands_for_itself(text, one.start, one.end, meant_by))


def _initials(run: str) -> str:
    """The words that a run of letters stands for when every letter belongs to known initials; else nothing."""
    known = hidden().initials
    if run in known:
        return known[run]
    if run in hidden().slang:
        return ""
    for cut in range(2, len(run) - 1):
        if run[:cut] in known and (rest := _initials(run[cut:])):
            return known[run[:cut]] + rest
    return ""


def _spelt(text: str, known: Callable[[int, int], bool]) -> Iterator[Candidate]:
    """Words written in pinyin, whole or in part, run together or apart, beside characters."""
    lists = hidden()
    sounds = characters().sounds
    for low, high in _stretches(text):
        letters: list[str] = []
        places: list[int] = []
        for at in range(low, high):
            char = text[at]
            spoken = char if "a" <= char <= "z" else sounds.get(char, "")
            letters.append(spoken)
            places += [at] * len(spoken)
        line = "".join(letters)
        for number, first, last in lists.pinyin_search.find_matches_as_indexes(line, overlapping=True):
            start, end = places[first], places[last - 1] + 1
            if (first and places[first - 1] == start) or (last < len(line) and places[last] == end - 1):
                continue
            for word in lists.pinyin[lists.pinyin_order[number]]:
                price = _agrees(text, start, end, word, known)
                if price is None or text[start:end] == "like":
                    continue
                sure = not text[start:end].isascii() or (word in lists.unmistakable and price < _CUT_OUT)
                yield Candidate(start=start, end=end, word=word, way="pinyin" if sure else "spelt", price=price)


def _stretches(text: str) -> Iterator[tuple[int, int]]:
    """Latin letters with the characters around them that may belong to the same words."""
    low = high = -1
    for run in _LATIN.finditer(text):
        if run.start() - 4 > high:
            if high > low:
                yield low, min(high, len(text))
            low = max(0, run.start() - 4)
        high = run.end() + 5
    if high > low:
        yield low, min(high, len(text))


def _agrees(text: str, start: int, end: int, word: str, known: Callable[[int, int], bool]) -> float | None:
    """The price of reading text[start:end] as this word, syllable by syllable; None where it cannot be."""
    at, price, latin = start, 3.0, 0
    for char in word:
        sound = sound_of(char)
        while at < end and text[at] in " '’-\n":
            at += 1
        if at < end and text.startswith(sound, at) and at + len(sound) <= end:
            at += len(sound)
            latin += len(sound)
        elif at < end and text[at] == char:
            at += 1
        elif at < end and sound_of(text[at]) == sound and not known(at, at + 1):
            at += 1
            price += 4
        else:
            return None
    if at != end or not latin or end - start > _LONGEST_WRITTEN_SOUND:
        return None
    before, behind = text[max(0, start - _LONGEST_RUN) : start], text[end : end + _LONGEST_RUN]
    head = _HEAD.search(before) if "a" <= text[start] <= "z" else None
    tail = _TAIL.match(behind) if "a" <= text[end - 1] <= "z" else None
    around = (head[0] if head else ""), (tail[0] if tail else "")
    if _COUNTS.match(behind) and not _ADDRESS.search(before):
        around = around[0], ""  # 高考shuxue141
    if max(map(len, around)) >= _LONGEST_RUN:
        return None
    tied = start and text[start - 1] in "0123456789_@./-" and head is not None and not _COUNTED.search(before)
    if tied or not all(map(spells, around)):
        return None
    if not text[start:end].isascii() and any(rest and rest not in hidden().pinyin for rest in around):
        return None  # 主讲Tina: a foreign name goes on
    return price + (_CUT_OUT - 3 if any(around) else 0)
