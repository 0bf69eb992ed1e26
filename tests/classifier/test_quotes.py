"""Every quote an officer sees proves what it stands for: over texts of writers the model has not seen, and by kind."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
import rjieba

from classifier.assess import Assessor
from classifier.atoms import Atoms
from classifier.document import read
from classifier.elements import belongs
from classifier.forms import form_places
from classifier.frames import proves
from classifier.gifts import only_gift
from classifier.rulebook import load_rulebook
from classifier.stages import said_stages
from classifier.stories import only_told
from classifier.types import Posting
from tests.classifier.evasion_table import HeldOut
from tests.classifier.quote_dump import quotes
from tests.made_once import made_once

#: Every so-many-th text of those writers: some five hundred.
EVERY = 3
_NUMERALS = "零〇一二三四五六七八九十百千万"
#: One number, one amount, one hour on both sides of an edge. 一次, 一月 behind a sum say what it is for.
_CUT_NUMBER = re.compile(
    rf"\d\|\d|\d\|[.:：]\d|\d[.:：]\|\d|[{_NUMERALS}]\|[{_NUMERALS}](?![次月年期科人位节门家天学课对整])|[¥￥]\|\d|\d\|[万元块%]|第[{_NUMERALS}\d]+\|[期回课节单届周]"
)
#: The segmenter knows no trade: compounds kept together here (期中考, 满分班) it may cut, and those it may join.
_ALLOWED_CUTS = 0.01
#: Nobody teaches what stands right behind these.
_DENIED = re.compile(r"(?:不教|不补|不带|不辅导|不涉及|不留|没有|别问我?|别找)⟦")


class Shown(NamedTuple):
    """One text, its answer, and its quotes as `what`, `…⟦words⟧…`."""

    body: str
    answer: dict[str, Any]
    quotes: list[tuple[str, str]]


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> list[Shown]:
    return made_once(tmp_path_factory, "shown-quotes", _shown)


def _shown() -> list[Shown]:
    held_out = HeldOut.current(every=EVERY)
    assessor = Assessor(held_out.assessor._model, load_rulebook(), second_tier=False)
    answers = assessor.assess([example.posting for example in held_out.examples])
    pairs = zip(held_out.examples, answers, strict=True)
    return [Shown(e.posting.body, answer, list(quotes(e.posting.body, answer))) for e, answer in pairs]


def _spans(one: Shown) -> Iterator[dict[str, Any]]:
    for finding in one.answer["findings"]:
        yield from finding["spans"]
    for table in ("criteria", "article17"):
        for cell in one.answer[table].values():
            yield from cell["spans"]
    yield from one.answer["paid"]["spans"]


def test_there_is_something_to_look_at(shown: list[Shown]) -> None:
    assert len(shown) > 450
    assert sum(len(one.quotes) for one in shown) > 1_500


def test_no_edge_lies_within_a_number(shown: list[Shown]) -> None:
    wrong = []
    for one in shown:
        for span in _spans(one):
            if span["text"] != span["restored"]:  # as restored, the words have other edges
                continue
            for edge in (span["start"], span["end"]):
                around = f"{one.body[max(0, edge - 4) : edge]}|{one.body[edge : edge + 2]}"
                if _CUT_NUMBER.search(around):
                    wrong.append((around, span["text"]))
    assert wrong == []


def test_hardly_an_edge_lies_within_a_word(shown: list[Shown]) -> None:
    edges, wrong = 0, []
    for one in shown:
        bounds, place = {0}, 0
        for word in rjieba.cut(one.body, False):
            place += len(word)
            bounds.add(place)
        for span in _spans(one):
            if span["text"] == span["restored"]:
                edges += 2
                wrong += [
                    (span["text"], one.body[max(0, e - 4) : e + 4])
                    for e in (span["start"], span["end"])
                    if e not in bounds
                ]
    assert len(wrong) <= _ALLOWED_CUTS * edges, wrong


def test_what_is_sanctionable_has_every_element_quoted(shown: list[Shown]) -> None:
    seen = 0
    for one in shown:
        doc = read(one.body)
        for finding in one.answer["findings"]:
            assert finding["spans"], (finding["code"], one.body)
            if finding["signal"] != "academic_hidden" or finding["consequence"] != "sanctionable":
                continue
            seen += 1
            forms = form_places(doc, one.answer["covers"])
            words = [span["text"] for span in finding["spans"]]
            assert any(
                doc.folded.span(*place).text in word for places in forms.values() for place in places for word in words
            )
            assert sum(cell["met"] for cell in one.answer["criteria"].values()) >= 2
            assert one.answer["paid"]["spans"]
    assert seen >= 15


def test_no_element_is_quoted_from_its_denial(shown: list[Shown]) -> None:
    quoted = [words for one in shown for what, words in one.quotes if what.startswith(("criteria", "article17"))]
    assert [words for words in quoted if _DENIED.search(words)] == []


def test_the_remark_says_where_the_guide_does_not_reach(shown: list[Shown]) -> None:
    for one in shown:
        stages, remark = set(one.answer["stages"]), one.answer["remarks"]["criteria"]
        if one.answer["academic"]["flag"] and stages & {"senior", "preschool"}:
            assert "只适用于义务教育阶段" in remark
        if stages <= {"primary", "junior"}:
            assert remark == ""


@pytest.mark.parametrize(
    ("text", "words", "whole"),
    [
        ("拼音班第二期开班", "班第二", "班第二期"),
        ("只要￥1.98万起", "￥1", "￥1.98万起"),
        ("三月考试报名", "月考", "三月考试"),
        ("语文阅读写作班", "读写", "阅读写作班"),
        ("一次60元包教", "一次60", "一次60元"),
        ("护具50元/小时", "/小时", "50元/小时"),
        ("学费220-380/小时", "380/小时", "220-380/小时"),
        ("适用5-9岁", "5", "5-9岁"),
        ("城南英语角", "英语", "英语角"),
    ],
)
def test_words_and_numbers_are_quoted_whole(text: str, words: str, whole: str) -> None:
    start = text.index(words)
    assert text[slice(*Atoms(text).whole(start, start + len(words)))].startswith(whole.removesuffix("起"))


@pytest.mark.parametrize(
    ("signal", "text", "words"),
    [
        ("superlative", "拼音班第二期,名额不多", "班第二"),
        ("price_bait", "体验￥1.98万", "￥1"),
        ("endorsement", "本店从2011年开到今天", "从2011年开到今天"),
        ("endorsement", "初中组从7200减到6000", "从7200减到6000"),
        ("endorsement", "期末考双百的娃,老板发红包", "考双百"),
        ("endorsement", "东家夸我饭做得香", "东家夸我饭做得香"),
        ("price_bait", "前十名的妈妈我一个个私聊过", "前十名"),
        ("holiday", "每晚讲题,周日放半天", "周日"),
        ("holiday", "报名截止周日", "周日"),
        ("superlative", "孩子最好有自己的老师", "最好"),
        ("teacher_public", "最好是学校里的老师", "学校里的老师"),
        ("guarantee", "不合适随时退,首次不要钱", "首次不要钱"),
        ("late", "成人口语班,晚上七点半到九点", "晚上七点半到九点"),
        ("foreign_teacher_abroad", "外教英国人,住杭州七年", "英国人"),
    ],
)
def test_words_without_their_frame_prove_nothing(signal: str, text: str, words: str) -> None:
    start = text.index(words)
    assert not proves(signal, text, start, start + len(words))


@pytest.mark.parametrize(
    ("signal", "text", "words"),
    [
        ("endorsement", "小航从班级三十一到第七", "从班级三十一到第七"),
        ("endorsement", "上届学员从61考到118", "从61考到118"),
        ("price_bait", "前十名报名减200", "前十名"),
        ("price_bait", "体验课¥9.9尝鲜", "9.9"),
        ("price_bait", "三人团2080,6月30号截止", "三人团"),
        ("guarantee", "不涨分退剩余费用", "不涨分退"),
        ("holiday", "周六上课,周日答疑", "周六"),
        ("superlative", "全区最好的初中补习", "最好"),
        ("guarantee", "面试进不了面退2500", "进不了面退2"),
        ("late", "晚自习到21:30", "晚自习到21:30"),
    ],
)
def test_words_in_their_frame_do(signal: str, text: str, words: str) -> None:
    start = text.index(words)
    assert proves(signal, text, start, start + len(words))


@pytest.mark.parametrize(
    ("element", "text", "words"),
    [
        ("content", "书法班不教语文,别问我作文", "作文"),
        ("content", "只画画,作业请回家写", "作业"),
        ("method", "电话白天在上课接不了", "上课"),
        ("evaluation", "本月前20名办卡送杯子", "前20名"),
        ("paid", "护具租五元", "五元"),
        ("paid", "这三块我都拆成小任务", "三块"),
        ("stage", "我在一所重点高中在职", "高中"),
        ("organisation", "县里最好的培训学校", "最好的培训学校"),
        ("purpose", "学期中插班", "期中"),
    ],
)
def test_what_belongs_to_others_is_no_element(element: str, text: str, words: str) -> None:
    start = text.index(words)
    assert not belongs(element, text, (start, start + len(words)))


@pytest.mark.parametrize(
    "text",
    [
        "今天又收到短信：初三冲刺班名师押题,不提分退款,最后三个名额！我回他我娃才三个月,哈哈哈",
        "早上手机推送：小学奥数班今晚截止。我低头看看还在啃脚丫的闺女,陷入沉思",
        "校门口又发传单了,小升初衔接班三科2980,送书包,我领了俩书包回家装土豆",
        "长篇小说《灯下》节选 补习班的灯是惨白的,老师把圆锥曲线写满黑板",
    ],
)
def test_a_story_of_anothers_advertisement_offers_nothing(assessor: Assessor, text: str) -> None:
    assert only_told(read(text).text)
    assert assessor.assess([Posting(id="a", text=text)])[0]["lead"] is False


@pytest.mark.parametrize(
    "text",
    [
        "昨晚一位爸爸发来短信说孩子考了98,初二物理还剩两个位置,要的私我",
        "又收到家长的锦旗,哈哈,数学小班周六开课,电话13800000000",
        "刚送走一位爸爸,他说初二没人管,剩下这四个位置留给还来得及的人,物化一起",
    ],
)
def test_who_tells_and_can_be_reached_offers(text: str) -> None:
    assert not only_told(read(text).text)


@pytest.mark.parametrize("words", ["报名送书包一个", "赠营服两套", "本月前20名办卡送保温杯"])
def test_a_gift_is_no_price(words: str) -> None:
    assert only_gift(words)


@pytest.mark.parametrize("words", ["减200再送本子", "原价980现价600", "只剩三个名额", "买十送二"])
def test_a_price_is_no_gift(words: str) -> None:
    assert not only_gift(words)


@pytest.mark.parametrize(
    ("element", "text", "words"),
    [
        ("content", "我是语文课代表,作业收齐了没有", "语文"),
        ("content", "隔壁班物理科代表说的", "物理"),
        ("content", "用作业帮的家长来聊聊", "作业"),
        ("content", "他毕业于本地理工学院", "地理"),
        ("content", "管家是理科女生,细心", "理科"),
        ("content", "主讲小何,自己高考数学一百四十二", "数学"),
        ("content", "少儿编程:python语法入门", "语法"),
        ("content", "关于秋季团的答疑,看这里", "答疑"),
        ("stage", "下学期初一起交", "初一"),
        ("stage", "模特身高一米七", "高一"),
        ("stage", "主讲小何,自己高考六百五", "高考"),
        ("method", "驾校训练场开放", "训练"),
        ("method", "周日家长陪读,孩子听", "陪读"),
        ("method", "专治一写作业就犯困", "写作业"),
        ("evaluation", "六年级讲比例、分数、方程", "分数"),
        ("evaluation", "第二名来的坐窗边", "第二名"),
        ("place", "六年级暑假学着做网站", "网站"),
        ("place", "【白桦营地】家长请看", "营地"),
        ("place", "门店价300", "门店"),
        ("paid", "她俩一块儿去的", "一块"),
    ],
)
def test_words_within_longer_ones_and_of_others_prove_nothing(element: str, text: str, words: str) -> None:
    place = text.index(words)
    assert not belongs(element, text, (place, place + len(words)))


@pytest.mark.parametrize(
    ("element", "text", "words"),
    [
        ("content", "晚上补语文,课代表也来", "语文"),
        ("content", "晚上作业帮你盯", "作业"),
        ("content", "地理生物会考班", "地理"),
        ("content", "高二理科班,女生多", "理科"),
        ("content", "高考数学一轮复习", "数学"),
        ("content", "英语语法专题", "语法"),
        ("stage", "下学期初一数学", "初一"),
        ("stage", "升高一衔接", "高一"),
        ("stage", "高考六十天冲刺", "高考"),
        ("method", "数学专项训练", "训练"),
        ("method", "老师陪读到九点", "陪读"),
        ("method", "陪写作业到八点", "写作业"),
        ("evaluation", "每次公布分数、名次", "分数"),
        ("evaluation", "全班第二名,涨了八名", "第二名"),
        ("place", "课程都在我们网站上", "网站"),
        ("place", "营地教室上课", "营地"),
        ("place", "门店二楼上课", "门店"),
        ("paid", "每次三十一块", "一块"),
    ],
)
def test_the_same_words_of_this_training_do(element: str, text: str, words: str) -> None:
    place = text.index(words)
    assert belongs(element, text, (place, place + len(words)))


@pytest.mark.parametrize(
    ("signal", "text", "words"),
    [
        ("price_bait", "费用不低,可你只有一个孩子", "只有一个孩子"),
        ("price_bait", "选词填空限时", "限时"),
        ("price_bait", "市赛前三名由老师领队参加", "前三名"),
        ("price_bait", "单词量从两百涨到八百", "涨到"),
        ("price_bait", "首月4600,第二月起4200", "首月4600"),
        ("price_bait", "带瓶酒来就少三十(开玩笑的)", "就少三十"),
        ("endorsement", "去年第一期来了26人,今年不超过20", "去年第一期来了26人,今年不超过20"),
        ("endorsement", "去年第三名来的坐门口", "去年第三名来的"),
        ("endorsement", "孩子失眠第三期了(医生说的)", "第三期了"),
        ("exam_insider", "练习卷子我们出,家长不用打印", "卷子我们出"),
        ("prepay", "我家读了两个学期", "读了两个学期"),
        ("prepay", "两周住家,年三十歇着", "年三十"),
        ("school_link", "上学期有孩子直接进班级前五", "直接进班级前五"),
        ("late", "过了今晚12点自动退款", "今晚12点"),
        ("holiday", "报名时间:即日起至腊月十八", "腊月十八"),
    ],
)
def test_a_pattern_in_another_sense_proves_nothing(signal: str, text: str, words: str) -> None:
    place = text.index(words)
    assert not proves(signal, text, place, place + len(words))


@pytest.mark.parametrize(
    ("signal", "text", "words"),
    [
        ("price_bait", "这期只有一个名额", "只有一个名额"),
        ("price_bait", "限时八折,报名从速", "限时"),
        ("price_bait", "前三名送平板", "前三名"),
        ("price_bait", "语文小班,只收前20名", "前20名"),
        ("price_bait", "下周学费涨到1200", "涨到"),
        ("price_bait", "首月99,次月起399", "首月99"),
        ("endorsement", "去年26名学员,17人上了联招线", "去年26名学员,17人上了联招线"),
        ("endorsement", "去年第一期20人,12个考进一中", "去年第一期20人,12个考进一中"),
        ("exam_insider", "中考卷子我们出过,心里有数", "卷子我们出"),
        ("prepay", "一次交两个学期4800元", "两个学期4800元"),
        ("school_link", "学期末直接进一中实验班面谈", "直接进一中实验班"),
        ("late", "数学上到晚上9点半", "晚上9点半"),
        ("holiday", "腊月十八开课", "腊月十八"),
    ],
)
def test_the_pattern_in_its_own_sense_does(signal: str, text: str, words: str) -> None:
    place = text.index(words)
    assert proves(signal, text, place, place + len(words))


def test_no_stage_arises_across_words() -> None:
    assert not any(said_stages(read("下学期初一次交清,模特身高一米七二")).values())
    assert said_stages(read("下学期初一数学"))["junior"]
    assert said_stages(read("升高一衔接"))["senior"]
