# ruff: noqa: E501 (regular expressions: alternatives read better unbroken)
"""Quotes that are another matter than the claim they were found for: gifts that are no price, figures nobody speaks for."""

from __future__ import annotations

import re

#: Something given, and no word of a price, a rebate or of places running out.
_GIVEN = re.compile(r"[送赠领]|礼(?!拜)|有奖|各得")
_PRICED = re.compile(
    r"[折减价返抵省涨]|便宜|优惠|名额|席|[空余剩]|位(?!家长)|只[收招]|秒杀|体验|半价|免(?!费[送赠领])|[充存]|限(?!量版)|截止|恢复|抢|团|买[^，,]{0,4}(?:送|赠)|\d\s*[元块]"
)


def only_gift(words: str) -> bool:
    """Whether a quoted bait is a gift and nothing else."""
    return bool(_GIVEN.search(words)) and not _PRICED.search(words)


#: What is given, and how much of it: 送田字本一套, 赠两节课, 送三本练习册.
_COUNTED = (
    r"(?:\d{1,3}|[一二两三四五六七八九十半])\s*"
    r"(?:套|本|份|个|支|盒|张|把|件|袋|箱|册|幅|瓶|包|只|块|副|节|次|课时|天|周|个月|小时)"
)
_GIFT_TOLD = re.compile(
    rf"(?:[送赠领]|各得|[得获](?!到)|人手|各一)[^，。,;；]{{0,4}}?(?:{_COUNTED}[一-龥]{{1,8}}|[一-龥]{{2,10}}{_COUNTED}|(?:\d{{1,3}}|[一两二三四五六七八九十])\s*(?:节|课时|次课))"
)


def gift_told(words: str) -> bool:
    """Whether a gift's kind and number are said: then only its time and manner are left to ask."""
    return _GIFT_TOLD.search(words) is not None


#: To whom each of them goes: 两人各得, 每人送.
_TO_EACH = re.compile(r"各[得送赠领]|每[人位名][^，。,]{0,3}[得送赠领]|人手")


def gift_told_out(words: str) -> bool:
    """Whether a gift's kind, its number and who gets it are said (每位得书签一枚): that is no finding."""
    return gift_told(words) and _TO_EACH.search(words) is not None


_FIGURE = re.compile(r"率|[六七八九]成|\d\s*%|百分之")
_OWN_COUNT = re.compile(r"(?:我们?|咱们?|本[校班店馆]|自己|自家|内部)[^，。,]{0,4}(?:算|统计|估|数)|自(?:算|统计|估)")
#: Somebody who speaks for it.
_SPOKEN_FOR = re.compile(r"家长|妈|爸|学员说|同学|推荐|反馈|好评|专家|教授|名师|锦旗|介绍|[一-龥]某|表扬")


def own_figures(words: str) -> bool:
    """Whether a quote is a figure that the shop says it has counted itself, and nobody speaks for it."""
    return bool(_FIGURE.search(words) and _OWN_COUNT.search(words)) and not _SPOKEN_FOR.search(words)
