"""Figures: precision, recall and F1 of yes/no answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from classifier.model import HEADS, answer
from classifier.training import Trained
from classifier.types import KINDS


@dataclass(frozen=True, kw_only=True)
class Figure:
    """Counts of one yes/no question."""

    hits: int
    alarms: int
    missed: int

    @property
    def precision(self) -> float:
        return self.hits / (self.hits + self.alarms) if self.hits + self.alarms else 0.0

    @property
    def recall(self) -> float:
        return self.hits / (self.hits + self.missed) if self.hits + self.missed else 0.0

    @property
    def f1(self) -> float:
        total = 2 * self.hits + self.alarms + self.missed
        return 2 * self.hits / total if total else 0.0


def count(said: np.ndarray, truth: np.ndarray) -> Figure:
    """Compare answers with labels."""
    said, truth = said.astype(bool), truth.astype(bool)
    return Figure(hits=int((said & truth).sum()), alarms=int((said & ~truth).sum()), missed=int((~said & truth).sum()))


def report(trained: Trained) -> dict[str, Any]:
    """Held-out figures of every head (each writer judged by a model that never saw them)."""
    figures = _figures(trained, trained.held_out, np.zeros(len(trained.examples), dtype=bool))
    if trained.second is not None:
        both = _figures(trained, trained.second.held_out, trained.second.read)
        figures["second"] = both | {"read": round(float(trained.second.read.mean()), 3)}
    return figures


def _figures(trained: Trained, held_out: np.ndarray, read: np.ndarray) -> dict[str, Any]:
    """Figures of held-out probabilities; those of the texts read are compared with the second tier's thresholds."""
    rows: dict[str, Any] = {}
    examples = trained.examples
    model = trained.model
    for column, head in enumerate(HEADS):
        chosen = np.array([example.gold.is_academic or not head.startswith("cover:") for example in examples])
        truth = np.array([answer(head, example.gold) for example in examples])
        said = held_out[:, column] >= np.where(read, model.close.thresholds[head], model.thresholds[head])
        figure = count(said[chosen], truth[chosen])
        rows[head] = {
            "f1": round(figure.f1, 3),
            "precision": round(figure.precision, 3),
            "recall": round(figure.recall, 3),
            "positives": figure.hits + figure.missed,
        }
    said_kind = held_out[:, : len(KINDS)].argmax(axis=1)
    true_kind = np.array([KINDS.index(example.gold.kind) for example in examples])
    writers = sorted({example.writer for example in examples})
    return {
        "texts": len(examples),
        "writers": writers,
        "kind_accuracy": round(float((said_kind == true_kind).mean()), 3),
        "heads": rows,
    }
