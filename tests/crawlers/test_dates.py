"""Dates as pages write them, against a fixed moment: Saturday 2026-11-21 23:00 in Shanghai."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawlers.dates import parse_date
from pipelines.clock import SHANGHAI

BASE = datetime(2026, 11, 21, 15, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "shown", "precision"),
    [
        ("3小时前", "2026-11-21 20:00", "minute"),
        ("半小时前", "2026-11-21 22:30", "minute"),
        ("一个半小时前", "2026-11-21 21:30", "minute"),
        ("2 分鐘前", "2026-11-21 22:58", "minute"),
        ("刚刚", "2026-11-21 23:00", "minute"),
        ("昨天12:30", "2026-11-20 12:30", "minute"),
        ("昨天 下午 3:05", "2026-11-20 15:05", "minute"),
        ("前天 09:27", "2026-11-19 09:27", "minute"),
        ("周三 10:00", "2026-11-18 10:00", "minute"),
        ("上周五", "2026-11-13 00:00", "day"),
        ("11月3日", "2026-11-03 00:00", "day"),
        ("11-03", "2026-11-03 00:00", "day"),
        ("11-20 09:15", "2026-11-20 09:15", "minute"),
        ("12-30", "2025-12-30 00:00", "day"),
        ("发表于 2026-9-15 08:03", "2026-09-15 08:03", "minute"),
        ("发表于 2026-9-15 08:03:59", "2026-09-15 08:03", "minute"),
        ("2026年11月20日 下午3点05分", "2026-11-20 15:05", "minute"),
        ("２０２６／１１／２０", "2026-11-20 00:00", "day"),
        ("26-3-4", "2026-03-04 00:00", "day"),
        ("1795000000", "2026-11-18 19:06", "minute"),
        # A zone that is named is obeyed: UTC is eight hours behind.
        ("2026-11-19T23:32:08Z", "2026-11-20 07:32", "minute"),
        ("2026-11-19T23:32:08.123Z", "2026-11-20 07:32", "minute"),
        ("2026-11-19 23:32:08 UTC", "2026-11-20 07:32", "minute"),
        ("2026-11-19T23:32+00:00", "2026-11-20 07:32", "minute"),
        ("2026-11-20T07:32:08+0800", "2026-11-20 07:32", "minute"),
        ("2026-11-19 15:32:08-08:00", "2026-11-20 07:32", "minute"),
        ("2026-11-20T07:32:08", "2026-11-20 07:32", "minute"),
        ("2026-11-20 07:32-08:30", "2026-11-20 07:32", "minute"),
        ("1795131128000", "2026-11-20 07:32", "minute"),
        ("一周前", "2026-11-14 23:00", "month"),
        ("23:00", "2026-11-21 23:00", "minute"),
    ],
)
def test_forms(text: str, shown: str, precision: str) -> None:
    found = parse_date(text, BASE)
    assert found is not None
    assert found.moment.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M") == shown
    assert found.precision == precision
    assert found.raw


@pytest.mark.parametrize(
    "text", ["", "abc", "2031-01-01", "1998-1-1", "2026-13-40", "25:61", "价格 100", "9999年前", "31月31日"]
)
def test_what_is_no_date_is_none(text: str) -> None:
    assert parse_date(text, BASE) is None


@pytest.mark.parametrize("text", ["昨天12:30", "11-03", "3小时前", "10月30日17:09", "周三"])
def test_without_a_moment_nothing_relative_is_guessed(text: str) -> None:
    assert parse_date(text, None) is None
    assert parse_date("2019-09-09", None) is not None


@settings(max_examples=300, deadline=None)
@given(
    st.text(max_size=60) | st.from_regex(r"\d{1,4}[-/年]\d{1,2}[-/月]\d{1,2} ?\d{0,2}:?\d{0,2}|\d{1,4}(天|周|月|年)前")
)
def test_never_in_the_future_never_before_2000_never_a_crash(text: str) -> None:
    found = parse_date(text, BASE)
    if found is not None:
        assert datetime(2000, 1, 1, tzinfo=UTC) <= found.moment <= BASE + timedelta(days=1)
        assert found.moment.tzinfo is UTC
