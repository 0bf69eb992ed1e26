"""Digests (周报) that were made."""

from __future__ import annotations

from sqlalchemy import func, insert, select

from pipelines.records import PageOf, StoredDigest
from pipelines.store.base import Repo
from pipelines.store.desk_tables import DigestRow

_COLUMNS = tuple(column.key for column in DigestRow.__mapper__.column_attrs)


class Digests(Repo):
    def add(self, digest: StoredDigest) -> None:
        self._session.execute(insert(DigestRow), [{name: getattr(digest, name) for name in _COLUMNS}])

    def get(self, digest_id: str) -> StoredDigest | None:
        row = self._get(DigestRow, digest_id)
        return None if row is None else _record(row)

    def page(self, after: str | None = None, limit: int = 50) -> PageOf[StoredDigest]:
        """Newest first; `after` is the id of the last one seen."""
        wanted = select(DigestRow).order_by(DigestRow.created_at.desc(), DigestRow.id.desc()).limit(limit + 1)
        last = None if after is None else self._get(DigestRow, after)
        if last is not None:
            same_time = (DigestRow.created_at == last.created_at) & (DigestRow.id < last.id)
            wanted = wanted.where((DigestRow.created_at < last.created_at) | same_time)
        rows = self._session.scalars(wanted).all()
        total = int(self._session.scalar(select(func.count()).select_from(DigestRow)) or 0)
        more = rows[limit - 1].id if len(rows) > limit else None
        return PageOf(items=tuple(_record(row) for row in rows[:limit]), next=more, total=total)


def _record(row: DigestRow) -> StoredDigest:
    return StoredDigest(**{name: getattr(row, name) for name in _COLUMNS})
