"""The days a digest is of: weeks, months and quarters that follow one another, or any days."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from pipelines import clock
from pipelines.errors import BadInput
from pipelines.records import Series, StoredDigest

#: What a digest of a series is called.
SERIES_NAMES = {Series.WEEK: "周报", Series.MONTH: "通报", Series.QUARTER: "季报"}
#: What people write for a series.
_WORDS = {
    "week": Series.WEEK,
    "周": Series.WEEK,
    "周报": Series.WEEK,
    "month": Series.MONTH,
    "月": Series.MONTH,
    "月报": Series.MONTH,
    "通报": Series.MONTH,
    "quarter": Series.QUARTER,
    "季": Series.QUARTER,
    "季度": Series.QUARTER,
    "季报": Series.QUARTER,
}


@dataclass(frozen=True, kw_only=True)
class Period:
    """Days, both ends included, in China; one of a series, or (None) chosen freely."""

    series: Series | None
    first_day: date
    last_day: date

    @property
    def begin(self) -> datetime:
        """First moment of the first day."""
        return datetime.combine(self.first_day, time.min, clock.SHANGHAI)

    @property
    def end(self) -> datetime:
        """First moment after the last day."""
        return datetime.combine(self.last_day + timedelta(days=1), time.min, clock.SHANGHAI)


def paper_name(series: str, first_day: date, last_day: date) -> str:
    """What the paper over these days is called, wherever it is named: 周报, 通报, 季报 of a series (its value); of days
    chosen freely (empty series) 日报 (one), 周报 (seven), 月报 (a whole month) or 汇总."""
    if series:
        return SERIES_NAMES[Series(series)]
    days = (last_day - first_day).days + 1
    if days == 1:
        return "日报"
    if days == 7:
        return "周报"
    month = monthrange(first_day.year, first_day.month)[1]
    return "月报" if (first_day.day, days) == (1, month) else "汇总"


def name_of(digest: StoredDigest) -> str:
    """`paper_name` of a digest that was made."""
    return paper_name(digest.series, date.fromisoformat(digest.first_day), date.fromisoformat(digest.last_day))


def series_of(word: str) -> Series:
    """The series somebody means: week, 周, 周报, month, 通报, quarter, 季报 … Raises BadInput."""
    found = _WORDS.get(word.strip().lower())
    if found is None:
        raise BadInput(f"不认识的期别“{word}”：请写 week 周报、month 通报 或 quarter 季报")
    return found


def span(first_day: date, last_day: date) -> Period:
    """Any days. Raises BadInput for days the wrong way round."""
    if last_day < first_day:
        raise BadInput(f"结束日期 {last_day} 早于开始日期 {first_day}")
    return Period(series=None, first_day=_sane(first_day), last_day=_sane(last_day))


def period_with(series: Series, day: date) -> Period:
    """The week (Monday to Sunday), month or quarter this day lies in."""
    _sane(day)
    if series is Series.WEEK:
        first = day - timedelta(days=day.weekday())
        return Period(series=series, first_day=first, last_day=first + timedelta(days=6))
    months = 1 if series is Series.MONTH else 3
    first = date(day.year, (day.month - 1) // months * months + 1, 1)
    after = (first + timedelta(days=31 * months)).replace(day=1)
    return Period(series=series, first_day=first, last_day=after - timedelta(days=1))


def last_finished(series: Series, now: datetime) -> Period:
    """The newest period that is over."""
    running = period_with(series, clock.local(now).date())
    return period_with(series, running.first_day - timedelta(days=1))


def _sane(day: date) -> date:
    if not 2000 <= day.year <= 2999:
        raise BadInput("日期不在 2000 年至 2999 年之间")
    return day
