"""What little children are taught of school, and the clauses that say so: quoted beside who they are."""

from __future__ import annotations

import re
from collections.abc import Sequence

from classifier.atoms import merge
from classifier.clauses import LONGEST_CLAUSE, LONGEST_FRIGHT, MOST_PLACES, SHORT_CLAUSE, SHOWN, trimmed, whole
from classifier.evidence import Place
from classifier.little_ones import QUOTED
from classifier.page_facts import of_page
from classifier.types import Hit

#: What little children are taught of school: sounds, characters, sums, foreign words.
_LESSONS = re.compile(
    r"声母|韵母|整体认读|拼音|拼读|(?:识字|认字|常用字|生字|汉字)(?:量)?|认[一二三四五六七八九\d]+百?个?字|(?:\d{1,3}|[一二三五]?十|百)以内|[进退]位|凑十|加减|算术|口算|心算|数学(?!家|思维馆)|写字(?!楼)|田字格|描红|看图写话|英[语文](?:单词|启蒙|字母|口语)?|\d+个?单词|自然拼读|一年级(?:上册|课本|课程|内容|知识)|小学(?:课程|课本|内容|知识)|语文"
)
#: Refused, given away, or said of older ones.
_NO_LESSONS = re.compile(
    r"不(?:教|学|提前|碰|搞|讲|写|涉及)|拒绝|送[^，。]{0,6}(?:描红|字帖|本)|[二三四五六]年级|初[一二三中]|高[一二三中]|小升初|(?:学校|小学|班上|课上|校内)?的?老师[^，。,]{0,8}(?:[周天期]|星期|月|节课)[^，。,]{0,3}(?:就|只)?(?:讲|教|学|上|赶|过)(?:完|过去|一遍)"
)


#: As far from the words for little children what is taught may stand.
_BESIDE = 120
#: Who refuses it: before the word in its clause, or behind the question.
_REFUSED = re.compile(
    r"(?:不(?!会(?!教)|懂|认得|认识|识|仅|只|但|光|单|怕|错|同|少|断|限|止|愁|知)|(?<![类级性区特个分差])别(?!人|墅|具|家)|没有?(?!基础|时间|学过|上过)|禁止|严禁|杜绝|拒绝|反对|远离|取消|勿)(?:提前|超前|过早|盲目|要求?|会|再|必|用|让|给|以|做|搞|主张|提倡|跟风|急着){0,3}(?:教授?|学习?|讲|写|认|碰|搞|补|上|练|布置|留|涉及|开设?|报|灌输|集中|追求)?[^，。,]{0,8}$"
)
_ASKED = re.compile(
    r"^[^，。,]{0,6}教?不教?[?？][^，。]{0,3}不教|^[^，。,]{0,4}(?:呢)?[?？]?(?:一概|一律|也|都|均|全)?不(?:教|学|讲|写|碰|搞|涉及)(?![会完好懂了])"
)
#: Refused by others, or said of those who fall behind by it: what frightens refuses nothing.
_BY_OTHERS = re.compile(
    r"(?:(?<![我本])(?:幼儿园|园里|园所|公办园)|(?:别家|别人|人家|隔壁)[^，。,]{0,3}|学校|老师)(?:里|都|现在|又|也|是|根本){0,2}$"
)
_BEHIND = re.compile(r"^[^。！!\n]{0,16}(?:跟不上|吃亏|懵|掉队|落后|哭|听不懂|输|晚了|来不及|慢半拍|补不上)")
#: Classes and covers that are what little children are not to be taught under, whatever is refused beside them.
_CLASS = re.compile(
    r"(?:幼小衔接|学前|幼升小|一年级(?:预科|先修))(?:班|营|课|全能|暑期|直通)?|思维|数感|珠心算|速算|全脑"
)


def refused(text: str, start: int, end: int) -> bool:
    """Whether what little children are taught is named here only to refuse it: 本园零起点,不教拼音、不写作业.

    Asked of the words a rule has found and of what stands beside them; a word that is not refused leaves it standing.
    """
    low, high = max(0, start - _BESIDE), end + _BESIDE
    words = [m.span() for pattern in (_LESSONS, _CLASS) for m in pattern.finditer(text, low, min(len(text), high))]
    return bool(words) and all(_not_taught(text, *place) for place in words)


def _not_taught(text: str, start: int, end: int) -> bool:
    head = max((text.rfind(sign, 0, start) for sign in "，。！？；,!?;\n"), default=-1) + 1
    before = _REFUSED.search(text, head, start)
    if before is None:
        return _ASKED.match(text[end : end + 16]) is not None
    return not (_BY_OTHERS.search(text, head, before.start()) or _BEHIND.match(text[end : end + 24]))


def taught(text: str) -> list[Place]:
    """The clauses that say what of school is taught, in order."""
    return [
        trimmed(text, *match.span())
        for match in SHOWN.finditer(text)
        if _LESSONS.search(match[0]) and not _NO_LESSONS.search(match[0]) and not of_page(text, *match.span())
    ]


def with_lessons(text: str, chosen: Sequence[Hit], lessons: Sequence[Place]) -> list[Place]:
    """What is taught, with the word that says to whom where that stands elsewhere."""
    first = chosen[0]
    near = [place for place in lessons if place[0] - first.end <= _BESIDE and first.start - place[1] <= _BESIDE]
    clauses = [_shortened(text, *place) for place in _in_a_row(text, near)[: MOST_PLACES - 1]]
    if not clauses:
        return merge(whole(text, hit.start, hit.end, longest=LONGEST_CLAUSE) for hit in chosen)
    whom = whole(text, first.start, min(first.end, first.start + LONGEST_CLAUSE), longest=SHORT_CLAUSE)
    # A hit that runs into what is taught hides who is: the children's own word inside it, or near it, says so.
    named = (whole(text, *match.span(), longest=SHORT_CLAUSE) for match in QUOTED.finditer(text))
    for place in (whom, *(place for place in named if abs(place[0] - first.start) <= _BESIDE)):
        if not any(low < place[1] and place[0] < high for low, high in clauses):
            return merge([*clauses, place])
    return merge(clauses)


def _in_a_row(text: str, lessons: Sequence[Place]) -> list[Place]:
    """Lessons told one behind the other, as one quote where it is not too long: 声母韵母，常用字，20以内."""
    rows: list[Place] = []
    for start, end in lessons:
        if rows and not text[rows[-1][1] : start].strip(" ，,；;、+") and end - rows[-1][0] <= LONGEST_FRIGHT:
            rows[-1] = (rows[-1][0], end)
        else:
            rows.append((start, end))
    return rows


def _shortened(text: str, start: int, end: int) -> Place:
    """A clause that is too long to quote, from its first word of lessons to its last."""
    if end - start <= LONGEST_FRIGHT:
        return start, end
    found = list(_LESSONS.finditer(text, start, end))
    return whole(text, found[0].start(), min(found[-1].end(), found[0].start() + LONGEST_FRIGHT), longest=0)
