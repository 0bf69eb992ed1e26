"""Tables of what is to be done when: tasks and their runs, workers, hosts and what they were asked, impact notes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from pipelines.store.base import AutoId, Base, one_of
from pipelines.store.types import Json


class TaskRow(Base):
    """One standing task; the columns are pipelines.records.Task's."""

    __tablename__ = "tasks"
    __table_args__ = (
        one_of("state", ("waiting", "running")),
        CheckConstraint("(state = 'running') = (run_id IS NOT NULL)", name="run_id"),
        Index("ix_tasks_due_at", "state", "due_at"),
    )

    name: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    source: Mapped[str | None] = mapped_column(ForeignKey("sources.name"))
    lock: Mapped[str]
    due_at: Mapped[datetime | None]
    not_before: Mapped[datetime | None]
    asked_by: Mapped[str | None]
    state: Mapped[str]
    attempts: Mapped[int]
    run_id: Mapped[str | None]
    worker: Mapped[str]
    beat: Mapped[int]
    created_at: Mapped[datetime]


class TaskRunRow(Base):
    """One time a task was carried out."""

    __tablename__ = "task_runs"
    __table_args__ = (
        one_of("outcome", ("running", "finished", "failed", "lost", "stopped")),
        Index("ix_task_runs_task", "task", "started_at"),
        Index("ix_task_runs_started_at", "started_at"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    task: Mapped[str]
    kind: Mapped[str]
    source: Mapped[str | None]
    worker: Mapped[str]
    asked_by: Mapped[str | None]
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    outcome: Mapped[str]
    message: Mapped[str]


class WorkerRow(Base):
    __tablename__ = "workers"

    id: Mapped[str] = mapped_column(primary_key=True)
    carrier: Mapped[str]
    started_at: Mapped[datetime]
    beat: Mapped[int]
    seen_at: Mapped[datetime]


class HostRow(Base):
    __tablename__ = "hosts"
    __table_args__ = (CheckConstraint("factor >= 1", name="factor"),)

    host: Mapped[str] = mapped_column(primary_key=True)
    factor: Mapped[int]
    slowed_at: Mapped[datetime | None]
    reason: Mapped[str]


class HostDayRow(Base):
    """What a host was asked on one day, which is the budget's day: Shanghai's."""

    __tablename__ = "host_days"
    __table_args__ = (Index("ix_host_days_day", "day"),)

    host: Mapped[str] = mapped_column(primary_key=True)
    day: Mapped[str] = mapped_column(primary_key=True)
    requests: Mapped[int]
    bytes: Mapped[int]


class ImpactNoteRow(Base):
    __tablename__ = "impact_notes"
    __table_args__ = (Index("ix_impact_notes_source", "source", "id"),)

    id: Mapped[AutoId]
    source: Mapped[str] = mapped_column(ForeignKey("sources.name"))
    made_at: Mapped[datetime]
    digest: Mapped[str]
    hosts: Mapped[list[str]] = mapped_column(Json)
    sections: Mapped[list[Any]] = mapped_column(Json)
