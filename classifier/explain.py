"""Why: the words a head rests on, as places in the restored text and then in the original."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from classifier.atoms import atoms_of, merge
from classifier.document import Document
from classifier.elements import belongs, misrepaired
from classifier.evidence import Place, distinct, within_lines
from classifier.fold import Folded
from classifier.frames import proves
from classifier.model import HEADS, Model
from classifier.page_facts import of_page
from classifier.sayings import said
from classifier.stages import NO_PUPIL
from classifier.threats import calm, sure_threats, threats
from classifier.types import Hit, Span

_CLAUSE = re.compile(r"[^，。！？；,.!?;\n~、|]+")
#: A clause as shown: a decimal point does not end it.
_SHOWN = re.compile(r"(?:[^，。！？；,.!?;\n~|…【】「」#]|(?<=\d)[.,](?=\d))+")
MOST_SPANS = 5
#: Of one signal at most this many places are shown, the surest first.
MOST_PLACES = 3
#: Longer clauses are not shown whole, only the words that fired.
LONGEST_CLAUSE = 26
#: What frightens is quoted whole, two clauses of a comparison together (别人家都学完了,您家的呢) up to this.
LONGEST_FRIGHT = 48
#: Signals that only a whole clause makes plain.
CLAUSE_SIGNALS = frozenset(
    {"fear", "guarantee", "endorsement", "exaggerated", "exam_insider", "school_link", "teacher_public"}
)
#: Signals that a short clause makes plainer than the bare words.
SHORT_CLAUSE_SIGNALS = frozenset({"price_bait", "prepay", "late", "loan", "superlative", "foreign_teacher_abroad"})
SHORT_CLAUSE = 16
#: Whose words are another claim's rather: 涨得最猛的+176分 is no guarantee, 本市第一教练 says nothing of a post.
_CARRIED_BY = {
    "guarantee": frozenset({"endorsement"}),
    "exaggerated": frozenset({"endorsement"}),
    "endorsement": frozenset({"guarantee", "exaggerated", "superlative"}),
    "teacher_public": frozenset({"superlative"}),
    "exam_insider": frozenset({"guarantee"}),
}
#: Words that say so only beside plainer ones: 三升四 beside 暑假.
_ASIDE = {"holiday": re.compile(r"升[二三四五六七八九]|新[初高二三四五六七八九]|准[高初]|初升高|小升初|先修|预科")}
_YOURS = re.compile(r"你|您|别人|人家|同桌|同班|隔壁|全班|孩子|娃|家长")
#: What addressing the reader weighs beside the model's own weights.
_ADDRESSED = 0.5
_LEADING = "、，,。:：;；·-—)）】"
_TRAILING = "、，,。:：;；·-—(（【"
_BRACKETS = (("(", ")"), ("（", "）"), ("【", "】"), ("“", "”"))
#: Lists of stages to point at for an academic finding.
ACADEMIC_LISTS = ("stage_preschool", "stage_primary", "stage_junior", "stage_senior")


@dataclass(frozen=True, kw_only=True)
class AcademicWords:
    """Words an academic finding points at: content, way, stage, or whole (a clause of a text judged as a whole)."""

    kind: str
    places: tuple[Place, ...]


def to_spans(folded: Folded, places: Iterable[tuple[int, int]], most: int = MOST_SPANS) -> tuple[Span, ...]:
    """Original spans of places in the restored text, at most a handful, in order, none twice.

    None runs over a line end: what a rule read from title and text together is shown as two places. None has an edge
    within a number or a word.
    """
    atoms = atoms_of(folded.text)
    grown = merge(_unmasked(folded.text, *atoms.whole(*place)) for place in merge(places))
    pieces = within_lines(folded.text, grown)
    spans = [folded.span(start, end) for start, end in pieces]
    sound = {span for span in spans if not _place_name(folded.raw, span) and not misrepaired(folded.raw, span)}
    return tuple(sorted(sound))[:most]


#: A number some of whose digits are masked: xx80, 1xx0.
_MASKED = re.compile(r"[x*]{1,4}\d[\dx*]*|\d+[x*]{1,4}\d*(?=[元块/分名课节])")


def _unmasked(text: str, start: int, end: int) -> Place:
    """A place grown over the masked number that an edge of it cuts: xx80元 is never shown as 80元."""
    low, high = max(0, start - 6), end + 6
    for match in _MASKED.finditer(text, low, high):
        if match.start() < start < match.end() or match.start() < end < match.end():
            start, end = min(start, match.start()), max(end, match.end())
    return start, end


_PLACE_NAME = re.compile(r"[一-龥]?(?:广场|[镇路街乡村区县站巷桥湖河山])")


def _place_name(raw: str, span: Span) -> bool:
    """Whether words restored from other characters are a place's name as they stand: 渝西广场, 汉葭镇."""
    if span.text == span.restored or len(span.text) != len(span.restored) or len(span.text) > 3:
        return False
    return span.text[-1] in "到了的" or _PLACE_NAME.match(raw, span.end) is not None


