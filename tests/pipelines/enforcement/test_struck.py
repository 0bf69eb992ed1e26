"""An officer strikes single findings out: what holds then, what is asked for, and that nothing is lost."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import select

from pipelines import audit, clock
from pipelines.desk import Desk
from pipelines.enforcement import cases, queue, review
from pipelines.enforcement.filters import Filters
from pipelines.enforcement.lead import lead_view
from pipelines.errors import BadInput, Conflict, Refused
from pipelines.evidence.adopted import called_now
from pipelines.records import CaseEventKind, Decision, Lead, LeadStatus, Strike, User, Verdict
from pipelines.records.findings import with_ids
from pipelines.store.desk_tables import DecisionRow
from tests.review_ui.seed import ANXIETY, GUARANTEE, HIDDEN, PREPAY, Touch, assessment

MakeLead = Callable[..., Lead]
THREE = (HIDDEN, PREPAY, ANXIETY)


def _codes(desk: Desk, lead: Lead) -> tuple[str, ...]:
    with desk.store.read() as tx:
        found = tx.leads.get(lead.id)
    assert found is not None
    return found.codes


def _decide(desk: Desk, lead: Lead, user: User, *struck: Touch, verdict: Verdict = Verdict.CONFIRM) -> Decision:
    return review.decide(desk, lead.id, verdict=verdict, user=user, struck=[touch.code for touch in struck])


def _ids(decision: Decision) -> list[str]:
    return [str(strike) for strike in decision.struck]


def _reassess(desk: Desk, lead: Lead, *touches: Touch) -> None:
    """A newer rulebook says something else of the same posting."""
    with desk.store.transaction() as tx:
        listing = tx.listings.get(lead.listing_id)
        assert listing is not None
        result = assessment(f"{listing.title}\n{listing.text}", touches, 70)
        newer = tx.assessments.add(
            listing.version_id,
            "m-seed",
            f"r-{clock.new_id()}",
            True,
            70,
            result,
            listing.title,
            listing.text,
            clock.now(),
        )
        tx.leads.open_for(listing, newer, clock.now())


def test_what_is_struck_out_is_said_of_the_lead_no_more(desk: Desk, officer: User, make_lead: MakeLead) -> None:
    lead = make_lead(touches=THREE)
    decision = _decide(desk, lead, officer, PREPAY)
    assert _ids(decision) == [PREPAY.code]
    assert _codes(desk, lead) == (HIDDEN.code, ANXIETY.code)
    (row,) = queue.page(desk, user=officer, filters=Filters(status=LeadStatus.ACCEPTED)).rows
    assert [chip.code for chip in row.chips] == [HIDDEN.code, ANXIETY.code]
    found = queue.page(desk, user=officer, filters=Filters(status=LeadStatus.ACCEPTED, code=PREPAY.code))
    assert found.rows == ()
    view = lead_view(desk, lead.id, officer)
    assert [finding["code"] for finding in view.findings] == [touch.code for touch in THREE]  # the machine's stay whole
    assert (view.struck, [chip.code for chip in view.chips]) == ((PREPAY.code,), [HIDDEN.code, ANXIETY.code])
    review.undo(desk, lead.id, user=officer)
    assert _codes(desk, lead) == tuple(touch.code for touch in THREE)
    assert lead_view(desk, lead.id, officer).struck == ()


def test_the_log_names_ids_only(desk: Desk, officer: User, make_lead: MakeLead) -> None:
    lead = make_lead(touches=THREE)
    decision = _decide(desk, lead, officer, ANXIETY, PREPAY)
    with desk.store.read() as tx:
        event = tx.audit.for_objects([("lead", str(lead.id))])[-1]
    assert event.detail == {
        "decision": decision.id,
        "verdict": "confirm",
        "struck": [PREPAY.code, ANXIETY.code],  # in the order of the findings
        "assessment": lead.assessment_id,
    }
    assert audit.verify_chain(desk.store) == []


@pytest.mark.parametrize("verdict", [Verdict.CONFIRM, Verdict.TRANSFER])
def test_nothing_adopted_goes_on_only_with_a_reason(
    desk: Desk, officer: User, make_lead: MakeLead, verdict: Verdict
) -> None:
    lead = make_lead(touches=THREE)
    codes = [touch.code for touch in THREE]
    to = "公安机关" if verdict is Verdict.TRANSFER else None
    with pytest.raises(BadInput, match="要写明理由"):
        review.decide(desk, lead.id, verdict=verdict, user=officer, struck=codes, to_department=to, reason=" ")
    assert _codes(desk, lead) == tuple(codes)
    review.decide(desk, lead.id, verdict=verdict, user=officer, struck=codes, to_department=to, reason="另有举报材料")
    assert _codes(desk, lead) == ()
    # To dismiss or to wait needs none.
    assert _decide(desk, make_lead("two", touches=THREE), officer, *THREE, verdict=Verdict.DISMISS).reason == ""


def test_a_lead_without_findings_is_confirmed_as_before(desk: Desk, officer: User, make_lead: MakeLead) -> None:
    lead = make_lead(touches=())
    assert review.decide(desk, lead.id, verdict=Verdict.CONFIRM, user=officer, struck=[]).struck == ()


def test_a_code_the_lead_has_not_is_refused(desk: Desk, officer: User, make_lead: MakeLead) -> None:
    lead = make_lead(touches=THREE)
    with pytest.raises(BadInput, match=f"没有疑点 HT77；可选：{HIDDEN.code} [^、]+、{PREPAY.code} "):
        review.decide(desk, lead.id, verdict=Verdict.CONFIRM, user=officer, struck=["HT77"])


def test_who_says_nothing_of_findings_leaves_them_as_they_are(desk: Desk, officer: User, make_lead: MakeLead) -> None:
    """From the queue and, without --strike, from the command line."""
    lead = make_lead(touches=THREE)
    _decide(desk, lead, officer, PREPAY, verdict=Verdict.HOLD)
    assert _ids(review.decide(desk, lead.id, verdict=Verdict.CONFIRM, user=officer)) == [PREPAY.code]
    assert _decide(desk, lead, officer).struck == ()  # the same verdict with other findings is a new decision
    with pytest.raises(Conflict, match="已经是"):
        _decide(desk, lead, officer)


def test_after_a_new_assessment_codes_that_are_gone_mean_nothing(
    desk: Desk, officer: User, make_lead: MakeLead
) -> None:
    lead = make_lead(touches=THREE)
    _decide(desk, lead, officer, PREPAY, ANXIETY)
    _reassess(desk, lead, HIDDEN, ANXIETY)
    assert _codes(desk, lead) == (HIDDEN.code,)
    assert lead_view(desk, lead.id, officer).struck == (ANXIETY.code,)
    _reassess(desk, lead, HIDDEN, ANXIETY)  # the same answer again
    assert _codes(desk, lead) == (HIDDEN.code,)
    assert _ids(review.decide(desk, lead.id, verdict=Verdict.HOLD, user=officer)) == [ANXIETY.code]


def test_findings_that_changed_meanwhile_are_looked_at_first(desk: Desk, officer: User, make_lead: MakeLead) -> None:
    lead = make_lead(touches=(HIDDEN,))
    _reassess(desk, lead, HIDDEN, ANXIETY)
    with pytest.raises(Conflict, match="重新研判过"):
        review.decide(
            desk, lead.id, verdict=Verdict.CONFIRM, user=officer, struck=[], seen_assessment=lead.assessment_id
        )


def test_a_reason_can_follow_its_decision_once(
    desk: Desk, officer: User, supervisor: User, make_lead: MakeLead
) -> None:
    lead = make_lead()
    decision = review.decide(desk, lead.id, verdict=Verdict.DISMISS, user=officer)
    with pytest.raises(Refused, match="只有本人"):
        review.add_reason(desk, lead.id, decision.id, reason="求购或求职", user=supervisor)
    with pytest.raises(BadInput, match="写明理由"):
        review.add_reason(desk, lead.id, decision.id, reason=" ", user=officer)
    added = review.add_reason(desk, lead.id, decision.id, reason=" 求购或求职 ", user=officer)
    assert (added.id, added.reason, added.added is not None) == (decision.id, "求购或求职", True)
    with desk.store.read() as tx:
        (row,) = tx.decisions.for_lead(lead.id)  # its decision stays one row
        event = tx.audit.for_objects([("lead", str(lead.id))])[-1]
    assert row == added
    assert (event.action, event.detail) == ("lead.reason", {"decision": decision.id})
    with pytest.raises(Conflict, match="已经有理由"):
        review.add_reason(desk, lead.id, decision.id, reason="重复线索", user=officer)


def test_a_reason_comes_too_late_for_what_does_not_stand(desk: Desk, officer: User, make_lead: MakeLead) -> None:
    lead = make_lead()
    first = review.decide(desk, lead.id, verdict=Verdict.DISMISS, user=officer)
    review.undo(desk, lead.id, user=officer)
    with pytest.raises(Conflict, match="没有补上"):
        review.add_reason(desk, lead.id, first.id, reason="重复线索", user=officer)
    kept = review.decide(desk, lead.id, verdict=Verdict.CONFIRM, user=officer)
    cases.open_case(desk, [lead.id], user=officer)
    with pytest.raises(Conflict, match="已立入案件"):
        review.add_reason(desk, lead.id, kept.id, reason="迟了", user=officer)


PROMISE = replace(GUARANTEE, signal="guarantee")
EXAGGERATION = replace(GUARANTEE, signal="exaggerated", consequence="lead", words=("三次见效",), severity=4)
TWO_OF_A_KIND = (EXAGGERATION, HIDDEN, PROMISE)  # as the classifier may put them: the weaker one first


def _chips(desk: Desk, user: User) -> list[tuple[str, str, int]]:
    (row,) = queue.page(desk, user=user, filters=Filters(status=None)).rows
    return [(chip.code, chip.consequence, chip.findings) for chip in row.chips]


def test_two_findings_of_one_rule_are_struck_one_by_one(desk: Desk, officer: User, make_lead: MakeLead) -> None:
    """Striking the weak one of a rule once dropped the sanctionable one unseen."""
    lead = make_lead(touches=TWO_OF_A_KIND)
    view = lead_view(desk, lead.id, officer)
    assert [(one["id"], one["signal"]) for one in view.findings] == [
        (HIDDEN.code, "academic_hidden"),
        ("AD04.1", "guarantee"),
        ("AD04.2", "exaggerated"),
    ]
    assert ("AD04", "sanctionable", 2) in _chips(desk, officer)
    assert _ids(review.decide(desk, lead.id, verdict=Verdict.CONFIRM, user=officer, struck=["AD04.2"])) == ["AD04.2"]
    assert lead_view(desk, lead.id, officer).struck == ("AD04.2",)
    assert "AD04" in _codes(desk, lead)
    assert ("AD04", "sanctionable", 1) in _chips(desk, officer)
    review.decide(desk, lead.id, verdict=Verdict.CONFIRM, user=officer, struck=["AD04.1"])
    assert ("AD04", "lead", 1) in _chips(desk, officer)  # as grave as what is left of it
    assert "AD04" in _codes(desk, lead)


@pytest.mark.parametrize("said", [["AD04"], ["AD04.1", "AD04.2"], ["ad04.2", " ＡＤ０４．１ "]])
def test_a_code_stands_for_all_of_its_findings(desk: Desk, officer: User, make_lead: MakeLead, said: list[str]) -> None:
    lead = make_lead(touches=TWO_OF_A_KIND)
    decision = review.decide(desk, lead.id, verdict=Verdict.CONFIRM, user=officer, struck=said)
    assert sorted(_ids(decision)) == ["AD04.1", "AD04.2"]
    assert _codes(desk, lead) == (HIDDEN.code,)
    with pytest.raises(
        BadInput, match=r"没有疑点 AD04\.3；可选：.*AD04\.1 保证或夸大、AD04\.2 保证或夸大、AD04 保证或夸大（2 条一起）"
    ):
        review.decide(desk, lead.id, verdict=Verdict.CONFIRM, user=officer, struck=["AD04.3"])


def test_an_old_row_that_names_a_code_means_all_of_it(desk: Desk, officer: User, make_lead: MakeLead) -> None:
    lead = make_lead(touches=TWO_OF_A_KIND)
    with desk.store.transaction() as tx:
        tx.decisions.add(
            lead.id, Verdict.CONFIRM, None, "", officer.name, None, None, clock.now(), struck=[Strike(id="AD04")]
        )
    assert lead_view(desk, lead.id, officer).struck == ("AD04.1", "AD04.2")
    _reassess(desk, lead, HIDDEN, PROMISE)
    assert lead_view(desk, lead.id, officer).struck == ("AD04",)
    assert _codes(desk, lead) == (HIDDEN.code,)


def test_a_strike_follows_its_finding_and_not_its_number(desk: Desk, officer: User, make_lead: MakeLead) -> None:
    """A new model finds a promise beside the exaggeration that was struck as AD04: the promise is nobody's strike."""
    lead = make_lead(touches=(EXAGGERATION, HIDDEN))
    assert _ids(_decide(desk, lead, officer, EXAGGERATION)) == ["AD04"]
    _reassess(desk, lead, *TWO_OF_A_KIND)
    view = lead_view(desk, lead.id, officer)
    assert (view.struck, "AD04" in _codes(desk, lead)) == (("AD04.2",), True)
    assert view.standing is not None
    assert called_now(view.assessment, view.standing.struck) == ("AD04.2",)
    _reassess(desk, lead, replace(EXAGGERATION, consequence="sanctionable"), HIDDEN)  # graver than what was struck
    view = lead_view(desk, lead.id, officer)
    assert view.struck == ()
    assert view.standing is not None
    assert called_now(view.assessment, view.standing.struck) == ("AD04（当时的）",)


