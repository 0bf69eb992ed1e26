"""How sources are doing: figures of runs, states over time, resting hosts, soft 404s, missing pages, alerts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from pipelines.store import types
from pipelines.store.triggers import append_only, drop_append_only

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

#: Table → columns a new row could push an old one out on.
PROTECTED = {"state_changes": ("id",)}


def upgrade() -> None:
    op.create_table(
        "run_health",
        sa.Column("run_id", types.Words(), nullable=False),
        sa.Column("source", types.Words(), nullable=False),
        sa.Column("at", types.Moment(), nullable=False),
        sa.Column("figures", types.Json(), nullable=False),
        sa.Column("breaches", types.Json(), nullable=False),
        sa.Column("verdict", types.Words(), nullable=False),
        sa.Column("guest_view", sa.Boolean(), nullable=False),
        sa.Column("resolved_at", types.Moment(), nullable=True),
        sa.CheckConstraint(
            "verdict IN ('healthy', 'suspect', 'quarantined', 'unjudged')", name=op.f("ck_run_health_verdict")
        ),
        sa.ForeignKeyConstraint(["run_id"], ["crawl_runs.id"], name="fk_run_health_run_id"),
        sa.ForeignKeyConstraint(["source"], ["sources.name"], name="fk_run_health_source"),
        sa.PrimaryKeyConstraint("run_id", name="pk_run_health"),
    )
    op.create_index("ix_run_health_source_at", "run_health", ["source", "at"])
    op.create_table(
        "state_changes",
        sa.Column("id", types.WholeNumber, autoincrement=True, nullable=False),
        sa.Column("source", types.Words(), nullable=False),
        sa.Column("host", types.Words(), nullable=False),
        sa.Column("state", types.Words(), nullable=False),
        sa.Column("reason", types.Words(), nullable=False),
        sa.Column("run_id", types.Words(), nullable=True),
        sa.Column("at", types.Moment(), nullable=False),
        sa.ForeignKeyConstraint(["source"], ["sources.name"], name="fk_state_changes_source"),
        sa.ForeignKeyConstraint(["run_id"], ["crawl_runs.id"], name="fk_state_changes_run_id"),
        sa.PrimaryKeyConstraint("id", name="pk_state_changes"),
    )
    op.create_index("ix_state_changes_source", "state_changes", ["source", "id"])
    op.create_table(
        "host_rests",
        sa.Column("host", types.Words(), nullable=False),
        sa.Column("until", types.Moment(), nullable=False),
        sa.Column("state", types.Words(), nullable=False),
        sa.Column("reason", types.Words(), nullable=False),
        sa.Column("source", types.Words(), nullable=False),
        sa.Column("at", types.Moment(), nullable=False),
        sa.ForeignKeyConstraint(["source"], ["sources.name"], name="fk_host_rests_source"),
        sa.PrimaryKeyConstraint("host", name="pk_host_rests"),
    )
    op.create_table(
        "soft_not_founds",
        sa.Column("host", types.Words(), nullable=False),
        sa.Column("url", types.Words(), nullable=False),
        sa.Column("kind", types.Words(), nullable=False),
        sa.Column("shingles", types.Json(), nullable=False),
        sa.Column("learned_at", types.Moment(), nullable=False),
        sa.CheckConstraint("kind IN ('not_found', 'list', 'posting', 'text')", name=op.f("ck_soft_not_founds_kind")),
        sa.PrimaryKeyConstraint("host", name="pk_soft_not_founds"),
    )
    op.create_table(
        "missing_pages",
        sa.Column("source", types.Words(), nullable=False),
        sa.Column("key", types.Words(), nullable=False),
        sa.Column("since", types.Moment(), nullable=False),
        sa.ForeignKeyConstraint(["source"], ["sources.name"], name="fk_missing_pages_source"),
        sa.PrimaryKeyConstraint("source", "key", name="pk_missing_pages"),
    )
    op.create_table(
        "alerts",
        sa.Column("id", types.WholeNumber, autoincrement=True, nullable=False),
        sa.Column("source", types.Words(), nullable=False),
        sa.Column("message", types.Words(), nullable=False),
        sa.Column("opened_at", types.Moment(), nullable=False),
        sa.Column("told_at", types.Moment(), nullable=True),
        sa.Column("closed_at", types.Moment(), nullable=True),
        sa.ForeignKeyConstraint(["source"], ["sources.name"], name="fk_alerts_source"),
        sa.PrimaryKeyConstraint("id", name="pk_alerts"),
    )
    op.create_index("ix_alerts_source", "alerts", ["source", "id"])
    dialect = op.get_bind().dialect.name
    for name, keys in PROTECTED.items():
        for statement in append_only(dialect, name, keys):
            op.execute(statement)


def downgrade() -> None:
    dialect = op.get_bind().dialect.name
    for name in PROTECTED:
        for statement in drop_append_only(dialect, name):
            op.execute(statement)
    for name in ("alerts", "missing_pages", "soft_not_founds", "host_rests", "state_changes", "run_health"):
        op.drop_table(name)
