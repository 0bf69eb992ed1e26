"""Times, fees, lengths, lessons and promises in the many forms people write them, read as numbers."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classifier.normalise import normalise
from classifier.readings import say
from classifier.values import read_values
from classifier.values.clock import read_times
from classifier.values.fees import read_fees, read_lone_sums
from classifier.values.lessons import read_lengths, read_lesson_lengths, read_lessons
from classifier.values.limits import beyond
from classifier.values.promises import read_promises

ALL_WEEK = (0, 1, 2, 3, 4, 5, 6)


def plain(text: str) -> str:
    return normalise(text).text


@pytest.mark.parametrize(
    ("text", "days", "begins", "ends"),
    [
        ("周六 8:30–10:30", (5,), "8:30", "10:30"),
        ("周六上午８：３０—１０：３０", (5,), "8:30", "10:30"),
        ("晚上6点半到9点", (), "18:30", "21:00"),
        ("晚六点半至八点半", (), "18:30", "20:30"),
        ("周一至周五晚7-9点", (0, 1, 2, 3, 4), "19:00", "21:00"),
        ("每周二、四、六下午2:00-4:00", (1, 3, 5), "14:00", "16:00"),
        ("周末上午9点到11点半", (5, 6), "9:00", "11:30"),
        ("双休日9点-11点", (5, 6), "9:00", "11:00"),
        ("周六日全天", (5, 6), None, None),
        ("周日晚上8:00直播", (6,), "20:00", None),
        ("18:00—20:30", (), "18:00", "20:30"),
        ("19点-21点30分", (), "19:00", "21:30"),
        ("早八到晚十", (), "8:00", "22:00"),
        ("放学后到晚上8点50", (), None, "20:50"),
        ("上午11点到下午1点", (), "11:00", "13:00"),
        ("每天下午四点到六点一刻", ALL_WEEK, "16:00", "18:15"),
        ("礼拜天早上9点至12点", (6,), "9:00", "12:00"),
        ("每晚7:30~9:00", ALL_WEEK, "19:30", "21:00"),
        ("星期三晚上7点", (2,), "19:00", None),
        ("周五到周日晚上7点到9点半", (4, 5, 6), "19:00", "21:30"),
        ("一三五晚7点到8点半", (0, 2, 4), "19:00", "20:30"),
    ],
)
def test_times(text: str, days: tuple[int, ...], begins: str | None, ends: str | None) -> None:
    times = list(read_times(plain(text)))
    assert len(times) == 1, times
    assert times[0].days == days
    assert (times[0].begins, times[0].ends) == (_minutes(begins), _minutes(ends))


def _minutes(clock: str | None) -> int | None:
    if clock is None:
        return None
    hour, minute = clock.split(":")
    return int(hour) * 60 + int(minute)


@pytest.mark.parametrize(
    "text",
    [
        "每周一对一辅导",
        "一周一次课",
        "3-6岁识字",
        "三年级到五年级",
        "1对1",
        "满分120分",
        "人民路18号3楼",
        "比分3:2",
        "周边学校",
        "一周三节课",
    ],
)
def test_no_times(text: str) -> None:
    assert list(read_times(plain(text))) == []


@pytest.mark.parametrize(
    ("text", "yuan", "per"),
    [
        ("每课时150元", 150, "lesson"), ("150元/节", 150, "lesson"), ("一节课120", 120, "lesson"),
        ("200块一节", 200, "lesson"), ("单次60元", 60, "lesson"), ("80/小时", 80, "hour"), ("一小时两百", 200, "hour"),
        ("每小时 100 元", 100, "hour"), ("一学期4800", 4_800, "term"), ("4800元/学期", 4_800, "term"),
        ("五百一个月", 500, "month"), ("每人每月680元", 680, "month"), ("月费980", 980, "month"),
        ("学费2980元/期", 2_980, "period"), ("两千八一期", 2_800, "period"), ("每科800元", 800, "period"),
        ("每天80元", 80, "day"), ("一万八一年", 18_000, "year"), ("年费12800", 12_800, "year"),
        ("每年1.98万", 19_800, "year"), ("¥1,980", 1_980, "total"), ("２９８０元", 2_980, "total"),
        ("192课时 2.1万", 21_000, "total"), ("192课时2.1万元", 21_000, "total"), ("三千八百元", 3_800, "total"),
        ("全年1.2w", 12_000, "total"), ("半年6800", 6_800, "total"), ("15天6600", 6_600, "total"),
        ("48次课共2880元", 2_880, "total"), ("一口价三千六", 3_600, "total"), ("周六8:30-10:30，200元", 200, "total"),
        ("99元/人", 99, "person"), ("暑假3600元", 3_600, "total"), ("一万二千八百元", 12_800, "total"),
    ],
)  # fmt: skip
def test_fees(text: str, yuan: float, per: str) -> None:
    fees = list(read_fees(plain(text)))
    assert [(fee.yuan, fee.per) for fee in fees] == [(yuan, per)]


@pytest.mark.parametrize(
    "text",
    [
        "月薪8000元",
        "底薪4000",
        "立减500元",
        "首付20000元",
        "奖学金1000元",
        "100分",
        "2026年3月",
        "13800001234",
        "满300字",
    ],
)
def test_no_fees(text: str) -> None:
    assert list(read_fees(plain(text))) == []


@pytest.mark.parametrize(
    ("text", "sums"),
    [
        ("初三数学6次课980,周六上午", ["980"]),
        ("全包2680（原来3280），姐弟同来少三百", ["2680"]),
        ("三四年级混着坐,七百二。", ["七百二"]),
        ("单科1200八次,两科2200", ["1200", "2200"]),
        ("每班5人。260。", ["260"]),
        ("定金300", ["300"]),
    ],
)
def test_lone_numbers_that_read_as_prices(text: str, sums: list[str]) -> None:
    assert [text[start:end] for start, end in read_lone_sums(text)] == sums


@pytest.mark.parametrize(
    "text",
    [
        "中考考了580分,提了80分",
        "距离高考还有180天",
        "全年级前100名",
        "人民路200号,三楼300平",
        "两个月背完3500单词",
        "每天80个单词,作文800字",
        "2026年暑假,2028届",
        "从年级300进到80",
        "六百二十五人报名",
        "期末总分上浮60,每月一测",
        "联系13800000000，群38829",
    ],
)
def test_other_numbers_are_no_prices(text: str) -> None:
    assert list(read_lone_sums(text)) == []


def test_a_struck_price_is_not_what_is_asked() -> None:
    assert [fee.yuan for fee in read_fees(plain("原价3980元，现价1980元"))] == [1980]


@pytest.mark.parametrize(
    ("text", "count"),
    [("192课时", 192), ("共60节课", 60), ("一百二十课时", 120), ("48次课", 48), ("周六8:30-10:30，192课时", 192)],
)
def test_lessons(text: str, count: float) -> None:
    assert [lessons.count for lessons in read_lessons(plain(text))] == [count]


@pytest.mark.parametrize("text", ["每节课", "第12讲", "一节课", "试听2节", "每次课程"])
def test_no_lessons(text: str) -> None:
    assert list(read_lessons(plain(text))) == []


@pytest.mark.parametrize(
    ("text", "months"),
    [
        ("3个月", 3), ("三个月一期", 3), ("两年", 24), ("半年", 6), ("一学期", 4), ("两个学期", 8), ("一个季度", 3),
        ("全年", 12), ("一学年", 12), ("30天", 1), ("12个月", 12),
    ],
)  # fmt: skip
def test_lengths(text: str, months: float) -> None:
    assert [round(length.months, 2) for length in read_lengths(plain(text))] == [months]


@pytest.mark.parametrize("text", ["三年级", "十年教龄", "五年前", "两年多经验", "半年级", "三年经验"])
def test_no_lengths(text: str) -> None:
    assert list(read_lengths(plain(text))) == []


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("每节40分钟", 40), ("45分钟一节", 45), ("90分钟一节课", 90), ("一节课两小时", 120), ("一课时45分钟", 45),
        ("每次2小时", 120), ("40分钟/节", 40), ("每节课一小时", 60), ("30分钟线上课", 30), ("课时长50分钟", 50),
    ],
)  # fmt: skip
def test_lesson_lengths(text: str, minutes: float) -> None:
    assert [lesson.minutes for lesson in read_lesson_lengths(plain(text))] == [minutes]


@pytest.mark.parametrize(
    ("text", "kinds", "points"),
    [
        ("提80分", ["rise"], 80), ("数学提30分以上", ["rise"], 30), ("至少涨二十分", ["rise"], 20),
        ("不达标退款", ["refund"], None), ("提80分，不达标退款", ["rise", "refund"], 80),
        ("签约保过，不过全额退款", ["pass", "refund"], None), ("见分再付尾款", ["pay_after"], None),
        ("不提分不收费", ["pay_after"], None), ("期末不及格免费重读", ["repeat"], None), ("学会为止", ["repeat"], None),
        ("考不上学费全退", ["refund"], None), ("去年平均提20分", [], None), ("不承诺提分30分", [], None),
        ("我们不保过", [], None),
    ],
)  # fmt: skip
def test_promises(text: str, kinds: list[str], points: float | None) -> None:
    promises = list(read_promises(plain(text)))
    assert [promise.kind for promise in promises] == kinds
    assert next((one.points for one in promises if one.points is not None), None) == points


@pytest.mark.parametrize(
    ("text", "online", "notes"),
    [
        ("192课时 2.1万", False, ["192课时，超过60课时", "21000元，超过5000元"]),
        ("60课时5000元", False, []),
        ("61节课", False, ["61课时，超过60课时"]),
        ("一次交六个月", False, ["6个月，超过3个月"]),
        ("三个月一期4800元", False, []),
        ("一学期4800", False, ["约4个月，超过3个月"]),
        ("晚上6点半到9点", False, ["21:00结束，晚于线下20:30"]),
        ("晚上6点半到9点", True, []),
        ("晚上7点到8点半", False, []),
        ("晚上7点到9点半", True, ["21:30结束，晚于线上21:00"]),
        ("每节40分钟", True, ["线上每课时40分钟，超过30分钟"]),
        ("每节40分钟", False, []),
        ("每节30分钟", True, []),
        ("周六 8:30–10:30", False, ["周六为休息日"]),
        ("周三下午4点到5点", False, []),
        ("每节6000元", False, []),
    ],
)
def test_limits(text: str, online: bool, notes: list[str]) -> None:
    assert [one.note for one in beyond(read_values(plain(text)), online=online)] == notes


@settings(max_examples=300, deadline=None)
@given(
    st.text(
        alphabet=st.one_of(
            st.characters(),
            st.sampled_from("0123456789:：.-–—~元块万千百十一二三六周末日月号课时节每到晚上点半年分提退保¥/\n\ud800"),
        ),
        max_size=120,
    )
)
def test_values_lie_inside_whatever_the_text(text: str) -> None:
    body = plain(text)
    for group in vars(read_values(body)).values():
        for value in group:
            assert 0 <= value.start < value.end <= len(body)
            assert say(value)


def test_long_hostile_text_stays_quick() -> None:
    for unit in ("1", "周六", "12:30-", "每节", "1,000", "十", "10月1日-", "晚上", "半年1", "退"):
        read_values(unit * 3_000)
