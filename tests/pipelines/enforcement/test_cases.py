"""Cases take accepted leads, each once."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pipelines.desk import Desk
from pipelines.enforcement import cases, review
from pipelines.errors import BadInput, Conflict, NotFound, Refused, Unconfirmed
from pipelines.evidence.history import TOGETHER
from pipelines.records import Lead, User, Verdict

MakeLead = Callable[..., Lead]


def _accepted(desk: Desk, user: User, lead: Lead) -> int:
    review.decide(desk, lead.id, verdict=Verdict.CONFIRM, user=user)
    return lead.id


def test_a_case_takes_accepted_leads(desk: Desk, officer: User, make_lead: MakeLead) -> None:
    ids = [_accepted(desk, officer, make_lead(key)) for key in ("a", "b")]
    # Nobody can see whose they are: the officer says why they belong together, on whatever way in.
    for nothing in ("", " \n"):
        with pytest.raises(Unconfirmed, match="同一经营主体"):
            cases.open_case(desk, ids, user=officer, together=nothing)
    with pytest.raises(BadInput, match="理由最多"):
        cases.open_case(desk, ids, user=officer, together="长" * (cases.MAX_REASON + 1))
    case = cases.open_case(desk, [*ids, ids[0]], user=officer, together=" 地址\n相同 ")
    more = [_accepted(desk, officer, make_lead(key)) for key in ("c", "d")]
    with pytest.raises(Unconfirmed):
        cases.join_case(desk, case.id, more, user=officer)
    assert case.lead_ids == tuple(ids)
    assert case.title == "标题 a 等 2 条"
    view = cases.view(desk, case.id, user=officer)
    assert [lead.id for lead in view.leads] == ids
    assert [view.decided[one].partition("，")[0] for one in ids] == ["线索成立：officer"] * 2
    with pytest.raises(Unconfirmed):  # alone it doubts nothing, beside what is there it does
        cases.join_case(desk, case.id, more[:1], user=officer)
    for one, why in zip(more, ("同一海报", "同一二维码"), strict=True):
        cases.join_case(desk, case.id, [one], user=officer, together=why)
    alone = cases.open_case(desk, [_accepted(desk, officer, make_lead("e"))], user=officer, together="多余")
    history = cases.view(desk, case.id, user=officer).history
    assert [(step.what, step.lead_id, step.reason, step.note) for step in history] == [
        ("立案", None, "地址 相同", TOGETHER),
        ("并入", more[0], "同一海报", TOGETHER),
        ("并入", more[1], "同一二维码", TOGETHER),
    ]
    assert [(step.reason, step.note) for step in cases.view(desk, alone.id, user=officer).history] == [("", "")]
    with desk.store.read() as tx:  # the log names ids, no words
        assert all("地址" not in str(event.detail) for event in tx.audit.for_objects([("case", case.id)]))
    assert view.packages == ()


def test_a_lead_is_in_one_case_only(desk: Desk, officer: User, make_lead: MakeLead) -> None:
    lead_id = _accepted(desk, officer, make_lead())
    first = cases.open_case(desk, [lead_id], user=officer, title="  滨河花园  ")
    assert first.title == "滨河花园"
    with pytest.raises(Conflict, match=first.id):
        cases.open_case(desk, [lead_id], user=officer)


def test_what_is_not_accepted_is_refused(desk: Desk, officer: User, reviewer: User, make_lead: MakeLead) -> None:
    lead = make_lead()
    with pytest.raises(BadInput, match="不能立案"):
        cases.open_case(desk, [lead.id], user=officer)
    with pytest.raises(BadInput, match="请选"):
        cases.open_case(desk, [], user=officer)
    with pytest.raises(NotFound):
        cases.open_case(desk, [404], user=officer)
    with pytest.raises(Refused):
        cases.open_case(desk, [lead.id], user=reviewer)


@pytest.mark.parametrize("name", ["../mingcha.db", "AJ-2026-0001.zip", "x", ".."])
def test_only_packages_made_here_can_be_fetched(desk: Desk, officer: User, make_lead: MakeLead, name: str) -> None:
    case = cases.open_case(desk, [_accepted(desk, officer, make_lead())], user=officer)
    (desk.home / "exports" / case.id).mkdir(parents=True)
    (desk.home / "exports" / case.id / "AJ-2026-0001.zip").write_bytes(b"x")
    with pytest.raises(NotFound):
        cases.package_path(desk, case.id, name, user=officer)