def _edit(desk: Desk, lead: Lead, more: str, *touches: Touch) -> None:
    """The posting is found again with more words in it."""
    with desk.store.transaction() as tx:
        old = tx.listings.get(lead.listing_id)
        assert old is not None
        text = f"{old.text} {more}"
        listing, _ = tx.listings.add_version(
            source=old.source, key=old.key, url=old.url, platform=old.platform, demo=old.demo, visibility="public",
            title=old.title, text=text, fields={}, images=(), price_raw="", district="", posted_at=None,
            capture_id=None, content_sha256=f"{len(text):064}", cluster_id=lead.cluster_id, operator_id=None,
            at=clock.now(),
        )  # fmt: skip
        result = assessment(f"{listing.title}\n{text}", touches, 70)
        newer = tx.assessments.add(
            listing.version_id, "m-seed", "r-seed", True, 70, result, listing.title, text, clock.now()
        )
        tx.leads.open_for(listing, newer, clock.now())


def test_other_words_in_an_edited_text_are_looked_at_anew(desk: Desk, officer: User, make_lead: MakeLead) -> None:
    """An advertiser cannot slip a worse promise under a strike; a changed date does not bring a strike to nothing."""
    promise = replace(PROMISE, words=("提分", "包过"))
    lead = make_lead(touches=(HIDDEN, promise))
    review.decide(desk, lead.id, verdict=Verdict.CONFIRM, user=officer, struck=["AD04"], reason="")
    _edit(desk, lead, "三月八日更新", HIDDEN, promise)
    view = lead_view(desk, lead.id, officer)
    assert (view.struck, view.lapsed, _codes(desk, lead)) == (("AD04",), (), (HIDDEN.code,))
    _edit(desk, lead, "现在包过", HIDDEN, promise)
    view = lead_view(desk, lead.id, officer)
    assert (view.struck, [str(one) for one in view.lapsed]) == ((), ["AD04"])
    assert "AD04" in _codes(desk, lead)
    _edit(desk, lead, "不再承诺了吧", HIDDEN)  # gone altogether: nothing to look at
    assert lead_view(desk, lead.id, officer).lapsed == ()


