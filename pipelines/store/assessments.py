"""Assessments: the classifier's answers, one a version, model and rulebook."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select

from pipelines.records import StoredAssessment
from pipelines.store.base import Repo
from pipelines.store.tables import AssessmentRow, ListingVersionRow


class Assessments(Repo):
    def add(
        self,
        version_id: int,
        model: str,
        rulebook: str,
        lead: bool,
        priority: int,
        result: dict[str, Any],
        title: str,
        text: str,
        at: datetime,
    ) -> StoredAssessment:
        """Add one; the same version, model and rulebook again gives back the one that is there, unchanged."""
        self._session.execute(
            self._insert(AssessmentRow)
            .values(
                version_id=version_id,
                model=model,
                rulebook=rulebook,
                created_at=at,
                lead=lead,
                priority=priority,
                result=result,
                title=title,
                text=text,
            )
            .on_conflict_do_nothing(index_elements=["version_id", "model", "rulebook"])
        )
        row = self._session.scalars(
            select(AssessmentRow).where(
                AssessmentRow.version_id == version_id,
                AssessmentRow.model == model,
                AssessmentRow.rulebook == rulebook,
            )
        ).one()
        return _record(row)

    def get(self, assessment_id: int) -> StoredAssessment | None:
        row = self._get(AssessmentRow, assessment_id)
        return None if row is None else _record(row)

    def get_many(self, assessment_ids: Sequence[int]) -> dict[int, StoredAssessment]:
        """Those of the ids that exist."""
        rows = self._session.scalars(select(AssessmentRow).where(AssessmentRow.id.in_(assessment_ids)))
        return {row.id: _record(row) for row in rows}

    def of_version(self, version_id: int, model: str, rulebook: str) -> StoredAssessment | None:
        """What this model and rulebook said of the version."""
        row = self._session.scalars(
            select(AssessmentRow).where(
                AssessmentRow.version_id == version_id,
                AssessmentRow.model == model,
                AssessmentRow.rulebook == rulebook,
            )
        ).one_or_none()
        return None if row is None else _record(row)

    def shown_at(self, listing_id: int, moment: datetime) -> StoredAssessment | None:
        """What a lead that shows this listing showed at a moment: the newest assessment then that called it a lead."""
        row = self._session.scalars(
            select(AssessmentRow)
            .join(ListingVersionRow, ListingVersionRow.id == AssessmentRow.version_id)
            .where(ListingVersionRow.listing_id == listing_id, AssessmentRow.created_at <= moment, AssessmentRow.lead)
            .order_by(AssessmentRow.created_at.desc(), AssessmentRow.id.desc())
            .limit(1)
        ).one_or_none()
        return None if row is None else _record(row)

    def for_listing(self, listing_id: int) -> tuple[StoredAssessment, ...]:
        """Of every version of the listing, newest first."""
        rows = self._session.scalars(
            select(AssessmentRow)
            .join(ListingVersionRow, ListingVersionRow.id == AssessmentRow.version_id)
            .where(ListingVersionRow.listing_id == listing_id)
            .order_by(AssessmentRow.created_at.desc(), AssessmentRow.id.desc())
        )
        return tuple(_record(row) for row in rows)


def _record(row: AssessmentRow) -> StoredAssessment:
    return StoredAssessment(
        id=row.id,
        version_id=row.version_id,
        model=row.model,
        rulebook=row.rulebook,
        created_at=row.created_at,
        lead=row.lead,
        priority=row.priority,
        result=row.result,
        title=row.title,
        text=row.text,
    )
