# ruff: noqa: E501 (tables of words read better unbroken)
"""The values of a text as people read them: what stands there, what it was read as, what it was compared with."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from classifier.document import Document
from classifier.explain import to_spans
from classifier.rules.numbers import plain
from classifier.types import Posting
from classifier.values import read_values
from classifier.values.clock import clock
from classifier.values.limits import beyond
from classifier.values.records import Days, Fee, Length, LessonLength, Lessons, Promise, Time, Value

#: Values shown of one text; timetables can hold hundreds.
MOST = 24
_DAYS = "一二三四五六日"
_PER = {
    "lesson": "/课时", "hour": "/小时", "day": "/天", "week": "/周", "month": "/月", "term": "/学期", "quarter": "/季度",
    "year": "/年", "period": "/期", "person": "/人", "total": "",
}  # fmt: skip
_PROMISES = {"refund": "不达效果退费", "repeat": "不达效果重学", "pay_after": "见效果再付费", "pass": "包过、保录取"}
_KINDS = {
    Time: "time", Fee: "fee", Lessons: "lessons", Length: "length", LessonLength: "lesson_length",
    Promise: "promise", Days: "days",
}  # fmt: skip


def readings(posting: Posting, doc: Document, *, online: bool) -> list[dict[str, Any]]:
    """{"kind", "start", "end", "text", "restored", "reading", "note"} in order of place; a note only beyond a limit."""
    values = read_values(doc.text)
    notes = {(one.start, one.end): one.note for one in beyond(values, online=online, on=posting.posted_on)}
    found = []
    for value in sorted(_all(values), key=lambda value: (value.start, value.end))[:MOST]:
        for span in to_spans(doc.folded, [(value.start, value.end)], 1):
            found.append(
                {
                    "kind": _KINDS[type(value)],
                    **span.to_dict(),
                    "reading": say(value),
                    "note": notes.get((value.start, value.end), ""),
                }
            )
    return found


def say(value: Value) -> str:
    """A value in plain Chinese: 周六 08:30–10:30, 21000元, 每课时40分钟."""
    match value:
        case Time():
            return _time(value)
        case Fee():
            return f"{plain(value.yuan)}元{_PER[value.per]}"
        case Lessons():
            return f"{plain(value.count)}课时"
        case Length():
            return f"{plain(round(value.months, 1))}个月"
        case LessonLength():
            return f"每课时{plain(value.minutes)}分钟"
        case Promise():
            return f"提高{plain(value.points)}分" if value.points is not None else _PROMISES[value.kind]
        case Days():
            return _days(value)
    raise TypeError(type(value).__name__)


def _time(time: Time) -> str:
    days = "每天" if len(time.days) == 7 else "、".join(f"周{_DAYS[day]}" for day in time.days)
    begins = clock(time.begins) if time.begins is not None else ""
    ends = clock(time.ends) if time.ends is not None else ""
    hours = f"{begins}–{ends}" if begins and ends else f"{begins}开始" if begins else f"{ends}结束" if ends else ""
    return f"{days} {hours}".strip()


def _days(days: Days) -> str:
    if days.festival or days.first is None or days.last is None:
        return days.festival
    year = f"{days.year}年" if days.year else ""
    first = f"{year}{days.first[0]}月{days.first[1]}日"
    return first if days.first == days.last else f"{first}–{days.last[0]}月{days.last[1]}日"


def _all(values: Any) -> Iterator[Value]:
    for group in vars(values).values():
        yield from group
