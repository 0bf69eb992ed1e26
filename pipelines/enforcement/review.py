"""Decisions on leads: each a new row, undo too; the status of a lead always follows from its rows."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Collection, Sequence
from typing import Any

from pipelines import audit, clock
from pipelines.desk import Desk
from pipelines.enforcement import rules
from pipelines.enforcement.assessed import findings_of
from pipelines.enforcement.found import found_lead
from pipelines.enforcement.permissions import Action, may, require
from pipelines.enforcement.typed_words import one_line
from pipelines.errors import BadInput, Conflict, Refused
from pipelines.evidence.adopted import lapsed_of, standing
from pipelines.evidence.decided import verdict_words
from pipelines.evidence.words import STATUSES, VERDICTS
from pipelines.records import STATUS_AFTER, Case, Decision, Lead, LeadStatus, StoredAssessment, User, Verdict
from pipelines.records.rule_words import coded
from pipelines.store import Tx

MAX_REASON = 300

#: One set of words on screens, papers and the command line.
VERDICT_NAMES = VERDICTS
STATUS_NAMES = STATUSES

#: What goes on under the officer's name.
_SENT_ON = frozenset({Verdict.CONFIRM, Verdict.TRANSFER})

#: Why officers dismiss, in their words, and when each is meant; any other reason may be typed. The buttons of the pages
#: and the handbook's list.
QUICK_REASONS = {
    "非培训内容": "卖货、卖教材、公益活动等，不是培训",
    "成人或职业培训": "对象不是未成年人",
    "体育艺术等非学科": "是未成年人的培训，但不是学科类",
    "求购或求职": "找老师、找班、找工作，不是招生",
    "新闻或转述": "报道、政策宣传、讲别人的事",
    "重复线索": "另一条线索已经说了同一件事",
}


def departments() -> list[str]:
    """Where a lead can be transferred to."""
    return list(rules.departments())


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
    struck: Collection[str] | None = None,
    seen_revision: int | None = None,
    seen_assessment: int | None = None,
    os_account: str | None = None,
) -> Decision:
    """Record a decision. Raises Refused, BadInput, NotFound, or Conflict when somebody was faster.

    `struck` are the ids of the findings the officer does not adopt, or a rule's code for all of its findings; None
    leaves them as the standing decision has them. A lead none of whose findings is adopted is confirmed or handed on
    only with a reason. A lead of an open case is only confirmed anew, with a reason that the case's history tells, and
    only once its text or assessment is newer than the decision (`may_judge_again`). `seen_revision` and
    `seen_assessment` are what the officer looked at; without them the newest is taken (command line, queue).
    """
    require(user, Action.DECIDE)
    reason = one_line(reason, MAX_REASON, "理由")
    department = _checked_department(verdict, to_department)
    with desk.store.transaction() as tx:
        lead = found_lead(tx, lead_id)
        if seen_revision is not None and seen_revision != lead.revision:
            raise Conflict(_overtaken(tx.decisions.for_lead(lead_id)))
        if seen_assessment is not None and seen_assessment != lead.assessment_id:
            raise Conflict("这条线索刚重新研判过，疑点可能有变，请看过再定。")
        rows = tx.decisions.for_lead(lead_id)
        left = standing(rows)
        assessment = tx.assessments.get(lead.assessment_id)
        case = tx.cases.of_lead(lead.id)
        if case is not None:
            _refuse_settled(case, left, assessment, verdict, reason)
        findings = findings_of(assessment)
        held = assessment.struck(left[-1].struck) if left and assessment else ()
        out = held if struck is None else _named(lead, findings, struck)
        # Looked at anew and all adopted: said again, since strikes that lapsed would stand as not looked at.
        anew = case is not None or (assessment is not None and bool(lapsed_of(rows, assessment)))
        _refuse_repeat(left, verdict, department, out == held and not anew)
        if reason_needed(verdict, len(findings), len(out)) and not reason:
            raise BadInput(f"全部疑点都不采纳，仍定为“{VERDICT_NAMES[verdict]}”的，要写明理由。")
        decision = tx.decisions.add(
            lead_id,
            verdict,
            department,
            reason,
            user.name,
            os_account,
            None,
            clock.now(),
            struck=assessment.strikes(out) if assessment else (),
        )
        tx.leads.set_status(lead_id, STATUS_AFTER[verdict], lead.revision)
        _refresh_codes(tx, lead)
        audit.record(
            tx,
            actor=user.name,
            action="lead.decide",
            object_type="lead",
            object_id=str(lead_id),
            decision=decision.id,
            verdict=verdict.value,
            **({"department": department} if department else {}),
            **({"case": case.id} if case else {}),
            **({"struck": list(out), "assessment": lead.assessment_id} if out else {}),
        )
    return decision


def _overtaken(rows: Sequence[Decision]) -> str:
    """Who was faster, with what and when; the rows are oldest first."""
    if not rows:
        return "这条线索刚有变化，请看过最新情况再定。"
    last = rows[-1]
    at = f"{clock.local(last.decided_at):%m-%d %H:%M}"
    return f"这条线索已由 {last.user} 于 {at} 处理：{verdict_words(last)}。请看过再定。"


def reason_needed(verdict: Verdict, findings: int, struck: int) -> bool:
    """Whether a decision must say why: it sends on a lead none of whose findings is adopted."""
    return verdict in _SENT_ON and findings > 0 and struck == findings


def add_reason(
    desk: Desk, lead_id: int, decision_id: int, *, reason: str, user: User, os_account: str | None = None
) -> Decision:
    """Give one's own standing decision the reason it was made without; adds a row, changes none.

    Raises Refused for another's decision, BadInput without a reason, NotFound, or Conflict when the decision does not
    stand any more, has a reason already, or its lead is in a case.
    """
    require(user, Action.DECIDE)
    reason = one_line(reason, MAX_REASON, "理由")
    if not reason:
        raise BadInput("请写明理由。")
    with desk.store.transaction() as tx:
        lead = found_lead(tx, lead_id)
        _refuse_in_case(tx, lead)
        left = standing(tx.decisions.for_lead(lead_id))
        if not left or left[-1].id != decision_id:
            raise Conflict("这条结论已被撤销或改过，没有补上理由。")
        if left[-1].user != user.name:
            raise Refused(f"这条结论是 {left[-1].user} 作出的，只有本人可以补理由。")
        decision = tx.decisions.add_reason(decision_id, reason, user.name, os_account, clock.now())
        audit.record(
            tx,
            actor=user.name,
            action="lead.reason",
            object_type="lead",
            object_id=str(lead_id),
            decision=decision_id,
        )
    return decision


def may_add_reason(user: User, decision: Decision) -> bool:
    """Whether this user may complete this standing decision with a reason."""
    return may(user, Action.DECIDE) and decision.user == user.name and not decision.reason


def undo(desk: Desk, lead_id: int, *, user: User, os_account: str | None = None) -> Decision:
    """Take back the newest standing decision: one's own, or another's as a supervisor. Adds a row, removes none."""
    require(user, Action.DECIDE)
    with desk.store.transaction() as tx:
        lead = found_lead(tx, lead_id)
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
        _refresh_codes(tx, lead)
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


def _refresh_codes(tx: Tx, lead: Lead) -> None:
    """The queue names and finds a lead by what its standing decision adopts."""
    assessment = tx.assessments.get(lead.assessment_id)
    if assessment is not None:
        tx.leads.refresh_codes(lead.id, assessment)


def _named(lead: Lead, findings: Sequence[dict[str, Any]], words: Collection[str]) -> tuple[str, ...]:
    """Ids of the findings these words name, in the order of the findings; BadInput for a word that names none."""
    out: set[str] = set()
    for word in words:
        said = unicodedata.normalize("NFKC", word).strip().casefold()
        one = [finding for finding in findings if str(finding["id"]).casefold() == said]
        found = one or [finding for finding in findings if str(finding["code"]).casefold() == said]
        if not found:
            there = f"可选：{_choices(findings)}" if findings else "它没有疑点"
            raise BadInput(f"线索 {lead.id} 没有疑点 {word[:20]}；{there}。")
        out.update(str(finding["id"]) for finding in found)
    return tuple(str(finding["id"]) for finding in findings if finding["id"] in out)


def _choices(findings: Sequence[dict[str, Any]]) -> str:
    """What can be struck out: every id, and the codes that stand for several."""
    every = Counter(str(finding["code"]) for finding in findings)
    return "、".join(
        [coded(str(finding["id"])) for finding in findings]
        + [f"{coded(code)}（{number} 条一起）" for code, number in every.items() if number > 1]
    )


def _refuse_repeat(left: Sequence[Decision], verdict: Verdict, department: str | None, same_findings: bool) -> None:
    last = left[-1] if left else None
    if last and same_findings and (last.verdict, last.to_department) == (verdict, department):
        raise Conflict(f"这条线索的结论已经是“{VERDICT_NAMES[verdict]}”。")


def may_judge_again(case: Case | None, left: Sequence[Decision], assessment: StoredAssessment | None) -> bool:
    """Whether the findings of a lead in an open case may be judged anew: its text or assessment is newer than the
    decision it stands on, so that nobody has judged what it says now."""
    if case is None or case.status != "open" or not left or assessment is None:
        return False
    return assessment.created_at > left[-1].decided_at


def _refuse_settled(
    case: Case, left: Sequence[Decision], assessment: StoredAssessment | None, verdict: Verdict, reason: str
) -> None:
    """In a case a decision stays, but for findings that nobody has judged as they are now."""
    if not may_judge_again(case, left, assessment):
        raise Conflict(f"这条线索已立入案件 {case.id}，结论不能再改。")
    if verdict is not Verdict.CONFIRM:
        raise Conflict(
            f"这条线索已立入案件 {case.id}，只能重新认定疑点，仍为“线索成立”；要改结论的，先移出案件或撤案。"
        )
    if not reason:
        raise BadInput(f"重新认定疑点要写明理由，记入案件 {case.id} 的经过。")


def _refuse_in_case(tx: Tx, lead: Lead) -> None:
    case = tx.cases.of_lead(lead.id)
    if case is not None:
        raise Conflict(f"这条线索已立入案件 {case.id}，结论不能再改。")
