"""Fixtures of the crawler tests: the sandbox, drawn once, and an assessor that finds nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from crawlers import writer
from crawlers.sandbox.sites import Sandbox, serve_sandbox
from pipelines.desk import mark_demo


@pytest.fixture
def home(home: Path) -> Path:
    """An empty HOME of a demo: nowhere else the demo platforms are crawled."""
    mark_demo(home)
    return home


@pytest.fixture(scope="session")
def poster_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("posters")


@pytest.fixture(autouse=True)
def _short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """The writer waits less for a batch to fill: batches are smaller, the outcome is the same."""
    monkeypatch.setattr(writer, "IDLE_SECONDS", 0.02)
    monkeypatch.setattr(writer, "BATCH", 16)


@pytest.fixture
def platforms(poster_folder: Path) -> Iterator[Sandbox]:
    """The platforms, on their first day, with a log of their own."""
    with serve_sandbox(posters=poster_folder) as running:
        yield running


class NothingFound:
    """An assessor to which everything is harmless, or, by a word, a lead."""

    model_id = "test"
    rulebook_id = "test"

    def __init__(self, word: str = "\x00") -> None:
        self._word = word

    def assess(self, items: Sequence[Any]) -> list[dict[str, Any]]:
        found = [self._word in f"{item.title}\n{item.text}" for item in items]
        return [{"lead": hit, "priority": 50 if hit else 0, "findings": []} for hit in found]


@pytest.fixture
def nothing_found() -> NothingFound:
    return NothingFound()
