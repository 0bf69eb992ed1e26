# ruff: noqa: E501 (regular expressions: alternatives read better unbroken)
"""Which stages a text says: words, grades and ages, spans of them filled (小学到高三, 7-15岁, 初高中).

The model's heads answer too; what is said outright needs only that they do not rule it out (judge.py). Words of a
teacher's own schooling (985毕业) or of a far goal say nothing of who is taught and are no part of this.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from classifier.document import Document
from classifier.elements import belongs
from classifier.rules.numbers import to_number
from classifier.types import STAGES

#: Preschool, primary, junior, senior: the stages of minors, in their order.
SCHOOL_STAGES = STAGES[:4]
#: Words of the lists that name no pupil: where a teacher studied, what may come of it, a monthly test of any school.
NO_PUPIL = frozenset(
    {"985", "211", "双一流", "清北", "月考", "附小", "实验小学", "启蒙", "普高", "一轮", "二轮", "三轮"}
)
#: Short ways of saying several at once.
_SAID = {
    "preschool": re.compile(r"学前|幼儿班|幼小|大班(?:孩子|娃|升|毕业)|学龄前"),
    "primary": re.compile(r"小初高?(?!一)|中小学|小学|小高组?(?!层)|小升初|[低中高]年级(?:班|组|段)|k12|k-12"),
    "junior": re.compile(r"小初高?|初高中|初高(?!\d|峰)|中小学|中高考|中学(?:生|部|段|课程|各科|全科|数学|物理|化学|英语|语文|文化|辅导|阶段)|小初衔接|初中|中考(?!察)|k12|k-12|体育中考|生地会考|中招"),
    "senior": re.compile(r"小初高|初高中|初高(?!\d|峰)|中高考|中学生|中学(?:部|段|各科|全科|阶段)|艺考|高考|高中|k12|k-12|编导|统考线|强基|导数|圆锥曲线|选科|学考|单招|志愿填报"),
}  # fmt: skip
_ORDER = {"幼": 0, "学前": 0, "大班": 0, "小": 1, "初": 2, "高": 3, "中考": 2, "高考": 3}
_SPAN = re.compile(
    r"(?P<low>幼儿园?|学前|大班|小学|小[一二三四五六]|初中|初[一二三])(?:[一-龥]{0,3}?)\s*(?:到|至|-{1,2}|—{1,2}|~|～|一直)\s*(?P<high>小学|小[一二三四五六]|初中|初[一二三]|高中|高[一二三]|中考|高考)"
)
_GRADES = re.compile(
    r"(?<![\d.])(?P<low>[1-9]|[一二三四五六七八九])(?:年级)?\s*(?:到|至|-{1,2}|—{1,2}|~|～)\s*(?P<high>1[0-2]|[1-9]|[一二三四五六七八九])\s*年级"
)
_AGES = re.compile(
    r"(?<![\d.])(?P<low>\d{1,2}|[一二三四五六七八九十]{1,2})(?:周?岁)?(?:半)?\s*(?:到|至|-{1,2}|—{1,2}|~|～)\s*(?P<high>1\d|\d|[一二三四五六七八九十]{1,2})\s*周?岁"
)
#: Ages of a stage, both ends within it.
_OF_AGE = {"preschool": (3, 5), "primary": (7, 12), "junior": (13, 15), "senior": (16, 18)}


def _spans(text: str) -> set[str]:
    found: set[str] = set()
    for match in _SPAN.finditer(text):
        low, high = (_place(match[end]) for end in ("low", "high"))
        found |= set(SCHOOL_STAGES[low : high + 1])
    for match in _GRADES.finditer(text):
        grades = to_number(match["low"]), to_number(match["high"])
        if grades[0] and grades[1] and grades[0] < grades[1]:
            limits = {"primary": (1, 6), "junior": (7, 9), "senior": (10, 12)}
            found |= {stage for stage, (a, z) in limits.items() if grades[0] <= z and a <= grades[1]}
    for match in _AGES.finditer(text):
        ages = to_number(match["low"]), to_number(match["high"])
        if ages[0] and ages[1] and ages[0] < ages[1] <= 18:
            found |= {stage for stage, (a, z) in _OF_AGE.items() if ages[0] <= z and a <= ages[1]}
    return found


def _place(words: str) -> int:
    return next(
        place for start, place in sorted(_ORDER.items(), key=lambda pair: -len(pair[0])) if words.startswith(start)
    )


def said_stages(doc: Document) -> Mapping[str, bool]:
    """For each stage of minors whether the text says it in words, as a grade or as an age."""
    found = _spans(doc.text)
    for stage in SCHOOL_STAGES:
        places = (place for place in doc.words.get(f"stage_{stage}", ()) if belongs("stage", doc.text, place))
        words = {doc.text[start:end] for start, end in places}
        if words - NO_PUPIL or _SAID[stage].search(doc.text):
            found.add(stage)
    return {stage: stage in found for stage in SCHOOL_STAGES}
