"""Assessments: the classifier's answers, one a version, model and rulebook."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import select

from pipelines.records import StoredAssessment
from pipelines.store.base import Repo, bare, pieces
from pipelines.store.tables import AssessmentRow, ListingVersionRow
from pipelines.store.types import as_stored


class Answer(NamedTuple):
    """What the classifier said of one version, and of which words."""

    version_id: int
    lead: bool
    priority: int
    result: dict[str, Any]
    title: str
    text: str


class Assessments(Repo):
    def add_many(self, answers: Sequence[Answer], *, model: str, rulebook: str, at: datetime) -> list[StoredAssessment]:
        """`add` for many, each of another version; what is stored of each, in that order."""
        if not answers:
            return []
        added = self._session.execute(
            self._insert(AssessmentRow)
            .on_conflict_do_nothing(index_elements=["version_id", "model", "rulebook"])
            .returning(bare(AssessmentRow).c.id, bare(AssessmentRow).c.version_id),
            [one._asdict() | {"model": model, "rulebook": rulebook, "created_at": at} for one in answers],
        )
        ids = {version_id: assessment_id for assessment_id, version_id in added}
        there = self._of_versions([one.version_id for one in answers if one.version_id not in ids], model, rulebook)
        return [
            there[one.version_id]
            if one.version_id in there
            else StoredAssessment(
                id=ids[one.version_id],
                model=model,
                rulebook=rulebook,
                created_at=at,
                # Most are no leads, and nobody looks at what is said of those.
                **one._replace(result=as_stored(one.result) if one.lead else one.result)._asdict(),
            )
            for one in answers
        ]

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
        answer = Answer(version_id, lead, priority, result, title, text)
        self.add_many([answer], model=model, rulebook=rulebook, at=at)
        return self._of_versions([version_id], model, rulebook)[version_id]

    def get(self, assessment_id: int) -> StoredAssessment | None:
        row = self._get(AssessmentRow, assessment_id)
        return None if row is None else _record(row)

    def get_many(self, assessment_ids: Sequence[int]) -> dict[int, StoredAssessment]:
        """Those of the ids that exist."""
        rows = self._session.scalars(select(AssessmentRow).where(AssessmentRow.id.in_(assessment_ids)))
        return {row.id: _record(row) for row in rows}

    def of_version(self, version_id: int, model: str, rulebook: str) -> StoredAssessment | None:
        """What this model and rulebook said of the version."""
        return self._of_versions([version_id], model, rulebook).get(version_id)

    def _of_versions(self, version_ids: Sequence[int], model: str, rulebook: str) -> dict[int, StoredAssessment]:
        """Version → what this model and rulebook said of it."""
        found: dict[int, StoredAssessment] = {}
        for piece in pieces(version_ids):
            rows = self._session.scalars(
                select(AssessmentRow).where(
                    AssessmentRow.version_id.in_(piece),
                    AssessmentRow.model == model,
                    AssessmentRow.rulebook == rulebook,
                )
            )
            found |= {row.version_id: _record(row) for row in rows}
        return found

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
