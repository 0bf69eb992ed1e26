"""Tables beside the digests: which edition one is, what each period tells, and what happened to an edition."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from pipelines.records import DigestEventKind, Mark, RowKind, Series
from pipelines.store.base import AutoId, Base, one_of


class DigestEditionRow(Base):
    """What a digest of a series is: which period's, and the how manieth correction of it."""

    __tablename__ = "digest_editions"
    __table_args__ = (
        one_of("series", Series),
        CheckConstraint("erratum >= 0", name="erratum"),
        UniqueConstraint("replaces"),
        Index("ix_digest_editions_period", "series", "first_day"),
    )

    digest_id: Mapped[str] = mapped_column(ForeignKey("digests.id"), primary_key=True)
    series: Mapped[str]
    first_day: Mapped[str]
    erratum: Mapped[int]
    replaces: Mapped[str | None] = mapped_column(ForeignKey("digests.id"))
    reason: Mapped[str]


class DigestEntryRow(Base):
    """A lead, decision or follow-up that a period of a series tells; the key says: once."""

    __tablename__ = "digest_entries"
    __table_args__ = (
        one_of("series", Series),
        one_of("kind", RowKind),
        one_of("mark", Mark),
        Index("ix_digest_entries_period", "series", "first_day"),
    )

    series: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    row_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    first_day: Mapped[str]
    digest_id: Mapped[str] = mapped_column(ForeignKey("digests.id"))
    mark: Mapped[str]


class DigestEventRow(Base):
    """What happened to an edition."""

    __tablename__ = "digest_events"
    __table_args__ = (one_of("kind", DigestEventKind), Index("ix_digest_events_digest_id", "digest_id", "id"))

    id: Mapped[AutoId]
    digest_id: Mapped[str] = mapped_column(ForeignKey("digests.id"))
    kind: Mapped[str]
    user: Mapped[str]
    at: Mapped[datetime]
    recipient: Mapped[str]
    detail: Mapped[str]
    message: Mapped[str]
