"""When lessons are: weekends and holidays (holiday), end after half past eight (late)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from classifier.rules.context import denied
from classifier.rules.numbers import to_number
from classifier.rules.prefilter import gated
from classifier.types import Hit

#: Lessons on site end by 20:30, online by 21:00.
OFFLINE_END = (20, 30)

_HOLIDAY = gated(
    r"(?:每?逢?周|星期|礼拜)(?:[六日天末]|六日)|周六日|周末|双休日?|节假日|寒假|暑假|寒暑假|暑期|寒期|假期班|放(?:寒|暑)?假|小长假|(?:国庆|五一|元旦|春节|清明|端午|中秋)(?:期间|假|节|班|营|集训|七天|特训|\d)|七八月|[78]月(?:份|\d|底|初|中|开|班|营|,)|[腊正]月[初十廿二]|夏季(?:学期|班|营)|全年无休|(?:没有|没|无)周末|假期|(?<![小\d一二两三四五六七八九十几多今明去半每])年后|初[七八九]开课|新(?:初[一二三]|高[一二三]|[二三四五六七八九]年级)|准高一|准初一|[一二三四五六七八]升[二三四五六七八九]|冬令营|夏令营|暑托|寒托"
)
_CLOCK = gated(
    r"(?P<part>晚上?|夜里?|傍晚|晚间|深夜|下午|pm)?\s*(?P<hour>\d{1,2}|[一二两三四五六七八九十]{1,3})\s*(?:(?P<colon>[:：]\s*(?P<minute>[0-5]\d))|(?P<dian>[点时])\s*(?P<half>半|一刻|三刻|[0-5]?\d分?|[一二三四五]?十[一二三四五六七八九]?)?)"
)
_LATE_WORDS = gated(
    r"(?:上|学|讲|陪|开|盯|补|自习|延|留|守|教|辅导|营业|在线)[^，,。\n]{0,8}?(?:到|至)?(?:深夜|半夜|凌晨|夜里十|夜里九)|晚自习[^，,。\n]{0,8}(?:九|9|十|10|21|22)(?=\s*[点:：.])"
    r"|(?:上|学|讲|陪|练|补|教)到(?:夜里|很晚|半夜|深夜)|(?<!不上)(?<!没有)晚自习(?:后|下课|下了|回来|放学|结束|散)(?:以?后|再|由|直接)?[^，,。\n]{0,12}?(?:接(?!送到?家)|补|讲|辅导|开课|上课|来我|过来|加|再学|一对一)"
)
#: When a pupil may leave: 走的时间定的8:40, 最晚9点接.
_LEAVES = re.compile(r"(?:走的?时间|走人?|接人?|散[场伙]?|下课|收[工摊]|结束|关门|回家|到家|送回|放人)[^。\d\n]{0,7}$")
_EVENING = re.compile(r"放学|晚饭|饭后|晚上|晚托|晚辅|夜")
_DAY = gated(
    r"早\s*[五六七八九5-9][^，,。\n]{0,3}?(?:到|至|-)?\s*晚(?:上)?\s*(?P<hour>[九十]一?|十一|9|10|11)(?![\d个天年月日元])"
)
#: 7:00-9:00, which is evening where the text says so.
_RANGE = gated(
    r"(?<![\d:：])(?P<begin>[5-8])[:：点][0-5]?\d?半?\s*(?:-{1,2}|—{1,2}|–|~|～|到|至)\s*(?P<end>8|9|10)(?:[:：点](?P<minute>[0-5]\d)?)(?!\d)"
)
#: 晚7-10, 晚上七到九点半: an evening's range, minutes or none.
_EVENING_RANGE = gated(
    r"(?:晚上?|夜里?|晚间|傍晚|放学后?|课后)\s*(?P<begin>[4-9]|1[5-9]|[四五六七八九])(?:[:.：][0-5]\d|点半?)?\s*(?:-{1,2}|—{1,2}|–|~|～|到|至)\s*(?:晚上?|夜里?)?(?P<end>9|10|11|12|21|22|23|九|十[一二]?)(?P<minute>[:.：][0-5]\d|点半|半)?(?!\d|[年月日号岁人个名位元块周次节天课%]|\s*(?:元|块|年级|个|人))"
)
#: 晚七点起两个半小时, 19:30开课每次90分钟: an evening's beginning and how long it lasts.
_LASTING = gated(
    r"(?:(?:晚上?|夜里?)\s*(?P<hour>[5-9]|[五六七八九])(?:点|[:：])(?P<half>半|[0-5]\d)?|(?<![\d:])(?P<day>1[7-9]|2[01])[:：点](?P<minute>[0-5]\d)?)(?:分|钟)?[^。！!？?\n\d]{0,14}?(?P<long>\d{1,3}(?:\.5)?|[一两二三](?:个半)?|半)\s*(?P<unit>个?半?小时|个?半?钟头?|分钟)"
)
#: Nobody is done by half past eight who begins then: 最后一节八点, 20:10开课.
_BEGINS_LATE = re.compile(
    r"^\s*(?:分|整)?\s*(?:以?后|起|准时|钟)?\s*(?:再|才|还有|另有|加)?(?:开[课讲播始班]|上课|上线|起讲|直播|连麦|第[二三四]节|一[节班档场]|有课|排课|讲[题课])"
)
_LAST_CLASS = re.compile(
    r"(?:最后一?[节档班场课]+|最晚(?:一[节档班场])?|末班课?|第[三四五]节|晚[二三]|压轴课?)[^，。,!?\n]{0,5}$"
)
#: The digit one as a scanner reads it.
_SCANNED = gated(
    r"(?:-|—|~|到|至)\s*(?P<hour>2l(?=\s*[:：.]\s*[0-5o][0-9o])|2[12](?=\s*[:：.]\s*(?:o[0-9o]|[0-5]o)))\s*[:：.]\s*(?P<minute>[0-5o][0-9o])(?!\d)"
)
_SCHOOL_DAY = re.compile(r"放学|课后|自习|晚|工作日|周[一二三四五](?!至?周?[六日])[^六日末早午]{0,16}$|平时")
_NO_EVENING = re.compile(r"周[六日末]|早|上午|清晨|晨|寒假|暑假|暑期|寒期|假期|双休")
_PUPILS = re.compile(r"初[一二三中]|高[一二三中]|小学|[一二三四五六七八九]年级|作业|学生|孩子|中考|高考|语数|数学|物理")
_NOT_LESSON = re.compile(
    r"截[止至]|前回复|取件|停水|停电|抢|开售|熄灯|报名截|活动|直播带货|退房|客服|写到|骂到|磨蹭|熬到|玩到|收摊|睡觉|拍照|发给我|打给我|打我|联系|来电|价格|恢复|下定|有效|下单|止/|前交|门店|打烊|营业时间|起飞|发车|检票|体检|挂号|前说|接龙"
)


#: What follows a day without lessons: 周末歇, 双休日停课.
_OFF_THEN = re.compile(
    r"(?<![不无没])(?:不上课|休息|歇|停课|放假|不来|不用来|不开|不营业|放羊|除外|不补|不排课|双?休(?=[,，。；;！!、\s]|$))"
)


def find_times(text: str) -> Iterator[Hit]:
    """Hits holiday, and late with the hour read."""
    for match in _HOLIDAY.finditer(text):
        if not _OFF_THEN.search(text[match.end() : match.end() + 6]) and not denied(text, match.start()):
            yield Hit(name="holiday", start=match.start(), end=match.end())
    yield from _late(text)


def _late(text: str) -> Iterator[Hit]:
    for match in _LATE_WORDS.finditer(text):
        yield Hit(name="late", start=match.start(), end=match.end(), strength=0.7, note="晚于20:30")
    for match in _DAY.finditer(text):
        if re.search(r"客服|热线|电话|营业|门店|接单", text[max(0, match.start() - 8) : match.end() + 4]):
            continue
        hour = int(to_number(match["hour"]) or 9) + 12
        note = f"{hour:02d}:00，晚于20:30"
        yield Hit(name="late", start=match.start(), end=match.end(), strength=0.9, note=note)
    yield from _weekday_evenings(text)
    yield from _evening_ranges(text)
    yield from _lasting(text)
    evening = False
    last_end = -20
    for match in _CLOCK.finditer(text):
        near = match.start() - last_end <= 6
        last_class = bool(_LAST_CLASS.search(text[max(0, match.start() - 12) : match.start()]))
        evening = bool(match.group("part") and match.group("part")[0] in "晚夜傍深") or (evening and near) or last_class
        last_end = match.end()
        clock = _read(match, evening=evening, text=text)
        if clock is not None and (19, 50) <= clock <= OFFLINE_END and _begins(text, match):
            note = f"{clock[0]:02d}:{clock[1]:02d}开始，结束必晚于20:30"
            yield Hit(name="late", start=match.start(), end=match.end(), strength=0.8, note=note)
            continue
        if clock is None or not (OFFLINE_END < clock <= (24, 0)):
            continue
        around = text[max(0, match.start() - 10) : match.end() + 8]
        if _NOT_LESSON.search(around):
            continue
        ends = near or re.search(
            r"(?:到|至|-|—|–|~|～|直到|延长到|延到|止|结束|放学|下课|接|关门)\s*(?:晚上?|夜里?)?$",
            text[max(0, match.start() - 5) : match.start()],
        )
        note = f"{clock[0]:02d}:{clock[1]:02d}，晚于20:30"
        yield Hit(name="late", start=match.start(), end=match.end(), strength=0.9 if ends else 0.65, note=note)


def _begins(text: str, match: re.Match[str]) -> bool:
    """Whether a class is said to begin at the hour, and at no deadline or sale."""
    before, after = text[max(0, match.start() - 12) : match.start()], text[match.end() : match.end() + 10]
    if _NOT_LESSON.search(before + match.group() + after):
        return False
    return bool(_BEGINS_LATE.match(after) or _LAST_CLASS.search(before))


def _evening_ranges(text: str) -> Iterator[Hit]:
    """晚7-10: the end is an evening's whatever the numbers lack."""
    for match in _EVENING_RANGE.finditer(text):
        begin, end = to_number(match["begin"]), to_number(match["end"])
        if begin is None or end is None or _NOT_LESSON.search(text[max(0, match.start() - 8) : match.end() + 6]):
            continue
        hour = int(end) + 12 if end <= 12 else int(end)
        words = match["minute"] or ""
        clock = (hour, 30 if words.endswith("半") else int(words[1:]) if words[1:].isdigit() else 0)
        if clock > OFFLINE_END and (begin + 12 if begin < 12 else begin) < hour:
            note = f"{clock[0]:02d}:{clock[1]:02d}，晚于20:30"
            yield Hit(name="late", start=match.start(), end=match.end(), strength=0.9, note=note)
    for match in _SCANNED.finditer(text):
        if _NOT_LESSON.search(text[max(0, match.start() - 10) : match.end() + 6]):
            continue
        read = f"{match['hour']}:{match['minute']}".replace("l", "1").replace("o", "0")
        yield Hit(name="late", start=match.start(), end=match.end(), strength=0.8, note=f"{read}，晚于20:30")


