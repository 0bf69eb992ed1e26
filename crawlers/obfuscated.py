"""Figures drawn with a font of the page's own: the characters underneath are others, so what they say is not read.

The font is an access-control measure and is not decoded; a field it touches counts as unreadable, and a person looks at
the picture of the page.
"""

from __future__ import annotations

import re

from parsel import Selector

#: Fields that are figures, where a wrong character makes a wrong value without any error.
NUMBERS = frozenset({"fee", "phone", "posted_at", "wechat"})
_PRIVATE = re.compile("[\ue000-\uf8ff\U000f0000-\U0010fffd]")
_OWN_FONT = re.compile(r"@font-face\b[^}]{0,400}?url\(\s*[\"'\\]*data:", re.S)
_HAN = re.compile("[\u3400-\u9fff]")
#: In running text only signs that stand where a figure does are asked: icons and old characters are common there.
_BESIDE_MONEY = re.compile(r"(?:[¥￥]\s*(\S{1,6}))|(\S{1,6})\s*(?:元|块|/?\s*(?:小时|课时|节|月|学期))")


def is_unreadable(value: str, page: Selector, *, running_text: bool = False) -> bool:
    """Is this the value of a figure field whose signs the page redraws? Private-use characters never mean anything;
    Han that no text of today holds do so only beside a font carried in the page itself."""
    if running_text:
        value = "".join(part for pair in _BESIDE_MONEY.findall(value) for part in pair)
    if _PRIVATE.search(value):
        return True
    return _has_odd("".join(_HAN.findall(value))) and _brings_font(page)


def _has_odd(han: str) -> bool:
    """Is one not among the 6,763 characters of GB 2312, which hold all that prices and dates are written with?"""
    try:
        han.encode("gb2312")
    except UnicodeEncodeError:
        return True
    return False


def _brings_font(page: Selector) -> bool:
    return any(_OWN_FONT.search(text) for text in page.xpath("//style/text() | //script/text()").getall())
