"""Train the sharpest pieces: which piece of a text that answers yes says so is not written down and must be found.

At first every piece of such a text counts a little as saying it; then only the one the model finds loudest, the others
near it not at all. Pieces of texts that answer no are known to say nothing. Held-out margins come from models that saw
nothing of the writer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from joblib import Parallel, cpu_count, delayed
from sklearn.linear_model import LogisticRegression, SGDClassifier

from classifier.dataset import Example
from classifier.document import Document
from classifier.model import HEADS, answer, log_odds
from classifier.pieces import COLUMNS, columns, pieces_of
from classifier.sharpest import SHARP, Sharpest, Weighing

#: Rounds of finding the piece that says it, strength of the penalty, passes over the pieces: by cross-validation.
ROUNDS = 2
PENALTY = 3e-6
PASSES = 8
#: What a piece weighs before the first round, and what the loudest does after it.
UNKNOWN, LOUDEST = 0.3, 2.0
#: Pieces so little below the loudest may say it too: they teach neither yes nor no.
NEARLY = 1.5
#: Fewer positives than this and a question is left to the model of whole texts.
MIN_POSITIVES = 20
_LEFT_TO_THE_WHOLE: Weighing = (1.0, 0.0, 0.0)


@dataclass(frozen=True, kw_only=True)
class _Cut:
    """All texts in pieces."""

    #: pieces × COLUMNS, rows of unit length
    rows: sp.csr_matrix
    #: which text a piece is of
    owner: np.ndarray

    @classmethod
    def of(cls, docs: Sequence[Document]) -> _Cut:
        found = [
            (text, columns(doc.text[start:end])) for text, doc in enumerate(docs) for start, end in pieces_of(doc.text)
        ]
        lengths = np.array([len(piece) for _, piece in found])
        values = np.repeat(1 / np.sqrt(np.maximum(lengths, 1)), lengths)
        ends = np.concatenate([[0], np.cumsum(lengths)])
        rows = sp.csr_matrix((values, np.concatenate([piece for _, piece in found]), ends), shape=(len(found), COLUMNS))
        return cls(rows=rows, owner=np.array([text for text, _ in found]))

    def loudest(self, margins: np.ndarray, texts: int) -> np.ndarray:
        """The largest margin of each text's pieces."""
        return _largest(margins, self.owner, np.full(texts, -9.0))


def _largest(margins: np.ndarray, owner: np.ndarray, least: np.ndarray) -> np.ndarray:
    """The largest margin of each text's pieces, `least` of a text with none."""
    best = least.copy()
    np.maximum.at(best, owner, margins)
    return best


def train_sharpest(
    examples: Sequence[Example], docs: Sequence[Document], folds: np.ndarray, first: np.ndarray, both: np.ndarray
) -> tuple[Sharpest, np.ndarray]:
    """Train on the offers; and the held-out margin of each example's loudest piece, examples × SHARP.

    `first`, `both`: the tiers' held-out probabilities, examples × HEADS; `folds`: the writers' group of each example.
    """
    cut = _Cut.of(docs)
    offers = np.array([example.gold.kind == "offer" for example in examples])
    truths = [np.array([answer(head, one.gold) for one in examples]) & offers for head in SHARP]
    learnt = Parallel(n_jobs=min(2, cpu_count()), pre_dispatch="n_jobs")(
        delayed(_question)(cut, truth, offers, folds) for truth in truths
    )
    margins = np.column_stack([one.held_out for one in learnt])
    tier = Sharpest(
        weights=np.column_stack([one.weights for one in learnt]).astype(np.float16).astype(np.float32),
        bias=np.array([one.bias for one in learnt]),
        beside_first=_weighings(first, margins, truths, offers),
        beside_both=_weighings(both, margins, truths, offers),
    )
    return tier, margins


@dataclass(frozen=True, kw_only=True)
class _Learnt:
    """One question: weights from all offers, and margins of each text's loudest piece from the other writers' alone."""

    weights: np.ndarray
    bias: float
    held_out: np.ndarray


def _question(cut: _Cut, truth: np.ndarray, offers: np.ndarray, folds: np.ndarray) -> _Learnt:
    if truth.sum() < MIN_POSITIVES:
        return _Learnt(weights=np.zeros(COLUMNS), bias=-9.0, held_out=np.full(len(truth), -9.0))
    held_out = np.full(len(truth), -9.0)
    for fold in sorted(set(folds)):
        weights, bias = _fit(cut, truth, offers & (folds != fold))
        outside = folds == fold
        held_out[outside] = cut.loudest(cut.rows @ weights + bias, len(truth))[outside]
    weights, bias = _fit(cut, truth, offers)
    return _Learnt(weights=weights, bias=bias, held_out=held_out)


def _fit(cut: _Cut, truth: np.ndarray, chosen: np.ndarray) -> tuple[np.ndarray, float]:
    """Weights and bias from the pieces of the chosen texts."""
    pieces = np.flatnonzero(chosen[cut.owner])
    rows, owner = cut.rows[pieces], cut.owner[pieces]
    says = truth[owner]
    told, weight = np.ones(len(pieces), dtype=bool), np.where(says, UNKNOWN, 1.0)
    for _ in range(ROUNDS):
        learner = SGDClassifier(loss="log_loss", alpha=PENALTY, max_iter=PASSES, tol=None, random_state=0, average=True)
        learner.fit(rows[told], says[told], sample_weight=weight[told])
        margins = rows @ learner.coef_[0] + learner.intercept_[0]
        best = _largest(margins, owner, np.full(len(truth), -np.inf))
        says = truth[owner] & (margins >= best[owner])
        told = says | ~truth[owner] | (margins <= best[owner] - NEARLY)
        weight = np.where(says, LOUDEST, 1.0)
    return learner.coef_[0], float(learner.intercept_[0])


def _weighings(
    scores: np.ndarray, margins: np.ndarray, truths: Sequence[np.ndarray], offers: np.ndarray
) -> dict[str, Weighing]:
    """How each question weighs the whole text's answer and the loudest piece's."""
    found: dict[str, Weighing] = {}
    for at, (head, truth) in enumerate(zip(SHARP, truths, strict=True)):
        if truth.sum() < MIN_POSITIVES:
            found[head] = _LEFT_TO_THE_WHOLE
            continue
        inputs = np.column_stack([log_odds(scores[:, HEADS.index(head)]), margins[:, at]])
        scaler = LogisticRegression(C=1.0, solver="newton-cholesky").fit(inputs[offers], truth[offers])
        whole, piece = map(float, scaler.coef_[0])
        found[head] = whole, piece, float(scaler.intercept_[0])
    return found
