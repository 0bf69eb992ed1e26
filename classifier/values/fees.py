# ruff: noqa: E501 (regular expressions: alternatives read better unbroken)
"""Sums of money asked for lessons, with what they are for: 每课时150元, 192课时 2.1万, 一学期4800."""

from __future__ import annotations

import re
from collections.abc import Iterator

from classifier.rules.numbers import NUMBER, to_number
from classifier.values.records import Fee

_UNIT = r"(?:元钱?|块钱?|圆|蚊|大洋|rmb|人民币)"
_PER_WORDS: dict[str, str] = {
    "课时": "lesson", "节课": "lesson", "节": "lesson", "堂课": "lesson", "堂": "lesson", "次课": "lesson", "次": "lesson",
    "讲": "lesson", "课": "lesson", "小时": "hour", "钟头": "hour", "粒钟": "hour", "时": "hour", "个钟": "hour", "h": "hour", "天": "day", "日": "day", "晚": "day",
    "周": "week", "星期": "week", "个月": "month", "月": "month", "学期": "term", "个学期": "term", "季度": "quarter",
    "季": "quarter", "学年": "year", "年": "year", "期": "period", "科": "period", "门": "period", "人": "person",
    "位": "person", "生": "person", "个孩子": "person", "名": "person",
}  # fmt: skip
_PER = "|".join(sorted(_PER_WORDS, key=len, reverse=True))
#: A sum with its own mark of money.
_MARKED = rf"(?:[¥￥]\s*(?P<sign>{NUMBER})|(?<!\d)(?<!\d[:.])(?P<plain>{NUMBER})\s*(?P<unit>{_UNIT}))"
#: 万, 千 and k make a sum where nothing else is counted by them.
_LARGE = r"(?<!\d)(?<!\d[:.])(?P<large>\d+(?:\.\d+)?\s*[万w](?![a-z家人名字词户多余])(?:[一二三四五六七八九](?!\d))?|\d+(?:\.\d+)?k(?![a-z\d])|[一二两三四五六七八九]万[一二三四五六七八九]?(?:千[一二三四五六七八九]?)?(?![人名家字词户])|[一二两三四五六七八九]千[一二三四五六七八九]百?(?![人名家字词户]))"
_AFTER = rf"(?:\s*(?:/|每|一|per)\s*(?P<after>{_PER})(?![一-鿿]?级))?"
_BEFORE = rf"(?:(?P<each>每|一|单|按)\s*个?(?P<before>{_PER})(?:课)?\s*(?:只?要|收费?|学费|费用|仅需?|共|合计|[:：=]|平均)?\s*)"
_FEE_WORD = r"(?:学费|收费|费用|课时费|总价|价格|全款|套餐价?|打包价?|一口价|团购价?|优惠价|正价|现(?:价|在|只要)?(?=\s*[:：]?\d{3})|现价|特价|年费|月费|半年费|季度费|学期费|定金|报名费|只要|仅需|一次交清?|一次性?交|付清)"
_FEES = re.compile(
    rf"{_BEFORE}?(?:{_MARKED}|{_LARGE}){_AFTER}"
    rf"|(?P<each2>每|一|单)\s*个?(?P<before2>{_PER})(?:课)?\s*(?:只?要|收费?|学费|仅需?|[:：=])?\s*(?P<bare>\d{{2,6}}(?:\.\d+)?|[一二两三四五六七八九]百[一二三四五六七八九]?十?|[一二两三四五六七八九]千[一二三四五六七八九]?百?|[二三四五六七八九]十[五八]?(?=[，,。；;！!、\s]|$))(?![\d.:]|[一-鿿]?[年月日号点分名人个节次课词字级岁米%届中小高]|[套本份篇首张道题批家所场])"
    rf"|(?<![\d.])(?P<bare3>\d{{2,6}}(?:\.\d+)?|[一二两三四五六七八九]百[一二三四五六七八九]?十?|[一二两三四五六七八九]千[一二三四五六七八九]?百?)\s*(?:/|每|一)\s*(?:个|[1-3两二](?:个|\.5)?)?(?P<after3>{_PER})(?![一-鿿]?级)"
    rf"|(?P<word>{_FEE_WORD})\s*[:：]?\s*(?P<bare4>\d{{2,6}}(?:\.\d+)?|[一二两三四五六七八九]百[一二三四五六七八九]?十?|[一二两三四五六七八九]千[一二三四五六七八九]?百?)(?![\d.:]|\s*[年月日号点分人个节次课词字级岁米%届折元块圆万千kw]|\s*名(?!额))"
    rf"|(?P<length>半年|全年|整年|[一两二三]年|{NUMBER}\s*个月|\d{{1,3}}\s*天|暑假|寒假|全程|全套)\s*(?:只?要|收|仅需?|共|[:：])?\s*(?P<bare5>[1-9]\d{{2,4}})(?![\d.:]|\s*[年月日号点分人个节次课词字级岁米%届折元块圆万千kw天]|\s*名(?!额))"
)
#: Wages, rents, fines, prizes: sums that nobody pays for lessons.
_NO_FEE = re.compile(
    r"月薪|底薪|时薪|薪资|工资|提成|首付|月租|租金|房租|罚款|罚|奖金|奖学金|补贴|立减|减免?|优惠|返现?|省|抵|原价|价值|舍得"
)
#: 月薪6000-9000元: the wage stands before the whole range.
_WAGE = re.compile(r"(?:薪|工资|底薪|月入|月收入|待遇|提成)[^，,。；;\n]{0,14}$")
_WORD_PER = {"课时费": "lesson", "年费": "year", "月费": "month", "季度费": "quarter", "学期费": "term"}


