"""Patterns that are tried only where they can match: one Aho-Corasick pass over a text tells which of them may.

Most of the field is texts where no rule matches, and there Python's engine costs most. From each pattern's syntax tree
we read words that must stand in whatever it matches: for each of its outermost alternatives, a list of word sets,
of each of which one must be there. A pattern none of whose alternatives has its words cannot match.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache, cached_property
from itertools import product
from re import _constants as sre  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

import ahocorasick_rs

#: A set of strings larger than this is no longer written out.
MOST_WORDS = 200
#: For each alternative of every pattern, in order of making: its own alternatives and the word sets these need.
_needs: list[list[list[frozenset[str]]]] = []
#: For each of them the first alternative of its pattern.
_firsts: list[int] = []
_current = threading.local()

#: All strings a piece of pattern can match, None when too many.
Words = frozenset[str] | None


class Gated:
    """A compiled pattern whose outermost alternatives are tried only where they can match; same answers as `re`."""

    def __init__(self, pattern: str) -> None:
        self._source = pattern
        # Groups are numbered over the whole pattern, so one with groups stays in one piece.
        self._pieces = [pattern] if parser.parse(pattern).state.groups > 1 else split(pattern)
        self._first = len(_needs)
        _needs.extend(needs(piece) for piece in self._pieces)
        _firsts.extend([self._first] * len(self._pieces))

    @cached_property
    def _compiled(self) -> re.Pattern[str]:
        return re.compile(self._source)

    @cached_property
    def _alternatives(self) -> list[re.Pattern[str]]:
        return [re.compile(piece) for piece in self._pieces]

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        """As re.Pattern.finditer."""
        if getattr(_current, "text", None) is not text:
            return self._compiled.finditer(text)
        chosen = [self._alternatives[number - self._first] for number in _current.of.get(self._first, ())]
        return _leftmost(chosen, text) if len(chosen) > 1 else chosen[0].finditer(text) if chosen else iter(())

    def search(self, text: str) -> re.Match[str] | None:
        """As re.Pattern.search."""
        return next(self.finditer(text), None)

    def match(self, text: str, start: int = 0) -> re.Match[str] | None:
        """As re.Pattern.match."""
        return self._compiled.match(text, start)


def _leftmost(patterns: Sequence[re.Pattern[str]], text: str) -> Iterator[re.Match[str]]:
    """What finditer of all joined by | would find: the leftmost match, of several there the first pattern's."""
    ahead = [(pattern, pattern.search(text)) for pattern in patterns]
    while True:
        ahead = [(pattern, match) for pattern, match in ahead if match]
        if not ahead:
            return
        best = min((match for _, match in ahead if match), key=lambda match: match.start())
        yield best
        reach = best.end() + (best.end() == best.start())
        if reach > len(text):
            return
        ahead = [
            (pattern, match if match and match.start() >= reach else pattern.search(text, reach))
            for pattern, match in ahead
        ]


def split(pattern: str) -> list[str]:
    """The outermost alternatives of a pattern, as written."""
    pieces, start, depth, at, inside = [], 0, 0, 0, False
    while at < len(pattern):
        char = pattern[at]
        if char == "\\":
            at += 1
        elif inside:
            inside = char != "]"
        elif char == "[":
            inside = True
            at += pattern[at + 1 : at + 2] == "^"
            at += pattern[at + 1 : at + 2] == "]"
        elif char in "()":
            depth += 1 if char == "(" else -1
        elif char == "|" and not depth:
            pieces.append(pattern[start:at])
            start = at + 1
        at += 1
    return [*pieces, pattern[start:]]


def gated(pattern: str) -> Gated:
    """Compile a pattern for use under `scanned`."""
    return Gated(pattern)


@contextmanager
def scanned(text: str) -> Iterator[None]:
    """Within the block, patterns whose words do not stand in this very string object answer at once."""
    of: dict[int, list[int]] = {}
    for number in sorted(_filter(len(_needs)).possible(text)):
        of.setdefault(_firsts[number], []).append(number)
    _current.of = of
    _current.text = text
    try:
        yield
    finally:
        _current.text = None


