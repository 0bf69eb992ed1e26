"""Quotes by what may spoil them: refusals, masked numbers, old prices, others' classes, fright that is none."""

from __future__ import annotations

import pytest

from classifier.academic_words import academic_places
from classifier.atoms import atoms_of
from classifier.criteria import read_criteria
from classifier.document import read
from classifier.elements import misrepaired
from classifier.explain import places_of, to_spans
from classifier.forms import form_places
from classifier.frames import proves
from classifier.misread import misread
from classifier.model_file import load_current
from classifier.stories import only_goods, seeks_nobody
from classifier.threats import threats
from classifier.types import Span
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


@pytest.mark.parametrize(
    ("text", "dimension", "words"),
    [
        ("教资高中英语，带小四各科作业", "content", "英语"), ("10届理科前十都从这里走，春季数学班", "content", "理科"),
        ("拼音识字教不教?不教。算术也是玩", "content", "拼音"),
        ("国画班，不改作文，别问能不能顺便带作业", "content", "作业"),
        ("数学老师在谈，初一数学两家拼", "content", "数学老师"), ("不刷题不背单词的戏剧社", "content", "背单词"),
        ("数感馆，小班 中班 大班，20以内心算", "method", "小班"), ("一张卷子隔开两种人生，数学全托", "method", "卷子"),
        ("暑期托管班，一节语文一节数学", "method", "托管班"), ("抵不到一年补课的钱，数学会员", "method", "补课"),
        ("钢琴一对一，另有初三数学", "method", "一对一"), ("72分的卷子拿回来我哭了，数学请老师", "method", "卷子"),
        ("语文我带到期末吧，一次六十", "purpose", "期末"), ("合作名校200所，少儿英语", "purpose", "名校"),
        ("有人弯道超车，初三数学预习", "purpose", "弯道超车"), ("跆拳道，中考体育丢一分都心疼", "evaluation", "中考"),
        ("心 理 减 压\n不 谈 分数\n考前英语放松", "evaluation", "分数"),
    ],
)  # fmt: skip
def test_what_is_a_teacher_s_past_a_name_or_another_s_is_not_quoted(text: str, dimension: str, words: str) -> None:
    assert words not in quoted(text, dimension)


@pytest.mark.parametrize(
    ("text", "dimension", "words"),
    [
        ("带小四英语，一小时100", "content", "英语"), ("数学小班六人，初三", "method", "数学小班"),
        ("初三数学一对一", "method", "一对一"), ("期末冲刺，初二数学", "purpose", "期末"),
        ("上名校不是梦，初三数学", "purpose", "名校"), ("三年级数学，讲卷子", "method", "卷子"),
        ("英语老师带队，初一", "content", "英语老师"),
    ],
)  # fmt: skip
def test_the_same_words_of_this_training_are(text: str, dimension: str, words: str) -> None:
    assert words in quoted(text, dimension)


@pytest.mark.parametrize(
    ("text", "words", "of_another"),
    [
        ("去年国庆班提了分，今年照开", "国庆", True), ("今年国庆班7天，初二物理", "国庆", False),
        ("新高一选科只剩9天", "新高一", True), ("新高一暑假先修", "新高一", False),
        ("可分两次交", "分两次交", False),
    ],
)  # fmt: skip
def test_days_of_another_year_and_grades_alone_are_no_day_off(text: str, words: str, of_another: bool) -> None:
    start = text.index(words)
    assert misread("holiday", text, start, start + len(words)) is of_another


