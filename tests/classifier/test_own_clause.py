"""What stands in the clause of a quote and spoils it: hours that are over, presents, sentences joined, gifts told."""

from __future__ import annotations

import pytest

from classifier.assess import Assessor
from classifier.criteria import read_criteria
from classifier.document import read
from classifier.gifts import gift_told
from classifier.misread import misread
from classifier.model_file import load_current
from classifier.rulebook import load_rulebook
from classifier.types import Posting
from classifier.wording import _as_written, forms_said


@pytest.fixture(scope="module")
def assessor() -> Assessor:
    return Assessor(load_current(), load_rulebook(), second_tier=False)


def _misread(signal: str, marked: str) -> bool:
    start = marked.index("⟦")
    end = marked.index("⟧") - 1
    return misread(signal, marked.replace("⟦", "").replace("⟧", ""), start, end)


@pytest.mark.parametrize(
    ("marked", "none"),
    [
        ("总算不必守⟦到十点半⟧", True), ("妈妈们再不用吼⟦到晚上十一点⟧", True), ("⟦再也不熬到十点半⟧了", True),
        ("妈妈在家等⟦到晚上十点⟧，我们八点放学", True), ("以前他回家磨⟦到十一点⟧，如今早睡", True),
        ("不会拖⟦到十点⟧，每晚八点放学", True), ("省得你天天熬⟦到深夜十二点⟧", True),
        ("不用接送，每晚上⟦到十点⟧", False), ("不用家长管，我们陪⟦到十点半⟧", False),
        ("六点半讲⟦到九点四十⟧", False), ("周二周四七点上⟦到晚上九点半⟧", False), ("作业班开⟦到晚上十点⟧", False),
    ],
)  # fmt: skip
def test_an_hour_that_is_spared_or_waited_for_at_home_is_no_lesson_s(marked: str, none: bool) -> None:
    assert _misread("late", marked) is none


@pytest.mark.parametrize(
    ("marked", "none"),
    [
        ("⟦奶奶给我们拎来三袋红薯⟧，初一英语每课时100元", True), ("⟦家长寄来两盒粽子⟧", True),
        ("⟦她爸给我们送了一筐柿子⟧", True), ("⟦家长送了两盒茶叶⟧，说孩子英语上来了", False),
        ("⟦家长送来一面锦旗⟧，孩子考了98分", False),
    ],
)  # fmt: skip
def test_a_present_alone_recommends_nobody(marked: str, none: bool) -> None:
    assert _misread("endorsement", marked) is none


def test_a_gift_told_by_kind_number_and_taker_is_no_finding(assessor: Assessor) -> None:
    told, vague = assessor.assess(
        [
            Posting(id="a", text="初二数学班，每期1200元，两人一起报名各得水彩笔一盒"),
            Posting(id="b", text="初二数学班，报名就送好礼，每期1200元"),
        ]
    )
    assert not [one for one in told["findings"] if one["code"] == "AD11"]
    assert [one["code"] for one in vague["findings"] if one["signal"] == "price_bait"] == ["AD11"]
    assert gift_told("两人各得水彩笔一盒") and gift_told("送10节") and not gift_told("报名就送好礼")


def test_a_bait_ends_with_its_sentence(assessor: Assessor) -> None:
    text = "进店立减300。设备是本县头一套，初一数学小班，每期1500元"
    (answer,) = assessor.assess([Posting(id="a", text=text)])
    shown = [s["text"] for one in answer["findings"] if one["signal"] == "price_bait" for s in one["spans"]]
    assert shown and not any("。" in words or "设备" in words for words in shown)


def test_what_was_not_disguised_is_not_said_to_be_restored() -> None:
    assert _as_written("ＡＩ", "AI") and _as_written("AI", "AI") and not _as_written("辅 寻", "辅导")