def test_in_a_case_findings_nobody_has_judged_are_judged_anew(desk: Desk, officer: User, make_lead: MakeLead) -> None:
    """A lead in a case stays confirmed; what an edit or a new model says of it is judged, and the case tells so."""
    promise = replace(PROMISE, words=("提分", "包过"))
    lead = make_lead(touches=(HIDDEN, promise))
    review.decide(desk, lead.id, verdict=Verdict.CONFIRM, user=officer, struck=["AD04"])
    case = cases.open_case(desk, [lead.id], user=officer)
    with pytest.raises(Conflict, match="结论不能再改"):
        review.decide(desk, lead.id, verdict=Verdict.CONFIRM, user=officer, struck=[], reason="又想了想")
    _edit(desk, lead, "现在包过", HIDDEN, promise)
    view = cases.view(desk, case.id, user=officer)
    assert (view.again, view.stale) == ({lead.id}, False)
    assert lead_view(desk, lead.id, officer).again
    with pytest.raises(Conflict, match="只能重新认定疑点"):
        review.decide(desk, lead.id, verdict=Verdict.DISMISS, user=officer, reason="不是")
    with pytest.raises(BadInput, match="要写明理由"):
        review.decide(desk, lead.id, verdict=Verdict.CONFIRM, user=officer, struck=[HIDDEN.code])
    review.decide(desk, lead.id, verdict=Verdict.CONFIRM, user=officer, struck=[], reason="改后的承诺也算")
    view = cases.view(desk, case.id, user=officer)
    assert view.again == frozenset()
    assert [(step.what, step.lead_id, step.reason) for step in view.history] == [
        ("立案", None, ""),
        ("重新认定疑点", lead.id, "改后的承诺也算"),
    ]
    assert "AD04" in [chip.code for chip in view.chips[lead.id]]
    assert lead_view(desk, lead.id, officer).lapsed == ()
    with desk.store.read() as tx:
        assert tx.audit.for_objects([("lead", str(lead.id))])[-2].detail["case"] == case.id
    with pytest.raises(Conflict, match="结论不能再改"):  # judged: it stands again
        review.decide(desk, lead.id, verdict=Verdict.CONFIRM, user=officer, struck=["AD04"], reason="再改")