def test_a_fee_in_two_parts_or_in_a_taunt_is_not_taken_ahead() -> None:
    text = "2.2万一学期，可分两次交"
    assert misread("prepay", text, text.index("可分"), len(text))
    assert not misread("prepay", text, 0, 6)
    assert not proves("prepay", "你舍不得59，有人舍得五千九", 11, 14)
    assert not proves("holiday", "周日家长会，数学名师答疑", 0, 2)


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("初三数学，每晚六点\n启明学堂 2025年10月1日", 0), ("初三数学，每晚六点\n2025年10月1日", 0),
        ("初三数学\n2025年10月1日开课", 1), ("初三英语，10月1日至7日全天", 1), ("启明学堂 10月1日-7日 数学集训", 1),
    ],
)  # fmt: skip
def test_a_date_under_a_text_is_the_text_s(text: str, days: int) -> None:
    assert len(read_values(text).days) == days


@pytest.mark.parametrize(
    ("text", "sought"),
    [("老公说请个家教，我觉得孩子只是烦，推课的直接举报", False), ("求初二数学家教，女儿总错函数", True)],
)
def test_who_only_complains_seeks_no_tutor(text: str, sought: bool) -> None:
    assert seeks_nobody(text) is not sought


@pytest.mark.parametrize("text", ["自家饭桌上给初一的讲题", "喺我屋企教英文，小五", "餐桌边带三个做数学"])
def test_a_table_at_home_is_a_home(text: str) -> None:
    assert form_places(read(text), ("home",))


def test_a_shop_s_whole_name_is_repaired_into_no_stage() -> None:
    raw = "【尚学】高二化学"
    assert misrepaired(raw, Span(start=1, end=3, text="尚学", restored="小学"))
    assert not misrepaired("尚学奥数", Span(start=0, end=2, text="尚学", restored="小学"))


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ("能到家里教初中数学、物理，每小时150元", "能到家里教初中数学、物理"),
        ("退休语文教师一名，晚上在书房给三年级孩子讲作文，每次60元", "晚上在书房给三年级孩子讲作文"),
        ("周末补习班招生。开设：语文，数学，英语，每科每月400元", "开设:语文,数学,英语"),
    ],
)
def test_the_clause_in_which_somebody_teaches_is_quoted_whole(text: str, quoted: str) -> None:
    doc = read(text)
    words = academic_places(load_current(), doc, read_criteria(doc))
    shown = [doc.text[slice(*place)] for place in words.places]
    assert words.kind == "content"
    assert quoted in shown
    assert not {"数学", "语文", "作文", "退休语文教师一名"} & set(shown)


def test_a_flat_is_quoted_with_its_house() -> None:
    doc = read("初一英语小班，周六上午，春晓大厦东栋 503，一次120")
    assert [doc.text[slice(*place)] for place in form_places(doc, ["home"])["home"]] == ["春晓大厦东栋 503"]


@pytest.mark.parametrize(
    ("text", "signal", "shown"),
    [
        ("时间：7月8日～8月23日 上午，数学衔接班", "holiday", ["7月8日~8月23日"]),
        ("暑假数学班，早鸟3980到7月1日", "holiday", ["暑假"]),
        ("晚上九点半才放人。排课看孩子，初三数学补习", "late", ["晚上九点半才放人"]),
        ("四家合请一位老师\n县一中在职 带高二化学", "teacher_public", ["县一中在职 带高二化学"]),
        ("围棋课29.9元(原价128)\n6—10岁都可来", "price_bait", ["围棋课29.9元(原价128)"]),
    ],
)
def test_quotes_end_where_their_claim_does(text: str, signal: str, shown: list[str]) -> None:
    doc = read(text)
    assert [doc.text[slice(*place)] for place in places_of(load_current(), doc, signal)] == shown


def test_a_comma_between_two_sums_parts_no_thousands() -> None:
    assert atoms_of("全年29800,360-420分").whole(2, 7) == (2, 7)
    assert atoms_of("全年12,800元").whole(2, 4) == (2, 9)


def test_an_address_behind_a_price_is_no_bait() -> None:
    doc = read("试听 19.9  原价 398\n河东 时代广场 4F\n英语小班")
    shown = [doc.text[slice(*place)] for place in places_of(load_current(), doc, "price_bait")]
    assert shown and not any("广场" in one for one in shown)
