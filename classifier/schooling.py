"""Whether a text is about schooling, how surely school subjects are taught in it, and which."""

from __future__ import annotations

import re
from collections.abc import Mapping

from classifier.cantonese import offers_tutoring
from classifier.criteria import CONTENT_THEMES
from classifier.document import Document
from classifier.evidence import taken_back
from classifier.model import Model, Scores
from classifier.rules.prefilter import gated
from classifier.stages import SCHOOL_STAGES

SUBJECT_WORDS: Mapping[str, str] = {
    "chinese": "subject_chinese",
    "maths": "subject_maths",
    "foreign_language": "subject_foreign",
    "all": "subject_all",
}
_SCIENCES: Mapping[str, tuple[str, ...]] = {
    "chinese": ("语文", "语数", "数语", "文史", "语数英", "语数外"),
    "maths": ("数学", "语数", "数英", "数理", "奥数", "数语", "语数英", "语数外"),
    "foreign_language": ("英语", "英文", "语数英", "数英", "语数外", "外语"),
    "physics": ("物理", "理化", "数理", "物化", "理综", "力学", "电学", "浮力", "压强"),
    "chemistry": ("化学", "理化", "物化", "理综", "数理化", "有机", "酸碱盐"),
    "biology": ("生物", "理综", "生地", "史地生", "遗传", "物化生"),
    "history": ("历史", "文综", "史地", "政史", "史政", "小四门"),
    "geography": ("地理", "文综", "史地", "政史地", "生地", "小四门"),
    "politics": ("政治", "道法", "道德与法治", "思想品德", "文综", "政史", "小四门", "史政"),
    "all": ("全科", "各科", "文化课", "多科", "全学科", "所有科目", "各门功课", "主科", "九科", "六科", "科目"),
}
#: Without a single one of these themes a text is not about schooling, whatever the model makes of its style.
_SCHOOLING = (
    *CONTENT_THEMES, "teach", "score", "stage_preschool", "stage_primary", "stage_junior", "stage_senior",
    "stage_k12", "name_school", "cover_care", "cover_camp", "cover_thinking", "cover_culture", "cover_consulting",
    "cover_family_edu", "cover_domestic", "purpose", "evaluation",
)  # fmt: skip


#: Examinations and courses that nobody at school takes.
GROWN_UPS = gated(
    r"专升本|专转本|专接本|专插本|成人高考|成考|考研|自考|教资(?:面试|笔试|考)|教师资格证?(?:面试|笔试|考|科)|国考|省考(?!试院)|公务员"
    r"|事业编|mba|mpacc|gre|军考|申硕|同等学力|考博|在职(?:研究生|读)|职称|电大|开放大学|大学(?:物理|语文|英语|数学|同学)|高等数学|高数"
    r"|四六级|英语[四六]级|上班族|打工人|职场人|企业(?:内训|培训|员工)|内训师|外贸(?:英语|俄语|日语|韩语|口语)|出国劳务|劳务(?:输出|派遣)|\beps\b|文职(?:招聘|笔试|考)|军职|试讲(?:抽题|逐字稿|考)|磨课|给来[^，。]{0,4}工作的|家长(?:训练营|课堂|课[，,])|(?:成人|职工)[)）]|三十来岁|老年大学|学历提升|健身房?(?!操)|减[重脂肥]|私教(?=减|增|塑|\s*减)|函授|五笔|大专(?:生|同学|在读)|年满18"
)
#: Pupils whose course it may be all the same.
_AT_SCHOOL = gated(r"小学|小初高|奥数|中职|各科|初中|高中|高[一二三]|中小学|中考|孩子|娃|学生作业")
#: Who teaches, how hard it is, what is refused: 高中数学我不碰, 其实就初中难度, 孩子坐不住请勿带来.
_NOT_TAUGHT_HERE = re.compile(
    r"(?:语文|数学|英语|历史|物理)?(?:我|一概)?(?:不碰|不带|不教|不收|难度|水平就|教师资格|教资|老师(?!带))|[^，。]{0,6}请勿带|生?家长"
)
_OF_THEIRS = re.compile(r"(?:自己|自家|我家|读懂你的|一边带|可以带|带着)(?:的)?$|(?:面试|试讲)[^，。]{0,4}$")
GROWN_UPS_WEIGH = 0.5
#: An art, a sport, a kindergarten or bare care, with no subject or homework named: greetings and bare appeals of these.
_KINDERGARTEN = gated(r"本园|我园|保育费|[开入]园|亲子园|早教")
OTHER_CLASS_WEIGH = 0.7
#: School subjects left to the school: 文化课请回学校上.
_LEFT_TO_SCHOOL = re.compile(
    r"文化课[^。!！\n]{0,6}?(?:回(?:自己)?(?:学)?校|各回各家|不管|不教|不懂|不补|不上|不碰)|不(?:教|补|上|碰)文化课"
)
LEFT_TO_SCHOOL_WEIGH = 0.5
_OFFER_RULES = frozenset({"paid", "price_bait", "guarantee", "prepay", "loan", "home", "online"})


