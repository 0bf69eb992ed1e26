"""Who speaks: bans, refusals, notes and parents who look for a teacher offer nothing; a cover beside teaching does."""

from __future__ import annotations

import pytest

from classifier.evidence import taken_back
from classifier.stories import asked_or_noted, only_goods, only_told, refuses

REFUSE = [
    "本群规矩:只拼水果,禁止发补课、托管、一对一广告,有人连发三条“数学冲刺前10名699”,谁发谁出群",
    "家政钟点工,45元一小时,擦窗做饭,不能要求阿姨辅导功课,上周有户人家让阿姨教奥数",
    "小饭桌,一荤一素,中午15,作业自己写,我只看不讲",
    "高考志愿一对一,1980元,仅咨询,不授课",
    "我在县一中学校教化学,学校不办校外班,我也不带学生,谢绝约课",
]
TEACH_ALL_THE_SAME = [
    "我们不是补课班,不搞补课,只练思维和计算",
    "仅咨询不授课?我们每天盯错题,讲到会为止",
    "本群禁止发广告,暑假数学小班接龙,一期800",
    "小饭桌,不要求孩子写得快,老师辅导作业到八点",
    "不提分不收费,初三物理补习",
    "有人问我带不带学生,暑假在家可以带两个",
]


@pytest.mark.parametrize("text", REFUSE)
def test_who_refuses_or_bans_teaches_nothing(text: str) -> None:
    assert refuses(text)


@pytest.mark.parametrize("text", TEACH_ALL_THE_SAME)
def test_a_denial_beside_teaching_is_a_cover(text: str) -> None:
    assert not refuses(text)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("张老师,小宇发烧39度,英语作业没写完,请两天假", "other"),
        ("认不认识教初二物理的?我儿子跟不上,一小时120以内,帮我问问", "seek"),
        ("找一位住家阿姨,两个孩子,接送做饭,作业他爸管", "seek"),
        ("当时到处求一位英语老师,我女儿跟不上,后来遇到王老师,现在还有名额", ""),
        ("刘老师,暑假数学班还有位置,周六开课", ""),
        ("还在求一位好老师?我们这都是名师", ""),
    ],
)
def test_notes_and_seekers(text: str, kind: str) -> None:
    assert asked_or_noted(text) == kind


def test_who_blows_the_whistle_offers_nothing() -> None:
    assert only_told("发帖人注册两天,自称特级教师,“包过一本”。我查了头像,是卖酒的。版主能不能管管?")
    assert not only_told("别人自称名师,我查了都没证。我们机构老师全部持证,加微信 abc12345")


@pytest.mark.parametrize(
    ("text", "word", "denied"),
    [
        ("高中上门,小学不接,周末有空", "小学", True),
        ("小班六人,大班不开", "大班", True),
        ("体育冲刺,满分率不吹", "满分", True),
        ("不吹什么快速提分", "提分", True),
        ("不保证提分,玩手机退钱", "提分", True),
        ("不提分不收费", "提分", False),
        ("小学不收费试听一次", "小学", False),
        ("小学不接受插班,初一可以", "小学", False),
        ("提分不成功退款", "提分", False),
    ],
)
def test_items_refused_prove_nothing(text: str, word: str, denied: bool) -> None:
    start = text.index(word)
    assert taken_back(text, start, start + len(word)) is denied


@pytest.mark.parametrize(
    "text",
    [
        "城西查处一起假期补课:三单元客厅里坐着九名初二学生,每人每次一百六,现已责令停止,费用已全部退还",
        "求问高三艺考文化课机构怎么挑?听说都签保过,协议真退钱吗?软文走开",
        "你说志愿怎么填?章程都能查到,本号不卖任何服务,三个晚上自己看得明白",
        "相声小段:您孩子学什么?学数学。学着学着学费没了",
        "某中学招生简章:面向本区学籍的应届初中毕业生,按中考总分录取,录取办法见附表",
    ],
)
def test_reports_questions_and_notices_offer_nothing(text: str) -> None:
    assert only_told(text)


@pytest.mark.parametrize(
    "text",
    [
        "求问怎么提分的家长看过来,初二数学小班开班,一次80,试听免费",
        "别家都被查处关停了,我们不怕,客厅小班照常,放心来,电话13800000000",
        "不卖货不刷礼物,今晚直播讲函数,正课99一个月",
        "我儿子在李老师那儿补物理,想问附近还有没有初二的,来我家一起也行,一次70",
    ],
)
def test_a_question_that_opens_an_offer_is_one(text: str) -> None:
    assert not only_told(text)


@pytest.mark.parametrize("text", ["五年级语文练习册全套正版现货 19.8", "书店清仓,教辅三折,整箱拿再便宜,收据可开"])
def test_goods_teach_nobody(text: str) -> None:
    assert only_goods(text)


@pytest.mark.parametrize(
    "text", ["买学霸笔记送直播讲解,全套368元", "物理小课堂12次480元,送练习册", "绘本精读加拼读,二手教室桌椅,一次90块"]
)
def test_goods_beside_lessons_are_a_cover(text: str) -> None:
    assert not only_goods(text)


def test_who_seeks_pays_and_may_be_called() -> None:
    assert asked_or_noted("找一个数学老师给我儿子讲题,时薪我们可出八十,联系我") == "seek"
    assert asked_or_noted("找数学老师就来我们这,联系我,初三小班还有名额") == ""


@pytest.mark.parametrize(
    "text",
    [
        "水一贴:我家狗开了个拼音班,一对一,学员一名,就是我娃,联系我家狗报名",
        "区图书馆周末绘本会,0元参加,三到六岁,带水杯",
        "校园公告:本周六起九年级在教室自习,不收费不补课,凭校牌进",
        "高三年级通知,周日到校自习,自愿,不收费,不上新课",
        "校 园 公 告\n九 年 级 复 习\n自 愿 自 习\n不 收 费 不 补 课\n凭 校 牌 入 内",
    ],
)
def test_jokes_libraries_and_schools_own_rooms_sell_nothing(text: str) -> None:
    assert only_told(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("【小树幼儿园】各位大班家长:我园严禁小学化,不提前教授拼音、算术,请不要跟风", True),
        ("妈妈成长课:教妈妈怎么陪孩子拼读,9节99元,不给孩子上课", True),
        ("教家长怎么陪读,也带孩子上课,暑假拼音班一期900", False),
        ("坚持零起点教学?上了一年级就懵,我们教拼音识字", False),
    ],
)
def test_kindergartens_and_lessons_for_parents(text: str, expected: bool) -> None:
    assert refuses(text) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("初中物理实验盒一套49元,是玩具,不是课,没有老师讲", True),
        ("课 桌 护 脊 书 包\n外 教 推 荐\n99 元 两 只", True),
        ("初中物理实验盒一套49元,老师直播讲,每周一课", False),
        ("她们带着书包来,走的时候书包轻了,200一位", False),
        ("小学语文英语全册单词课文,体验价19.8,前50名送护眼灯", False),
    ],
)
def test_things_are_sold_where_nobody_teaches(text: str, expected: bool) -> None:
    assert only_goods(text) is expected


def test_a_parent_asks_a_teacher_for_another() -> None:
    assert asked_or_noted("刘老师好,补数学的老师您认得不?我是小宇妈") == "seek"
    assert asked_or_noted("王老师您好,您认识教英语的老师吗?我是小涵爸爸") == "seek"
    assert asked_or_noted("你们认识的教英语的老师回来了,一次120,报名找我") == ""
