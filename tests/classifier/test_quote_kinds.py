"""Quotes by what may spoil them: refusals, masked numbers, old prices, others' classes, fright that is none."""

from __future__ import annotations

import pytest

from classifier.academic_words import academic_places
from classifier.criteria import read_criteria
from classifier.document import read
from classifier.explain import to_spans
from classifier.frames import proves
from classifier.model_file import load_current
from classifier.stories import only_goods
from classifier.threats import threats
from classifier.values import read_values


def quoted(text: str, dimension: str) -> list[str]:
    doc = read(text)
    return [doc.text[start:end] for start, end in read_criteria(doc)[dimension]]


@pytest.mark.parametrize(
    ("text", "dimension"),
    [
        ("少儿书法不卷文化课，只练一手好字", "content"), ("手工坊，与英语数学无关", "content"),
        ("作业？不写。补课？不补。滑雪去！", "content"), ("英语二十几分的别硬撑，来学日语", "content"),
        ("邻座都在一中理科班", "content"), ("女儿被语文老师表扬了，谢谢大家", "content"),
        ("教学点：阳光大厦1203", "method"), ("数学小班，上课的时候后排都在睡，那是从前的学校", "method"),
        ("数学老师是公办名校一线教师", "purpose"), ("英语辅导，主教练全市排名第二", "evaluation"),
    ],
)  # fmt: skip
def test_what_is_refused_or_another_s_is_not_quoted(text: str, dimension: str) -> None:
    kept = {"日语", "上课", "数学", "英语"} if dimension == "content" else set()
    assert set(quoted(text, dimension)) - kept - {"小班", "数学小班", "辅导", "英语辅导"} <= {"日语"}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("不是补课，是把数学错题讲明白", "数学"), ("高阶逻辑营，讲行程、讲数论", "行程"),
        ("上午“经”(语)，下午“算”(数)", "语"), ("成长顾问，哪门课瘸腿补哪门", "哪门课瘸腿"),
        ("周四晚她把《孔乙己》讲到没人走神", "《孔乙己》"), ("陪跑计划，由各门老师负责查漏", "各门老师"),
    ],
)  # fmt: skip
def test_what_is_meant_by_other_words_is_quoted(text: str, words: str) -> None:
    assert words in quoted(text, "content")


@pytest.mark.parametrize(
    ("text", "cut", "shown"),
    [("年费xx80元起", "80元", "xx80元"), ("单科1xx0元", "0元", "1xx0元"), ("单科1280元", "280元", "1280元")],
)
def test_a_masked_number_is_quoted_whole_and_is_no_value(text: str, cut: str, shown: str) -> None:
    doc = read(text)
    start = doc.text.index(cut)
    assert next(span.text for span in to_spans(doc.folded, [(start, start + len(cut))])).startswith(shown)
    assert bool(read_values(doc.text).fees) is ("x" not in text)


@pytest.mark.parametrize(
    ("signal", "text", "words"),
    [
        ("prepay", "剩余20次低价转，原6200现1800", "6200"), ("prepay", "年包从6400降到3900", "6400"),
        ("endorsement", "九年专注 2600家庭", "2600家庭"),
    ],
)  # fmt: skip
def test_old_prices_and_numbers_of_clients_prove_nothing(signal: str, text: str, words: str) -> None:
    doc = read(text)
    start = doc.text.index(words)
    assert not proves(signal, doc.text, start, start + len(words))


def test_a_stage_is_not_shown_alone_where_weakness_is_spoken_of() -> None:
    doc = read("五年级是道坎，成绩滑下去的孩子不少，本周免费测评")
    shown = academic_places(load_current(), doc, read_criteria(doc))
    assert [doc.text[slice(*place)] for place in shown.places] == ["五年级", "成绩滑下去"]


@pytest.mark.parametrize(
    ("text", "frightens"),
    [
        ("写不好，中考作文先丢一半。", True), ("人生没有第二个初三。", True), ("家里没人盯的孩子真的吃亏。", True),
        ("拖到五年级才来问的，我们只能说抱歉。", True), ("别家孩子上台，您只能看别人领奖。", True),
        ("模考考完了，讲评周六开始。", False), ("差1分退全款。", False), ("现在就剩我跟教语文的老师两个人。", False),
        ("老有人说早学了也白学。", False), ("优惠最后三天，名额有限。", False),
    ],
)  # fmt: skip
def test_what_frightens_and_what_only_looks_like_it(text: str, frightens: bool) -> None:
    assert bool(threats(read(text))) is frightens


def test_a_workbook_is_goods_though_a_class_is_named() -> None:
    assert only_goods("班里前十都有这套口算题卡，点小黄车，两本19.9包邮 #练习册")
    assert not only_goods("班里前十都来，老师带练口算，两本练习册19.9，每周六上课")


@pytest.mark.parametrize(
    ("text", "words", "proof"),
    [
        ("武陵口碑最好的高中化学", "口碑最好", False), ("不发传单，靠口碑，还剩两位", "靠口碑", False),
        ("家长口碑推荐，续班率九成", "口碑", True), ("主讲是某重点高中现任组长", "是某重点", False),
        ("六家合请一位一中的老师", "一位一中", False), ("我们从8月起搬到粮站隔壁", "从8月起搬到粮站", False),
    ],
)  # fmt: skip
def test_praise_of_one_s_own_is_no_testimony(text: str, words: str, proof: bool) -> None:
    doc = read(text)
    start = doc.text.index(words)
    assert proves("endorsement", doc.text, start, start + len(words)) is proof
