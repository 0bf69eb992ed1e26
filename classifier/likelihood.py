"""How likely a stretch of text is: the segmenter's own word frequencies, as natural logarithms, smaller is likelier."""

from __future__ import annotations

import math
from functools import lru_cache

import rjieba

#: Occurrences counted by the dictionary.
_TOTAL = 60_101_967


@lru_cache(maxsize=65_536)
def word_cost(word: str) -> float:
    """-ln P(word) by the dictionary's frequency; a word it does not know counts as met once."""
    return math.log(_TOTAL / max(1, rjieba.suggest_freq(word)))


def cost(text: str) -> float:
    """-ln P of the likeliest way to cut this into words of the dictionary; 0 for nothing."""
    return sum([word_cost(word) for word in rjieba.cut(text, False)]) if text else 0.0
