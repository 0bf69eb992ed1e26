"""Hosts that met us with a wall, and until when they are left alone."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import delete, select

from pipelines.records import HostRest
from pipelines.store.base import Repo
from pipelines.store.health_tables import HostRestRow

_COLUMNS = tuple(column.key for column in HostRestRow.__mapper__.column_attrs)


class HostRests(Repo):
    def set(self, rest: HostRest) -> None:
        """Leave the host alone until then."""
        values = asdict(rest)
        statement = self._insert(HostRestRow).values(**values)
        changes = {name: statement.excluded[name] for name in values if name != "host"}
        self._session.execute(statement.on_conflict_do_update(index_elements=["host"], set_=changes))

    def resting(self, hosts: Collection[str], now: datetime) -> HostRest | None:
        """The longest rest among these hosts that is not over."""
        row = self._session.scalars(
            select(HostRestRow)
            .where(HostRestRow.host.in_(list(hosts)), HostRestRow.until > now)
            .order_by(HostRestRow.until.desc())
            .limit(1)
        ).first()
        return None if row is None else HostRest(**{name: getattr(row, name) for name in _COLUMNS})

    def end(self, hosts: Collection[str]) -> None:
        """They answer again."""
        self._session.execute(delete(HostRestRow).where(HostRestRow.host.in_(list(hosts))))
