"""Mixed advertisements for training: an innocent offer of our corpus with one more item of another text in it.

Real small advertisers sell many things, and tutoring of school subjects is often one item among dances or adults'
courses. A linear model that has seen few of these lets the other items outvote it. So for training alone, and for the
head concerned alone, each short innocent offer is read twice more: once with an item that names school-subject
teaching, once with an item of another innocent text. Nothing of this is evaluated on, and both texts of a pair come
from one group of writers, so that what is held out stays held out.
"""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass

from classifier.dataset import Example
from classifier.document import Document, read
from classifier.items import CLAUSE, school_items

#: Longer offers are left alone, longer items are no items.
LONGEST_HOST = 220
LONGEST_ITEM = 22
SHORTEST_ITEM = 4
#: What one of them weighs beside a text that somebody wrote; by cross-validation on the corpus.
WEIGHT = 0.5
#: The one head that learns from them; minors and kind:offer taught too gained nothing on held-out writers.
HEAD_TAUGHT = "academic"
_REACH = re.compile(r"\d{3,}|电话|微信|咨询|地址|热线")
_JOINTS = "，、 ，；"


@dataclass(frozen=True, kw_only=True)
class Mingled:
    """One such text; the places in the corpus of the two it is made of."""

    doc: Document
    host: int
    donor: int
    #: whether the item put in is school-subject teaching
    academic: bool


def mingle(examples: Sequence[Example], docs: Sequence[Document], groups: Sequence[int]) -> list[Mingled]:
    """Two for each short innocent offer whose group of writers has items to lend; the same input gives the same texts.

    `groups`: the group of writers of each example.
    """
    draw = random.Random(0)  # noqa: S311 the same texts each time are the point
    schooling: dict[int, list[tuple[int, str]]] = {}
    harmless: dict[int, list[tuple[int, str]]] = {}
    for place, (example, doc) in enumerate(zip(examples, docs, strict=True)):
        if example.gold.is_academic:
            item = _school_item(doc)
            pool = schooling
        elif example.gold.kind in ("offer", "other"):
            item = _any_item(doc, draw)
            pool = harmless
        else:
            continue
        if item:
            pool.setdefault(int(groups[place]), []).append((place, item))
    made = []
    for place, (example, doc) in enumerate(zip(examples, docs, strict=True)):
        if example.gold.kind != "offer" or example.gold.is_academic or len(doc.text) >= LONGEST_HOST:
            continue
        for guilty, lenders in ((True, schooling), (False, harmless)):
            pool_here = lenders.get(int(groups[place]))
            joints = [match.span() for match in CLAUSE.finditer(doc.text)]
            if not pool_here or not joints:
                continue
            donor, item = draw.choice(pool_here)
            text = _put(doc.text, item, draw.choice(joints), draw)
            made.append(Mingled(doc=read(text), host=place, donor=donor, academic=guilty))
    return made


def _put(text: str, item: str, clause: tuple[int, int], draw: random.Random) -> str:
    """The item before or behind a clause."""
    start, end = clause
    joint = draw.choice(_JOINTS)
    if draw.random() < 0.5:
        return f"{text[:end]}{joint}{item}{text[end:]}"
    return f"{text[:start]}{item}{joint}{text[start:]}"


def _school_item(doc: Document) -> str | None:
    """The first clause that names school-subject teaching, short and without contacts."""
    named = [place for *place, clean in school_items(doc) if clean]
    for match in CLAUSE.finditer(doc.text):
        start, end = match.span()
        if any(start <= first and last <= end for first, last in named) and _is_item(match.group()):
            return match.group()
    return None


def _any_item(doc: Document, draw: random.Random) -> str | None:
    clauses = [match.group() for match in CLAUSE.finditer(doc.text) if _is_item(match.group())]
    return draw.choice(clauses) if clauses else None


def _is_item(clause: str) -> bool:
    return SHORTEST_ITEM <= len(clause) <= LONGEST_ITEM and not _REACH.search(clause)
