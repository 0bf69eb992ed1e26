"""Patterns that are tried only where they can match: one Aho-Corasick pass over a text tells which of them may.

Most of the field is texts where no rule matches, and there Python's engine costs most. A pattern none of whose
alternatives has the words it needs (needs.py) cannot match.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, cached_property, lru_cache, reduce
from operator import itemgetter, or_
from re import _parser as parser  # type: ignore[attr-defined]

import ahocorasick_rs

from classifier.rules.firsts import Sought
from classifier.rules.needs import DIGITS, MOST_DIGITS, needs, split, strict

#: Sets of an alternative that are asked for, the strictest; more would refuse next to nothing more.
MOST_SETS = 3
_RUNS = re.compile(r"\d+")
_number = itemgetter(0)
#: For each alternative of every pattern, in order of making: its own alternatives and the word sets these need.
_needs: list[list[list[frozenset[str]]]] = []
#: For each of them the first alternative of its pattern.
_firsts: list[int] = []


class Gated:
    """A compiled pattern whose outermost alternatives are tried only where they can match; same answers as `re`."""

    def __init__(self, pattern: str) -> None:
        self._source = pattern
        # Groups are numbered over the whole pattern, so one with groups stays in one piece.
        self._pieces = [pattern] if parser.parse(pattern).state.groups > 1 else split(pattern)
        self._first = enrol(self._pieces)

    @cached_property
    def _compiled(self) -> re.Pattern[str]:
        return re.compile(self._source)

    @cached_property
    def _alternatives(self) -> list[Sought]:
        return [Sought(piece) for piece in self._pieces]

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        """As re.Pattern.finditer."""
        scan = _current.scan
        if scan is None or scan.text is not text or self._first >= scan.known:
            return self._compiled.finditer(text)
        numbers = scan.of.get(self._first)
        if numbers is None:
            return _NOTHING
        chosen = [self._alternatives[number - self._first] for number in numbers]
        return _leftmost(chosen, text) if len(chosen) > 1 else chosen[0].finditer(text)

    def may_match(self, text: str) -> bool:
        """Whether it may match; True where nobody has looked."""
        scan = _current.scan
        return scan is None or scan.text is not text or self._first >= scan.known or self._first in scan.of

    def search(self, text: str) -> re.Match[str] | None:
        """As re.Pattern.search."""
        return next(self.finditer(text), None)

    def match(self, text: str, start: int = 0) -> re.Match[str] | None:
        """As re.Pattern.match."""
        return self._compiled.match(text, start)


def _leftmost(patterns: Sequence[Sought], text: str) -> Iterator[re.Match[str]]:
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


def gated(pattern: str) -> Gated:
    """Compile a pattern for use under `scanned`."""
    return Gated(pattern)


def enrol(pieces: Sequence[str]) -> int:
    """Have patterns looked for in every scan from now on, as one; the number of the first."""
    first = len(_needs)
    _needs.extend(needs(piece) for piece in pieces)
    _firsts.extend([first] * len(pieces))
    return first


class Scan:
    """What may match in one text: the same string object, and patterns known when it was made."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.known = len(_needs)
        #: number of a pattern's first piece → numbers of its pieces that may match, ascending
        self.of: dict[int, list[int]] = {}
        for number in _filter(self.known).possible(text):
            self.of.setdefault(_firsts[number], []).append(number)

    def __reduce__(self) -> tuple[type[Scan], tuple[str]]:
        """In another process patterns may have other numbers: there it is made anew."""
        return Scan, (self.text,)


class _Current(threading.local):
    scan: Scan | None = None


_current = _Current()
_NOTHING: Iterator[re.Match[str]] = iter(())


class scanned:
    """Within the block, patterns whose words do not stand in this very string object answer at once.

    `scan`: one made of it before; without, that of the block around where it is of the same text and knows every
    pattern made by now, or a new one.
    """

    __slots__ = ("_around", "_scan")

    def __init__(self, text: str, scan: Scan | None = None) -> None:
        self._around = around = _current.scan
        if scan is None:
            usable = around is not None and around.text is text and around.known == len(_needs)
            scan = around if usable and around is not None else Scan(text)
        self._scan = scan

    def __enter__(self) -> Scan:
        _current.scan = self._scan
        return self._scan

    def __exit__(self, *_: object) -> None:
        _current.scan = self._around


class Filter:
    """Which of many pieces of pattern may match a text, from the words each needs (see `needs`).

    Every alternative of every piece has a bit in each of some planes, as many as the most sets one of them needs. Each
    word knows the bits of the sets it is of, all planes in one number: what may match is what has its bit in all.
    """

    def __init__(self, pieces: Sequence[list[list[frozenset[str]]]]) -> None:
        alternatives = [
            (piece, sorted(sets, key=strict)[-MOST_SETS:]) for piece, wanted in enumerate(pieces) for sets in wanted
        ]
        self._piece_of = [piece for piece, _ in alternatives]
        self._width = len(alternatives)
        self._planes = max([1, *(len(sets) for _, sets in alternatives)])
        bits: dict[str, int] = {}
        self._free = 0
        for place, (_, sets) in enumerate(alternatives):
            for plane in range(self._planes):
                bit = 1 << (plane * self._width + place)
                if plane >= len(sets):
                    self._free |= bit
                for word in sets[plane] if plane < len(sets) else ():
                    bits[word] = bits.get(word, 0) | bit
        self._of_digits = [0]
        for number in range(1, MOST_DIGITS + 1):
            self._of_digits.append(self._of_digits[-1] | bits.pop(f"{DIGITS}{number}", 0))
        self._bits = list(bits.values())
        self._search = ahocorasick_rs.AhoCorasick(list(bits))

    def possible(self, text: str) -> list[int]:
        """Numbers of the pieces that may match, ascending."""
        words = set(map(_number, self._search.find_matches_as_indexes(text, overlapping=True)))
        digits = min(MOST_DIGITS, max(map(len, _RUNS.findall(text)), default=0))
        met = reduce(or_, map(self._bits.__getitem__, words), self._free | self._of_digits[digits])
        left = met & ((1 << self._width) - 1)
        for plane in range(1, self._planes):
            left &= met >> (plane * self._width)
        found: list[int] = []
        while left:
            last = left & -left
            piece = self._piece_of[last.bit_length() - 1]
            if not found or found[-1] != piece:
                found.append(piece)
            left ^= last
        return found


class Gate:
    """A table of patterns asked which of them may match a text, for tables that few texts are read with: those would
    only make every scan dearer. The filter is built when first asked."""

    def __init__(self, patterns: Iterable[re.Pattern[str]]) -> None:
        self._patterns = tuple(patterns)
        #: Numbers of the patterns that may match a text, ascending; the last texts' are kept.
        self.possible = lru_cache(maxsize=4)(self._possible)

    @cached_property
    def _filter(self) -> Filter:
        return Filter([needs(pattern.pattern) for pattern in self._patterns])

    def _possible(self, text: str) -> tuple[int, ...]:
        return tuple(self._filter.possible(text))


@cache
def _filter(count: int) -> Filter:
    """The filter of the first `count` pieces made by `gated`."""
    return Filter(_needs[:count])
