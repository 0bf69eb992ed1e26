"""What an officer narrowed the queue to."""

from __future__ import annotations

from dataclasses import dataclass

from pipelines.records import Lead, LeadStatus, PageOf
from pipelines.store import Tx

#: How far back the lead before this one is looked for in a narrowed queue.
_LOOK_BACK = 500


@dataclass(frozen=True, kw_only=True)
class Filters:
    """What the officer narrowed the queue to; None or empty means everything."""

    status: LeadStatus | None = LeadStatus.OPEN
    source: str | None = None
    code: str | None = None
    district: str | None = None
    query: str | None = None

    @property
    def narrowed(self) -> bool:
        """Whether anything but the status is chosen."""
        return any((self.source, self.code, self.district, self.query))


def leads_of(tx: Tx, filters: Filters, *, after: str | None = None, limit: int) -> PageOf[Lead]:
    """Leads of these filters by priority, then id."""
    return tx.leads.page(
        status=filters.status,
        source=filters.source,
        code=filters.code,
        district=filters.district,
        query=filters.query,
        after=after,
        limit=limit,
    )


def neighbours(tx: Tx, lead: Lead, filters: Filters) -> tuple[int | None, int | None]:
    """The leads before and after this one among those of these filters."""
    if not filters.narrowed:
        return tx.leads.neighbours(lead.id, filters.status)
    behind = leads_of(tx, filters, after=str(lead.id), limit=1).items
    place = (-lead.priority, lead.id)
    first = leads_of(tx, filters, limit=_LOOK_BACK).items
    before = [one.id for one in first if (-one.priority, one.id) < place]
    return (before[-1] if before else None), (behind[0].id if behind else None)
