"""Dates as Chinese pages write them, read against the moment of the fetch, in Asia/Shanghai. Nothing is guessed."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from crawlers.amounts import CHINESE, parse_number
from pipelines import clock
from pipelines.clock import SHANGHAI

_CLOCK = (
    r"(?:\s*T?\s*(?P<half>上午|下午|晚上|凌晨|早上|中午|傍晚)?\s*(?P<hour>\d{1,2})\s*[:点時时]"
    r"\s*(?P<minute>\d{1,2})?\s*分?(?::(?P<second>\d{1,2}))?)?"
)
_FULL = re.compile(
    rf"(?P<year>(?:19|20)\d{{2}})\s*[-/.年]\s*(?P<month>\d{{1,2}})\s*[-/.月]\s*(?P<day>\d{{1,2}})\s*日?号?{_CLOCK}"
)
_SHORT_YEAR = re.compile(
    rf"(?<!\d)(?P<year>\d{{2}})\s*[-/.年]\s*(?P<month>\d{{1,2}})\s*[-/.月]\s*(?P<day>\d{{1,2}})\s*日?{_CLOCK}"
)
_NO_YEAR = re.compile(rf"(?<![\d.])(?P<month>\d{{1,2}})\s*[-/月]\s*(?P<day>\d{{1,2}})(?!\d)\s*[日号]?{_CLOCK}")
_NAMED = re.compile(rf"(?P<name>大前天|前天|昨天|昨日|今天|今日){_CLOCK}")
_WEEKDAY = re.compile(rf"(?P<last>上上?个?)?(?:周|星期|礼拜|週)(?P<weekday>[一二三四五六日天]){_CLOCK}")
_AGO = re.compile(
    rf"(?P<count>\d{{1,4}}|[{CHINESE}]{{1,4}}|半|几)\s*个?(?P<half>半)?\s*"
    r"(?P<unit>秒钟?|分钟|分鐘|分|小时|小時|钟头|天|日|周|星期|礼拜|月|年)\s*(?:以?前|之前)"
)
#: What a program writes: 2026-11-19T23:32:08Z, with or without fractions of a second; the zone stands right behind.
_ZONED = re.compile(
    r"(?P<moment>(?:19|20)\d{2}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}(?::\d{2})?)(?:[.,]\d{1,9})?"
    r"\s?(?P<zone>(?:Z|UTC|GMT)(?![A-Za-z])|[+-](?:0\d|1[0-4]):?(?:00|30|45)(?![\d:]))",
    re.I,
)
_JUST_NOW = re.compile(r"刚刚|剛剛|刚才|几秒前")
_CLOCK_ONLY = re.compile(
    r"\A\s*(?P<half>上午|下午|晚上)?\s*(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2}))?\s*\Z"
)
_EPOCH = re.compile(r"\A\s*(1\d{9})(\d{3})?\s*\Z")
_DAYS = {"今天": 0, "今日": 0, "昨天": 1, "昨日": 1, "前天": 2, "大前天": 3}
_SECONDS = {"秒": 1, "秒钟": 1, "分钟": 60, "分鐘": 60, "分": 60, "小时": 3600, "小時": 3600, "钟头": 3600}
_LONG = {"天": 1, "日": 1, "周": 7, "星期": 7, "礼拜": 7, "月": 30, "年": 365}
_AFTERNOON = frozenset({"下午", "晚上", "傍晚"})
#: Nothing on these platforms is older.
_OLDEST = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class PageDate:
    """A date off a page: the words, the moment (UTC), and how exact it is."""

    raw: str
    moment: datetime
    #: minute | day | month
    precision: str


def parse_date(text: str, base: datetime | None) -> PageDate | None:
    """The first date in `text`, seen at `base` (aware). None: no date, before 2000, or in the future.

    With `base` None (nobody knows when the page was seen) only dates that name their year are read.
    """
    flat = unicodedata.normalize("NFKC", text)[:400]
    moment_seen = base if base is not None else clock.now()
    here = moment_seen.astimezone(SHANGHAI)
    for reader in _ABSOLUTE if base is None else (*_ABSOLUTE, *_RELATIVE):
        try:
            found = reader(flat, here)
        except (ValueError, OverflowError):
            continue
        if found is None:
            continue
        moment = found.moment.astimezone(UTC)
        if moment < _OLDEST or moment > moment_seen.astimezone(UTC) + timedelta(days=1):
            return None
        return PageDate(raw=found.raw, moment=moment, precision=found.precision)
    return None


def _epoch(flat: str, here: datetime) -> PageDate | None:
    match = _EPOCH.match(flat)
    if match is None:
        return None
    return PageDate(
        raw=match.group().strip(), moment=datetime.fromtimestamp(int(match[1]), here.tzinfo), precision="minute"
    )


def _zoned(flat: str, here: datetime) -> PageDate | None:  # noqa: ARG001  # the readers share one signature
    """A time that names its zone is that moment, not the same figures in Shanghai."""
    match = _ZONED.search(flat)
    if match is None or _is_span(match):
        return None
    zone = match["zone"].upper()
    offset = "+00:00" if zone in ("Z", "UTC", "GMT") else f"{zone[:3]}:{zone[-2:]}"
    moment = datetime.fromisoformat(match["moment"].replace(" ", "T").upper() + offset)
    return PageDate(raw=match.group(), moment=moment, precision="minute")


def _is_span(match: re.Match[str]) -> bool:
    """2026-11-20 07:32-08:30 tells from when to when, and no zone."""
    return match["moment"].count(":") == 1 and "T" not in match["moment"].upper() and match["zone"][:1] in "+-"


def _full(flat: str, here: datetime) -> PageDate | None:
    match = _FULL.search(flat)
    if match is None:
        match = _SHORT_YEAR.search(flat)
        if match is None:
            return None
    year = int(match["year"])
    return _at(
        match,
        here.replace(year=year if year > 99 else 2000 + year, month=1, day=1),
        int(match["month"]),
        int(match["day"]),
    )


def _without_year(flat: str, here: datetime) -> PageDate | None:
    match = _NO_YEAR.search(flat)
    if match is None:
        return None
    found = _at(match, here.replace(month=1, day=1), int(match["month"]), int(match["day"]))
    # The latest such day that is not in the future.
    if found.moment > here + timedelta(days=1):
        return _at(match, here.replace(year=here.year - 1, month=1, day=1), int(match["month"]), int(match["day"]))
    return found


def _named(flat: str, here: datetime) -> PageDate | None:
    match = _NAMED.search(flat)
    if match is None:
        return None
    day = here - timedelta(days=_DAYS[match["name"]])
    return _at(match, day, day.month, day.day)


def _weekday(flat: str, here: datetime) -> PageDate | None:
    match = _WEEKDAY.search(flat)
    if match is None:
        return None
    wanted = "一二三四五六日".index(match["weekday"].replace("天", "日"))
    back = here.weekday() - wanted
    if match["last"]:
        back += 7 * match["last"].count("上")
    elif back < 0:
        back += 7
    day = here - timedelta(days=back)
    return _at(match, day, day.month, day.day)


def _relative(flat: str, here: datetime) -> PageDate | None:
    if _JUST_NOW.search(flat):
        return PageDate(raw=flat.strip(), moment=here, precision="minute")
    match = _AGO.search(flat)
    if match is None:
        return None
    unit = match["unit"]
    words = match["count"]
    count = 0.5 if words == "半" else (3.0 if words == "几" else parse_number(words))
    if count is None:
        return None
    if match["half"]:
        count += 0.5
    if unit in _SECONDS:
        return PageDate(raw=match.group(), moment=here - timedelta(seconds=count * _SECONDS[unit]), precision="minute")
    precision = "day" if _LONG[unit] == 1 else "month"
    return PageDate(raw=match.group(), moment=here - timedelta(days=count * _LONG[unit]), precision=precision)


def _clock_only(flat: str, here: datetime) -> PageDate | None:
    match = _CLOCK_ONLY.match(flat)
    return _at(match, here, here.month, here.day) if match else None


def _at(match: re.Match[str], year: datetime, month: int, day: int) -> PageDate:
    """That day, at the clock time of the match if it has one."""
    date = year.replace(month=month, day=day, hour=0, minute=0, second=0, microsecond=0)
    hour, minute, second = match["hour"], match["minute"], match["second"]
    if hour is None:
        return PageDate(raw=match.group().strip(), moment=date, precision="day")
    value = int(hour)
    if match["half"] in _AFTERNOON and value < 12:
        value += 12
    moment = date.replace(hour=value, minute=int(minute or 0), second=int(second or 0))
    return PageDate(raw=match.group().strip(), moment=moment, precision="minute")


_ABSOLUTE = (_epoch, _zoned, _full)
_RELATIVE = (_relative, _named, _without_year, _weekday, _clock_only)
