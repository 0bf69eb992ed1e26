"""What is proven and by which words: fees, subjects, covers, prices; and what only looks like it."""

from __future__ import annotations

from typing import Any

import pytest

from classifier.assess import Assessor
from classifier.document import read
from classifier.elements import misrepaired
from classifier.forms import form_places
from classifier.frames import proves
from classifier.payments import paid_places, shows_fee
from classifier.stages import said_stages
from classifier.types import Posting, Span


def _answer(assessor: Assessor, text: str) -> dict[str, Any]:
    return assessor.assess([Posting(id="a", text=text)])[0]


def _finding(answer: dict[str, Any], signal: str) -> dict[str, Any]:
    return next(one for one in answer["findings"] if one["signal"] == signal)


@pytest.mark.parametrize(
    ("text", "fee"),
    [
        ("月卡一千二,次卡六十五,随时来写作业", "一千二"),
        ("全年视频课年卡,初一到高三,八百八", "八百八"),
        ("初中200/2h,高中260/2h,可上门", "200/2h"),
        ("原价1680现1280,语文小班", "现1280"),
        ("学费1999元一次付清", "1999元"),
        ("直播小课9块9五天", "9块9"),
        ("押金另算,每小时25-30,看年级", "25-30"),
    ],
)
def test_the_sum_is_quoted_as_the_fee(text: str, fee: str) -> None:
    doc = read(text)
    quoted = [doc.text[start:end] for start, end in paid_places(doc)]
    assert any(fee in words for words in quoted), quoted
    assert shows_fee(doc, paid_places(doc))


@pytest.mark.parametrize("text", ["作业辅导次卡买十赠二", "数学英语辅导,打包优惠", "全科小班,学费补贴名额,分期免息"])
def test_words_of_money_without_a_sum_prove_no_fee(text: str) -> None:
    doc = read(text)
    assert not shows_fee(doc, paid_places(doc))


@pytest.mark.parametrize("text", ["补数学,收费面谈", "语文班报名费已交的进群", "学费与去年相同,语文周三开课"])
def test_a_plain_statement_proves_one(text: str) -> None:
    doc = read(text)
    assert shows_fee(doc, paid_places(doc))


@pytest.mark.parametrize(
    "text",
    [
        "报两科立减300元",
        "和我女儿一块儿在楼下玩",
        "不达标退一万",
        "已有1.6万学员",
        "现场领200元代金券",
        "英语140+的同学都来了",
        "入学400以上可报",
    ],
)
def test_other_sums_are_no_fee(text: str) -> None:
    assert paid_places(read(text)) == []


def test_a_fee_that_is_only_hinted_at_makes_no_sanction(assessor: Assessor) -> None:
    hinted = _answer(assessor, "放学直接来小桔托管,老师辅导小学数学语文作业,次卡买十赠二,仅限三天")
    finding = _finding(hinted, "academic_hidden")
    assert finding["code"] == "HT99"
    assert "未见金额" in finding["why"]
    paid = _answer(assessor, "放学直接来小桔托管,老师辅导小学数学语文作业,每月650元")
    assert _finding(paid, "academic_hidden")["code"] == "HT18.3h"


def test_a_stage_alone_is_called_one(assessor: Assessor) -> None:
    finding = _finding(
        _answer(assessor, "学苑教育秋季招生,小学部、初中部、高中部,一线名师,小班提分"), "academic_hidden"
    )
    assert finding["code"] == "HT99"
    assert "未点明学科" in finding["why"] or "未见学科内容" in finding["why"]


def test_a_text_judged_as_a_whole_says_so_and_quotes_no_telephone(assessor: Assessor) -> None:
    answer = _answer(assessor, "全市首家个性化教育机构,师资雄厚,一个孩子一套方案,提高快,热线400xxxxxxx")
    for finding in answer["findings"]:
        assert all("400" not in span["text"] for span in finding["spans"])
        if finding["signal"] == "academic_hidden":
            assert "没有可单独引作证据的字句" in finding["why"]


def test_content_read_out_of_a_disguise_alone_is_said(assessor: Assessor) -> None:
    answer = _answer(assessor, "暑jia数xue特训,七月开始,早八点到中午,一期900元,中学生来,报名加v")
    said = [one["why"] for one in answer["findings"] if one["signal"] in ("academic_open", "academic_hidden")]
    assert said
    assert all("均由隐写还原" in why for why in said)


def test_no_word_is_read_out_of_two_lines_or_of_a_number() -> None:
    assert misrepaired("周日课\n本县", Span(start=2, end=5, text="课\n本", restored="课本"))
    assert misrepaired("18人一班", Span(start=2, end=5, text="人一班", restored="大班"))
    assert not misrepaired("教数xue", Span(start=1, end=5, text="数xue", restored="数学"))
    assert not misrepaired("十八人数学", Span(start=3, end=5, text="数学", restored="数学"))


@pytest.mark.parametrize(
    ("cover", "text", "words"),
    [
        ("home", "孩子可以来家里学,语文数学都教", "来家里"),
        ("home", "地点学生家或者我的小间", "学生家"),
        ("culture", "青石书院周末班读当周课文", "书院"),
        ("culture", "悦读营一周一本", "悦读营"),
        ("consulting", "学业规划套餐里配学科教练", "学业规划"),
    ],
)
def test_a_cover_is_quoted_by_its_name(cover: str, text: str, words: str) -> None:
    doc = read(text)
    assert any(words.startswith(doc.text[slice(*place)][:2]) for place in form_places(doc, (cover,)).get(cover, ()))


