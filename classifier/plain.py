"""Words of the lexicon that stand in a text as they are, and everyday words that the dictionary lacks."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from classifier.hidden import hidden


@dataclass(frozen=True, kw_only=True)
class Plain:
    """Where they stand. What is asked of one stretch costs no more in a text with thousands of them."""

    #: one byte a character: within such a word
    covered: bytes
    #: word, start, end; by end
    found: Sequence[tuple[str, int, int]]
    #: start and end of the everyday words
    ordinary: Sequence[tuple[int, int]]

    @classmethod
    def of(cls, text: str) -> Plain:
        lists = hidden()
        covered = bytearray(len(text))
        found = []
        for number, start, end in lists.met(text).plain:
            covered[start:end] = b"\1" * (end - start)
            found.append((lists.words[number], start, end))
        ordinary = [(start, end) for _, start, end in lists.ordinary.find_matches_as_indexes(text)]
        for start, end in ordinary:
            covered[start:end] = b"\1" * (end - start)
        found.sort(key=lambda one: one[2])
        return cls(covered=bytes(covered), found=found, ordinary=ordinary)

    def holds(self, start: int, end: int) -> bool:
        return 1 in self.covered[start:end]

    def signs(self, start: int, end: int) -> float:
        """How many different words of schooling stand outside a stretch; those of many trades count half."""
        strong = hidden().signs
        over = Counter(word for word, _, _ in self._over(start, end))
        worth = self._worth
        return worth - sum((1 if word in strong else 0.5) for word, times in over.items() if times == self._times[word])

    def cuts(self, start: int, end: int) -> bool:
        """Whether an edge of a stretch lies within an everyday word: 二|孩享."""
        return start in self._within or end in self._within

    def touches(self, start: int, end: int) -> bool:
        """Whether a word stands right before or after a stretch."""
        return start in self._ends or end in self._starts

    def _over(self, start: int, end: int) -> Iterator[tuple[str, int, int]]:
        """The words that share a character with a stretch."""
        for place in range(bisect_right(self._all_ends, start), len(self.found)):
            one = self.found[place]
            if one[2] - self._longest >= end:
                return
            if one[1] < end:
                yield one

    @cached_property
    def _times(self) -> Counter[str]:
        return Counter(word for word, _, _ in self.found)

    @cached_property
    def _worth(self) -> float:
        strong = hidden().signs
        return sum(1 if word in strong else 0.5 for word in self._times)

    @cached_property
    def _all_ends(self) -> list[int]:
        return [end for _, _, end in self.found]

    @cached_property
    def _longest(self) -> int:
        return max((end - start for _, start, end in self.found), default=0)

    @cached_property
    def _starts(self) -> frozenset[int]:
        return frozenset(start for _, start, _ in self.found)

    @cached_property
    def _ends(self) -> frozenset[int]:
        return frozenset(self._all_ends)

    @cached_property
    def _within(self) -> frozenset[int]:
        return frozenset(place for low, high in self.ordinary for place in range(low + 1, high))
