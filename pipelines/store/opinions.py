"""Opinions of the second reader: rows are only ever added; nothing else in the store follows from them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select

from pipelines.errors import NotFound
from pipelines.records import Opinion, OpinionFault, OpinionOutcome
from pipelines.store.base import Repo
from pipelines.store.desk_tables import LeadRow, OpinionRow


@dataclass(frozen=True, kw_only=True)
class Tries:
    """How often one assessment was put before one model with one prompt."""

    given: int = 0
    #: One for each try that brought nothing, oldest first.
    faults: tuple[OpinionFault, ...] = ()

    @property
    def total(self) -> int:
        return self.given + len(self.faults)


class Opinions(Repo):
    def add(
        self,
        lead_id: int,
        assessment_id: int,
        *,
        model: str,
        prompt: str,
        at: datetime,
        answer: dict[str, Any] | None = None,
        fault: OpinionFault | None = None,
    ) -> Opinion:
        """Add one: with an answer it was given, with a fault it was missed (the database refuses both or neither)."""
        if self._get(LeadRow, lead_id) is None:
            raise NotFound(f"没有线索 {lead_id}")
        row = self._session.scalars(
            insert(OpinionRow).returning(OpinionRow),
            [
                {
                    "lead_id": lead_id,
                    "assessment_id": assessment_id,
                    "model": model,
                    "prompt": prompt,
                    "asked_at": at,
                    "outcome": OpinionOutcome.GIVEN if fault is None else OpinionOutcome.MISSED,
                    "fault": fault,
                    "answer": answer,
                }
            ],
        ).one()
        return _record(row)

    def for_lead(self, lead_id: int) -> tuple[Opinion, ...]:
        """All of a lead, newest first."""
        rows = self._session.scalars(
            select(OpinionRow).where(OpinionRow.lead_id == lead_id).order_by(OpinionRow.id.desc())
        )
        return tuple(_record(row) for row in rows)

    def tries(self, assessment_ids: Sequence[int], model: str, prompt: str) -> dict[int, Tries]:
        """Assessment id → its tries with this model and prompt; those never tried are not named."""
        rows = self._session.execute(
            select(OpinionRow.assessment_id, OpinionRow.fault)
            .where(OpinionRow.assessment_id.in_(assessment_ids), OpinionRow.model == model, OpinionRow.prompt == prompt)
            .order_by(OpinionRow.id)
        )
        found: dict[int, list[str | None]] = {}
        for assessment_id, fault in rows:
            found.setdefault(assessment_id, []).append(fault)
        return {assessment_id: _tries(faults) for assessment_id, faults in found.items()}


def _tries(faults: Iterable[str | None]) -> Tries:
    told = list(faults)
    missed = tuple(OpinionFault(fault) for fault in told if fault is not None)
    return Tries(given=len(told) - len(missed), faults=missed)


def _record(row: OpinionRow) -> Opinion:
    return Opinion(
        id=row.id,
        lead_id=row.lead_id,
        assessment_id=row.assessment_id,
        model=row.model,
        prompt=row.prompt,
        asked_at=row.asked_at,
        outcome=OpinionOutcome(row.outcome),
        fault=None if row.fault is None else OpinionFault(row.fault),
        answer=row.answer,
    )
