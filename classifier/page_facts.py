# ruff: noqa: E501 (regular expressions: alternatives read better unbroken)
"""What a page says of itself, not of the training: when it was posted, by whom, from where, how often it was read.

Such lines come with the text of every classified. None of their hours, dates, numbers and places is a lesson's.
"""

from __future__ import annotations

import re
from functools import lru_cache

from classifier.evidence import Place

#: Atomic: a day that goes on (7月8日～8月23日) is not read shorter to fit.
_DATE = r"(?>(?:20)?\d\d\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}(?:\s*日)?|\d{1,2}\s*(?:-|/|月)\s*\d{1,2}(?:\s*日)?|今天|昨天|前天)"
_HOURS = r"\d{1,2}[:：]\d\d(?:[:：]\d\d)?"
#: A label stands at the beginning of its line or behind a gap.
_HEAD = r"(?:(?<=[\n\s,，;；|｜·。(（【\[])|^)"
_VALUE = r"[^\s,，。;；|｜\n]{1,24}"
_FACT = re.compile(
    rf"{_HEAD}(?:(?:信息|帖子|最后|最近)?(?:发布|更新|刷新|编辑|修改|发表|创建|发帖|采集|抓取|截图|置顶)(?:的)?(?:时间|日期|于)?|时间戳?|日期)\s*[:：]?\s*(?:{_DATE}[ t]{{0,3}}(?:{_HOURS})?(?!\s*(?:-|~|—|～|至|到)\s*\d)|{_HOURS}(?!\s*(?:-|~|—|～|至|到)\s*\d)|\d+\s*(?:秒|分钟|小时|天|个?月)前|刚刚)"
    rf"|{_HEAD}(?:浏览|阅读|点击|访问|查看|点赞|收藏|转发|评论|回复|热度|人气)(?:量|数|次数|人数)?\s*[:：]?\s*[\dx.]+\s*[万w]?\s*[次人]?(?=[\s,，。;；|｜]|$)"
    rf"|{_HEAD}(?:发布人|发布者|发帖人|发布单位|作者|楼主|昵称|用户名|ip属地|ip)\s*[:：]\s*{_VALUE}"
    rf"|{_HEAD}(?:所在)?(?:区域|地区|城市|区县|乡镇)\s*[:：]\s*{_VALUE}"
    rf"|{_HEAD}(?:地址|位置|地点)\s*[:：]\s*[一-龥]{{1,10}}[省市区县镇乡](?=[\s,，。;；|｜]|$)"
    rf"|{_HEAD}(?:联系)?(?:电话|手机号?|微信号?|固话|qq)\s*[:：]\s*[\dx*+\-() a-z_]{{5,24}}"
    rf"|{_HEAD}(?:信息|帖子|商品|房源|店铺)?(?:编号|id|序号|流水号)\s*[:：]\s*[a-z\d\-]{{2,20}}"
)
#: A day with an hour behind it, and no other hour behind that, is when something was written.
_STAMP = re.compile(
    rf"(?<![\d.]){_DATE}[ t]{{1,3}}{_HOURS}(?!\d|\s*(?:-|~|—|～|至|到)\s*\d|\s*(?:开[课班讲]|上课|开始|起|准时|直播|下课|结束|放学))"
)


@lru_cache(maxsize=32)
def page_facts(text: str) -> tuple[Place, ...]:
    """Where a restored text (lower case, half-width) speaks of its page, in order."""
    return tuple(sorted({match.span() for pattern in (_FACT, _STAMP) for match in pattern.finditer(text)}))


def of_page(text: str, start: int, end: int) -> bool:
    """Whether words at a place lie in what the page says of itself."""
    return any(low < end and start < high for low, high in page_facts(text))
