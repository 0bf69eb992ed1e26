"""The tables of what takes words away from their element: each group's example is taken away by one of its cues."""

from __future__ import annotations

import re

from classifier.cues import DENIED, NOT_TAUGHT, pattern
from classifier.dimension_cues import DIMENSION_CUES
from classifier.operator_cues import OPERATOR_CUES
from classifier.preschool_cues import NOT_LESSONS, NOT_WHOM

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
    tables = DIMENSION_CUES | OPERATOR_CUES
    named = [DENIED, NOT_TAUGHT, *(group for groups in tables.values() for group in groups), *NOT_LESSONS, *NOT_WHOM]
    assert [group.example for group in named if not pattern([group]).search(group.example)] == []
    assert {group.kind for group in named} == _KINDS
    assert [group for group in named if pattern([group]).search("初三⟦数学⟧小班,两千一期")] == []


def test_every_cue_looks_at_the_quote() -> None:
    bare = [cue for group in (DENIED, NOT_TAUGHT) for cue in group.cues if not re.search("[⟦⟧]", cue)]
    assert bare == []
