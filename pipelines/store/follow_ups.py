"""What became of leads: rows are only ever added; triggers in the database refuse the rest."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from sqlalchemy import insert, select

from pipelines.records import FollowUp, FollowUpKind
from pipelines.store.base import Repo, pieces
from pipelines.store.follow_up_tables import FollowUpRow


class FollowUps(Repo):
    def add(
        self,
        lead_id: int,
        decision_id: int,
        kind: FollowUpKind,
        *,
        user: str,
        os_account: str | None,
        at: datetime,
        office: str = "",
        on_day: date | None = None,
        paper: str = "",
        note: str = "",
        undoes: int | None = None,
    ) -> FollowUp:
        """Add one. An undo names the entry it takes back, each at most once (Conflict)."""
        values = {
            "lead_id": lead_id,
            "decision_id": decision_id,
            "kind": kind,
            "office": office,
            "on_day": on_day.isoformat() if on_day else "",
            "paper": paper,
            "note": note,
            "user": user,
            "os_account": os_account,
            "at": at,
            "undoes": undoes,
        }
        return _record(self._session.scalars(insert(FollowUpRow).returning(FollowUpRow), [values]).one())

    def for_lead(self, lead_id: int) -> tuple[FollowUp, ...]:
        """All entries on a lead, undos too, oldest first."""
        return self.for_leads([lead_id]).get(lead_id, ())

    def for_leads(self, lead_ids: Sequence[int]) -> dict[int, tuple[FollowUp, ...]]:
        """Lead → its entries, oldest first; leads without one are missing."""
        found: dict[int, list[FollowUp]] = {}
        for portion in pieces(lead_ids):
            wanted = select(FollowUpRow).where(FollowUpRow.lead_id.in_(portion)).order_by(FollowUpRow.id)
            for row in self._session.scalars(wanted):
                found.setdefault(row.lead_id, []).append(_record(row))
        return {lead_id: tuple(rows) for lead_id, rows in found.items()}

    def between(self, start: datetime, end: datetime) -> tuple[FollowUp, ...]:
        """Entered at or after start and before end, undos included, oldest first."""
        wanted = select(FollowUpRow).where(FollowUpRow.at >= start, FollowUpRow.at < end)
        return _records(self._session.scalars(wanted.order_by(FollowUpRow.id)))

    def get_many(self, ids: Iterable[int]) -> tuple[FollowUp, ...]:
        """Those of the ids that exist, oldest first."""
        found: list[FollowUp] = []
        for portion in pieces(sorted(ids)):
            rows = select(FollowUpRow).where(FollowUpRow.id.in_(portion))
            found.extend(_records(self._session.scalars(rows.order_by(FollowUpRow.id))))
        return tuple(found)


def _records(rows: Iterable[FollowUpRow]) -> tuple[FollowUp, ...]:
    return tuple(_record(row) for row in rows)


def _record(row: FollowUpRow) -> FollowUp:
    return FollowUp(
        id=row.id,
        lead_id=row.lead_id,
        decision_id=row.decision_id,
        kind=FollowUpKind(row.kind),
        office=row.office,
        on_day=date.fromisoformat(row.on_day) if row.on_day else None,
        paper=row.paper,
        note=row.note,
        user=row.user,
        os_account=row.os_account,
        at=row.at,
        undoes=row.undoes,
    )
