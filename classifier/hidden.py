"""The words people hide, in every form in which they are looked for, and the automata that find these.

Built from lexicon/restore.yml, the themes it names and the table of characters, at the first text.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import chain, product
from typing import NamedTuple

import ahocorasick_rs
import numpy as np

from classifier.characters import apart, characters, joined_parts
from classifier.errors import LexiconError
from classifier.fold import CODE_POINTS, codes_of, text_of
from classifier.lexicon import read_yaml, themes

_HAN = re.compile(r"[\u4e00-\u9fff]+\Z")
#: Sounds that many speakers do not tell apart.
_BLURRED = ((re.compile("^([zcs])h"), r"\1"), (re.compile("([aei])ng$"), r"\1n"))
#: A number is another number, not the same one misspelt.
NUMERALS = frozenset("一二三四五六七八九十百千万两半俩仨")
#: Parts that stand on the left: the two still read as one when written side by side.
_LEFT = frozenset("言水手人衣糸丝金食心犬示木火土女口王车禾米日月目石足马虫贝弓巾山鱼立方矢子孝娄牛又")

#: Number of a word or form, start and end.
Match = tuple[int, int, int]


class Met(NamedTuple):
    """Matches in a text: words as they are, forms given for one word, and forms in characters of any."""

    text: str
    plain: Sequence[Match]
    given: Sequence[Match]
    han: Sequence[Match]


class _Last(threading.local):
    met = Met("", (), (), ())


_last = _Last()


@dataclass(frozen=True, kw_only=True)
class Hidden:
    """All that may be hidden, and the automata that find it."""

    words: tuple[str, ...]
    core: frozenset[str]
    word_set: frozenset[str]
    #: those that are looked for by sound and by shape as well
    telling: tuple[str, ...]
    signs: frozenset[str]
    #: whose pinyin is neither a name nor English
    unmistakable: frozenset[str]
    ordinary: ahocorasick_rs.AhoCorasick
    plain: ahocorasick_rs.AhoCorasick
    given: Mapping[str, str]
    given_order: tuple[str, ...]
    #: variant → (word, way) pairs, by what a text must hold for them to be searched
    han: Variants
    latin: Variants
    initials: Mapping[str, str]
    slang: frozenset[str]
    subjects: frozenset[str]
    pictures: Variants
    picture_signs: frozenset[str]
    #: a picture for a whole subject → (the subject, whether it means little else)
    subject_pictures: Mapping[str, tuple[str, bool]]
    #: code point → that of its sound, or itself
    sound_table: np.ndarray
    sounds: tuple[str, ...]
    sound_search: ahocorasick_rs.AhoCorasick
    pinyin: Mapping[str, tuple[str, ...]]
    pinyin_order: tuple[str, ...]
    pinyin_search: ahocorasick_rs.AhoCorasick

    @cached_property
    def _together(self) -> ahocorasick_rs.AhoCorasick:
        return ahocorasick_rs.AhoCorasick([*self.words, *self.given_order, *self.han.order])

    def met(self, text: str) -> Met:
        """What stands in a text, found in one pass and kept for the last text asked about."""
        if _last.met.text is text:
            return _last.met
        plain: list[Match] = []
        given: list[Match] = []
        han: list[Match] = []
        words, forms = len(self.words), len(self.words) + len(self.given_order)
        for match in self._together.find_matches_as_indexes(text, overlapping=True):
            number, start, end = match
            if number < words:
                plain.append(match)
            elif number < forms:
                given.append((number - words, start, end))
            else:
                han.append((number - forms, start, end))
        _last.met = Met(text, plain, given, han)
        return _last.met

    def heard(self, text: str) -> str:
        """The text with each character that has one by its sound."""
        return _heard(text, self.sound_table)


class Variants:
    """Forms of hidden words and what they may stand for."""

    def __init__(self, forms: Mapping[str, Mapping[str, str]]) -> None:
        self.forms = forms
        self.order = tuple(forms)

    @cached_property
    def search(self) -> ahocorasick_rs.AhoCorasick:
        return ahocorasick_rs.AhoCorasick(list(self.order))

    def find(self, text: str) -> Iterator[tuple[int, int, str, str]]:
        """Where a form stands, with each word it may stand for and the way of hiding it."""
        return self.of(self.search.find_matches_as_indexes(text, overlapping=True))

    def of(self, matches: Iterable[Match]) -> Iterator[tuple[int, int, str, str]]:
        """The same of forms already found."""
        for number, start, end in matches:
            for word, way in self.forms[self.order[number]].items():
                yield start, end, word, way


def _words(data: Mapping[str, object]) -> tuple[list[str], frozenset[str]]:
    core = str(data["core"]).split()
    everyday = set(str(data["everyday"]).split()) - set(core)
    wide = [word for theme in str(data["themes"]).split() for word in themes()[theme]]
    kept = [word for word in wide if _HAN.match(word) and 2 <= len(word) <= 5 and word not in everyday]
    return list(dict.fromkeys([*core, *kept])), frozenset(core)


def _table(data: Mapping[str, object], name: str) -> dict[str, str]:
    table = data[name]
    if not isinstance(table, dict):
        raise LexiconError(f"restore.yml: {name} 应是一张表")
    return {str(key): str(value) for key, value in table.items()}


def _alike(data: Mapping[str, object]) -> dict[str, str]:
    found = dict(characters().alike)
    for pair in str(data["pairs"]).split():
        one, two = pair[0], pair[1]
        found[one] = found.get(one, "") + two
        found[two] = found.get(two, "") + one
    return found


def _shapes(words: tuple[str, ...], alike: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    """One character for one that looks like it."""
    for word in words:
        for index, char in enumerate(word):
            for other in dict.fromkeys(alike.get(char, "")):
                yield word[:index] + other + word[index + 1 :], word, "shape"


def _taken_apart(words: list[str]) -> Iterator[tuple[str, str, str]]:
    """Characters for their two parts, in a word or alone."""
    for char in characters().parts:
        if characters().parts[char][0] in _LEFT:
            for form in apart(char):
                yield form, char, "pair"
    for word in words:
        for pieces in product(*[[char, *apart(char)] if char not in NUMERALS else [char] for char in word]):
            form = "".join(pieces)
            if form != word:
                yield form, word, "parts"


def _letters(words: frozenset[str]) -> Iterator[tuple[str, str, str]]:
    """补k, b课, 小sc: at least one character stays."""
    sounds = characters().sounds
    for word in words:
        if len(word) > 4:
            continue
        for pieces in product(*[[char, sounds.get(char, char)[0]] for char in word]):
            form = "".join(pieces)
            if form != word and not form.isascii():
                yield form, word, "letters"


def _drawn(words: list[str], pictures: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    by_char: dict[str, list[str]] = {}
    for picture, meant in pictures.items():
        for chars in meant.split():
            by_char.setdefault(chars, []).append(picture)
    for word in words:
        for chars, signs in by_char.items():
            if chars in word and chars != word:
                for sign in signs:
                    yield word.replace(chars, sign, 1), word, "picture"


def _collect(forms: Iterator[tuple[str, str, str]], known: frozenset[str]) -> Variants:
    found: dict[str, dict[str, str]] = {}
    for form, word, way in forms:
        if form not in known:
            found.setdefault(form, {}).setdefault(word, way)
    return Variants(found)


def _blurred(sound: str) -> str:
    for pattern, instead in _BLURRED:
        sound = pattern.sub(instead, sound)
    return sound


def sound_of(char: str) -> str:
    """The reading without tone; empty for what has none."""
    return characters().sounds.get(char, "")


def _heard(text: str, sound_table: np.ndarray) -> str:
    return text_of(sound_table[codes_of(text)])


@cache
def hidden() -> Hidden:
    """The lexicon of hidden words, built at the first text (about 0.2 s)."""
    data = read_yaml("restore.yml")
    words, core = _words(data)
    word_set = frozenset(words)
    never = set(str(data["never_misspelt"]).split())
    telling = tuple(word for word in words if word not in never)
    given = {**joined_parts(), **_table(data, "aliases")}
    sounds = characters().sounds
    codes = {sound: chr(0xE000 + i) for i, sound in enumerate(sorted({_blurred(s) for s in sounds.values()}))}
    sound_table = np.arange(CODE_POINTS, dtype=np.uint32)
    for char, sound in sounds.items():
        sound_table[ord(char)] = ord(codes[_blurred(sound)])
    spoken = [word for word in words if all(char in sounds for char in word)]
    misheard = [word for word in spoken if word not in never]
    pinyin: dict[str, list[str]] = {}
    for word in spoken:
        pinyin.setdefault("".join(sounds[char] for char in word), []).append(word)
    pictures = {"".join(c for c in k if c not in "\u200d\ufe0f"): v for k, v in _table(data, "pictures").items()}
    subjects = {sign: (word, False) for sign, word in _table(data, "subject_pictures_beside").items()}
    subjects |= {sign: (word, True) for sign, word in _table(data, "subject_pictures").items()}
    initials = _table(data, "initials")
    return Hidden(
        words=tuple(words),
        core=core,
        word_set=word_set,
        telling=telling,
        signs=word_set - set(str(data["no_sign"]).split()),
        unmistakable=core - never - set(str(data["names"]).split()),
        ordinary=ahocorasick_rs.AhoCorasick(str(data["ordinary"]).split()),
        plain=ahocorasick_rs.AhoCorasick(words),
        given=given,
        given_order=tuple(given),
        han=_collect(chain(_taken_apart(words), _shapes(telling, _alike(data))), word_set),
        latin=_collect(_letters(core - never | {"老师", "家长", "孩子", "学生"}), word_set),
        initials=initials,
        slang=frozenset(str(data["slang"]).split()),
        subjects=frozenset(word for word, _ in subjects.values()),
        pictures=_collect(_drawn(words, pictures), word_set),
        picture_signs=frozenset(sign[0] for sign in chain(pictures, subjects)),
        subject_pictures=subjects,
        sound_table=sound_table,
        sounds=tuple(misheard),
        sound_search=ahocorasick_rs.AhoCorasick([_heard(word, sound_table) for word in misheard]),
        pinyin={spelt: tuple(found) for spelt, found in pinyin.items()},
        pinyin_order=tuple(pinyin),
        pinyin_search=ahocorasick_rs.AhoCorasick(list(pinyin)),
    )
