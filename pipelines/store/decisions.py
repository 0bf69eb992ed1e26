"""Decisions: rows are only ever added; triggers in the database refuse the rest."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import insert, select

from pipelines.errors import NotFound
from pipelines.records import Decision, Verdict
from pipelines.store.base import Repo
from pipelines.store.desk_tables import DecisionRow, LeadRow


class Decisions(Repo):
    def add(
        self,
        lead_id: int,
        verdict: Verdict,
        to_department: str | None,
        reason: str,
        user: str,
        os_account: str | None,
        undoes: int | None,
        at: datetime,
    ) -> Decision:
        """Add one. An undo names the decision it takes back, each at most once (Conflict)."""
        if self._get(LeadRow, lead_id) is None:
            raise NotFound(f"没有线索 {lead_id}")
        row = self._session.scalars(
            insert(DecisionRow).returning(DecisionRow),
            [
                {
                    "lead_id": lead_id,
                    "verdict": verdict,
                    "to_department": to_department,
                    "reason": reason,
                    "user": user,
                    "os_account": os_account,
                    "decided_at": at,
                    "undoes": undoes,
                }
            ],
        ).one()
        return _record(row)

    def get(self, decision_id: int) -> Decision | None:
        row = self._get(DecisionRow, decision_id)
        return None if row is None else _record(row)

    def for_lead(self, lead_id: int) -> tuple[Decision, ...]:
        """The lead's history, oldest first."""
        rows = self._session.scalars(select(DecisionRow).where(DecisionRow.lead_id == lead_id).order_by(DecisionRow.id))
        return tuple(_record(row) for row in rows)

    def between(self, start: datetime, end: datetime) -> tuple[Decision, ...]:
        """Decided at or after start and before end, undos included, oldest first."""
        rows = self._session.scalars(
            select(DecisionRow)
            .where(DecisionRow.decided_at >= start, DecisionRow.decided_at < end)
            .order_by(DecisionRow.id)
        )
        return tuple(_record(row) for row in rows)


def _record(row: DecisionRow) -> Decision:
    return Decision(
        id=row.id,
        lead_id=row.lead_id,
        verdict=Verdict(row.verdict),
        to_department=row.to_department,
        reason=row.reason,
        user=row.user,
        os_account=row.os_account,
        decided_at=row.decided_at,
        undoes=row.undoes,
    )
