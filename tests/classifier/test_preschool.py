"""What little children are taught: refused, it proves nothing; refused by others, or as a fright, it does."""

from __future__ import annotations

import pytest

from classifier.document import read
from classifier.little_ones import QUOTED
from classifier.misread import misread
from classifier.preschool import refused, taught, with_lessons
from classifier.types import Hit

REFUSED = [
    "大班家长请放心，我们不教拼音，不写田字格，不做口算，只玩",
    "三到六岁体能馆，不学写字不学算术，跑跑跳跳，一节60",
    "蒙氏园招生3-6岁，拼音呢?不教。识字呢?也不教",
    "本园严格落实零起点，杜绝提前教授一年级内容，禁止布置识字作业",
    "大班美术课，取消描红，取消写字，只画画",
    "经典诵读，4-9岁，不讲语文课本，不写作业",
    "大班家长:请不要盲目跟风报幼小衔接班",
    "中班乐高，别问我教不教拼音，不教",
]
TAUGHT = [
    "大班孩子不会拼音?来我们这，一个月拼读过关",
    "不认识字的娃也能学，4-6岁识字班300字",
    "幼小衔接，不写作业，课堂上把拼音、加减法学完",
    "幼儿园不教拼音，一年级老师默认都会!",
    "别家不教写字，我们教:大班田字格、控笔",
    "不提前学拼音，开学就懵，大班暑假见",
    "大班不写作业，每天数感游戏，20以内玩着会",
    "类别:英语培训，年龄:4-6岁",
]


@pytest.mark.parametrize(("text", "expected"), [*((t, True) for t in REFUSED), *((t, False) for t in TAUGHT)])
def test_lessons_that_are_refused_are_no_lessons(text: str, expected: bool) -> None:
    doc = read(text)
    start = max(doc.text.find("班"), 0)
    assert refused(doc.text, start, start + 1) is expected


def test_a_size_of_class_that_is_refused_names_no_little_children() -> None:
    text = "语文阅读写作，不做大班，只做4人圆桌，小三至初二"
    start = text.index("大班")
    assert misread("preschool_academic", text, start, start + 2)


def _shown(text: str) -> list[str]:
    folded = read(text).text
    hit = QUOTED.search(folded)
    assert hit is not None
    chosen = [Hit(name="preschool_academic", start=hit.start(), end=hit.end())]
    return [folded[slice(*place)] for place in with_lessons(folded, chosen, taught(folded))]


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        # what somebody did before, and a place named by a kindergarten, say nothing of this class
        ("幼小班收人，拼音识字每天两节，主讲在公立园当过六年大班老师", ["幼小班收人", "拼音识字每天两节"]),
        ("我们在金苹果幼儿园对面，暑假教拼音和二十以内加减", ["暑假教拼音和二十以内加减"]),
        # others' children, last year's tests and goods are no lessons
        ("中班孩子也收，人家的娃都认五百字了，我们每天教认字十个", ["中班孩子也收", "我们每天教认字十个"]),
        ("大班娃周末来学拼音，上届识字测评都过关，送数感测评报告一份", ["大班娃周末来学拼音"]),
        # what frightens is shown where nothing plainer is said
        ("大班家长注意，同桌都会拼音了", ["大班家长注意", "同桌都会拼音了"]),
    ],
)
def test_of_little_children_what_is_taught_here_is_quoted(text: str, quoted: list[str]) -> None:
    assert [one.replace(",", "，") for one in _shown(text)] == quoted


def test_a_post_in_a_kindergarten_alone_teaches_no_little_children() -> None:
    text = read("我在民办园带过五年大班，现在辅导小学语文").text
    start = text.index("大班")
    assert misread("preschool_academic", text, start, start + 2)
