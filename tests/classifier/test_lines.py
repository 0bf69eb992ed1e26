"""Whatever a file holds: as many lines out as in, in order, each an answer or an error that names its line."""

from __future__ import annotations

import io
import json
import os
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from classifier import assess as assess_module
from classifier import lines as lines_module
from classifier.assess import Assessor
from classifier.cli import commands
from classifier.lines import Line, chunks, lines

ASSESS = next(command for command in commands() if command.name == "assess")
_TEXTS = st.text(st.characters(), max_size=60)  # lone surrogates, NUL and marks of direction are among them
_ODD = st.sampled_from(
    [
        b"",
        b" \t",
        b"\xef\xbb\xbf",
        b"\xff\xfe{",
        b"null",
        b"[1]",
        b"NaN",
        b"9" * 5000,
        b"[" * 9000,
        b"\x00",
        b"{}",
        b"\r",
    ]
)
_VALUES = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), _TEXTS, st.lists(_TEXTS, max_size=2))
_OBJECTS = st.dictionaries(
    st.sampled_from(["id", "text", "title", "visibility", "posted_at", "platform", "else"]), _VALUES
).map(lambda row: json.dumps(row).encode())
_POSTINGS = st.builds(
    lambda text, plain: json.dumps({"id": "x", "text": text}, ensure_ascii=plain).encode("utf-8", "surrogatepass"),
    _TEXTS,
    st.booleans(),
)
_RAW = st.binary(max_size=80).map(lambda raw: raw.replace(b"\n", b" "))


@pytest.fixture
def ready(assessor: Assessor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(assess_module.Assessor, "load", lambda *_: assessor)


def _answers(data: bytes, *options: str) -> tuple[int, list[dict[str, object]]]:
    result = CliRunner().invoke(ASSESS, [*options], input=data)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, [json.loads(line) for line in result.stdout_bytes.splitlines()]


@pytest.mark.usefixtures("ready")
@pytest.mark.parametrize("option", ["--screen-only", "--explain"])
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.one_of(_POSTINGS, _OBJECTS, _ODD, _RAW), max_size=12))
def test_one_line_out_for_each_line_in(option: str, rows: list[bytes]) -> None:
    status, answers = _answers(b"".join(row + b"\n" for row in rows), option)
    assert len(answers) == len(rows)
    for number, (row, answer) in enumerate(zip(rows, answers, strict=True), start=1):
        if "error" in answer:
            assert answer["line"] == number
            assert answer["error"]
        else:
            assert answer["id"] == json.loads(row.removeprefix(b"\xef\xbb\xbf"))["id"]
    assert status == (1 if any("error" in answer for answer in answers) else 0)


@pytest.mark.usefixtures("ready")
def test_errors_say_what_is_wrong_with_the_line() -> None:
    good = '{"id":"好","text":"初三数学"}'.encode()
    rows = [
        b"\xef\xbb\xbf" + good,
        b"",
        good + b"\r",
        "初三".encode("gbk"),
        b"x",
        b"\xef\xbb\xbf" + good,
        b'{"id":"n"}',
    ]
    status, answers = _answers(b"\n".join(rows))
    assert status == 1
    assert [answer.get("error", answer.get("id")) for answer in answers] == [
        "好", "空行", "好", "不是 UTF-8 编码的文字", "不是 JSON", "好", "缺少字符串字段 text",
    ]  # fmt: skip


@pytest.mark.usefixtures("ready")
def test_huge_texts_are_answered_and_huge_lines_refused() -> None:
    five_megabytes = "初三数学补课" * 280_000
    text = json.dumps({"id": "five", "text": five_megabytes}, ensure_ascii=False)
    assert len(text.encode()) > 5_000_000
    rows = [b'{"id":"a","text":"b"}', text.encode(), b"x" * (lines_module.LONGEST + 1), b'{"id":"c","text":"d"}']
    status, answers = _answers(b"\n".join(rows), "--screen-only")
    assert status == 1
    assert [answer.get("id") for answer in answers] == ["a", "five", None, "c"]
    assert answers[2] == {"line": 3, "error": "这一行超过 32 MB，没有读"}


@given(
    parts=st.lists(st.binary(max_size=40).map(lambda raw: raw.replace(b"\n", b"")), max_size=12), ended=st.booleans()
)
def test_lines_are_those_of_the_file_however_it_is_read(parts: list[bytes], ended: bool) -> None:
    data = b"".join(part + b"\n" for part in parts)
    if not ended and parts and parts[-1]:
        data = data[:-1]  # the last line of a file need not end
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lines_module, "_BLOCK", 7)
        patch.setattr(lines_module, "LONGEST", 30)
        read = list(lines(io.BytesIO(data)))
    kept = [part.rstrip(b"\r") if len(part) <= 30 else None for part in parts]
    assert read == [Line(number, data) for number, data in enumerate(kept, start=1)]


def test_a_pipe_that_pauses_is_answered_before_more_comes() -> None:
    reading, writing = os.pipe()
    with os.fdopen(reading, "rb") as file, os.fdopen(writing, "wb") as pipe:
        pipe.write(b"one\ntwo\nthr")
        pipe.flush()
        coming = chunks(file)
        assert next(coming) == [Line(1, b"one"), Line(2, b"two")]
        assert next(coming) == []
        pipe.write(b"ee\n")
        pipe.flush()
        assert next(coming) == [Line(3, b"three")]


def test_long_lines_make_small_chunks(tmp_path: Path) -> None:
    path = tmp_path / "long"
    path.write_bytes(b"".join(b"x" * 400_000 + b"\n" for _ in range(7)))
    with path.open("rb") as file:
        assert [len(chunk) for chunk in chunks(file)] == [3, 3, 1]