def test_a_case_that_has_ended_is_judged_no_more(desk: Desk, officer: User, make_lead: MakeLead) -> None:
    lead = make_lead(touches=(HIDDEN,))
    _decide(desk, lead, officer)
    case = cases.open_case(desk, [lead.id], user=officer)
    cases.close_case(desk, case.id, CaseEventKind.CONCLUDED, user=officer, reason="办完了")
    _reassess(desk, lead, HIDDEN, PREPAY)
    with pytest.raises(Conflict, match="结论不能再改"):
        review.decide(desk, lead.id, verdict=Verdict.CONFIRM, user=officer, struck=[PREPAY.code], reason="新疑点不算")
    assert [step.what for step in cases.view(desk, case.id, user=officer).history] == ["立案", "结案"]


def test_a_lapsed_strike_can_be_let_go_outside_a_case(desk: Desk, officer: User, make_lead: MakeLead) -> None:
    promise = replace(PROMISE, words=("提分", "包过"))
    lead = make_lead(touches=(HIDDEN, promise))
    review.decide(desk, lead.id, verdict=Verdict.CONFIRM, user=officer, struck=["AD04"])
    _edit(desk, lead, "现在包过", HIDDEN, promise)
    review.decide(desk, lead.id, verdict=Verdict.CONFIRM, user=officer, struck=[])  # seen: now adopted
    assert lead_view(desk, lead.id, officer).lapsed == ()
    with pytest.raises(Conflict, match="已经是"):
        review.decide(desk, lead.id, verdict=Verdict.CONFIRM, user=officer, struck=[])


def test_a_decision_keeps_no_words_of_the_posting(desk: Desk, officer: User, make_lead: MakeLead) -> None:
    lead = make_lead(touches=TWO_OF_A_KIND)
    _decide(desk, lead, officer, HIDDEN)
    with desk.store.read() as tx:
        kept = tx.decisions._session.scalar(select(DecisionRow.struck).where(DecisionRow.lead_id == lead.id))
    assert [sorted(one) for one in kept or ()] == [
        ["assessment", "code", "consequence", "id", "nth", "signal", "version"]
    ]


def test_no_number_is_another_rules_name() -> None:
    findings = [{"code": "HT18", "consequence": "lead"}] * 2 + [{"code": "HT18.1", "consequence": "lead"}]
    assert [one["id"] for one in with_ids(findings)] == ["HT18.2", "HT18.3", "HT18.1"]
