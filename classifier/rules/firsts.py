"""Patterns that are tried only where a match can begin: at a few characters, numerals above all.

Python's engine jumps to a literal or a set that a pattern begins with, but not over what stands before it or into a
choice of sets (a number in digits, masked or in Chinese): there it tries every character of a text. We read the
characters a match can begin with from the syntax tree, jump to these, and match there: the same matches as `re`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from re import _compiler as compiler  # type: ignore[attr-defined]
from re import _constants as sre  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

from classifier.rules.needs import REPEATS

#: More characters than these to begin with are met everywhere; to match at each would cost more than the engine.
MOST_FIRSTS = 60

#: Characters, and whether any digit is one of them.
Firsts = tuple[frozenset[str], bool]


class Sought:
    """A compiled pattern that knows where to look."""

    def __init__(self, source: str) -> None:
        self._compiled = re.compile(source)
        self._first = _starts(source)

    def search(self, text: str, start: int = 0) -> re.Match[str] | None:
        """As re.Pattern.search."""
        if self._first is None:
            return self._compiled.search(text, start)
        return next(self._matches(text, start), None)

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        """As re.Pattern.finditer."""
        return self._compiled.finditer(text) if self._first is None else self._matches(text, 0)

    def _matches(self, text: str, reach: int) -> Iterator[re.Match[str]]:
        match_at = self._compiled.match
        for begin in self._first.finditer(text, reach) if self._first else ():
            place = begin.start()
            if place >= reach and (match := match_at(text, place)):
                yield match
                reach = match.end()


def _starts(source: str) -> re.Pattern[str] | None:
    """A set of the characters a match can begin with; None where the engine knows as well, or there are too many."""
    parsed = parser.parse(source)
    if compiler._get_literal_prefix(parsed, 0)[0] or compiler._get_charset_prefix(parsed, 0):
        return None
    found = firsts(list(parsed))
    if found is None or len(found[0]) > MOST_FIRSTS:
        return None
    return re.compile("[" + "".join(map(re.escape, sorted(found[0]))) + (r"\d" if found[1] else "") + "]")


def firsts(parts: Sequence[tuple[Any, Any]]) -> Firsts | None:
    """What a match of a sequence can begin with; None where that is anything, or the match may be empty."""
    found = _together([parts])
    return None if found is None or found[1] else found[0]


def _of(part: tuple[Any, Any]) -> tuple[Firsts, bool] | None:
    """What one part can begin with and whether it can match nothing; None where it can begin with anything."""
    kind, value = part
    if kind in (sre.ASSERT, sre.ASSERT_NOT, sre.AT):
        return (frozenset(), False), True
    if kind is sre.LITERAL:
        return (frozenset(chr(value)), False), False
    if kind is sre.IN:
        members = _members(value)
        return None if members is None else (members, False)
    if kind is sre.SUBPATTERN:
        return _together([list(value[3])])
    if kind is sre.BRANCH:
        return _together([list(branch) for branch in value[1]])
    if kind in REPEATS:
        found = _together([list(value[2])])
        return None if found is None else (found[0], found[1] or not value[0])
    return None


def _together(branches: Sequence[Sequence[tuple[Any, Any]]]) -> tuple[Firsts, bool] | None:
    chars: set[str] = set()
    digits = empty = False
    for branch in branches:
        for part in branch:
            found = _of(part)
            if found is None:
                return None
            chars |= found[0][0]
            digits |= found[0][1]
            if not found[1]:
                break
        else:
            empty = True
    return (frozenset(chars), digits), empty


def _members(members: Sequence[tuple[Any, Any]]) -> Firsts | None:
    """The characters of a set; None for all but a few, and for classes other than digits."""
    chars: set[str] = set()
    digits = False
    for kind, value in members:
        if kind is sre.LITERAL:
            chars.add(chr(value))
        elif kind is sre.RANGE and value[1] - value[0] < MOST_FIRSTS:
            chars |= {chr(code) for code in range(value[0], value[1] + 1)}
        elif kind is sre.CATEGORY and value is sre.CATEGORY_DIGIT:
            digits = True
        else:
            return None
    return frozenset(chars), digits
