"""Crawl runs: one row a run over one source."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import insert, select, update

from pipelines import clock
from pipelines.errors import NotFound
from pipelines.records import CrawlRun
from pipelines.store.base import Repo
from pipelines.store.desk_tables import CrawlRunRow

_COLUMNS = tuple(column.key for column in CrawlRunRow.__mapper__.column_attrs)


class Runs(Repo):
    def start(self, source: str, at: datetime) -> CrawlRun:
        """A new run, `running`."""
        run = CrawlRun(
            id=clock.new_id(),
            source=source,
            started_at=at,
            ended_at=None,
            states={},
            new=0,
            changed=0,
            unchanged=0,
            leads=0,
            outcome="running",
            message="",
        )
        self._session.execute(insert(CrawlRunRow), [{name: getattr(run, name) for name in _COLUMNS}])
        return run

    def finish(
        self,
        run_id: str,
        *,
        at: datetime,
        states: dict[str, int],
        new: int,
        changed: int,
        unchanged: int,
        leads: int,
        outcome: str,
        message: str = "",
    ) -> CrawlRun:
        """What came of it; outcome is one of RUN_OUTCOMES, not running."""
        values = {
            "ended_at": at,
            "states": states,
            "new": new,
            "changed": changed,
            "unchanged": unchanged,
            "leads": leads,
            "outcome": outcome,
            "message": message,
        }
        self._session.execute(update(CrawlRunRow).where(CrawlRunRow.id == run_id).values(**values))
        row = self._get(CrawlRunRow, run_id)
        if row is None:
            raise NotFound(f"没有采集记录 {run_id}")
        return _record(row)

    def end(self, run: CrawlRun, *, at: datetime, outcome: str, message: str) -> CrawlRun:
        """Finish a run whose process can no longer say what it brought: its counts stay as they are."""
        return self.finish(
            run.id,
            at=at,
            states=run.states,
            new=run.new,
            changed=run.changed,
            unchanged=run.unchanged,
            leads=run.leads,
            outcome=outcome,
            message=message,
        )

    def running(self, source: str | None = None) -> tuple[CrawlRun, ...]:
        """Those not finished, of one source or of all, oldest first."""
        wanted = select(CrawlRunRow).where(CrawlRunRow.outcome == "running").order_by(CrawlRunRow.started_at)
        if source is not None:
            wanted = wanted.where(CrawlRunRow.source == source)
        return tuple(_record(row) for row in self._session.scalars(wanted))

    def get(self, run_id: str) -> CrawlRun | None:
        row = self._get(CrawlRunRow, run_id)
        return None if row is None else _record(row)

    def latest(self, source: str) -> CrawlRun | None:
        """The one that started last."""
        return next(iter(self.list(source, 1)), None)

    def between(self, start: datetime, end: datetime) -> tuple[CrawlRun, ...]:
        """Started at or after start and before end, oldest first."""
        rows = self._session.scalars(
            select(CrawlRunRow)
            .where(CrawlRunRow.started_at >= start, CrawlRunRow.started_at < end)
            .order_by(CrawlRunRow.started_at, CrawlRunRow.id)
        )
        return tuple(_record(row) for row in rows)

    def list(self, source: str | None, limit: int) -> tuple[CrawlRun, ...]:
        """Of one source or of all, newest first."""
        wanted = select(CrawlRunRow).order_by(CrawlRunRow.started_at.desc(), CrawlRunRow.id.desc()).limit(limit)
        if source is not None:
            wanted = wanted.where(CrawlRunRow.source == source)
        return tuple(_record(row) for row in self._session.scalars(wanted))


def _record(row: CrawlRunRow) -> CrawlRun:
    return CrawlRun(**{name: getattr(row, name) for name in _COLUMNS})
