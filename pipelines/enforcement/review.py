"""Decisions on leads: each a new row, undo too; the status of a lead always follows from its rows."""

from __future__ import annotations

from collections.abc import Sequence

from pipelines import audit, clock
from pipelines.desk import Desk
from pipelines.enforcement import rules
from pipelines.enforcement.permissions import Action, may, require
from pipelines.errors import BadInput, Conflict, NotFound, Refused
from pipelines.records import STATUS_AFTER, Decision, Lead, LeadStatus, User, Verdict
from pipelines.store import Tx

MAX_REASON = 300

VERDICT_NAMES: dict[Verdict, str] = {
    Verdict.CONFIRM: "线索成立",
    Verdict.DISMISS: "排除",
    Verdict.TRANSFER: "转办/移送",
    Verdict.HOLD: "待核实",
    Verdict.UNDO: "撤销",
}

STATUS_NAMES: dict[LeadStatus, str] = {
    LeadStatus.OPEN: "待审",
    LeadStatus.HELD: "待核实",
    LeadStatus.ACCEPTED: "已成立",
    LeadStatus.TRANSFERRED: "已转办",
    LeadStatus.DISMISSED: "已排除",
    LeadStatus.WITHDRAWN: "已撤下",
}

#: Why officers dismiss, in their words; any other reason may be typed.
QUICK_REASONS = ("非培训内容", "成人或职业培训", "体育艺术等非学科", "求购或求职", "新闻或转述", "重复线索")


def departments() -> list[str]:
    """Where a lead can be transferred to."""
    return list(rules.departments())


def standing(decisions: Sequence[Decision]) -> list[Decision]:
    """The decisions that have not been taken back, oldest first."""
    undone = {decision.undoes for decision in decisions if decision.verdict is Verdict.UNDO}
    return [one for one in decisions if one.verdict is not Verdict.UNDO and one.id not in undone]


def status_of(decisions: Sequence[Decision]) -> LeadStatus:
    """The status these decisions leave a lead in."""
    left = standing(decisions)
    return STATUS_AFTER[left[-1].verdict] if left else LeadStatus.OPEN


def decide(
    desk: Desk,
    lead_id: int,
    *,
    verdict: Verdict,
    user: User,
    reason: str = "",
    to_department: str | None = None,
    seen_revision: int | None = None,
    os_account: str | None = None,
) -> Decision:
    """Record a decision. Raises Refused, BadInput, NotFound, or Conflict when somebody was faster.

    `seen_revision` is the revision the officer looked at; without it the newest is taken (command line).
    """
    require(user, Action.DECIDE)
    reason = _clean_reason(reason)
    department = _checked_department(verdict, to_department)
    with desk.store.transaction() as tx:
        lead = _lead(tx, lead_id)
        if seen_revision is not None and seen_revision != lead.revision:
            raise Conflict("这条线索刚被他人处理过，请看过最新结论再定。")
        _refuse_in_case(tx, lead)
        _refuse_repeat(tx, lead, verdict, department)
        decision = tx.decisions.add(lead_id, verdict, department, reason, user.name, os_account, None, clock.now())
        tx.leads.set_status(lead_id, STATUS_AFTER[verdict], lead.revision)
        audit.record(
            tx,
            actor=user.name,
            action="lead.decide",
            object_type="lead",
            object_id=str(lead_id),
            decision=decision.id,
            verdict=verdict.value,
        )
    return decision


def undo(desk: Desk, lead_id: int, *, user: User, os_account: str | None = None) -> Decision:
    """Take back the newest standing decision: one's own, or another's as a supervisor. Adds a row, removes none."""
    require(user, Action.DECIDE)
    with desk.store.transaction() as tx:
        lead = _lead(tx, lead_id)
        _refuse_in_case(tx, lead)
        rows = tx.decisions.for_lead(lead_id)
        left = standing(rows)
        if not left:
            raise Conflict("这条线索没有可撤销的结论。")
        last = left[-1]
        if not may_undo(user, last):
            raise Refused(f"这条结论是 {last.user} 作出的，只有本人或督导可以撤销。")
        decision = tx.decisions.add(lead_id, Verdict.UNDO, None, "", user.name, os_account, last.id, clock.now())
        tx.leads.set_status(lead_id, status_of((*rows, decision)), lead.revision)
        audit.record(
            tx,
            actor=user.name,
            action="lead.undo",
            object_type="lead",
            object_id=str(lead_id),
            decision=decision.id,
            undoes=last.id,
        )
    return decision


def may_undo(user: User, decision: Decision) -> bool:
    """Whether this user may take back this decision."""
    return may(user, Action.DECIDE) and (decision.user == user.name or may(user, Action.UNDO_OTHERS))


def _lead(tx: Tx, lead_id: int) -> Lead:
    lead = tx.leads.get(lead_id)
    if lead is None:
        raise NotFound(f"没有线索 {lead_id}。")
    return lead


def _clean_reason(reason: str) -> str:
    cleaned = " ".join("".join(char if char.isprintable() else " " for char in reason).split())
    if len(cleaned) > MAX_REASON:
        raise BadInput(f"理由最多 {MAX_REASON} 字。")
    return cleaned


def _checked_department(verdict: Verdict, department: str | None) -> str | None:
    if verdict is Verdict.UNDO:
        raise BadInput("撤销请用撤销功能。")
    if verdict is not Verdict.TRANSFER:
        if department:
            raise BadInput("只有转办/移送才填部门。")
        return None
    if not department:
        raise BadInput("转办/移送要选部门。")
    if department not in departments():
        raise BadInput(f"没有部门“{department[:40]}”；可选：{'、'.join(departments())}。")
    return department


def _refuse_repeat(tx: Tx, lead: Lead, verdict: Verdict, department: str | None) -> None:
    left = standing(tx.decisions.for_lead(lead.id))
    if left and left[-1].verdict is verdict and left[-1].to_department == department:
        raise Conflict(f"这条线索的结论已经是“{VERDICT_NAMES[verdict]}”。")


def _refuse_in_case(tx: Tx, lead: Lead) -> None:
    case = tx.cases.of_lead(lead.id)
    if case is not None:
        raise Conflict(f"这条线索已立入案件 {case.id}，结论不能再改。")
