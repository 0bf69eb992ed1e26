"""Quotation marks as GB/T 15834 has them: outside “ ”, within them ‘ ’, within those “ ” again."""

from __future__ import annotations

from collections.abc import Iterable

#: What a mark becomes one level further in.
_INWARDS = str.maketrans("“”‘’", "‘’“”")
_DOUBLE = frozenset("“”")


def quoted(words: str) -> str:
    """The words in quotation marks; their own double ones become those of the next level."""
    return f"“{words.translate(_INWARDS) if _DOUBLE & set(words) else words}”"


def nested(sentence: str, quotes: Iterable[str]) -> str:
    """A sentence that quotes these words between “ and ”, with the marks inside them set right; whatever else it says
    stays as it is, and so does what it quotes in another form (cut short, say)."""
    for words in sorted(set(quotes), key=len, reverse=True):
        sentence = sentence.replace(f"“{words}”", quoted(words))
    return sentence