def clause_weights(model: Model, doc: Document, head: str) -> dict[tuple[int, int], float]:
    """How loudly the characters of each clause speak for a head."""
    column = HEADS.index(head)
    weights: np.ndarray = model.weights[:, column]
    text = re.sub(r"\d", "0", doc.text)
    clauses = [match.span() for match in _CLAUSE.finditer(text)]
    if not clauses:
        return {}
    owners, columns = model.vectoriser.vocabulary.characters([text[start:end] for start, end in clauses])
    totals = np.bincount(owners, weights[columns] * model.vectoriser.idf[columns], minlength=len(clauses))
    trimmed = (_trimmed(text, *clause) for clause in clauses)
    return {place: float(total) for place, total in zip(trimmed, totals, strict=True) if place[1] > place[0]}


def heaviest_clause(model: Model, doc: Document, head: str) -> tuple[int, int] | None:
    """The clause whose characters speak loudest for a head; None when none does."""
    weights = clause_weights(model, doc, head)
    best = max(weights, key=lambda place: weights[place], default=None)
    return best if best is not None and weights[best] > 0 else None


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """Without blanks, and without brackets that open or close nothing within."""
    while start < end and (text[start].isspace() or text[start] in _LEADING):
        start += 1
    while end > start and (text[end - 1].isspace() or text[end - 1] in _TRAILING):
        end -= 1
    if text.count('"', start, end) == 1:
        start += text[start] == '"'
        end -= text[end - 1] == '"'
    for opening, closing in _BRACKETS:
        if end - start > 2 and text[start] == opening and closing not in text[start : end - 1]:
            start += 1
            end -= text[end - 1] == closing
        elif end - start > 2 and text[end - 1] == closing and opening not in text[start:end]:
            end -= 1
    return start, end


def whole(text: str, start: int, end: int, *, longest: int) -> tuple[int, int]:
    """A place grown to whole words, or to its whole clause where that has at most `longest` characters."""
    first, last = start, end
    for match in _SHOWN.finditer(text):
        if match.end() <= start:
            continue
        if match.start() >= end:
            break
        first, last = min(first, match.start()), max(last, match.end())
    if last - first <= longest:
        return _trimmed(text, first, last)
    return _trimmed(text, *atoms_of(text).whole(start, end))


def places_of(model: Model, doc: Document, signal: str) -> Sequence[tuple[int, int]]:
    """Where a signal's finding rests: its surest rule hits, as whole words or clauses.

    Words that carry another claim better are left to that one, and words whose clause does not bear the claim out are
    none at all: then nothing is given. Fear alone may be told by the model from a whole clause that no rule names.
    """
    if signal == "anxiety":
        return frightening(model, doc)
    hits = [hit for hit in _in_lines(doc, signal) if proves(signal, doc.text, hit.start, hit.end)]
    hits = sorted(_own_hits(doc, signal, hits), key=lambda hit: (-hit.strength, hit.start))
    if plain := said(doc.text, signal):
        hits = [*plain, *(hit for hit in hits if not any(hit.start < one.end and one.start < hit.end for one in plain))]
    if not hits:
        return []
    floor = hits[0].strength / 2
    chosen = [hit for hit in hits if hit.strength >= floor][:MOST_PLACES]
    if signal == "price_bait" and (struck := _struck_price(doc.text, chosen)):
        chosen = [struck, *chosen][:MOST_PLACES]
    if signal == "preschool_academic" and (lessons := taught(doc.text)):
        return _with_lessons(doc.text, chosen, lessons)
    baits = signal == "price_bait"
    firsts = [hit.start if baits else _past_price(doc.text, hit.start, hit.end) for hit in chosen]
    lines = [within_lines(doc.text, [(first, hit.end)]) for first, hit in zip(firsts, chosen, strict=True)]
    pieces = [place for parts in lines for place in dict.fromkeys([*parts[:1], *parts[-1:]])]
    shown = merge(_from_head(doc.text, *whole(doc.text, *place, longest=_longest(signal))) for place in pieces)
    return _one_offer(doc.text, shown) if baits else shown


