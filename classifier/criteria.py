"""鉴别指南's four dimensions (目的 内容 方式 评价): which have words in the text, and where.

The guide asks whether training is of the school-subject kind. What is given here is evidence for a person and no
finding: a dimension is met when the text itself names it; words of teaching that a dance class uses too count only
beside a school subject; the same word is never evidence of two dimensions, a promised rise in points apart.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from classifier.document import Document
from classifier.evidence import Place, distinct, find, lists, taken_back, within_lines
from classifier.normalise import LIMIT

DIMENSIONS = ("purpose", "content", "method", "evaluation")
#: Lists of what is taught; homework is its content as well.
CONTENT_THEMES = (
    "subject_chinese", "subject_maths", "subject_foreign", "subject_science", "subject_arts", "subject_all", "homework",
)  # fmt: skip
#: Words of those lists that say how, not what: they count as method.
_HOW = frozenset(
    [
        "批改",
        "订正",
        "错题",
        "讲错题",
        "讲题",
        "答疑",
        "解惑",
        "不会的题",
        "做题",
        "刷题",
        "题海",
        "难题",
        "举一反三",
        "陪读",
        "陪学",
        "伴学",
        "弱科",
        "偏科",
    ]
)
#: Words of those lists that show neither.
_VAGUE = frozenset(["听不懂", "一道道", "学科", "托福", "雅思"])
#: Teaching said of the subject itself: 讲数理题, 补理综; 计算专项, 数学课.
_TEACHES = re.compile(r"(?:讲|教|补|带|辅|练|盯|抓|攻|背|抠)[^，。！？；,!?;\n]{0,5}$")
_TAUGHT = re.compile(r"^[^，。！？；,!?;\n]{0,3}?(?:班|课|专项|专题|集训|小组|突击|突破|特训|训练|精讲|全程)")
#: Of the words for classes those that are one; 学堂 and 名师 there are names.
_CLASS = re.compile(r"(?:班|辅导|补习|补课|预科|一对一)$")
#: Rules whose hits speak of results (成绩单, 从46到89) and of the examination as the aim (押题).
_RULES = {"evaluation": "endorsement", "purpose": "exam_insider"}
#: Adjuncts that name a subject although they speak of another matter: 历史悠久, 地理位置, 生物钟, 政治面貌.
_ELSEWHERE = re.compile(
    r"历史(?:悠久|上|性|新高|遗留)|地理(?:位置|优势)|生物(?:钟|科技|医药)|政治(?:面貌|学习)|化学(?:反应|品)|非学科"
)
#: What turns an examination's name into a measure: a number of points, a rank, a rate, 考 with a result.
_MEASURED = re.compile(
    r"\d\s*[分名%]|[一二三四五六七八九十百]\s*分|第[一二三\d]|前[十三五百\d]|率|不?及格|考(?:了|到|出|过|进)|从\D{0,6}\d|x+分|退|达标"
)
_CLAUSE_END = re.compile(r"[，。！？；,!?;\n]")
#: A promised rise: aim and measure at once.
_RISE = re.compile(
    r"(?:提|涨|加|多考|提高|提升|进步|抢回?)(?:分)?[^，,。\n]{0,3}?(?:\d{1,3}|[一二三四五六七八九十百]{1,4}|x{1,3})\s*\+?多?\s*分"
)


def read_criteria(doc: Document) -> dict[str, tuple[Place, ...]]:
    """Dimension → places in the restored text, () where the text names nothing; whoever it is about."""
    text = doc.text[:LIMIT]
    words = lists()
    content = _content(doc)
    found: dict[str, list[Place]] = {"purpose": [], "content": content, "method": [], "evaluation": []}
    for name in ("purpose", "method", "evaluation"):
        found[name] += find(text, words[name]["plain"])
        if content:
            found[name] += find(text, words[name]["beside"])
    found["method"] += _how(doc, content)
    for name, rule in _RULES.items():
        found[name] += [(hit.start, hit.end) for hit in doc.named(rule) if hit.strength == 1 and content]
    measures = list(_exams(text, words["exam"], measured=True))
    aims = list(_exams(text, words["exam"], measured=False))
    rises = [m.span() for m in _RISE.finditer(text) if not taken_back(text, *m.span())]
    found["evaluation"] += [*measures, *rises]
    if content or rises:
        found["purpose"] += [*aims, *rises]
    taken = [place for place in found["evaluation"] if not _touches(place, rises)]
    found["purpose"] = [place for place in found["purpose"] if not _touches(place, taken)]
    return {name: distinct(text, within_lines(text, found[name])) for name in DIMENSIONS}


def nothing() -> Mapping[str, tuple[Place, ...]]:
    """The table of a text that offers no training to minors."""
    return dict.fromkeys(DIMENSIONS, ())


def content_places(doc: Document) -> tuple[Place, ...]:
    """Where a school subject or homework is named, denied ones left out."""
    return distinct(doc.text, _content(doc), 6)


def _content(doc: Document) -> list[Place]:
    text = doc.text
    elsewhere = [match.span() for match in _ELSEWHERE.finditer(text)]
    return [
        place
        for theme in CONTENT_THEMES
        for place in doc.words.get(theme, ())
        if text[slice(*place)] not in _HOW | _VAGUE and not _touches(place, elsewhere) and not taken_back(text, *place)
    ]


def _how(doc: Document, content: list[Place]) -> Iterator[Place]:
    """Ways of teaching: words of the homework list, classes, and verbs and nouns of teaching right at a subject."""
    text = doc.text
    for place in doc.words.get("homework", ()):
        if text[slice(*place)] in _HOW and not taken_back(text, *place):
            yield place
    if content:
        for place in doc.words.get("class_words", ()):
            if _CLASS.search(text[slice(*place)]) and not taken_back(text, *place):
                yield place
    for start, end in content:
        if before := _TEACHES.search(text[max(0, start - 6) : start]):
            first = start - len(before[0])
            if not taken_back(text, first, end):
                yield first, end
        if after := _TAUGHT.match(text[end : end + 6]):
            yield start, end + len(after[0])


def _exams(text: str, words: tuple[str, ...], *, measured: bool) -> Iterator[Place]:
    """Names of examinations and of marks that are, or are not, a measure in their clause."""
    for start, end in find(text, words):
        left = max((m.end() for m in _CLAUSE_END.finditer(text, max(0, start - 30), start)), default=max(0, start - 30))
        right = next((m.start() for m in _CLAUSE_END.finditer(text, end, end + 30)), min(len(text), end + 30))
        if bool(_MEASURED.search(text[left:right])) == measured:
            yield start, end


def _touches(place: Place, others: Iterable[Place]) -> bool:
    start, end = place
    return any(start < high and low < end for low, high in others)
