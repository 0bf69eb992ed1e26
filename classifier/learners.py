"""How one head learns its weights: a linear learner, and for some a second one on log-odds columns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from sklearn.linear_model import LogisticRegression

#: Inverse regularisation; by cross-validation on the corpus.
INVERSE_REGULARISATION = 30.0
#: Fewer positives than this and a head has nothing to learn from.
MIN_POSITIVES = 6


def _learn(rows: sp.csr_matrix, truth: np.ndarray, weight: np.ndarray, strength: float) -> tuple[np.ndarray, float]:
    learner = LogisticRegression(C=strength, solver="liblinear", dual=True, random_state=0, max_iter=400, tol=1e-2)
    learner.fit(rows, truth, sample_weight=weight)
    return learner.coef_[0], float(learner.intercept_[0])


def _log_odds(rows: sp.csr_matrix, truth: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """How much more often each column stands in texts that answer yes, as naive Bayes counts."""
    present = (rows > 0).astype(np.float64)
    yes = present[truth].T @ weight[truth]
    no = present[~truth].T @ weight[~truth]
    ratio: np.ndarray = np.log((yes + 1) / (weight[truth].sum() + 2)) - np.log((no + 1) / (weight[~truth].sum() + 2))
    return ratio


@dataclass(frozen=True, kw_only=True)
class Lesson:
    """Rows (texts × columns) with the answers to one head and what each weighs."""

    rows: sp.csr_matrix
    truth: np.ndarray
    weight: np.ndarray

    def __add__(self, other: Lesson) -> Lesson:
        return Lesson(
            rows=sp.vstack([self.rows, other.rows]).tocsr(),
            truth=np.concatenate([self.truth, other.truth]),
            weight=np.concatenate([self.weight, other.weight]),
        )


def fit_head(written: Lesson, mingled: Lesson | None, *, both: bool) -> tuple[np.ndarray, float]:
    """Weights and bias of one head; silence (a constant no) when there is too little to learn from.

    With `both`, a second learner sees the columns weighted by their log odds; the two are added at equal spread.
    Mingled texts are shown to the second learner alone: shown to both they cost on texts that are not mixed.
    """
    rows, truth, weight = written.rows, written.truth, written.weight
    if truth.sum() < MIN_POSITIVES or truth.all():
        return np.zeros(rows.shape[1]), -6.0
    weights, bias = _learn(rows, truth, weight, INVERSE_REGULARISATION)
    if both:
        more = written if mingled is None else written + mingled
        odds = _log_odds(more.rows, more.truth, more.weight)
        by_odds = (more.rows @ sp.diags(odds)).tocsr()
        others, other_bias = _learn(by_odds, more.truth, more.weight, INVERSE_REGULARISATION / 3)
        others = others * odds
        share = float(np.std(rows @ weights) / max(np.std(rows @ others), 1e-9))
        weights, bias = (weights + share * others) / 2, (bias + share * other_bias) / 2
    return weights, bias
