"""`assess` line by line, and `train` that does nothing twice."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import pytest
from click.testing import CliRunner

from classifier import assess as assess_module
from classifier import workshop
from classifier.assess import Assessor
from classifier.cli import commands
from classifier.errors import ModelMissing

T = TypeVar("T")
COMMANDS = {command.name: command for command in commands()}


@pytest.fixture
def ready(assessor: Assessor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(assess_module.Assessor, "load", lambda *_: assessor)


@pytest.mark.usefixtures("ready")
def test_lines_in_lines_out_same_order() -> None:
    rows = [{"id": f"n{n}", "text": "初三数学补课，电话联系"} for n in range(300)]
    result = CliRunner().invoke(COMMANDS["assess"], input="\n".join(map(json.dumps, rows)))
    assert result.exit_code == 0
    assert [json.loads(line)["id"] for line in result.stdout.splitlines()] == [row["id"] for row in rows]


@pytest.mark.usefixtures("ready")
def test_bad_lines_come_out_as_errors_in_place() -> None:
    lines = [
        b'{"id":"a","text":"\xe6\x95\xb0\xe5\xad\xa6"}', b"not json", b'{"id":"c"}', b"", b"\xff\xfe", b"[1]",
        b'{"id":"g","text":"\\ud800 \\u0000"}', b"[" * 100_000, b'{"id":"i","text":"b","title":null}',
    ]  # fmt: skip
    result = CliRunner().invoke(COMMANDS["assess"], input=b"\n".join(lines))
    assert result.exit_code == 1
    out = [json.loads(line) for line in result.stdout.splitlines()]
    assert len(out) == len(lines)
    assert [number for number, row in enumerate(out, start=1) if "error" in row] == [2, 3, 4, 5, 6, 8]
    assert all(row["line"] == number for number, row in enumerate(out, start=1) if "error" in row)
    assert out[2]["id"] == "c"
    assert out[8]["id"] == "i"


@pytest.mark.usefixtures("ready")
def test_screen_only() -> None:
    result = CliRunner().invoke(COMMANDS["assess"], ["--screen-only"], input='{"id":"a","text":"初三数学"}\n')
    assert result.exit_code == 0
    assert "findings" not in json.loads(result.stdout)


def test_no_model_is_misuse(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(cls: type[Assessor], model_dir: object = None) -> Assessor:
        raise ModelMissing

    monkeypatch.setattr(assess_module.Assessor, "load", classmethod(missing))
    result = CliRunner().invoke(COMMANDS["assess"], input="")
    assert result.exit_code == 2
    assert "mingcha train" in result.stderr


def _once(make: Callable[..., T]) -> Callable[..., T]:
    made: list[T] = []

    def give(*args: Any, **named: Any) -> T:
        if not made:
            made.append(make(*args, **named))
        return made[0]

    return give


def test_second_training_only_points(small_corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # That the same inputs give the same model is tested in test_training.py; here it is learnt and measured once.
    monkeypatch.setattr(workshop, "train", _once(workshop.train))
    monkeypatch.setattr(workshop, "report", _once(workshop.report))
    # Two writers are enough to be learnt from.
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    for name in ("b01", "w01"):
        shutil.copy(small_corpus / f"{name}.jsonl", corpus)
    folder = tmp_path / "models"
    told: list[str] = []
    first = workshop.make_current(corpus, folder, about_to_train=lambda: told.append("training"))
    second = workshop.make_current(corpus, folder, about_to_train=lambda: told.append("again"))
    assert told == ["training"]
    assert first["trained"] is True
    assert second == {"model": first["model"], "trained": False}
    assert (folder / "current").read_text().strip() == first["model"]
    (folder / first["model"] / "signature").write_text("bad")
    assert workshop.make_current(corpus, folder)["trained"] is True


@pytest.mark.usefixtures("ready")
def test_explain_names_what_moved_the_model_and_what_was_read() -> None:
    text = "初三数学冲刺班，192课时2.1万，周六8:30-10:30，电话报名"
    line = json.dumps({"id": "a", "text": text})
    plain = json.loads(CliRunner().invoke(COMMANDS["assess"], input=line).stdout)
    answer = json.loads(CliRunner().invoke(COMMANDS["assess"], ["--explain"], input=line).stdout)
    assert {key: value for key, value in answer.items() if key not in ("top", "values")} == plain
    assert answer["top"]
    weights = [abs(row["weight"]) for row in answer["top"]]
    assert weights == sorted(weights, reverse=True)
    assert {row["head"] for row in answer["top"]} == {"academic"}
    assert [(row["reading"], row["note"]) for row in answer["values"]] == [
        ("192课时", "192课时，超过60课时"),
        ("21000元", "21000元，超过5000元"),
        ("周六 08:30–10:30", "周六为休息日"),
    ]
    for row in answer["values"]:
        assert text[row["start"] : row["end"]] == row["text"]


def test_explain_needs_the_whole_reading() -> None:
    result = CliRunner().invoke(COMMANDS["assess"], ["--explain", "--screen-only"], input="")
    assert result.exit_code == 2
    assert "--explain" in result.stderr
