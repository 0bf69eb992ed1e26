"""A decision names the findings it does not adopt, and may be given its reason later, by a row of its own."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from pipelines.store import types
from pipelines.store.triggers import append_only, drop_append_only

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

#: Table → columns a new row could push an old one out on.
PROTECTED = {"decision_reasons": ("id", "decision_id")}


def upgrade() -> None:
    op.add_column("decisions", sa.Column("struck", types.Json(), nullable=True))
    op.create_table(
        "decision_reasons",
        sa.Column("id", types.WholeNumber, autoincrement=True, nullable=False),
        sa.Column("decision_id", types.WholeNumber, nullable=False),
        sa.Column("reason", types.Words(), nullable=False),
        sa.Column("user", types.Words(), nullable=False),
        sa.Column("os_account", types.Words(), nullable=True),
        sa.Column("at", types.Moment(), nullable=False),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_decision_reasons_reason")),
        sa.ForeignKeyConstraint(["decision_id"], ["decisions.id"], name="fk_decision_reasons_decision_id"),
        sa.ForeignKeyConstraint(["user"], ["users.name"], name="fk_decision_reasons_user"),
        sa.PrimaryKeyConstraint("id", name="pk_decision_reasons"),
        sa.UniqueConstraint("decision_id", name="uq_decision_reasons_decision_id"),
    )
    dialect = op.get_bind().dialect.name
    for name, keys in PROTECTED.items():
        for statement in append_only(dialect, name, keys):
            op.execute(statement)


def downgrade() -> None:
    dialect = op.get_bind().dialect.name
    for name in PROTECTED:
        for statement in drop_append_only(dialect, name):
            op.execute(statement)
    op.drop_table("decision_reasons")
    op.drop_column("decisions", "struck")
