"""Fees as ads give them: the raw words stay beside the parsed value; per hour only when that is certain."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from crawlers.amounts import CHINESE, NUMBER, parse_number

_PER = {
    "hour": r"个?(?:小时|钟头|钟点)|h(?:our)?\b",
    "lesson": r"节课?|课时|堂课?|次课?|课|讲",
    "month": r"个?月",
    "term": r"个?学期|期|季度?|暑假|寒假|假期",
    "year": r"学年|年",
    "subject": r"科|门课?",
    "package": r"套|疗程|全程|全包|课包",
    "person": r"人|位|生",
}
#: An amount in Chinese numerals that is no count of lessons or people: it has hundreds at least.
_ONE = "[一二两三四五六七八九]"
_HUNDREDS = rf"{_ONE}[万千百](?:零?{_ONE}[千百十])*(?:零?{_ONE})?"
_AMOUNT = rf"(?:\d[\d,]*(?:\.\d+)?[万千wk]?|{_HUNDREDS})"
#: What is counted, not paid.
_NOT_COUNTED = (
    r"(?!\s*(?:多|来|余)?(?:人|名|岁|年级|小时|分钟|点|字|词|道|题|个|页|本|首|遍|次|节|课时|米|平"
    r"|公里|步|组|套|分(?!钟)))"
)
_UNIT = "|".join(f"(?P<{name}>{words})" for name, words in _PER.items())
_MONEY = r"(?:元|块钱?|圆|rmb|RMB|大洋|米)"
_RANGE = rf"(?P<low>{NUMBER})\s*(?:[-~—–到至]\s*(?P<high>{NUMBER}))?"
#: 2小时300元, 45分钟80, 一个半小时 200, 每小时60
_FOR_TIME = re.compile(
    rf"(?:每\s*)?(?P<count>{NUMBER}|半)?\s*(?P<half>个半)?\s*(?P<time>个?小时|个?钟头|分钟)\s*(?:[:：,，=]|是|共|只要"
    rf"|收费?|收|/)?\s*[¥￥]?\s*"
    rf"(?P<low>\d[\d,]*(?:\.\d+)?|{_HUNDREDS})\s*(?:[-~—–到至]\s*(?P<high>\d[\d,]*))?\s*{_MONEY}?{_NOT_COUNTED}"
)
#: ￥1.2万/年, 160一节课, 三千八一学期, 150-200元/小时, 80元每课时
_PER_UNIT = re.compile(
    rf"[¥￥]?\s*{_RANGE}\s*(?P<money>{_MONEY})?\s*(?:起|左右|多)?\s*(?P<join>/|每|一|(?<!\d)1|单"
    rf"|/?人/)\s*(?P<count>\d{{1,3}})?\s*(?:{_UNIT})"
)
#: 每节课 150, 一学期3800, 每人每次一百六, 一季十四次三千二
_UNIT_FIRST = re.compile(
    rf"(?:每人)?(?:每|一|单)\s*(?:{_UNIT})\s*(?:[\d{CHINESE}]{{1,3}}\s*(?:次|节|堂|课时))?\s*(?:[:：]|收费?"
    rf"|只要|仅需?|是)?\s*[¥￥]?\s*"
    rf"(?P<low>{_AMOUNT})\s*{_MONEY}?{_NOT_COUNTED}"
)
#: 月费一百九十九, 月卡360, 年费两千, 月薪九千起
_NAMED_FOR = re.compile(
    rf"(?P<span>月|年|季|学期|次)(?:费|卡|票|薪)\s*(?:[:：]|是|只要|仅需?"
    rf"|收)?\s*[¥￥]?\s*(?P<low>{_AMOUNT})\s*{_MONEY}?起?{_NOT_COUNTED}"
)
#: 十次课两千二, 一期十二周四千八, 48课时共2980元
_PACK = re.compile(
    rf"(?:\d{{1,3}}|[{CHINESE}]{{1,3}})\s*(?:次课?|节课?|堂课?|课时|周|天)\s*(?:[:：]|一?共|总共|只要|仅需?"
    rf"|收费?)?\s*[¥￥]?\s*"
    rf"(?P<low>{_HUNDREDS}|\d[\d,]*(?:\.\d+)?(?=\s*{_MONEY}))\s*{_MONEY}?{_NOT_COUNTED}"
)
#: 半天一百二, 全天200元
_DAY = re.compile(
    rf"(?:半天|全天|整天|一天|每天)\s*(?:[:：]|只要|仅需?|收费?)?\s*[¥￥]?\s*(?P<low>{_HUNDREDS}"
    rf"|\d[\d,]*(?=\s*{_MONEY}))\s*{_MONEY}?{_NOT_COUNTED}"
)
_SPANS = {"月": "month", "年": "year", "季": "term", "学期": "term", "次": "lesson"}
#: 学费三千八, 五百五不讲价: an amount in words, known for one by what stands beside it.
_WORDS = re.compile(
    rf"(?:费用?|价格?|收|只要|仅需|才|定金|押金|共|合计)\s*[:：]?\s*(?P<low>{_HUNDREDS}){_NOT_COUNTED}"
    rf"|(?P<low1>{_HUNDREDS})(?=\s*(?:不讲价|不议价|不还价|可刀|可小刀|转让?|出\b|拿走|带走|全包|全含|打包|包"
    rf"|起|左右|(?:一|每)(?:人|位|生)))"
)
_PLAIN = re.compile(
    rf"(?:[¥￥]\s*{_RANGE}\s*{_MONEY}?|{_RANGE}\s*{_MONEY})(?:起)?".replace("<low>", "<low1>", 1).replace(
        "<high>", "<high1>", 1
    )
)
_LEAST_PACK = 20
#: 一块松香, 一块儿: a piece of something, or together, and no money.
_PIECE = re.compile(r"[一两几半]块(?![钱左,，。;；、!！\s\d]|\Z)")
_NEGOTIABLE = re.compile(r"面议|面谈|私聊|私信|详谈|咨询|见面说|电议|可议")
#: In running text the same words mostly ask to get in touch.
_NEGOTIABLE_FEE = re.compile(
    r"(?:价格?|费用?|学费|收费|课酬|薪资?|多少钱).{0,4}(?:面议|面谈|私聊|私信|私我|详谈|咨询|电议|可议|见面说)"
    r"|面议|可议|电议"
)
_SHORT_FIELD = 40
_TRIAL = re.compile(r"(?:免费|0元|零元).{0,4}(?:试听|体验|试课)|试听.{0,4}免费")
_FREE = re.compile(r"免费|公益|不收费|不要钱")


@dataclass(frozen=True, kw_only=True)
class Fee:
    """One fee: what was written, and what of it is certain."""

    raw: str
    low: float | None = None
    high: float | None = None
    currency: str = "CNY"
    #: hour | lesson | month | term | year | subject | package | person | day | trial | unknown
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
    found = _timed(flat) or _by_unit(flat) or _by_name(flat) or _by_pack(flat) or _plain(flat) or _by_words(flat)
    if found is not None:
        return found
    match = _TRIAL.search(flat)
    if match:
        return Fee(raw=match.group(), low=0.0, high=0.0, per="trial", confidence=0.8)
    match = (_NEGOTIABLE if len(flat) <= _SHORT_FIELD else _NEGOTIABLE_FEE).search(flat)
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
            if not low:
                continue
            hourly = low if per == "hour" and high == low and not groups.get("count") else None
            return Fee(raw=match.group().strip(), low=low, high=high, per=per, yuan_per_hour=hourly, confidence=0.8)
    return None


def _is_price(match: re.Match[str], low: float) -> bool:
    """三人一节课 is a class size, not a price: without money words the number has to look like one."""
    groups = match.groupdict()
    marked = groups.get("money") or "¥" in match.group()
    # 一对一每小时: the one before 每 is no amount, 80每小时 is.
    joined = groups.get("join") in ("/", "每") and (match["low"][:1].isdigit() or low >= 20)
    return low > 0 and (bool(marked or joined) or low >= 20)


def _by_name(flat: str) -> Fee | None:
    """What the word for the money says it is for."""
    match = _NAMED_FOR.search(flat)
    low = parse_number(match["low"]) if match else None
    if match is None or low is None:
        return None
    return Fee(raw=match.group().strip(), low=low, high=low, per=_SPANS[match["span"]], confidence=0.8)


def _by_pack(flat: str) -> Fee | None:
    """So many lessons, or days, for so much."""
    for pattern, per in ((_PACK, "package"), (_DAY, "day")):
        match = pattern.search(flat)
        low = parse_number(match["low"]) if match else None
        if match is not None and low is not None and low >= _LEAST_PACK:
            return Fee(raw=match.group().strip(), low=low, high=low, per=per, confidence=0.7)
    return None


def _by_words(flat: str) -> Fee | None:
    match = _WORDS.search(flat)
    low = parse_number(match["low"] or match["low1"]) if match else None
    return None if match is None or low is None else Fee(raw=match.group().strip(), low=low, high=low, confidence=0.4)


def _plain(flat: str) -> Fee | None:
    match = next((one for one in _PLAIN.finditer(flat) if not _PIECE.match(flat, one.start())), None)
    if match is None:
        return None
    first = match["low1"] or match["low"]
    second = match["high1"] or match["high"]
    low = parse_number(first)
    if low is None:
        return None
    high = parse_number(second) if second else low
    return Fee(raw=match.group().strip(), low=low, high=high, confidence=0.5)
