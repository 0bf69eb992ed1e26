"""Why: the words a head rests on, as places in the restored text and then in the original."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import numpy as np
import rjieba

from classifier.document import Document
from classifier.evidence import taken_back, within_lines
from classifier.fold import Folded
from classifier.model import HEADS, Model
from classifier.rules.fear_frames import SURE as FRAME
from classifier.types import Hit, Span

_CLAUSE = re.compile(r"[^，。！？；,.!?;\n~、|]+")
#: A clause as shown: a decimal point does not end it.
_SHOWN = re.compile(r"(?:[^，。！？；,.!?;\n~|…【】「」]|(?<=\d)[.,](?=\d))+")
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
#: Comfort and denial: 我们不贩卖焦虑, 别焦虑.
_COMFORT = re.compile(
    r"(?:不|别|拒绝|告别|停止|远离|从不|莫)(?:再|要|必|用)?(?:贩卖|制造|渲染|传播|散播)?(?:焦虑|内卷|慌|怕|着急|担心)|静待花开|不追求|不比|不排名"
)
#: Clauses about who teaches, what it costs and how to reach them frighten nobody.
_NO_FEAR = re.compile(
    r"\d{7,}|电话|微信|地址|[元块¥]|\d\s*[/一]\s*[节次月]|校区|报名|名额|优惠|试听|老师|教师|专家|顾问|工作室|机构|小班|一对[一二三]|每[周天次节]|周[一二三四五六日末]|[路街](?:\d|口|$|[·、\s])|\d号|x月|月x|私信|私聊|扫码|[营馆园]\s|(?:预科|衔接|冲刺|提高|培优|同步|开学|招生|下学期)班?|\d人一组|·"
)
_YOURS = re.compile(r"你|您|别人|人家|同桌|同班|隔壁|全班|孩子|娃|家长")
#: What such signs weigh beside the model's own weights.
_SAID, _RULED, _ADDRESSED = 1.5, 2.5, 0.5
_LEADING = "、，,。:：;；·-—)）】"
_TRAILING = "、，,。:：;；·-—(（【"
_BRACKETS = (("(", ")"), ("（", "）"), ("【", "】"), ("“", "”"))
#: Lists to point at for an academic finding.
ACADEMIC_LISTS = (
    "subject_chinese", "subject_maths", "subject_foreign", "subject_science", "subject_arts", "subject_all",
    "homework", "stage_preschool", "stage_primary", "stage_junior", "stage_senior",
)  # fmt: skip


def merge(places: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Places in order, overlapping ones joined."""
    joined: list[tuple[int, int]] = []
    for start, end in sorted(places):
        if joined and start < joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined


def to_spans(folded: Folded, places: Iterable[tuple[int, int]], most: int = MOST_SPANS) -> tuple[Span, ...]:
    """Original spans of places in the restored text, at most a handful, in order, none twice.

    None runs over a line end: what a rule read from title and text together is shown as two places.
    """
    pieces = within_lines(folded.text, merge(places))[:most]
    spans = {folded.span(start, end) for start, end in pieces}
    return tuple(sorted(spans))


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
    place = first
    for word in rjieba.cut(text[first:last]):
        after = place + len(word)
        if place < start < after and start - place <= 3:
            start = place
        if place < end < after and after - end <= 3:
            end = after
        place = after
    while start > first and text[start - 1].isdigit():  # 550分以上
        start -= 1
    while end < last and text[end].isdigit():
        end += 1
    return _trimmed(text, start, end)


def places_of(model: Model, doc: Document, signal: str) -> Sequence[tuple[int, int]]:
    """Where a signal's finding rests: its surest rule hits, as whole words or clauses.

    Words that carry another claim better are left to that one. Fear alone may be told by the model from a whole clause
    that no rule names.
    """
    if signal == "anxiety":
        return frightening(model, doc)
    hits = sorted(_own_hits(doc, signal), key=lambda hit: (-hit.strength, hit.start))
    if not hits:
        return []
    floor = hits[0].strength / 2
    chosen = [hit for hit in hits if hit.strength >= floor][:MOST_PLACES]
    pieces = within_lines(doc.text, [(hit.start, hit.end) for hit in chosen])
    return merge(whole(doc.text, *place, longest=_longest(signal)) for place in pieces)


