"""Dates written in a text against the calendar: several years, make-up days, years nobody has arranged yet."""

from __future__ import annotations

from datetime import date

import pytest

from classifier.normalise import normalise
from classifier.values.dates import read_days
from classifier.values.days_off import DayOff, day_off, last_known_year, nearest_year, off_every_year
from classifier.values.limits import off_note

UNKNOWN = last_known_year() + 5


@pytest.mark.parametrize(
    ("day", "kind", "name"),
    [
        (date(2019, 5, 3), "holiday", "劳动节"),
        (date(2022, 1, 31), "holiday", "春节"),
        (date(2023, 4, 5), "holiday", "清明节"),
        (date(2024, 6, 10), "holiday", "端午节"),
        (date(2024, 9, 17), "holiday", "中秋节"),
        (date(2025, 1, 1), "holiday", "元旦"),
        (date(2025, 10, 8), "holiday", "国庆节"),
        (date(2025, 3, 15), "weekend", "周六"),
        (date(2025, 3, 16), "weekend", "周日"),
        (date(2025, 7, 24), "vacation", "暑假"),
        (date(2023, 2, 8), "vacation", "寒假"),
        (date(UNKNOWN, 5, 1), "holiday", "劳动节"),
        (date(UNKNOWN, 10, 3), "holiday", "国庆节"),
    ],
)
def test_days_off(day: date, kind: str, name: str) -> None:
    assert day_off(day) == DayOff(kind=kind, name=name)


@pytest.mark.parametrize(
    "day", [date(2025, 9, 28), date(2024, 10, 12), date(2025, 3, 12), date(2023, 10, 7), date(2025, 10, 9)]
)
def test_working_days_and_make_up_days(day: date) -> None:
    assert day_off(day) is None


def test_of_later_years_only_what_law_fixes_is_told() -> None:
    """The arrangement around a festival is not known yet; its weekdays are not guessed."""
    fifth_to_seventh = [day_off(date(UNKNOWN, 10, day)) for day in (5, 6, 7)]
    assert all(one is None or one.kind == "weekend" for one in fifth_to_seventh)


def test_without_a_year_only_what_is_off_every_year() -> None:
    assert off_every_year(10, 2) == DayOff(kind="holiday", name="国庆节")
    assert off_every_year(7, 25) == DayOff(kind="vacation", name="暑假")
    assert off_every_year(3, 14) is None
    assert off_every_year(2, 29) is None


@pytest.mark.parametrize(
    ("day", "on", "year"),
    [
        ((10, 2), date(2026, 9, 1), 2026), ((10, 2), date(2026, 11, 20), 2026), ((1, 3), date(2025, 12, 20), 2026),
        ((12, 28), date(2026, 1, 5), 2025), ((5, 1), date(2026, 11, 1), 2027), ((2, 29), date(2023, 12, 1), 2024),
    ],
)  # fmt: skip
def test_the_year_is_told_from_the_day_of_publication(day: tuple[int, int], on: date, year: int) -> None:
    assert nearest_year(day, on) == year


@pytest.mark.parametrize(
    ("text", "on", "note"),
    [
        ("10月2日-6日集训", None, "历年国庆节放假"),
        ("10月2日-6日集训", date(2026, 9, 1), "2026年国庆节放假"),
        ("十月二日至五日", date(2025, 9, 1), "2025年国庆节放假"),
        ("10.1-10.7上课", date(2025, 9, 1), "2025年国庆节、中秋节放假"),
        ("5月1日开课", None, "历年劳动节放假"),
        ("2025年1月1日上课", None, "2025年元旦放假"),
        ("2024/10/1-10/3", None, "2024年国庆节放假"),
        ("3月15日上课", date(2025, 3, 1), "2025年为周六"),
        ("3月15日上课", None, ""),
        ("9月28日上课", date(2025, 9, 1), ""),
        ("7月20日至8月20日", None, "在暑假期间（以当地校历为准）"),
        (f"{UNKNOWN}年10月1日上课", None, f"{UNKNOWN}年国庆节放假"),
        ("元旦集训", None, "元旦为法定节假日"),
        ("五一特训营", None, "劳动节为法定节假日"),
        ("十一长假班", None, "国庆节为法定节假日"),
        ("3月12日上课", date(2025, 3, 1), ""),
    ],
)
def test_notes(text: str, on: date | None, note: str) -> None:
    found = list(read_days(normalise(text).text))
    assert found
    assert off_note(found[0], on) == note


@pytest.mark.parametrize(
    "text",
    [
        "10月1日前报名", "截止10月2日", "6月7日高考", "9月1日开学", "10月1日-7日放假", "国庆不上课",
        "2月30日上课", "13月1日", "五一班", "十一班", "国庆路12号", "10.5元",
    ],
)  # fmt: skip
def test_no_days_of_lessons(text: str) -> None:
    assert list(read_days(normalise(text).text)) == []
