"""Days of the week and hours: 周六 8:30–10:30, 晚上6点半到9点, 周一至周五晚7-9点."""

from __future__ import annotations

import re
from collections.abc import Iterator

from classifier.page_facts import of_page
from classifier.rules.numbers import to_number
from classifier.values.records import Time

_PART = r"(?:凌晨|清晨|早晨|早上?|上午|中午|午后|下午|傍晚|晚上?|晚间|夜间|夜里?|深夜|am|pm)"
_AFTERNOON = ("午后", "下午", "傍晚", "晚", "夜", "深夜", "pm")
_HOUR = r"(?:2[0-4]|[01]?\d|二十[一二三四]?|十[一二]?|[一二两三四五六七八九])"
_SIXTY = r"(?:[0-5]?\d|[二三四五]?十[一二三四五六七八九]?)"
_DAY = "一二三四五六日天"
_WEEK = r"(?:周|星期|礼拜)"
_TO = r"\s*(?:-{1,2}|—{1,2}|–|~|到|至|→|直到|延到|延长到)\s*"
#: 周六 · 周一至周五 · 周二、四、六 · 周六日 · 周末; 每周一次, 每周一对一 are no days.
_DAYS = re.compile(
    rf"(?:每|逢|每逢)?{_WEEK}(?:(?P<range>[{_DAY}]\s*(?:-|—|–|~|到|至)\s*{_WEEK}?\s*[{_DAY}])"
    rf"|(?P<list>[{_DAY}](?:\s*[、,/·和及与]?\s*{_WEEK}?\s*[{_DAY}](?!年级|点|[次节回堂对天]))*)(?![次节回堂对]|年级|\s*[对点])|(?P<end>末))"
    r"|(?P<both>双休日?|周末)|(?P<daily>每天|每日|天天|每晚)"
    rf"|(?<![{_DAY}\d十])(?P<bare>[一二三四五六](?:[、]?[二三四五六日])(?:[、]?[三四五六日])?)(?=\s*(?:晚上?|下午|上午)\s*(?:\d|[五六七八九]))"
)


def _point(name: str) -> str:
    return (
        rf"(?P<{name}part>{_PART})?\s*(?P<{name}hour>{_HOUR})"
        rf"(?:\s*[:.]\s*(?P<{name}minute>[0-5]\d)|\s*[点时](?P<{name}half>半|一刻|三刻|整|钟|{_SIXTY}分?)?)?"
    )


_RANGE = re.compile(rf"(?<![\d.¥月/-]){_point('b')}{_TO}{_point('e')}(?![\d.]|[年月日号个人元块折岁级课名分周天节小])")
_SINGLE_END = re.compile(
    rf"(?:到|至|上到|学到|教到|延到|-)\s*{_point('e')}(?!\s*[\d.]|[年月日号个人元块折岁级名])"
    rf"|{_point('f')}\s*(?:前|左右|才)?\s*(?:结束|放学|下课|接孩子|接走|接回|离开|散学)"
)
_SINGLE_START = re.compile(
    rf"(?:{_PART}\s*{_HOUR}(?:\s*:\s*[0-5]\d|\s*[点时](?:半|一刻|三刻|整|{_SIXTY}分?)?)|(?<![\d:.])(?:2[0-3]|[01]?\d):[0-5]\d(?![\d:]))"
)
_START = re.compile(_point("b"))
#: No other day or morning may stand between: 周一晚上上课,周六9:30.
_EVENING = re.compile(r"(?:放学|晚|夜|下班)(?:(?!上午|早|清晨|中午|周[六日末]|双休)[^。\n]){0,24}$")
#: How far before the hours their days may stand.
_NEAR = 8


def read_times(text: str) -> Iterator[Time]:
    """Days with their hours, days alone, hours alone, in order of place."""
    days = [(m.start(), m.end(), _days(m)) for m in _DAYS.finditer(text)]
    hours = list(_hours(text))
    used: set[int] = set()
    found: list[Time] = []
    for start, end, begins, ends in hours:
        owner = max((n for n, day in enumerate(days) if day[0] < start <= day[1] + _NEAR), default=None)
        if owner is not None and "\n" not in text[days[owner][0] : start]:
            used.add(owner)
            found.append(Time(start=days[owner][0], end=end, days=days[owner][2], begins=begins, ends=ends))
        else:
            found.append(Time(start=start, end=end, begins=begins, ends=ends))
    found += [Time(start=s, end=e, days=named) for n, (s, e, named) in enumerate(days) if n not in used]
    yield from sorted(found, key=lambda time: (time.start, time.end))