@pytest.mark.parametrize(
    ("text", "paid"),
    [
        ("初一英语语法课50节5800（送20节）", ["50节5800（送20节）"]),
        ("初三数学，从五十八蹿到110，一期1500", ["一期1500"]),
        ("初二物理，名次冲到120，费用大概3500上下", ["3500"]),
        ("五年级数学晚班24次2600元送2次", ["24次2600元送2次"]),
        ("初三化学，及格线90，他考到105，每次150元", ["每次150元"]),
    ],
)  # fmt: skip
def test_sums_stand_with_what_they_pay_for_and_marks_are_none(assessor: Assessor, text: str, paid: list[str]) -> None:
    (answer,) = assessor.assess([Posting(id="a", text=text)])
    assert [span["text"] for span in answer["paid"]["spans"]] == paid


def test_lessons_given_on_top_count_in_the_comparison(assessor: Assessor) -> None:
    over, under = assessor.assess(
        [
            Posting(id="a", text="初一英语语法课50节5800（送20节）"),
            Posting(id="b", text="初一英语语法课40节4800（送10节）"),
        ]
    )
    assert [f["why"] for f in over["findings"] if f["code"] == "HT12" and "70课时（含赠送20课时）" in f["why"]]
    assert not any("课时" in f["why"] for f in under["findings"] if f["code"] == "HT12")


@pytest.mark.parametrize(
    ("text", "none"),
    [
        ("高一物理小组，⟦报两期⟧减200，一期24天", True), ("初二英语，⟦报三期⟧送书包，每期15次", True),
        ("初二英语，⟦报三期⟧减500，每期30次", False),
        ("初二语文，⟦续两期⟧减100，一期16次 3800元", False), ("初二英语，⟦报两期⟧减100，一期3000元", False),
    ],
)  # fmt: skip
def test_terms_are_measured_by_the_text_s_own_figures(text: str, none: bool) -> None:
    assert _misread("prepay", text) is none


@pytest.mark.parametrize(
    ("text", "held"),
    [
        ("本人做过六年幼儿园中班老师，现在教一二年级语文拼音，每次60元", False),
        ("在私立园带过四年大班，如今带小学语文拼音识字，每课时70元", False),
        ("幼儿园大班老师出身，现在辅导小学语文拼音，每课时70元", False),
        ("带过三年大班的老师教大班孩子拼音识字，每月600", True),
        ("学前大班孩子学声母韵母，生字两百个，20以内加减法，每月980", True),
    ],
)
def test_a_former_post_is_no_class_of_little_ones(assessor: Assessor, text: str, held: bool) -> None:
    (answer,) = assessor.assess([Posting(id="a", text=text)])
    assert any(one["code"] == "HT08" for one in answer["findings"]) is held


def test_all_that_little_ones_are_taught_is_quoted_and_the_school_s_haste_is_not(assessor: Assessor) -> None:
    text = "学前大班孩子学声母韵母，生字两百个，20以内加减法，每月980。小学老师拼音两周就讲完了"
    (answer,) = assessor.assess([Posting(id="a", text=text)])
    quoted = "".join(s["text"] for f in answer["findings"] if f["code"] == "HT08" for s in f["spans"])
    assert all(words in quoted for words in ("声母韵母", "生字两百个", "20以内加减法")) and "讲完" not in quoted


@pytest.mark.parametrize(
    ("text", "element", "words"),
    [
        ("租的门面里带六个初中生，数学英语，每课时100元", "place", "租的门面里"),
        ("临街商铺三楼，初二物理，每次90元", "place", "临街商铺三楼"),
        ("在妈祖庙旁上课，小学语文，每次60元", "place", "在妈祖庙旁"),
        ("会所二楼，初三化学，每次200元", "place", "会所二楼"),
        ("小学数学，石榴老师亲自带，每次80元", "staff", "石榴老师亲自带"),
        ("初三物理，小贺（主理人）接待，每次150元", "staff", "小贺（主理人）"),
        ("馆长妈妈亲自带，小学语文作文，每次80元", "staff", "馆长妈妈亲自带"),
        ("小学奥数，机构：青禾，每学期2400元", "organisation", "机构：青禾"),
        ("豆苗工坊，小学语文数学，每月900元", "organisation", "豆苗工坊"),
    ],
)  # fmt: skip
def test_place_people_and_undertaking_are_read_as_people_write_them(
    assessor: Assessor, text: str, element: str, words: str
) -> None:
    (answer,) = assessor.assess([Posting(id="a", text=text)])
    assert words in [span["text"] for span in answer["article17"][element]["spans"]]


