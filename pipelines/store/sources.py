"""Sources: what the store knows of each platform."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

from sqlalchemy import select, update

from pipelines.errors import NotFound
from pipelines.records import Source
from pipelines.store.base import Repo
from pipelines.store.tables import SourceRow


class Sources(Repo):
    def get(self, name: str) -> Source | None:
        row = self._get(SourceRow, name)
        return None if row is None else _record(row)

    def list(self) -> tuple[Source, ...]:
        """All of them, by name."""
        rows = self._session.scalars(select(SourceRow))
        return tuple(sorted((_record(row) for row in rows), key=lambda source: source.name))

    def upsert(self, source: Source) -> None:
        """Add it, or make the stored one equal to it."""
        values = asdict(source)
        statement = self._insert(SourceRow).values(**values)
        changes = {name: statement.excluded[name] for name in values if name != "name"}
        self._session.execute(statement.on_conflict_do_update(index_elements=["name"], set_=changes))

    def set_state(
        self,
        name: str,
        *,
        state: str,
        last_good_at: datetime | None = None,
        cooldown_until: datetime | None = None,
    ) -> None:
        """Note how the last visit went. None keeps last_good_at as it was, but ends a cooldown."""
        values: dict[str, object] = {"state": state, "cooldown_until": cooldown_until}
        if last_good_at is not None:
            values["last_good_at"] = last_good_at
        changed = self._session.execute(
            update(SourceRow).where(SourceRow.name == name).values(**values).returning(SourceRow.name)
        ).scalar_one_or_none()
        if changed is None:
            raise NotFound(f"没有来源 {name}")

    def set_paused(self, name: str, paused: bool) -> None:
        """Leave it alone from now on, or no more. Raises NotFound."""
        changed = self._session.execute(
            update(SourceRow).where(SourceRow.name == name).values(paused=paused).returning(SourceRow.name)
        ).scalar_one_or_none()
        if changed is None:
            raise NotFound(f"没有来源 {name}")


def _record(row: SourceRow) -> Source:
    return Source(
        name=row.name,
        title=row.title,
        lane=row.lane,
        state=row.state,
        verified=row.verified,
        last_good_at=row.last_good_at,
        cooldown_until=row.cooldown_until,
        paused=row.paused,
        demo=row.demo,
        retain_days=row.retain_days,
    )
