"""Words that mean another thing than a rule reads: page facts, sizes of classes, halves of a fee, gifts."""

from __future__ import annotations

from datetime import date

import pytest

from classifier.assess import Assessor
from classifier.criteria import read_criteria
from classifier.document import read
from classifier.elements import belongs
from classifier.explain import to_spans
from classifier.forms import form_places
from classifier.frames import proves
from classifier.gifts import gift_told, own_figures
from classifier.model_file import load_current
from classifier.page_facts import of_page, page_facts
from classifier.recommenders import only_result
from classifier.rulebook import load_rulebook
from classifier.sayings import said
from classifier.threats import threats
from classifier.types import Posting
from classifier.values import read_values
from classifier.values.fees import read_lone_sums
from classifier.values.limits import beyond
from classifier.wording import quoted


@pytest.mark.parametrize(
    "fact",
    [
        "发布时间:2026-11-18 09:30", "更新时间 2026年3月7日 21:40", "发布于 3小时前", "浏览:8800次", "发布人:何老师",
        "区域:桥头镇", "地址:云溪乡", "电话:137xxxx2200", "信息编号:99800", "2026-05-02 22:10",
    ],
)  # fmt: skip
def test_what_a_page_says_of_itself_is_no_lesson_s(fact: str) -> None:
    text = f"初三英语,周二晚上上课,每期1800元\n{fact}"
    start = text.index(fact)
    assert of_page(text, start, len(text))
    assert all(one.end <= start for one in (*read_values(text).times, *read_values(text).days))
    assert not any(proves("late", text, hit.start, hit.end) for hit in read(text).named("late"))
    assert not belongs("place", text, (start, len(text)))


@pytest.mark.parametrize(
    "text",
    [
        "上课时间:周三18:30-21:00",
        "地址:长安路18号3楼",
        "教学区域的老师轮流来",
        "2026年7月6日 19:00-21:00上课",
        "时间:19:00-21:30",
    ],
)
def test_what_is_said_of_the_lessons_is_no_page_s(text: str) -> None:
    assert page_facts(text) == ()


@pytest.mark.parametrize(
    ("text", "late"),
    [
        ("周二晚上讲题,周六09:30测验", False), ("晚上有课,周日上午9:30接着上", False), ("周五晚9:30下课", True),
        ("晚上6:30-9:30", True), ("每晚七点到9:30", True),
    ],
)  # fmt: skip
def test_half_past_nine_is_of_the_morning_unless_an_evening_is_said(text: str, late: bool) -> None:
    hits = [hit for hit in read(text).named("late") if proves("late", text, hit.start, hit.end)]
    values = [one for one in beyond(read_values(text), online=False) if one.signal == "late"]
    assert bool(hits or values) is late


@pytest.mark.parametrize(
    ("signal", "text", "words", "holds"),
    [
        ("preschool_academic", "初三物理冲刺,28人大班", "物理冲刺,28人大班", False),
        ("preschool_academic", "幼儿园大班识字", "大班识字", True),
        ("preschool_academic", "高二数学大班课,口算不教", "数学大班", False),
        ("preschool_academic", "急招住家育儿嫂,3-6岁,月薪七千,会拼音", "3-6岁,月薪七千,会拼音", False),
        ("loan", "学费2400可分两次付", "可分两次付", False),
        ("loan", "花呗分三期付,免手续费", "分三期付", True),
        ("late", "走的时间定的8:40", "8:40", True),
        ("late", "今夜十二点之前填表送词汇书", "十二点", False),
        ("late", "晚上九点前放学", "九点", True),
        ("late", "咨询时间早8点到晚10点", "早8点到晚10点", False),
        ("late", "报名后每晚8点到10点上课", "8点到10点", True),
        ("price_bait", "孩子妈给我们送了一筐桃子", "送了一筐桃子", False),
        ("price_bait", "报名就送书包一个", "送书包一个", True),
        ("school_link", "12月联考完直接进班", "直接进班", False),
        ("school_link", "直接进班名额由一中定,签约", "直接进班名额由一中定", True),
    ],
)  # fmt: skip
def test_what_a_rule_misreads(signal: str, text: str, words: str, holds: bool) -> None:
    start = text.index(words)
    assert proves(signal, text, start, start + len(words)) is holds


def test_a_course_s_first_and_last_day_is_no_weekend_lesson() -> None:
    on = date(2026, 11, 18)
    for text in ("课程6月5日结束", "2027年7月3日一期,8月1日二期"):
        assert not [one for one in beyond(read_values(text), online=False, on=on) if one.note.endswith("为周六")]
    assert [one.note for one in beyond(read_values("6月5日上午来上课"), online=False, on=on)] == ["2027年为周六"]


