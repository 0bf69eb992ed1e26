"""The tables of what takes words away from their element: each group's example is taken away by one of its cues."""

from __future__ import annotations

import re

from classifier.cues import DENIED, NOT_TAUGHT, pattern
from classifier.dimension_cues import DIMENSION_CUES
from classifier.line_words import LINE_WORDS, names_claim
from classifier.operator_cues import OPERATOR_CUES
from classifier.preschool_cues import NOT_LESSONS, NOT_WHOM
from classifier.sense_cues import SENSE_CUES

_KINDS = {
    "own",
    "school",
    "others",
    "name",
    "art",
    "goods",
    "number",
    "free",
    "other",
    "denied",
    "not taught",
    "fright",
}


def test_every_group_takes_its_example_away_and_leaves_a_plain_offer() -> None:
    tables = DIMENSION_CUES | OPERATOR_CUES | SENSE_CUES
    named = [DENIED, NOT_TAUGHT, *(group for groups in tables.values() for group in groups), *NOT_LESSONS, *NOT_WHOM]
    assert [group.example for group in named if not pattern([group]).search(group.example)] == []
    assert {group.kind for group in named} == _KINDS
    assert [group for group in named if pattern([group]).search("初三⟦数学⟧小班,两千一期")] == []


def test_every_cue_looks_at_the_quote() -> None:
    bare = [cue for group in (DENIED, NOT_TAUGHT) for cue in group.cues if not re.search("[⟦⟧]", cue)]
    assert bare == []


def test_a_line_is_quoted_for_a_claim_only_where_it_names_it() -> None:
    assert {signal for signal, row in LINE_WORDS.items() if not names_claim(signal, row.holds)} == set()
    assert {signal for signal, row in LINE_WORDS.items() if names_claim(signal, row.lacks)} == set()
    assert not names_claim("exaggerated", "一周就能开口?")
