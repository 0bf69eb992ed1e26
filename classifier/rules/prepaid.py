# ruff: noqa: E501 (regular expressions: alternatives read better unbroken)
"""Families of fees taken far ahead (prepay): cards for years, whole terms at once, months on end, classes sold by level."""

from __future__ import annotations

import re

from classifier.rules.families import COUNT, NEAR, SAME, Family, family
from classifier.rules.numbers import to_number

#: Limits of price.py, which reads bare numbers: more lessons, months or yuan than these at once.
MAX_YUAN = 5000
_YEARS = r"(?:[一二两三四五1-5]\s*年(?!级)|半年|全年|整年|学年)"
_CARD = r"(?:年卡|通卡|畅学卡|全科卡|学霸卡|至尊卡|黑金卡|金卡|银卡|钻石?卡|白金卡|铂金卡|黑卡|vip卡?|会员卡?|[a-d一二三]卡|卡项|卡种|套餐|课包|级别)"
_PAY = r"(?:缴费?|交费?|付费?|收取?|结清?|预[缴交付收])"
_MONTHLY = r"(?:每月|每个月|一个月|月费|月收费|包月|按月)\s*(?:收费|学费|只要|仅|收|约|合)?\s*[:：¥]?\s*(?P<fee>\d{3,5})|(?P<fee2>\d{3,5})\s*(?:元|块)?\s*(?:/|一个?|每个?)\s*月"
_LUMP = re.compile(
    rf"一次(?:性)?{_PAY}?{NEAR}{{0,4}}?(?P<n>\d{{1,2}}|[一二两三四五六七八九十]{{1,2}})\s*个月|(?P<m>\d{{1,2}}|[一二两三四五六七八九十]{{1,2}})\s*个月(?:起[交付缴报签收]|一[交付缴收结]|一次|打包|起)|(?P<quarter>(?:按|每|一)季度?{_PAY}|季付|季缴)"
)


def _card(match: re.Match[str]) -> bool:
    """A card dearer than what may be taken at once."""
    number = to_number(match["sum"])
    return number is not None and MAX_YUAN < number <= 100_000


def _months(match: re.Match[str]) -> bool:
    """Whether the months paid at once, times what one costs, come to more than may be taken."""
    start, end = match.span()
    lump, fee = _LUMP.search(match.string, max(0, start - 80), end + 80), to_number(match["fee"] or match["fee2"])
    if lump is None or fee is None:
        return False
    words = lump["n"] or lump["m"]
    months = to_number(words) if words else 3
    return months is not None and (3 < months <= 48 or (months == 3 and 3 * fee > MAX_YUAN))


#: A span of time beyond what may be taken for at once.
LONG = r"(?:[一两二三四五六]\s*年(?!级)|[1-6]\s*年(?!级|\d)|半年|全年|整年|一整年|(?:一|两|二|三|整)?\s*个?学年|(?:[4-9四五六七八九十]|1[0-8]|十[一二])\s*个月|(?:两|二|三|四|2|3|4)\s*(?:个)?(?:学期|期(?![间中末])|季度|季))"
_BUY = r"(?:交|缴|报|续|办|签|付|定|存|买|充|购|拍|订|结)"
_MANY_DAYS = r"(?P<days>1\d\d|[2-9]\d\d|9[4-9]|一百[一二三四五六七八九]?十?|两百)\s*天"
_AT_LEAST = re.compile(
    r"(?P<unit>\d{2,5}|[一两二三四五六七八九]百[一二三四五六七八九]?十?|[一两二三]千[一二三四五六七八九]?)\s*(?:元|块)?\s*(?:/|一|每)?\s*个?(?:课时|小时|节|次|h|hr)|(?:每|一|单)\s*个?(?:课时|小时|节课?|次课?)\s*(?:收|只要)?\s*(?P<after>\d{2,5})"
)


def _least(match: re.Match[str]) -> bool:
    """Whether the fewest lessons sold are more than sixty, or cost more than may be taken at once."""
    count = to_number(match["count"])
    if count is None or count > 2000:
        return False
    if count > 60:
        return True
    around = match.string[max(0, match.start() - 60) : match.end() + 30]
    units = (to_number(one["unit"] or one["after"]) for one in _AT_LEAST.finditer(around))
    return any(unit is not None and unit >= 20 and unit * count > MAX_YUAN for unit in units)


