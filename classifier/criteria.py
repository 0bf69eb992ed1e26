"""鉴别指南's four dimensions (目的 内容 方式 评价): which have words in the text, and where.

The guide asks whether training is of the school-subject kind. What is given here is evidence for a person and no
finding: a dimension is met when the text itself names it; words of teaching that a dance class uses too count only
beside a school subject; the same word is never evidence of two dimensions, a promised rise in points apart.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from classifier.aside import no_content, no_measure
from classifier.clauses import CLAUSE_END
from classifier.document import Document
from classifier.elements import belongs, misrepaired, owned
from classifier.evidence import MOST, Place, clause_around, distinct, find, lists, taken_back, within_lines
from classifier.normalise import LIMIT

#: Subjects shown: a list of them is read whole.
MOST_CONTENT = 8
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
        "听写",
        "默写",
        "卷子",
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
VAGUE = frozenset(["听不懂", "一道道", "学科", "托福", "雅思", "会考", "学考", "学期", "全学年"])
#: No subject by name, and so all of them.
_ANY_SUBJECT = re.compile(
    r"(?:任意|所有|各个?|每门?|哪门|任何一?门?)\s*(?:学科|科目|功课)|(?:学科|科目)(?:不限|任选|自选)|不限(?:学科|科目)"
)
#: Subjects told by what of them is taught, by a sign, or as those a child is weak in: 讲行程, “经”(语), 哪门瘸腿.
_MEANT = re.compile(
    r"(?:(?<=[讲补教练攻])|(?<=主讲)|(?<=专攻)|(?<=精讲))(?:的)?(?:行程|工程问题|工程(?=[、,，和])|数论|计数|鸡兔同笼|浓度|追及|牛吃草|浮力|杠杆|受力|电路|动能|导数|圆锥曲线|立体几何|数列|洋流|气候类型|遗传题?|完形|长难句|时态|非谓语)"
    r"|(?<=[(（])[语数英物化]{1,3}(?=[)）])|(?:先)?补哪门|哪门(?:课|功课|学科)?(?:掉队|瘸腿|瘸|弱|差|拖后腿|不行)|(?:那|这)?几门弱科|各门(?:课)?(?:的)?老师|各科(?:的)?老师(?=[^，。,]{0,4}(?:负责|查漏|带|讲|补|会诊))"
    r"|(?<=把)《[^》\n]{1,8}》(?=讲)|(?:群文阅读|小练笔|单元习作|同步习作)"
)
#: Teaching said of the subject itself: 讲数理题, 补理综; 计算专项, 数学课.
_TEACHES = re.compile(
    r"(?:讲|教(?![研师务育材室练龄])|补|辅|练|攻|背|抠)(?:的|授|小学|初中|高中|孩子)?[^，。！？；,!?;、\s]{0,2}$"
)
_TAUGHT = re.compile(
    r"^[^，。！？；,!?;、\s]{0,2}?(?:班(?![主级长车])|课(?![本文程外后件间])|专项|专题|集训|小组|特训|训练|精讲)"
)
#: Of the words for classes those that say how; 学堂 and 名师 there are names, 秋季班 says when.
_CLASS = re.compile(r"(?:(?<![春秋寒暑假季期末管托])班|辅导|补习|补课|预科|一对一)$")
#: Rules whose hits speak of results and of the examination as the aim (押题).
_AIMED = re.compile(r"押|猜题|密卷|密训|圈题|点题|原题|透题")
#: A result within what a rule has found: marks, a rise, a rank, a rate, who passed or entered.
_RESULT = re.compile(
    r"(?:从|由)?\s*(?:\d{2,3}|[二三四五六七八九]十[一二三四五六七八九]?|不及格|倒数)\s*分?\s*[,]?\s*(?:一路)?(?:涨|提|升|冲|考|爬|干|进步)?(?:高)?(?:到了?|→|->|—>|➡)\s*(?:\d{2,3}|[二三四五六七八九]十[一二三四五六七八九]?|满分|前[十百\d]+名?)\s*分?"
    r"|(?:平均|人均)?(?:提高?|涨|多考|进步)了?\s*(?:\d{1,3}|[一二三四五六七八九十百]{1,4}|x{1,3})\s*(?:多|来)?\s*(?:分|名)(?!钟)"
    r"|(?:语文|数学|英语|物理|化学|总分|期[中末]|中考|高考)?考[了到出过]?\s*(?:\d{2,3}|x{2,3})(?:\.\d)?\s*分?(?![\d元块天])"
    r"|(?:上线|升学|录取|过线|达线|通过|提分|优秀|及格|重本|本科|满分|进步)率?\s*[^，。！？,!?\n\d]{0,4}(?:\d{1,3}(?:\.\d+)?\s*%|x+%|[六七八九]成|百分之?[^，。,]{1,4})"
    r"|(?:[全省市县区校]+|年级|班级?|全班)?(?:第[一二三1-3](?![轮课次节讲天周中小初高实期步])名?|前[三五十百\d]+名)|满分|双百|(?:全|都|双双)?(?:过线|及格)"
    r"|(?:\d{1,3}|[一二三四五六七八九十几]{1,3})\s*(?:人|个|名|位)[^，。！？,!?\n]{0,6}?(?:考上|考进|考入|上岸|录取|过线|进了?(?:重点|实验班|一中|附中|前))"
    r"|(?:考上|考进|考入|升入|录取)[^，。！？,!?\n]{0,8}?(?:大学|中学|一中|附中|外国语|高中|实验|重点|[a-z\d]{3})"
)
_RANK = re.compile(
    r"(?:[全省市县区校]+|年级|班级?|全班)?(?:排名?)?前[三五十百\d]+名|(?:全[班校县市省]|年级|班级?)第[一二三1-3]名?(?![中小])"
)
#: What turns an examination's name into a measure: a number of points, a rank, a rate, 考 with a result.
_MEASURED = re.compile(
    r"\d\s*(?:[名%]|分(?!钟|期|店|校|部))|[一二三四五六七八九十百]\s*分(?!钟|期|店|校|部)|第[一二三\d]+(?!轮|课|次|节|讲|天|周|学期|期|中学|小学|阶段)|前[十三五百\d]+名"
    r"|(?<![效频概])率|不?及格|考(?:了|到|出|过|进)|从\D{0,6}\d|x+分|退(?![休役伍])|达标|不到\d"
)
#: 期末后开课: a time, neither aim nor measure; 月考前: still to come, an aim.
_WHEN = re.compile(r"^(?:后|以后|结束|放假|一?考完|完了?)")
_AHEAD = re.compile(r"^(?:前(?![三五十百\d])|之前|在即|将至|倒计时|复习|冲刺|备考)")
#: Of a school as an aim: whose teachers, neighbours or papers they are.
_NOT_AIMED = re.compile(
    r"^[^，。！？；,!?;\n]{0,6}?(?:老师|教师|名师|师资|毕业|在[职编]|任教|骨干|团队|学[长姐]|研究生|旁|附近|对面|门口|教龄|教研|在读|真题|试卷)"
)
_OF_SCHOOL = re.compile(r"(?:毕业于|任教于?|来自|就读于?|原|曾|\d|一所|各大|双一流)[^，。,]{0,4}$")
#: A label of a field: 授课方式, 上课地点.
_LABEL = re.compile(r"^(?:方式|地[点址]|时间|老师|教师|区域|对象|形式|科目|年级|费用?|内容|顾问)")
#: A promised rise: aim and measure at once.
_RISE = re.compile(
    r"(?:提|涨|加|多考|提高|提升|进步|抢回?)(?:分)?[^，,。\n]{0,3}?(?:\d{1,3}|[一二三四五六七八九十百]{1,4}|x{1,3})\s*\+?多?\s*分"
)


def read_criteria(doc: Document) -> dict[str, tuple[Place, ...]]:
    """Dimension → places in the restored text, () where the text names nothing; whoever it is about."""
    text = doc.text[:LIMIT]
    words = lists()
    content = [place for place in _content(doc) if belongs("content", text, place)]
    found: dict[str, list[Place]] = {"purpose": [], "content": content, "method": [], "evaluation": []}
    for name in ("purpose", "method", "evaluation"):
        found[name] += find(text, words[name]["plain"])
        if content:
            found[name] += find(text, words[name]["beside"])
    found["method"] = [
        *(place for place in found["method"] if not _LABEL.match(text[place[1] : place[1] + 3])),
        *_how(doc, content),
    ]
    tests = [place for place in found["evaluation"] if not _AHEAD.match(text[place[1] : place[1] + 4])]
    early = [place for place in found["evaluation"] if place not in tests]
    measures = [*tests, *_exams(text, words["exam"], measured=True), *_results(doc, content)]
    aims = [*_exams(text, words["exam"], measured=False), *early, *_schools(text, words["school"])]
    rises = [m.span() for m in _RISE.finditer(text) if not taken_back(text, *m.span())]
    found["evaluation"] = [*(place for place in measures if not _aside(text, place)), *rises]
    if content or rises:
        found["purpose"] += [*aims, *rises]
    if content:
        hits = (hit for hit in doc.named("exam_insider") if hit.strength == 1)
        found["purpose"] += [(hit.start, hit.end) for hit in hits if _AIMED.search(text, hit.start, hit.end)]
    taken = [place for place in [*found["evaluation"], *measures] if not _touches(place, rises)]
    found["purpose"] = [place for place in found["purpose"] if not _touches(place, taken)]
    may = {name: owned(name, text, found[name]) for name in DIMENSIONS}
    may["content"] = _listed(text, _by_themselves(text, _of_teaching(text, may["content"])))
    return {
        name: distinct(text, within_lines(text, may[name]), MOST_CONTENT if name == "content" else MOST)
        for name in DIMENSIONS
    }


#: A subject within the word for who teaches it: 英语老师.
_TEACHER = re.compile(r"(?:老师|教师|名师)$")


def _by_themselves(text: str, places: list[Place]) -> list[Place]:
    """Subjects without those quoted by their teacher (英语老师) where the subject stands elsewhere by itself."""
    plain = {text[slice(*place)] for place in places if not _TEACHER.search(text[slice(*place)])}
    return [
        place
        for place in places
        if not _TEACHER.search(words := text[slice(*place)]) or not any(one in words for one in plain)
    ]


#: A subject in whose name somebody came out so or so: 数学71→94, 语文从60到88.
_CAME_OUT = re.compile(r"^[^，。,;；!！\n]{0,3}?(?:从|由)?\s*\d{2,3}\s*分?\s*(?:→|->|—>|➡|到|涨|升|冲|提)")
#: What a child fails at or is afraid of: 一提竖式就头大.
_FAILS = re.compile(
    r"(?:一(?:看|见|到|碰|遇|做|写|上|提)到?|[怕愁厌烦]|看不懂|听不懂|卡在|栽在|搞不懂|弄不懂|不爱|讨厌|学不会|做不出)[^，。,;；⟦\n]{0,3}$"
)
_AND_FAILS = re.compile(
    r"^[^，。,;；\n]{0,3}?(?:就|都|总|老是|也)(?:是)?(?:走神|发?懵|蒙|头[疼大痛]|哭|愣|发呆|抓瞎|卡|不会|怕|错|丢分|挂|拖|磨蹭|打瞌睡)"
)


def _of_teaching(text: str, places: list[Place]) -> list[Place]:
    """Subjects without those of a testimony or of what a child fails at, where others stand."""
    taught = [
        place
        for place in places
        if not _CAME_OUT.match(text[place[1] : place[1] + 14])
        and not _AND_FAILS.match(text[place[1] : place[1] + 10])
        and not _FAILS.search(text[max(0, place[0] - 8) : place[0]])
    ]
    return taught or places


#: Things taught, one behind the other: 浓度、植树、牛吃草.
_LIST = re.compile(r"[一-龥a-z0-9]{1,6}(?:、[一-龥a-z0-9]{1,6}){1,7}")
_LED = re.compile(r"^(?:主讲|精讲|专攻|讲|教|学|补|练|攻|含|有|如|像|从|把|包括)+")
_ENDED = re.compile(r"(?:等|之类|都|全|一起|一(?:网打尽|次讲透)|讲透|讲完|过一遍|逐个|各).*$")


def _listed(text: str, places: list[Place]) -> list[Place]:
    """Places grown to the list they were cut from, where one of its other things is no word of ours: then 盈亏 alone
    stands for less than is taught."""
    found: list[Place] = []
    for place in places:
        grown = place
        for match in _LIST.finditer(text):
            start = match.start() + (len(led[0]) if (led := _LED.match(match[0])) else 0)
            words = _ENDED.sub("", text[start : match.end()])
            if not (start <= place[0] and place[1] <= start + len(words)) or "、" not in words:
                continue
            low, items = start, words.split("、")
            known = []
            for item in items:
                known.append(any(a < low + len(item) and low < b for a, b in places))
                low += len(item) + 1
            if len(items) >= 3 and not all(known) and all(len(item) <= 4 for item in items):
                grown = (start, start + len(words))
        if grown not in found:
            found.append(grown)
    return found


def _aside(text: str, place: Place) -> bool:
    return no_measure(text, *place) or bool(_WHEN.match(text[place[1] : place[1] + 4]))


def _results(doc: Document, content: list[Place]) -> Iterator[Place]:
    """Results of pupils that a rule has found, cut down to the result itself."""
    if not content:
        return
    yield from (match.span() for match in _RANK.finditer(doc.text))
    for hit in doc.named("endorsement"):
        for match in _RESULT.finditer(doc.text, hit.start, min(hit.end + 12, len(doc.text))):
            if match.start() < hit.end:
                yield match.span()


def _schools(text: str, words: tuple[str, ...]) -> Iterator[Place]:
    """Names of schools and classes that are where pupils want to go."""
    for start, end in find(text, words):
        if not _NOT_AIMED.match(text[end : end + 12]) and not _OF_SCHOOL.search(text[max(0, start - 10) : start]):
            yield start, end


def nothing() -> Mapping[str, tuple[Place, ...]]:
    """The table of a text that offers no training to minors."""
    return dict.fromkeys(DIMENSIONS, ())


def content_places(doc: Document) -> tuple[Place, ...]:
    """Where a school subject or homework is named, denied ones left out."""
    return distinct(doc.text, owned("content", doc.text, _content(doc)), 6)


def _content(doc: Document) -> list[Place]:
    text = doc.text
    return [
        place
        for theme in CONTENT_THEMES
        for place in doc.words.get(theme, ())
        if text[slice(*place)] not in _HOW | VAGUE
        and place[1] <= len(text)
        and not no_content(text, *place)
        and not taken_back(text, *place)
        and not misrepaired(doc.folded.raw, doc.folded.span(*place))
    ] + [
        match.span()
        for meant in (_ANY_SUBJECT, _MEANT)
        for match in meant.finditer(text)
        if not taken_back(text, *match.span())
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
            if not taken_back(text, first, end) and not no_content(text, first, end):
                yield first, end
        if after := _TAUGHT.match(text[end : end + 6]):
            yield start, end + len(after[0])


def _exams(text: str, words: tuple[str, ...], *, measured: bool) -> Iterator[Place]:
    """Names of examinations and of marks that are, or are not, a measure in their clause."""
    for start, end in find(text, words):
        left, right = clause_around(text, start, end, CLAUSE_END, before=30, after=30)
        ahead = bool(_AHEAD.match(text[end : end + 4]))
        if (not ahead and bool(_MEASURED.search(text[left:right]))) == measured and not _WHEN.match(
            text[end : end + 4]
        ):
            yield start, end


def _touches(place: Place, others: Iterable[Place]) -> bool:
    start, end = place
    return any(start < high and low < end for low, high in others)