def test_gifts_figures_and_prices() -> None:
    assert gift_told("送田字本一套") and gift_told("赠两节作文课") and not gift_told("满两科赠书包")
    assert own_figures("前年上线率是本班自己统计的七成") and not own_figures("家长问上线率谁统计过")
    doc = read("小学英语,前八名1680,送字帖")
    assert "前八名" not in [doc.text[slice(*place)] for place in read_criteria(doc)["evaluation"]]
    for text in ("八周3980", "60节 6900", "前十名1780"):
        assert len(list(read_lone_sums(text))) == 1
    assert not belongs("paid", "首节试听不收费", (4, 7))


@pytest.mark.parametrize(
    ("cover", "text", "shown"),
    [
        ("home", "家长会客厅里讲座", []), ("home", "在我家客厅上课", ["我家客厅"]),
        ("online", "老师在线上给娃讲", ["线上"]),
        ("online", "张老师在线答疑", ["在线"]),
    ],
)  # fmt: skip
def test_forms_are_whole_words(cover: str, text: str, shown: list[str]) -> None:
    doc = read(text)
    found = [doc.text[slice(*place)] for place in form_places(doc, (cover,)).get(cover, ())]
    assert found == shown or (shown == ["在线"] and "在线" in found[0])


def test_a_gap_in_a_list_and_an_old_character_are_no_disguise() -> None:
    for text, words in (("晚托辅导 作业批改", "辅导作业"), ("束脩面议", "束修"), ("杨×老师", "杨x")):
        doc = read(text)
        start = doc.text.index(words)
        assert "还原" not in quoted(to_spans(doc.folded, [(start, start + len(words))]))
    doc = read("补.习数学")
    assert "还原" in quoted((doc.folded.span(doc.text.index("补习"), doc.text.index("补习") + 2),))


@pytest.mark.parametrize(
    ("text", "frightens"),
    [
        ("再拖一年,华佗再世也救不回你家娃的英语", True), ("现在不抓数学,菩萨来了都帮不了", True),
        ("去年过线率是自家统计的八成", False),
    ],
)  # fmt: skip
def test_nobody_can_save_is_a_threat_and_a_rate_is_none(text: str, frightens: bool) -> None:
    assert bool(threats(read(text))) is frightens


def test_page_facts_hold_for_what_needs_no_head() -> None:
    assert not said("高一数学\n发布人:学费9800一年交", "prepay")


def test_one_promise_is_one_finding_and_a_fee_s_two_faults_are_two() -> None:
    assessor = Assessor(load_current(), load_rulebook(), second_tier=False)

    def codes(text: str) -> list[str]:
        (answer,) = assessor.assess([Posting(id="a", text=text)])
        return [row["signal"] for row in answer["findings"] if row["code"] in ("AD04", "HT12")]

    assert codes("初一数学班，1300元12次课，保证提分") == ["guarantee"]
    assert set(codes("初二英语班，学费12800元可分12期付款，花呗免息")) == {"loan", "prepay"}


@pytest.mark.parametrize(
    "text",
    [
        "小学数学小班,去年班里九个学生六个进了附中,一学期1800元,电话13800001234",
        "初中英语周末班,往届学员平均提了23分,每期2400元,微信同号",
        "书法小楼:喜报,上期十一个娃考级全过,六岁起,月卡400元",
    ],
)
def test_a_result_in_nobody_s_name_is_no_recommendation(assessor: Assessor, text: str) -> None:
    """广告法 24(3) asks for a body, a professional or a beneficiary by name or image."""
    found = [
        one for one in assessor.assess([Posting(id="a", text=text)])[0]["findings"] if one["signal"] == "endorsement"
    ]
    assert {(one["code"], one["consequence"]) for one in found} == {("AD11", "sanctionable")}
    assert all("推荐、证明的人" in one["why"] and not any("赠" in line for line in one["basis"]) for one in found)


@pytest.mark.parametrize(
    "text",
    [
        "小学数学小班,去年小周从62分提到95分,一学期1800元,电话13800001234",
        "初中英语周末班,家长都说孩子敢开口了,每期2400元,微信同号",
        "小学作文,师大教授推荐的读写课,每期2400元,微信同号",
        "小学作文,我家老二学了一年,期末班里第三,跟着同一位老师,每期2400元",
    ],
)
def test_one_who_lends_a_name_recommends(assessor: Assessor, text: str) -> None:
    found = assessor.assess([Posting(id="a", text=text)])[0]["findings"]
    assert "AD06" in {one["code"] for one in found if one["signal"] == "endorsement"}


def test_who_recommends_is_told_by_the_words_around() -> None:
    assert only_result("从62提到95", "上期有个学生从62提到95")
    assert not only_result("从62提到95", "小周来了半年,从62提到95")
    assert not only_result("开口了", "家长说孩子开口了") and not only_result("名师坐镇", "名师坐镇")
