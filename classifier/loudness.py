"""How loudly each clause of a text speaks for one of the model's heads."""

from __future__ import annotations

import re

import numpy as np

from classifier.clauses import CLAUSE, trimmed
from classifier.document import Document
from classifier.model import HEADS, Model


def clause_weights(model: Model, doc: Document, head: str) -> dict[tuple[int, int], float]:
    """How loudly the characters of each clause speak for a head."""
    column = HEADS.index(head)
    weights: np.ndarray = model.weights[:, column]
    text = re.sub(r"\d", "0", doc.text)
    clauses = [match.span() for match in CLAUSE.finditer(text)]
    if not clauses:
        return {}
    owners, columns = model.vectoriser.vocabulary.characters([text[start:end] for start, end in clauses])
    totals = np.bincount(owners, weights[columns] * model.vectoriser.idf[columns], minlength=len(clauses))
    places = (trimmed(text, *clause) for clause in clauses)
    return {place: float(total) for place, total in zip(places, totals, strict=True) if place[1] > place[0]}


def heaviest_clause(model: Model, doc: Document, head: str) -> tuple[int, int] | None:
    """The clause whose characters speak loudest for a head; None when none does."""
    weights = clause_weights(model, doc, head)
    best = max(weights, key=lambda place: weights[place], default=None)
    return best if best is not None and weights[best] > 0 else None
