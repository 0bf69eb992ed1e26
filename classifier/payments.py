# ruff: noqa: E501 (regular expressions: alternatives read better unbroken)
"""What is quoted for money asked: a sum whole, with what it pays for and its period; else what says that one pays."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from classifier.atoms import atoms_of
from classifier.clauses import CLAUSE_END
from classifier.document import Document
from classifier.elements import belongs, owned
from classifier.evidence import Place, clause_around
from classifier.values.fees import read_fees, read_lone_sums

#: Longer texts without one word of money are not read for bare sums.
_SHORT = 4_000
_SUM = re.compile(r"[\d零一二两三四五六七八九十百千万]|x{1,6}")
#: Said by who takes the money, with or without a sum.
_STATED = re.compile(
    r"收费(?!标准)|缴费|交费|付费|付款|收(?:钱|现金)|报名费|定金|订金|押金|扫码付|转账|[平均分]摊|摊下来|辛苦钱|茶钱|束脩|课时费|月费|价格?(?:美丽|好说|私聊|面议|从优)|不贵|心意"
)
_TUITION = re.compile(r"学费|费用")
_ASKED = re.compile(
    r"[^，。,;；!！?？\n]{0,3}(?:[按每交缴付收照见]|面[谈议]|私[聊信]|与|和|不变|统一|一次|从[低优]|[:：]|由)"
)
_COUNTED = r"(?:次课?|节课?|课时?|讲|堂|天|周|小时|晚)"
#: A number that can be a sum: marked as money, in hundreds, or of two digits that count nothing else.
_AMOUNT = re.compile(
    rf"[¥￥$]\s*[\dx]|[\dx](?:\.\d+)?\s*(?:元|块|圆|蚊|rmb|万|千|百|k(?![a-z])|w(?![a-z]))|x{{2,}}|[一二两三四五六七八九几][百千万]|[一二三四五六七八九]?十[一二三四五六七八九]?(?!\s*(?:次|节|分|人|名|位|天|岁|期|课|年|月|讲|套|篇))"
    rf"|[一二两三四五六七八九]块|\d[ \t]*/[ \t]*(?:次|节|课时|小时|时|人|天|月|期|科)|(?:节|次|月|期|小时)[一二两三四五六七八九]张|(?<![\d.])\d(?: \d){{1,5}}(?![ ]?[\d折次节课点])|(?<![\d.])(?<!\d:)\d{{2,6}}(?:\.\d+)?(?![\d.:：%+]|\s*(?:{_COUNTED}|人|名|位|分|期|岁|年|点|题|页|篇|套|本|月|级|号|米))"
)
#: Free of charge, however it is written.
_ZERO = re.compile(r"(?<![\d.])0+(?:\.0+)?\s*(?:元|块|圆)?(?![\d.])")
#: What a lesson on trial costs says nothing of the course.
_TRIAL = re.compile(r"试[听学课]|体验|首[诊次节课]|引流|尝鲜")
#: What a word of money goes on to: 一期|20次1600, 一篇|40, 学费|xx80一期.
_ONWARD = re.compile(
    rf"[ \t]*[:：]?[ \t]*(?:一|每)?(?:期|篇|科|学期|个?月|年|人|次)?[ \t]*[(（]?(?:\d{{1,3}}[ \t]*{_COUNTED})?[)）]?[ \t]*[:：]?[ \t]*(?:共|合计|只要|仅)?[ \t]*(?:[¥￥][ \t]*)?(?:[\dx]{{2,6}}|[一二两三四五六七八九][百千]?[一二三四五六七八九]?[十百])(?:\.\d+)?(?![ \t]*(?:{_COUNTED}|人|名|分|岁|年|点|[:：]\d))[ \t]*(?:元|块|蚊)?(?:[ \t]*(?:/|一|每)[ \t]*(?:期|次|节|月|年|学期|小时|人|科|课时))?"
)
#: The time or the number of lessons in front of a sum: 一学期(16次)|3200元, 包月12次|1500.
_LEADING = re.compile(
    rf"(?:(?:一|每|整|全|半|两|三|包)个?(?:学期|学年|季度?|期|年|月)[ \t]*)?(?<![/\d])[(（]?(?:\d{{1,2}}[ \t]*天[ \t]*)?\d{{1,3}}[ \t]*{_COUNTED}[)）]?[ \t]*[:：,，]?[ \t]*\Z|(?:一|每|整|全|半|两|三|包)个?(?:学期|学年|季度?|期|年|月)[ \t]*[:：]?[ \t]*\Z"
)
#: How many lessons it buys: 1999|/24节.
_BUYS = re.compile(rf"[ \t]*/[ \t]*\d{{1,3}}[ \t]*{_COUNTED}")
#: Lessons given on top: 60节6900|(送10节).
_WITH_GIFT = re.compile(
    rf"[ \t]*(?:元|块)?[ \t]*[(（,，]?[ \t]*(?:另|再|加|额外)?[送赠][ \t]*(?:\d{{1,3}}|[一二两三四五六七八九十]{{1,2}})[ \t]*{_COUNTED}[)）]?"
)
#: 只交一次:3680元: how often, and no price of one.
_ONCE = re.compile(r"(?:每|一)(?:次|位)[ \t]*[:：][ \t]*")
#: Digits of a poster set apart: 7 8 |0 元.
_APART = re.compile(r"(?<![\d.])(?:[\do] ){1,5}\Z")


def paid_places(doc: Document) -> list[Place]:
    """Where money is asked for lessons, in a text known to ask for it: sums, else lone numbers, else words of money.

    A sum stands whole, with its period or number of lessons; one for a lesson on trial only where no other is named.
    """
    text = doc.text
    said = [(hit.start, hit.end) for hit in doc.named("paid")]
    fees = [(fee.start, fee.end) for fee in read_fees(text)] if said or len(text) < _SHORT else []
    sums = owned("paid", text, _whole_sums(text, [place for place in [*fees, *said] if _SUM.search(text, *place)]))
    words = owned("paid", text, [place for place in said if not _SUM.search(text, *place)])
    words = [_onward(text, place) for place in words]
    stated = [place for place in words if _stated(text, place)]
    return sums or _lone(text) or stated or words


#: The last resort of a text known to ask for money: a number as fees are, behind which nothing is counted.
_AS_FEES_ARE = re.compile(
    r"(?<![\d.:：\-~～xX×*a-zA-Z#第年码位号线满到至→])(?!20[0-3]\d)[1-9]\d{1,3}(?:00|80|88|50|99|98|90)(?![\d.:：~～%+a-zA-Z*×万]|\s*[年月日号天点分名人个位节课次堂讲词字句级岁米度届期道题页篇本册套班楼室栋层平秒组家例种遍斤里])"
)


def _lone(text: str) -> list[Place]:
    """Sums that nothing marks as money, whole like the others."""
    for places in (read_lone_sums(text), (match.span() for match in _AS_FEES_ARE.finditer(text))):
        found = list(places)
        if sums := owned("paid", text, _whole_sums(text, found)) or owned("paid", text, found):
            return sums
    return []


def _whole_sums(text: str, places: Iterable[Place]) -> list[Place]:
    """Sums with what belongs to them; what holds no amount and leads to none is left out."""
    found = [whole for place in places if (whole := _whole_sum(text, place))]
    dear = [place for place in found if not _on_trial(text, place)]
    return [place for place in dear or found if not any(_within(place, other) for other in dear or found)]


def _within(place: Place, other: Place) -> bool:
    return place != other and other[0] <= place[0] and place[1] <= other[1]


def _on_trial(text: str, place: Place) -> bool:
    head = clause_around(text, *place, CLAUSE_END, before=5, after=0)[0]
    return _TRIAL.search(text, head, min(len(text), place[1] + 4)) is not None


def _whole_sum(text: str, place: Place) -> Place | None:
    if not belongs("paid", text, place):
        return None
    start, end = atoms_of(text).whole(*place)
    apart = _APART.search(text, max(0, start - 12), start) if text[end - 1] != "折" else None
    if apart:
        start = apart.start()
    if once := _ONCE.match(text, start, end):
        start = once.end()
    zero = _ZERO.search(text, start, end)
    if zero and not _AMOUNT.search(text[start:end].replace(zero[0], "")) and not apart:
        return None
    if not _AMOUNT.search(text, start, end) and not apart:
        further = _ONWARD.match(text, end)
        if further is None:
            return None
        end = further.end()
    if more := _BUYS.match(text, end):
        end = more.end()
    if gift := _WITH_GIFT.match(text, end):
        end = gift.end()
    if lead := _LEADING.search(text, max(0, start - 16), start):
        start = lead.start()
    return start, end


def _onward(text: str, place: Place) -> Place:
    """A word of money with the sum right behind it, masked as it may be: 学费|xx80一期."""
    further = _ONWARD.match(text, place[1])
    return (place[0], further.end()) if further and "x" in further[0] else place


def shows_fee(doc: Document, places: Sequence[tuple[int, int]]) -> bool:
    """Whether these words of money prove that lessons are paid for: a sum, a deposit, a plain statement.

    优惠, 次卡 and the bare word 学费 are heard of what costs nothing, too.
    """
    return any(_SUM.search(doc.text, *place) or _stated(doc.text, place) for place in places)


def _stated(text: str, place: tuple[int, int]) -> bool:
    start, end = place
    return _STATED.search(text[start:end]) is not None or (
        _TUITION.search(text[start:end]) is not None and _ASKED.match(text[end : end + 8]) is not None
    )
