"""Tables of how sources are doing: figures of runs, states over time, resting hosts, missing pages, alerts."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from pipelines.records import HealthVerdict
from pipelines.store.base import AutoId, Base, one_of
from pipelines.store.types import Json


class RunHealthRow(Base):
    __tablename__ = "run_health"
    __table_args__ = (one_of("verdict", HealthVerdict), Index("ix_run_health_source_at", "source", "at"))

    run_id: Mapped[str] = mapped_column(ForeignKey("crawl_runs.id"), primary_key=True)
    source: Mapped[str] = mapped_column(ForeignKey("sources.name"))
    at: Mapped[datetime]
    figures: Mapped[dict[str, Any]] = mapped_column(Json)
    breaches: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    verdict: Mapped[str]
    guest_view: Mapped[bool]
    resolved_at: Mapped[datetime | None]


class StateChangeRow(Base):
    """A source turned into another state; rows are only added."""

    __tablename__ = "state_changes"
    __table_args__ = (Index("ix_state_changes_source", "source", "id"),)

    id: Mapped[AutoId]
    source: Mapped[str] = mapped_column(ForeignKey("sources.name"))
    host: Mapped[str]
    state: Mapped[str]
    reason: Mapped[str]
    run_id: Mapped[str | None] = mapped_column(ForeignKey("crawl_runs.id"))
    at: Mapped[datetime]


class HostRestRow(Base):
    __tablename__ = "host_rests"

    host: Mapped[str] = mapped_column(primary_key=True)
    until: Mapped[datetime]
    state: Mapped[str]
    reason: Mapped[str]
    source: Mapped[str] = mapped_column(ForeignKey("sources.name"))
    at: Mapped[datetime]


class SoftNotFoundRow(Base):
    __tablename__ = "soft_not_founds"
    __table_args__ = (one_of("kind", ("not_found", "list", "posting", "text")),)

    host: Mapped[str] = mapped_column(primary_key=True)
    url: Mapped[str]
    kind: Mapped[str]
    shingles: Mapped[list[int]] = mapped_column(Json)
    learned_at: Mapped[datetime]


class MissingPageRow(Base):
    """A posting that was there and has been seen gone once; a second time, a day later, makes it gone."""

    __tablename__ = "missing_pages"

    source: Mapped[str] = mapped_column(ForeignKey("sources.name"), primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    since: Mapped[datetime]


class AlertRow(Base):
    __tablename__ = "alerts"
    __table_args__ = (Index("ix_alerts_source", "source", "id"),)

    id: Mapped[AutoId]
    source: Mapped[str] = mapped_column(ForeignKey("sources.name"))
    message: Mapped[str]
    opened_at: Mapped[datetime]
    told_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
