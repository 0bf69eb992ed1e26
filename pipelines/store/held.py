"""What retention may not touch: captures and postings of leads, of cases, of runs in quarantine, and the unread."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, union
from sqlalchemy.sql.selectable import CompoundSelect

from pipelines.records import HealthVerdict, LeadStatus
from pipelines.store.desk_tables import CaseLeadRow, CrawlRunRow, DecisionRow, LeadCaptureRow, LeadRow
from pipelines.store.health_tables import RunHealthRow
from pipelines.store.tables import AssessmentRow, CaptureRow, ListingCaptureRow, ListingRow, ListingVersionRow


def lead_holds(dismissed_since: datetime) -> ColumnElement[bool]:
    """The lead holds what belongs to it: every one does, but those dismissed before that moment that no case has or
    ever had. A decision since then, an undo too, starts the time anew."""
    decided = select(DecisionRow.id).where(DecisionRow.lead_id == LeadRow.id)
    return or_(
        LeadRow.status != LeadStatus.DISMISSED,
        ~decided.exists(),
        decided.where(DecisionRow.decided_at >= dismissed_since).exists(),
        # A withdrawn case and one that a lead was taken out of still tell of it.
        select(CaseLeadRow.lead_id).where(CaseLeadRow.lead_id == LeadRow.id).exists(),
    )


def held_captures(dismissed_since: datetime) -> CompoundSelect[tuple[str]]:
    """Ids of the captures of such leads' postings (the whole cluster's), those taken for them, those of runs in
    quarantine, and those of postings nobody has assessed yet."""
    return union(
        select(ListingCaptureRow.capture_id)
        .join(ListingRow, ListingRow.id == ListingCaptureRow.listing_id)
        .join(LeadRow, LeadRow.cluster_id == ListingRow.cluster_id)
        .where(lead_holds(dismissed_since)),
        select(LeadCaptureRow.capture_id)
        .join(LeadRow, LeadRow.id == LeadCaptureRow.lead_id)
        .where(lead_holds(dismissed_since)),
        quarantined_captures(),
        select(ListingCaptureRow.capture_id).where(ListingCaptureRow.listing_id.in_(unread_listings())),
    )


def quarantined_captures() -> Select[Any]:
    """Ids of the captures of runs whose quarantine is open: what was read off them may have to be read again."""
    return (
        select(CaptureRow.id)
        .join(
            RunHealthRow,
            and_(
                RunHealthRow.source == CaptureRow.source,
                RunHealthRow.verdict == HealthVerdict.QUARANTINED.value,
                RunHealthRow.resolved_at.is_(None),
            ),
        )
        .join(CrawlRunRow, CrawlRunRow.id == RunHealthRow.run_id)
        .where(
            CaptureRow.captured_at >= CrawlRunRow.started_at,
            CaptureRow.captured_at <= func.coalesce(CrawlRunRow.ended_at, CaptureRow.captured_at),
        )
    )


def unread_listings() -> Select[Any]:
    """Ids of postings whose newest version no model has read: they may yet be leads."""
    assessed = select(AssessmentRow.id).where(AssessmentRow.version_id == ListingVersionRow.id)
    return (
        select(ListingRow.id)
        .join(
            ListingVersionRow,
            and_(ListingVersionRow.listing_id == ListingRow.id, ListingVersionRow.version == ListingRow.version),
        )
        .where(~assessed.exists(), ListingVersionRow.emptied_at.is_(None))
    )
