"""Figures of yes/no answers with their uncertainty: counts, 95 % intervals, calibration; sums only, no text kept."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

#: Two-sided 95 % of the normal distribution.
_Z = 1.959964
SEED = 20_210_724
RESAMPLES = 1_000
BINS = 10

Interval = tuple[float, float]


@dataclass(kw_only=True)
class Counts:
    """Counts of one yes/no question; `agreed` are the texts both answer and label say no to."""

    hits: int = 0
    alarms: int = 0
    missed: int = 0
    agreed: int = 0

    def add(self, *, said: bool, truth: bool) -> None:
        """Count one text."""
        if said:
            self.hits, self.alarms = self.hits + truth, self.alarms + (not truth)
        else:
            self.missed, self.agreed = self.missed + truth, self.agreed + (not truth)

    @property
    def total(self) -> int:
        return self.hits + self.alarms + self.missed + self.agreed

    @property
    def positives(self) -> int:
        return self.hits + self.missed

    @property
    def precision(self) -> float:
        return self.hits / (self.hits + self.alarms) if self.hits + self.alarms else 0.0

    @property
    def recall(self) -> float:
        return self.hits / self.positives if self.positives else 0.0

    @property
    def f1(self) -> float:
        total = 2 * self.hits + self.alarms + self.missed
        return 2 * self.hits / total if total else 0.0

    def to_dict(self, *, intervals: bool = True) -> dict[str, float | int | list[float]]:
        """Rounded figures; an interval is [low, high]."""
        row: dict[str, float | int | list[float]] = {
            "precision": round(self.precision, 4),
            "recall": round(self.recall, 4),
            "f1": round(self.f1, 4),
            "support": self.positives,
            "texts": self.total,
            "false_alarms": self.alarms,
            "missed": self.missed,
        }
        if intervals:
            row["precision_95"] = _rounded(wilson(self.hits, self.hits + self.alarms))
            row["recall_95"] = _rounded(wilson(self.hits, self.positives))
            row["f1_95"] = _rounded(f1_interval(self))
        return row


def _rounded(interval: Interval) -> list[float]:
    return [round(interval[0], 4), round(interval[1], 4)]


def wilson(yes: int, total: int) -> Interval:
    """Wilson's 95 % interval of a share; everything is possible when there is nothing to go by."""
    if not total:
        return 0.0, 1.0
    share, square = yes / total, _Z * _Z
    middle = (share + square / (2 * total)) / (1 + square / total)
    half = _Z * math.sqrt(share * (1 - share) / total + square / (4 * total * total)) / (1 + square / total)
    return max(0.0, middle - half), min(1.0, middle + half)


def f1_interval(counts: Counts) -> Interval:
    """Bootstrap over texts, the same every time: resampling texts is resampling the four counts."""
    if not counts.hits + counts.alarms + counts.missed:
        return 0.0, 1.0
    cells = np.array([counts.hits, counts.alarms, counts.missed, counts.agreed], dtype=np.float64)
    drawn = np.random.default_rng(SEED).multinomial(counts.total, cells / cells.sum(), size=RESAMPLES)
    below = 2 * drawn[:, 0] + drawn[:, 1] + drawn[:, 2]
    values = np.divide(2 * drawn[:, 0], below, out=np.zeros(RESAMPLES), where=below > 0)
    low, high = np.percentile(values, (2.5, 97.5))
    return float(low), float(high)


@dataclass(kw_only=True)
class Reliability:
    """How often what is given probability p is true, in ten bins of equal width."""

    texts: list[int] = field(default_factory=lambda: [0] * BINS)
    said: list[float] = field(default_factory=lambda: [0.0] * BINS)
    true: list[int] = field(default_factory=lambda: [0] * BINS)

    def add(self, probability: float, truth: bool) -> None:
        """Count one text."""
        place = min(BINS - 1, int(probability * BINS))
        self.texts[place] += 1
        self.said[place] += probability
        self.true[place] += truth

    @property
    def error(self) -> float:
        """Expected calibration error: the mean gap between said and true, weighted by texts."""
        total = sum(self.texts)
        return sum(abs(said - true) for said, true in zip(self.said, self.true, strict=True)) / total if total else 0.0

    def to_dict(self) -> dict[str, object]:
        """{"ece", "bins": [{from, to, texts, said, true}]}, empty bins left out."""
        bins = [
            {
                "from": place / BINS,
                "to": (place + 1) / BINS,
                "texts": self.texts[place],
                "said": round(self.said[place] / self.texts[place], 4),
                "true": round(self.true[place] / self.texts[place], 4),
            }
            for place in range(BINS)
            if self.texts[place]
        ]
        return {"ece": round(self.error, 4), "bins": bins}
