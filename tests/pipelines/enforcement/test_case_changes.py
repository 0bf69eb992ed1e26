"""Leads join and leave cases, cases end; nothing of it is forgotten."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pipelines import audit
from pipelines.desk import Desk
from pipelines.enforcement import cases, review
from pipelines.enforcement.case_choice import case_choice
from pipelines.errors import BadInput, Conflict, NotFound, Refused
from pipelines.records import CaseEventKind, Lead, User, Verdict

MakeLead = Callable[..., Lead]


@pytest.fixture
def accepted(desk: Desk, officer: User, make_lead: MakeLead) -> Callable[..., int]:
    """Makes an accepted lead and gives its id."""

    def make(key: str, **more: object) -> int:
        lead = make_lead(key, **more)
        review.decide(desk, lead.id, verdict=Verdict.CONFIRM, user=officer)
        return lead.id

    return make


def test_a_lead_joins_an_open_case_and_is_taken_out_with_a_reason(
    desk: Desk, officer: User, accepted: Callable[..., int]
) -> None:
    one, two = accepted("a"), accepted("b")
    case = cases.open_case(desk, [one], user=officer)
    assert cases.join_case(desk, case.id, [two], user=officer, together="同一电话").lead_ids == (one, two)
    with pytest.raises(BadInput, match="理由"):
        cases.take_out(desk, case.id, two, user=officer, reason="  ")
    assert cases.take_out(desk, case.id, two, user=officer, reason="主体不同").lead_ids == (one,)
    steps = cases.view(desk, case.id, user=officer).history
    assert [(step.what, step.lead_id, step.reason, step.who) for step in steps] == [
        ("立案", None, "", "officer"),
        ("并入", two, "同一电话", "officer"),
        ("移出", two, "主体不同", "officer"),
    ]
    with desk.store.read() as tx:
        actions = [event.action for event in tx.audit.for_objects([("case", case.id)])]
    assert [action for action in actions if action != "case.view"] == ["case.open", "case.join", "case.take_out"]
    assert audit.verify_chain(desk.store) == []
    # It is free again: its decision can be taken back, or it can go into a case, this one too.
    assert cases.join_case(desk, case.id, [two], user=officer, together="同一电话").lead_ids == (one, two)
    cases.take_out(desk, case.id, two, user=officer, reason="还是不并")
    review.undo(desk, two, user=officer)


def test_the_last_lead_and_a_strange_one_stay_where_they_are(
    desk: Desk, officer: User, accepted: Callable[..., int]
) -> None:
    one, other = accepted("a"), accepted("b")
    case = cases.open_case(desk, [one], user=officer)
    with pytest.raises(Conflict, match="撤案"):
        cases.take_out(desk, case.id, one, user=officer, reason="错了")
    with pytest.raises(Conflict, match="不在案件"):
        cases.take_out(desk, case.id, other, user=officer, reason="错了")
    with pytest.raises(NotFound):
        cases.join_case(desk, "AJ-2020-0099", [other], user=officer)


def test_after_an_export_no_lead_leaves(desk: Desk, officer: User, accepted: Callable[..., int]) -> None:
    ids = [accepted("a"), accepted("b")]
    case = cases.open_case(desk, ids, user=officer, together="两条写同一电话")
    with desk.store.transaction() as tx:  # as export_case logs it, wherever the file went
        audit.record(tx, actor="officer", action="case.export", object_type="case", object_id=case.id)
    assert cases.view(desk, case.id, user=officer).exported
    with pytest.raises(Conflict, match="已导出过证据包"):
        cases.take_out(desk, case.id, ids[0], user=officer, reason="错了")


def test_a_withdrawn_case_frees_its_leads_and_keeps_its_record(
    desk: Desk, officer: User, accepted: Callable[..., int]
) -> None:
    ids = (accepted("a"), accepted("b"))
    case = cases.open_case(desk, ids, user=officer, together="两条写同一电话")
    closed = cases.close_case(desk, case.id, CaseEventKind.WITHDRAWN, user=officer, reason="误点立案")
    assert (closed.status, closed.lead_ids) == ("withdrawn", ids)
    assert closed.closing is not None
    assert (closed.closing.reason, closed.closing.user) == ("误点立案", "officer")
    again = cases.open_case(desk, ids[:1], user=officer)
    assert again.id != case.id
    review.undo(desk, ids[1], user=officer)
    with desk.store.read() as tx:
        assert tx.cases.get(case.id) == closed  # what it held when it ended
        assert [one.id for one in tx.cases.ongoing(9)] == [again.id]
    for change in (
        lambda: cases.join_case(desk, case.id, [ids[0]], user=officer),
        lambda: cases.close_case(desk, case.id, CaseEventKind.CONCLUDED, user=officer, reason="再结"),
        lambda: cases.export(desk, case.id, user=officer, sure=True),
    ):
        with pytest.raises(Conflict):
            change()


def test_a_concluded_case_keeps_its_leads(desk: Desk, officer: User, accepted: Callable[..., int]) -> None:
    lead_id = accepted("a")
    case = cases.open_case(desk, [lead_id], user=officer)
    with pytest.raises(BadInput, match="理由"):
        cases.close_case(desk, case.id, CaseEventKind.CONCLUDED, user=officer, reason="")
    with pytest.raises(BadInput, match="结案或撤案"):
        cases.close_case(desk, case.id, CaseEventKind.JOINED, user=officer, reason="x")
    closed = cases.close_case(desk, case.id, CaseEventKind.CONCLUDED, user=officer, reason="已作出处罚")
    assert closed.status == "concluded"
    with pytest.raises(Conflict, match="已立入案件"):
        review.undo(desk, lead_id, user=officer)
    with pytest.raises(Conflict, match=case.id):
        cases.open_case(desk, [lead_id], user=officer)


def test_the_choice_names_operators_and_offers_open_cases(
    desk: Desk, officer: User, reviewer: User, accepted: Callable[..., int]
) -> None:
    one, two, three = (accepted(key, phone="13812345678") for key in "abc")
    stranger, nobody = accepted("d", phone="13900000001"), accepted("e")
    same = cases.open_case(desk, [one], user=officer)
    other = cases.open_case(desk, [accepted("f", phone="13700000002")], user=officer)
    choice = case_choice(desk, [two], user=officer)
    assert [(row.lead.id, row.operator, row.chosen) for row in choice.leads] == [
        (two, "未标明名称（电话 138****5678）", True),
        (three, "未标明名称（电话 138****5678）", False),
    ]
    assert ([case.id for case in choice.same], [case.id for case in choice.others]) == ([same.id], [other.id])
    assert not choice.doubtful
    mixed = case_choice(desk, [two, stranger], user=officer)
    assert (mixed.doubtful, mixed.known, mixed.unknown) == (True, 2, 0)
    assert [row.chosen for row in mixed.leads] == [True, True]
    partly = case_choice(desk, [two, nobody], user=officer)
    assert (partly.doubtful, partly.known, partly.unknown) == (True, 1, 1)
    strangers = case_choice(desk, [nobody, accepted("g")], user=officer)
    assert (strangers.doubtful, strangers.known, strangers.unknown) == (True, 0, 2)
    assert not case_choice(desk, [nobody], user=officer).doubtful  # one lead is with itself
    with pytest.raises(Conflict, match=same.id):
        case_choice(desk, [one], user=officer)
    with pytest.raises(Refused):
        case_choice(desk, [two], user=reviewer)
