"""Embeddings kept between runs: found again, bounded, shared between processes; damage costs time, never an answer."""

from __future__ import annotations

import logging
import multiprocessing
import os
import sqlite3
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from classifier.embedding import DIMENSIONS, Embedder
from classifier.embedding_cache import RunCache, digest
from classifier.embedding_shelf import EmbeddingShelf


class Counting:
    """An engine that counts the texts it was given."""

    def __init__(self) -> None:
        self.read: list[str] = []

    def passage(self, texts: Sequence[str]) -> np.ndarray:
        self.read += texts
        rows = np.array([np.random.default_rng(len(text)).standard_normal(DIMENSIONS) for text in texts])
        unit: np.ndarray = rows / np.linalg.norm(rows, axis=1, keepdims=True)
        return unit


def rows_of(*names: str) -> dict[str, np.ndarray]:
    texts = list(names)
    return dict(zip(map(digest, texts), Embedder(Counting(), made_by="1").embed(texts), strict=True))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "embeddings.sqlite"


def test_a_second_run_embeds_nothing_again(path: Path) -> None:
    texts = ["一", "二二", "三三三"]
    first = RunCache(Embedder(Counting(), made_by="1"), shelf=EmbeddingShelf(path, made_by="1")).rows(texts)
    engine = Counting()
    again = RunCache(Embedder(engine, made_by="1"), shelf=EmbeddingShelf(path, made_by="1")).rows([*texts, "四四四四"])
    assert engine.read == ["四四四四"]
    assert np.array_equal(again[:3], first)
    assert path.stat().st_mode & 0o777 == 0o600


def test_another_embedder_finds_nothing(path: Path) -> None:
    rows = rows_of("一")
    EmbeddingShelf(path, made_by="1").keep(rows)
    assert EmbeddingShelf(path, made_by="2").find(list(rows)) == {}


def test_it_is_bounded_and_the_oldest_go(path: Path) -> None:
    shelf = EmbeddingShelf(path, made_by="1", capacity=3)
    rows = rows_of("1", "22", "333", "4444", "55555")
    for key, row in rows.items():
        shelf.keep({key: row})
    assert list(shelf.find(list(rows))) == list(rows)[2:]


def test_a_damaged_file_is_begun_anew_with_a_warning(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    rows = rows_of("一")
    shelf = EmbeddingShelf(path, made_by="1")
    shelf.keep(rows)
    path.write_bytes(b"not a database" * 100)
    with caplog.at_level(logging.WARNING):
        assert shelf.find(list(rows)) == {}
    assert "begun anew" in caplog.text
    shelf.keep(rows)
    assert list(shelf.find(list(rows))) == list(rows)
    assert path.with_name("embeddings.sqlite.damaged").exists()


def test_a_row_that_is_no_unit_vector_counts_as_missing(path: Path) -> None:
    rows = rows_of("一", "二二")
    shelf = EmbeddingShelf(path, made_by="1")
    shelf.keep(rows)
    one, two = rows
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE rows SET row = ? WHERE digest = ?", (b"\0" * DIMENSIONS * 2, one))
    connection.close()
    assert list(shelf.find(list(rows))) == [two]


def test_a_place_that_cannot_be_written_costs_only_time(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    engine = Counting()
    cache = RunCache(
        Embedder(engine, made_by="1"), shelf=EmbeddingShelf(tmp_path / "file" / "embeddings.sqlite", made_by="1")
    )
    assert cache.rows(["一"]).shape == (1, DIMENSIONS)
    assert engine.read == ["一"]


def _write(path: Path, number: int) -> None:
    shelf = EmbeddingShelf(path, made_by="1")
    for step in range(20):
        shelf.keep({f"{number}-{step}": next(iter(rows_of("一").values()))})
    os._exit(0)


def test_several_processes_share_it(path: Path) -> None:
    children = [multiprocessing.get_context("spawn").Process(target=_write, args=(path, n)) for n in range(3)]
    for child in children:
        child.start()
    for child in children:
        child.join(60)
    assert [child.exitcode for child in children] == [0, 0, 0]
    keys = [f"{number}-{step}" for number in range(3) for step in range(20)]
    assert sorted(EmbeddingShelf(path, made_by="1").find(keys)) == sorted(keys)
