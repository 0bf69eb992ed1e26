"""Several processes give what one gives, line for line, whatever becomes of a helper."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from functools import partial
from multiprocessing import active_children
from multiprocessing.context import SpawnProcess
from pathlib import Path

import pytest

from classifier import crew as crew_module
from classifier.assess import Assessor
from classifier.crew import Crew, answer
from classifier.lines import Line
from classifier.model_file import save_model
from classifier.training import Trained
from tests.bench.texts import mixed
from tests.made_once import made_once

PIECE = 10


@pytest.fixture(scope="module")
def folder(trained: Trained, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model that helpers can load."""
    return save_model(trained.model, corpus="tests", report={}, folder=tmp_path_factory.mktemp("models"))


@pytest.fixture(autouse=True)
def _helpers_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crew_module, "ALONE", 0)


@pytest.fixture(scope="module")
def pieces() -> list[list[Line]]:
    """Postings with a bad line in each chunk."""
    rows = [json.dumps({"id": posting.id, "text": posting.text}).encode() for posting in mixed(300)]
    rows[::PIECE] = [b"broken"] * len(rows[::PIECE])
    lines = [Line(number, row) for number, row in enumerate(rows, start=1)]
    return [lines[start : start + PIECE] for start in range(0, len(lines), PIECE)]


def _helpers() -> list[SpawnProcess]:
    """Those of a crew; training leaves others of its own kind behind."""
    return [child for child in active_children() if isinstance(child, SpawnProcess)]


def _run(
    folder: Path,
    pieces: Iterator[Sequence[Line]] | Sequence[Sequence[Line]],
    *,
    load: Path | None = None,
    jobs: int = 2,
) -> tuple[list[bytes], list[str]]:
    told: list[str] = []
    crew = Crew(
        Assessor.load(folder), load=partial(Assessor.load, load or folder), mode="screen", jobs=jobs, tell=told.append
    )
    return [answered.out for answered in crew.answers(pieces)], told


@pytest.fixture(scope="module")
def alone(folder: Path, pieces: list[list[Line]], tmp_path_factory: pytest.TempPathFactory) -> list[bytes]:
    """What one process answers."""

    def make() -> list[bytes]:
        assessor = Assessor.load(folder)
        return [answer(assessor, piece, "screen").out for piece in pieces]

    return made_once(tmp_path_factory, "answered-alone", make)


def test_two_processes_answer_as_one(folder: Path, pieces: list[list[Line]], alone: list[bytes]) -> None:
    """The helper takes part: at the empty chunk in the middle what it holds is waited for."""
    worked: list[int] = []

    def coming() -> Iterator[Sequence[Line]]:
        yield from pieces[:15]
        worked.append(len(_helpers()))
        yield []
        yield from pieces[15:]

    out, told = _run(folder, coming())
    assert out == alone
    assert worked == [1]
    assert told == []
    assert not _helpers()


def test_a_killed_helper_is_told_of_and_costs_no_line(
    folder: Path, pieces: list[list[Line]], alone: list[bytes]
) -> None:
    def coming() -> Iterator[Sequence[Line]]:
        for number, piece in enumerate(pieces):
            if number == 5:
                for child in _helpers():
                    child.kill()
            yield piece

    out, told = _run(folder, coming())
    assert out == alone
    assert len(told) == 1
    assert "意外终止" in told[0]


def test_a_helper_without_the_same_model_is_not_asked(
    folder: Path, pieces: list[list[Line]], alone: list[bytes], tmp_path: Path
) -> None:
    out, told = _run(folder, pieces, load=tmp_path / "none")
    assert out == alone
    assert len(told) == 1


def test_few_lines_call_no_helper(
    folder: Path, pieces: list[list[Line]], alone: list[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(crew_module, "ALONE", 10_000)
    out, told = _run(folder, pieces, load=folder / "nobody asks", jobs=8)
    assert out == alone
    assert told == []
