"""Families of wordings: gates never hide a match, what each family says, what it is not, posters with blanks."""

from __future__ import annotations

import re
from itertools import islice, pairwise

import pytest

from classifier.dataset import read_corpus
from classifier.normalise import normalise
from classifier.rules import _families, find_hits
from classifier.rules.families import COUNT, Families, alternatives, family
from classifier.rules.needs import needs
from classifier.rules.prefilter import scanned


def named(text: str) -> set[str]:
    return {hit.name for hit in find_hits(normalise(text).text)}


@pytest.mark.parametrize(
    ("pattern", "needed"),
    [
        (r"保过|包过", {"保过", "包过"}),
        (r"(?:签|立)军令状", {"签军令状", "立军令状"}),
        (r"\d+\s*分?以上", {"\0001", "以上"}),
        (r"(?<!不)保(?:底|送)?\d{2}", {"保", "\0002"}),
        (r"[^,]{0,4}涨(?=\d)", {"涨"}),
        (r"(?:a|\d)+(?:bc|bd)x?", {"a", "\0001", "bc", "bd"}),
    ],
)
def test_needs_are_the_words_a_match_cannot_do_without(pattern: str, needed: set[str]) -> None:
    assert {word for alternative in needs(pattern) for words in alternative for word in words} == needed


@pytest.mark.parametrize("pattern", [r"\D+", r"(?:保过)?", r"保过|\w+", r"[^,]+", r"保过*?|."])
def test_patterns_that_demand_nothing_are_tried_everywhere(pattern: str) -> None:
    assert not all(needs(pattern))


def test_alternatives_split_at_the_outermost_bar_only() -> None:
    made = alternatives("paid", r"a(?:b|c)|[|(]d|\|e")
    assert [one.source for one in made] == ["a(?:b|c)", "[|(]d", r"\|e"]


def test_gates_hide_no_match_of_the_corpus() -> None:
    """Every family is searched for in every text, gate or none: the answer is the same."""
    families = _families()
    seen = 0
    for example in islice(read_corpus(), 0, None, 16):
        text = normalise(example.posting.body).text
        plain = [(one.name, hit) for one in families.all for hit in one.hits(text)]
        assert sorted(plain, key=str) == sorted(((hit.name, hit) for hit in families.hits(text)), key=str)
        seen += len(plain)
    assert seen > 500


