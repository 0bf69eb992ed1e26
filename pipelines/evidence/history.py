"""What happened to a case, step by step, its exports included: for its page and its report."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from pipelines.evidence.exported import exported_by
from pipelines.evidence.words import CASE_EVENTS, actor_name
from pipelines.records import AuditEvent, Case, CaseEvent, CaseEventKind, Decision, PutIn, Verdict

#: Said of whoever put leads together that are not known to be of one operator.
TOGETHER = "看不出是同一经营主体，由经办人决定合在一案办理"
OPENED, EXPORTED, JUDGED_AGAIN = "立案", "导出证据包", "重新认定疑点"
PUT_IN = "批准放入登录后留存的页面"


@dataclass(frozen=True, kw_only=True)
class Step:
    """One step of a case."""

    at: datetime
    #: 立案, 并入, 移出, 重新认定疑点, 导出证据包, 批准放入登录后留存的页面, 结案 or 撤案.
    what: str
    #: Who did it, as people say it.
    who: str
    #: The lead it concerns; None when it concerns the whole case.
    lead_id: int | None = None
    reason: str = ""
    #: Of an export: the packages made, by name and the beginning of their sums; of leads put together, that they were.
    note: str = ""


def case_history(
    case: Case,
    events: Iterable[CaseEvent],
    logged: Iterable[AuditEvent],
    decisions: Iterable[Decision],
    put_ins: Iterable[PutIn],
) -> tuple[Step, ...]:
    """The steps oldest first; exports stand in the audit log alone, since the command line writes packages anywhere.

    `decisions` are those of the leads in it; the ones made while a lead was in it judge its findings again.
    """
    happened, logged = tuple(events), tuple(logged)
    joined = _put_together(logged)
    opened = TOGETHER if "case.open" in joined else ""
    # Those it was opened with have a row each for the reason alone: one step tells it.
    first = [event for event in happened if event.kind is CaseEventKind.JOINED and event.at == case.opened_at]
    why = first[0].reason if first and opened else ""
    steps = [Step(at=case.opened_at, what=OPENED, who=actor_name(case.opened_by), reason=why, note=opened)]
    steps += [
        Step(
            at=event.at,
            what=CASE_EVENTS[event.kind],
            who=actor_name(event.user),
            lead_id=event.lead_id,
            reason=event.reason,
            note=TOGETHER if event.kind is CaseEventKind.JOINED and event.lead_id in joined else "",
        )
        for event in happened
        if event not in first
    ]
    steps += [
        Step(at=one.decided_at, what=JUDGED_AGAIN, who=actor_name(one.user), lead_id=one.lead_id, reason=one.reason)
        for one in decisions
        if one.verdict is Verdict.CONFIRM and _inside(case, happened, one)
    ]
    steps += [
        Step(
            at=one.at,
            what=PUT_IN,
            who=actor_name(one.user),
            lead_id=one.lead_id,
            reason=one.reason,
            note=f"采集快照 {one.capture_id}",
        )
        for one in put_ins
    ]
    steps += [
        Step(
            at=event.at,
            what=EXPORTED,
            who=actor_name(event.actor),
            note="；".join(one.told for one in exported_by(event)),
        )
        for event in logged
        if event.action == "case.export" and event.object_id == case.id
    ]
    return tuple(sorted(steps, key=lambda step: step.at))


def _put_together(logged: Iterable[AuditEvent]) -> set[str | int | None]:
    """case.open where the case was opened so, and the leads that joined it so."""
    told: set[str | int | None] = set()
    for event in logged:
        if event.detail.get("together"):
            told |= {"case.open"} if event.action == "case.open" else set(event.detail.get("leads", ()))
    return told


def _inside(case: Case, events: Iterable[CaseEvent], decision: Decision) -> bool:
    """Whether its lead was in the case when the decision was made."""
    moves = sorted((one for one in events if one.lead_id in (decision.lead_id, None)), key=lambda one: one.at)
    joined = next((one.kind for one in moves), None) is CaseEventKind.JOINED
    inside = not joined and decision.decided_at > case.opened_at
    for move in moves:
        if move.at < decision.decided_at:
            inside = move.kind is CaseEventKind.JOINED
    return inside
