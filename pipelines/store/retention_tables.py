"""The table of files deleted on schedule."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from pipelines.store.base import Base, one_of


class DeletionRow(Base):
    """A file that is gone, or marked to go. A capture or revisit whose WARC file is named here has no body any more."""

    __tablename__ = "deletions"
    __table_args__ = (one_of("kind", ("warc", "blob")), Index("ix_deletions_kind_removed_at", "kind", "removed_at"))

    object: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    source: Mapped[str]
    sha256: Mapped[str]
    size: Mapped[int]
    records: Mapped[int]
    marked_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]