@pytest.mark.parametrize(
    ("cover", "text"),
    [
        ("home", "物理家教,一小时70"),
        ("home", "菜市场二楼,没牌子"),
        ("home", "茶馆楼上,公交直达"),
        ("home", "晚上七点能到家的家长自己盯"),
        ("culture", "渌江书院公交站集合"),
        ("culture", "出过两本学生作文集"),
        ("culture", "三年级阅读、作文,一次80"),
        ("consulting", "咨询:招生办,工作日上午"),
        ("product", "零卖五折,送笔记本"),
    ],
)
def test_landmarks_contacts_and_content_are_no_cover(cover: str, text: str) -> None:
    assert form_places(read(text), (cover,)) == {}


@pytest.mark.parametrize(
    ("signal", "text", "words"),
    [
        ("price_bait", "先排除,再排序,最后留一个稳字", "最后留一个"),
        ("price_bait", "语文练习册全套正版 19.8", "19.8"),
        ("price_bait", "每月送八本到家,读完上门取", "送八本"),
        ("price_bait", "同学结伴来更好玩", "同学结伴"),
        ("exam_insider", "省考试院的章程都是公开的", "考试院"),
        ("exam_insider", "押题班别买,没一道中", "押题"),
        ("endorsement", "每年精准预测考点覆盖率超90%", "率超90%"),
        ("endorsement", "中考体育提分,两个月从28到满分", "从28到满分"),
        ("teacher_public", "化学何姐(前成都某民办高中教研组长)", "教研组长"),
        ("teacher_public", "家长推荐的一中老师", "一中老师"),
        ("guarantee", "没有保过这种话", "保过"),
        ("prepay", "进群密码8866,不收费", "8866"),
        ("preschool_academic", "少儿英语班招生,六岁到十二岁", "少儿英语班招生,六岁"),
        ("endorsement", "三科班人均300,拼团价", "人均300"),
        ("endorsement", "英语听力班从9月开到5月", "从9月开到5月"),
        ("endorsement", "期末全区平均78,您家呢", "平均78"),
        ("endorsement", "四到六年级每月从350调到380", "从350调到380"),
        ("endorsement", "科目从一年级数学到高三理综", "从一年级数学到高三"),
        ("endorsement", "老学员介绍来一位返课三节", "老学员介绍来"),
        ("endorsement", "下课给家长发语音反馈", "家长发语音反馈"),
        ("guarantee", "点读笔30天试用不满意退货", "不满意退货"),
        ("guarantee", "孩子的分数不会骗人", "分数不会骗人"),
        ("exaggerated", "营期7月14到27", "14到27"),
        ("superlative", "主讲来自顶尖高校", "顶尖"),
        ("price_bait", "学完送电子证书", "送电子证书"),
        ("prepay", "门市价12800,报名3980", "12800"),
        ("holiday", "本周日截团", "本周日"),
        ("school_link", "托关系找到潘老师补数学", "托关系"),
    ],
)
def test_words_in_another_sense_prove_nothing(signal: str, text: str, words: str) -> None:
    start = text.index(words)
    assert not proves(signal, text, start, start + len(words))


@pytest.mark.parametrize(
    ("signal", "text", "words"),
    [
        ("price_bait", "这期最后留一个名额", "最后留一个"),
        ("price_bait", "体验课 19.8", "19.8"),
        ("price_bait", "同学结伴来各减50", "同学结伴"),
        ("exam_insider", "省考试院朋友漏的题", "考试院"),
        ("exam_insider", "考前押题班,去年中了三道", "押题"),
        ("endorsement", "去年带的娃两个月从28到满分", "从28到满分"),
        ("teacher_public", "目前在一中教高三的老师", "在一中教高三的老师"),
        ("guarantee", "签约保过,不过退费", "保过"),
        ("preschool_academic", "大班拼音,五岁到六岁", "大班拼音"),
        ("endorsement", "去年的学员平均提了28分", "平均提了28分"),
        ("endorsement", "小杰数学从62到91", "从62到91"),
        ("endorsement", "老学员介绍来的都说好", "老学员介绍来的都说好"),
        ("guarantee", "没提分全额退学费", "没提分全额退"),
        ("exaggerated", "7天从60到90分", "7天从60到90"),
        ("superlative", "全市顶尖师资", "顶尖"),
        ("prepay", "原价12800现价9800", "9800"),
        ("holiday", "本周日开课", "本周日"),
    ],
)
def test_the_same_words_in_their_own_sense_do(signal: str, text: str, words: str) -> None:
    start = text.index(words)
    assert proves(signal, text, start, start + len(words))


def test_both_prices_are_quoted(assessor: Assessor) -> None:
    answer = _answer(assessor, "初三数学冲刺小班,原来2580,前十名报名1780,周六上课,报名从速")
    quoted = " ".join(span["text"] for span in _finding(answer, "price_bait")["spans"])
    assert "2580" in quoted
    assert "前十名" in quoted


def test_a_claim_is_not_read_over_a_line_end(assessor: Assessor) -> None:
    answer = _answer(assessor, "住家陪学,初一数学英语\n两户各一周 4200\n年三十休息,一户包两周 7800")
    assert all("年三十" not in span["text"] for one in answer["findings"] for span in one["spans"])


def test_landmarks_and_days_of_the_moon_name_no_stage() -> None:
    said = said_stages(read("地址中心小学旁,除夕初一初二关门,敲门三下,周中班排课"))
    assert not said["junior"]
    assert not said["preschool"]
    assert said_stages(read("初一数学,中班拼音"))["junior"]
