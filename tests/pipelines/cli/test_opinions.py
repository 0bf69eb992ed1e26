"""`mingcha opinions` as typed: off by default, one sentence when misused, JSON and exit codes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import mingcha
from pipelines.assessor import load_thresholds
from pipelines.config import read_settings
from pipelines.desk import open_desk
from tests.pipelines.opinions.model_server import ModelServer, good, says, serve_model
from tests.pipelines.opinions.test_ask import add_uncertain


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with serve_model() as running:
        yield running


@pytest.fixture
def station(home: Path, sqlite_url: str) -> Path:
    """A HOME with two leads whose score is the threshold itself."""
    score = load_thresholds().of("m1")["academic"]
    with open_desk(read_settings({}, home=home, database_url=sqlite_url)) as desk:
        add_uncertain(desk, "1", academic=score)
        add_uncertain(desk, "2", academic=score)
    return home


def _run(home: Path, *args: str, **environ: str) -> Result:
    return CliRunner(env={"MINGCHA_HOME": str(home), **environ}).invoke(mingcha.cli, list(args), standalone_mode=False)


def _reader(server: ModelServer) -> dict[str, str]:
    return {"MINGCHA_READER_URL": server.url, "MINGCHA_READER_MODEL": "qwen-test"}


def test_off_by_default_and_says_how_to_switch_it_on(station: Path) -> None:
    result = _run(station, "opinions")
    assert "MINGCHA_READER_URL" in str(result.exception)


def test_json_lists_what_was_asked(station: Path, server: ModelServer) -> None:
    server.first = [good(), says("不知道")]
    result = _run(station, "opinions", "--json", **_reader(server))
    told = json.loads(result.stdout)
    assert {key: told[key] for key in ("asked", "given", "missed", "pending", "stopped")} == {
        "asked": 2,
        "given": 1,
        "missed": 1,
        "pending": 1,
        "stopped": None,
    }
    assert [(row["lead"], row["outcome"], row["fault"]) for row in told["opinions"]] == [
        (1, "given", None),
        (2, "missed", "not_json"),
    ]
    assert result.return_value == 1
    shown = json.loads(_run(station, "lead", "1", "--json").stdout)
    assert shown["opinions"] == [told["opinions"][0]]


def test_people_read_one_line_a_lead(station: Path, server: ModelServer) -> None:
    server.first = [good(anxiety=True), says("不知道")]
    result = _run(station, "opinions", **_reader(server))
    assert result.stdout.splitlines() == [
        "线索 1  模型意见（仅供参考）：疑似学科类，有制造焦虑话术",
        "线索 2  第二意见未取得：回答不是完整的 JSON",
    ]
    assert "尚待询问 1 条" in result.stderr


def test_limit_bounds_a_run(station: Path, server: ModelServer) -> None:
    assert _run(station, "opinions", "--limit", "1", **_reader(server)).return_value == 0
    assert len(server.asked) == 1


def test_a_public_interface_is_not_asked(station: Path) -> None:
    environ = {"MINGCHA_READER_URL": "https://93.184.216.34/v1", "MINGCHA_READER_MODEL": "q"}
    result = _run(station, "opinions", **environ)
    assert result.return_value == 1
    assert "MINGCHA_READER_PUBLIC" in result.stderr