#: What little children are taught of school: sounds, characters, sums, foreign words.
_LESSONS = re.compile(
    r"声母|韵母|整体认读|拼音|拼读|(?:识字|认字|常用字|生字|汉字)(?:量)?|认[一二三四五六七八九\d]+百?个?字|(?:\d{1,3}|[一二三五]?十|百)以内|[进退]位|凑十|加减|算术|口算|心算|数学(?!家|思维馆)|写字(?!楼)|田字格|描红|看图写话|英[语文](?:单词|启蒙|字母|口语)?|\d+个?单词|自然拼读|一年级(?:上册|课本|课程|内容|知识)|小学(?:课程|课本|内容|知识)|语文"
)
#: Refused, given away, or said of older ones.
_NO_LESSONS = re.compile(
    r"不(?:教|学|提前|碰|搞|讲|写|涉及)|拒绝|送[^，。]{0,6}(?:描红|字帖|本)|[二三四五六]年级|初[一二三中]|高[一二三中]|小升初"
)


def taught(text: str) -> list[Place]:
    """The clauses that say what of school is taught, in order."""
    return [
        _trimmed(text, *match.span())
        for match in _SHOWN.finditer(text)
        if _LESSONS.search(match[0]) and not _NO_LESSONS.search(match[0]) and not of_page(text, *match.span())
    ]


#: As far from the words for little children what is taught may stand.
_BESIDE = 120


def _with_lessons(text: str, chosen: Sequence[Hit], lessons: Sequence[Place]) -> list[Place]:
    """What is taught, with the word that says to whom where that stands elsewhere."""
    first = chosen[0]
    near = [place for place in lessons if place[0] - first.end <= _BESIDE and first.start - place[1] <= _BESIDE]
    clauses = [_shortened(text, *place) for place in near[: MOST_PLACES - 1]]
    if not clauses:
        return merge(whole(text, hit.start, hit.end, longest=LONGEST_CLAUSE) for hit in chosen)
    whom = whole(text, first.start, min(first.end, first.start + LONGEST_CLAUSE), longest=SHORT_CLAUSE)
    # A hit that runs into what is taught hides who is: the children's own word inside it, or near it, says so.
    named = (whole(text, *match.span(), longest=SHORT_CLAUSE) for match in _LITTLE.finditer(text))
    for place in (whom, *(place for place in named if abs(place[0] - first.start) <= _BESIDE)):
        if not any(low < place[1] and place[0] < high for low, high in clauses):
            return merge([*clauses, place])
    return merge(clauses)


#: Children before school, in words; a class of so many (25人大班) is none.
_LITTLE = re.compile(
    r"幼小(?:衔接)?|幼升小|学前(?:班|儿童|的?孩子)?|学龄前|幼儿园|(?<![人初高课])[大中]班(?![课额制])(?:的?(?:孩子|宝贝|宝宝|娃|小朋友))?"
    r"|[3-6三四五六]\s*(?:周?岁)?\s*[-~—至到]\s*[4-7四五六七]\s*周?岁|(?:入学|上小学)之?前|预备小学生|准?一年级新生"
)


def _shortened(text: str, start: int, end: int) -> Place:
    """A clause that is too long to quote, from its first word of lessons to its last."""
    if end - start <= LONGEST_FRIGHT:
        return start, end
    found = list(_LESSONS.finditer(text, start, end))
    return whole(text, found[0].start(), min(found[-1].end(), found[0].start() + LONGEST_FRIGHT), longest=0)


#: Particles that nothing begins with.
_HANGING = frozenset("的地得了着过们")
#: So far back a clause is begun with a quote that would start in mid-phrase.
_BEGUN = 16


def _from_head(text: str, start: int, end: int) -> Place:
    """A quote that begins with a particle, begun with its clause: 的小蒋同学 is half of 去年带的小蒋同学."""
    if text[start] not in _HANGING:
        return start, end
    head = next((m.start() for m in _SHOWN.finditer(text) if m.start() <= start < m.end()), start)
    if 0 < start - head <= _BEGUN:
        return _trimmed(text, head, end)
    return start + 1, end


def _one_offer(text: str, places: Sequence[Place]) -> list[Place]:
    """The struck price and the one behind it as one quote."""
    joined: list[Place] = []
    for start, end in places:
        if joined and _STRUCK.search(text, *joined[-1]) and text[joined[-1][1] : start].strip(" ,，:：、") == "":
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return joined


