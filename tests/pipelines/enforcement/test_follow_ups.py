"""What became of leads: entered by rows, taken back by rows, listed by how long they wait."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from pipelines import audit, clock
from pipelines.desk import Desk
from pipelines.enforcement import follow_ups, review
from pipelines.enforcement.follow_ups import Stage
from pipelines.errors import BadInput, Conflict, NotFound, PipelineError, Refused
from pipelines.evidence.followed import ENTERED
from pipelines.records import FollowUpKind, Lead, Role, User, Verdict
from tests.review_ui.seed import seed_user

MakeLead = Callable[..., Lead]
MARKET = "市场监督管理部门"


def _today() -> date:
    return clock.local(clock.now()).date()


@pytest.fixture
def sent(desk: Desk, officer: User, make_lead: MakeLead) -> Lead:
    """A lead that went to market regulation."""
    lead = make_lead()
    review.decide(desk, lead.id, verdict=Verdict.TRANSFER, to_department=MARKET, user=officer)
    return lead


@pytest.mark.parametrize("kind", ENTERED)
def test_an_entry_says_who_when_and_what_and_the_log_holds_ids_only(
    desk: Desk, officer: User, sent: Lead, kind: FollowUpKind
) -> None:
    entry = follow_ups.enter(
        desk, sent.id, kind, user=officer, on_day=_today(), paper=" 某市监函〔2026〕\n3号 ", note="已下架"
    )
    assert (entry.office, entry.paper, entry.note, entry.user) == (MARKET, "某市监函〔2026〕 3号", "已下架", "officer")
    with desk.store.read() as tx:
        assert tx.follow_ups.for_lead(sent.id) == (entry,)
        event = tx.audit.for_objects([("lead", str(sent.id))])[-1]
    assert (event.action, event.detail) == ("lead.follow_up", {"follow_up": entry.id, "became": kind.value})
    assert audit.verify_chain(desk.store) == []
    (row,) = follow_ups.followed(desk, user=officer).rows
    assert (row.stages, row.entries) == ({Stage(kind)}, (entry,))
    assert (row.waits is None) is (kind.value in {"rectified", "penalised", "unfounded"})


@pytest.mark.parametrize(
    ("error", "words", "changes"),
    [
        (BadInput, "还没有到", {"on_day": timedelta(days=1)}),
        (BadInput, "早于发现", {"on_day": timedelta(days=-1)}),
        (BadInput, "办理单位最多 60 字", {"office": "某" * 61}),
        (BadInput, "文号最多", {"paper": "某" * 61}),
        (BadInput, "说明最多", {"note": "某" * 301}),
        (BadInput, "撤销功能", {"kind": FollowUpKind.UNDO}),
        (Conflict, "刚有变化", {"seen_decision": 99}),
        (NotFound, "没有线索 77", {"lead_id": 77}),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_kept(
    desk: Desk, officer: User, sent: Lead, error: type[PipelineError], words: str, changes: dict[str, object]
) -> None:
    values = {"lead_id": sent.id, "kind": FollowUpKind.FILED, "on_day": timedelta(0)} | changes
    day = values.pop("on_day")
    assert isinstance(day, timedelta)
    with pytest.raises(error, match=words):
        follow_ups.enter(desk, user=officer, on_day=_today() + day, **values)  # type: ignore[arg-type]  # by name
    with desk.store.read() as tx:
        assert tx.follow_ups.for_lead(sent.id) == ()


def test_only_what_was_confirmed_or_handed_on_can_be_followed_and_only_what_was_sent_comes_back(
    desk: Desk, officer: User, make_lead: MakeLead
) -> None:
    lead = make_lead()
    with pytest.raises(Conflict, match="已成立”或“已转办"):
        follow_ups.enter(desk, lead.id, FollowUpKind.RECTIFIED, user=officer, on_day=_today())
    review.decide(desk, lead.id, verdict=Verdict.CONFIRM, user=officer)
    with pytest.raises(BadInput, match="退回"):
        follow_ups.enter(desk, lead.id, FollowUpKind.RETURNED, user=officer, on_day=_today())
    assert follow_ups.enter(desk, lead.id, FollowUpKind.RECTIFIED, user=officer, on_day=_today()).office == "本单位"
    with pytest.raises(Conflict, match="已登记过"):
        follow_ups.enter(desk, lead.id, FollowUpKind.RECTIFIED, user=officer, on_day=_today())


def test_an_entry_is_taken_back_once_by_who_made_it_or_a_supervisor(desk: Desk, officer: User, sent: Lead) -> None:
    other, head = seed_user(desk, "other", Role.OFFICER), seed_user(desk, "head", Role.SUPERVISOR)
    reviewer = seed_user(desk, "reader", Role.REVIEWER)
    entry = follow_ups.enter(desk, sent.id, FollowUpKind.FILED, user=officer, on_day=_today())
    for user, reason, error, words in (
        (reviewer, "记错", Refused, "登记办理情况"),
        (other, "记错", Refused, "只有本人或督导"),
        (officer, " ", BadInput, "理由"),
    ):
        with pytest.raises(error, match=words):
            follow_ups.take_back(desk, sent.id, entry.id, user=user, reason=reason)
    with pytest.raises(NotFound):
        follow_ups.take_back(desk, sent.id, 99, user=head, reason="记错")
    undone = follow_ups.take_back(desk, sent.id, entry.id, user=head, reason="记错")
    assert (undone.undoes, undone.note, undone.on_day) == (entry.id, "记错", None)
    for wanted in (entry.id, undone.id):
        with pytest.raises((Conflict, NotFound)):
            follow_ups.take_back(desk, sent.id, wanted, user=officer, reason="记错")
    (row,) = follow_ups.followed(desk, user=head).rows
    assert (row.stages, row.entries) == ({Stage.NONE}, ())


def test_answers_go_with_the_decision_they_were_given_on(desk: Desk, officer: User, sent: Lead) -> None:
    follow_ups.enter(desk, sent.id, FollowUpKind.RETURNED, user=officer, on_day=_today())
    review.decide(desk, sent.id, verdict=Verdict.TRANSFER, to_department="公安机关", user=officer)
    assert [row.stages for row in follow_ups.followed(desk, user=officer).rows] == [{Stage.NONE}]
    review.undo(desk, sent.id, user=officer)
    assert [row.stages for row in follow_ups.followed(desk, user=officer).rows] == [{Stage.RETURNED}]
    review.undo(desk, sent.id, user=officer)
    assert follow_ups.followed(desk, user=officer).rows == ()


def test_the_list_has_what_waited_longest_first_and_counts_every_stage(
    desk: Desk, officer: User, make_lead: MakeLead
) -> None:
    start, leads = clock.now(), [make_lead(key) for key in "abc"]
    for days, lead in zip((2, 0, 1), leads, strict=True):
        clock.pin(lambda days=days: start + timedelta(days=days))  # type: ignore[misc]  # bound now
        review.decide(desk, lead.id, verdict=Verdict.CONFIRM, user=officer)
    clock.pin(lambda: start + timedelta(days=5))
    follow_ups.enter(desk, leads[1].id, FollowUpKind.RECTIFIED, user=officer, on_day=_today())
    found = follow_ups.followed(desk, user=officer)
    assert [(row.lead.id, row.waits) for row in found.rows] == [(leads[2].id, 4), (leads[0].id, 3), (leads[1].id, None)]
    assert {stage: number for stage, number in found.counts.items() if number} == {Stage.NONE: 2, Stage.RECTIFIED: 1}
    only = follow_ups.followed(desk, user=officer, stage=Stage.RECTIFIED)
    assert ([row.lead.id for row in only.rows], only.counts) == ([leads[1].id], found.counts)
    with pytest.raises(Refused):
        follow_ups.followed(desk, user=seed_user(desk, "reader", Role.REVIEWER))


def test_a_lead_may_be_at_several_stages_but_not_at_contrary_ones(desk: Desk, officer: User, sent: Lead) -> None:
    for kind in (FollowUpKind.PENALISED, FollowUpKind.RECTIFIED, FollowUpKind.RECEIVED):  # of one day, in any order
        follow_ups.enter(desk, sent.id, kind, user=officer, on_day=_today())
    with pytest.raises(Conflict, match="“已处罚”，与“查无违法”不能并存"):
        follow_ups.enter(desk, sent.id, FollowUpKind.UNFOUNDED, user=officer, on_day=_today())
    found = follow_ups.followed(desk, user=officer, stage=Stage.PENALISED)
    (row,) = found.rows
    assert row.stages == {Stage.PENALISED, Stage.RECTIFIED, Stage.RECEIVED}
    assert (row.waits, found.total, found.counts[Stage.RECTIFIED], found.counts[Stage.NONE]) == (None, 1, 1, 0)


def test_what_came_back_waits_in_front_and_what_was_only_taken_on_goes_on_waiting(
    desk: Desk, officer: User, make_lead: MakeLead
) -> None:
    start, leads = clock.now(), [make_lead(key) for key in "abc"]
    for lead in leads:
        review.decide(desk, lead.id, verdict=Verdict.TRANSFER, to_department=MARKET, user=officer)
    clock.pin(lambda: start + timedelta(days=3))
    follow_ups.enter(desk, leads[1].id, FollowUpKind.RECEIVED, user=officer, on_day=_today())
    follow_ups.enter(desk, leads[2].id, FollowUpKind.RETURNED, user=officer, on_day=_today())
    rows = follow_ups.followed(desk, user=officer).rows
    assert [(row.lead.id, row.waits, row.returned) for row in rows] == [
        (leads[2].id, 3, True),
        (leads[0].id, 3, False),
        (leads[1].id, 3, False),
    ]