def _longest(signal: str) -> int:
    return LONGEST_CLAUSE if signal in CLAUSE_SIGNALS else SHORT_CLAUSE if signal in SHORT_CLAUSE_SIGNALS else 0


def _own_hits(doc: Document, signal: str) -> Sequence[Hit]:
    """A signal's hits without those whose words another claim has, as long as any remain."""
    hits = doc.named(signal)
    if len(hits) > 1 and (rivals := _CARRIED_BY.get(signal)):
        others = [hit for hit in doc.hits if hit.name in rivals]
        own = [hit for hit in hits if not any(hit.start < one.end and one.start < hit.end for one in others)]
        hits = own or hits
    if len(hits) > 1 and (aside := _ASIDE.get(signal)):
        plain = [hit for hit in hits if not aside.search(doc.text, hit.start, hit.end)]
        hits = plain or hits
    return hits


def frightening(model: Model, doc: Document) -> Sequence[tuple[int, int]]:
    """The clauses that frighten: those a rule names for sure, else the one that speaks loudest in words of fear."""
    text = doc.text
    hits = [hit for hit in doc.named("fear") if not _COMFORT.search(_around(text, hit.start, hit.end))]
    sure = within_lines(text, merge((hit.start, hit.end) for hit in hits if hit.strength >= FRAME))
    if sure:
        return merge(place for piece in sure for place in _whole_clauses(text, *piece))[:MOST_PLACES]
    weights = clause_weights(model, doc, "anxiety")
    feared = doc.words.get("anxiety", ())
    best: tuple[float, tuple[int, int]] | None = None
    for (start, end), weight in weights.items():
        clause = text[start:end]
        if _COMFORT.search(clause) or _NO_FEAR.search(clause) or len(clause) < 4:
            continue
        said = sum(1 for low, high in feared if start <= low and high <= end)
        ruled = sum(hit.strength for hit in hits if start <= hit.start < end)
        score = weight + _SAID * min(said, 2) + _RULED * min(ruled, 1.0) + _ADDRESSED * bool(_YOURS.search(clause))
        if best is None or score > best[0]:
            best = score, (start, end)
    if best is None:
        loudest = heaviest_clause(model, doc, "anxiety")
        return [loudest] if loudest else []
    return [best[1]]


def _whole_clauses(text: str, start: int, end: int) -> Sequence[tuple[int, int]]:
    """A place grown to its clauses: as one where that is not too long to quote, else each by itself."""
    clauses = [match.span() for match in _SHOWN.finditer(text) if match.start() < end and start < match.end()]
    if len(clauses) < 2 or clauses[-1][1] - clauses[0][0] <= LONGEST_FRIGHT:
        return [whole(text, start, end, longest=LONGEST_FRIGHT)]
    return [whole(text, max(start, low), min(end, high), longest=LONGEST_FRIGHT) for low, high in clauses]


def _around(text: str, start: int, end: int) -> str:
    for match in _CLAUSE.finditer(text):
        if match.start() <= start < match.end():
            return text[match.start() : max(match.end(), end)]
    return text[start:end]


def academic_places(model: Model, doc: Document, head: str) -> Sequence[tuple[int, int]]:
    """The words of subject, homework and stage that the text does not deny; else the clause that spoke loudest."""
    words = [
        place for theme in ACADEMIC_LISTS for place in doc.words.get(theme, ())[:2] if not taken_back(doc.text, *place)
    ]
    if words and head == "academic":
        return words[:8]
    clause = heaviest_clause(model, doc, head)
    return [clause] if clause else []
