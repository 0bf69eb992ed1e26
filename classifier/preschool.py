"""What little children are taught of school, and the clauses that say so: quoted beside who they are."""

from __future__ import annotations

import re
from collections.abc import Sequence

from classifier.atoms import merge
from classifier.clauses import (
    CLAUSE_END,
    LONGEST_CLAUSE,
    LONGEST_FRIGHT,
    MOST_PLACES,
    SHORT_CLAUSE,
    SHOWN,
    in_a_row,
    trimmed,
    whole,
)
from classifier.cues import pattern, set_out
from classifier.evidence import Place, clause_around
from classifier.little_ones import QUOTED
from classifier.page_facts import of_page
from classifier.preschool_cues import NOT_LESSONS, NOT_WHOM, POST
from classifier.types import Hit

#: What little children are taught of school: sounds, characters, sums, foreign words.
_LESSONS = re.compile(
    r"声母|韵母|整体认读|拼音|拼读|(?:识字|认字|常用字|生字|汉字)(?:量)?|认[一二三四五六七八九\d]+百?个?字|(?:\d{1,3}|[一二三五]?十|百)以内|[进退]位|凑十|加减|算术|口算|心算|数学(?!家|思维馆)|写字(?!楼)|田字格|描红|看图写话|英[语文](?:单词|启蒙|字母|口语)?|\d+个?单词|自然拼读|一年级(?:上册|课本|课程|内容|知识)|小学(?:课程|课本|内容|知识)|语文"
)
_NOT_LESSONS, _NOT_WHOM = pattern(NOT_LESSONS), pattern(NOT_WHOM)
#: What frightens is shown where a text says nothing plainer: it sells by it.
_NEVER_LESSONS = pattern(group for group in NOT_LESSONS if group.kind not in ("fright", "others"))
_POST = re.compile(POST)


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
    head = clause_around(text, start, end, CLAUSE_END, before=_BESIDE, after=0)[0]
    before = _REFUSED.search(text, head, start)
    if before is None:
        return _ASKED.match(text[end : end + 16]) is not None
    return not (_BY_OTHERS.search(text, head, before.start()) or _BEHIND.match(text[end : end + 24]))


def taught(text: str) -> list[Place]:
    """The clauses that say what of school is taught, in order; those that frighten by it where none else does."""
    named = [
        trimmed(text, *match.span())
        for match in SHOWN.finditer(text)
        if _LESSONS.search(match[0]) and not of_page(text, *match.span())
    ]
    plain = [place for place in named if not _NOT_LESSONS.search(set_out(text, *place))]
    return plain or [place for place in named if not _NEVER_LESSONS.search(set_out(text, *place))]


def former_post(text: str, start: int, end: int) -> bool:
    """Whether every word for little children in a place, or just before it, is of somebody's former post."""
    said = [match.start() for match in QUOTED.finditer(text, max(0, start - 8), end)]
    posts = [match.span() for match in _POST.finditer(text, max(0, start - 24), min(len(text), end + 12))]
    return bool(said) and all(any(low <= place < high for low, high in posts) for place in said)


def _says_whom(text: str, start: int, end: int) -> bool:
    return not _NOT_WHOM.search(set_out(text, start, end)) and not former_post(text, start, end)


def with_lessons(text: str, chosen: Sequence[Hit], lessons: Sequence[Place]) -> list[Place]:
    """What is taught, with the word that says to whom where that stands elsewhere."""
    first = chosen[0]
    near = [place for place in lessons if place[0] - first.end <= _BESIDE and first.start - place[1] <= _BESIDE]
    clauses = [_shortened(text, *place) for place in in_a_row(text, near)[: MOST_PLACES - 1]]
    # The children's own word, in the hit or near it: a hit that runs into what is taught hides who is.
    named = sorted(
        (match.span() for match in QUOTED.finditer(text) if abs(match.start() - first.start) <= _BESIDE),
        key=lambda place: (not (first.start <= place[0] < first.end), abs(place[0] - first.start)),
    )
    said = [place for place in named if _says_whom(text, *place)]
    if any(low <= place[0] < high for place in said for low, high in clauses):
        return merge(clauses)
    whom = [whole(text, *place, longest=SHORT_CLAUSE) for place in said[:1]]
    if not named:
        hits = (whole(text, hit.start, hit.end, longest=LONGEST_CLAUSE) for hit in chosen)
        whom = [place for place in hits if not _NOT_LESSONS.search(set_out(text, *place))] if clauses else [*hits]
    return merge([*clauses, *whom])


def _shortened(text: str, start: int, end: int) -> Place:
    """A clause that is too long to quote, from its first word of lessons to its last."""
    if end - start <= LONGEST_FRIGHT:
        return start, end
    found = list(_LESSONS.finditer(text, start, end))
    return whole(text, found[0].start(), min(found[-1].end(), found[0].start() + LONGEST_FRIGHT), longest=0)
