"""Words: jieba's dictionary and algorithm through rjieba (a test holds the two together on our corpus)."""

from __future__ import annotations

import rjieba


def words(text: str) -> list[str]:
    """Cut folded text into words, blanks and lone marks dropped."""
    return [word for word in rjieba.cut(text) if not word.isspace() and (len(word) > 1 or word.isalnum())]