#: xx80元, 1xx0元: some digits are masked, so the number is no value.
_MASKED = re.compile(r"[x*]\d|\d[x*]+\d")


def read_fees(text: str) -> Iterator[Fee]:
    """Sums asked, in order; wages, rents, discounts and struck prices are none."""
    for match in _FEES.finditer(text):
        yuan = _yuan(match)
        if yuan is None or not 1 <= yuan <= 1_000_000:
            continue
        if _MASKED.search(text[max(0, match.start() - 2) : match.start()] + match[0]):
            continue
        if _NO_FEE.search(text[max(0, match.start() - 5) : match.start()] + match[0]) and not match["before"]:
            continue
        if _WAGE.search(text[max(0, match.start() - 18) : match.start()]):
            continue
        start, end = match.span()
        end -= len(match[0]) - len(match[0].rstrip())
        yield Fee(start=start, end=end, yuan=yuan, per=_per(match))


#: A number that may be a price though nothing marks it as money: 6次课1280, 单买 6999, 每科4人。180。, 混班，九百六。
_LONE = re.compile(
    r"(?<![\d.:：\-~～xX×*a-zA-Z#第年码位号])(?P<number>[1-9]\d{1,4}(?!\d)|[一二两三四五六七八九][百千][一二三四五六七八九]?[十百]?(?![一二三四五六七八九十百千万]))"
    r"(?![.:：~～%℃+a-zA-Z*×百千万多来几余]|\s*(?:单词|词汇|生词)|\s*[年月日天号点分名人个位节课次堂讲词字句级岁米度届期道题页篇本册套班楼室栋层平秒组家例种遍斤里届小中高步倍路线])"
)
#: What stands by a price in its clause.
_PRICED = re.compile(
    r"月|次|节|课|科|期|[\d一二两三四五六七八九十]\s*(?:个)?(?:周|星期|小时|晚|学期|学年|季)|前\s*(?:\d+|[一二三五十百]+)\s*[名位个]|全包|包|单买|单报|团|拼|预算|付|交|收(?!获)|价|费|减|便宜|原(?!来是|因|则)|两(?:科|门)|一(?:天|年|位|人)|每|定金|首|只要|仅|全程|全套|卡|[一二两三四五六七八九十\d]天"
)
#: A clause of marks and of what is no fee.
_NO_PRICE = re.compile(rf"{_NO_FEE.pattern}|分(?!期|摊|两|次|批)|[上下]浮|电话|手机|微信|薇|qq|提升|提高|涨|词|字")
_STRUCK = re.compile(r"原来?|平时|本来|市价|恢复|涨到?")
_CLAUSE_END = "，,。；;！!？?\n、"


def read_lone_sums(text: str) -> Iterator[tuple[int, int]]:
    """Where an unmarked number reads as a price; to be used only of offers that are known to be paid for.

    Prices end in 0, 8 or 9; one like 2026 is a year.
    """
    for match in _LONE.finditer(text):
        value = to_number(match["number"])
        if value is None or not 60 <= value <= 99_999 or value % 10 not in (0, 8, 9) or 2005 <= value <= 2035:
            continue
        if _STRUCK.search(text[max(0, match.start() - 4) : match.start()]):
            continue
        start = max(text.rfind(sign, 0, match.start()) for sign in _CLAUSE_END) + 1
        ends = [at for sign in _CLAUSE_END if (at := text.find(sign, match.end())) >= 0]
        clause = text[start : min(ends, default=len(text))]
        if clause.strip() == match["number"] or (_PRICED.search(clause) and not _NO_PRICE.search(clause)):
            yield match.span()


def _yuan(match: re.Match[str]) -> float | None:
    for name in ("sign", "plain", "bare", "bare3", "bare4", "bare5", "large"):
        words = match[name]
        if words:
            return _sum(re.sub(r"\s", "", words))
    return None


def _sum(words: str) -> float | None:
    """2.1万, 1万8 and 1万八 as well as plain numbers."""
    mixed = re.fullmatch(r"(\d+(?:\.\d+)?)[万w]([一二三四五六七八九\d])", words)
    if mixed:
        return float(mixed[1]) * 10_000 + (to_number(mixed[2]) or 0) * 1_000
    return to_number(words)


def _per(match: re.Match[str]) -> str:
    for name in ("before", "after", "before2", "after3"):
        words = match[name]
        if words:
            other = match["after"] if name == "before" else None
            found = _PER_WORDS[words]
            return _PER_WORDS[other] if other and found == "person" else found
    return _WORD_PER.get(match["word"] or "", "total")
