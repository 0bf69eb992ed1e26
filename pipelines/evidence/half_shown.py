"""Contacts that a page itself shows only in part (1380000****): no contact we could keep, and not the same as none."""

from __future__ import annotations

import re

#: Our own masks, whose contact may have been deleted since: they tell nothing of the page.
_OURS = re.compile(r"1\d{2}\*{4}\d{4}")
#: Digits, Arabic or Chinese, and a mask in place of the rest: by site or advertiser (what we mask we have kept).
_HALF = re.compile(
    r"(?<![\d.])(?:1[3-9]\d{1,8}|0\d{2,3}-?\d{1,6})[*＊xX×]{2,8}\d{0,4}(?![\d元])"
    r"|(?<![一-龥])一[三四五六七八九](?:[零〇幺一二三四五六七八九两]){1,8}[*＊xX×某]{2,8}"
)


def half_shown(text: str) -> tuple[str, ...]:
    """What stands there of such contacts, in order, none twice."""
    return tuple(dict.fromkeys(match.group() for match in _HALF.finditer(text) if not _OURS.fullmatch(match.group())))
