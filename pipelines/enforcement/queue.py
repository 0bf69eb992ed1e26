"""The queue as officers see it: filtered rows with masked snippets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from pipelines.desk import Desk
from pipelines.enforcement.assessed import Chip, body_of, chips_of, findings_of
from pipelines.enforcement.filters import Filters, leads_of
from pipelines.enforcement.lead import LeadView, lead_view
from pipelines.enforcement.permissions import Action, require
from pipelines.enforcement.rules import rule_name
from pipelines.enforcement.segments import Segment, marks_of, snippet
from pipelines.evidence.adopted import adopted, struck_by
from pipelines.records import Decision, Lead, LeadStatus, Source, User
from pipelines.store import Tx

__all__ = ["PAGE_SIZE", "Filters", "LeadView", "QueuePage", "QueueRow", "lead_view", "page"]

PAGE_SIZE = 50


@dataclass(frozen=True, kw_only=True)
class QueueRow:
    """One lead in the list."""

    lead: Lead
    title: tuple[Segment, ...]
    snippet: tuple[Segment, ...]
    chips: tuple[Chip, ...]
    #: The case it is in, if any.
    case_id: str | None = None
    #: What was read may be wrong: the run that brought it is in quarantine.
    doubted: bool = False


@dataclass(frozen=True, kw_only=True)
class QueuePage:
    """One page of the queue with what the filter bar needs."""

    rows: tuple[QueueRow, ...]
    next: str | None
    total: int
    #: Leads per status, whatever the filter.
    counts: dict[LeadStatus, int]
    sources: tuple[Source, ...]
    districts: tuple[str, ...]
    #: Codes that some lead touches, with their names.
    codes: dict[str, str]


def page(
    desk: Desk, *, user: User, filters: Filters | None = None, after: str | None = None, limit: int = PAGE_SIZE
) -> QueuePage:
    """One page of leads by priority, then id. Raises Refused, or BadInput for a cursor that is none."""
    require(user, Action.QUEUE)
    wanted = filters or Filters()
    with desk.store.read() as tx:
        found = leads_of(tx, wanted, after=after, limit=limit)
        shown = [lead.id for lead in found.items]
        cases, decisions = tx.cases.of_leads(shown), tx.decisions.for_leads(shown)
        doubted = tx.health.doubted_leads(shown)
        return QueuePage(
            rows=tuple(
                replace(
                    _row(tx, lead, decisions.get(lead.id, ())), case_id=cases.get(lead.id), doubted=lead.id in doubted
                )
                for lead in found.items
            ),
            next=found.next,
            total=found.total or 0,
            counts=tx.leads.counts(),
            sources=tx.sources.list(),
            districts=tuple(sorted(filter(None, tx.stats.leads_by("district")), key=_by_sound)),
            codes={code: rule_name(code) for code in sorted(tx.stats.leads_by("code"))},
        )


def _by_sound(name: str) -> bytes:
    """As people look names up: GB 18030 has the 3,755 common characters by pinyin, the others after them."""
    return name.encode("gb18030", "replace")


def _row(tx: Tx, lead: Lead, decisions: Sequence[Decision]) -> QueueRow:
    assessment = tx.assessments.get(lead.assessment_id)
    if assessment is None:
        return QueueRow(lead=lead, title=(Segment(text=lead.title, marks=()),), snippet=(), chips=())
    # What a decision struck out is no longer said of the lead.
    findings = adopted(findings_of(assessment), struck_by(decisions, assessment))
    body = body_of(assessment)
    marks = marks_of(findings, len(body))
    text_from = len(assessment.title) + 1 if assessment.title else 0
    title = snippet(body[: max(0, text_from - 1)], [m for m in marks if m.start < text_from - 1], width=80)
    return QueueRow(
        lead=lead,
        title=title if assessment.title else (Segment(text=lead.title or f"（无标题）线索 {lead.id}", marks=()),),
        snippet=snippet(body, marks, start=text_from),
        chips=chips_of(findings),
    )
