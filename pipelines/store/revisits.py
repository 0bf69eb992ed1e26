"""Revisits: where the WARC records lie that say an earlier capture still holds."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, insert, or_, select

from pipelines.records import Revisit
from pipelines.store.base import Repo
from pipelines.store.crawl_tables import RevisitRow
from pipelines.store.tables import CaptureRow

_COLUMNS = tuple(column.key for column in RevisitRow.__mapper__.column_attrs)


class Revisits(Repo):
    def add_many(self, revisits: Sequence[Revisit]) -> None:
        """Add many in one go; their ids must be new (Conflict)."""
        if revisits:
            self._session.execute(
                insert(RevisitRow), [{name: getattr(one, name) for name in _COLUMNS} for one in revisits]
            )

    def of_capture(self, capture_id: str) -> tuple[Revisit, ...]:
        """When this capture's page was found unchanged, oldest first."""
        return self._records(RevisitRow.capture_id == capture_id)

    def of_url(self, url: str) -> tuple[Revisit, ...]:
        """When this address, or the one it was asked for under, was found unchanged, oldest first."""
        captures = select(CaptureRow.id).where(or_(CaptureRow.url == url, CaptureRow.final_url == url))
        return self._records(or_(RevisitRow.url == url, RevisitRow.capture_id.in_(captures)))

    def in_file(self, warc_path: str) -> tuple[Revisit, ...]:
        """Those whose records lie in this file, oldest first."""
        return self._records(RevisitRow.warc_path == warc_path)

    def _records(self, condition: ColumnElement[bool]) -> tuple[Revisit, ...]:
        rows = self._session.scalars(select(RevisitRow).where(condition).order_by(RevisitRow.at, RevisitRow.id))
        return tuple(Revisit(**{name: getattr(row, name) for name in _COLUMNS}) for row in rows)