#: Claims of one number with its unit: read over a line end they are none (4200, and 年三十 on the next line).
_OF_NUMBERS = frozenset({"prepay", "loan", "late"})


def _in_lines(doc: Document, signal: str) -> Iterator[Hit]:
    """A signal's hits; of one that reads a single character into another line, the rest."""
    for hit in doc.named(signal):
        first, _, rest = doc.text[hit.start : hit.end].partition("\n")
        last = rest.rpartition("\n")[2]
        if not rest or min(len(first.strip()), len(last.strip())) > 1:
            yield hit
        elif signal not in _OF_NUMBERS:
            head = len(first.strip()) > 1
            start, end = (hit.start, hit.start + len(first)) if head else (hit.end - len(last), hit.end)
            yield replace(hit, start=start, end=end)


#: The price said to be struck, without which a lower one proves nothing.
_STRUCK = re.compile(
    r"(?:原(?:价|来)?|门市价?|划线价?|市场价|平时|正价)[:：]?\s*[¥￥]?\d{2,5}(?:\.\d+)?(?![\d年月人名分])"
)
_A_PRICE = re.compile(r"\d{2,}|折|半价")


def _struck_price(text: str, chosen: Sequence[Hit]) -> Hit | None:
    """The struck price in the line of the baits chosen, where they name a lower one and not it."""
    if any(_STRUCK.search(text, hit.start, hit.end) for hit in chosen):
        return None
    for hit in chosen:
        if not _A_PRICE.search(text, hit.start, min(len(text), hit.end + 8)):
            continue
        low = text.rfind("\n", 0, hit.start) + 1
        high = text.find("\n", hit.end)
        if match := _STRUCK.search(text, low, high if high >= 0 else len(text)):
            return Hit(name="price_bait", start=match.start(), end=match.end())
    return None


#: A price in front of a claim that a rule has read on from: 一小时200,去年学生从61考到92.
_PRICE_CLAUSE = re.compile(
    r"[^，,。]{0,8}?\d{2,5}\s*(?:元|块)?\s*[，,]\s*(?=去年|今年|上[届期学]|往|学[员生]|孩|娃)|[^，,。]{0,8}?(?:[元块]|(?:每|一)(?:小时|次|节|课时|个?月|期|人))\s*\d{0,5}\s*[，,]\s*"
)


def _past_price(text: str, start: int, end: int) -> int:
    price = _PRICE_CLAUSE.match(text, start, end)
    return price.end() if price and end - price.end() >= 4 else start


def _longest(signal: str) -> int:
    return LONGEST_CLAUSE if signal in CLAUSE_SIGNALS else SHORT_CLAUSE if signal in SHORT_CLAUSE_SIGNALS else 0


def _own_hits(doc: Document, signal: str, hits: Sequence[Hit]) -> Sequence[Hit]:
    """A signal's hits without those whose words another claim has, as long as any remain."""
    if len(hits) > 1 and (rivals := _CARRIED_BY.get(signal)):
        others = [hit for hit in doc.hits if hit.name in rivals]
        own = [hit for hit in hits if not any(hit.start < one.end and one.start < hit.end for one in others)]
        hits = own or hits
    if len(hits) > 1 and (aside := _ASIDE.get(signal)):
        plain = [hit for hit in hits if not aside.search(doc.text, hit.start, hit.end)]
        hits = plain or hits
    return hits


def frightening(model: Model, doc: Document) -> Sequence[tuple[int, int]]:
    """The clauses that frighten: those a rule names for sure, else the loudest of those that do so quietly.

    Where none does the model has judged the text as a whole: then its loudest clause, which is no proof by itself.
    """
    text = doc.text
    if sure := sure_threats(doc):
        said = merge(place for piece in sure for place in _whole_clauses(text, *piece))
        ends = {end for _, end in said}
        return merge(place if place[0] - 1 in ends else _not_half(text, *place) for place in said)[:MOST_PLACES]
    weights = clause_weights(model, doc, "anxiety")

    def loudness(place: Place) -> float:
        inside = [weight for (start, end), weight in weights.items() if place[0] <= start and end <= place[1]]
        return sum(inside) + _ADDRESSED * bool(_YOURS.search(text, *place))

    quiet = threats(doc) or [
        place for place in weights if not calm(text[slice(*place)]) and not _PLAIN_FACT.search(text, *place)
    ]
    return [_said_out(text, max(quiet, key=loudness))] if quiet else []