class Filter:
    """Which of many pieces of pattern may match a text, from the words each needs (see `needs`)."""

    def __init__(self, pieces: Sequence[list[list[frozenset[str]]]]) -> None:
        number_of: dict[str, int] = {}
        #: for each word the alternatives whose strictest set it is of: their piece, and the words of their other sets
        self._kept_by: list[list[tuple[int, tuple[frozenset[int], ...]]]] = []
        self._always = frozenset(piece for piece, wanted in enumerate(pieces) if not all(wanted))
        for piece, wanted in enumerate(pieces):
            for sets in wanted if piece not in self._always else ():
                for word in {word for words in sets for word in words} - number_of.keys():
                    number_of[word] = len(number_of)
                    self._kept_by.append([])
                strictest = max(sets, key=_strict)
                rest = tuple(frozenset(number_of[word] for word in words) for words in sets if words is not strictest)
                for word in strictest:
                    self._kept_by[number_of[word]].append((piece, rest))
        self._search = ahocorasick_rs.AhoCorasick(list(number_of))

    def possible(self, text: str) -> frozenset[int]:
        """Numbers of the pieces that may match."""
        words = {number for number, _, _ in self._search.find_matches_as_indexes(text, overlapping=True)}
        found = set(self._always)
        for word in words:
            for piece, rest in self._kept_by[word]:
                if piece not in found and not any(words.isdisjoint(others) for others in rest):
                    found.add(piece)
        return frozenset(found)


@cache
def _filter(count: int) -> Filter:
    """The filter of the first `count` pieces made by `gated`."""
    return Filter(_needs[:count])


def needs(pattern: str) -> list[list[frozenset[str]]]:
    """For each outermost alternative the word sets of which one word each must stand in a match."""
    return [_required(branch) for branch in _alternatives(list(parser.parse(pattern)))]


def _alternatives(parts: list[tuple[Any, Any]]) -> list[list[tuple[Any, Any]]]:
    """A pattern that is one group of alternatives (looking around left aside) taken apart."""
    bare = [part for part in parts if part[0] not in (sre.ASSERT, sre.ASSERT_NOT, sre.AT)]
    if len(bare) == 1 and bare[0][0] is sre.BRANCH:
        return [one for branch in bare[0][1][1] for one in _alternatives(list(branch))]
    if len(bare) == 1 and bare[0][0] is sre.SUBPATTERN:
        return _alternatives(list(bare[0][1][3]))
    return [bare]


def _required(parts: Sequence[tuple[Any, Any]]) -> list[frozenset[str]]:
    """Word sets of a sequence: neighbours that can be written out are joined into longer words."""
    sets: list[frozenset[str]] = []
    run: Words = frozenset({""})
    for part in parts:
        words = _words(part)
        joined = _join(run, words) if words is not None and run is not None else None
        if joined is not None:
            run = joined
            continue
        _keep(sets, run)
        run = words if words is not None else frozenset({""})
        if words is None:
            sets += _inside(part)
    _keep(sets, run)
    return sets


def _keep(sets: list[frozenset[str]], words: Words) -> None:
    if words and "" not in words:
        sets.append(words)


def _inside(part: tuple[Any, Any]) -> list[frozenset[str]]:
    """What a part that cannot be written out still requires."""
    kind, value = part
    if kind is sre.SUBPATTERN:
        return _required(list(value[3]))
    if kind in (sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT) and value[0] > 0:
        return _required(list(value[2]))
    if kind is sre.BRANCH:
        branches = [_required(list(branch)) for branch in value[1]]
        if all(branches):  # the strictest set of each, together
            return [frozenset().union(*(max(sets, key=_strict) for sets in branches))]
    return []


def _strict(words: frozenset[str]) -> tuple[int, int]:
    return min(len(word) for word in words), -len(words)


def _words(part: tuple[Any, Any]) -> Words:
    """All strings a part matches, None when they are too many to write out."""
    kind, value = part
    match kind:
        case sre.LITERAL:
            return frozenset({chr(value)})
        case sre.IN if all(member[0] is sre.LITERAL for member in value):
            return frozenset(chr(member[1]) for member in value)
        case sre.SUBPATTERN:
            return _sequence_words(list(value[3]))
        case sre.BRANCH:
            branches = [_sequence_words(list(branch)) for branch in value[1]]
            united = frozenset().union(*(words for words in branches if words is not None))
            return united if all(words is not None for words in branches) and len(united) <= MOST_WORDS else None
        case sre.MAX_REPEAT | sre.MIN_REPEAT if value[:2] == (0, 1):
            words = _sequence_words(list(value[2]))
            return None if words is None else words | {""}
        case sre.ASSERT | sre.ASSERT_NOT | sre.AT:
            return frozenset({""})
        case _:
            return None


def _sequence_words(parts: Sequence[tuple[Any, Any]]) -> Words:
    run: Words = frozenset({""})
    for part in parts:
        words = _words(part)
        run = _join(run, words) if words is not None and run is not None else None
        if run is None:
            return None
    return run


def _join(left: frozenset[str], right: frozenset[str]) -> Words:
    """Every word of the left followed by every one of the right, None when too many."""
    if len(left) * len(right) > MOST_WORDS:
        return None
    return frozenset(a + b for a, b in product(left, right))
