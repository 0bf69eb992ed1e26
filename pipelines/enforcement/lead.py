"""Everything the page of one lead shows, in one read; the look is logged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pipelines import audit
from pipelines.desk import Desk
from pipelines.enforcement import review
from pipelines.enforcement.assessed import Chip, body_of, chips_of, findings_of
from pipelines.enforcement.case_choice import siblings_of
from pipelines.enforcement.filters import Filters, neighbours
from pipelines.enforcement.follow_ups import may_take_back
from pipelines.enforcement.found import found_lead
from pipelines.enforcement.looks import Look, looks_at
from pipelines.enforcement.permissions import Action, require
from pipelines.enforcement.segments import Segment, cut, marks_of
from pipelines.enforcement.sources import source_titles
from pipelines.enforcement.users import CONSOLE
from pipelines.errors import NotFound
from pipelines.evidence.adopted import adopted, lapsed_of, standing, struck_by
from pipelines.evidence.followed import holding
from pipelines.evidence.gaps import lacking
from pipelines.evidence.pictures import picture_spans
from pipelines.evidence.tables import TableRow, article17_rows, criteria_rows, table_remarks
from pipelines.health.quarantine import why
from pipelines.records import (
    Capture,
    Case,
    Decision,
    FollowUp,
    Lead,
    Listing,
    Operator,
    Opinion,
    StoredAssessment,
    StoredContact,
    Strike,
    User,
)
from pipelines.records.quotes import nested
from pipelines.store import Tx


@dataclass(frozen=True, kw_only=True)
class LeadView:
    """One lead with its listing, findings, duplicates, captures and history."""

    lead: Lead
    listing: Listing
    assessment: StoredAssessment
    #: All that the machine gave, the struck ones too.
    findings: tuple[dict[str, Any], ...]
    #: Ids of those the standing decision does not adopt, in the order of the findings.
    struck: tuple[str, ...]
    #: What it struck out of a text that was edited since: these count as findings nobody has looked at.
    lapsed: tuple[Strike, ...]
    #: 四维 and 三要件; () for answers older than the tables.
    criteria: tuple[TableRow, ...]
    article17: tuple[TableRow, ...]
    #: What must be said under each, by its key; "" for nothing.
    remarks: Mapping[str, str]
    #: What moved the model, and the values read: () for answers older than either.
    top: tuple[dict[str, Any], ...]
    values: tuple[dict[str, Any], ...]
    chips: tuple[Chip, ...]
    title: tuple[Segment, ...]
    segments: tuple[Segment, ...]
    #: What was read off each picture, behind `segments`.
    pictures: tuple[tuple[Segment, ...], ...]
    #: The other listings of the cluster.
    duplicates: tuple[Listing, ...]
    #: Oldest first.
    decisions: tuple[Decision, ...]
    #: What models and rulebooks said of the listing shown, oldest first.
    assessments: tuple[StoredAssessment, ...]
    #: Decisions, new assessments and what became of it together, newest first.
    history: tuple[Decision | StoredAssessment | FollowUp, ...]
    #: All that was entered as having become of it, undos too, oldest first; and what of it holds.
    entries: tuple[FollowUp, ...]
    became: tuple[FollowUp, ...]
    #: Ids of those that hold and this user may take back.
    can_take_back: frozenset[int]
    #: The decision that holds now, if any.
    standing: Decision | None
    can_undo: bool
    #: In an open case: its text or assessment is newer than the decision, so its findings may be judged anew.
    again: bool
    #: Whether the standing decision has no reason yet and this user may give it one.
    can_explain: bool
    #: What the second reader said, newest first; never part of a decision.
    opinions: tuple[Opinion, ...]
    #: Newest first.
    captures: tuple[Capture, ...]
    #: Lead ids before and after this one among those of the same filter.
    neighbours: tuple[int | None, int | None]
    case: Case | None
    operator: Operator | None
    #: Without nicknames and names of businesses, which stand in clear below.
    contacts: tuple[StoredContact, ...]
    organisations: tuple[str, ...]
    nicknames: tuple[str, ...]
    #: Number of other accepted leads of the same operator that are in no case yet.
    siblings: int
    #: The source as people call it.
    source_title: str
    #: Why the run that brought it is in quarantine, so that what was read may be wrong; empty when it is not.
    doubt: str
    #: Who looked at it, newest first.
    looks: tuple[Look, ...]


def lead_view(desk: Desk, lead_id: int, user: User | None, filters: Filters | None = None) -> LeadView:
    """The lead as its page shows it; logs lead.view. No user means the machine's own command line.

    Raises Refused or NotFound.
    """
    if user is not None:
        require(user, Action.QUEUE)
    with desk.store.transaction() as tx:
        lead = found_lead(tx, lead_id)
        view = _assemble(tx, lead, user, filters or Filters(status=lead.status))
        actor = CONSOLE if user is None else user.name
        audit.record(tx, actor=actor, action="lead.view", object_type="lead", object_id=str(lead_id))
    return view


def next_lead(desk: Desk, lead_id: int, user: User, filters: Filters) -> int | None:
    """The lead after this one in the filtered queue, else the one before; None when it is alone."""
    require(user, Action.QUEUE)
    with desk.store.read() as tx:
        lead = found_lead(tx, lead_id)
        before, behind = neighbours(tx, lead, filters)
    return behind or before


def stored_capture(desk: Desk, lead_id: int, user: User) -> str | None:
    """The capture whose page the lead's text was read from, else the newest; None when there is none."""
    require(user, Action.QUEUE)
    with desk.store.read() as tx:
        lead = tx.leads.get(lead_id)
        listing = tx.listings.get(lead.listing_id) if lead is not None else None
        if lead is None or listing is None:
            raise NotFound(f"没有线索 {lead_id}。")
        captures = _captures(tx, lead, listing)
    return listing.capture_id or (captures[0].id if captures else None)


