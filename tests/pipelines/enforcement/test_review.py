"""Decisions: new rows only, one at a time, undone by new rows."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from pipelines import audit
from pipelines.desk import Desk
from pipelines.enforcement import cases, review
from pipelines.errors import BadInput, Conflict, NotFound, Refused
from pipelines.records import STATUS_AFTER, Lead, LeadStatus, Role, User, Verdict
from tests.review_ui.seed import seed_lead, seed_source, seed_user

MakeLead = Callable[..., Lead]
DEPARTMENT = "市场监督管理部门"


def _status(desk: Desk, lead_id: int) -> LeadStatus:
    with desk.store.read() as tx:
        lead = tx.leads.get(lead_id)
    assert lead is not None
    return lead.status


def _verdicts(desk: Desk, lead_id: int) -> list[Verdict]:
    with desk.store.read() as tx:
        return [row.verdict for row in tx.decisions.for_lead(lead_id)]


@pytest.mark.parametrize("verdict", list(STATUS_AFTER))
def test_a_decision_moves_the_lead(desk: Desk, officer: User, make_lead: MakeLead, verdict: Verdict) -> None:
    lead = make_lead()
    department = DEPARTMENT if verdict is Verdict.TRANSFER else None
    decision = review.decide(
        desk,
        lead.id,
        verdict=verdict,
        user=officer,
        reason="  广告\n内容 ",
        to_department=department,
        seen_revision=lead.revision,
    )
    assert (decision.verdict, decision.user, decision.reason, decision.to_department) == (
        verdict,
        "officer",
        "广告 内容",
        department,
    )
    assert _status(desk, lead.id) is STATUS_AFTER[verdict]


def test_a_decision_is_logged_with_ids_only(desk: Desk, officer: User, make_lead: MakeLead) -> None:
    lead = make_lead()
    decision = review.decide(desk, lead.id, verdict=Verdict.DISMISS, user=officer, reason="求购，不是招生")
    with desk.store.read() as tx:
        event = tx.audit.for_objects([("lead", str(lead.id))])[-1]
    assert (event.actor, event.action, event.detail) == (
        "officer",
        "lead.decide",
        {"decision": decision.id, "verdict": "dismiss"},
    )
    assert audit.verify_chain(desk.store) == []


def test_the_second_of_two_officers_is_told(desk: Desk, officer: User, reviewer: User, make_lead: MakeLead) -> None:
    lead = make_lead()
    review.decide(desk, lead.id, verdict=Verdict.CONFIRM, user=officer, seen_revision=lead.revision)
    with pytest.raises(Conflict, match=r"已由 officer 于 \d\d-\d\d \d\d:\d\d 处理：线索成立。"):
        review.decide(desk, lead.id, verdict=Verdict.DISMISS, user=reviewer, seen_revision=lead.revision)
    assert _verdicts(desk, lead.id) == [Verdict.CONFIRM]


def test_of_many_at_once_exactly_one_wins(any_desk: Desk) -> None:
    user = seed_user(any_desk, "officer", Role.OFFICER)
    seed_source(any_desk)
    lead = seed_lead(any_desk, "race", "标题", "数学小班")

    def attempt(verdict: Verdict) -> bool:
        try:
            review.decide(any_desk, lead.id, verdict=verdict, user=user, seen_revision=lead.revision)
        except Conflict:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        won = list(pool.map(attempt, [Verdict.CONFIRM, Verdict.DISMISS, Verdict.HOLD, Verdict.CONFIRM]))
    assert won.count(True) == 1
    assert len(_verdicts(any_desk, lead.id)) == 1


def test_undo_is_a_new_row_and_falls_back_to_the_decision_before(
    desk: Desk, officer: User, make_lead: MakeLead
) -> None:
    lead = make_lead()
    review.decide(desk, lead.id, verdict=Verdict.HOLD, user=officer)
    second = review.decide(desk, lead.id, verdict=Verdict.CONFIRM, user=officer)
    undone = review.undo(desk, lead.id, user=officer)
    assert (undone.verdict, undone.undoes) == (Verdict.UNDO, second.id)
    assert _status(desk, lead.id) is LeadStatus.HELD
    review.undo(desk, lead.id, user=officer)
    assert _status(desk, lead.id) is LeadStatus.OPEN
    with pytest.raises(Conflict, match="没有可撤销"):
        review.undo(desk, lead.id, user=officer)
    assert _verdicts(desk, lead.id) == [Verdict.HOLD, Verdict.CONFIRM, Verdict.UNDO, Verdict.UNDO]


def test_only_a_supervisor_undoes_what_another_decided(
    desk: Desk, officer: User, reviewer: User, supervisor: User, make_lead: MakeLead
) -> None:
    lead = make_lead()
    review.decide(desk, lead.id, verdict=Verdict.CONFIRM, user=officer)
    with pytest.raises(Refused, match="officer"):
        review.undo(desk, lead.id, user=reviewer)
    review.undo(desk, lead.id, user=supervisor)
    assert _status(desk, lead.id) is LeadStatus.OPEN


def test_what_is_in_a_case_stays_decided(desk: Desk, officer: User, make_lead: MakeLead) -> None:
    lead = make_lead()
    review.decide(desk, lead.id, verdict=Verdict.CONFIRM, user=officer)
    case = cases.open_case(desk, [lead.id], user=officer)
    for attempt in (
        lambda: review.undo(desk, lead.id, user=officer),
        lambda: review.decide(desk, lead.id, verdict=Verdict.DISMISS, user=officer),
    ):
        with pytest.raises(Conflict, match=case.id):
            attempt()


@pytest.mark.parametrize(
    ("verdict", "more", "message"),
    [
        (Verdict.TRANSFER, {}, "要选部门"),
        (Verdict.TRANSFER, {"to_department": "居委会"}, "没有部门"),
        (Verdict.CONFIRM, {"to_department": DEPARTMENT}, "只有转办"),
        (Verdict.UNDO, {}, "撤销功能"),
        (Verdict.DISMISS, {"reason": "长" * 301}, "最多 300 字"),
    ],
)
def test_a_decision_that_makes_no_sense_is_refused(
    desk: Desk, officer: User, make_lead: MakeLead, verdict: Verdict, more: dict[str, str], message: str
) -> None:
    lead = make_lead()
    with pytest.raises(BadInput, match=message):
        review.decide(
            desk,
            lead.id,
            verdict=verdict,
            user=officer,
            reason=more.get("reason", ""),
            to_department=more.get("to_department"),
        )
    assert _verdicts(desk, lead.id) == []


def test_the_same_decision_twice_is_one(desk: Desk, officer: User, make_lead: MakeLead) -> None:
    lead = make_lead()
    review.decide(desk, lead.id, verdict=Verdict.CONFIRM, user=officer)
    with pytest.raises(Conflict, match="已经是“线索成立”"):
        review.decide(desk, lead.id, verdict=Verdict.CONFIRM, user=officer)


def test_unknown_leads_and_admins_are_refused(desk: Desk, officer: User, make_lead: MakeLead) -> None:
    admin = seed_user(desk, "boss", Role.ADMIN)
    lead = make_lead()
    with pytest.raises(NotFound):
        review.decide(desk, 999, verdict=Verdict.CONFIRM, user=officer)
    with pytest.raises(Refused):
        review.decide(desk, lead.id, verdict=Verdict.CONFIRM, user=admin)


def test_departments_are_the_rulebooks_and_the_neighbours_each_once() -> None:
    known = review.departments()
    assert len(known) == len(set(known))
    assert {"教育行政部门", DEPARTMENT, "网信部门", "纪检监察机关"} <= set(known)
    assert {"本单位其他科室", "人力资源社会保障部门", "民政部门", "公安机关", "文化和旅游部门", "街道（乡镇）"} <= set(
        known
    )
    assert "乡镇街道" not in known  # the same place under another spelling
    assert "专家鉴别组" not in known  # nobody a lead is handed to


def test_a_lead_can_go_to_another_office_of_ones_own_unit(desk: Desk, officer: User, make_lead: MakeLead) -> None:
    lead = make_lead()
    decision = review.decide(desk, lead.id, verdict=Verdict.TRANSFER, user=officer, to_department="本单位其他科室")
    assert decision.to_department == "本单位其他科室"


def test_what_is_in_a_case_says_so_when_it_is_undone(desk: Desk, officer: User, make_lead: MakeLead) -> None:
    lead = make_lead()
    review.decide(desk, lead.id, verdict=Verdict.CONFIRM, user=officer)
    case = cases.open_case(desk, [lead.id], user=officer)
    with pytest.raises(Conflict, match=f"已立入案件 {case.id}"):
        review.undo(desk, lead.id, user=officer)
    with pytest.raises(Conflict, match=f"已立入案件 {case.id}"):
        review.decide(desk, lead.id, verdict=Verdict.CONFIRM, user=officer)
