"""Reasons an officer can repeat: what is quoted for a claim, how covers are put, which clause frightens."""

from __future__ import annotations

import re
from typing import cast

import pytest

from classifier.assess import Assessor
from classifier.clauses import closed
from classifier.document import read
from classifier.explain import places_of
from classifier.forms import DWELLING
from classifier.fright import frightening
from classifier.model import Model
from classifier.types import COVERS, Posting
from classifier.wording import SENTENCE, forms_said, price_asked


@pytest.mark.parametrize(
    ("signal", "text", "quoted"),
    [
        ("guarantee", "去年学员涨了176分,保过班:签约涨60", ["保过班:签约涨60"]),
        ("endorsement", "60天从200到400不是传说,往届名单可查", ["往届名单可查"]),
        ("holiday", "暑假奥数班,三升四至五升六", ["暑假"]),
        ("price_bait", "开业!3-10岁跳绳,两人同报再减200", ["两人同报再减200"]),
        ("teacher_public", "初三化学,孙老师(二中备课组长),家里小桌", ["二中备课组长"]),
    ],
)
def test_a_claim_quotes_its_own_words(assessor: Assessor, signal: str, text: str, quoted: list[str]) -> None:
    doc = read(text)
    words = [doc.text[slice(*place)] for place in places_of(assessor._model, doc, signal)]
    assert any(one in word for one in quoted for word in words), words
    assert all("176" not in word and "升" not in word and "3-10" not in word for word in words), words


@pytest.mark.parametrize(
    ("text", "fear"),
    [
        ("选错等于白读三年。本工作室有参加过命制工作的专家,电话13800000000", "选错等于白读三年"),
        ("我们不贩卖焦虑,三年后别人家的孩子都上了重点", "别人家的孩子都上了重点"),
        ("老城区12号,数学小班周六上课,再不抓就来不及了", "再不抓就来不及了"),
    ],
)
def test_the_clause_that_frightens_is_quoted(assessor: Assessor, text: str, fear: str) -> None:
    doc = read(text)
    words = [doc.text[slice(*place)] for place in frightening(assessor._model, doc)]
    assert any(fear in word or word in fear for word in words), words
    assert not any(re.search("不贩卖|专家|1380|小班", word) for word in words), words


def test_covers_are_put_in_one_phrase() -> None:
    assert forms_said(("care", "culture", "online")) == (
        "以托管、自习室和国学、阅读、文化名义，通过线上方式（即时通讯、会议、直播等）"
    )
    assert forms_said(("home",)) == "在住宅、酒店、咖啡厅等场所"
    assert forms_said(("none",)) == ""
    assert all(forms_said((cover,)) for cover in COVERS)


@pytest.mark.parametrize(
    ("quote", "asked"),
    [
        ("“原价3980元，现价1980元”", "原价、折扣"),
        ("“首场体验9.9元”、“名额一年五家”", "体验价与后续收费、名额"),
        ("“今晚截止”", "期限"),
        ("“手慢无”", "所称的价格、名额"),
    ],
)
def test_of_prices_is_asked_what_the_quote_names(quote: str, asked: str) -> None:
    assert price_asked(quote) == asked


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("小学数学小班,名额只剩3个,今晚截止,1200元一期", "疑似以名额有限、限时作价格诱导"),
        ("少儿美术,首节体验9.9元,五到八岁", "疑似以低价体验作价格诱导"),
        ("小学英语小班,原价3980元,现价1980元", "疑似虚构原价、虚假折扣等价格诱导"),
    ],
)
def test_a_made_up_price_is_named_only_where_one_is_told(assessor: Assessor, text: str, name: str) -> None:
    found = assessor.assess([Posting(id="a", text=text)])[0]["findings"]
    assert [one["name"] for one in found if one["code"] == "AD08"] == [name]


@pytest.mark.parametrize(
    ("text", "words", "quoted"),
    [
        ("一次交60节6900（送10节），不退", "60节6900（送10节", "60节6900（送10节）"),
        ("60节6900（送10节，另送书）", "60节6900（送10节", "60节6900"),
        ("60节6900", "60节6900", "60节6900"),
    ],
)
def test_a_bracket_is_closed_or_left_out(text: str, words: str, quoted: str) -> None:
    start = text.index(words)
    assert text[start : closed(text, start, start + len(words))] == quoted


def test_reasons_say_suspected_and_quote() -> None:
    assert all(one.startswith("疑似") and ("{quote}" in one or "{note}" in one) for one in SENTENCE.values())


@pytest.mark.parametrize(
    "text",
    [
        "可上门,一小时80", "老师上门辅导数学", "来我家补课", "在家带三四个孩子",
        "上门一对一", "住家辅导", "咖啡馆见", "到您家",
    ],
)  # fmt: skip
def test_lessons_at_home_are_seen(text: str) -> None:
    assert DWELLING.search(text)


@pytest.mark.parametrize("text", ["上门自提", "到家常菜馆集合", "家教育人", "家长都来", "去年来过"])
def test_other_doors_are_no_home(text: str) -> None:
    assert not DWELLING.search(text)


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("同桌已经学到分数了,你家还在掰手指?珠心算报名", ["同桌已经学到分数了,你家还在掰手指"]),
        ("志愿填错,十二年白读!张老师一对一填报", ["志愿填错,十二年白读"]),
        ("开学大促,别再等到期末才着急,三年级是道坎,语数小班", ["别再等到期末才着急", "三年级是道坎"]),
    ],
)
def test_what_frightens_is_quoted_whole_and_nothing_else(assessor: Assessor, text: str, whole: list[str]) -> None:
    doc = read(text)
    assert [doc.text[slice(*place)] for place in frightening(assessor._model, doc)] == whole


def test_two_clauses_too_long_to_quote_as_one_are_quoted_each() -> None:
    first = "这个暑假学校附近三个小区里的初二孩子差不多有一大半人家都在学物理"
    second = "您家的孩子还在天天抱着手机躺在沙发上刷短视频"
    doc = read(f"{first},{second},周六开课")
    # a frame fits, so the model is not asked
    assert [doc.text[slice(*place)] for place in frightening(cast(Model, None), doc)] == [first, second]


def test_what_the_model_believes_and_no_words_bear_out_is_said_as_that(assessor: Assessor) -> None:
    """HT99 once said that no fee was to be seen beside an answer that called the offer paid."""
    seen = 0
    for text in (
        "放学直接来刘姨家，数学每天两张卷，错题当天清，月底孩子妈来结账",
        "初二物理寒假6次课1280，二四六晚7点，讲浮力和压强，错题重讲",
        "小高老师带五年级，数学英语听写订正，下学过来，吃完饭再学",
    ):
        (answer,) = assessor.assess([Posting(id="a", text=text)])
        for finding in answer["findings"]:
            if finding["code"] == "HT99":
                fee = "未见" in finding["why"] and "收费" in finding["why"].split("未见")[1].split("；")[0]
                form = "未见假借的名义" in finding["why"]
                seen += 1
                assert not (fee and answer["paid"]["flag"]), finding["why"]
                assert not (form and answer["covers"] != ["none"]), finding["why"]
    assert seen
