"""Train the second tier from the first tier's held-out answers and the corpus's embeddings.

Everything it learns about the first tier comes from texts of writers that tier had not seen; its own margins for the
weighing are held out by the same groups of writers.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.linalg import cho_factor, cho_solve
from sklearn.linear_model import LogisticRegression

from classifier.dataset import Example
from classifier.embedding import DIMENSIONS, rounded
from classifier.embedding_cache import CorpusEmbeddings, digest
from classifier.model import HEADS, answer, log_odds
from classifier.second_tier import ANSWERED, SecondTier, directions, even_kinds, kernel, unclear

#: Strength of the ridge; by cross-validation on the corpus (docs/classifier-ablation.md).
RIDGE = 0.1
#: Heads that are weighed together with whether the text is an offer and whether it is about minors.
TOGETHER = frozenset({"academic", "anxiety", "minors"})
#: With fewer of the corpus's texts embedded there is no second tier.
LEAST_SHARE = 0.9
#: Fewer positives among the texts read than this and a head keeps the first tier's answer.
MIN_POSITIVES = 6

ChooseThreshold = Callable[[str, np.ndarray, np.ndarray], float]


@dataclass(frozen=True, kw_only=True)
class SecondTrained:
    """A second tier and the held-out probabilities of both tiers together, examples × heads."""

    tier: SecondTier
    held_out: np.ndarray
    #: which examples were read
    read: np.ndarray


@dataclass(frozen=True, kw_only=True)
class Taught:
    """Lessons beside the corpus with their embeddings: what is near them is answered as they say."""

    examples: tuple[Example, ...]
    #: lessons × DIMENSIONS
    rows: np.ndarray


NOTHING_TAUGHT = Taught(examples=(), rows=np.zeros((0, DIMENSIONS)))


def usable(embeddings: CorpusEmbeddings | None, texts: Sequence[str]) -> bool:
    """Whether enough of the corpus's prepared texts have a row that is not stale."""
    return embeddings is not None and len(embeddings.stale(texts)) <= (1 - LEAST_SHARE) * len(texts)


def train_second(
    examples: Sequence[Example],
    texts: Sequence[str],
    first: np.ndarray,
    folds: np.ndarray,
    embeddings: CorpusEmbeddings,
    choose: ChooseThreshold,
    taught: Taught,
) -> SecondTrained:
    """Train on the examples that have a row, and the lessons; the weighing learns from examples alone.

    `first`: the first tier's held-out probabilities; `folds`: the writers' group of each example;
    `choose(head, probability, truth)`: the threshold of a head.
    """
    stale = set(embeddings.stale(texts))
    known = np.array([place not in stale for place in range(len(texts))])
    rows = embeddings.rows([text for place, text in enumerate(texts) if place not in stale])
    centre = rows.mean(axis=0, dtype=np.float64)
    embedded = [example for place, example in enumerate(examples) if place not in stale]
    own = len(embedded)
    basis = directions(np.concatenate([rows, taught.rows]), centre)
    everything = [*embedded, *taught.examples]
    truths = np.array([[answer(head, example.gold) for head in HEADS] for example in everything])
    asked = _asked(everything)
    looseness = RIDGE / np.array([example.weight for example in everything])
    likeness = kernel(basis, basis)
    # An encoder that has learnt from the corpus knows its texts: what it says of them is no measure of the others.
    kept = [digest(text) for place, text in enumerate(texts) if place not in stale]
    margins = embeddings.margins(kept).astype(np.float64)
    for fold in () if embeddings.held_out else sorted(set(folds[known])):
        outside = np.concatenate([folds[known] == fold, np.zeros(len(taught.examples), dtype=bool)])
        margins[outside[:own]] = _near(likeness, truths, asked, ~outside, looseness)
    measured = ~np.isnan(margins).any(axis=1)
    margins = np.nan_to_num(margins)
    duals, level = _duals(likeness, truths, asked, np.ones(len(basis), dtype=bool), looseness)

    truths, asked = truths[:own], asked[:, :own]
    read = unclear(first[known]) & measured
    odds = log_odds(first[known])
    tops = [_weigh(column, odds, margins, truths[:, column], read & asked[column]) for column in range(len(HEADS))]
    by_first, by_second = (np.column_stack([top[part] for top in tops]) for part in (0, 1))
    offset = np.array([top[2] for top in tops])
    both = even_kinds(1 / (1 + np.exp(-np.clip(odds @ by_first + margins @ by_second + offset, -30, 30))))
    thresholds = {
        head: choose(head, both[read & asked[column], column], truths[read & asked[column], column])
        for column, head in enumerate(HEADS)
        if head in ANSWERED
    }
    held_out, was_read = first.copy(), np.zeros(len(first), dtype=bool)
    places = np.flatnonzero(known)[read]
    held_out[places], was_read[places] = both[read], True
    tier = SecondTier(
        made_by=embeddings.made_by,
        centre=centre,
        basis=rounded(basis).astype(np.float64),
        duals=duals.astype(np.float32).astype(np.float64),
        level=level,
        first=by_first,
        second=by_second,
        offset=offset,
        thresholds=thresholds,
    )
    return SecondTrained(tier=tier, held_out=held_out, read=was_read)


