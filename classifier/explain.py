"""Why: the words a head rests on, as places in the restored text and then in the original."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from classifier.atoms import atoms_of, merge
from classifier.clauses import LONGEST_CLAUSE, MOST_PLACES, SHORT_CLAUSE, SHOWN, trimmed, whole
from classifier.document import Document
from classifier.elements import misrepaired
from classifier.evidence import Place, within_lines
from classifier.fold import Folded
from classifier.frames import proves
from classifier.fright import frightening
from classifier.model import Model
from classifier.preschool import refused, taught, with_lessons
from classifier.sayings import said
from classifier.signal_frames import FRAMES
from classifier.types import Hit, Span
from classifier.values.dates import read_days

MOST_SPANS = 5
#: Signals that only a whole clause makes plain.
CLAUSE_SIGNALS = frozenset(
    {"fear", "guarantee", "endorsement", "exaggerated", "exam_insider", "school_link", "teacher_public"}
)
#: Signals that a short clause makes plainer than the bare words.
SHORT_CLAUSE_SIGNALS = frozenset({"price_bait", "prepay", "late", "loan", "superlative", "foreign_teacher_abroad"})
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


def to_spans(folded: Folded, places: Iterable[tuple[int, int]], most: int = MOST_SPANS) -> tuple[Span, ...]:
    """Original spans of places in the restored text, at most a handful, in order, none twice.

    None runs over a line end: what a rule read from title and text together is shown as two places. None has an edge
    within a number or a word.
    """
    places = list(places)
    if not places:
        return ()
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
    if signal == "preschool_academic":
        hits = [hit for hit in hits if not refused(doc.text, hit.start, hit.end)]
    if not hits:
        return []
    floor = hits[0].strength / 2
    chosen = [hit for hit in hits if hit.strength >= floor][:MOST_PLACES]
    if signal == "price_bait" and (struck := _struck_price(doc.text, chosen)):
        chosen = [struck, *chosen][:MOST_PLACES]
    if signal == "preschool_academic":
        return with_lessons(doc.text, chosen, taught(doc.text))
    baits = signal == "price_bait"
    firsts = [hit.start if baits else _past_price(doc.text, hit.start, hit.end) for hit in chosen]
    lines: list[Sequence[Place]] = [
        within_lines(doc.text, [(first, hit.end)]) for first, hit in zip(firsts, chosen, strict=True)
    ]
    if baits:
        lines = [_baits_only(doc.text, parts) for parts in lines]
    if signal == "holiday":
        lines = [_whole_days(doc.text, parts) for parts in lines]
    pieces = [
        place for parts in lines for place in _bearing(signal, doc.text, dict.fromkeys([*parts[:1], *parts[-1:]]))
    ]
    shown = merge(_from_head(doc.text, *whole(doc.text, *place, longest=_longest(signal))) for place in pieces)
    return _one_offer(doc.text, shown) if baits else shown


#: What ends a quote early: a full stop, with no more than a word behind it that a rule has read on into.
_STRAY = re.compile(r"[。！!][^，。,！!]{1,3}\Z")
_LONE_SUM = re.compile(r"[\d.¥￥元 ]+")


def _bearing(signal: str, text: str, places: Iterable[Place]) -> list[Place]:
    """Of one hit read over a line end the parts that bear the claim by themselves; all where none does.

    A part is shown without the beginning of the next sentence: 晚上十点才放人。排课.
    """
    parts = [
        (start, start + stray.start())
        if (stray := _STRAY.search(text[start:end])) and stray.start() > 3
        else (start, end)
        for start, end in places
    ]
    if len(parts) < 2:
        return parts
    must = FRAMES[signal].must if signal in FRAMES else None
    kept = [place for place in parts if not must or must.search(text, *place)]
    if signal == "price_bait":
        kept = [
            place for place in kept if _BAIT_WORDS.search(text, *place) and not _LONE_SUM.fullmatch(text[slice(*place)])
        ]
    return kept or parts


def _whole_days(text: str, places: Sequence[Place]) -> list[Place]:
    """Days as the whole span they are part of: 7月8日～8月23日."""
    days = [(one.start, one.end) for one in read_days(text)]
    return [next((day for day in days if day[0] <= start < day[1]), (start, end)) for start, end in places]


#: A full stop ends a bait; what stands behind it is part of it only where it baits too.
_STOP = re.compile(r"[^。！？!?]+")
_BAIT_WORDS = re.compile(
    r"[一二两三四五六七八九十]\s*折|[减折免送赠返抵省抢限秒惠价团券礼领]|半价|名额|席|位|[空剩满]|最后|截止|今[天晚日]|恢复"
)
_BAITS = re.compile(rf"\d(?!\d?\s*(?:周?岁|[-~—–到至]\s*\d{{1,2}}\s*周?岁))|{_BAIT_WORDS.pattern}")


def _baits_only(text: str, places: Sequence[Place]) -> list[Place]:
    """Baits cut at full stops, without the sentences that bait nobody: 到店立减400。教室刚装修过…"""
    cut = [match.span() for place in places for match in _STOP.finditer(text, *place)]
    return [place for place in cut if _BAITS.search(text, *place)] or list(places)


#: Particles that nothing begins with.
_HANGING = frozenset("的地得了着过们")
#: So far back a clause is begun with a quote that would start in mid-phrase.
_BEGUN = 16


def _from_head(text: str, start: int, end: int) -> Place:
    """A quote that begins with a particle, begun with its clause: 的小蒋同学 is half of 去年带的小蒋同学."""
    if text[start] not in _HANGING:
        return start, end
    head = next((m.start() for m in SHOWN.finditer(text) if m.start() <= start < m.end()), start)
    if 0 < start - head <= _BEGUN:
        return trimmed(text, head, end)
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