def test_a_family_without_gate_is_searched_for_everywhere() -> None:
    digits = Families([family("paid", r"\w{3}")])
    assert [hit.start for hit in digits.hits("，120元")] == [1]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        # guarantee
        ("期末没到九十分,退一半学费", "guarantee"),
        ("练满十次还不会,免费再教一期", "guarantee"),
        ("考试没及格的下学期学费全免", "guarantee"),
        ("校长当面立军令状", "guarantee"),
        ("录取之后再交尾款", "guarantee"),
        ("两个月还你90分", "guarantee"),
        ("签承诺书,中考保底480", "guarantee"),
        # exaggerated
        ("半个月涨五十分", "exaggerated"),
        ("三周从不及格冲到85", "exaggerated"),
        ("十天认八百字", "exaggerated"),
        ("记忆力提升三倍", "exaggerated"),
        ("一张图搞定整本电学", "exaggerated"),
        ("激活右脑", "exaggerated"),
        # exam_insider
        ("主讲参加过五次中考命题", "exam_insider"),
        ("考前圈题班,去年猜中两道", "exam_insider"),
        ("手里有前两年的原题", "exam_insider"),
        ("前考官授课", "exam_insider"),
        # endorsement
        ("王同学 数学 138", "endorsement"),
        ("去年带出6个一等奖", "endorsement"),
        ("高考过线率百分之九十二", "endorsement"),
        ("邻居家孩子跟了他半年,现在年级前十", "endorsement"),
        ("“孩子终于肯开口了”——二班豆豆妈妈", "endorsement"),
        ("从班级倒数爬到前十五名", "endorsement"),
        ("荣获年度诚信机构", "endorsement"),
        ("累计服务1200多个家庭", "endorsement"),
        # superlative
        ("全县独一家有实验室的学堂", "superlative"),
        ("城南区域旗舰", "superlative"),
        ("此地没有第二家", "superlative"),
        # teacher_public
        ("我在镇中学教数学,晚上有空", "teacher_public"),
        ("主讲:刘老师(在编)", "teacher_public"),
        ("老师都是示范高中的骨干教师", "teacher_public"),
        ("请别提老师的学校,要避嫌", "teacher_public"),
        # school_link
        ("本机构与三所初中签有生源协议", "school_link"),
        ("学完由我们推荐到民办初中面谈", "school_link"),
        ("定向直通外国语实验班", "school_link"),
        # price_bait
        ("报名送护眼灯", "price_bait"),
        ("前十位加赠错题本", "price_bait"),
        ("980 → 680", "price_bait"),
        ("学费2600现1980", "price_bait"),
        ("两个孩子一起报打八折", "price_bait"),
        ("介绍一位返两百", "price_bait"),
        ("本周五前报名减150", "price_bait"),
        ("过了月底恢复原价", "price_bait"),
        ("体验课29元", "price_bait"),
        ("还差三家就开班", "price_bait"),
        ("全勤返一百", "price_bait"),
        # prepay, loan
        ("一年 4380", "prepay"),
        ("xxxxx元包食宿", "prepay"),
        ("寒春连报", "prepay"),
        ("买100课时", "prepay"),
        ("学费分十二个月还清", "loan"),
        ("先上岗后付学费", "loan"),
        # when and for whom
        ("五一三天把电学过一遍", "holiday"),
        ("正月初八开课", "holiday"),
        ("7.12-7.30 每天上午", "holiday"),
        ("陪写到十点", "late"),
        ("晚上九点半连麦讲题", "late"),
        ("大班的娃每天一小时。拼音和二十以内加减", "preschool_academic"),
        ("老师住在都柏林", "foreign_teacher_abroad"),
        ("外教在澳洲家中上课", "foreign_teacher_abroad"),
        ("学费可以分三笔", "loan"),
        ("整套4280,月付356", "loan"),
        ("可分l2期", "loan"),
        ("主讲还站着讲台", "teacher_public"),
        ("在校老师,匿名", "teacher_public"),
    ],
)
def test_family_says(text: str, name: str) -> None:
    assert name in named(text)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("没上完的课按节退费", "guarantee"),
        ("请假缺课免费补", "guarantee"),
        ("保安公司招人", "guarantee"),
        ("每天背二十分钟", "exaggerated"),
        ("交押金两百", "exam_insider"),
        ("半命题作文怎么写", "exam_insider"),
        ("19:00到20:30", "endorsement"),
        ("每节30到45元", "endorsement"),
        ("最好是住得近的", "superlative"),
        ("退休前在中学任教", "teacher_public"),
        ("在职研究生考前辅导", "teacher_public"),
        ("亲子关系与情绪", "school_link"),
        ("负责接送孩子", "price_bait"),
        ("送教上门", "price_bait"),
        ("数学从98到76", "price_bait"),
        ("第一节不收钱", "price_bait"),
        ("20课时一期", "prepay"),
        ("教龄二十年,年薪12000", "prepay"),
        ("三个月还没学会", "loan"),
        ("早上六点到九点", "late"),
        ("晚上九点截止报名", "late"),
        ("高三大班,数学", "preschool_academic"),
        ("从美国留学回来的老师", "foreign_teacher_abroad"),
        ("外教在国内,去过澳洲上课", "foreign_teacher_abroad"),
        ("一节课分三次讲", "loan"),
        ("房租月付2000", "loan"),
        ("孩子还在那个学校读书", "teacher_public"),
    ],
)
def test_family_does_not_say(text: str, name: str) -> None:
    assert name not in named(text)


def test_blanks_of_a_poster_hide_nothing_and_places_stay_true() -> None:
    text = normalise("报 名 送 马 克 杯\n不 过 全 额 退").text
    found = {hit.name: text[hit.start : hit.end] for hit in find_hits(text)}
    assert found["price_bait"].replace(" ", "") == "报名送马克杯"
    assert found["guarantee"].startswith("不 过")


def test_numbers_side_by_side_stay_apart() -> None:
    assert "prepay" not in named("每科 380 2 科起报")


def test_one_place_is_named_once() -> None:
    hits = [hit for hit in find_hits("签约保过") if hit.name == "guarantee"]
    assert all(left.end <= right.start for left, right in pairwise(hits))


def test_hostile_runs_do_not_make_families_crawl() -> None:
    """Searching stays linear: four times the text, at most some eight times the work counted in matches tried."""
    for unit in (
        "大班",
        "3-5岁",
        "从不到",
        "去年有",
        "我家去了",
        "送一",
        "1元",
        "x同学",
        "没到退",
        "跟我学",
        "每月1800",
        "凡是保过",
        "学员小",
    ):
        for text in (unit * 5_000, f"{unit}甲" * 3_000):
            find_hits(text)


def test_counts_are_read_as_people_write_them() -> None:
    for words in ("30", "3x", "xx", "三百五", "俩", "1.2万"):
        assert re.fullmatch(COUNT, words), words


def test_families_made_within_a_scan_are_looked_for_all_the_same() -> None:
    """The product's are made at the first text, which is being scanned."""
    text = "暑期班收费"
    with scanned(text):
        assert [hit.start for hit in Families([family("paid", "收费")]).hits(text)] == [3]
