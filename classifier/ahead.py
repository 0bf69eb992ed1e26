"""Money taken far ahead or borrowed, told by values: sums over 5,000 yuan, years, stored sums, months times their fee,
and fees paid in so many parts with a lender's numbers. What is compared is the value, never the word.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from classifier.evidence import clause_around
from classifier.rules.numbers import plain, to_number
from classifier.rules.price import MAX_MONTHS, MAX_YUAN
from classifier.values.fees import read_fees
from classifier.values.records import Fee

_N = r"(?:\d{1,6}(?:\.\d+)?|[一二两三四五六七八九十百千万]{1,7})"
#: Fees that come again before much has been paid ahead.
_OFTEN = frozenset({"lesson", "hour", "day", "week", "month"})


@dataclass(frozen=True, kw_only=True)
class Ahead:
    """One place, and what was compared there."""

    start: int
    end: int
    note: str


#: In front of a sum that nobody asks for now, or that is paid back, won or earned.
_NOT_ASKED = re.compile(
    r"(?:原价?|原来|本来|门市价?|市场价|标价|定价|划线价?|日常价?|平时|价值|总值|首月|次月|第[二三]个?月起?|月薪|薪资|工资|年薪|奖学?金?|奖励|返|退|赔|罚|减|省|补贴|押金|房租|加起来|折合|相当于|不到|目标|租金|预算|别家|人家|外面)\s*(?:要|收|卖|是|大概|约|合|最高)?\s*[:：¥￥]?\s*$"
)
_STRUCK_AFTER = re.compile(
    r"^\s*(?:元|块)?\s*[,，]?\s*(?:→|->|—>|现(?:价|在|只)?\s*\d|现\d|转(?:让)?价?\s*\d|团(?:长|购)|[的]?课?.{0,3}(?:转|低价)|的?奖|买的|的月薪|一个月|/月|每月|起薪)"
)
#: In its clause: somebody else's money, people, ranks, wages, what will be if the course is not taken.
_OTHER_SUM = re.compile(
    r"复读|择校|民办|职高|中专|专科|省下|月酬|月费|包月|求职|下户|雇主|薪|考生|位次|录了|录取|报名(?=[一二三四五六七八九\d.]+万)|计划|家长|妈妈|学子|粉丝|阅读量|播放|买房|首付|彩礼|损失|一年青春|一年=|民宿|入住|学制|学年学费|住宿另计|食宿学费"
)
#: A sum that only 万 or 千 marks needs a word of paying in its clause.
_PAYS = re.compile(
    r"费|付|交|缴|价|一共|共|全程|全款|套餐|打包|全包|单科|一科|包到|报名|只要|仅|[/每一](?:期|科|人|学期|季|届)|课|班|收"
)
_ONLY_LARGE = re.compile(r"[\d.一二两三四五六七八九]+[万千wk][一二三四五六七八九\d]?[百]?")
_CLAUSE_ENDS = re.compile(r"[，,。;；!！?？\n]")
_MONTHLY = re.compile(r"按月(?:付|交|缴|结|收)|月付|月结|(?:每|一个?)月(?:付|交|缴|结)一次")
_ALTERNATIVE = re.compile(r"(?:也|亦|或|还)(?:可以?|能)?(?:选)?按月")
_BARE_SPAN = re.compile(
    r"(?<![\d.年第:：])(?P<a>[5-9]\d{3}|[1-4]\d{4})\s*(?:元|块)?\s*(?=[一二三四五六七八九十\d]{1,3}\s*(?:天(?!后|前)|晚|周(?![一二三四五六日年])|个月|课时|次课?)(?![一二三四五六]?次))"
)
_TERM_SUM = re.compile(
    r"(?:学期|学年|全程|全年|整期|全款|学费|每[家人位])[^，。,;；\n\d元]{0,5}(?P<a>[5-9]\d{3}|[1-4]\d{4})(?![\d.:：\-~]|\s*[人名字词个年月日米])"
)
_AT_ONCE = re.compile(
    rf"一次(?:性)?(?:付|交|缴|结|收)(?:清|齐|完|全|够)?\s*[:：]?\s*(?P<n>{_N})(?!\s*(?:个|节|次|课|周|天|年|月|科|期|人|学期))"
)
_STORED = re.compile(
    rf"(?:充值?|预?存|储值|预[付交缴])\s*(?P<n>{_N})\s*(?:元|块)?(?:[^，。,;；\n]{{0,3}})(?:送|赠|返|得|享|抵|当|打|再)"
)
_YEARLY = re.compile(
    r"(?<![今明去前往近多当早成周青少童中几百常新过拜跨\d])(?:按|整|全|每|半|学)?年(?:费)?(?:一次(?:性)?)?(?:付(?!出|费用?户)|缴(?!纳)|交(?!往|替|流)|结(?!束|业|营|果))(?:费|清|款)?(?![级龄])"
)
_YEAR_CARD = re.compile(
    r"(?<![今明去前往送赠楼])(?:(?:半|学|全|整)?年(?:度)?(?:卡|包|课|约|费卡|通卡|会员|套餐))(?!办理处|级|约束|纸|装|头)"
)
#: 学费按年, 年票299, 签三年送两年, 一卡三年, 三季起订: spans of more than a quarter in other words.
_SPANS = re.compile(
    r"(?:学费|收费|费用|缴费|交费)[^,，。\n]{0,3}按年(?!级|龄)(?:收取?|付|交|缴|计)?|年票(?=[^,，。\n]{0,3}\d)|(?:签|报|交|买)[两二三四五2-5]年(?=[^,，。\n]{0,6}(?:送|赠|享|打|立减|课|优惠))|(?:1|一)卡\s*=?\s*[1-6一二三四五六]年|[两二三四2-4]季起(?:订|付|交|缴|报|签)"
)
#: Lessons sold by the pack: 120节3280, 200课时:9800元.
_PACK = re.compile(
    r"(?<![\d.:第])(?P<n>\d{2,3})\s*(?:节|课时|次)课?\s*(?:打包|一共|共|只要|仅)?\s*[:：]?\s*[¥￥]?\s*(?P<a>\d{3,5})(?![\d.:/]|\s*(?:节|次|人|分|米|个))"
)
MOST_LESSONS = 60
#: 600/时,20时起: the least that may be bought.
_LEAST = re.compile(
    r"(?P<a>\d{2,4})\s*(?:元|块)?\s*[/每一]\s*(?P<unit>小时|时|节|次|课时|h)[,，;；、\s]*(?:最低|至少)?\s*(?P<n>\d{1,3})\s*(?:小时|时|节|次|课时|h)起"
)
#: Sold, by a number or a word of selling near by.
_SOLD = re.compile(
    r"\d{3,5}|[一二三四五六七八九]千|立减|直降|[\d一二三四五六七八九]折|一半|半价|[元块¥￥]|团购|下单|办(?:理)?|可跨店|报名|特惠|续费"
)
_NO_CARD = re.compile(
    r"[送赠](?:一|半|两)?$|借阅|图书|公园|乐园|动物园|景区|健身|游泳馆|停车|视频网站|(?:不|没有?|无|从不|拒绝|不用|无需)(?:办|卖|推|收|搞|设)?[^，。,\n]{0,3}$"
)
_NOT_LESSONS = re.compile(r"房租|整租|租金|物业|保险|宽带|薪|工资|押[一二]付|会费")
_LUMP = re.compile(
    rf"(?P<quarter>(?:按|每|一)季度?(?:一次)?(?:付|交|缴|结|收)|季(?:付|缴|结))|(?P<half>半年(?:一次)?(?:付|交|缴|结|收))|(?:住|签|付|交|缴|包|报)满?(?P<n>{_N})个月(?:一次|起?(?:付|交|缴|签|结))"
)
#: A year's and a term's months are beyond by themselves; a quarter's only by its sum.
_QUARTER = 3.0

#: So many parts as lenders offer, said of paying.
_PARTS = re.compile(
    r"(?:(?:可以?|支持|能|刷卡|分成?|免息|选|享|零息|0息)\s*){1,3}(?P<n>3|6|9|10|12|18|24|36|三|六|九|十|十二|二十四)\s*(?:个月|期)(?![班营课间末中待]|学员|开课|一起|连报|同报)"
    r"|(?P<m>3|6|9|10|12|18|24|36|三|六|十二|二十四)\s*期(?:0|零|免)?(?:利?息|手续费|分期|付款|免息)"
    # 刷卡分12笔, 学费可以按月分, 分期0首付
    r"|刷卡[^,，。\n]{0,3}分\s*(?:3|6|9|10|12|18|24|36|三|六|十二)\s*笔|(?:学费|费用|余款|尾款)[^,，。\n]{0,3}(?:可以?|能|支持)按月(?:分|还)(?!班)|分\s*期\s*[0零]\s*首\s*付|(?:学费|费用)[^,，。\n]{0,4}?(?:可贷|可以?贷款|能贷)"
)
_OF_MONEY = re.compile(r"[元¥￥费款价付息卡]|\d{4,5}|刷")


def taken_ahead(text: str) -> Iterator[Ahead]:
    """Sums and spans beyond what may be taken at once, in no order."""
    fees = tuple(read_fees(text))
    for fee in fees:
        if fee.yuan > MAX_YUAN and fee.per not in _OFTEN and _asked(text, fee.start, fee.end):
            yield _sum(fee.start, fee.end, fee.yuan)
    for match in (*_BARE_SPAN.finditer(text), *_TERM_SUM.finditer(text)):
        yuan = to_number(match["a"])
        if yuan is not None and yuan > MAX_YUAN and not 2005 <= yuan <= 2035 and _asked(text, *match.span("a")):
            yield _sum(*match.span("a"), yuan)
    for match in _AT_ONCE.finditer(text):
        yuan = to_number(match["n"])
        if yuan is not None and MAX_YUAN < yuan <= 200_000:
            yield _sum(*match.span(), yuan)
    for match in _STORED.finditer(text):
        yuan = to_number(match["n"])
        if yuan is not None and MAX_YUAN <= yuan <= 200_000:  # what is given on top lies beyond
            yield Ahead(start=match.start(), end=match.end(), note=f"一次预存{plain(yuan)}元，连同所送超过{MAX_YUAN}元")
    yield from _years(text)
    yield from _months(text, fees)
    yield from _packs(text)


def _packs(text: str) -> Iterator[Ahead]:
    for match in _SPANS.finditer(text):
        yield Ahead(start=match.start(), end=match.end(), note=f"跨度超过{MAX_MONTHS}个月")
    for match in _PACK.finditer(text):
        lessons = int(match["n"])
        if lessons > MOST_LESSONS and not _NOT_ASKED.search(text[max(0, match.start() - 10) : match.start()]):
            yield Ahead(start=match.start(), end=match.end(), note=f"{lessons}课时，超过{MOST_LESSONS}课时")
    for match in _LEAST.finditer(text):
        lessons, yuan = int(match["n"]), int(match["n"]) * float(match["a"])
        if lessons > MOST_LESSONS:
            yield Ahead(start=match.start(), end=match.end(), note=f"{lessons}课时，超过{MOST_LESSONS}课时")
        elif yuan > MAX_YUAN:
            unit = {"h": "小时", "时": "小时"}.get(match["unit"], match["unit"])
            each = f"每{unit}{plain(float(match['a']))}元，{lessons}{unit}起"
            note = f"{each}共{plain(yuan)}元，超过{MAX_YUAN}元"
            yield Ahead(start=match.start(), end=match.end(), note=note)


def _years(text: str) -> Iterator[Ahead]:
    for match in _YEARLY.finditer(text):
        around = text[max(0, match.start() - 10) : match.end() + 12]
        if not _NOT_LESSONS.search(around) and not _NO_CARD.search(text[max(0, match.start() - 5) : match.start()]):
            months = 6 if "半" in match.group() else 12
            yield Ahead(start=match.start(), end=match.end(), note=f"{months}个月，超过{MAX_MONTHS}个月")
    for match in _YEAR_CARD.finditer(text):
        before, after = text[max(0, match.start() - 12) : match.start()], text[match.end() : match.end() + 8]
        if not after.startswith("会员家") and _SOLD.search(before[-6:] + "…" + after) and not _NO_CARD.search(before):
            months = 6 if "半" in match.group() else 12
            yield Ahead(start=match.start(), end=match.end(), note=f"{months}个月，超过{MAX_MONTHS}个月")


def _months(text: str, fees: tuple[Fee, ...]) -> Iterator[Ahead]:
    monthly = [fee for fee in fees if fee.per == "month"]
    for match in _LUMP.finditer(text):
        number = to_number(match["n"]) if match["n"] else None
        months = _QUARTER if match["quarter"] else 6.0 if match["half"] else number
        if (
            months is None
            or not _QUARTER <= months <= 48
            or _NOT_LESSONS.search(text[max(0, match.start() - 10) : match.end() + 4])
        ):
            continue
        if months > MAX_MONTHS:
            yield Ahead(start=match.start(), end=match.end(), note=f"{plain(months)}个月，超过{MAX_MONTHS}个月")
            continue
        for fee in monthly:
            if fee.yuan * months > MAX_YUAN and abs(fee.start - match.start()) <= 60:
                note = (
                    f"每月{plain(fee.yuan)}元，{plain(months)}个月一次付{plain(fee.yuan * months)}元，超过{MAX_YUAN}元"
                )
                yield Ahead(start=match.start(), end=match.end(), note=note)


def _asked(text: str, start: int, end: int) -> bool:
    """Whether a sum is asked for now and at once."""
    if _NOT_ASKED.search(text[max(0, start - 10) : start]) or _STRUCK_AFTER.match(text[end : end + 12]):
        return False
    if _NOT_ASKED.search(text[start : start + 5].rstrip("0123456789一二三四五六七八九万千百.¥￥ ")):
        return False
    clause = text[slice(*clause_around(text, start, end, _CLAUSE_ENDS, before=24, after=16))]
    if _OTHER_SUM.search(clause) or re.match(r"[多余]?(?:个?月|个|名|人|妈|家|户|里)", text[end : end + 3]):
        return False
    if _ONLY_LARGE.fullmatch(text[start:end].strip()) and not _PAYS.search(clause):
        return False
    sentence = (
        re.split(r"[。！!？?\n]", text[max(0, start - 30) : start])[-1]
        + re.split(r"[。！!？?\n]", text[start : end + 24])[0]
    )
    return not _MONTHLY.search(sentence) or bool(_ALTERNATIVE.search(sentence))


def _sum(start: int, end: int, yuan: float) -> Ahead:
    return Ahead(start=start, end=end, note=f"{plain(yuan)}元，超过{MAX_YUAN}元")


def in_parts(text: str) -> Iterator[tuple[int, int]]:
    """Where a fee may be paid in so many instalments: 可分6期, (可12期), 刷卡分6期."""
    for match in _PARTS.finditer(text):
        low = max(text.rfind("\n", 0, match.start() - 12), match.start() - 24, 0)
        if _OF_MONEY.search(text, low, match.end() + 4) and not re.search(
            r"(?:不|无|没有?|拒绝|谢绝)[^，。,\n]{0,3}$", text[max(0, match.start() - 5) : match.start()]
        ):
            yield match.span()
