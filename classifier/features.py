"""Numbers for the model: TF-IDF of characters and words of the masked text, and evidence from lists and rules."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import scipy.sparse as sp

from classifier.document import Document, masked
from classifier.evidence_columns import evidence, evidence_names
from classifier.grams import GramIndex, Vocabulary

#: Only the beginning of very long texts is read for n-grams.
WINDOW = 1_500


def grams_of(docs: Iterable[Document]) -> GramIndex:
    """What a vocabulary is learnt from."""
    return GramIndex(_read(doc) for doc in docs)


def _read(doc: Document) -> str:
    return masked(doc.text[:WINDOW])


@dataclass(frozen=True, kw_only=True)
class Vectoriser:
    """A fitted vocabulary; turns documents into rows of one sparse matrix."""

    #: n-grams in column order (without the evidence columns that follow them)
    grams: tuple[str, ...]
    idf: np.ndarray
    evidence_weight: float

    @classmethod
    def fit(
        cls,
        found: GramIndex,
        chosen: Sequence[int],
        groups: Sequence[str],
        *,
        min_texts: int = 2,
        min_groups: int = 2,
        evidence_weight: float,
    ) -> Vectoriser:
        """Learn the n-grams that at least `min_texts` of the chosen texts, of at least `min_groups` writers, use.

        `groups`: the writer of each chosen text.
        """
        texts, writers = found.spread(chosen, groups)
        needed = min(min_groups, len(set(groups)))
        kept = np.flatnonzero((texts >= min_texts) & (writers >= needed))
        idf = np.array([math.log((1 + len(chosen)) / (1 + count)) + 1 for count in texts[kept]], dtype=np.float64)
        return cls(grams=tuple(found.grams[gram] for gram in kept), idf=idf, evidence_weight=evidence_weight)

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """The n-grams, ready to be counted."""
        return Vocabulary(self.grams)

    @property
    def width(self) -> int:
        return len(self.grams) + len(evidence_names())

    def transform(self, docs: Sequence[Document]) -> sp.csr_matrix:
        """Rows of the documents: each block of n-grams of unit length, evidence weighted beside them."""
        return self._rows(self.vocabulary.count([_read(doc) for doc in docs]), evidence(docs))

    def rows_of(self, found: GramIndex, chosen: Sequence[int], beside: np.ndarray) -> sp.csr_matrix:
        """As `transform` of texts that were counted before; `beside`: the evidence of all of them."""
        return self._rows(found.count(chosen, self.grams), beside[chosen])

    def _rows(self, counted: tuple[np.ndarray, np.ndarray, np.ndarray], beside: np.ndarray) -> sp.csr_matrix:
        rows, columns, counts = counted
        values = (1 + np.log(counts)) * self.idf[columns]
        norms = np.sqrt(np.bincount(rows, values * values, minlength=len(beside)))
        place, evident = np.nonzero(beside)
        return sp.csr_matrix(
            (
                np.concatenate([values / norms[rows], beside[place, evident] * self.evidence_weight]),
                (np.concatenate([rows, place]), np.concatenate([columns, evident + len(self.grams)])),
            ),
            shape=(len(beside), self.width),
            dtype=np.float64,
        )