def _lasting(text: str) -> Iterator[Hit]:
    """An evening's beginning with its length, added up."""
    for match in _LASTING.finditer(text):
        if match["day"]:
            begins = int(match["day"]) * 60 + int(match["minute"] or 0)
        else:
            half = match["half"] or ""
            begins = int(to_number(match["hour"]) or 0) * 60 + 720 + (30 if half == "半" else int(half or 0))
        words, unit = match["long"], match["unit"]
        number = 0.5 if words == "半" else to_number(words.removesuffix("个半"))
        if number is None:
            continue
        minutes = number if unit == "分钟" else (number + 0.5 * (words.endswith("个半") or "半" in unit)) * 60
        ends = begins + int(minutes)
        if not 20 <= minutes <= 300 or ends <= 20 * 60 + 30 or _NOT_LESSON.search(match.group()):
            continue
        note = f"{ends // 60:02d}:{ends % 60:02d}，晚于20:30"
        yield Hit(name="late", start=match.start(), end=match.end(), strength=0.85, note=note)


def _weekday_evenings(text: str) -> Iterator[Hit]:
    """7:00-9:00 of a school day's class, which no pupil can attend before noon: 晚 is left out."""
    for match in _RANGE.finditer(text):
        before = text[max(0, match.start() - 24) : match.start()]
        if not _SCHOOL_DAY.search(before) or _NO_EVENING.search(before) or not _PUPILS.search(text):
            continue
        clock = (int(match["end"]) + 12, int(match["minute"] or 0))
        if clock > OFFLINE_END:
            note = f"{clock[0]:02d}:{clock[1]:02d}，晚于20:30"
            yield Hit(name="late", start=match.start(), end=match.end(), strength=0.8, note=note)


def _read(match: re.Match[str], *, evening: bool, text: str) -> tuple[int, int] | None:
    number = to_number(match.group("hour"))
    if number is None or number > 24:
        return None
    hour = int(number)
    minute = 0
    if match.group("minute"):
        minute = int(match.group("minute"))
    elif match.group("half"):
        half = match.group("half").rstrip("分")
        minute = {"半": 30, "一刻": 15, "三刻": 45}.get(half, int(to_number(half) or 0))
    if hour <= 12:
        before = text[max(0, match.start() - 26) : match.start()]
        after_school = not re.search(r"(?:早|上午|清晨)[^。晚夜下\n]{0,12}$", before) and bool(
            re.search(
                r"(?:放学|晚|夜|下班|四点|4点|五点|5点|六点|6点|七点|7点|17|18|19)[^。\n]{0,24}$",
                before,
            )
        )
        leaves = bool(_LEAVES.search(before)) and bool(_EVENING.search(text[: match.start()])) and "早" not in before
        if not (evening or ((after_school or leaves) and 8 <= hour <= 11)):
            return None
        hour = hour + 12 if hour < 12 else 24
    return hour, minute % 60
