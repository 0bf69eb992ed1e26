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


FAMILIES: tuple[Family, ...] = (
    family("prepay", r"(?:课时|节|次|课包|套餐|全程|全年|一年|学年)[^,。\n]{0,6}?(?<![\dx.])(?:x\.x|xx?)万|(?:\d{2,3}|x{3})\s*(?:节|次|课时)送\s*(?:\d{2}|xx)\s*(?:节|次|课时)", strength=0.8),
    family("prepay", rf"(?:{COUNT}|[一-龥a-z])\s*卡\s*[=＝:]\s*{COUNT}\s*年|{_YEARS}(?:期)?(?:的)?(?:通?卡|会员|课包|套餐|通学|畅学|畅读|服务包|打包|全包|全程班|连读)|{_CARD}{SAME}{{0,10}}?{_YEARS}(?:内|期|有效|畅|通|随|不限|服务)", unless=r"教龄|经验|办学|周年|工龄|\d+年(?:老店|品牌)|半年前|年薪"),
    family("prepay", rf"(?:整|全)(?:个)?学期(?:的)?{NEAR}{{0,4}}?(?:{_PAY}|报名|续费|续报|连报|购买|打包){NEAR}{{0,10}}|学期{NEAR}{{0,6}}?一次(?:性)?{_PAY}|一次(?:性)?{_PAY}{NEAR}{{0,5}}?(?:一|整|全|两|下)?个?学期|学期卡|学期全款|(?:一学期|学期费){NEAR}{{0,8}}(?:一次(?:性)?|全额)(?:交|缴|付)", unless=r"按月|可分|分两次|分次", strength=0.9),
    family("prepay", rf"{_CARD}{NEAR}{{0,8}}?[:： ¥]?(?P<sum>[5-9]\d{{3}}|[1-9]\d{{4}}|[一二三四五六七八九]万[一二三四五六七八九]?|[五六七八九]千[一二三四五六七八九])(?![\d.:人名个户字词%]|年|月|余)", check=_card, unless=r"薪|工资|奖|减|省|价值|位|原价", strength=0.95),
    family("prepay", _MONTHLY, check=_months, unless=r"薪|工资|房租|租金|底薪|提成", strength=0.9),
    family("prepay", rf"(?:一次(?:性)?|签|一签|连签|连读|打包|整套|捆绑){NEAR}{{0,4}}?(?:三年|两年|四年|六年|初中三年|高中三年|到毕业|学年)|(?:初一|七年级)(?:到|至|-)(?:初三|九年级|中考){SAME}{{0,10}}?(?:打包|一次|全程|一价|签|套餐|元)|(?:高一)(?:到|至|-)(?:高三|高考){SAME}{{0,10}}?(?:打包|一次|全程|一价|签|套餐|元)", unless=r"教龄|合同工|劳动合同", strength=0.8),
    family("prepay", r"(?:[6-9]\d|[1-9]\d{2})\s*(?:格|课次|次课?|节课?|课时|堂课?|讲)\s*(?:课|卡|课程卡|课包)?\s*[,:： =/¥(]{0,3}(?:\d{4,5}|x{4,5}|[一二三四五六七八九]千|[一二三四五六七八九]万)(?![\d.:])", unless=r"(?<!\d)60\s*(?:格|课|次|节|堂|讲)|每|累计|已", strength=1.0),
)  # fmt: skip
