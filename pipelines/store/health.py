"""Health of sources: figures of their runs, their states over time, soft 404s and missing pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import and_, delete, func, insert, select, update

from pipelines.records import Breach, HealthVerdict, RunFigures, RunHealth, SoftNotFound, StateChange
from pipelines.store.base import Repo
from pipelines.store.desk_tables import CrawlRunRow, LeadRow
from pipelines.store.health_tables import MissingPageRow, RunHealthRow, SoftNotFoundRow, StateChangeRow
from pipelines.store.tables import AssessmentRow, ListingRow, ListingVersionRow

#: Put aside, and not yet resolved by a healthy run.
_IN_QUARANTINE = (RunHealthRow.verdict == HealthVerdict.QUARANTINED.value, RunHealthRow.resolved_at.is_(None))
_CHANGE = ("source", "host", "state", "reason", "run_id", "at")


class Health(Repo):
    def add_run(self, health: RunHealth) -> None:
        """The figures of a run; once a run."""
        values = {
            "run_id": health.run_id,
            "source": health.source,
            "at": health.at,
            "figures": health.figures.to_dict(),
            "breaches": [asdict(breach) for breach in health.breaches],
            "verdict": health.verdict.value,
            "guest_view": health.guest_view,
            "resolved_at": health.resolved_at,
        }
        self._session.execute(insert(RunHealthRow), [values])

    def runs(self, source: str, limit: int, verdict: HealthVerdict | None = None) -> tuple[RunHealth, ...]:
        """Of one source, newest first; with a verdict only those."""
        wanted = select(RunHealthRow).where(RunHealthRow.source == source)
        if verdict is not None:
            wanted = wanted.where(RunHealthRow.verdict == verdict.value)
        rows = self._session.scalars(wanted.order_by(RunHealthRow.at.desc(), RunHealthRow.run_id.desc()).limit(limit))
        return tuple(_run_health(row) for row in rows)

    def runs_between(self, start: datetime, end: datetime) -> tuple[RunHealth, ...]:
        """Figures of the runs that started at or after start and before end."""
        rows = self._session.scalars(
            select(RunHealthRow)
            .join(CrawlRunRow, CrawlRunRow.id == RunHealthRow.run_id)
            .where(CrawlRunRow.started_at >= start, CrawlRunRow.started_at < end)
        )
        return tuple(_run_health(row) for row in rows)

    def of_run(self, run_id: str) -> RunHealth | None:
        row = self._get(RunHealthRow, run_id)
        return None if row is None else _run_health(row)

    def quarantines(self, source: str) -> tuple[RunHealth, ...]:
        """Runs in quarantine that no healthy run has resolved yet, newest first."""
        rows = self._session.scalars(
            select(RunHealthRow).where(RunHealthRow.source == source, *_IN_QUARANTINE).order_by(RunHealthRow.at.desc())
        )
        return tuple(_run_health(row) for row in rows)

    def resolve(self, source: str, at: datetime) -> int:
        """End all quarantines of a source; how many there were."""
        ended = self._session.execute(
            update(RunHealthRow)
            .where(RunHealthRow.source == source, *_IN_QUARANTINE)
            .values(resolved_at=at)
            .returning(RunHealthRow.run_id)
        )
        return len(ended.all())

    def doubted_leads(self, lead_ids: Sequence[int]) -> dict[int, str]:
        """Lead → the run in quarantine that brought the version of the posting it rests on."""
        if not lead_ids:
            return {}
        rows = self._session.execute(
            select(LeadRow.id, RunHealthRow.run_id)
            .join(AssessmentRow, AssessmentRow.id == LeadRow.assessment_id)
            .join(ListingVersionRow, ListingVersionRow.id == AssessmentRow.version_id)
            .join(ListingRow, ListingRow.id == ListingVersionRow.listing_id)
            .join(
                RunHealthRow,
                and_(
                    RunHealthRow.source == ListingRow.source,
                    *_IN_QUARANTINE,
                ),
            )
            .join(CrawlRunRow, CrawlRunRow.id == RunHealthRow.run_id)
            .where(
                LeadRow.id.in_(lead_ids),
                ListingVersionRow.created_at >= CrawlRunRow.started_at,
                ListingVersionRow.created_at <= CrawlRunRow.ended_at,
            )
        ).all()
        return {row.id: row.run_id for row in rows}

    def newest_posting(self, source: str, seen_since: datetime) -> datetime | None:
        """When the newest posting that was seen since then says it was written."""
        found: datetime | None = self._session.execute(
            select(func.max(ListingVersionRow.posted_at))
            .join(ListingRow, ListingRow.id == ListingVersionRow.listing_id)
            .where(
                ListingRow.source == source,
                ListingRow.last_seen_at >= seen_since,
                ListingVersionRow.version == ListingRow.version,
            )
        ).scalar()
        return found

    def note_state(self, change: StateChange) -> bool:
        """Add it, unless the source is in that state at that host already."""
        latest = self._session.scalars(
            select(StateChangeRow.state)
            .where(StateChangeRow.source == change.source, StateChangeRow.host == change.host)
            .order_by(StateChangeRow.id.desc())
            .limit(1)
        ).first()
        if latest == change.state:
            return False
        self._session.execute(insert(StateChangeRow), [{name: getattr(change, name) for name in _CHANGE}])
        return True

    def states(self, source: str, limit: int) -> tuple[StateChange, ...]:
        """The states of a source over time, newest first."""
        rows = self._session.scalars(
            select(StateChangeRow)
            .where(StateChangeRow.source == source)
            .order_by(StateChangeRow.id.desc())
            .limit(limit)
        )
        return tuple(StateChange(**{name: getattr(row, name) for name in _CHANGE}) for row in rows)

    def soft_not_found(self, host: str) -> SoftNotFound | None:
        row = self._get(SoftNotFoundRow, host)
        if row is None:
            return None
        return SoftNotFound(
            host=row.host, url=row.url, kind=row.kind, shingles=tuple(row.shingles), learned_at=row.learned_at
        )

    def learn_not_found(self, found: SoftNotFound) -> None:
        """What that host answers now for what cannot exist."""
        statement = self._insert(SoftNotFoundRow).values(**(asdict(found) | {"shingles": list(found.shingles)}))
        changes = {name: statement.excluded[name] for name in ("url", "kind", "shingles", "learned_at")}
        self._session.execute(statement.on_conflict_do_update(index_elements=["host"], set_=changes))

    def missing(self, source: str, keys: Sequence[str]) -> dict[str, datetime]:
        """Of these postings those that were seen gone, and when first."""
        rows = self._session.execute(
            select(MissingPageRow.key, MissingPageRow.since).where(
                MissingPageRow.source == source, MissingPageRow.key.in_(keys)
            )
        )
        return {row.key: row.since for row in rows}

    def missing_since(self, source: str, moment: datetime, limit: int) -> tuple[str, ...]:
        """Postings first seen gone at `moment` or before, the longest first."""
        rows = self._session.scalars(
            select(MissingPageRow.key)
            .where(MissingPageRow.source == source, MissingPageRow.since <= moment)
            .order_by(MissingPageRow.since, MissingPageRow.key)
            .limit(limit)
        )
        return tuple(rows)

    def note_missing(self, source: str, key: str, since: datetime) -> None:
        """Seen gone; the first time stays."""
        statement = self._insert(MissingPageRow).values(source=source, key=key, since=since)
        self._session.execute(statement.on_conflict_do_nothing(index_elements=["source", "key"]))

    def found_again(self, source: str, keys: Sequence[str]) -> None:
        """No longer missing: there again, or gone for good."""
        if keys:
            self._session.execute(
                delete(MissingPageRow).where(MissingPageRow.source == source, MissingPageRow.key.in_(keys))
            )


def _run_health(row: RunHealthRow) -> RunHealth:
    return RunHealth(
        run_id=row.run_id,
        source=row.source,
        at=row.at,
        figures=RunFigures.of(row.figures),
        breaches=tuple(Breach(**breach) for breach in row.breaches),
        verdict=HealthVerdict(row.verdict),
        guest_view=row.guest_view,
        resolved_at=row.resolved_at,
    )
