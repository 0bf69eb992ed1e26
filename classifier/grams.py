"""Counting the n-grams of many texts at once: characters 1–3, words and word pairs, those of a vocabulary only.

Character n-grams are looked up as whole numbers in a hash table of arrays, a batch of texts in one go; a loop in
Python over six hundred substrings a text would cost more than all the rest of the first tier.
"""

from __future__ import annotations

import string
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import scipy.sparse as sp

from classifier.segment import is_word, pieces, words

CHAR = "c"
WORD = "w"
_SIZES = (1, 2, 3)
#: Fibonacci hashing: the top bits of the product with 2^64 over the golden ratio.
_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_CODE_POINTS = 0x110000
#: The marks met most; all others are looked at each time.
_COMMON = (*string.punctuation, *string.whitespace, *"，。！？；：、“”‘’（）【】《》…—·～￥§→")
#: Numbers of what is no word, and of words of no n-gram.
_NONE, _OTHER = 0, 1
#: Words of no n-gram that are remembered, and their longest; about 6 MB.
MOST_KEPT = 50_000
_LONGEST_KEPT = 8


def grams(text: str) -> Iterable[str]:
    """Every n-gram of a masked text, each marked by kind."""
    for size in _SIZES:
        for start in range(len(text) - size + 1):
            yield CHAR + text[start : start + size]
    yield from word_grams(text)


def word_grams(text: str) -> Iterable[str]:
    """Words and pairs of neighbouring words, marked."""
    tokens = words(text)
    for token in tokens:
        yield WORD + token
    for left, right in pairwise(tokens):
        yield f"{WORD}{left} {right}"


