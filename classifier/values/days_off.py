"""Which days are off: legal holidays and weekends from chinese_calendar, school holidays by the season.

The library (MIT) holds the State Council's yearly arrangement, make-up working days included, and knows no year beyond
it. For those only the days that law fixes by date are given; the moving ones and the arrangement stay open.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache

import chinese_calendar
from chinese_calendar.constants import Holiday, holidays

_NAMES = {
    Holiday.new_years_day: "元旦", Holiday.spring_festival: "春节", Holiday.tomb_sweeping_day: "清明节",
    Holiday.labour_day: "劳动节", Holiday.dragon_boat_festival: "端午节", Holiday.mid_autumn_festival: "中秋节",
    Holiday.national_day: "国庆节",
}  # fmt: skip
_BY_VALUE = {holiday.value: name for holiday, name in _NAMES.items()}
#: 全国年节及纪念日放假办法, the days fixed in the solar calendar.
_FIXED = {(1, 1): "元旦", (5, 1): "劳动节", (10, 1): "国庆节", (10, 2): "国庆节", (10, 3): "国庆节"}
#: The middle of the school holidays, when every region's pupils are off; their edges are the region's.
_SUMMER = ((7, 15), (8, 25))
_WINTER = ((1, 28), (2, 15))
#: Without a year a day is off only if it was in each of the last years known.
_YEARS = 3


@dataclass(frozen=True, kw_only=True)
class DayOff:
    """Why a day is off."""

    #: holiday | weekend | vacation
    kind: str
    #: 国庆节, 周六, 暑假 …
    name: str


@cache
def last_known_year() -> int:
    """The last year whose arrangement the library has."""
    return int(max(holidays).year)


def day_off(day: date) -> DayOff | None:
    """Why this day is off; None for working days, make-up days included, and for what is not known of later years."""
    try:
        off, name = chinese_calendar.get_holiday_detail(day)
    except NotImplementedError:  # a year not arranged yet, or before 2004
        if fixed := _FIXED.get((day.month, day.day)):
            return DayOff(kind="holiday", name=fixed)
        return _weekend(day) or _vacation(day)
    if off and name in _BY_VALUE:
        return DayOff(kind="holiday", name=_BY_VALUE[name])
    if not off and day.weekday() >= 5:
        return None  # a make-up working day
    return _weekend(day) or _vacation(day)


@cache
def off_every_year(month: int, day: int) -> DayOff | None:
    """Why this day of the year is off in each of the last years known; weekends differ and do not count."""
    found: set[DayOff] = set()
    for year in range(last_known_year() - _YEARS + 1, last_known_year() + 1):
        try:
            one = day_off(date(year, month, day))
        except ValueError:
            return None
        if one is not None and one.kind == "weekend":
            one = _vacation(date(year, month, day))
        if one is None:
            return None
        found.add(one)
    return found.pop() if len(found) == 1 else None


def nearest_year(day: tuple[int, int], on: date) -> int:
    """The year meant by a day without one, seen from the day it was published: up to two months back, else ahead."""
    years = [year for year in (on.year - 1, on.year, on.year + 1) if _exists(year, *day)]
    ahead = [year for year in years if (date(year, *day) - on).days >= -60]
    return min(ahead, default=on.year)


def _exists(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def _weekend(day: date) -> DayOff | None:
    return DayOff(kind="weekend", name="周六" if day.weekday() == 5 else "周日") if day.weekday() >= 5 else None


def _vacation(day: date) -> DayOff | None:
    at = (day.month, day.day)
    if _SUMMER[0] <= at <= _SUMMER[1]:
        return DayOff(kind="vacation", name="暑假")
    return DayOff(kind="vacation", name="寒假") if _WINTER[0] <= at <= _WINTER[1] else None