def touches_schooling(doc: Document) -> bool:
    """Whether any word of schooling stands in the text at all."""
    return any(theme in doc.words for theme in _SCHOOLING)


def touches_training(doc: Document) -> bool:
    """Whether schooling or an art, sport or the like to be learnt stands in the text."""
    return touches_schooling(doc) or "ctx_art" in doc.words


def speaks_of_teaching(doc: Document) -> bool:
    """Whether a subject or homework is named beside a word of aim, manner or measure, whoever denies what."""
    named = any(theme in doc.words for theme in CONTENT_THEMES)
    return named and any(theme in doc.words for theme in ("purpose", "method", "evaluation"))


def weigh_academic(model: Model, scores: Scores, doc: Document) -> tuple[bool, float]:
    score = scores["academic"]
    if not touches_schooling(doc):
        score *= 0.3
    elif not offers_something(doc):
        score *= 0.4 if "ctx_material" in doc.words else 0.85
    if GROWN_UPS.search(doc.text) and not says_pupils(doc):
        score *= GROWN_UPS_WEIGH
    other_class = "ctx_art" in doc.words or _KINDERGARTEN.search(doc.text) is not None
    if other_class and _LEFT_TO_SCHOOL.search(doc.text.replace(" ", "")):
        score *= LEFT_TO_SCHOOL_WEIGH
    elif other_class and not any(theme in doc.words for theme in CONTENT_THEMES):
        score *= OTHER_CLASS_WEIGH
    if offers_tutoring(doc.text):
        score = max(score, model.thresholds["academic"])
    return score >= model.thresholds["academic"], score


def says_pupils(doc: Document) -> bool:
    """Whether pupils or one of their stages are named at all."""
    text = doc.text
    named = [place for stage in SCHOOL_STAGES[:3] for place in doc.words.get(f"stage_{stage}", ())]
    named += [match.span() for match in _AT_SCHOOL.finditer(text)]
    return any(
        not taken_back(text, *place)
        and not _NOT_TAUGHT_HERE.match(text[place[1] : place[1] + 10])
        and not _OF_THEIRS.search(text[max(0, place[0] - 6) : place[0]])
        for place in named
    )


def offers_something(doc: Document) -> bool:
    """Whether the text holds any sign that something is on offer: a contact, a price, a class, a place to go."""
    if any(hit.name in _OFFER_RULES for hit in doc.hits):
        return True
    return any(theme in doc.words for theme in ("contact", "org")) or len(doc.words.get("teach", ())) >= 2


def subjects(doc: Document) -> tuple[str, ...]:
    text = doc.text
    found = {subject for subject, theme in SUBJECT_WORDS.items() if theme in doc.words and subject != "all"}
    found |= {subject for subject, marks in _SCIENCES.items() if any(mark in text for mark in marks)}
    return tuple(sorted(found)) or ("none",)
