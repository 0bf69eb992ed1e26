"""Impact notes: what collecting does to a site, as it was judged before a crawl. Rows are only added."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import insert, select

from pipelines.records import ImpactNote
from pipelines.store.base import Repo
from pipelines.store.job_tables import ImpactNoteRow


class ImpactNotes(Repo):
    def add(
        self,
        source: str,
        *,
        at: datetime,
        digest: str,
        hosts: Sequence[str],
        sections: Sequence[tuple[str, Sequence[str]]],
    ) -> ImpactNote:
        """A new one; those before it stay."""
        values = {
            "source": source,
            "made_at": at,
            "digest": digest,
            "hosts": list(hosts),
            "sections": [[heading, list(paragraphs)] for heading, paragraphs in sections],
        }
        return _record(self._session.scalars(insert(ImpactNoteRow).returning(ImpactNoteRow), [values]).one())

    def latest(self, source: str) -> ImpactNote | None:
        return next(iter(self.list(source, limit=1)), None)

    def list(self, source: str, *, limit: int = 50) -> tuple[ImpactNote, ...]:
        """Of one source, newest first."""
        rows = self._session.scalars(
            select(ImpactNoteRow).where(ImpactNoteRow.source == source).order_by(ImpactNoteRow.id.desc()).limit(limit)
        )
        return tuple(_record(row) for row in rows)


def _record(row: ImpactNoteRow) -> ImpactNote:
    return ImpactNote(
        id=row.id,
        source=row.source,
        made_at=row.made_at,
        digest=row.digest,
        hosts=tuple(row.hosts),
        sections=tuple((heading, tuple(paragraphs)) for heading, paragraphs in row.sections),
    )
