"""Digests have editions and a ledger of what each period tells; approvals and mails are rows of their own."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from pipelines.store import types
from pipelines.store.triggers import append_only, drop_append_only

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

#: Table → columns a new row could push an old one out on.
PROTECTED = {"digest_editions": ("digest_id", "replaces"), "digest_events": ("id",)}


def upgrade() -> None:
    op.create_table(
        "digest_editions",
        sa.Column("digest_id", types.Words(), nullable=False),
        sa.Column("series", types.Words(), nullable=False),
        sa.Column("first_day", types.Words(), nullable=False),
        sa.Column("erratum", types.WholeNumber, nullable=False),
        sa.Column("replaces", types.Words(), nullable=True),
        sa.Column("reason", types.Words(), nullable=False),
        sa.CheckConstraint("series IN ('week', 'month', 'quarter')", name=op.f("ck_digest_editions_series")),
        sa.CheckConstraint("erratum >= 0", name=op.f("ck_digest_editions_erratum")),
        sa.ForeignKeyConstraint(["digest_id"], ["digests.id"], name="fk_digest_editions_digest_id"),
        sa.ForeignKeyConstraint(["replaces"], ["digests.id"], name="fk_digest_editions_replaces"),
        sa.PrimaryKeyConstraint("digest_id", name="pk_digest_editions"),
        sa.UniqueConstraint("replaces", name="uq_digest_editions_replaces"),
    )
    op.create_index("ix_digest_editions_period", "digest_editions", ["series", "first_day"])
    op.create_table(
        "digest_entries",
        sa.Column("series", types.Words(), nullable=False),
        sa.Column("kind", types.Words(), nullable=False),
        sa.Column("row_id", types.WholeNumber, autoincrement=False, nullable=False),
        sa.Column("first_day", types.Words(), nullable=False),
        sa.Column("digest_id", types.Words(), nullable=False),
        sa.Column("mark", types.Words(), nullable=False),
        sa.CheckConstraint("series IN ('week', 'month', 'quarter')", name=op.f("ck_digest_entries_series")),
        sa.CheckConstraint("kind IN ('lead', 'decision')", name=op.f("ck_digest_entries_kind")),
        sa.CheckConstraint("mark IN ('due', 'late', 'opening')", name=op.f("ck_digest_entries_mark")),
        sa.ForeignKeyConstraint(["digest_id"], ["digests.id"], name="fk_digest_entries_digest_id"),
        sa.PrimaryKeyConstraint("series", "kind", "row_id", name="pk_digest_entries"),
    )
    op.create_index("ix_digest_entries_period", "digest_entries", ["series", "first_day"])
    op.create_table(
        "digest_events",
        sa.Column("id", types.WholeNumber, autoincrement=True, nullable=False),
        sa.Column("digest_id", types.Words(), nullable=False),
        sa.Column("kind", types.Words(), nullable=False),
        sa.Column("user", types.Words(), nullable=False),
        sa.Column("at", types.Moment(), nullable=False),
        sa.Column("recipient", types.Words(), nullable=False),
        sa.Column("detail", types.Words(), nullable=False),
        sa.Column("message", types.Words(), nullable=False),
        sa.CheckConstraint("kind IN ('approved', 'sent', 'failed')", name=op.f("ck_digest_events_kind")),
        sa.ForeignKeyConstraint(["digest_id"], ["digests.id"], name="fk_digest_events_digest_id"),
        sa.PrimaryKeyConstraint("id", name="pk_digest_events"),
    )
    op.create_index("ix_digest_events_digest_id", "digest_events", ["digest_id", "id"])
    dialect = op.get_bind().dialect.name
    for name, keys in PROTECTED.items():
        for statement in append_only(dialect, name, keys):
            op.execute(statement)
    for statement in _protect_entries(dialect):
        op.execute(statement)


def _protect_entries(dialect: str) -> list[str]:
    """The key has three columns, which `append_only` would take for three keys."""
    statements = append_only(dialect, "digest_entries", ("rowid",))
    if dialect == "postgresql":
        return statements
    same = "series = NEW.series AND kind = NEW.kind AND row_id = NEW.row_id"
    return [statement.replace("rowid = NEW.rowid", same) for statement in statements]


def downgrade() -> None:
    dialect = op.get_bind().dialect.name
    for name in ("digest_editions", "digest_entries", "digest_events"):
        for statement in drop_append_only(dialect, name):
            op.execute(statement)
    op.drop_table("digest_events")
    op.drop_table("digest_entries")
    op.drop_table("digest_editions")
