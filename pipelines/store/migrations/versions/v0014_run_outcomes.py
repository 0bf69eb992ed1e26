"""How a run ended says when somebody stopped it and when it was killed: then the next went on with it, or did not."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from pipelines.store import types

revision = "0014"
down_revision = "0011"
branch_labels = None
depends_on = None

_BEFORE = "outcome IN ('running', 'finished', 'blocked', 'failed')"
_AFTER = "outcome IN ('running', 'finished', 'blocked', 'failed', 'stopped', 'interrupted', 'resumed')"
#: What the next run used to write when it found one that was killed.
_KILLED = "上次采集被中断，已入库的页面不受影响"


def upgrade() -> None:
    _rule(_AFTER)
    # A run that somebody ended used to be one still running, but ended.
    op.execute("UPDATE crawl_runs SET outcome = 'stopped' WHERE outcome = 'running' AND ended_at IS NOT NULL")
    said = sa.text("UPDATE crawl_runs SET outcome = 'interrupted' WHERE outcome = 'failed' AND message = :said")
    op.execute(said.bindparams(said=_KILLED))


def downgrade() -> None:
    op.execute("UPDATE crawl_runs SET outcome = 'running' WHERE outcome = 'stopped'")
    killed = sa.text(
        "UPDATE crawl_runs SET outcome = 'failed', message = :said WHERE outcome IN ('interrupted', 'resumed')"
    )
    op.execute(killed.bindparams(said=_KILLED))
    _rule(_BEFORE)


def _rule(after: str) -> None:
    """Another rule for the column. SQLite cannot alter one: the table is made anew under its name, its rows put back
    before the transaction ends, so that what refers to them still finds them."""
    name = op.f("ck_crawl_runs_outcome")
    if op.get_bind().dialect.name != "sqlite":
        op.drop_constraint(name, "crawl_runs", type_="check")
        op.create_check_constraint(name, "crawl_runs", after)
        return
    op.execute("PRAGMA defer_foreign_keys = ON")
    op.execute("CREATE TABLE crawl_runs_kept AS SELECT * FROM crawl_runs")
    op.drop_index("ix_crawl_runs_source_started_at", table_name="crawl_runs")
    op.drop_table("crawl_runs")
    op.create_table(
        "crawl_runs",
        sa.Column("id", types.Words(), nullable=False),
        sa.Column("source", types.Words(), nullable=False),
        sa.Column("started_at", types.Moment(), nullable=False),
        sa.Column("ended_at", types.Moment(), nullable=True),
        sa.Column("states", types.Json(), nullable=False),
        sa.Column("new", types.WholeNumber, nullable=False),
        sa.Column("changed", types.WholeNumber, nullable=False),
        sa.Column("unchanged", types.WholeNumber, nullable=False),
        sa.Column("leads", types.WholeNumber, nullable=False),
        sa.Column("outcome", types.Words(), nullable=False),
        sa.Column("message", types.Words(), nullable=False),
        sa.CheckConstraint(after, name=name),
        sa.ForeignKeyConstraint(["source"], ["sources.name"], name="fk_crawl_runs_source"),
        sa.PrimaryKeyConstraint("id", name="pk_crawl_runs"),
    )
    op.create_index("ix_crawl_runs_source_started_at", "crawl_runs", ["source", "started_at"])
    # Its columns stand in the order they always had.
    op.execute("INSERT INTO crawl_runs SELECT * FROM crawl_runs_kept")
    op.drop_table("crawl_runs_kept")
