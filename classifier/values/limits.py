"""Values against the numbers of the rules: what goes beyond them, and by how much.

3 months, 60 lessons and 5,000 yuan at once (教监管函〔2021〕2号, the thirteen departments' opinion); lessons end by
20:30 on site and 21:00 online; a lesson online lasts 30 minutes at most (双减意见, compulsory schooling only); school
subjects are not taught on weekends, legal holidays and in the school holidays.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from classifier.rules.numbers import plain
from classifier.rules.price import MAX_LESSONS, MAX_MONTHS, MAX_YUAN
from classifier.values.clock import clock
from classifier.values.days_off import DayOff, day_off, last_known_year, nearest_year, off_every_year
from classifier.values.records import Days, Values

#: Minutes since midnight when lessons must have ended.
OFFLINE_END = 20 * 60 + 30
ONLINE_END = 21 * 60
MAX_LESSON_MINUTES = 30
#: A fee for one of these is not taken ahead for many.
_SMALL = frozenset({"lesson", "hour", "day", "week"})
_DAY_NAMES = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")


@dataclass(frozen=True, kw_only=True)
class Beyond:
    """One value beyond a limit, with the comparison in words."""

    #: The signal it belongs to: prepay late lesson_length holiday.
    signal: str
    start: int
    end: int
    #: 192课时，超过60课时
    note: str
    #: Whether the value by itself may be shown as the signal's place.
    alone: bool = False


def beyond(values: Values, *, online: bool, on: date | None = None) -> tuple[Beyond, ...]:
    """All comparisons that fail, in order of place; `on` is the day of publication, from which years are told."""
    found = [*_prepaid(values), *_late(values, online=online), *_days_off(values, on)]
    if online:
        found += _long_lessons(values)
    return tuple(sorted(found, key=lambda one: (one.start, one.end, one.signal)))


def _prepaid(values: Values) -> Iterator[Beyond]:
    for lessons in values.lessons:
        if MAX_LESSONS < lessons.count <= 2_000:
            gift = f"（含赠送{plain(lessons.given)}课时）" if lessons.given else ""
            note = f"{plain(lessons.count)}课时{gift}，超过{MAX_LESSONS}课时"
            yield Beyond(signal="prepay", start=lessons.start, end=lessons.end, note=note, alone=True)
    for length in values.lengths:
        if MAX_MONTHS < length.months <= 48:
            about = "约" if length.months % 12 and length.months != 6 else ""
            note = f"{about}{plain(length.months)}个月，超过{MAX_MONTHS}个月"
            yield Beyond(signal="prepay", start=length.start, end=length.end, note=note)
    for fee in values.fees:
        if fee.yuan > MAX_YUAN and fee.per not in _SMALL:
            note = f"{plain(fee.yuan)}元，超过{MAX_YUAN}元"
            yield Beyond(signal="prepay", start=fee.start, end=fee.end, note=note, alone=True)


def _late(values: Values, *, online: bool) -> Iterator[Beyond]:
    limit, where = (ONLINE_END, "线上") if online else (OFFLINE_END, "线下")
    for time in values.times:
        if time.ends is not None and time.ends > limit:
            note = f"{clock(time.ends)}结束，晚于{where}{clock(limit)}"
            yield Beyond(signal="late", start=time.start, end=time.end, note=note, alone=True)


def _long_lessons(values: Values) -> Iterator[Beyond]:
    for lesson in values.lesson_lengths:
        if lesson.minutes > MAX_LESSON_MINUTES:
            note = f"线上每课时{plain(lesson.minutes)}分钟，超过{MAX_LESSON_MINUTES}分钟"
            yield Beyond(signal="lesson_length", start=lesson.start, end=lesson.end, note=note, alone=True)


def _days_off(values: Values, on: date | None) -> Iterator[Beyond]:
    for time in values.times:
        off = [_DAY_NAMES[day] for day in time.days if day >= 5]
        if off:
            yield Beyond(signal="holiday", start=time.start, end=time.end, note="、".join(off) + "为休息日")
    for days in values.days:
        note = off_note(days, on)
        if note and not (days.edge and note.endswith(("为周六", "为周日"))):
            yield Beyond(signal="holiday", start=days.start, end=days.end, note=note, alone=not days.festival)


def off_note(days: Days, on: date | None) -> str:
    """Why these days are off, in words; "" when none is, or when the year would decide and is not known."""
    if days.festival:
        return f"{days.festival}为法定节假日"
    if days.first is None:
        return ""
    if days.year is None and on is None:
        steps = days.dates(last_known_year())
        found = [one for one in (off_every_year(day.month, day.day) for day in steps) if one]
        return _say(found, "历年")
    year = days.year
    if year is None and on is not None:
        year = nearest_year(days.first, on)
    if year is None:
        return ""
    found = [one for one in (day_off(day) for day in days.dates(year)) if one]
    return _say(found, f"{year}年")


def _say(found: list[DayOff], when: str) -> str:
    """Weekends inside a longer run are what any run has; they are named only where nothing else is."""
    legal = list(dict.fromkeys(one.name for one in found if one.kind == "holiday"))
    season = list(dict.fromkeys(one.name for one in found if one.kind == "vacation"))
    weekend = list(dict.fromkeys(one.name for one in found if one.kind == "weekend"))
    if legal:
        return f"{when}{'、'.join(legal)}放假"
    if season:
        return f"在{'、'.join(season)}期间（以当地校历为准）"
    return f"{when}为{'、'.join(weekend)}" if weekend else ""