@pytest.mark.parametrize(
    "text",
    [
        "初二数学，学校老师讲得快，我一个人带，每次80元",
        "求租房子勿扰，五年级语文，每次60元",
        "手工作业不用交，四年级数学，每次70元",
    ],
)
def test_what_names_no_element_is_none(assessor: Assessor, text: str) -> None:
    (answer,) = assessor.assess([Posting(id="a", text=text)])
    assert not any(found["spans"] for found in answer["article17"].values())


def test_a_finding_names_only_the_places_and_names_the_text_does() -> None:
    assert forms_said(("home",), "家里上课") == "在住宅等场所" and forms_said(("home",), "酒店包间") == "在酒店等场所"
    assert "家庭教育" not in forms_said(("family_edu",), "内驱力") and "家庭教育" in forms_said(
        ("family_edu",), "家庭教育指导师"
    )


def test_little_ones_are_not_told_by_the_four_dimensions(assessor: Assessor) -> None:
    text = "大班孩子在家里上课，拼音识字，20以内加减法，我上门也行"
    (answer,) = assessor.assess([Posting(id="a", text=text)])
    told = [one["why"] for one in answer["findings"] if one["code"] == "HT99"]
    assert told and all("学龄前不以四维认定" in why and "四维中" not in why for why in told)


@pytest.mark.parametrize(
    ("text", "content", "method"),
    [
        ("四年级奥数，讲浓度、植树、牛吃草等，每次120", "浓度、植树、牛吃草", ""),
        ("五年级语数巩固，每月900。学员数学71→94", "语数", ""),
        ("他一提竖式就头大，我们讲五年级数学，每次90元", "数学", ""),
        ("左右脑同步开发，小学语文识字，每月600", "语文", "同步"),
        ("照着挂图走一遍，小学语文识字，每月600", "语文", "走一遍"),
        ("注意力训练，小学数学，每月600", "数学", "训练"),
    ],
)  # fmt: skip
def test_words_of_content_and_manner_are_whole_and_of_the_teaching(text: str, content: str, method: str) -> None:
    doc = read(text)
    shown = {name: [doc.text[a:b] for a, b in places] for name, places in read_criteria(doc).items()}
    assert content in shown["content"] and method not in shown["method"]
    assert not {"应用题"} & set(shown["content"]) and ("学员数学" not in text or "数学" not in shown["content"])


@pytest.mark.parametrize(
    ("text", "held"),
    [
        ("十一岁以后脑子就定型了，赶紧来学英语，小学英语小班，一期1800", True),
        ("别等孩子考砸了才来，初二数学，神仙也救不回，每次150，去年十个过线九个", True),
        ("悄悄咪咪带几个娃，四年级数学，每次80，去年有个从60到92", False),
        ("不用慌，慢慢来，小学数学，每次80", False),
    ],
)  # fmt: skip
def test_a_threat_is_heard_beside_a_boast_and_a_whisper_is_none(assessor: Assessor, text: str, held: bool) -> None:
    (answer,) = assessor.assess([Posting(id="a", text=text)])
    assert any(one["code"] == "AD03" for one in answer["findings"]) is held


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("急招住家保姆，辅导三年级作业，做饭打扫，月薪7500，月休四天", "jobs"),
        ("诚聘育儿嫂带大班宝宝，教拼音识字，工资八千五，包吃住", "jobs"),
        ("小学作业辅导，老师讲题，数学语文小班，每月900", "offer"),
    ],
)
def test_a_household_s_job_is_no_class(assessor: Assessor, text: str, kind: str) -> None:
    (answer,) = assessor.assess([Posting(id="a", text=text)])
    assert answer["kind"] == kind
    assert kind == "offer" or not {one["code"][:4] for one in answer["findings"]} & {"HT08", "HT18"}