class GramIndex:
    """Every n-gram of some masked texts, cut and counted once however often a vocabulary is chosen from them."""

    def __init__(self, texts: Iterable[str]) -> None:
        number_of: dict[str, int] = {}
        numbers: list[int] = []
        met: list[int] = []
        ends = [0]
        for text in texts:
            found = Counter(grams(text))
            numbers += [number_of.setdefault(gram, len(number_of)) for gram in found]
            met += found.values()
            ends.append(len(numbers))
        #: in order
        self.grams = sorted(number_of)
        place_of = np.empty(len(self.grams), dtype=np.int32)
        place_of[[number_of[gram] for gram in self.grams]] = np.arange(len(self.grams), dtype=np.int32)
        columns = place_of[np.array(numbers, dtype=np.int64)]
        self._counts = sp.csr_matrix(
            (np.array(met, dtype=np.int32), columns, np.array(ends, dtype=np.int32)),
            shape=(len(ends) - 1, len(self.grams)),
        )
        self._counts.sort_indices()
        self._place = {gram: place for place, gram in enumerate(self.grams)}

    def spread(self, chosen: Sequence[int], groups: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
        """For each n-gram how many of the chosen texts hold it, and texts of how many groups."""
        ordered = {group: number for number, group in enumerate(sorted(set(groups)))}
        held = self._counts[chosen]
        held.data = np.ones_like(held.data)
        members = sp.csr_matrix(
            (np.ones(len(chosen), dtype=np.int32), ([ordered[group] for group in groups], np.arange(len(chosen)))),
            shape=(len(ordered), len(chosen)),
        )
        by_group = members @ held
        texts = np.bincount(by_group.indices, by_group.data, minlength=len(self.grams)).astype(np.int64)
        return texts, np.bincount(by_group.indices, minlength=len(self.grams))

    def count(self, chosen: Sequence[int], kept: Sequence[str]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """As `Vocabulary(kept).count` of the chosen texts, from what was counted at first."""
        found = self._counts[chosen][:, [self._place[gram] for gram in kept]]
        found.sort_indices()
        rows = np.repeat(np.arange(len(chosen)), np.diff(found.indptr))
        return rows, found.indices.astype(np.int64), found.data.astype(np.int64)


class _Numbers(dict[str, int]):
    """Words to numbers; those of no n-gram are OTHER, blanks and lone marks NONE. Of these the first MOST_KEPT met are
    remembered, short ones only, so that what is held does not grow with the texts."""

    kept = 0

    def __missing__(self, word: str) -> int:
        number = _OTHER if is_word(word) else _NONE
        if self.kept < MOST_KEPT and len(word) <= _LONGEST_KEPT:
            self.kept += 1
            self[word] = number
        return number


class Vocabulary:
    """The n-grams that have a column, and how to count them."""

    def __init__(self, kept: Sequence[str]) -> None:
        of_words = [(gram[1:].split(" "), column) for column, gram in enumerate(kept) if gram[0] == WORD]
        known = sorted({word for gram, _ in of_words for word in gram})
        self._numbers = _Numbers(
            dict.fromkeys((mark for mark in _COMMON if not is_word(mark)), _NONE)
            | {word: number for number, word in enumerate(known, _OTHER + 1)}
        )
        self._of_word = np.full(len(known) + _OTHER + 1, -1, dtype=np.int64)
        pairs: list[tuple[int, int]] = []
        for gram, column in of_words:
            if len(gram) == 1:
                self._of_word[self._numbers[gram[0]]] = column
            else:
                pairs.append((self._pair(*(self._numbers[word] for word in gram)), column))
        self._pairs = _Table(
            np.array([key for key, _ in pairs], dtype=np.uint64),
            np.array([column for _, column in pairs], dtype=np.int64),
        )
        of_chars = [(gram[1:], column) for column, gram in enumerate(kept) if gram[0] == CHAR]
        alphabet = sorted({char for gram, _ in of_chars for char in gram})
        self._base = len(alphabet) + 1
        self._letters = np.zeros(_CODE_POINTS, dtype=np.int32)
        self._letters[[ord(char) for char in alphabet]] = np.arange(1, self._base, dtype=np.int32)
        keys = np.array([self._key(gram) for gram, _ in of_chars], dtype=np.uint64)
        self._chars = _Table(keys, np.array([column for _, column in of_chars], dtype=np.int64))

    def _pair(self, left: Any, right: Any) -> Any:
        return left * len(self._of_word) + right

    def _key(self, gram: str) -> int:
        key = 0
        for char in gram:
            key = key * self._base + int(self._letters[ord(char)])
        return key * 4 + len(gram)

    def count(self, texts: Sequence[str]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """(text, column, count) of every n-gram found, by text and then by column. Texts hold no NUL."""
        places, columns = (np.concatenate(both) for both in zip(self.characters(texts), self.words(texts), strict=True))
        width = max(1, int(columns.max(initial=0)) + 1)
        both, counts = np.unique(places * width + columns, return_counts=True)
        return both // width, both % width, counts

    def words(self, texts: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
        """(text, column) of every word and pair of words in the vocabulary."""
        numbers: list[int] = []
        lengths: list[int] = []
        for text in texts:
            cut = list(map(self._numbers.__getitem__, pieces(text)))
            numbers += cut
            numbers.append(_OTHER)  # no pair goes over the end of a text
            lengths.append(len(cut) + 1)
        owner = np.repeat(np.arange(len(texts)), np.array(lengths, dtype=np.int64))
        met = np.array(numbers, dtype=np.int64)
        owner, met = owner[met != _NONE], met[met != _NONE]
        both = np.flatnonzero((met[:-1] != _OTHER) & (met[1:] != _OTHER))
        paired = self._pairs.find(self._pair(met[both], met[both + 1]).astype(np.uint64))
        columns = np.concatenate([self._of_word[met], paired])
        places = np.concatenate([owner, owner[both]])
        return places[columns >= 0], columns[columns >= 0]

    def characters(self, texts: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
        """(text, column) of every character n-gram in the vocabulary."""
        codes = np.frombuffer("\0".join(texts).encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
        letters = self._letters[codes].astype(np.uint64)
        owner = np.repeat(np.arange(len(texts)), [len(text) + 1 for text in texts])[: len(letters)]
        keys, owners = [], []
        run, valid = np.zeros_like(letters), np.ones(len(letters), dtype=bool)
        for size in _SIZES:
            left = max(0, len(letters) - size + 1)
            run = run[:left] * np.uint64(self._base) + letters[size - 1 :]
            valid = valid[:left] & (letters[size - 1 :] > 0)
            keys.append(run[valid] * np.uint64(4) + np.uint64(size))
            owners.append(owner[:left][valid])
        columns = self._chars.find(np.concatenate(keys))
        known = columns >= 0
        return np.concatenate(owners)[known], columns[known]


class _Table:
    """Keys to values, open addressing, asked for many at once."""

    def __init__(self, keys: np.ndarray, values: np.ndarray) -> None:
        bits = max(4, int(len(keys) * 4).bit_length())
        self._shift, self._last = np.uint64(64 - bits), (1 << bits) - 1
        self._keys, self._values = np.zeros(1 << bits, dtype=np.uint64), np.full(1 << bits, -1, dtype=np.int64)
        left, step, home = np.arange(len(keys)), 0, self._home(keys)
        while len(left):
            slots = (home[left] + step) & self._last
            placed = np.zeros(len(left), dtype=bool)
            placed[np.unique(slots, return_index=True)[1]] = True
            placed &= self._keys[slots] == 0
            self._keys[slots[placed]], self._values[slots[placed]] = keys[left[placed]], values[left[placed]]
            left, step = left[~placed], step + 1

    def _home(self, keys: np.ndarray) -> np.ndarray:
        return ((keys * _GOLDEN) >> self._shift).astype(np.int64)

    def find(self, keys: np.ndarray) -> np.ndarray:
        """The value of each key, -1 where there is none. No key is 0."""
        home = self._home(keys)
        out = np.full(len(keys), -1, dtype=np.int64)
        left, step = np.arange(len(keys)), 0
        while len(left):
            slots = (home[left] + step) & self._last
            there = self._keys[slots]
            hit = there == keys[left]
            out[left[hit]] = self._values[slots[hit]]
            left, step = left[~hit & (there != 0)], step + 1
        return out
