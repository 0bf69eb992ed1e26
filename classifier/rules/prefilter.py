"""Patterns that are tried only where they can match: one pass of RE2 over a text tells which of them may.

Python's engine is needed for what the rules say (looking back and ahead), but costs most on texts where nothing
matches, and most of the field is such texts. RE2 takes a wider twin of each pattern (without the looking around),
all twins in one automaton; a pattern whose twin does not match cannot match either.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from re import _constants as sre  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

import re2

_ANY = "(?s:.)"
_patterns: list[Gated] = []
_current = threading.local()


class Gated:
    """A compiled pattern that knows its place in the filter; the same answers as `re`, sooner."""

    def __init__(self, pattern: str) -> None:
        self._compiled = re.compile(pattern)
        self._number = len(_patterns)
        self.wider = widened(pattern)
        _patterns.append(self)

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        """As re.Pattern.finditer."""
        return iter(()) if self._idle(text) else self._compiled.finditer(text)

    def search(self, text: str) -> re.Match[str] | None:
        """As re.Pattern.search."""
        return None if self._idle(text) else self._compiled.search(text)

    def match(self, text: str, start: int = 0) -> re.Match[str] | None:
        """As re.Pattern.match."""
        return self._compiled.match(text, start)

    def _idle(self, text: str) -> bool:
        """Whether this very text was scanned and the twin did not match; any other text is tried as usual."""
        return getattr(_current, "text", None) is text and self._number not in _current.possible


def gated(pattern: str) -> Gated:
    """Compile a pattern for use under `scanned`."""
    return Gated(pattern)


@contextmanager
def scanned(text: str) -> Iterator[None]:
    """Within the block, patterns whose twin does not match this very string object answer at once."""
    _current.possible = frozenset(_filter(len(_patterns)).Match(text) or ())
    _current.text = text
    try:
        yield
    finally:
        _current.text = None


@cache
def _filter(count: int) -> Any:
    """The automaton over the first `count` patterns."""
    combined = re2.Filter()
    for pattern in _patterns[:count]:
        combined.Add(pattern.wider)
    combined.Compile()
    return combined


def widened(pattern: str) -> str:
    """An RE2 pattern that matches wherever `pattern` does, and maybe elsewhere."""
    return _sequence(parser.parse(pattern))


def _sequence(parts: Iterable[tuple[Any, Any]]) -> str:
    return "".join(_part(kind, value) for kind, value in parts)


def _part(kind: Any, value: Any) -> str:
    match kind:
        case sre.LITERAL:
            return _char(value)
        case sre.NOT_LITERAL:
            return f"[^{_char(value)}]"
        case sre.ANY:
            return _ANY
        case sre.IN:
            return _set(value)
        case sre.BRANCH:
            return "(?:" + "|".join(_sequence(branch) for branch in value[1]) + ")"
        case sre.SUBPATTERN:
            return f"(?:{_sequence(value[3])})"
        case sre.MAX_REPEAT | sre.MIN_REPEAT | sre.POSSESSIVE_REPEAT:
            return _repeat(*value)
        case sre.ATOMIC_GROUP:
            return f"(?:{_sequence(value)})"
        case sre.ASSERT | sre.ASSERT_NOT | sre.AT:
            return ""
        case _:
            return "(?s:.*)"


def _repeat(least: int, most: Any, inner: Any) -> str:
    body = f"(?:{_sequence(inner)})"
    if most is sre.MAXREPEAT:
        return body + ("*" if least == 0 else "+")
    return f"{body}{{{least},{most}}}"


def _set(members: list[tuple[Any, Any]]) -> str:
    """A set of characters, or a larger one: an exception (NEGATE) is dropped where RE2's property may differ."""
    inside = members[0][0] is not sre.NEGATE
    out = [] if inside else ["^"]
    for kind, value in members if inside else members[1:]:
        match kind:
            case sre.LITERAL:
                out.append(_char(value))
            case sre.RANGE:
                out.append(f"{_char(value[0])}-{_char(value[1])}")
            case _ if inside and value not in _CATEGORIES:
                return _ANY
            case _ if inside:
                out.append(_CATEGORIES[value])
    return f"[{''.join(out)}]" if out not in ([], ["^"]) else _ANY


#: Python's \d, \s and \w know all of Unicode; RE2 says so by property.
_CATEGORIES = {
    sre.CATEGORY_DIGIT: r"\p{Nd}",
    sre.CATEGORY_SPACE: r"\s\x0b\x1c-\x1f\x{85}\p{Z}",
    sre.CATEGORY_WORD: r"\p{L}\p{N}\p{M}_",
}


def _char(code: int) -> str:
    return f"\\x{{{code:x}}}"
