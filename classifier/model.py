"""The linear model: one calibrated head per question, all scored by one matrix product."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from classifier.dataset import Gold
from classifier.document import Document
from classifier.features import Vectoriser
from classifier.types import AD_FLAGS, COVERS, KINDS, STAGES

if TYPE_CHECKING:
    from classifier.second_tier import SecondTier
    from classifier.sharpest import Sharpest

#: kind:* are read together; the others are yes/no questions.
HEADS: tuple[str, ...] = (
    *(f"kind:{kind}" for kind in KINDS),
    "academic",
    "anxiety",
    "minors",
    "paid",
    *(f"cover:{cover}" for cover in COVERS),
    *(f"stage:{stage}" for stage in STAGES if stage != "unknown"),
    *(f"signal:{flag}" for flag in AD_FLAGS),
)
_LIMIT = 1e-5


def answer(head: str, gold: Gold) -> bool:
    """What a label says to one head's question."""
    group, _, value = head.partition(":")
    match group:
        case "kind":
            return gold.kind == value
        case "academic":
            return gold.is_academic
        case "cover":
            return value in gold.covers
        case "stage":
            return value in gold.stages
        case "signal":
            return value in gold.ad_flags
        case _:
            return bool(getattr(gold, group))


def _companion(head: str) -> tuple[str, str]:
    """What speaks for a head beside its margin, "" for nothing: a rule's strongest hit, a theme, its words counted, or
    how much frightens."""
    group, _, value = head.partition(":")
    if group == "signal" or (group == "cover" and value in ("online", "home")):
        return "rule", value
    if group == "cover":
        return "count", f"cover_{value}"
    if group == "stage":
        return "theme", "ctx_adult" if value == "adult" else f"stage_{value}"
    return {"paid": ("rule", "paid"), "anxiety": ("fear", "fear")}.get(head, ("", ""))


_COMPANIONS = [(column, *_companion(head)) for column, head in enumerate(HEADS)]
_BY_RULE = {
    name: [column for column, kind, rule in _COMPANIONS if kind == "rule" and rule == name]
    for name in {rule for _, kind, rule in _COMPANIONS if kind == "rule"}
}
_BY_THEME = {theme: (column, kind) for column, kind, theme in _COMPANIONS if kind in ("count", "theme")}
_ANXIETY = HEADS.index("anxiety")


def companions(docs: Sequence[Document]) -> np.ndarray:
    """For each head what its own rule or list alone says, 0..1; the head's calibration weighs it in."""
    rows = np.zeros((len(docs), len(HEADS)))
    for row, doc in zip(rows, docs, strict=True):
        strongest: dict[str, float] = {}
        fears = 0
        for hit in doc.hits:
            if hit.strength > strongest.get(hit.name, 0.0):
                strongest[hit.name] = hit.strength
            fears += hit.name == "fear"
        for rule, strength in strongest.items():
            for column in _BY_RULE.get(rule, ()):
                row[column] = strength
        if "fear" in strongest:
            row[_ANXIETY] = min(1.0, strongest["fear"] * (0.7 + 0.15 * fears))
        for theme in _BY_THEME.keys() & doc.words.keys():
            column, kind = _BY_THEME[theme]
            row[column] = min(1.0, len(doc.words[theme]) / 2) if kind == "count" else 1.0
    return rows


def temper(probability: np.ndarray, spoken: tuple[float, float] = (1.0, 0.0)) -> np.ndarray:
    """Probabilities (documents × heads) with kinds adding up to one, and what only an offer can be weighed by it.

    `spoken`: slope and offset, in log odds, that make the weighed answer to academic a probability again.
    """
    tempered = probability.copy()
    kinds = len(KINDS)
    total = tempered[:, :kinds].sum(axis=1, keepdims=True)
    tempered[:, :kinds] /= np.where(total > 0, total, 1)
    offer, minors = tempered[:, HEADS.index("kind:offer")], tempered[:, HEADS.index("minors")]
    academic, anxiety = HEADS.index("academic"), HEADS.index("anxiety")
    # An adult's course or somebody's old exam papers use the same words: no offer to minors, no academic offer.
    tempered[:, academic] *= np.sqrt(offer * minors)
    tempered[:, anxiety] *= np.minimum(1, offer + minors)
    slope, offset = spoken
    tempered[:, academic] = 1 / (1 + np.exp(-np.clip(slope * log_odds(tempered[:, academic]) + offset, -30, 30)))
    return tempered


def log_odds(probability: np.ndarray) -> np.ndarray:
    """Log odds, probabilities kept from 0 and 1."""
    kept = np.clip(probability, _LIMIT, 1 - _LIMIT)
    odds: np.ndarray = np.log(kept / (1 - kept))
    return odds


@dataclass(frozen=True, kw_only=True)
class Scores:
    """What the model says of one document."""

    probability: Mapping[str, float]

    def __getitem__(self, head: str) -> float:
        return self.probability[head]


@dataclass(frozen=True, kw_only=True)
class Model:
    """A trained model: vocabulary, weights, calibration and thresholds."""

    id: str
    vectoriser: Vectoriser
    #: columns × heads
    weights: np.ndarray
    bias: np.ndarray
    #: Platt scaling per head, its companion beside its margin: p = 1 / (1 + exp(-(s·margin + c·companion + o)))
    slope: np.ndarray
    companion: np.ndarray
    offset: np.ndarray
    #: Platt scaling of academic once it is weighed by offer and minors
    spoken: tuple[float, float]
    thresholds: Mapping[str, float]
    #: None when it was trained without embeddings
    second: SecondTier | None = None
    #: what one line claims; None only in a model under construction
    sharpest: Sharpest | None = None

    def margins(self, docs: Sequence[Document]) -> np.ndarray:
        """Raw decision values, documents × heads."""
        if not docs:
            return np.zeros((0, len(HEADS)))
        product: np.ndarray = self.vectoriser.transform(docs) @ self.weights
        total: np.ndarray = product + self.bias
        return total

    def score(self, docs: Sequence[Document]) -> list[Scores]:
        """Calibrated and tempered probabilities."""
        margins = self.margins(docs) * self.slope + companions(docs) * self.companion + self.offset
        probability = temper(1 / (1 + np.exp(-np.clip(margins, -30, 30))), self.spoken)
        return [Scores(probability=dict(zip(HEADS, row, strict=True))) for row in probability.tolist()]

    @property
    def close(self) -> Model:
        """This model with the thresholds and weighings for texts the second tier has read."""
        if self.second is None:
            return self
        thresholds = {**self.thresholds, **self.second.thresholds}
        return replace(self, thresholds=thresholds, sharpest=self.sharpest.close if self.sharpest else None)

    def flags(self, scores: Scores, head: str) -> bool:
        """Whether a head's probability reaches its threshold."""
        return scores[head] >= self.thresholds[head]
