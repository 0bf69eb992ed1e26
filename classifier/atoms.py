# ruff: noqa: E501 (regular expressions: alternatives read better unbroken)
"""What is quoted whole or not at all: words as the segmenter cuts them, numbers with currency and unit, ordinals.

A quote whose edge lies inside one of these shows an officer something the text does not say: 第二 out of 第二期,
￥1 out of ￥1.98万, 读写 out of 阅读写作. `Atoms` says of a place whether it is so cut, and grows it to whole ones.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable
from functools import cached_property, lru_cache

import rjieba

from classifier.evidence import Place

#: A place is looked at with so many characters either side.
_REACH = 40
#: Longer texts are cut into words up to here; places beyond are taken as they are.
_LONGEST = 8_000
_NUMERALS = frozenset("零〇一二两三四五六七八九十百千万")
_DIGITS = frozenset("0123456789")
_POINTS = frozenset(".,:：")
_CURRENCY = frozenset("¥￥$")
_UNIT = (
    r"(?:元钱?|块钱?|圆|rmb|人民币|大洋|%|％|分钟|个?(?:半)?小时|个?多?月|课时|讲(?![解课台的])|个?学期|学年|个?季度|个?(?:星期|礼拜)|周(?![一二三四五六日末])|天|年级|年|岁|号楼?|日(?!语)"
    r"|点半?|[名位](?!额|师|校)|人|个(?!性)|[节次堂]课?|期|届|分(?!\d|校|班|店|部|析|数|层|期|享|档)|[科门套本张份页楼层室米字篇首道遍回折成倍h])"
)
_PER = r"(?:[ \t]*/[ \t]*(?:个)?(?:人|次|节课?|月|h|小时|课时|期|科|门|天|周|学期|年|位|时|晚)|[ \t]*(?:一|每)[ \t]*(?:个)?(?:分钟|次(?!性?[付交缴结还]|性)|节课?|月|小时|课时|期|科|门|天|学期|年|钟头))"
#: What goes on with a number that a quote ends with.
_TAIL = re.compile(rf"[ \t]?[万千百亿wk]?(?![a-z])[多余来几]?[ \t]?(?:{_UNIT})?(?:{_PER})?\+?")
_PER_ONLY = re.compile(_PER)
#: 9块9, 三块五.
_CENTS = re.compile(r"[1-9一二三四五六七八九](?![\d十百千万])(?!天|节|次|课|人|个)")
#: A number that a quote begins with may be the end of a range.
_RANGE = re.compile(
    r"(?:\d{1,5}(?:\.\d+)?|[一二两三四五六七八九十百]{1,4})\s*[元块点分岁]?\s*(?:-{1,2}|~|～|—{1,2}|–|至|到)\s*$"
)
#: 早鸟4280到8月20号: a sum until a day is no range of days.
_MONTH = re.compile(r"\d{1,2}月")
_THOUSANDS = re.compile(r",\d{3}(?!\d)")
_LONG = re.compile(r"\d{4}")
_RANGE_ON = re.compile(r"(?:-|~|～|—|–|至|到)\d{1,4}(?:\.\d+)?(?=[岁元块人名个节点分]|年级|[，,。;；、)）]|$)")
_AMOUNT_BEFORE = re.compile(
    r"(?:[¥￥]\s*)?(?:\d[\d,]*(?:\.\d+)?|[零一二两三四五六七八九十百千万]+|x{1,6})\s*[万千]?(?:元|块)?钱?\s*$"
)
#: 5月1日前, 减200: the day goes with its 前, the sum with what takes it off.
_DATE = re.compile(
    r"(?:(?:\d{1,2}|[一二三四五六七八九十]{1,3})月(?:(?:\d{1,2}|[一二三四五六七八九十]{1,3})[日号]?|底|初)?|\d{1,2}[日号])(?:之|以)?$"
)
_SUM_OFF = re.compile(r"\s?[¥￥]?\d{1,5}(?!\s?\d)(?:元|块)?")
#: Counted things that make an ordinal another matter than a rank: 第二 of 第二期.
_NO_RANK = frozenset("期回次课节单轮讲天周章册集步届批排页代部段阶")
#: 一次, 一月 after a sum: what it is for.
_ONCE = tuple("次月年期科人位节门家套天学课对整")
#: Compounds of the trade that the segmenter does not know.
_COMPOUND = re.compile(
    r"国学(?=养)|月考(?=试卷)|初高中|线上线下|(?:语文|数学|英语|物理|化学|文学)(?=期[中末])|中高考|小初高|期[中末]考试?|(?:语数[英外]?|数[英理]|数?物化|政史|(?<!历)史地|理化|生地)[语数外英物化生政史地理]*(?!家|学)|[提满保]分班|串讲课|(?:陪|辅导)?[写做]作业(?!本)|[一二两三四]科|[一二三四五六七八九]{2,}年级|周中班|一对[一二三四多]|[新准]?(?<![期身月年])[初高][一二三](?![次米])|[语数英物化](?:数|英|化)?[英理化]?科"
)
#: Longer words that speak of something else than the word within them, by kind: a person, a brand, a name or a place
#: that only contains it, the beginning of a term or of a month, a height.
_ANOTHER = re.compile(
    r"(?:语文|数学|英语|物理|化学|生物|历史|地理|政治|科学|学)(?:课|科)?(?:课代表|代表|委员)|学习委员"
    r"|作业(?:帮(?![你您孩娃忙写看管检辅盯着做批改对家他她它补])|盒子|精灵)|一起作业|学而思|猿辅导"
    r"|(?:训练|练习|练车|赛)场|(?:本地|外地|当地|省内|外省|[东西南北京]京)理工|门店(?:价|店?经理|自提|招聘)"
    r"|(?:学期|每月|月|年)初[一二三](?=[次天日起个笔过前后])|周中班|[身增长最个]高[一二三](?=[米\d零一二三四五六七八九十])|高[一二三]米|(?:他|她|我|你|咱)[俩们仨]一块儿?(?![钱\d])"
)
_SURNAMES = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范石廖贾夏韦付邹孟熊秦邱江尹薛闫段侯龙史陶黎贺顾毛郝龚邵钱严覃武戴莫孔向汤牛"
)
_HAN = re.compile(r"[一-龥](?<![零〇一二两三四五六七八九十百千万元块第])")
_TITLE = re.compile(r"[一-龥](?:园长|校长|老师|主任|教练|总监)")


class Atoms:
    """The uncuttable stretches of one restored text."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._grown: dict[Place, Place] = {}
        #: What was found out about places of this text, by who asks; several rooms ask about the same.
        self.told: dict[tuple[str, Place], bool] = {}

    @cached_property
    def _bounds(self) -> list[int]:
        """Where words begin and end, in order."""
        text = self._text[:_LONGEST]
        bounds, place = {0}, 0
        for word in rjieba.cut(text, False):  # dictionary words only: guessed ones (两科减) are none
            place += len(word)
            bounds.add(place)
        for match in _COMPOUND.finditer(text):
            bounds -= set(range(match.start() + 1, match.end()))
            bounds |= {match.start(), match.end()}
        return sorted(bounds)

    def _word_at(self, place: int) -> Place | None:
        """The word that has `place` strictly inside; None at a boundary."""
        bounds = self._bounds
        if place >= bounds[-1]:
            return None
        right = bisect_left(bounds, place)
        if bounds[right] == place:
            return None
        word = bounds[right - 1], bounds[right]
        inner = self._text[slice(*word)]
        return word if inner.strip() and not inner.isascii() else None

    def splits_word(self, start: int, end: int) -> bool:
        """Whether a word lies across an edge of the place, partly within and partly outside it.

        A word that holds the whole place is no such: 数学 in 数学课 is only grown.
        """
        for edge in (start, end):
            word = self._word_at(edge)
            if word and not (word[0] <= start and end <= word[1]):
                return True
        return False

    def ends_word(self, start: int, end: int) -> bool:
        """Whether the place is only the end of one longer word: 客厅 of 会客厅."""
        word = self._word_at(start)
        return word is not None and end <= word[1]

    @cached_property
    def _others(self) -> list[Place]:
        return [match.span() for match in _ANOTHER.finditer(self._text)]

    def of_another(self, start: int, end: int) -> bool:
        """Whether the place is only part of a longer word that says something else: 数学 in 数学课代表."""
        return any(low < end and start < high and (low < start or end < high) for low, high in self._others)

    def splits_name(self, start: int) -> bool:
        """Whether the place begins with what looks like a surname but ends another word: 牛园长 in 蜗牛园长."""
        text = self._text
        if text[start] not in _SURNAMES or not _TITLE.match(text, start):
            return False
        word = self._word_at(start)
        return word is not None and word[1] == start + 1

    def splits_number(self, start: int, end: int) -> bool:
        """Whether an edge changes a number's value or an ordinal's sense."""
        text = self._text
        if start > 0 and (_runs_on(text, start) or (text[start] in _DIGITS and text[start - 1] in _CURRENCY)):
            return True
        if end >= len(text):
            return False
        if _runs_on(text, end):
            return True
        last = text[end - 1]
        if last not in _DIGITS and last not in _NUMERALS and last != "x":
            return False
        if text[end] in "万千k" and last in _DIGITS | {"x"}:
            return True
        return self._no_rank(end)

    def _no_rank(self, end: int) -> bool:
        """Whether an ordinal that ends here goes on to count something: 第二 of 第二期."""
        text = self._text
        number = _number_start(text, end)
        return number > 0 and text[number - 1] == "第" and text[end : end + 1] in _NO_RANK

    def misread(self, start: int, end: int) -> bool:
        """Whether a rule has read a number that is not there: an ordinal of something else, or part of a bare sum.

        Where more words than the number bear the claim (进不了面退2500 read up to 退2), the number is only grown.
        """
        if not self.splits_number(start, end):
            return False
        while start and self._text[start - 1] in _CURRENCY | {"x"}:  # ¥9.9 and a masked xx折 are read rightly
            start -= 1
        if not self.splits_number(start, end):
            return False
        return self._no_rank(end) or len(_HAN.findall(self._text[start:end])) < 2

    def whole(self, start: int, end: int) -> Place:
        """The place grown to whole numbers with their units, and to whole words, within its line."""
        place = start, end
        if place not in self._grown:
            self._grown[place] = self._whole(start, end)
        return self._grown[place]

    def _whole(self, start: int, end: int) -> Place:
        for _ in range(3):
            grown = self._words(*self._numbers(start, end))
            if grown == (start, end):
                break
            start, end = grown
        return start, end

    def _numbers(self, start: int, end: int) -> Place:
        text = self._text
        if (text[start] == "/" or self._unit_begins(start)) and (
            before := _AMOUNT_BEFORE.search(text[max(0, start - 16) : start])
        ):
            start -= len(before[0])
        while start and _runs_on(text, start):
            start -= 1
        if text[start] in _DIGITS | _NUMERALS | {"x"}:
            if start and text[start - 1] in _CURRENCY | {"第"}:
                start -= 1
            elif (before := _RANGE.search(text[max(0, start - 10) : start])) and not _MONTH.match(text, start):
                start -= len(before[0])
        if text[start] == "前" and (date := _DATE.search(text[max(0, start - 8) : start])):
            start -= len(date[0])
        if text[end - 1] in "减返省抵" and (off := _SUM_OFF.match(text, end)):
            end = off.end()
        while end < len(text) and _runs_on(text, end):
            end += 1
        if text[end - 1] in _DIGITS and (range_ := _RANGE_ON.match(text, end)):
            end = range_.end()
        if self._counts(end) and (tail := _TAIL.match(text, end)):
            end = tail.start() + len(tail[0].rstrip())
        elif text[end - 1] in "元块" and (rest := _CENTS.match(text, end) or _PER_ONLY.match(text, end)):
            end = rest.end()
        return start, end

    def _unit_begins(self, start: int) -> bool:
        """Whether the place begins with the unit of the number before it: 人一班 of 18人一班, 年后 of 二十三年后."""
        text = self._text
        before = text[start - 1 : start]
        if text[start] in "元块":
            return before in _DIGITS | _NUMERALS | {"x"}
        return before in _DIGITS and text[start] in "人名个位分节次年天岁期科点"

    def _counts(self, end: int) -> bool:
        """Whether what ends here is a number: digits, or numerals that are a word of their own."""
        text = self._text
        last = text[end - 1]
        if last in _DIGITS or (last == "x" and not text[end : end + 1].isascii()):
            return True
        if last not in _NUMERALS:
            return False
        first = _number_start(text, end)
        return (first in self._bounds_set or text[first - 1 : first] == "第") and text[end - 2 : end] != "对一"

    @cached_property
    def _bounds_set(self) -> frozenset[int]:
        return frozenset(self._bounds)

    def _words(self, start: int, end: int) -> Place:
        word = self._word_at(start)
        counted = self._text[start] in _NUMERALS and self._text[start + 1 : start + 2] in "折成"
        if word and start - word[0] <= 4 and not counted:
            start = word[0]
        word = self._word_at(end)
        if word and word[1] - end <= 4:
            end = word[1]
        while start and _latin(self._text, start):
            start -= 1
        while end < len(self._text) and _latin(self._text, end):
            end += 1
        return start, end


