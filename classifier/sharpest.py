"""The sharpest piece of a text: what one line claims by itself, however much else the text says.

A model of whole texts hears one line among thirty weakly; most claims and most frightening are one line. Each piece is
weighed alone, the loudest speaks for the text, and its word is weighed together with the model's of the whole (learning
from the best of several instances: Dietterich, Lathrop, Lozano-Pérez 1997).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from classifier.evidence import Place
from classifier.model import log_odds
from classifier.pieces import COLUMNS, columns, pieces_of

#: Questions that one line answers; figures and hours are read and compared (values/), not weighed.
SHARP: tuple[str, ...] = (
    "anxiety",
    *(
        f"signal:{flag}"
        for flag in (
            "endorsement", "exaggerated", "exam_insider", "foreign_teacher_abroad", "guarantee", "school_link",
            "superlative", "teacher_public",
        )
    ),
)  # fmt: skip
#: How sure both must be of a claim that no rule has found words of; on held-out writers' texts no signal loses at it.
SURE_ALONE = 0.8
#: Numbers that weigh the two: of the whole text's log odds, of the loudest piece's margin, and an offset.
Weighing = tuple[float, float, float]


@dataclass(frozen=True, kw_only=True)
class Reading:
    """The loudest piece of one text for each question: its margin (over 0: rather yes) and its place."""

    margins: Mapping[str, float]
    places: Mapping[str, Place]


_SILENT = Reading(margins=dict.fromkeys(SHARP, -9.0), places=dict.fromkeys(SHARP, (0, 0)))


@dataclass(frozen=True, kw_only=True)
class Sharpest:
    """Weights of a piece's n-grams for each question, and how its margin is weighed with the whole text's answer."""

    #: COLUMNS × SHARP, rounded to half precision
    weights: np.ndarray
    bias: np.ndarray
    #: beside the first tier's answers, and beside both tiers' (the same where there is no second)
    beside_first: Mapping[str, Weighing]
    beside_both: Mapping[str, Weighing]

    def __post_init__(self) -> None:
        if self.weights.shape != (COLUMNS, len(SHARP)) or self.bias.shape != (len(SHARP),):
            raise ValueError("shapes of the sharpest pieces' weights do not agree")
        if set(self.beside_first) != set(SHARP) or set(self.beside_both) != set(SHARP):
            raise ValueError("weighings of the sharpest pieces are not those of their questions")

    @property
    def close(self) -> Sharpest:
        """The same for texts that both tiers have read."""
        return replace(self, beside_first=self.beside_both)

    def read(self, text: str) -> Reading:
        """The loudest pieces of a restored text."""
        places = pieces_of(text)
        if not places:
            return _SILENT
        margins = self.margins([columns(text[start:end]) for start, end in places])
        loudest = margins.argmax(axis=0)
        return Reading(
            margins={head: float(margins[loudest[at], at]) for at, head in enumerate(SHARP)},
            places={head: places[int(loudest[at])] for at, head in enumerate(SHARP)},
        )

    def margins(self, pieces: Sequence[np.ndarray]) -> np.ndarray:
        """Pieces (each its columns) × SHARP."""
        sums = [self.weights[piece].sum(axis=0, dtype=np.float64) / max(1, len(piece)) ** 0.5 for piece in pieces]
        margins: np.ndarray = np.array(sums) + self.bias
        return margins

    def weighed(self, head: str, score: float, margin: float) -> float:
        """The whole text's probability and the loudest piece's margin as one probability."""
        return float(weigh(self.beside_first[head], np.array([score]), np.array([margin]))[0])


def weigh(by: Weighing, scores: np.ndarray, margins: np.ndarray) -> np.ndarray:
    """Probabilities of whole texts and margins of their loudest pieces as probabilities."""
    odds = by[0] * log_odds(scores) + by[1] * margins + by[2]
    joined: np.ndarray = 1 / (1 + np.exp(-np.clip(odds, -30, 30)))
    return joined
