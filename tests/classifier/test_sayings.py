"""What is said so plainly that no head need agree: testimonies, sums by their value, posts, and their look-alikes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from classifier.assess import Assessor
from classifier.document import read
from classifier.judge import judge
from classifier.model_file import load_current
from classifier.normalise import normalise
from classifier.sayings import SAID, said
from classifier.types import Posting

_TABLE = Path(__file__).with_name("sayings.tsv")


def _cases() -> list[tuple[str, str, str]]:
    rows = [line.split("\t") for line in _TABLE.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    return [(signal, holds, text) for signal, holds, text in rows]


@pytest.mark.parametrize("signal", SAID)
def test_the_table(signal: str) -> None:
    rows = [(holds, text) for name, holds, text in _cases() if name == signal]
    assert {holds for holds, _ in rows} == {"yes", "no"}
    wrong = [(holds, text) for holds, text in rows if bool(said(normalise(text).text, signal)) != (holds == "yes")]
    assert wrong == []


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("住家陪读每月4000，按季一次结", "每月4000元，3个月一次付12000元，超过5000元"),
        ("充6000送900", "一次预存6000元，连同所送超过5000元"),
        ("一学期三科7200", "7200元，超过5000元"),
        ("费用半年付，九折", "6个月，超过3个月"),
    ],
)
def test_the_value_is_compared_and_told(text: str, note: str) -> None:
    assert [hit.note for hit in said(normalise(text).text, "prepay")] == [note]


def test_places_are_those_of_a_text_set_wide() -> None:
    doc = read("上 期 学 员 喜 报 ：王 * * + 2 6 、李 * * 满 分 ， 欢 迎 来 电 咨 询 ， 秋 季 小 班 开 课")
    hits = said(doc.text, "endorsement")
    assert "+ 2 6" in doc.text[hits[0].start : hits[-1].end]


def test_a_head_may_not_overrule_what_is_said() -> None:
    """6,600 yuan a term are prepaid whatever the style; the same words of adults' courses are no matter of ours."""
    model = load_current()
    doc = read("高三晚课 二轮专题 三科 6600/学期 数学物理英语 每晚一套 当晚讲评")
    scores = model.score([doc])[0]
    scores = replace(scores, probability={**scores.probability, "signal:prepay": 0.0})
    assert judge(model, doc, scores).signals["prepay"] > 0
    doc = read("成人英语夜校 商务口语 上班族优先 8800元/年")
    assert "prepay" not in judge(model, doc, model.score([doc])[0]).signals


def test_an_evenings_hours_need_no_head_but_a_shops_do() -> None:
    """A span of a class's evening that ends too late is told by its value; when the telephone is answered is not."""
    assessor = Assessor.load()
    posting = Posting(id="a", text="初三物理小班课 每次两小时 平时晚上18:40-21:20 一次120元 电话报名")
    doc = read(posting.text)
    scores = assessor._model.score([doc])[0]
    scores = replace(scores, probability={**scores.probability, "signal:late": 0.0})
    found = {one["signal"] for one in assessor.given(posting, doc, scores)["findings"]}
    posting = replace(posting, text="初三物理小班课 每次两小时 咨询时间 周一到周五 9:00-21:20 一次120元 电话报名")
    doc = read(posting.text)
    scores = replace(scores, probability={**scores.probability, "signal:late": 0.0})
    none = {one["signal"] for one in assessor.given(posting, doc, scores)["findings"]}
    assert ("late" in found, "late" in none) == (True, False)
