"""The table of what was put into packages by decision of a supervisor."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from pipelines.store.base import AutoId, Base


class PutInRow(Base):
    """A page saved by somebody logged in that may stand in the packages of a case."""

    __tablename__ = "put_ins"
    __table_args__ = (
        CheckConstraint("reason <> ''", name="reason"),
        Index("ix_put_ins_case_id", "case_id", "id"),
    )

    id: Mapped[AutoId]
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"))
    capture_id: Mapped[str] = mapped_column(ForeignKey("captures.id"))
    lead_id: Mapped[int] = mapped_column(ForeignKey("leads.id"))
    reason: Mapped[str]
    user: Mapped[str] = mapped_column(ForeignKey("users.name"))
    at: Mapped[datetime]
