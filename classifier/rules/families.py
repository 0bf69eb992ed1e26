"""Families of ways to say one thing: a pattern, the words it cannot do without, what makes it mean something else."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from classifier.rules.context import denied
from classifier.rules.firsts import Sought
from classifier.rules.needs import split
from classifier.rules.prefilter import enrol, scanned
from classifier.types import Hit

#: A number as posters, masked SMS and speech write it: 30, 3x, x, 三百五, 几.
COUNT = r"(?:[\dx*]{1,6}(?:\.\d{1,2})?万?|[一二两三四五六七八九十百千万]{1,6}|俩|仨|几|数)"
#: Up to some characters of the same clause.
NEAR = r"[^,。!?;\n]"
#: Up to some characters of the same sentence.
SAME = r"[^。!?\n]"


@dataclass(frozen=True, kw_only=True)
class Family:
    """One family of wordings of one signal."""

    name: str
    source: str
    strength: float = 1.0
    #: Seen in the eight characters before, the match or the six after it, the words mean something else.
    unless: re.Pattern[str] | None = None
    #: Reads the values of a match; False when they do not bear the claim out.
    check: Callable[[re.Match[str]], bool] | None = None
    #: Whether 不, 没有, 拒绝 before it take it back (a guarantee may begin with 不提分).
    deniable: bool = True
    #: How sure a match is where it stands, 0 for not at all; None: always `strength`.
    grade: Callable[[re.Match[str]], float] | None = None

    @cached_property
    def pattern(self) -> Sought:
        """Compiled when first needed: most texts need few of them."""
        return Sought(self.source)

    def hits(self, text: str) -> Iterator[Hit]:
        """The family's hits in a text."""
        for match in self.pattern.finditer(text):
            start, end = match.span()
            if self.unless is not None and self.unless.search(text[max(0, start - 8) : end + 6]):
                continue
            if self.check is not None and not self.check(match):
                continue
            if self.deniable and denied(text, start):
                continue
            strength = self.strength if self.grade is None else self.grade(match)
            if strength:
                yield Hit(name=self.name, start=start, end=end, strength=strength)


def family(
    name: str,
    pattern: str,
    *,
    unless: str = "",
    strength: float = 1.0,
    check: Callable[[re.Match[str]], bool] | None = None,
    deniable: bool = True,
) -> Family:
    """A family from source text."""
    return Family(
        name=name,
        source=pattern,
        strength=strength,
        unless=re.compile(unless) if unless else None,
        check=check,
        deniable=deniable,
    )


def alternatives(
    name: str, pattern: str, *, grade: Callable[[re.Match[str]], float] | None = None, deniable: bool = True
) -> tuple[Family, ...]:
    """Each of a pattern's alternatives as a family of its own, so that each is searched for only where it can be."""
    return tuple(Family(name=name, source=part, grade=grade, deniable=deniable) for part in split(pattern))


class Families:
    """Many families behind one search for the words they cannot do without."""

    def __init__(self, families: Iterable[Family]) -> None:
        self.all = tuple(families)
        self._first = enrol([one.source for one in self.all])

    def hits(self, text: str) -> Iterator[Hit]:
        """Hits of every family whose words stand in the text."""
        with scanned(text) as scan:
            numbers = scan.of.get(self._first, ())
        for number in numbers:
            yield from self.all[number - self._first].hits(text)