def before_live(desk: Desk, lead_id: int, user: User) -> Lead:
    """The lead whose live address the user is about to open; logged."""
    require(user, Action.QUEUE)
    with desk.store.transaction() as tx:
        lead = found_lead(tx, lead_id)
        audit.record(tx, actor=user.name, action="lead.live", object_type="lead", object_id=str(lead_id))
    return lead


def _assemble(tx: Tx, lead: Lead, user: User | None, filters: Filters) -> LeadView:
    listing = tx.listings.get(lead.listing_id)
    assessment = tx.assessments.get(lead.assessment_id)
    if listing is None or assessment is None:
        raise NotFound(f"线索 {lead.id} 的信息不完整，请联系管理员。")
    findings = tuple(_as_printed(one, lead.url) for one in findings_of(assessment))
    decisions, entries = tx.decisions.for_lead(lead.id), tx.follow_ups.for_lead(lead.id)
    struck = struck_by(decisions, assessment)
    body = body_of(assessment)
    marks = marks_of(findings, len(body))
    text_from = len(assessment.title) + 1 if assessment.title else 0
    pictures = picture_spans(tx.listings.by_version(assessment.version_id) or listing, assessment)
    typed_to = max(text_from, pictures[0][0] - 1) if pictures else None
    left = standing(decisions)
    last = left[-1] if left else None
    case = tx.cases.of_lead(lead.id)
    assessments = tx.assessments.for_listing(listing.id)[::-1]
    became = holding(entries, decisions)
    captures = _captures(tx, lead, listing)
    contacts = _contacts(tx, lead)
    return LeadView(
        lead=lead,
        listing=listing,
        assessment=assessment,
        findings=findings,
        struck=struck,
        lapsed=lapsed_of(decisions, assessment),
        criteria=criteria_rows(assessment.result),
        article17=article17_rows(assessment.result),
        remarks=table_remarks(assessment.result),
        top=tuple(assessment.result.get("top", ())),
        values=tuple(assessment.result.get("values", ())),
        chips=chips_of(adopted(findings, struck)),
        title=cut(body, marks, start=0, end=max(0, text_from - 1)),
        segments=cut(body, marks, start=text_from, end=typed_to),
        pictures=tuple(cut(body, marks, start=start, end=end) for start, end in pictures),
        duplicates=tuple(one for one in tx.listings.in_cluster(lead.cluster_id) if one.id != listing.id),
        decisions=decisions,
        assessments=assessments,
        history=_history(decisions, assessments, entries),
        entries=entries,
        became=became,
        can_take_back=frozenset(one.id for one in became if user is not None and may_take_back(user, one)),
        standing=last,
        again=review.may_judge_again(case, left, assessment),
        can_undo=last is not None and case is None and user is not None and review.may_undo(user, last),
        can_explain=last is not None and case is None and user is not None and review.may_add_reason(user, last),
        opinions=tx.opinions.for_lead(lead.id),
        captures=captures,
        neighbours=neighbours(tx, lead, filters),
        case=case,
        operator=tx.operators.get(lead.operator_id) if lead.operator_id else None,
        contacts=tuple(one for one in contacts if one.kind not in {"org", "account"}),
        organisations=tuple(dict.fromkeys(one.masked for one in contacts if one.kind == "org")),
        nicknames=tuple(dict.fromkeys(one.masked for one in contacts if one.kind == "account")),
        siblings=len(siblings_of(tx, lead)),
        source_title=source_titles(tx).get(lead.source, lead.source),
        doubt=_doubt(tx, lead),
        looks=looks_at(tx, lead, captures, contacts),
    )


def _history(
    decisions: tuple[Decision, ...], assessments: tuple[StoredAssessment, ...], became: tuple[FollowUp, ...]
) -> tuple[Decision | StoredAssessment | FollowUp, ...]:
    """Newest first; of the assessments those of a text that others had assessed before."""
    entries: list[tuple[datetime, Decision | StoredAssessment | FollowUp]] = [
        *((one.decided_at, one) for one in decisions),
        *((one.at, one) for one in became),
    ]
    seen: set[int] = set()
    for one in assessments:
        if one.version_id in seen:
            entries.append((one.created_at, one))
        seen.add(one.version_id)
    return tuple(entry for _, entry in sorted(entries, key=lambda pair: pair[0], reverse=True))


def _captures(tx: Tx, lead: Lead, listing: Listing) -> tuple[Capture, ...]:
    found = {capture.id: capture for capture in tx.captures.for_lead(lead.id)}
    if listing.capture_id and (capture := tx.captures.get(listing.capture_id)):
        found.setdefault(capture.id, capture)
    return tuple(sorted(found.values(), key=lambda capture: capture.captured_at, reverse=True))


def _contacts(tx: Tx, lead: Lead) -> tuple[StoredContact, ...]:
    """The contacts of all listings of the cluster, each once."""
    found = {
        contact.id: contact
        for listing in tx.listings.in_cluster(lead.cluster_id)
        for contact in tx.contacts.of_listing(listing.id)
    }
    return tuple(found.values())


def _doubt(tx: Tx, lead: Lead) -> str:
    run_id = tx.health.doubted_leads([lead.id]).get(lead.id)
    health = tx.health.of_run(run_id) if run_id is not None else None
    return why(health) if health is not None else ""


def _as_printed(finding: dict[str, Any], url: str) -> dict[str, Any]:
    """The finding, its reason quoting as print does: “送暑期‘复盘周’”; beside it what it lacks without an address."""
    why = nested(str(finding.get("why", "")), (str(one["text"]) for one in finding["spans"]))
    return {**finding, "why": why, "lacks": lacking(str(finding["code"]), url)}
