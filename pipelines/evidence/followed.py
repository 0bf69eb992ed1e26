"""Which entries of what became of a lead hold: those not taken back, made on the decision that stands.

A transfer that was undone or went on to another department takes the first one's answers with it; a decision that only
strikes other findings does not.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from itertools import takewhile

from pipelines.evidence.adopted import standing
from pipelines.records import Decision, FollowUp, FollowUpKind, Verdict

#: What the kinds are called on pages, papers and the command line.
FOLLOW_UPS: dict[FollowUpKind, str] = {
    FollowUpKind.RECEIVED: "已受理",
    FollowUpKind.FILED: "已立案",
    FollowUpKind.RECTIFIED: "已整改",
    FollowUpKind.PENALISED: "已处罚",
    FollowUpKind.UNFOUNDED: "查无违法",
    FollowUpKind.RETURNED: "退回",
    FollowUpKind.UNDO: "撤销登记",
}
#: Those that can be entered, in the order of the menu.
ENTERED = tuple(kind for kind in FOLLOW_UPS if kind is not FollowUpKind.UNDO)
#: Verdicts that something can follow on.
TAKEN_ON = (Verdict.CONFIRM, Verdict.TRANSFER)
#: After these nothing more is waited for.
SETTLED = frozenset({FollowUpKind.RECTIFIED, FollowUpKind.PENALISED, FollowUpKind.UNFOUNDED})


def taken_on(decisions: Iterable[Decision]) -> Decision | None:
    """The confirmation or transfer that stands, if it is one that stands."""
    left = standing(decisions)
    return left[-1] if left and left[-1].verdict in TAKEN_ON else None


def holding(rows: Iterable[FollowUp], decisions: Iterable[Decision]) -> tuple[FollowUp, ...]:
    """The entries that hold, by the day they tell of, then as entered; the last one says where the lead stands."""
    left = standing(decisions)
    if not left or left[-1].verdict not in TAKEN_ON:
        return ()
    last = left[-1]
    same = takewhile(lambda one: (one.verdict, one.to_department) == (last.verdict, last.to_department), reversed(left))
    on = {one.id for one in same}
    made = tuple(rows)
    undone = {row.undoes for row in made if row.kind is FollowUpKind.UNDO}
    held = [row for row in made if row.id not in undone and row.kind is not FollowUpKind.UNDO and row.decision_id in on]
    return tuple(sorted(held, key=lambda row: (row.on_day or date.min, row.id)))
