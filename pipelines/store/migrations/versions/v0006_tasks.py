"""Tasks and their runs, workers, what hosts were asked, impact notes; pages know when they last changed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from pipelines.store import types

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("pages", sa.Column("changed_at", types.Moment(), nullable=True))
    op.create_table(
        "tasks",
        sa.Column("name", types.Words(), nullable=False),
        sa.Column("kind", types.Words(), nullable=False),
        sa.Column("source", types.Words(), nullable=True),
        sa.Column("lock", types.Words(), nullable=False),
        sa.Column("due_at", types.Moment(), nullable=True),
        sa.Column("not_before", types.Moment(), nullable=True),
        sa.Column("asked_by", types.Words(), nullable=True),
        sa.Column("state", types.Words(), nullable=False),
        sa.Column("attempts", types.WholeNumber, nullable=False),
        sa.Column("run_id", types.Words(), nullable=True),
        sa.Column("worker", types.Words(), nullable=False),
        sa.Column("beat", types.WholeNumber, nullable=False),
        sa.Column("created_at", types.Moment(), nullable=False),
        sa.CheckConstraint("state IN ('waiting', 'running')", name=op.f("ck_tasks_state")),
        sa.CheckConstraint("(state = 'running') = (run_id IS NOT NULL)", name=op.f("ck_tasks_run_id")),
        sa.ForeignKeyConstraint(["source"], ["sources.name"], name="fk_tasks_source"),
        sa.PrimaryKeyConstraint("name", name="pk_tasks"),
    )
    op.create_index("ix_tasks_due_at", "tasks", ["state", "due_at"])
    op.create_table(
        "task_runs",
        sa.Column("id", types.Words(), nullable=False),
        sa.Column("task", types.Words(), nullable=False),
        sa.Column("kind", types.Words(), nullable=False),
        sa.Column("source", types.Words(), nullable=True),
        sa.Column("worker", types.Words(), nullable=False),
        sa.Column("asked_by", types.Words(), nullable=True),
        sa.Column("started_at", types.Moment(), nullable=False),
        sa.Column("ended_at", types.Moment(), nullable=True),
        sa.Column("outcome", types.Words(), nullable=False),
        sa.Column("message", types.Words(), nullable=False),
        sa.CheckConstraint(
            "outcome IN ('running', 'finished', 'failed', 'lost', 'stopped')", name=op.f("ck_task_runs_outcome")
        ),
        sa.PrimaryKeyConstraint("id", name="pk_task_runs"),
    )
    op.create_index("ix_task_runs_task", "task_runs", ["task", "started_at"])
    op.create_index("ix_task_runs_started_at", "task_runs", ["started_at"])
    op.create_table(
        "workers",
        sa.Column("id", types.Words(), nullable=False),
        sa.Column("carrier", types.Words(), nullable=False),
        sa.Column("started_at", types.Moment(), nullable=False),
        sa.Column("beat", types.WholeNumber, nullable=False),
        sa.Column("seen_at", types.Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_workers"),
    )
    op.create_table(
        "hosts",
        sa.Column("host", types.Words(), nullable=False),
        sa.Column("factor", types.WholeNumber, nullable=False),
        sa.Column("slowed_at", types.Moment(), nullable=True),
        sa.Column("reason", types.Words(), nullable=False),
        sa.CheckConstraint("factor >= 1", name=op.f("ck_hosts_factor")),
        sa.PrimaryKeyConstraint("host", name="pk_hosts"),
    )
    op.create_table(
        "host_days",
        sa.Column("host", types.Words(), nullable=False),
        sa.Column("day", types.Words(), nullable=False),
        sa.Column("requests", types.WholeNumber, nullable=False),
        sa.Column("bytes", types.WholeNumber, nullable=False),
        sa.PrimaryKeyConstraint("host", "day", name="pk_host_days"),
    )
    op.create_index("ix_host_days_day", "host_days", ["day"])
    op.create_table(
        "impact_notes",
        sa.Column("id", types.WholeNumber, autoincrement=True, nullable=False),
        sa.Column("source", types.Words(), nullable=False),
        sa.Column("made_at", types.Moment(), nullable=False),
        sa.Column("digest", types.Words(), nullable=False),
        sa.Column("hosts", types.Json(), nullable=False),
        sa.Column("sections", types.Json(), nullable=False),
        sa.ForeignKeyConstraint(["source"], ["sources.name"], name="fk_impact_notes_source"),
        sa.PrimaryKeyConstraint("id", name="pk_impact_notes"),
    )
    op.create_index("ix_impact_notes_source", "impact_notes", ["source", "id"])


def downgrade() -> None:
    for table in ("impact_notes", "host_days", "hosts", "workers", "task_runs", "tasks"):
        op.drop_table(table)
    op.drop_column("pages", "changed_at")