def margins_of(examples: Sequence[Example], rows: np.ndarray, inside: np.ndarray) -> np.ndarray:
    """What the texts inside say near each of the others, others × HEADS; `rows`: embeddings of all of them."""
    basis = directions(rows, rows[inside].mean(axis=0, dtype=np.float64))
    truths = np.array([[answer(head, example.gold) for head in HEADS] for example in examples])
    looseness = RIDGE / np.array([example.weight for example in examples])
    return _near(kernel(basis, basis), truths, _asked(examples), inside, looseness)


def _near(
    likeness: np.ndarray, truths: np.ndarray, asked: np.ndarray, inside: np.ndarray, looseness: np.ndarray
) -> np.ndarray:
    """Margins of the texts that are not inside, from those that are."""
    duals, level = _duals(likeness, truths, asked, inside, looseness)
    margins: np.ndarray = likeness[~inside] @ duals + level
    return margins


def _asked(examples: Sequence[Example]) -> np.ndarray:
    """Heads × examples: which head learns from which."""
    return np.array([[example.answers(head) for example in examples] for head in HEADS])


def _duals(
    likeness: np.ndarray, truths: np.ndarray, asked: np.ndarray, inside: np.ndarray, looseness: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Ridge regression in the kernel's space: what each text adds to each head, and each head's mean.

    `looseness`: how far the fit may pass each text by, the ridge over the text's weight.
    """
    duals, level = np.zeros(truths.shape), np.zeros(len(HEADS))
    for whom in {column.tobytes() for column in asked}:
        chosen = np.frombuffer(whom, dtype=bool) & inside
        heads = [column for column in range(len(HEADS)) if asked[column].tobytes() == whom]
        if not chosen.any():
            continue
        target = truths[np.ix_(chosen, heads)].astype(np.float64)
        level[heads] = target.mean(axis=0)
        # In its own place: with a hundred million numbers every copy costs as much as some of the work.
        loose = np.asfortranarray(likeness[np.ix_(chosen, chosen)])
        loose[np.diag_indices_from(loose)] += looseness[chosen]
        factor = cho_factor(loose, lower=True, overwrite_a=True, check_finite=False)
        duals[np.ix_(chosen, heads)] = cho_solve(factor, target - level[heads], check_finite=False)
    return duals, level


def _weigh(
    column: int, odds: np.ndarray, margins: np.ndarray, truth: np.ndarray, chosen: np.ndarray
) -> tuple[np.ndarray, np.ndarray, float]:
    """How much each of the first tier's answers and of the margins counts for a head, and its offset.

    The head's own first answer alone when it is not ours to answer or there is too little to learn from.
    """
    by_first, by_second = np.zeros(len(HEADS)), np.zeros(len(HEADS))
    positives = int(truth[chosen].sum())
    if HEADS[column] not in ANSWERED or positives < MIN_POSITIVES or positives == int(chosen.sum()):
        by_first[column] = 1.0
        return by_first, by_second, 0.0
    beside = ("kind:offer", "minors") if HEADS[column] in TOGETHER else ()
    inputs = sorted({column, *(HEADS.index(head) for head in beside)})
    scaler = LogisticRegression(C=0.3, solver="newton-cholesky")
    scaler.fit(np.column_stack([odds[:, inputs], 4 * margins[:, inputs]])[chosen], truth[chosen])
    by_first[inputs] = scaler.coef_[0][: len(inputs)]
    by_second[inputs] = 4 * scaler.coef_[0][len(inputs) :]
    return by_first, by_second, float(scaler.intercept_[0])
