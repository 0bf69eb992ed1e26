"""rjieba cuts as jieba does, on our own corpus."""

from __future__ import annotations

import logging
import warnings

import rjieba

from classifier.dataset import read_corpus
from classifier.segment import words


def test_cuts_as_jieba_does() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # jieba 0.42.1's own: pkg_resources and invalid escapes
        import jieba

        jieba.setLogLevel(logging.ERROR)
        jieba.initialize()
    # the two differ in runs of ASCII only: those are left out
    texts = ["".join(c if not c.isascii() else "，" for c in e.posting.text) for e in read_corpus()[:400]]
    same = sum(rjieba.cut(text) == jieba.lcut(text) for text in texts)
    assert same / len(texts) >= 0.99


def test_words_drop_blanks_and_marks() -> None:
    assert words("数学 辅导，！ a 5") == ["数学", "辅导", "a", "5"]
