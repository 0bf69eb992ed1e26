"""Decisions: rows are only ever added; triggers in the database refuse the rest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select

from pipelines.errors import Conflict, NotFound
from pipelines.records import AddedReason, Decision, Strike, Verdict
from pipelines.store.base import Repo
from pipelines.store.desk_tables import DecisionReasonRow, DecisionRow, LeadRow

_DECISIONS = select(DecisionRow, DecisionReasonRow).outerjoin(
    DecisionReasonRow, DecisionReasonRow.decision_id == DecisionRow.id
)


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
        *,
        struck: Sequence[Strike] = (),
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
                    "struck": [_stored(one) for one in struck] or None,
                }
            ],
        ).one()
        return _record(row, None)

    def add_reason(self, decision_id: int, reason: str, user: str, os_account: str | None, at: datetime) -> Decision:
        """Give a decision without a reason its reason. Raises Conflict when it has one, NotFound."""
        decision = self.get(decision_id)
        if decision is None:
            raise NotFound(f"没有结论 {decision_id}")
        if decision.reason:
            raise Conflict("这条结论已经有理由了。")
        row = self._session.scalars(
            insert(DecisionReasonRow).returning(DecisionReasonRow),
            [{"decision_id": decision_id, "reason": reason, "user": user, "os_account": os_account, "at": at}],
        ).one()
        found = self._get(DecisionRow, decision_id)
        if found is None:
            raise NotFound(f"没有结论 {decision_id}")
        return _record(found, row)

    def get(self, decision_id: int) -> Decision | None:
        row = self._session.execute(_DECISIONS.where(DecisionRow.id == decision_id)).one_or_none()
        return None if row is None else _record(*row)

    def for_lead(self, lead_id: int) -> tuple[Decision, ...]:
        """The lead's history, oldest first."""
        rows = self._session.execute(_DECISIONS.where(DecisionRow.lead_id == lead_id).order_by(DecisionRow.id))
        return tuple(_record(*row) for row in rows)

    def get_many(self, ids: Sequence[int]) -> tuple[Decision, ...]:
        """Those of the ids that exist, oldest first."""
        rows = self._session.execute(_DECISIONS.where(DecisionRow.id.in_(ids)).order_by(DecisionRow.id))
        return tuple(_record(*row) for row in rows)

    def for_leads(self, lead_ids: Sequence[int]) -> dict[int, tuple[Decision, ...]]:
        """Lead → its history, oldest first; leads without one are missing."""
        found: dict[int, list[Decision]] = {}
        # In portions: SQLite takes a bounded number of parameters.
        for start in range(0, len(lead_ids), 900):
            portion = lead_ids[start : start + 900]
            rows = self._session.execute(_DECISIONS.where(DecisionRow.lead_id.in_(portion)).order_by(DecisionRow.id))
            for row, added in rows:
                found.setdefault(row.lead_id, []).append(_record(row, added))
        return {lead_id: tuple(rows) for lead_id, rows in found.items()}

    def between(self, start: datetime, end: datetime) -> tuple[Decision, ...]:
        """Decided at or after start and before end, undos included, oldest first."""
        rows = self._session.execute(
            _DECISIONS.where(DecisionRow.decided_at >= start, DecisionRow.decided_at < end).order_by(DecisionRow.id)
        )
        return tuple(_record(*row) for row in rows)


def strikes(stored: Sequence[Any] | None) -> tuple[Strike, ...]:
    """What the column holds: objects, or the rule codes of rows from before findings had names."""
    return tuple(Strike(id=one) if isinstance(one, str) else Strike(**one) for one in stored or ())


def _stored(strike: Strike) -> dict[str, Any] | str:
    return asdict(strike) if strike.version else strike.id


def _record(row: DecisionRow, added: DecisionReasonRow | None) -> Decision:
    return Decision(
        id=row.id,
        lead_id=row.lead_id,
        verdict=Verdict(row.verdict),
        to_department=row.to_department,
        reason=row.reason if added is None else added.reason,
        user=row.user,
        os_account=row.os_account,
        decided_at=row.decided_at,
        undoes=row.undoes,
        struck=strikes(row.struck),
        added=None if added is None else AddedReason(user=added.user, at=added.at),
    )
