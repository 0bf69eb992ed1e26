"""What is no business of ours: pupils' and parents' names, the school of the speaker's own child, and identity numbers,
made unreadable before anything is stored. The length stays; the exact words lie in the WARC record alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from pipelines.personal.digit_runs import folded
from pipelines.personal.running_names import own_children, running_names
from pipelines.personal.surnames import GIVEN, NOT_NAMES
from pipelines.personal.surnames import PATTERN as SURNAME

_NAME = rf"(?P<name>{NOT_NAMES}{SURNAME}{GIVEN})"
_WHO = r"(?:同学(?![们会聚录])|小朋友|小同学|的?妈妈|的?爸爸|家长|奶奶|爷爷|宝贝(?!们)|宝宝)"
_SUBJECT = (
    r"(?:语文|数学|英语|物理|化学|生物|历史|地理|政治|科学|"
    r"总分|中考|高考|期中|期末|月考|模考|考试|考了|考到|得分|成绩|考)"
)
_PATTERNS = (
    # 张梓涵同学, 李子墨妈妈; inside a sentence only after a word that introduces a pupil
    re.compile(rf"(?:(?<!\w)|(?<=恭喜|祝贺|学员|学生)){_NAME}(?={_WHO})"),
    # 学员：王雨桐，
    re.compile(
        r"(?:(?:学员|学生|同学|考生|孩子|喜报|恭喜|祝贺|姓名)[:：]?|家长[:：])[ \u3000]?"
        rf"{_NAME}(?=[，,。！!、；;\s（(:：\d同妈爸考获进提从数语英物化]|$)"
    ),
    # 王雨桐 数学 98分
    re.compile(rf"(?<!\w){_NAME}[ ，,:：（(]{{0,3}}(?:{_SUBJECT}[ :：]{{0,2}}){{0,2}}(?=[0-9]{{2,3}}(?:\.5)?分)"),
)
#: 张三 98，李四 95: two and more in a row.
_SCORE_ROWS = re.compile(
    rf"(?:(?:^|(?<=[\s，,、；;：:])){NOT_NAMES}{SURNAME}{GIVEN}"
    rf"[ :：]{{0,2}}[0-9]{{2,3}}分?(?:[\s，,、；;]{{1,5}}|$)){{2,40}}",
    re.MULTILINE,
)
_ROW_NAME = re.compile(rf"{SURNAME}{GIVEN}(?=[ :：]{{0,2}}[0-9])")
_IDENTITY = re.compile(r"(?<![0-9A-Za-z])(?:[1-9][0-9]{16}[0-9Xx]|[1-9][0-9]{14})(?![0-9A-Za-z])")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def mask_private(text: str) -> str:
    """The text with pupils' and parents' given names, their own child's school and class, and identity numbers as
    `*`; same length in code points."""
    plain = folded(text)
    characters = list(text)
    for start, end in (*_given_names(plain), *running_names(plain), *own_children(plain), *_identities(plain)):
        characters[start:end] = "*" * (end - start)
    return "".join(characters)


def _given_names(plain: str) -> Iterator[tuple[int, int]]:
    """Spans of given names; the surname stays readable."""
    for pattern in _PATTERNS:
        for match in pattern.finditer(plain):
            yield match.start("name") + 1, match.end("name")
    for rows in _SCORE_ROWS.finditer(plain):
        for name in _ROW_NAME.finditer(plain, rows.start(), rows.end()):
            yield name.start() + 1, name.end()


def _identities(plain: str) -> Iterator[tuple[int, int]]:
    for match in _IDENTITY.finditer(plain):
        if _is_identity(match[0].upper()):
            yield match.span()


def _is_identity(number: str) -> bool:
    """A province code and a possible birth date inside; of 18 digits also the right check digit."""
    born = number[6:14] if len(number) == 18 else "19" + number[6:12]
    try:
        year = date(int(born[:4]), int(born[4:6]), int(born[6:])).year
    except ValueError:
        return False
    if not (11 <= int(number[:2]) <= 65 and 1900 <= year <= 2100):
        return False
    if len(number) == 15:
        return True
    total = sum(int(digit) * weight for digit, weight in zip(number[:17], _WEIGHTS, strict=True))
    return "10X98765432"[total % 11] == number[17]
