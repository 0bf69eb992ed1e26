"""The table of what became of leads."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from pipelines.records import FollowUpKind
from pipelines.store.base import AutoId, Base, one_of


class FollowUpRow(Base):
    """What became of a lead, entered by a person."""

    __tablename__ = "follow_ups"
    __table_args__ = (
        one_of("kind", FollowUpKind),
        UniqueConstraint("undoes"),
        CheckConstraint("(kind = 'undo') = (undoes IS NOT NULL)", name="undoes"),
        CheckConstraint("(kind = 'undo') = (on_day = '')", name="on_day"),
        Index("ix_follow_ups_lead_id", "lead_id", "id"),
        Index("ix_follow_ups_at", "at"),
    )

    id: Mapped[AutoId]
    lead_id: Mapped[int] = mapped_column(ForeignKey("leads.id"))
    decision_id: Mapped[int] = mapped_column(ForeignKey("decisions.id"))
    kind: Mapped[str]
    office: Mapped[str]
    #: A day, yyyy-mm-dd; empty for an undo.
    on_day: Mapped[str]
    paper: Mapped[str]
    note: Mapped[str]
    user: Mapped[str] = mapped_column(ForeignKey("users.name"))
    os_account: Mapped[str | None]
    at: Mapped[datetime]
    undoes: Mapped[int | None] = mapped_column(ForeignKey("follow_ups.id"))
