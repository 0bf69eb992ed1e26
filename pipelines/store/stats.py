"""Counts over leads, listings and pages, for sources, digests and doctor."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, func, select

from pipelines.store.base import Repo
from pipelines.store.desk_tables import LeadCodeRow, LeadRow
from pipelines.store.tables import ListingRow, PageRow

LeadColumn = Literal["source", "platform", "district", "status", "code"]


class Stats(Repo):
    def leads_by(
        self, column: LeadColumn, *, start: datetime | None = None, end: datetime | None = None
    ) -> dict[str, int]:
        """Value → leads that came at or after start and before end, most first; a lead counts once per code."""
        conditions: list[ColumnElement[bool]] = []
        if start is not None:
            conditions.append(LeadRow.created_at >= start)
        if end is not None:
            conditions.append(LeadRow.created_at < end)
        if column == "code":
            value: ColumnElement[Any] = LeadCodeRow.code.expression
            wanted = select(value, func.count()).join(LeadRow, LeadRow.id == LeadCodeRow.lead_id)
        else:
            value = LeadRow.__table__.c[column]
            wanted = select(value, func.count())
        rows = self._session.execute(wanted.where(*conditions).group_by(value))
        return dict(sorted(((name, number) for name, number in rows), key=lambda pair: (-pair[1], pair[0])))

    def leads_by_source(self) -> dict[str, int]:
        """Source → leads, beside the two below."""
        return self.leads_by("source")

    def pages_by_source(self) -> dict[str, int]:
        """Source → pages known."""
        rows = self._session.execute(select(PageRow.source, func.count()).group_by(PageRow.source))
        return dict(sorted((name, number) for name, number in rows))

    def listings_by_source(self) -> dict[str, int]:
        """Source → listings taken in."""
        rows = self._session.execute(select(ListingRow.source, func.count()).group_by(ListingRow.source))
        return dict(sorted((name, number) for name, number in rows))

    def districts(self) -> tuple[str, ...]:
        """Districts that leads name, for the queue's filter."""
        return tuple(sorted(name for name in self._session.scalars(select(LeadRow.district).distinct()) if name))