def clock(minutes: int) -> str:
    """1290 → 21:30; past midnight 次日01:00."""
    hour, minute = divmod(minutes, 60)
    return f"{hour:02d}:{minute:02d}" if minutes <= 24 * 60 else f"次日{hour - 24:02d}:{minute:02d}"


def _days(match: re.Match[str]) -> tuple[int, ...]:
    if match["daily"]:
        return (0, 1, 2, 3, 4, 5, 6)
    if match["end"] or match["both"]:
        return (5, 6)
    numbers = [min(_DAY.index(char), 6) for char in match[0] if char in _DAY]
    if match["range"] and len(numbers) == 2:
        first, last = numbers
        return tuple(sorted((first + step) % 7 for step in range((last - first) % 7 + 1)))
    return tuple(sorted(set(numbers)))


_Hours = tuple[int, int, int | None, int | None]


def _hours(text: str) -> Iterator[_Hours]:
    """Ranges first; then ends alone and beginnings alone outside them."""
    taken = bytearray(len(text))
    for kind in (_ranges, _ends, _begins):
        for found in kind(text):
            if not any(taken[found[0] : found[1]]) and not of_page(text, *found[:2]):
                taken[found[0] : found[1]] = b"\1" * (found[1] - found[0])
                yield found


def _evening(text: str, start: int) -> bool:
    return bool(_EVENING.search(text[max(0, start - 26) : start]))


def _ranges(text: str) -> Iterator[_Hours]:
    for match in _RANGE.finditer(text):
        begins = _minutes(match, "b", evening=_evening(text, match.start()))
        ends = _minutes(match, "e", evening=False)
        # Bare numbers on both sides are no hours: 3-6 may be ages or years of school.
        if begins is None or ends is None or not (_says(match, "b") or _says(match, "e")):
            continue
        if not match["bpart"] and match["epart"] and begins < 720 <= begins + 720 < ends:
            begins += 720  # 7点到晚上9点
        if ends <= begins:
            ends += 720 if not match["epart"] and ends + 720 > begins else 1440
        if ends - begins <= 16 * 60:
            yield match.start(), match.end(), begins, ends


def _ends(text: str) -> Iterator[_Hours]:
    for match in _SINGLE_END.finditer(text):
        name = "e" if match["ehour"] else "f"
        if _says(match, name) and (match[f"{name}minute"] or _has_dian(match, name)):
            point = _minutes(match, name, evening=_evening(text, match.start()))
            if point is not None:
                yield match.start(), match.end(), None, point


def _begins(text: str) -> Iterator[_Hours]:
    for match in _SINGLE_START.finditer(text):
        inner = _START.match(text, match.start())
        point = _minutes(inner, "b", evening=_evening(text, match.start())) if inner else None
        if point is not None:
            yield match.start(), match.end(), point, None


def _has_dian(match: re.Match[str], name: str) -> bool:
    words = match[0][match.start(f"{name}hour") - match.start() :]
    return bool(re.match(rf"{_HOUR}\s*[点时]", words))


def _says(match: re.Match[str], name: str) -> bool:
    return bool(match[f"{name}part"] or match[f"{name}minute"] or _has_dian(match, name))


def _minutes(match: re.Match[str], name: str, *, evening: bool) -> int | None:
    number = to_number(match[f"{name}hour"])
    if number is None or number > 24:
        return None
    hour = int(number)
    minute = 0
    if match[f"{name}minute"]:
        minute = int(match[f"{name}minute"])
    elif half := match[f"{name}half"]:
        words = half.rstrip("分")
        minute = {"半": 30, "一刻": 15, "三刻": 45, "整": 0, "钟": 0}.get(words, int(to_number(words) or 0))
    part = match[f"{name}part"] or ""
    late = part.startswith(_AFTERNOON)
    morning = match[f"{name}hour"].startswith("0")  # nobody writes 09:30 for half past nine at night
    if hour < 12 and (
        late or (not part and not morning and ((evening and hour >= 4) or (name == "b" and 1 <= hour <= 5)))
    ):
        hour += 12
    elif hour == 12 and part.startswith(("晚", "夜", "深夜")):
        hour = 24
    return hour * 60 + minute % 60
