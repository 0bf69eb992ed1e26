"""Fees as ads give them: the raw words stay beside the parsed value; per hour only when that is certain."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from crawlers.amounts import NUMBER, parse_number

_PER = {
    "hour": r"个?(?:小时|钟头|钟点)|h(?:our)?\b",
    "lesson": r"节课?|课时|堂课?|次课?|课|讲",
    "month": r"个?月",
    "term": r"个?学期|期|季度?|暑假|寒假|假期",
    "year": r"学年|年",
    "package": r"套|疗程|全程|全包|课包",
    "person": r"人|位|生",
}
_UNIT = "|".join(f"(?P<{name}>{words})" for name, words in _PER.items())
_MONEY = r"(?:元|块钱?|圆|rmb|RMB|大洋|米)"
_RANGE = rf"(?P<low>{NUMBER})\s*(?:[-~—–到至]\s*(?P<high>{NUMBER}))?"
#: 2小时300元, 45分钟80, 一个半小时 200
_FOR_TIME = re.compile(
    rf"(?P<count>{NUMBER}|半)?\s*(?P<half>个半)?\s*(?P<time>个?小时|个?钟头|分钟)\s*(?:[:：,，=]|是|共|只要|收费?|收|/)?\s*[¥￥]?\s*"
    rf"(?P<low>\d[\d,]*(?:\.\d+)?)\s*(?:[-~—–到至]\s*(?P<high>\d[\d,]*))?\s*{_MONEY}?(?!\s*(?:人|岁|年级|小时|分钟|点))"
)
#: ￥1.2万/年, 160一节课, 三千八一学期, 150-200元/小时, 80元每课时
_PER_UNIT = re.compile(
    rf"[¥￥]?\s*{_RANGE}\s*(?P<money>{_MONEY})?\s*(?:起|左右|多)?\s*(?P<join>/|每|一|(?<!\d)1|单|/?人/)\s*(?P<count>\d{{1,3}})?\s*(?:{_UNIT})"
)
#: 每节课 150, 一学期3800
_UNIT_FIRST = re.compile(
    rf"(?:每|一)\s*(?:{_UNIT})\s*(?:[:：]|收费?|只要|仅需?|是)?\s*[¥￥]?\s*(?P<low>\d[\d,]*(?:\.\d+)?[万千wk]?)\s*{_MONEY}?(?!\s*(?:人|岁|年级|小时|分钟))"
)
_PLAIN = re.compile(
    rf"(?:[¥￥]\s*{_RANGE}\s*{_MONEY}?|{_RANGE}\s*{_MONEY})(?:起)?".replace("<low>", "<low1>", 1).replace(
        "<high>", "<high1>", 1
    )
)
_NEGOTIABLE = re.compile(r"面议|面谈|私聊|私信|详谈|咨询|见面说|电议|可议")
_TRIAL = re.compile(r"(?:免费|0元|零元).{0,4}(?:试听|体验|试课)|试听.{0,4}免费")
_FREE = re.compile(r"免费|公益|不收费|不要钱")


@dataclass(frozen=True, kw_only=True)
class Fee:
    """One fee: what was written, and what of it is certain."""

    raw: str
    low: float | None = None
    high: float | None = None
    currency: str = "CNY"
    #: hour | lesson | month | term | year | package | person | trial | unknown
    per: str = "unknown"
    #: Length the price is for, when the text gives it.
    minutes: int | None = None
    #: Filled only when the unit is certain.
    yuan_per_hour: float | None = None
    negotiable: bool = False
    #: 0..1
    confidence: float = 0.0


def parse_fee(text: str) -> Fee | None:
    """The first fee in a text; None when it speaks of none. Never guesses a unit."""
    flat = unicodedata.normalize("NFKC", text.replace("￥", "¥"))[:4000]
    found = _timed(flat) or _by_unit(flat) or _plain(flat)
    if found is not None:
        return found
    match = _TRIAL.search(flat)
    if match:
        return Fee(raw=match.group(), low=0.0, high=0.0, per="trial", confidence=0.8)
    match = _NEGOTIABLE.search(flat)
    if match:
        return Fee(raw=match.group(), negotiable=True, confidence=0.7)
    match = _FREE.search(flat)
    return Fee(raw=match.group(), low=0.0, high=0.0, confidence=0.5) if match else None


def _timed(flat: str) -> Fee | None:
    match = _FOR_TIME.search(flat)
    if match is None:
        return None
    low = parse_number(match["low"])
    count = 0.5 if match["count"] == "半" else parse_number(match["count"] or "1")
    if low is None or count is None or not 0 < count <= 600 or low <= 0:
        return None
    if match["half"]:
        count += 0.5
    minutes = round(count * (1 if match["time"] == "分钟" else 60))
    if not 10 <= minutes <= 24 * 60:
        return None
    high = parse_number(match["high"]) if match["high"] else low
    hourly = round(low * 60 / minutes, 2) if high == low else None
    per = "hour" if minutes == 60 else "lesson"
    return Fee(
        raw=match.group().strip(), low=low, high=high, per=per, minutes=minutes, yuan_per_hour=hourly, confidence=0.9
    )


def _by_unit(flat: str) -> Fee | None:
    for pattern in (_PER_UNIT, _UNIT_FIRST):
        for match in pattern.finditer(flat):
            low = parse_number(match["low"])
            per = next((name for name in _PER if match[name]), "unknown")
            if low is None or not _is_price(match, low):
                continue
            groups = match.groupdict()
            high = parse_number(groups["high"]) if groups.get("high") else low
            if high is not None and high < low:
                low = high
            hourly = low if per == "hour" and high == low and not groups.get("count") else None
            return Fee(raw=match.group().strip(), low=low, high=high, per=per, yuan_per_hour=hourly, confidence=0.8)
    return None


def _is_price(match: re.Match[str], low: float) -> bool:
    """三人一节课 is a class size, not a price: without money words the number has to look like one."""
    groups = match.groupdict()
    marked = groups.get("money") or "¥" in match.group() or groups.get("join") in ("/", "每")
    return low > 0 and (bool(marked) or low >= 20)


def _plain(flat: str) -> Fee | None:
    match = _PLAIN.search(flat)
    if match is None:
        return None
    first = match["low1"] or match["low"]
    second = match["high1"] or match["high"]
    low = parse_number(first)
    if low is None:
        return None
    high = parse_number(second) if second else low
    return Fee(raw=match.group().strip(), low=low, high=high, confidence=0.5)
