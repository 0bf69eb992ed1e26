"""The second tier: learns what the first misses, reads only the unclear, answers the same with and without company."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest

from classifier.dataset import Example, read_corpus
from classifier.embedding import DIMENSIONS, Embedder
from classifier.embedding_cache import CorpusEmbeddings
from classifier.model import HEADS, Scores, answer
from classifier.second_tier import ANSWERED, READ_FROM, SecondTier, even_kinds, table, unclear
from classifier.second_tier_training import NOTHING_TAUGHT, SecondTrained, train_second, usable
from classifier.types import KINDS
from tests.made_once import made_once

HEAD = HEADS.index("academic")


def _row(text: str, towards: np.ndarray | float = 0.0) -> np.ndarray:
    seed = int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big")
    row = np.random.default_rng(seed).normal(size=DIMENSIONS) / 20 + towards
    unit: np.ndarray = row / np.linalg.norm(row)
    return unit


class Knowing:
    """An engine whose rows lean one way for texts that are academic offers."""

    def __init__(self, academic: frozenset[str]) -> None:
        self._academic = academic
        self._way = np.random.default_rng(7).normal(size=DIMENSIONS) / 30

    def passage(self, texts: list[str]) -> np.ndarray:
        return np.array([_row(text, self._way if text in self._academic else 0.0) for text in texts])


def _choose(head: str, probability: np.ndarray, truth: np.ndarray) -> float:
    return 0.5


@pytest.fixture(scope="module")
def examples(small_corpus: Path) -> tuple[Example, ...]:
    return read_corpus(small_corpus)[::2]


@pytest.fixture(scope="module")
def texts(examples: tuple[Example, ...]) -> list[str]:
    return [example.posting.text for example in examples]


@pytest.fixture(scope="module")
def embeddings(examples: tuple[Example, ...], texts: list[str]) -> CorpusEmbeddings:
    academic = frozenset(e.posting.text for e in examples if e.gold.is_academic)
    embedder = Embedder(Knowing(academic), made_by="test-1")
    empty = CorpusEmbeddings(made_by="none", entries={})
    return empty.completed([e.posting.id for e in examples], texts, embedder)


@pytest.fixture(scope="module")
def first(examples: tuple[Example, ...]) -> np.ndarray:
    """A first tier that knows a little: held-out probabilities around the truth, much noise."""
    truth = np.array([[answer(head, e.gold) for head in HEADS] for e in examples], dtype=float)
    noise = np.random.default_rng(3).normal(size=truth.shape)
    probability = 1 / (1 + np.exp(-(2 * truth - 1 + 1.5 * noise)))
    probability[:40] = 0.01
    return even_kinds(probability)


@pytest.fixture(scope="module")
def folds(examples: tuple[Example, ...]) -> np.ndarray:
    writers = sorted({e.writer for e in examples})
    return np.array([writers.index(e.writer) for e in examples])


@pytest.fixture(scope="module")
def second(
    examples: tuple[Example, ...],
    texts: list[str],
    first: np.ndarray,
    folds: np.ndarray,
    embeddings: CorpusEmbeddings,
    tmp_path_factory: pytest.TempPathFactory,
) -> SecondTrained:
    return made_once(
        tmp_path_factory,
        "second-trained",
        lambda: train_second(examples, texts, first, folds, embeddings, _choose, NOTHING_TAUGHT),
    )


def test_it_learns_what_the_embeddings_know(
    second: SecondTrained, first: np.ndarray, examples: tuple[Example, ...]
) -> None:
    truth = np.array([e.gold.is_academic for e in examples])[second.read]
    before = (first[second.read, HEAD] >= 0.5) == truth
    after = (second.held_out[second.read, HEAD] >= 0.5) == truth
    assert after.mean() > before.mean() + 0.05


def test_the_clear_are_not_read(second: SecondTrained, first: np.ndarray) -> None:
    assert not second.read[:40].any()
    assert np.array_equal(second.held_out[~second.read], first[~second.read])
    least = np.zeros((1, len(HEADS)))
    assert not unclear(least)[0]
    for head, value in READ_FROM.items():
        row = least.copy()
        row[0, HEADS.index(head)] = value
        assert unclear(row)[0]
    assert unclear(np.zeros((0, len(HEADS)))).shape == (0,)


def test_training_twice_gives_the_same(
    second: SecondTrained,
    examples: tuple[Example, ...],
    texts: list[str],
    first: np.ndarray,
    folds: np.ndarray,
    embeddings: CorpusEmbeddings,
) -> None:
    again = train_second(examples, texts, first, folds, embeddings, _choose, NOTHING_TAUGHT)
    assert np.array_equal(again.tier.duals, second.tier.duals)
    assert np.array_equal(again.held_out, second.held_out)


def test_answers_are_probabilities_and_do_not_depend_on_company(
    second: SecondTrained, first: np.ndarray, texts: list[str], embeddings: CorpusEmbeddings
) -> None:
    scores = [Scores(probability=dict(zip(HEADS, map(float, row), strict=True))) for row in first[:30]]
    rows = embeddings.rows(texts[:30])
    together = table(second.tier.score(scores, rows))
    assert ((together >= 0) & (together <= 1)).all()
    assert together[:, : len(KINDS)].sum(axis=1) == pytest.approx(np.ones(30))
    alone = table(second.tier.score(scores[4:5], rows[4:5]))
    assert alone[0] == pytest.approx(together[4], abs=1e-9)
    assert second.tier.score([], rows[:0]) == []


def test_heads_of_words_or_with_nothing_to_learn_keep_the_first_answer(
    second: SecondTrained, examples: tuple[Example, ...]
) -> None:
    for column, head in enumerate(HEADS):
        if head not in ANSWERED or sum(answer(head, e.gold) for e in examples) < 6:
            assert second.tier.first[column, column] == 1
            assert not second.tier.second[:, column].any()


def test_stale_texts_are_left_out_and_too_many_leave_no_second_tier(
    examples: tuple[Example, ...],
    texts: list[str],
    first: np.ndarray,
    folds: np.ndarray,
    embeddings: CorpusEmbeddings,
) -> None:
    changed = [text + "改" if place < 10 else text for place, text in enumerate(texts)]
    assert usable(embeddings, changed)
    made = train_second(examples, changed, first, folds, embeddings, _choose, NOTHING_TAUGHT)
    assert len(made.tier.basis) == len(texts) - 10
    assert not made.read[:10].any()
    assert not usable(embeddings, [text + "改" for text in texts])
    assert not usable(None, texts)


def test_arrays_that_do_not_fit_are_refused(second: SecondTrained) -> None:
    tier = second.tier
    with pytest.raises(ValueError, match="shapes"):
        SecondTier(
            made_by="x",
            centre=tier.centre,
            basis=tier.basis,
            duals=tier.duals[:-1],
            level=tier.level,
            first=tier.first,
            second=tier.second,
            offset=tier.offset,
            thresholds=tier.thresholds,
        )
