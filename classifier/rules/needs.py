"""Words that must stand in whatever a pattern matches, read from its syntax tree.

For each of its outermost alternatives a list of word sets, of each of which one must be there. So many digits in a row
count as a word, too.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import product
from re import _constants as sre  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

#: A set of strings larger than this is no longer written out.
MOST_WORDS = 200
#: Before a number it is the word "so many digits in a row": NUL, which stands in no pattern.
DIGITS = "\0"
MOST_DIGITS = 9
REPEATS = (sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT)

#: All strings a piece of pattern can match, None when too many.
Words = frozenset[str] | None


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


def needs(pattern: str) -> list[list[frozenset[str]]]:
    """For each outermost alternative the word sets of which one word each must stand in a match."""
    return [[_shortest(words) for words in _required(branch)] for branch in _alternatives(list(parser.parse(pattern)))]


def _shortest(words: frozenset[str]) -> frozenset[str]:
    """The words without those that hold another of them, which stands wherever they do."""
    return frozenset(word for word in words if word[0] == DIGITS or not _holds(word, words))


def _holds(word: str, words: frozenset[str]) -> bool:
    size = len(word)
    return any(
        word[start:end] in words for start in range(size) for end in range(start + 1, size + 1) if end - start < size
    )


def _alternatives(parts: list[tuple[Any, Any]]) -> list[list[tuple[Any, Any]]]:
    """A pattern that is one group of alternatives (looking around left aside) taken apart."""
    bare = [part for part in parts if part[0] not in (sre.ASSERT, sre.ASSERT_NOT, sre.AT)]
    if len(bare) == 1 and bare[0][0] is sre.BRANCH:
        return [one for branch in bare[0][1][1] for one in _alternatives(list(branch))]
    if len(bare) == 1 and bare[0][0] is sre.SUBPATTERN:
        return _alternatives(list(bare[0][1][3]))
    return [bare]


def _required(parts: Sequence[tuple[Any, Any]]) -> list[frozenset[str]]:
    """Word sets of a sequence: neighbours that can be written out are joined into longer words, digits added up."""
    sets: list[frozenset[str]] = []
    run: Words = frozenset({""})
    digits = 0
    for part in parts:
        if more := _digits(part):
            _keep(sets, run)
            run, digits = frozenset({""}), digits + more
            continue
        if digits:
            sets.append(_in_a_row(digits))
            digits = 0
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
    if digits:
        sets.append(_in_a_row(digits))
    return sets


def _in_a_row(digits: int) -> frozenset[str]:
    """The word for so many digits in a row."""
    return frozenset({f"{DIGITS}{min(digits, MOST_DIGITS)}"})


def _digits(part: tuple[Any, Any]) -> int:
    """How many digits a part matches at least, where it matches nothing else."""
    kind, value = part
    if kind is sre.IN:
        return int(all(_is_digits(member) for member in value))
    if kind in REPEATS and len(value[2]) == 1:
        return int(value[0]) * _digits(value[2][0])
    return 0


def _is_digits(member: tuple[Any, Any]) -> bool:
    """Whether a member of a set of characters is digits, and not a single one, which is a word as good as others."""
    kind, value = member
    if kind is sre.RANGE:
        return bool(value[0] >= ord("0") and value[1] <= ord("9"))
    return bool(kind is sre.CATEGORY and value is sre.CATEGORY_DIGIT)


def _keep(sets: list[frozenset[str]], words: Words) -> None:
    if words and "" not in words:
        sets.append(words)


def _inside(part: tuple[Any, Any]) -> list[frozenset[str]]:
    """What a part that cannot be written out still requires."""
    kind, value = part
    if kind is sre.SUBPATTERN:
        return _required(list(value[3]))
    if kind is sre.IN:
        return _members(value)
    if kind in REPEATS and value[0] > 0:
        return _repeated(list(value[2]), int(value[0]))
    if kind is sre.BRANCH:
        branches = [_required(list(branch)) for branch in value[1]]
        if all(branches):  # the strictest set of each, together
            return [frozenset().union(*(max(sets, key=strict) for sets in branches))]
    return []


def _repeated(parts: Sequence[tuple[Any, Any]], times: int) -> list[frozenset[str]]:
    """What at least so many of these in a row require: xxx for x{3,5}."""
    words = _sequence_words(parts)
    run: Words = words
    while run is not None and words is not None and times > 1:
        run, times = _join(run, words), times - 1
    return [run] if run and "" not in run else _required(parts)


def _members(members: Sequence[tuple[Any, Any]]) -> list[frozenset[str]]:
    """One of some characters, where these are few, or digits among them."""
    found: set[str] = set()
    for kind, value in members:
        if _is_digits((kind, value)):
            found |= _in_a_row(1)
        elif kind is sre.LITERAL:
            found.add(chr(value))
        else:
            return []
    return [frozenset(found)] if found else []


def strict(words: Iterable[str]) -> tuple[float, int]:
    """The longer the shortest of them and the fewer, the less often is one met; digits are met often."""
    kept = list(words)
    return min(int(word[1:]) / 3 if word[0] == DIGITS else len(word) for word in kept), -len(kept)


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
