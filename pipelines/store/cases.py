"""Cases: leads of one operator taken on; a lead is in one case at most."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import func, insert, select, text, tuple_

from pipelines import clock
from pipelines.errors import BadInput, Conflict, NotFound
from pipelines.records import Case, PageOf
from pipelines.store.base import Repo
from pipelines.store.desk_tables import CaseLeadRow, CaseRow, LeadRow
from pipelines.store.schema import LOCK_CASES
from pipelines.store.tables import ListingRow


class Cases(Repo):
    def open(self, lead_ids: Sequence[int], title: str, user: str, at: datetime, demo: bool) -> Case:
        """A new case, numbered per year in China (AJ-2026-0001). Raises Conflict naming a lead that is in a case,
        NotFound naming one that does not exist."""
        wanted = sorted(set(lead_ids))
        if not wanted:
            raise BadInput("案件至少要有一条线索")
        if self._on_postgresql:
            self._session.execute(text(f"SELECT pg_advisory_xact_lock({LOCK_CASES})"))
        known = set(self._session.scalars(select(LeadRow.id).where(LeadRow.id.in_(wanted))))
        for lead_id in wanted:
            if lead_id not in known:
                raise NotFound(f"没有线索 {lead_id}")
        taken = self._session.scalars(
            select(CaseLeadRow).where(CaseLeadRow.lead_id.in_(wanted)).order_by(CaseLeadRow.lead_id)
        ).first()
        if taken is not None:
            raise Conflict(f"线索 {taken.lead_id} 已在案件 {taken.case_id} 中")
        year = clock.local(at).year
        last = select(func.max(CaseRow.number)).where(CaseRow.year == year)
        number = int(self._session.scalar(last) or 0) + 1
        case_id = f"AJ-{year}-{number:04d}"
        values = {
            "id": case_id,
            "year": year,
            "number": number,
            "title": title,
            "status": "open",
            "opened_by": user,
            "opened_at": at,
            "demo": demo,
        }
        self._session.execute(insert(CaseRow), [values])
        self._session.execute(insert(CaseLeadRow), [{"lead_id": lead_id, "case_id": case_id} for lead_id in wanted])
        return self._records(self._session.scalars(select(CaseRow).where(CaseRow.id == case_id)))[0]

    def get(self, case_id: str) -> Case | None:
        found = self._records(self._session.scalars(select(CaseRow).where(CaseRow.id == case_id)))
        return found[0] if found else None

    def list(self) -> tuple[Case, ...]:
        """All of them, newest first."""
        newest = select(CaseRow).order_by(CaseRow.year.desc(), CaseRow.number.desc())
        return tuple(self._records(self._session.scalars(newest)))

    def page(self, after: str | None = None, limit: int = 50) -> PageOf[Case]:
        """Newest first; `after` is the id of the last one seen."""
        wanted = select(CaseRow).order_by(CaseRow.year.desc(), CaseRow.number.desc()).limit(limit + 1)
        last = None if after is None else self._get(CaseRow, after)
        if last is not None:
            wanted = wanted.where(tuple_(CaseRow.year, CaseRow.number) < tuple_(last.year, last.number))
        found = self._records(self._session.scalars(wanted))
        total = int(self._session.scalar(select(func.count()).select_from(CaseRow)) or 0)
        return PageOf(items=tuple(found[:limit]), next=found[limit - 1].id if len(found) > limit else None, total=total)

    def of_lead(self, lead_id: int) -> Case | None:
        row = self._get(CaseLeadRow, lead_id)
        return None if row is None else self.get(row.case_id)

    def _records(self, rows: Iterable[CaseRow]) -> Sequence[Case]:
        found = tuple(rows)
        leads: dict[str, dict[int, int | None]] = {}
        pairs = self._session.execute(
            select(CaseLeadRow.case_id, CaseLeadRow.lead_id, ListingRow.operator_id)
            .join(LeadRow, LeadRow.id == CaseLeadRow.lead_id)
            .join(ListingRow, ListingRow.id == LeadRow.listing_id)
            .where(CaseLeadRow.case_id.in_([row.id for row in found]))
            .order_by(CaseLeadRow.lead_id)
        )
        for case_id, lead_id, operator_id in pairs:
            leads.setdefault(case_id, {})[lead_id] = operator_id
        return tuple(_record(row, leads[row.id]) for row in found)


def _record(row: CaseRow, leads: dict[int, int | None]) -> Case:
    """The case's operator is the one all its leads share, else none."""
    operators = set(leads.values())
    return Case(
        id=row.id,
        title=row.title,
        status=row.status,
        opened_by=row.opened_by,
        opened_at=row.opened_at,
        lead_ids=tuple(leads),
        operator_id=operators.pop() if len(operators) == 1 else None,
        demo=row.demo,
    )