#: What a price, an hour or a day says frightens nobody.
_PLAIN_FACT = re.compile(
    r"\d{3,}|\d\s*[:：点]|[元块费价]|上课|开[课班]|下课|[一每][期节次科]|(?:[班课营]|集训|辅导|语文|数学|英语|物理|化学)$"
)
#: 尊敬的家长: and the like in front of what frightens.
_GREETING = re.compile(r"(?:尊敬的|亲爱的|各位|致)?[^:：,，]{0,6}(?:家长|妈妈|爸爸|朋友)们?[:：]\s*")
#: A clause as short as this says only half.
_HALF = 12


def _said_out(text: str, place: tuple[int, int]) -> tuple[int, int]:
    """A frightening clause without its greeting, and with the one behind it where it is but a beginning."""
    start, end = place
    if greeting := _GREETING.match(text, start, end):
        start = greeting.end() if greeting.end() < end else start
    if end - start <= _HALF and text[end : end + 1] in ("，", ","):
        after = _CLAUSE.match(text, end + 1)
        if after and after.end() - start <= LONGEST_CLAUSE + 4 and not calm(after.group()):
            end = after.end()
    return start, end


#: 您孩子在哪一半, 还有救吗: what is asked stands before it.
_ASKED = 9


def _not_half(text: str, start: int, end: int) -> tuple[int, int]:
    """A frightening clause that is short, with the one before it; one that ends in a short clause, with the next."""
    if end - start <= _ASKED and start > 1 and text[start - 1] in "，,":
        before = next((m for m in _SHOWN.finditer(text) if m.end() == start - 1), None)
        if before and end - before.start() <= LONGEST_FRIGHT and not calm(before.group()):
            start = _trimmed(text, before.start(), end)[0]
    last = max(text.rfind(mark, start, end) for mark in "；;，,")
    if last >= start and end - last <= _ASKED - 3 and text[end : end + 1] in ("，", ","):
        after = _SHOWN.match(text, end + 1)
        if after and after.end() - start <= LONGEST_FRIGHT and not calm(after.group()):
            end = after.end()
    return start, end


def _whole_clauses(text: str, start: int, end: int) -> Sequence[tuple[int, int]]:
    """A place grown to its clauses: as one where that is not too long to quote, else each by itself."""
    clauses = [match.span() for match in _SHOWN.finditer(text) if match.start() < end and start < match.end()]
    if len(clauses) < 2 or clauses[-1][1] - clauses[0][0] <= LONGEST_FRIGHT:
        return [whole(text, start, end, longest=LONGEST_FRIGHT)]
    return [whole(text, max(start, low), min(end, high), longest=LONGEST_FRIGHT) for low, high in clauses]


#: School books and a number of subjects name none; they are pointed at where nothing plainer is said.
_THIN = frozenset(
    ["课本", "教材", "课内", "功课", "科目", "单科", "两科", "三科", "学校课本", "校内课程", "课堂内容", "短板科目"]
)
#: A clause in which something is taught, or a child is spoken of.
_OF_TEACHING = re.compile(
    r"辅导|补[课习弱差]|家教|教(?!练|室|龄)|课(?!间)|班(?!主任|长|车)|学(?!校|历|费)|老师|作业|成绩|提分|[冲小托]|营(?!业)|孩子|娃|宝贝|题|年级|考|书|读|写"
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


def academic_places(
    model: Model, doc: Document, criteria: Mapping[str, Sequence[Place]], most: int = 8
) -> AcademicWords:
    """The words a finding of school-subject training rests on, the plainest first, and what kind of words they are.

    Subjects and homework, with the stages that tell for whom; else ways and aims of teaching; else stages alone; else
    the clause that spoke loudest for the model, which is no proof and must be called so.
    """
    text = doc.text
    content = sorted(criteria["content"], key=lambda place: (text[slice(*place)] in _THIN, place))
    stages: list[Place] = []
    for theme in ACADEMIC_LISTS:
        stages += distinct(text, _stages(doc, theme), 1)
    if content:
        subjects = distinct(text, [place for place in content if text[slice(*place)] not in _THIN], most)
        chosen = [*(subjects or content)[: max(2, most - len(stages))], *stages][:most]
        return AcademicWords(kind="content", places=tuple(sorted(chosen)))
    if ways := [*criteria["method"], *criteria["purpose"]]:
        return AcademicWords(kind="way", places=tuple(sorted([*ways[:3], *stages[:2]]))[:most])
    stages += distinct(text, [match.span() for match in _WEAKNESS.finditer(text)], 1) if stages else []
    if stages:
        return AcademicWords(kind="stage", places=tuple(sorted(stages)[:most]))
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
