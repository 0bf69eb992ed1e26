# ruff: noqa: E501 (regular expressions: alternatives read better unbroken)
"""The words that name what is offered to minors: of a school-subject finding, and of an advertisement for any class."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from classifier.atoms import merge
from classifier.clauses import LONGEST_CLAUSE, SHORT_CLAUSE, in_a_row, in_clauses, whole
from classifier.document import Document
from classifier.elements import belongs
from classifier.evidence import Place, distinct
from classifier.explain import to_spans
from classifier.loudness import clause_weights, heaviest_clause
from classifier.model import Model
from classifier.stages import NO_PUPIL

#: Lists of stages to point at for an academic finding.
ACADEMIC_LISTS = ("stage_preschool", "stage_primary", "stage_junior", "stage_senior")


@dataclass(frozen=True, kw_only=True)
class AcademicWords:
    """Words an academic finding points at: content, way, stage, or whole (a clause of a text judged as a whole)."""

    kind: str
    places: tuple[Place, ...]


#: School books and a number of subjects name none; they are pointed at where nothing plainer is said.
_THIN = frozenset(
    ["课本", "教材", "课内", "功课", "科目", "单科", "两科", "三科", "学校课本", "校内课程", "课堂内容", "短板科目"]
)
#: A clause in which something is taught, or a child is spoken of.
_OF_TEACHING = re.compile(
    r"辅导|补[课习弱差]|家教|教(?!练|室|龄)|课(?!间)|班(?!主任|长|车)|学(?!校|历|费)|老师|作业|成绩|提分|[冲小托]|营(?!业)|孩子|娃|宝贝|题|年级|考|书|读|写"
)
#: Of one finding at most so many clauses are shown.
_MOST_CLAUSES = 4
_MOST_WORDS = 8
#: Somebody teaches, or seeks pupils for it; 数学 and 学生 hold none of these.
_TEACHING = re.compile(
    r"辅导|补(?!丁)|教(?!室|材|育局)|讲|授|课(?!本|文)|班(?!主任|长|车)|招|带(?!来)|练|营(?!业|养)|衔接|一对|家教|陪|提[分优高]|收"
)
#: Who teaches or was taught before, which is shown where nothing else is said: 退休语文教师, 去年的初三.
_OF_SOMEBODY = re.compile(
    r"[一二三四五六七八九十\d]年(?:高中|初中|小学)|要不要|只有一个|得罪|不及格|落榜|规模|指定|超过|落后|丢分|全废|最佳|别人|别家|人家|同桌|班里|隔壁|退休|背景|毕业|反馈|雇主|去年|前年|上一?[轮届期户]|往[届年]|[带教]过|原来|以前|曾经?|教研组|在读|[硕博]士|本科|专业|出身|考[上过了]|打卡率|教龄|从教|\d{2,3}\s*(?:到|→|->)\s*\d{2,3}"
)
#: What a text that names no subject says of learning: shown beside the stage.
_WEAKNESS = re.compile(
    r"(?:成绩|分数|名次|学习)(?:滑|掉|下滑|跟不上|上不去|提升|提高)(?:下去|下来|得快)?|学情诊断|(?:课后|课业|学业|学习力?)提升班?|查漏补缺"
)
_NO_PROOF = re.compile(
    r"交给我们|还给自己|偷偷|同龄人|名额|席位|欢迎|扣1|戳|\d{5,}|x{5,}|电话|热线|微信|地址|[路街]\d|\d\s*[元块:：点]|点半|周[一二三四五六日]|[?？]$|吗$"
)


def _stages(doc: Document, theme: str) -> list[Place]:
    """Words of a stage that name pupils of this training."""
    return [
        place
        for place in doc.words.get(theme, ())
        if doc.text[slice(*place)] not in NO_PUPIL and belongs("stage", doc.text, place)
    ]


def _sound(doc: Document, places: Iterable[Place]) -> list[Place]:
    """Without words that were read out of others by mistake."""
    return [place for place in places if to_spans(doc.folded, [place])]


def _taught(text: str, words: Sequence[Place], stages: Sequence[Place], ways: Sequence[Place]) -> tuple[Place, ...]:
    """The clauses that say what is taught, those first in which somebody teaches, and whom where no such clause says it."""
    clauses = in_clauses(text, words, longest=LONGEST_CLAUSE)

    def weight(clause: Place) -> int:
        def held(places: Sequence[Place]) -> int:
            return sum(1 for low, high in places if clause[0] <= low and high <= clause[1])

        return 2 * (held(ways) > 0 or _TEACHING.search(text, *clause) is not None) + held(words) + held(stages)

    told = [clause for clause in clauses if not _OF_SOMEBODY.search(text, *clause)]
    chosen = sorted(sorted(told or clauses, key=lambda clause: -weight(clause))[:_MOST_CLAUSES])
    unsaid = [place for place in stages if not any(low <= place[0] < high for low, high in chosen)]
    whom = in_clauses(text, unsaid, longest=SHORT_CLAUSE)
    whom = [clause for clause in whom if not chosen or not _OF_SOMEBODY.search(text, *clause)]
    return tuple(in_a_row(text, merge([*chosen, *whom])))


def academic_places(model: Model, doc: Document, criteria: Mapping[str, Sequence[Place]]) -> AcademicWords:
    """The words a finding of school-subject training rests on, the plainest first, and what kind of words they are.

    Subjects and homework, with the stages that tell for whom; else ways and aims of teaching; else stages alone; else
    the clause that spoke loudest for the model, which is no proof and must be called so.
    """
    text = doc.text
    content = sorted(_sound(doc, criteria["content"]), key=lambda place: (text[slice(*place)] in _THIN, place))
    stages: list[Place] = []
    for theme in ACADEMIC_LISTS:
        stages += distinct(text, _stages(doc, theme), 1)
    ways = [*criteria["method"], *criteria["purpose"]]
    if content:
        subjects = distinct(text, [place for place in content if text[slice(*place)] not in _THIN], _MOST_WORDS)
        return AcademicWords(kind="content", places=_taught(text, subjects or content[:_MOST_WORDS], stages, ways))
    if ways:
        return AcademicWords(kind="way", places=_taught(text, ways[:3], stages[:2], ways))
    stages += distinct(text, [match.span() for match in _WEAKNESS.finditer(text)], 1) if stages else []
    if stages:
        return AcademicWords(kind="stage", places=tuple(sorted(stages)[:_MOST_WORDS]))
    weights = clause_weights(model, doc, "academic")
    said = {place: one for place, one in weights.items() if _OF_TEACHING.search(text, *place)}
    plain = {place: one for place, one in said.items() if not _NO_PROOF.search(text[slice(*place)])}
    loud = plain or said or weights
    return AcademicWords(kind="whole", places=(max(loud, key=lambda place: loud[place]),) if loud else ())


#: What is on offer, by its name: a class, a camp, an art, for children.
_CLASS = re.compile(
    r"班(?!主任|长|车)|课(?!本|文|桌)|营(?!业|养)|训练|培训|启蒙|社团|俱乐部|工作室|画室|琴行|招生|招新|开课|指导|辅导|教(?!练|室|龄)|集训|体验|陪练|托管|[晚午日]托|运动馆|训练馆|艺术|沙龙|礼仪|主持|编程|足球|篮球|[规策]划|读书会|[课馆]程|学(?=[一-龥]{0,2}(?:琴|画|舞|棋|武|拳|唱|编程|滑|游|球|字|艺|机))"
)
_REFUSED = re.compile(r"不(?:是|参与|辅导|教|补|做|涉及|写|留|搞|考(?!虑)|卷|办|跟|追求|用怕|收)")
#: Clauses that advertise no class though they hold its words: greetings, old members' discounts, a show, the teacher.
_NOT_THE_CLASS = re.compile(
    r"(?:家长|宝妈|朋友|各位)们?(?:您?好|大家好)|老(?:学员|生|会员|客户)|汇[演报]|演出|^老师[是们]|老师是|押金|名单|退(?:课|费|款)|在读|毕业|退役|运动员|约课|剩\d+节|规则|说别人|同学总分|就[一二三四五六七八九]千|送[一两二三\d]"
)
_CHILDREN = re.compile(
    r"少儿|少年|儿童|孩子|幼儿|宝贝|小朋友|娃|学员|青少年|\d\s*[-—~到至]\s*\d{1,2}\s*岁|小学|初中|高中|(?<!月)初[一二三]|高[一二三]|中考|年级"
)


def advert_places(model: Model, doc: Document) -> Sequence[Place]:
    """The clause that says most plainly what class is offered to minors; the model's loudest where none does."""
    weights = clause_weights(model, doc, "minors")
    arts = doc.words.get("ctx_art", ())
    best: tuple[float, Place] | None = None
    for (start, end), weight in weights.items():
        words = doc.text[start:end]
        if _REFUSED.search(words) or _NOT_THE_CLASS.search(words):
            continue
        named = any(start <= low and high <= end for low, high in arts)
        said = 2.0 * named + 1.5 * bool(_CLASS.search(words)) + bool(_CHILDREN.search(words))
        if said and (best is None or said + min(weight, 1.0) / 2 > best[0]):
            best = said + min(weight, 1.0) / 2, (start, end)
    if best is None:
        loud = {
            place: one
            for place, one in weights.items()
            if not (_NOT_THE_CLASS.search(doc.text, *place) or _REFUSED.search(doc.text, *place))
        }
        clause = max(loud, key=lambda place: loud[place], default=None) or heaviest_clause(model, doc, "minors")
        return [clause] if clause else []
    return [whole(doc.text, *best[1], longest=LONGEST_CLAUSE)]
