"""The assessor that calls a second process for help: the same answers, none lost with the helper."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from classifier.types import Posting
from pipelines.assessor import active_model, assessor_of
from pipelines.clock import SHANGHAI
from pipelines.hurried_assessor import HurriedAssessor
from tests import factories

WAIT = 60


@pytest.fixture(scope="module")
def own() -> Any:
    return assessor_of(active_model(None), None, second_tier=False)


@pytest.fixture
def hurried(own: Any, tmp_path: Path) -> Iterator[HurriedAssessor]:
    with HurriedAssessor(own, tmp_path, second_tier=False, alone=2) as assessor:
        yield assessor


def _postings(count: int) -> list[Posting]:
    day = factories.NOON.astimezone(SHANGHAI).date()
    texts = ("暑假数学一对一补课，小学初中，联系张老师", "出租两室一厅，拎包入住")
    return [
        Posting(id=str(n), text=texts[n % 2], title="标题\ud800", posted_on=day, explain="leads") for n in range(count)
    ]


def _until_ready(assessor: HurriedAssessor) -> Any:
    end = time.monotonic() + WAIT
    while assessor._helper is None or not assessor._helper.ready:
        assert time.monotonic() < end
        time.sleep(0.02)
    return assessor._helper


def test_the_helper_answers_as_the_assessor_itself(hurried: HurriedAssessor, own: Any) -> None:
    postings = _postings(6)
    expected = own.assess(postings)
    assert hurried.assess(postings) == expected
    helper = _until_ready(hurried)
    asked: list[int] = []
    answer = helper.assess

    def counted(items: Sequence[Posting]) -> list[dict[str, Any]]:
        asked.append(len(items))
        found: list[dict[str, Any]] = answer(items)
        return found

    helper.assess = counted
    assert hurried.assess(postings) == expected
    assert asked == [6]
    # A helper that is killed takes no text along, and nobody calls another.
    helper._process.kill()
    helper._process.wait()
    assert hurried.assess(postings) == expected
    assert hurried.assess(postings) == expected
    assert hurried._helper is None


def test_nobody_is_called_while_texts_come_slowly(hurried: HurriedAssessor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipelines.hurried_assessor.HURRY_S", 0.0)
    for _ in range(4):
        assert len(hurried.assess(_postings(2))) == 2
    assert hurried._helper is None


def test_a_helper_with_another_model_is_not_asked(own: Any, tmp_path: Path) -> None:
    class Other:
        model_id, rulebook_id, assess = "another", own.rulebook_id, own.assess

    with HurriedAssessor(Other(), tmp_path, second_tier=False, alone=1) as assessor:
        assessor.assess(_postings(1))
        helper = assessor._helper
        assert helper is not None
        helper._process.stdin.close()
        assert helper._process.wait(WAIT) == 0
        helper._greeting.join(WAIT)
        assert not helper.ready
