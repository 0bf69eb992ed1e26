"""Pupils' full names that stand bare in running text, and the class an advertiser's own child goes to.

A name is believed where two agree: the segmenter takes the characters for a name that its dictionary does not list
(listed ones are poets, stars and everyday words), and what is told of it is told of pupils: marks, prizes, admissions,
who teaches whom. Teachers and operators are told of otherwise, and stay: their names are evidence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from types import ModuleType

from pipelines.personal.surnames import DOUBLE, GIVEN, NOT_NAMES
from pipelines.personal.surnames import PATTERN as SURNAME

_HAN = r"[\u4e00-\u9fff]"
#: Not 张姐, 李某, 周测, 季卡.
_FULL = rf"(?P<name>{NOT_NAMES}{SURNAME}(?![某姐姨哥叔嫂婶测卡表]){GIVEN})"
_SOON = r"[^，,。！!？?；;\s]{0,8}?"
#: Behind a name: it is a teacher's, or that of a house.
_TEACHER = re.compile(
    r"老师|教师|教练|校长|园长|院长|主任|主播|教授|博士|医生|律师|经理|团队|工作室|名师|教[语数英物化]|[堂馆园社班店路镇村]"
)
#: What becomes of pupils, close behind the name.
_FARED = re.compile(
    rf"{_FULL}(?=(?:同学)?{_SOON}(?:考[了上进入取到]|中考|高考|期[中末]|月考|获|夺|拿[了到下]|得了|"
    r"进步|提[高升分了]|涨|升[入到上]|被[^，。]{1,8}录取|录取|上岸|逆袭|从[^，。\s]{1,8}到|\d{2,3}分))"
)
#: Words that introduce a pupil by name.
_INTRODUCED = re.compile(
    r"(?:恭喜|祝贺|学员|学生|徒弟|同学|(?:我|他|她|老师|们)(?:带|教)过?的|(?:儿子|女儿|闺女|孩子|娃|外甥|侄[子女])(?:名?叫|是)?)"
    rf"[:：]?{_FULL}"
)
#: Who offers says so of himself: 我是陈思远, 主讲陈思远.
_OF_HIMSELF = re.compile(
    r"(?:我是|我叫|本人|主讲|授课|名师|讲师|教师|老师[:：]?|创始人|负责人|联系人|法人|校长|主理人)[:：]?\Z"
)
#: Of a child of the one who speaks: which class of which school.
_OWN_CHILD = re.compile(
    rf"(?:我们?家|自家|我(?:的)?)(?:孩子|娃儿?|儿子|女儿|闺女|小孩|宝贝|宝宝|老[大二])[^，。！？\n]{{0,6}}?(?:在|就读于?|读|上)"
    rf"(?P<school>{_HAN}{{2,10}}?)(?:小学|中学|附小|附中|实小|外国语|幼儿园|[小中](?=[，,。；\s]|$))"
    rf"(?:[^，。！？\n]{{0,4}}?年级\s*[(（]?(?P<class>[0-9一二三四五六七八九十]{{1,2}})[)）]?\s*班)?"
)
#: Kinds of words that given names are made of; what is done or counted (曾参加, 周测) is none.
_LIKE_NAMES = frozenset({"nr", "nz", "nrfg", "nrt", "i", "a", "z"})
_SURROGATES = re.compile("[\ud800-\udfff]")
#: What the segmenter is shown on either side.
_CONTEXT = 40


def running_names(text: str) -> Iterator[tuple[int, int]]:
    """Places of given names (the surname stays readable) of pupils named in passing."""
    seen = set()
    for pattern in (_FARED, _INTRODUCED):
        for match in pattern.finditer(text):
            start, end = match.span("name")
            if start in seen or _OF_HIMSELF.search(text[max(0, start - 8) : start]):
                continue
            if end := _as_segmented(text, start, end):
                seen.add(start)
                yield start + 1, end


def own_children(text: str) -> Iterator[tuple[int, int]]:
    """Places of the school's name and the class of the speaker's own child."""
    for match in _OWN_CHILD.finditer(text):
        yield match.span("school")
        if match["class"]:
            yield match.span("class")


def _segmenter() -> ModuleType:
    """Its dictionary is a tenth of a second of every command's start, and few texts name a pupil."""
    import rjieba

    module: ModuleType = rjieba
    return module


def _as_segmented(text: str, start: int, end: int) -> int:
    """Where the name ends that the segmenter sees begin there; 0 where it sees none, or a word it knows."""
    first = max(0, start - _CONTEXT)
    shown = _SURROGATES.sub("\ufffd", text[first : end + _CONTEXT])  # the segmenter takes none
    at = 0
    words = _segmenter().tag(shown, True)
    for number, (word, kind) in enumerate(words):
        at = shown.index(word, at)
        if at >= start - first:
            behind, its_kind = words[number + 1] if number + 1 < len(words) else ("", "")
            length = _length(word, kind, behind, its_kind, end - start) if at == start - first else 0
            teaches = _TEACHER.search(text[start + length - 1 : start + length + 3])
            return 0 if teaches or not length else start + length
        at += len(word)
    return 0


def _length(word: str, kind: str, behind: str, its_kind: str, most: int) -> int:
    """Of a name that begins with this word and has at most so many characters; 0 where it is none."""
    surname = 2 if word[:2] in DOUBLE else 1
    if len(word) == surname:
        # 赵 天佑, 马 欣怡: a surname by itself and the given name as a word.
        return len(word + behind) if len(word + behind) == most and its_kind in _LIKE_NAMES else 0
    knows = _segmenter().has_word
    if not kind.startswith("nr") or knows(word):
        return 0
    if len(word) - surname == 1 and (its_kind == "nr" or not knows(behind)) and most > len(word):
        return len(word) + 1  # 周子 涵考: the segmenter has cut the name short
    return min(len(word), surname + 2)