def merge(places: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Places in order, overlapping ones joined."""
    joined: list[tuple[int, int]] = []
    for start, end in sorted(places):
        if joined and start < joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined


@lru_cache(maxsize=4)
def atoms_of(text: str) -> Atoms:
    """The atoms of a text; the last few are kept, since one text is asked about by several rooms."""
    return Atoms(text)


def _latin(text: str, place: int) -> bool:
    """Whether a Latin word goes on across `place`; masks (xx) count as numbers."""
    before, after = text[place - 1], text[place]
    return before.isascii() and after.isascii() and before.isalpha() and after.isalpha()


def _runs_on(text: str, place: int) -> bool:
    """Whether one number goes on across `place`."""
    before, after = text[place - 1], text[place]
    if before in _DIGITS and after in _DIGITS:
        return True
    if before in _NUMERALS and after in _NUMERALS:
        # 一万二 一次缴: the last numeral counts something else
        return not (after == "一" and text[place + 1 : place + 2] in _ONCE)
    if before == "x" and after == "x":
        return True
    if before in "初廿" and after in _NUMERALS and text[place - 2 : place - 1] in ("月", "至", "到", "—", "-"):
        return True
    if after in _DIGITS | {"x"} and before in _POINTS and place >= 2 and text[place - 2] in _DIGITS | {"x"}:
        return before in ".:：" or _thousands(text, place - 1)
    if before in _DIGITS | {"x"} and after in _POINTS and place + 1 < len(text) and text[place + 1] in _DIGITS | {"x"}:
        return after in ".:：" or _thousands(text, place)
    return False


def _thousands(text: str, comma: int) -> bool:
    """Whether a comma parts thousands: 12,800 is one number, 29800,360分 are two."""
    return _THOUSANDS.match(text, comma) is not None and not _LONG.search(text[max(0, comma - 4) : comma])


def _number_start(text: str, end: int) -> int:
    """Where the run of digits or numerals that ends at `end` begins."""
    start = end - 1
    kind = _DIGITS if text[start] in _DIGITS else _NUMERALS if text[start] in _NUMERALS else frozenset("x")
    while start and text[start - 1] in kind:
        start -= 1
    return start
