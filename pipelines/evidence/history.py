"""What happened to a case, step by step, its exports included: for its page and its report."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from pipelines.evidence.words import CASE_EVENTS, actor_name
from pipelines.records import AuditEvent, Case, CaseEvent

OPENED, EXPORTED = "立案", "导出证据包"


@dataclass(frozen=True, kw_only=True)
class Step:
    """One step of a case."""

    at: datetime
    #: 立案, 并入, 移出, 导出证据包, 结案 or 撤案.
    what: str
    #: Who did it, as people say it.
    who: str
    #: The lead it concerns; None when it concerns the whole case.
    lead_id: int | None = None
    reason: str = ""


def case_history(case: Case, events: Iterable[CaseEvent], logged: Iterable[AuditEvent]) -> tuple[Step, ...]:
    """The steps oldest first; exports stand in the audit log alone, since the command line writes packages anywhere."""
    steps = [Step(at=case.opened_at, what=OPENED, who=actor_name(case.opened_by))]
    steps += [
        Step(
            at=event.at,
            what=CASE_EVENTS[event.kind],
            who=actor_name(event.user),
            lead_id=event.lead_id,
            reason=event.reason,
        )
        for event in events
    ]
    steps += [
        Step(at=event.at, what=EXPORTED, who=actor_name(event.actor))
        for event in logged
        if event.action == "case.export" and event.object_id == case.id
    ]
    return tuple(sorted(steps, key=lambda step: step.at))
