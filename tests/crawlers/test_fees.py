"""Fees: what is certain is read, what is not stays unknown."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawlers.amounts import parse_number
from crawlers.fees import parse_fee


@pytest.mark.parametrize(
    ("text", "low", "high", "per", "hourly"),
    [
        ("2小时300", 300, 300, "lesson", 150),
        ("2小时300元", 300, 300, "lesson", 150),
        ("45分钟80元", 80, 80, "lesson", 106.67),
        ("一个半小时200元", 200, 200, "lesson", 133.33),
        ("150元/小时", 150, 150, "hour", 150),
        ("￥25.5/h", 25.5, 25.5, "hour", 25.5),
        ("一百五一小时", 150, 150, "hour", 150),
        ("150-200元/小时", 150, 200, "hour", None),
        ("￥1.2万/年", 12000, 12000, "year", None),
        ("160一节课", 160, 160, "lesson", None),
        ("每节课150", 150, 150, "lesson", None),
        ("三千八一学期", 3800, 3800, "term", None),
        ("白班1.1万/月起", 11000, 11000, "month", None),
        ("200-300元", 200, 300, "unknown", None),
        ("两百块", 200, 200, "unknown", None),
        ("８０元／课时", 80, 80, "lesson", None),
        ("免费试听", 0, 0, "trial", None),
        # In words, as people write where prices are not welcome.
        ("每人每次一百六", 160, 160, "lesson", None),
        ("一个月四百五三门全含", 450, 450, "month", None),
        ("一晚三小时四百", 400, 400, "lesson", 133.33),
        ("一季十四次三千二", 3200, 3200, "term", None),
        ("一对一每小时二百二", 220, 220, "hour", 220),
        ("拼满四人每节一百一", 110, 110, "lesson", None),
        ("八十八一位", 88, 88, "person", None),
        ("月卡三百六", 360, 360, "month", None),
        ("月薪九千起", 9000, 9000, "month", None),
        ("学费两千四", 2400, 2400, "unknown", None),
        ("十次课两千二，先上一次", 2200, 2200, "package", None),
        ("半天一百二，全天二百", 120, 120, "day", None),
        ("一科五百，两科九百", 500, 500, "subject", None),
        ("五百五不讲价", 550, 550, "unknown", None),
    ],
)
def test_units(text: str, low: float, high: float, per: str, hourly: float | None) -> None:
    fee = parse_fee(text)
    assert fee is not None
    assert (fee.low, fee.high, fee.per, fee.yuan_per_hour) == (low, high, per, hourly)
    assert fee.raw


def test_negotiable() -> None:
    fee = parse_fee("价格面议")
    assert fee is not None
    assert fee.negotiable
    assert fee.low is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "三人一节课",
        "满三人即开",
        "2011年",
        "20w",
        "1.2万",
        "电话13800004417",
        "8点到10点",
        "三年级",
        "送一块松香",
        "一次一百道题",
        "每节一千字",
        "一对一每小时都讲",
        "满五百人",
    ],
)
def test_what_is_no_fee(text: str) -> None:
    assert parse_fee(text) is None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("三千八", 3800),
        ("三千零八", 3008),
        ("1.2万", 12000),
        ("两百", 200),
        ("一百五", 150),
        ("十五", 15),
        ("20w", 200_000),
        ("3千", 3000),
        ("一万二", 12000),
        ("一万二千三", 12300),
        ("1,200", 1200),
        ("一三八", 138),
    ],
)
def test_numbers(text: str, value: float) -> None:
    assert parse_number(text) == value


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=80) | st.text("0123456789一二三百千万元块/每小时节课月起-到￥ ", max_size=24))
def test_never_a_crash_never_negative(text: str) -> None:
    fee = parse_fee(text)
    if fee is not None:
        assert fee.raw
        assert fee.low is None or (fee.low >= 0 and fee.high is not None and fee.high >= 0)
        assert fee.yuan_per_hour is None or fee.yuan_per_hour > 0
