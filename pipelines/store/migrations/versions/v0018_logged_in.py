"""What shows that a brought page was saved by somebody logged in stands on its capture; who put such a page into the
packages of a case, and why, has a table of its own."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from pipelines.store import types
from pipelines.store.triggers import append_only, drop_append_only

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

#: Table → columns a new row could push an old one out on.
PROTECTED = {"put_ins": ("id",)}


def upgrade() -> None:
    op.add_column("captures", sa.Column("logged_in", types.Words(), nullable=True))
    op.create_table(
        "put_ins",
        sa.Column("id", types.WholeNumber, autoincrement=True, nullable=False),
        sa.Column("case_id", types.Words(), nullable=False),
        sa.Column("capture_id", types.Words(), nullable=False),
        sa.Column("lead_id", types.WholeNumber, nullable=False),
        sa.Column("reason", types.Words(), nullable=False),
        sa.Column("user", types.Words(), nullable=False),
        sa.Column("at", types.Moment(), nullable=False),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_put_ins_reason")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_put_ins_case_id"),
        sa.ForeignKeyConstraint(["capture_id"], ["captures.id"], name="fk_put_ins_capture_id"),
        sa.ForeignKeyConstraint(["lead_id"], ["leads.id"], name="fk_put_ins_lead_id"),
        sa.ForeignKeyConstraint(["user"], ["users.name"], name="fk_put_ins_user"),
        sa.PrimaryKeyConstraint("id", name="pk_put_ins"),
    )
    op.create_index("ix_put_ins_case_id", "put_ins", ["case_id", "id"])
    dialect = op.get_bind().dialect.name
    for name, keys in PROTECTED.items():
        for statement in append_only(dialect, name, keys):
            op.execute(statement)


def downgrade() -> None:
    dialect = op.get_bind().dialect.name
    for name in PROTECTED:
        for statement in drop_append_only(dialect, name):
            op.execute(statement)
    op.drop_table("put_ins")
    op.drop_column("captures", "logged_in")