FAMILIES: tuple[Family, ...] = (
    family("prepay", r"(?:课时|节|次|课包|套餐|全程|全年|一年|学年)[^,。\n]{0,6}?(?<![\dx.])(?:x\.x|xx?)万|(?:\d{2,3}|x{3})\s*(?:节|次|课时)送\s*(?:\d{2}|xx)\s*(?:节|次|课时)", strength=0.8),
    family("prepay", rf"(?:{COUNT}|[一-龥a-z])\s*卡\s*[=＝:]\s*{COUNT}\s*年|{_YEARS}(?:期)?(?:的)?(?:通?卡|会员|课包|套餐|通学|畅学|畅读|服务包|打包|全包|全程班|连读)|{_CARD}{SAME}{{0,10}}?{_YEARS}(?:内|期|有效|畅|通|随|不限|服务)", unless=r"教龄|经验|办学|周年|工龄|\d+年(?:老店|品牌)|半年前|年薪"),
    family("prepay", rf"(?:整|全)(?:个)?学期(?:的)?{NEAR}{{0,4}}?(?:{_PAY}|报名|续费|续报|连报|购买|打包){NEAR}{{0,10}}|学期{NEAR}{{0,6}}?一次(?:性)?{_PAY}|一次(?:性)?{_PAY}{NEAR}{{0,5}}?(?:一|整|全|两|下)?个?学期|学期卡|学期全款|(?:一学期|学期费){NEAR}{{0,8}}(?:一次(?:性)?|全额)(?:交|缴|付)", unless=r"按月|可分|分两次|分次", strength=0.9),
    family("prepay", rf"{_CARD}{NEAR}{{0,8}}?[:： ¥]?(?P<sum>[5-9]\d{{3}}|[1-9]\d{{4}}|[一二三四五六七八九]万[一二三四五六七八九]?|[五六七八九]千[一二三四五六七八九])(?![\d.:人名个户字词%]|年|月|余)", check=_card, unless=r"薪|工资|奖|减|省|价值|位|原价", strength=0.95),
    family("prepay", _MONTHLY, check=_months, unless=r"薪|工资|房租|租金|底薪|提成", strength=0.9),
    family("prepay", rf"(?:一次(?:性)?|签|一签|连签|连读|打包|整套|捆绑){NEAR}{{0,4}}?(?:三年|两年|四年|六年|初中三年|高中三年|到毕业|学年)|(?:初一|七年级)(?:到|至|-)(?:初三|九年级|中考){SAME}{{0,10}}?(?:打包|一次|全程|一价|签|套餐|元)|(?:高一)(?:到|至|-)(?:高三|高考){SAME}{{0,10}}?(?:打包|一次|全程|一价|签|套餐|元)", unless=r"教龄|合同工|劳动合同", strength=0.8),
    family("prepay", r"(?:[6-9]\d|[1-9]\d{2})\s*(?:格|课次|次课?|节课?|课时|堂课?|讲)\s*(?:课|卡|课程卡|课包)?\s*[,:： =/¥(]{0,3}(?:\d{4,5}|x{4,5}|[一二三四五六七八九]千|[一二三四五六七八九]万)(?![\d.:])", unless=r"(?<!\d)60\s*(?:格|课|次|节|堂|讲)|每|累计|已", strength=1.0),
    # so long for so much, said as buying
    family("prepay", rf"{_BUY}(?:满|够|清|了|下)?\s*(?:一次)?{LONG}(?:的)?{NEAR}{{0,5}}?(?:送|赠|减|省|返|优惠|打|折|立|只要|仅|合|共|[:： ¥]*\d{{3,}}|元|块|免|锁|套餐)", unless=r"教龄|办学|经验|报考|报名年|交往|签证|房租|租|合同工|社保|续住|按月|可分|薪|工资|押[一二]", strength=0.9),
    family("prepay", rf"{LONG}(?:的)?(?:学费|费用|课|班|课程|服务|托管费?)?\s*(?:一次(?:性)?|一起|一口气|提前|打包|统一|连)\s*(?:交|缴|付|收|结|报|签|买)|(?:学费|费用|托费|课费)(?:按|整|以)?(?:年|学年|整年|半年)(?:一次|收|交|缴|付|结|算)|(?:按|整|半|一)年(?:一[交缴付收结]|付|交|缴|收费|收取|结算?)(?!\d*%|级)", unless=r"房租|租|薪|按年级|物业|保险", strength=0.9),
    family("prepay", rf"(?<![\d.])(?:\d{{3,5}}|x{{3,5}}|[一二三四五六七八九]千[一二三四五六七八九]?百?)\s*(?:元|块)?\s*(?:/|一|每|包|整|:)\s*(?:整)?(?:学?年(?![级龄前后底初])|半年)|(?:包年|年付|半年付|年度(?:会员|卡|服务|课|权益|班)|年盒|年票|首年|每年|学年费?)\s*(?:只要|仅|价|收|费)?\s*[:： ¥]?\s*(?:\d{{3,5}}|x{{3,5}})(?!\d|[年月日人名字词个])|{LONG}\s*(?:只要|仅|共|一共|收|合计)?\s*[:： ¥]?\s*(?<!\d)(?:[1-9]\d{{2,4}}|x{{3,5}})\s*(?:元|块|包|全|$|[,。!;])", unless=r"薪|工资|租|物业|房|奖|罚|考生|人|学校学费|大学|民办高中|教龄|原价", strength=0.8),
    family("prepay", r"(?:连报|连读|连签|一报|一次报|打包)\s*(?:两|二|三|四|全|2|3|4)\s*(?:个)?(?:学?期|季|学年|年)|(?:两|二|三|四|2|3|4)\s*(?:个)?(?:学?期|季)\s*(?:连报|连读|联报|一起报|一起交|同报|打包|联读)|(?:寒春|春暑|暑秋|秋寒|春夏|秋冬)(?:秋|暑|寒|春)?(?:两季|三季|两期)?\s*(?:连报|连读|联报|联读|打包|一起报|套餐)", unless=r"科连报", strength=0.85),
    family("prepay", r"(?P<count>\d{2,4}|[一二三四五六七八九]?十|[一二两三]百)\s*个?(?:小时|课时|节课?|次课?|h)\s*(?:起(?:购|订|报|售|签|卖|买|定|充|交|上)?|打底|为一[期个包]|一[包个]起)(?!步)", check=_least, strength=0.9),
    family("prepay", rf"{_MANY_DAYS}{NEAR}{{0,8}}?(?:\d{{3,5}}|[一二三四五六七八九]千|[一二三四五六七八九]百|x{{3,5}})\s*(?:元|块|[一二三四五六七八九]|$|[,。!])", unless=r"倒计时|剩|还有|距|前", strength=0.7),
)  # fmt: skip
