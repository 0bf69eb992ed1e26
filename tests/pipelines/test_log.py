"""Log lines: one an event, nothing forged, no secret in them."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from pipelines import log

SECRET = "geheim-密码-1949"


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    """Where the log goes, set up and taken away again."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    out = io.StringIO()
    log.set_up(secrets=[SECRET], stream=out)
    yield out
    root.handlers[:] = handlers
    root.setLevel(level)


def test_a_line_is_a_sentence_and_fields(stream: io.StringIO) -> None:
    logging.getLogger("crawlers.run").warning("Unmapped category", extra={"source": "board", "value": "中 文", "n": 0})
    line = stream.getvalue()
    assert line.endswith('Z WARNING crawlers.run: Unmapped category source=board value="中 文" n=0\n')


def test_secrets_are_hidden_wherever_they_stand(stream: io.StringIO) -> None:
    try:
        raise ValueError(f"postgresql://u:{SECRET}@h")
    except ValueError:
        logging.getLogger("x").exception("Failed with %s", SECRET, extra={"url": f"a{SECRET}b"})
    text = stream.getvalue()
    assert SECRET not in text
    assert text.count(log.HIDDEN) == 3
    assert "Traceback" in text


def test_setting_up_again_replaces_the_first(stream: io.StringIO) -> None:
    again = io.StringIO()
    formatter = log.set_up(level="ERROR", stream=again)
    formatter.hide("learnt-later")
    logging.getLogger("x").info("quiet")
    logging.getLogger("x").error("learnt-later")
    assert stream.getvalue() == ""
    assert again.getvalue().endswith(f"ERROR x: {log.HIDDEN}\n")


def test_short_values_and_parts_of_secrets() -> None:
    formatter = log.LineFormatter(["abc", "secret", "secret-longer"])
    line = formatter.format(logging.makeLogRecord({"msg": "abc secret-longer"}))
    assert line.endswith(f"abc {log.HIDDEN}")


@hypothesis_settings(max_examples=300)
@given(st.text(), st.text())
def test_nothing_starts_a_line_of_its_own(message: str, value: str) -> None:
    line = log.LineFormatter().format(logging.makeLogRecord({"msg": "%s", "args": (message,), "field": value}))
    assert line.isprintable()
    line.encode("utf-8")
