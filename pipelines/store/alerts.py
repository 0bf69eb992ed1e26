"""Alerts: what is wrong with sources, one open a source at most."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import insert, or_, select, update

from pipelines.records import Alert
from pipelines.store.base import Repo
from pipelines.store.health_tables import AlertRow

_COLUMNS = tuple(column.key for column in AlertRow.__mapper__.column_attrs)


class Alerts(Repo):
    def open(self, source: str, message: str, at: datetime) -> None:
        """Something is wrong; while an alert of the source is open it only takes over the newest words."""
        known = self._session.scalars(
            update(AlertRow)
            .where(AlertRow.source == source, AlertRow.closed_at.is_(None))
            .values(message=message)
            .returning(AlertRow.id)
        ).all()
        if not known:
            values = {"source": source, "message": message, "opened_at": at, "told_at": None, "closed_at": None}
            self._session.execute(insert(AlertRow), [values])

    def close(self, source: str, at: datetime) -> None:
        """All is well again."""
        self._session.execute(
            update(AlertRow).where(AlertRow.source == source, AlertRow.closed_at.is_(None)).values(closed_at=at)
        )

    def open_ones(self) -> tuple[Alert, ...]:
        """Not closed, the oldest first."""
        return self._list(AlertRow.closed_at.is_(None))

    def due(self, not_told_since: datetime) -> tuple[Alert, ...]:
        """Open, and never told or last told at that moment or before."""
        return self._list(
            AlertRow.closed_at.is_(None), or_(AlertRow.told_at.is_(None), AlertRow.told_at <= not_told_since)
        )

    def told(self, alert_id: int, at: datetime) -> None:
        """Somebody outside has it."""
        self._session.execute(update(AlertRow).where(AlertRow.id == alert_id).values(told_at=at))

    def _list(self, *conditions: object) -> tuple[Alert, ...]:
        rows = self._session.scalars(select(AlertRow).where(*conditions).order_by(AlertRow.id))  # type: ignore[arg-type]
        return tuple(Alert(**{name: getattr(row, name) for name in _COLUMNS}) for row in rows)
