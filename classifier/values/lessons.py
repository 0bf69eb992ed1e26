"""How much is sold at once and how long a lesson is: 192课时, 3个月, 两年, 每节40分钟."""

from __future__ import annotations

import re
from collections.abc import Iterator

from classifier.rules.numbers import NUMBER, to_number
from classifier.values.records import Length, LessonLength, Lessons

_N = rf"(?:{NUMBER})"
#: No thousands mark: in 10:30,192课时 the comma parts two numbers.
_COUNT = r"(?:\d{1,4}|[一二两三四五六七八九十百千]{1,6})"
_LESSONS = re.compile(rf"(?<![\d.第每])({_COUNT})\s*个?(?:课时|次课|堂课|节课?|讲)(?!假|日|期|课后|[座义])")
#: Lessons given on top, behind the sum at most: 60节6900(送10节), 报48课时送12课时.
_GIFT = re.compile(
    rf"[^。！!？?；;\n送赠]{{0,10}}?[(（,，]?\s*(?:另|再|加|额外)?[送赠]\s*({_COUNT})\s*个?(?:课时|次课|堂课|节课?|讲)"
)
#: Before the number: what a lesson is worth, not how many are sold.
_SINGLE = re.compile(r"(?:每|一|单|第|满|送|赠|试听|体验)\s*$")
_LENGTHS = re.compile(
    rf"(?P<months>{_N})\s*个(?:多)?月|(?P<terms>{_N})\s*个?学期(?!末|初|中)|(?P<quarters>{_N})\s*个?季度|(?<![一-鿿\d])?(?P<half>半年(?!级))"
    rf"|(?P<years>(?:\d{{1,2}}|[一两二三四五六]))\s*(?:整|周|学)?年(?!级|前|后|来|的|多|间|制|龄|内|经|老|教|以上|\d|[初中高])|(?P<whole>全年|整年|整学年)(?!级)"
    rf"|(?P<days>\d{{1,3}})\s*天(?!天|后|前|内)|(?P<weeks>{_N})\s*(?:周|个星期|个礼拜)(?!年|[一二三四五六日天末岁])"
)
_MONTHS = {
    "months": 1.0,
    "terms": 4.0,
    "quarters": 3.0,
    "half": 6.0,
    "years": 12.0,
    "whole": 12.0,
    "days": 1 / 30,
    "weeks": 7 / 30,
}
_EACH = r"(?:每|一|单)\s*(?:节课?|堂课?|次课?|课时|讲)|课时长|单节|时长"


def _span(side: int) -> str:
    return rf"(?P<number{side}>{_N})\s*(?P<unit{side}>分钟|分(?!钟)|min|小时|个小时|钟头)(?P<half{side}>半)?"


_LESSON_LENGTHS = re.compile(
    rf"(?:{_EACH})\s*(?:是|为|约|上|讲|[:：=])?\s*{_span(1)}"
    rf"|{_span(2)}\s*(?:/|一|每|的?1对1)\s*(?:节课?|堂课?|次课?|课时|讲)"
    rf"|{_span(3)}\s*(?:一对一|直播课|线上课|网课|视频课|连线)"
)


def read_lessons(text: str) -> Iterator[Lessons]:
    """Numbers of lessons sold together."""
    for match in _LESSONS.finditer(text):
        number = to_number(match[1])
        if (
            number is None
            or not 2 <= number <= 5_000
            or _SINGLE.search(text[max(0, match.start() - 4) : match.start()])
        ):
            continue
        gift = _GIFT.match(text, match.end())
        given = to_number(gift[1]) or 0 if gift else 0
        end = gift.end() if gift else match.end()
        yield Lessons(start=match.start(), end=end, count=number + given, given=given)


def read_lengths(text: str) -> Iterator[Length]:
    """Spans of time; a term counts as four months, days and weeks as parts of one."""
    for match in _LENGTHS.finditer(text):
        kind = next(name for name in _MONTHS if match[name])
        number = 1.0 if kind in ("half", "whole") else to_number(match[kind])
        if number is None or not 0 < number <= 400:
            continue
        yield Length(start=match.start(), end=match.end(), months=number * _MONTHS[kind])


def read_lesson_lengths(text: str) -> Iterator[LessonLength]:
    """Lengths of one lesson, in minutes."""
    for match in _LESSON_LENGTHS.finditer(text):
        side = next(n for n in ("1", "2", "3") if match[f"number{n}"])
        number = to_number(match[f"number{side}"])
        if number is None:
            continue
        minutes = (
            number if match[f"unit{side}"] in ("分钟", "分", "min") else number * 60 + 30 * bool(match[f"half{side}"])
        )
        if 5 <= minutes <= 600:
            yield LessonLength(start=match.start(), end=match.end(), minutes=minutes)
