"""What became of leads has a table of its own, and the ledger of digests names its rows."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from pipelines.store import types
from pipelines.store.triggers import append_only, drop_append_only

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

#: Table → columns a new row could push an old one out on.
PROTECTED = {"follow_ups": ("id", "undoes")}
_KINDS = "kind IN ('received', 'filed', 'rectified', 'penalised', 'unfounded', 'returned', 'undo')"
_BEFORE = "kind IN ('lead', 'decision')"
_AFTER = "kind IN ('lead', 'decision', 'follow_up')"


def upgrade() -> None:
    op.create_table(
        "follow_ups",
        sa.Column("id", types.WholeNumber, autoincrement=True, nullable=False),
        sa.Column("lead_id", types.WholeNumber, nullable=False),
        sa.Column("decision_id", types.WholeNumber, nullable=False),
        sa.Column("kind", types.Words(), nullable=False),
        sa.Column("office", types.Words(), nullable=False),
        sa.Column("on_day", types.Words(), nullable=False),
        sa.Column("paper", types.Words(), nullable=False),
        sa.Column("note", types.Words(), nullable=False),
        sa.Column("user", types.Words(), nullable=False),
        sa.Column("os_account", types.Words(), nullable=True),
        sa.Column("at", types.Moment(), nullable=False),
        sa.Column("undoes", types.WholeNumber, nullable=True),
        sa.CheckConstraint(_KINDS, name=op.f("ck_follow_ups_kind")),
        sa.CheckConstraint("(kind = 'undo') = (undoes IS NOT NULL)", name=op.f("ck_follow_ups_undoes")),
        sa.CheckConstraint("(kind = 'undo') = (on_day = '')", name=op.f("ck_follow_ups_on_day")),
        sa.ForeignKeyConstraint(["lead_id"], ["leads.id"], name="fk_follow_ups_lead_id"),
        sa.ForeignKeyConstraint(["decision_id"], ["decisions.id"], name="fk_follow_ups_decision_id"),
        sa.ForeignKeyConstraint(["user"], ["users.name"], name="fk_follow_ups_user"),
        sa.ForeignKeyConstraint(["undoes"], ["follow_ups.id"], name="fk_follow_ups_undoes"),
        sa.PrimaryKeyConstraint("id", name="pk_follow_ups"),
        sa.UniqueConstraint("undoes", name="uq_follow_ups_undoes"),
    )
    op.create_index("ix_follow_ups_lead_id", "follow_ups", ["lead_id", "id"])
    op.create_index("ix_follow_ups_at", "follow_ups", ["at"])
    dialect = op.get_bind().dialect.name
    for name, keys in PROTECTED.items():
        for statement in append_only(dialect, name, keys):
            op.execute(statement)
    _rule(_AFTER)


def downgrade() -> None:
    dialect = op.get_bind().dialect.name
    _rule(_BEFORE, kept="kind <> 'follow_up'")
    for name in PROTECTED:
        for statement in drop_append_only(dialect, name):
            op.execute(statement)
    op.drop_table("follow_ups")


def _rule(after: str, kept: str = "1 = 1") -> None:
    """Another rule for the ledger's kinds; rows outside of `kept` go. SQLite cannot alter a rule: the table is made
    anew under its name, its guards with it."""
    dialect = op.get_bind().dialect.name
    name = op.f("ck_digest_entries_kind")
    for statement in drop_append_only(dialect, "digest_entries"):
        op.execute(statement)
    if dialect != "sqlite":
        op.execute(f"DELETE FROM digest_entries WHERE NOT ({kept})")  # noqa: S608  # ours
        op.drop_constraint(name, "digest_entries", type_="check")
        op.create_check_constraint(name, "digest_entries", after)
    else:
        op.execute(f"CREATE TABLE digest_entries_kept AS SELECT * FROM digest_entries WHERE {kept}")  # noqa: S608
        op.drop_index("ix_digest_entries_period", table_name="digest_entries")
        op.drop_table("digest_entries")
        op.create_table(
            "digest_entries",
            sa.Column("series", types.Words(), nullable=False),
            sa.Column("kind", types.Words(), nullable=False),
            sa.Column("row_id", types.WholeNumber, autoincrement=False, nullable=False),
            sa.Column("first_day", types.Words(), nullable=False),
            sa.Column("digest_id", types.Words(), nullable=False),
            sa.Column("mark", types.Words(), nullable=False),
            sa.CheckConstraint("series IN ('week', 'month', 'quarter')", name=op.f("ck_digest_entries_series")),
            sa.CheckConstraint(after, name=name),
            sa.CheckConstraint("mark IN ('due', 'late', 'opening')", name=op.f("ck_digest_entries_mark")),
            sa.ForeignKeyConstraint(["digest_id"], ["digests.id"], name="fk_digest_entries_digest_id"),
            sa.PrimaryKeyConstraint("series", "kind", "row_id", name="pk_digest_entries"),
        )
        op.create_index("ix_digest_entries_period", "digest_entries", ["series", "first_day"])
        # Its columns stand in the order they always had.
        op.execute("INSERT INTO digest_entries SELECT * FROM digest_entries_kept")
        op.drop_table("digest_entries_kept")
    for statement in _protect_entries(dialect):
        op.execute(statement)


def _protect_entries(dialect: str) -> list[str]:
    """The key has three columns, which `append_only` would take for three keys (as in 0010)."""
    statements = append_only(dialect, "digest_entries", ("rowid",))
    if dialect == "postgresql":
        return statements
    same = "series = NEW.series AND kind = NEW.kind AND row_id = NEW.row_id"
    return [statement.replace("rowid = NEW.rowid", same) for statement in statements]
