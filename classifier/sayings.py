"""What a text says so plainly that no model need agree: testimonies, sums and spans, posts, read as values and frames.

The rules' hits are columns of the model, and a head may overrule them: a sum of 6,600 yuan a term counts for little
beside a style it has never seen. What is read here is no column. A signal with such a saying is held, whatever its
head thinks, as long as the text offers training (the judge asks that first).
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from classifier.ahead import in_parts, taken_ahead
from classifier.hearsay import heard
from classifier.lures import lured
from classifier.misread import misread
from classifier.posts import told
from classifier.rules import CLAIMS, squeezed
from classifier.rules.context import warned_of, wary
from classifier.types import Hit
from classifier.witness import vouched

#: Signals read here.
SAID = (
    "endorsement", "prepay", "loan", "teacher_public", "school_link", "exam_insider", "foreign_teacher_abroad",
    "preschool_academic", "guarantee", "superlative", "exaggerated",
    "holiday", "price_bait",
)  # fmt: skip
#: Longer texts are read up to here; they are rarely one advertisement.
LONGEST = 4_000


@lru_cache(maxsize=32)
def _all(text: str) -> tuple[Hit, ...]:
    tight, places = squeezed(text[:LONGEST])
    found = [
        Hit(name=name, start=places[start], end=places[end - 1] + 1, note=note)
        for name, start, end, note in _told(tight)
        if end > start and not misread(name, tight, start, end)
    ]
    if wary(text):
        found = [hit for hit in found if hit.name not in CLAIMS or not warned_of(text, hit.start, hit.end)]
    return tuple(sorted(found, key=lambda hit: (hit.start, -hit.end)))


def _told(tight: str) -> Iterator[tuple[str, int, int, str]]:
    yield from (("endorsement", *place, "") for place in (*vouched(tight), *heard(tight)))
    yield from (("prepay", one.start, one.end, one.note) for one in taken_ahead(tight))
    yield from (("loan", *place, "") for place in in_parts(tight))
    yield from (("price_bait", *place, "") for place in lured(tight))
    for name in SAID[3:]:
        yield from ((name, *place, "") for place in told(name, tight))


def said(text: str, signal: str) -> tuple[Hit, ...]:
    """The sure places of one signal in a restored text, in order, none inside another."""
    kept: list[Hit] = []
    for hit in _all(text):
        if hit.name == signal and (not kept or hit.start >= kept[-1].end):
            kept.append(hit)
    return tuple(kept)
