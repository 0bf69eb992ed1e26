"""Tables of a crawl under way: its frontier, and the fetches that brought nothing new."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from pipelines.store.base import AutoId, Base, one_of
from pipelines.store.types import Json


class FrontierRow(Base):
    """One page a run has come to know; the rows of a source go when its run is over."""

    __tablename__ = "frontier"
    __table_args__ = (
        UniqueConstraint("source", "key"),
        one_of("kind", ("list", "detail")),
        # What waits is asked for in pieces, in the order it became known.
        Index("ix_frontier_waiting", "source", "kind", "done", "id"),
    )

    id: Mapped[AutoId]
    source: Mapped[str] = mapped_column(ForeignKey("sources.name"))
    key: Mapped[str]
    url: Mapped[str]
    kind: Mapped[str]
    place: Mapped[dict[str, Any]] = mapped_column(Json)
    done: Mapped[bool]


class RevisitRow(Base):
    """A fetch that brought what an earlier capture already holds."""

    __tablename__ = "revisits"
    __table_args__ = (
        CheckConstraint("warc_offset >= 0 AND warc_length >= 0", name="extent"),
        Index("ix_revisits_warc", "warc_path", "warc_offset", "warc_length"),
        Index("ix_revisits_capture_id", "capture_id", "at"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(ForeignKey("sources.name"))
    url: Mapped[str]
    capture_id: Mapped[str] = mapped_column(ForeignKey("captures.id"))
    at: Mapped[datetime]
    http_status: Mapped[int]
    warc_path: Mapped[str]
    warc_offset: Mapped[int]
    warc_length: Mapped[int]
    warc_record_id: Mapped[str]
