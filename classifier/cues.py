# ruff: noqa: E501 (regular expressions: one to a line reads better unbroken)
"""What takes words away from their element, as tables: groups of cues of one kind, each with an example of it.

A cue is a regular expression over a quote in its surroundings, the quote between ⟦ and ⟧. The kinds: `own` (of who
teaches, or of the teller's own life), `school` (an ordinary school's or kindergarten's), `others` (other people's),
`name` (part of a name, a place or a longer word), `art` (care, arts, sports, computers), `goods` (things, gifts, rebates,
other fees), `number` (a count, rank or time of something else), `free` (nothing is asked),
`fright` (said to frighten), `other`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple


class Cues(NamedTuple):
    """Cues of one kind; the example is taken away by one of them."""

    kind: str
    example: str
    cues: tuple[str, ...]


#: Not taught, not done: before the words, in their clause, and behind them.
DENIED = Cues(
    "denied",
    "不教⟦拼音⟧",
    (
        r"别问[^，。⟦]{0,10}⟦",
        r"(?:不|别|没|从不|概不|绝不|请勿|莫)(?:再|要|是|得|会)?(?:给[^，。,⟦]{0,3}|要求|指望|留|带|教|补|辅导|写|做|管|改|发|背|刷|问我?|找我?|涉及|布置|批改|讲|碰|安排|搞|含|包括|接|考|排|设|公布|参加|看重?|谈|卷|跟(?!上|着|[不得])|让(?:孩子|娃|他|她)?熬夜){1,3}[^，。,；;！!？?⟦]{0,5}⟦",
        r"(?:没有|没得|无须|无需|不用|不必|远离|拒绝|告别|取消|杜绝|不以|不靠|不分|无)(?!基础|压力|忧|论)[^，。,；;！!？?⟦家]{0,4}⟦",
        r"⟦[^⟧]*⟧(?:请(?:回|自己|在)|(?:回|在)家(?:写|做)|自己写|一概不|我?不(?:教|补|带|管|接|碰|辅导|涉及|上(?!线|岸)|做)|请找|找学校|免谈|除外|不在范围|一律不|全无|为零)",
        r"⟦[^⟧]*⟧(?:[语数英文学物理化、和与跟]{0,6})(?:毫?无关|不沾边|不相干|不搭界|没(?:有)?关系)",
        r"⟦[^⟧]*⟧(?:呢|[一-龥、]{0,4}?(?:教不教|学不学|写不写|教吗|学吗))?[?？]\s*(?:也|都)?不(?:补|写|教|做|搞|讲|留|上)",
    ),
)
#: A shop's questions and answers, parents who sit by, homework said to make tired: content and method alike.
NOT_TAUGHT = Cues(
    "not taught",
    "家长⟦陪读⟧",
    (
        r"关于[^，。⟦]{0,14}⟦答疑⟧",
        r"⟦答疑⟧(?:[\s]*[(（]|帖|贴|楼|汇总|专区)",
        r"(?:家长|妈妈|爸爸|父母|奶奶|爷爷|外婆)\s*(?:可以?|要|须|需)?\s*⟦陪\s*[读学]⟧",
        r"⟦[^⟧]*作业⟧就",
    ),
)


def pattern(groups: Iterable[Cues]) -> re.Pattern[str]:
    """One pattern that finds any cue of these groups."""
    return re.compile("|".join(cue for group in groups for cue in group.cues))


#: So much is read either side of a quote, within its line.
_NEAR = 12


def set_out(text: str, start: int, end: int) -> str:
    """A quote in its surroundings as cues read it, between ⟦ and ⟧."""
    return f"{text[max(0, start - _NEAR) : start]}⟦{text[start:end]}⟧{text[end : end + _NEAR]}"
