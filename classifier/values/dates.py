# ruff: noqa: E501 (regular expressions: alternatives read better unbroken)
"""Calendar days as written: 5月1日, 10月2日-6日, 2026年1月1日, 元旦, 五一."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from classifier.rules.numbers import to_number
from classifier.values.records import Days

_M = r"(?:1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九])"
_D = r"(?:3[01]|[12]\d|0?[1-9]|三十一?|二?十[一二三四五六七八九]?|[一二三四五六七八九])"
_TO = r"\s*(?:-{1,2}|—{1,2}|–|~|到|至)\s*"
_DAYS = re.compile(
    rf"(?:(?P<year>20\d\d)\s*[年./-]\s*)?(?<!\d)(?P<month>{_M})\s*月\s*(?P<day>{_D})(?!几|来|多)\s*[日号]?(?:{_TO}(?:(?P<month2>{_M})\s*月\s*)?(?P<day2>{_D})\s*[日号]?(?!\s*[:点元块个节岁月年级]))?"
    rf"|(?<![\d.:/-])(?:(?P<dyear>20\d\d)[./-])?(?P<dmonth>1[0-2]|0?[1-9])[./](?P<dday>3[01]|[12]\d|0?[1-9]){_TO}(?:(?P<dmonth2>1[0-2]|0?[1-9])[./])?(?P<dday2>3[01]|[12]\d|0?[1-9])(?![\d.:/%]|\s*[元块万分])"
)
#: Festivals named; those with a fixed date carry it. 十一 alone is a number.
_FESTIVALS: tuple[tuple[str, str, tuple[int, int] | None], ...] = (
    ("元旦", r"元旦", (1, 1)), ("春节", r"春节|大年初[一二三]|除夕", None), ("清明节", r"清明(?!上河|北)", None),
    ("劳动节", r"(?<![\d一二三四五六七八九十周])五一(?![五班中小\d路])|劳动节", (5, 1)), ("端午节", r"端午", None), ("中秋节", r"中秋", None),
    ("国庆节", r"国庆(?!路|街|[北南东西]路)|十一(?:假期?|期间|长假|黄金周|小长假)", (10, 1)),
)  # fmt: skip
#: A deadline, an examination or an ordinary school's day is no day of lessons.
_NO_LESSON = re.compile(
    r"截[止至]|报名|前(?:付|交|回复|缴)|考试|中考|高考|开学|放假|休息|不上课|停课|放榜|出分|涨价|恢复原价|更新|发布|生日|成立|优惠|立减|活动价"
)


def read_days(text: str) -> Iterator[Days]:
    """Days of lessons, in order; deadlines, examinations and days off are left out."""
    found = [*_written(text), *_named(text)]
    yield from sorted(found, key=lambda days: (days.start, days.end))


def _written(text: str) -> Iterator[Days]:
    for match in _DAYS.finditer(text):
        dotted = match["dmonth"] is not None
        month, day = (match["dmonth"], match["dday"]) if dotted else (match["month"], match["day"])
        month2, day2 = (match["dmonth2"], match["dday2"]) if dotted else (match["month2"], match["day2"])
        first = _day(month, day)
        last = _day(month2 or month, day2) if day2 else first
        # 一月一盒, 一月一交: in Chinese numerals a day is one only with its 日 or 号.
        if not dotted and not month[0].isdigit() and match[0][-1] not in "日号":
            continue
        if first is None or last is None or (last < first and not month2) or _no_lesson(text, *match.span()):
            continue
        yield Days(
            start=match.start(),
            end=match.end(),
            year=int(match["year"] or match["dyear"]) if match["year"] or match["dyear"] else None,
            first=first,
            last=last,
            edge=first == last and _edge(text, *match.span()),
        )


def _named(text: str) -> Iterator[Days]:
    for name, pattern, day in _FESTIVALS:
        for match in re.finditer(pattern, text):
            if not _no_lesson(text, *match.span()):
                yield Days(start=match.start(), end=match.end(), year=None, first=day, last=day, festival=name)


#: Where a course of weeks begins or ends: that day of the week says nothing of its lessons.
_ENDS = re.compile(r"(?:到|至|~|-|—|截至|持续到|上到|学到|为止|最后一[天课])\s*$")
_BOUND = re.compile(
    r"\s*(?:[(（][^)）]{0,4}[)）])?\s*(?:第?[一二三四五六\d]\s*期|结[束课营业]|收官|为止|止(?!步)|封班|前后|[到至~—-]|起(?!步)|入营|开营|出营|离营)"
)


def _edge(text: str, start: int, end: int) -> bool:
    return _ENDS.search(text[max(0, start - 5) : start]) is not None or _BOUND.match(text, end) is not None


def _day(month: str, day: str) -> tuple[int, int] | None:
    m, d = to_number(month), to_number(day)
    if m is None or d is None:
        return None
    try:
        date(2024, int(m), int(d))  # a leap year: 2月29日 is a day
    except ValueError:
        return None
    return int(m), int(d)


#: The last line of a letter or notice: 启明学堂 2024年7月1日.
_SIGNED = re.compile(r"(?:\s*[一-龥]{2,14}(?:教育|学堂|中心|学校|工作室|机构|馆|园|宣|启))?\s*[(（]?\s*$")


def _signed(text: str, start: int, end: int) -> bool:
    """Whether a date closes the text on a line of its own, or behind who signs it."""
    if text[end:].strip(" )）\n。") or "\n" not in text[:start]:
        return False
    return _SIGNED.fullmatch(text[text.rfind("\n", 0, start) + 1 : start]) is not None


def _no_lesson(text: str, start: int, end: int) -> bool:
    if _signed(text, start, end):
        return True
    before = re.split(r"[，。！？；,!?;\n]", text[max(0, start - 8) : start])[-1]
    after = re.split(r"[，。！？；,!?;\n]", text[end : end + 6])[0]
    return bool(_NO_LESSON.search(before) or _NO_LESSON.search(after))
