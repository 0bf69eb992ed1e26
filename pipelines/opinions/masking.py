"""What of a posting may leave for the second reader: contacts and names covered whole, length and offsets kept."""

from __future__ import annotations

import re

from pipelines.personal.contacts import STRONG_KINDS, find_contacts
from pipelines.personal.digit_runs import folded
from pipelines.personal.privacy import mask_private
from pipelines.personal.surnames import PATTERN as SURNAME

#: Code points that are sent; what follows is not read.
MAX_TEXT = 4000
#: Of a name like 张老师 the title stays.
_TITLE = 2
#: What masks in the store leave readable: 138****5678, l****8, w***@qq.com, also spelt in Chinese numerals.
_PART = r"[0-9A-Za-z@._零〇一二三四五六七八九幺拐洞勾]"
_LEFT_OVER = re.compile(
    rf"(?:{_PART}[ \-]?){{0,3}}(?:\*(?:[ \-]?\*)+|\*(?=@))"
    rf"(?:@[0-9A-Za-z.\-]{{1,60}}|{_PART}{{1,4}}|[ \-]{_PART}{{4}}|(?:[ \-]{_PART}){{4}})?"
)
_LEFT_SURNAME = re.compile(rf"{SURNAME}(?=\*)")
#: Angle brackets build the control words of chat models (<|im_end|>): a posting must not spell them.
_BRACKETS = str.maketrans("<>", "＜＞")


def outgoing(body: str) -> str:
    """The first MAX_TEXT code points of a body as they may be sent; offsets in it hold in the body."""
    text = body[:MAX_TEXT]
    characters = list(text)
    for contact in find_contacts(text):
        if contact.start is not None and contact.end is not None:
            end = contact.end if contact.kind in STRONG_KINDS else contact.end - _TITLE
            _cover(characters, contact.start, end)
    masked = mask_private("".join(characters))
    for pattern in (_LEFT_OVER, _LEFT_SURNAME):
        characters = list(masked)
        for match in pattern.finditer(folded(masked)):
            _cover(characters, match.start(), match.end())
        masked = "".join(characters)
    return masked.translate(_BRACKETS)


def _cover(characters: list[str], start: int, end: int) -> None:
    characters[start:end] = "*" * (end - start)
