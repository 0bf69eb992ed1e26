"""No text makes the classifier hang: repeats that can be read in several ways, runs of blanks, long runs of pinyin."""

from __future__ import annotations

import pytest

from classifier.document import read
from classifier.evidence import taken_back
from classifier.items import school_items
from classifier.normalise import LIMIT, MOST_BLANKS, normalise

#: Each took hours, or minutes for its last, before the pattern or loop behind it was mended.
ENDLESS = [
    "语数英" * 1000,
    "口碑" + "始终居在 " * 1000,
    "通过率" + "从到" * 1000,
    "“孩子进步很大了”" + "——-―" * 500,
    "招生，每月费" + " \n" * 5000,
    "名额席位：" + (" " * 40 + "、") * 200,
    "小学数学，" + "shuxue" * 3000,
    "小学数学，" + "人一" * 5000,
    "暑假班" + "7月1日-8月31日" * 300,
]


@pytest.mark.parametrize("text", ENDLESS, ids=[text[:8] for text in ENDLESS])
def test_reading_comes_to_an_end(text: str) -> None:
    document = read(text)
    assert len(document.text) <= LIMIT
    assert all(0 <= start < end <= len(document.text) for start, end, _ in school_items(document))


def test_a_denial_over_many_things_comes_to_an_end() -> None:
    text = "没有" + "语与" * 11 + "数学"
    assert taken_back(text, len(text) - 2, len(text))


def test_subjects_in_a_row_stay_one_item() -> None:
    text = "语文、数学、英语、物理、化学辅导"
    assert [text[start:end] for start, end, _ in school_items(read(text))] == [text]


def test_long_blanks_are_closed_up_and_lead_back() -> None:
    raw = "初三" + " " * 400 + "\n" * 30 + "数学辅导"
    folded = normalise(raw)
    assert folded.text == "初三" + " " * MOST_BLANKS + "数学辅导"
    start = folded.text.index("数学")
    span = folded.span(start, start + 2)
    assert raw[span.start : span.end] == span.text == "数学"
    assert normalise("初三" + " " * MOST_BLANKS + "数学").text == "初三" + " " * MOST_BLANKS + "数学"
