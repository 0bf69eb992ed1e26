"""Training is deterministic; model files are signed, and damaged, foreign or stale ones are refused."""

from __future__ import annotations

import json
import shutil
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from classifier import model_file
from classifier.assess import Assessor
from classifier.dataset import CORPUS, corpus_hash, read_corpus, read_file
from classifier.errors import CorpusError, ModelFileError, ModelMissing
from classifier.evaluation import count
from classifier.model import HEADS, temper
from classifier.model_file import load_current, load_model, save_model
from classifier.training import Trained, choose_threshold, model_id, train
from classifier.types import KINDS, Posting


@pytest.fixture(scope="session")
def saved_once(
    trained: Trained, figures: dict[str, Any], small_corpus: Path, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """The model and its figures in a folder, to be copied: a test may spoil its own."""
    folder = tmp_path_factory.mktemp("saved") / "models"
    return save_model(trained.model, corpus=corpus_hash(small_corpus), report=figures, folder=folder)


@pytest.fixture
def saved(saved_once: Path, tmp_path: Path) -> Path:
    shutil.copytree(saved_once.parent, tmp_path / "models")
    return tmp_path / "models" / saved_once.name


def test_same_inputs_same_model(trained: Trained, small_corpus: Path) -> None:
    again = train(small_corpus)
    assert again.model.id == trained.model.id == model_id(small_corpus)
    assert np.array_equal(again.model.weights, trained.model.weights)
    assert again.model.thresholds == trained.model.thresholds


def test_held_out_figures_beat_guessing(figures: dict[str, Any]) -> None:
    heads = figures["heads"]
    assert heads["academic"]["f1"] > 0.7


def test_saved_model_answers_alike(saved: Path, trained: Trained, assessor: Assessor) -> None:
    loaded = Assessor.load(saved)
    postings = [Posting(id=e.posting.id, text=e.posting.text) for e in trained.examples[:60]]
    for ours, theirs in zip(assessor.assess(postings), loaded.assess(postings), strict=True):
        assert ours["kind"] == theirs["kind"]
        assert ours["academic"]["score"] == pytest.approx(theirs["academic"]["score"], abs=1e-3)
    assert load_current(saved.parent).id == trained.model.id


def test_no_pickle_inside(saved: Path) -> None:
    assert sorted(path.name for path in saved.iterdir()) == ["model.json", "signature", "weights.npz"]
    with np.load(saved / "weights.npz", allow_pickle=False) as arrays:
        assert all(array.dtype.kind == "f" for array in arrays.values())
    with zipfile.ZipFile(saved / "weights.npz") as archive:  # unpacking cost every start a tenth of a second
        assert {one.compress_type for one in archive.infolist()} == {zipfile.ZIP_STORED}


def test_what_is_used_is_what_was_signed(saved: Path, trained: Trained, monkeypatch: pytest.MonkeyPatch) -> None:
    # Whoever changes a file after its signature was looked at changes nothing.
    monkeypatch.setattr(model_file, "_check", lambda *_: (saved / "weights.npz").write_bytes(b""))
    assert (load_model(saved).weights == trained.model.weights.astype("float32")).all()


@pytest.mark.parametrize("name", ["weights.npz", "model.json", "signature"])
def test_one_changed_byte_is_refused(saved: Path, name: str) -> None:
    content = bytearray((saved / name).read_bytes())
    content[len(content) // 2] ^= 1
    (saved / name).write_bytes(bytes(content))
    with pytest.raises(ModelFileError, match="已损坏或不是本项目"):
        load_model(saved)


def test_foreign_model_is_refused(saved: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "other" / saved.name
    shutil.copytree(saved, elsewhere)
    with pytest.raises(ModelFileError, match="不是本项目"):
        load_model(elsewhere)


def test_model_of_other_code_is_refused(saved: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model_file, "code_hash", lambda: "other")
    with pytest.raises(ModelFileError, match="其他版本的代码"):
        load_model(saved)


def test_model_of_other_libraries_is_refused(saved: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model_file, "library_versions", lambda: {"numpy": "0"})
    with pytest.raises(ModelFileError, match="程序库版本"):
        load_model(saved)


def test_missing_model_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing, match="mingcha train"):
        load_current(tmp_path)
    with pytest.raises(ModelMissing):
        load_model(tmp_path / "m-none")


def test_key_is_private(saved: Path) -> None:
    assert (saved.parent / ".key").stat().st_mode & 0o777 == 0o600


def test_corpus_is_well_formed_and_large_enough() -> None:
    examples = read_corpus()
    assert len(examples) >= 1_200
    assert len({example.writer for example in examples}) >= 5
    for example in examples:
        assert example.posting.text.strip()
        assert bool(example.gold.covers) <= example.gold.is_academic
        if example.gold.is_academic:
            assert example.gold.kind == "offer"


@pytest.mark.parametrize(
    "line",
    [
        "{",
        json.dumps({"id": "x", "text": "y"}),
        json.dumps({"id": "x", "text": "y", "gold": {"kind": "poem", "academic": "no"}}),
        json.dumps({"id": "x", "text": "y", "gold": {"kind": "other", "academic": "no", "paid": 1}}),
    ],
)
def test_bad_corpus_lines_name_their_place(tmp_path: Path, line: str) -> None:
    path = tmp_path / "w99.jsonl"
    path.write_text(line + "\n")
    with pytest.raises(CorpusError, match=r"w99\.jsonl:1"):
        list(read_file(path))


def test_threshold_is_the_middle_of_the_best() -> None:
    probability = np.array([0.1] * 10 + [0.9] * 10)
    truth = np.array([False] * 10 + [True] * 10)
    assert 0.3 < choose_threshold(probability, truth) < 0.7
    assert choose_threshold(probability, np.zeros(20, dtype=bool)) == 0.5


def test_figures() -> None:
    figure = count(np.array([1, 1, 0, 0]), np.array([1, 0, 1, 0]))
    assert (figure.precision, figure.recall, figure.f1) == (0.5, 0.5, 0.5)


def test_temper_weighs_academic_and_anxiety_by_kind() -> None:
    row = np.full((2, len(HEADS)), 0.5)
    row[0, HEADS.index("kind:offer")], row[1, HEADS.index("kind:offer")] = 0.99, 0.01
    offer, other = temper(row)
    kinds = len(KINDS)
    assert offer[:kinds].sum() == pytest.approx(1)
    assert other[:kinds].sum() == pytest.approx(1)
    assert offer[HEADS.index("academic")] > other[HEADS.index("academic")]
    assert offer[HEADS.index("anxiety")] > other[HEADS.index("anxiety")]
    assert row[0, HEADS.index("academic")] == 0.5


def test_agreement_of_readers_is_on_record() -> None:
    agreement = json.loads((CORPUS / "agreement.json").read_text(encoding="utf-8"))
    assert sum(part["texts"] for part in agreement.values()) >= 3_500
    assert all(part["questions"]["academic_flag"]["kappa"] >= 0.9 for part in agreement.values())
