"""Where a text may hide a word of the lexicon: every place, with the word it may stand for and how it would be hidden.

Only candidates: whether one is put back is decided by restore.py. Cheap first: each search is one pass over the text by
an automaton, and is run only where the text has what it looks for (latin letters, pictures, parts of characters).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from classifier.characters import characters, spells
from classifier.hidden import NUMERALS, hidden, sound_of
from classifier.letters import in_phonics, stands_for_itself

_LATIN = re.compile(r"[a-z]+")
#: Letters on their own, or a letter and the number of a form.
_INITIALS = re.compile(r"(?<![a-z0-9_@.:/-])(?:[a-z]{2,8}(?![a-z0-9_@.:/-])|[cg][1-3][a-z]{0,6}(?![a-z0-9_@.:/-]))")
#: c1 and c2 are driving licences here.
_DRIVING = re.compile("驾|离合|挡|学车|车管|车型|科目[二三]|货车|客车|司机")
#: The price of a word cut out of a longer run of letters.
_CUT_OUT = 5.0
_PRICES = {"shape": 4.0, "parts": 3.0, "pair": 6.0}
_LONGEST_WRITTEN_SOUND = 24
#: Letters either side of a word in pinyin that are looked at; longer runs are none.
_LONGEST_RUN = 60
_HEAD = re.compile(r"[a-z]*\Z")
_TAIL = re.compile(r"[a-z]*(?:[-./_]?[0-9@_]|[-./_][a-z])?")
#: The commonest, by which people call one another: 小孙, 老许.
_SURNAMES = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩邓冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹"
    "薛闫段雷龙黎史陶贺毛郝顾龚邵万钱严覃武戴莫孔向汤常温康施牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳欧阳管柴蒙鲍华喻祁蒲房滕屈饶"
)  # fmt: skip


@dataclass(frozen=True, kw_only=True, order=True)
class Candidate:
    """text[start:end] may stand for `word`; `price` is what that way of hiding costs against the likelihood gained."""

    start: int
    end: int
    word: str
    #: given (no question asked), parts, sound, shape, picture, pinyin, letters, initials
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
        if _asks_or_calls(text, word, start, wrong):
            continue
        price = 4.5 + 3.5 * (len(wrong) - 1)
        price += sum(3 for at in wrong if sound_of(text[at]) != sound_of(word[at - start]))
        yield Candidate(start=start, end=end, word=word, way="sound", price=price)
    for start, end, word, way in lists.han.of(lists.met(text).han):
        changed = [at for at in range(start, end) if way == "shape" and text[at] != word[at - start]]
        if not any(known(at, at + 1) or text[at] in NUMERALS for at in changed) and not _asks_or_calls(
            text, word, start, changed
        ):
            yield Candidate(start=start, end=end, word=word, way=way, price=_PRICES[way])
    if not text.isascii() and _LATIN.search(text):
        yield from _latin(text, known)
    if not lists.picture_signs.isdisjoint(text):
        for start, end, word, way in lists.pictures.find(text):
            yield Candidate(start=start, end=end, word=word, way=way, price=11.0)


def _asks_or_calls(text: str, word: str, start: int, wrong: Sequence[int]) -> bool:
    """几年级 asks for the number (三年几 is a misspelt 级); 小孙 and 老孙 are how people call one another."""
    return any(text[at] == "几" and word[at - start] in NUMERALS for at in wrong) or (
        len(word) == 2 and wrong == [start + 1] and text[start] in "小老阿" and text[start + 1] in _SURNAMES
    )


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
        if (meant := _initials(run[0])) and not driving and not in_phonics(text, run.start(), run.end()):
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
    if max(map(len, around)) >= _LONGEST_RUN:
        return None
    tied = start and text[start - 1] in "0123456789_@./-" and head is not None
    if tied or not all(map(spells, around)):
        return None
    if not text[start:end].isascii() and any(rest and rest not in hidden().pinyin for rest in around):
        return None  # 主讲Tina: a foreign name goes on
    return price + (_CUT_OUT - 3 if any(around) else 0)
