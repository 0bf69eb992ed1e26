"""Words: jieba's dictionary and algorithm through rjieba (a test holds the two together on our corpus)."""

from __future__ import annotations

import rjieba


def pieces(text: str) -> list[str]:
    """Cut folded text into words, blanks and marks."""
    cut: list[str] = rjieba.cut(text)
    return cut


def is_word(piece: str) -> bool:
    """Whether a piece is neither blank nor a lone mark."""
    return not piece.isspace() and (len(piece) > 1 or piece.isalnum())


def words(text: str) -> list[str]:
    """Cut folded text into words, blanks and lone marks dropped."""
    return [piece for piece in pieces(text) if is_word(piece)]
