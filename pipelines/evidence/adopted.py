"""Which findings of a lead hold: those its standing decision has not struck out.

The machine's findings stay whole where they are stored. An officer strikes single ones out with a decision, by rule
code; a newer decision or an undo changes that, and codes that a new assessment no longer has mean nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from pipelines.records import Decision, Verdict


def standing(decisions: Iterable[Decision], before: datetime | None = None) -> list[Decision]:
    """The decisions that were not taken back, oldest first; with `before`, as they stood at that moment."""
    made = [one for one in decisions if before is None or one.decided_at < before]
    undone = {one.undoes for one in made if one.verdict is Verdict.UNDO}
    return [one for one in made if one.verdict is not Verdict.UNDO and one.id not in undone]


def struck_by(decisions: Iterable[Decision], before: datetime | None = None) -> frozenset[str]:
    """The codes that the decision which holds (held `before`) does not adopt."""
    left = standing(decisions, before)
    return frozenset(left[-1].struck) if left else frozenset()


def adopted(findings: Sequence[dict[str, Any]], struck: Iterable[str]) -> tuple[dict[str, Any], ...]:
    """The findings whose code is not struck out, in their order."""
    out = frozenset(struck)
    return tuple(finding for finding in findings if str(finding["code"]) not in out)
