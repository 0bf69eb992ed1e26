"""Latin letters that stand for themselves: letters children mix up, papers A and B, class B, x and y of an equation.

A letter amid Chinese may be the first of a hidden character's pinyin (补k). It is none where the text speaks of
letters, names things by them or counts them up; disguises.py asks before it offers such a candidate.
"""

from __future__ import annotations

import re

#: Right behind a letter: things named by letters, and what is said of letters as letters.
_NAMED_SO = re.compile(
    r"[a-f](?:班(?!主任)|卷|组|档|轮|类|级|型|款|座|栋|幢|区|馆|口)|t恤|[bx](?:超|光)"
    r"|[a-z](?:不分|分不|都?(?:写|读|认|念)(?:反|错|成|倒)|搞混|弄混|混(?:淆|在)|颠倒|字母|的发音|选项|轴|坐标|等于|求[出得解证]|[=<>²^])"
)
#: Right before one.
_SAID_BEFORE = re.compile(r"(?:[大小]写|字母|选项?|答案|未知数|变量|设|求|等于|声母|韵母|[=<>])\s*$")
#: Between letters that are counted up.
_JOINT = r"(?:\s{0,2}[、,/&+\-\s和跟与或及]\s{0,2})"
_NEXT = re.compile(rf"{_JOINT}([a-z])(?![a-z0-9])")
_LAST = re.compile(rf"(?<![a-z0-9])([a-z]){_JOINT}\Z")
#: A班B班, 公b母p: letters that take turns with characters.
_TURN_AFTER = re.compile(r"[\u4e00-\u9fff]([a-fpq])(?![a-z])")
_TURN_BEFORE = re.compile(r"(?<![a-z])([a-fpq])[\u4e00-\u9fff]\Z")
_TURNING = frozenset("abcdefpq")
#: x in the place of a number or name left out: 报名x月x日, 数学x名, 试学x天.
_LEFT_OUT = re.compile(
    r"x(?:月|日(?!语)|号|天(?!天)|周(?![末一二三四五六日天])|名(?![师校])|元|道(?!法)|次|个(?![性别人])|岁|楼|栋)"
)
_LONE_X = re.compile(r"(?<![a-z0-9*])x(?![a-z0-9*])")
_PHONICS = re.compile(r"声母|韵母|音节|整体认读|翘舌|鼻音|字母")
_RUN = re.compile(r"[a-z]+")


def stands_for_itself(text: str, start: int, end: int, meant: bytes) -> bool:
    """Whether the one letter within text[start:end] is a letter and no hidden character.

    `meant`: one byte a character, whether some candidate explains it.
    """
    run = _RUN.search(text, start, end)
    if run is None or len(run[0]) > 1:
        return False
    at, after = run.start(), run.end()
    if run.start() == start or run.end() == end:  # the letter stands at an edge of the candidate
        named = _NAMED_SO.match(text, at)
        if text[at] == "x" and (_LEFT_OUT.match(text, at) or _left_out_elsewhere(text, meant)):
            return True
        if named and (at == start or text[at] in "bctx" or named.end() - at > 2):
            return True
    before = text[max(0, at - 5) : at]
    return bool(_SAID_BEFORE.search(before)) or _counted(text, at, after, meant)


def _left_out_elsewhere(text: str, meant: bytes) -> bool:
    """Whether an x stands by itself that can be no hidden character (语文x、数学x、音乐x)."""
    return any(not meant[lone.start()] for lone in _LONE_X.finditer(text))


def in_phonics(text: str, start: int, end: int) -> bool:
    """Whether initials stand among the letters of a lesson in letters: 声母 zcs yw."""
    if not _PHONICS.search(text):
        return False
    return bool(
        re.match(r"[\s、,/]{1,2}[a-z]", text[end : end + 3]) or re.search(r"[a-z][\s、,/]{1,2}\Z", text[:start])
    )


def _counted(text: str, at: int, after: int, meant: bytes) -> bool:
    """Whether the letter is one of several, of which at least one can be nothing but a letter."""
    window = text[max(0, at - 8) : at]
    offset = max(0, at - 8)
    for match, base in ((_NEXT.match(text, after), 0), (_LAST.search(window), offset)):
        if match and not meant[base + match.start(1)]:
            return True
    if text[at] in _TURNING:
        for match, base in ((_TURN_AFTER.match(text, after), 0), (_TURN_BEFORE.search(window), offset)):
            if match and not meant[base + match.start(1)]:
                return True
    return False
