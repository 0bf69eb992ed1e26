"""Workers: the processes that carry tasks out, as long as they live."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select, update

from pipelines.records import Worker
from pipelines.store.base import Repo
from pipelines.store.job_tables import WorkerRow

_COLUMNS = tuple(column.key for column in WorkerRow.__mapper__.column_attrs)


class Workers(Repo):
    def enter(self, worker_id: str, carrier: str, at: datetime) -> None:
        """A process begins."""
        values = {"carrier": carrier, "started_at": at, "beat": 0, "seen_at": at}
        statement = self._insert(WorkerRow).values(id=worker_id, **values)
        self._session.execute(statement.on_conflict_do_update(index_elements=["id"], set_=values))

    def beat(self, worker_id: str, at: datetime) -> bool:
        """It lives; False when it was taken for dead meanwhile."""
        found = self._session.scalars(
            update(WorkerRow)
            .where(WorkerRow.id == worker_id)
            .values(beat=WorkerRow.beat + 1, seen_at=at)
            .returning(WorkerRow.id)
        ).one_or_none()
        return found is not None

    def leave(self, worker_id: str) -> None:
        """It ended, or was found dead."""
        self._session.execute(delete(WorkerRow).where(WorkerRow.id == worker_id))

    def list(self) -> tuple[Worker, ...]:
        """Those that are or seemed to be alive, the oldest first."""
        rows = self._session.scalars(select(WorkerRow).order_by(WorkerRow.started_at, WorkerRow.id))
        return tuple(Worker(**{name: getattr(row, name) for name in _COLUMNS}) for row in rows)
