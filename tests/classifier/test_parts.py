"""A long text is read to its end: nothing hides behind prose."""

from __future__ import annotations

from itertools import pairwise

import pytest

from classifier.assess import Assessor
from classifier.normalise import LIMIT
from classifier.parts import MOST, SHARED, parts_of
from classifier.types import Posting

ADVERT = "初二数学小班暑假开课，老师一对一讲新课，一次两小时三百元，保证提高三十分，名额十个，电话13800001234"
PROSE = "那天傍晚河边起了风，他把船拴在柳树下，慢慢走回村里，一路上谁也没有说话。"


@pytest.fixture(scope="module")
def assessor() -> Assessor:
    return Assessor.load()


@pytest.mark.parametrize("before", [LIMIT - 20, LIMIT + 100, 2 * LIMIT + 500])
def test_an_advertisement_behind_prose_is_found(assessor: Assessor, before: int) -> None:
    prose = (PROSE * (before // len(PROSE) + 1))[:before]
    posting = Posting(id="x", text=f"{prose}\n{ADVERT}", title="河边的故事")
    (answer,) = assessor.assess([posting])
    assert answer["lead"]
    assert answer["findings"]
    for finding in answer["findings"]:
        assert "分段阅读" in finding["why"]
        for span in finding["spans"]:
            assert posting.body[span["start"] : span["end"]] == span["text"]
    assert assessor.screen([posting])[0]["lead"]


def test_answers_keep_their_order(assessor: Assessor) -> None:
    long = Posting(id="long", text=PROSE * 900)
    postings = [Posting(id="a", text=ADVERT), long, Posting(id="b", text=PROSE)]
    assert [answer["id"] for answer in assessor.assess(postings)] == ["a", "long", "b"]


def test_parts_cover_the_text_and_share_their_borders() -> None:
    posting = Posting(id="x", text="字" * (3 * LIMIT))
    starts = parts_of(posting).starts
    assert starts[0] == 0
    assert starts[-1] + LIMIT >= len(posting.body)
    assert all(later - earlier == LIMIT - SHARED for earlier, later in pairwise(starts))


def test_what_is_not_read_is_said(assessor: Assessor) -> None:
    posting = Posting(id="x", text=ADVERT + "。" + "字" * (MOST * LIMIT))
    parts = parts_of(posting)
    assert len(parts.starts) == MOST
    first, *rest = assessor.assess([Posting(id="x", text=ADVERT), Posting(id="x", text="字")])
    joined = parts.joined([first, *rest * (MOST - 1)])
    assert "字未读" in joined["findings"][0]["why"]
