"""Readings that need more than a word list: times, prices, promises, who teaches, who speaks."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cache
from itertools import chain

from classifier.rules import (
    acclaim,
    afar,
    bait,
    classes,
    doors,
    identity,
    insiders,
    pledges,
    prepaid,
    price,
    promise,
    retold,
    returns,
    scarcity,
    sideways,
    staffroom,
    success,
    testimony,
)  # fmt: skip
from classifier.rules.audience import find_audience
from classifier.rules.context import denied, find_context, warned_of, wary
from classifier.rules.families import Families
from classifier.rules.fear import find_fear
from classifier.rules.fear_frames import FRAMES, find_frames
from classifier.rules.prefilter import scanned
from classifier.rules.price import find_prices
from classifier.rules.times import find_times
from classifier.types import Hit

#: Everything a rule can name.
RULE_NAMES = (
    "paid", "price_bait", "prepay", "loan", "holiday", "late", "guarantee", "exaggerated", "exam_insider",
    "endorsement", "superlative", "teacher_public", "school_link", "foreign_teacher_abroad", "preschool_academic",
    "home", "online", "fear", *FRAMES, "news", "seek", "jobs", "jobseeker", "quote", "grown_ups",
)  # fmt: skip

#: What an advertisement may claim, and another text quote to warn of it.
CLAIMS = frozenset({"guarantee", "exaggerated", "exam_insider", "endorsement", "superlative", "school_link"})

__all__ = ["CLAIMS", "RULE_NAMES", "denied", "find_hits", "squeezed"]


@cache
def _families() -> Families:
    """Every room's families behind one search."""
    rooms = (
        promise, pledges, success, acclaim, identity, insiders, classes, price, bait, scarcity, prepaid, testimony,
        retold, sideways, afar, staffroom, doors, returns,
    )  # fmt: skip
    return Families(one for room in rooms for one in room.FAMILIES)


#: Nobody writes a price, a time or a promise into these, and patterns with \s* or \d+ would crawl over them.
_ENDLESS = re.compile(r"\d{25,}|\s{25,}|(.)\1{39,}", re.DOTALL)


#: Blanks that posters put between characters (送 马克杯, 0元 领): not those between numbers or Latin words.
_LOOSE = r"[^\s\da-z零一二两三四五六七八九十百千万]"
_BLANKS = re.compile(rf"(?<={_LOOSE})[ \t]+(?=\S)|(?<=\S)[ \t]+(?={_LOOSE})")


#: Characters set apart by single blanks, as a scanner reads posters set wide (费 用 9 980): the blanks mean nothing
#: there, between digits neither; wider ones still part.
_APART = re.compile(r"(?<=[一-龥]) (?=[一-龥])")
_SINGLE = re.compile(r"(?<=\S) (?=\S)")
#: So many of them in one text are no accident.
_SET_WIDE = 12


def _wide(text: str) -> bool:
    return text.count(" ") > _SET_WIDE and sum(1 for _ in _APART.finditer(text)) >= _SET_WIDE


def squeezed(text: str) -> tuple[str, Sequence[int]]:
    """The text without such blanks, and for each of its characters the place in the text given."""
    if " " not in text and "\t" not in text:
        return text, range(len(text))
    parts: list[str] = []
    places: list[int] = []
    last = 0
    for blank in (_SINGLE if _wide(text) else _BLANKS).finditer(text):
        parts.append(text[last : blank.start()])
        places += range(last, blank.start())
        last = blank.end()
    parts.append(text[last:])
    places += range(last, len(text))
    return "".join(parts), places


def _apart(hits: Iterable[Hit]) -> Iterator[Hit]:
    """Where hits of one name overlap, the first, as sure as the surest: two families may know the same words."""
    kept: dict[str, Hit] = {}
    for hit in sorted(hits, key=lambda hit: (hit.start, -hit.end)):
        last = kept.get(hit.name)
        if last is not None and hit.start < last.end:
            if hit.strength > last.strength:
                kept[hit.name] = replace(last, strength=hit.strength)
            continue
        if last is not None:
            yield last
        kept[hit.name] = hit
    yield from kept.values()


def find_hits(text: str) -> list[Hit]:
    """All hits in a restored text, in order of place. Time grows with the length of the text, not its square."""
    text = _ENDLESS.sub(lambda run: "\0" * len(run[0]), text)
    tight, places = squeezed(text)
    worded = _apart(_families().hits(tight))
    if tight is not text:
        worded = (replace(hit, start=places[hit.start], end=places[hit.end - 1] + 1) for hit in worded)
    plain: tuple[Callable[[str], Iterator[Hit]], ...] = (
        find_prices,
        find_times,
        find_fear,
        find_frames,
        find_context,
        find_audience,
    )
    if _wide(text):
        with scanned(tight):
            read = [hit for find in plain for hit in find(tight)]
        worded = chain(worded, (replace(hit, start=places[hit.start], end=places[hit.end - 1] + 1) for hit in read))
        plain = ()
    with scanned(text):
        hits = [*(hit for find in plain for hit in find(text)), *worded]
        if wary(text):
            hits = [hit for hit in hits if hit.name not in CLAIMS or not warned_of(text, hit.start, hit.end)]
    return sorted(hits, key=lambda hit: (hit.start, hit.end, hit.name))
