"""The table of time stamps: those got, and those still to be got."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from pipelines.store.base import Base


class TimeStampRow(Base):
    """One digest and one authority; the columns are pipelines.records.TimeStamp's, the token in base64."""

    __tablename__ = "time_stamps"
    __table_args__ = (
        CheckConstraint("(token IS NULL) = (stamped_at IS NULL)", name="stamped_at"),
        CheckConstraint("(token IS NULL) = (due_at IS NOT NULL)", name="due_at"),
        Index("ix_time_stamps_due_at", "due_at"),
    )

    sha256: Mapped[str] = mapped_column(primary_key=True)
    authority: Mapped[str] = mapped_column(primary_key=True)
    token: Mapped[str | None]
    stamped_at: Mapped[datetime | None]
    tries: Mapped[int]
    due_at: Mapped[datetime | None]
    fault: Mapped[str]
