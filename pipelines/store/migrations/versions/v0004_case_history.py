"""A lead can leave a case without being forgotten, and a case can end: membership has a state, history has rows."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from pipelines.store import types
from pipelines.store.triggers import append_only, drop_append_only

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

#: Table → columns a new row could push an old one out on.
PROTECTED = {"case_events": ("id",)}


def upgrade() -> None:
    # SQLite cannot change a primary key, so the (short) table is read, dropped, made anew and filled again.
    kept = op.get_bind().execute(sa.text("SELECT case_id, lead_id FROM case_leads")).all()
    op.drop_table("case_leads")
    table = op.create_table(
        "case_leads",
        sa.Column("case_id", types.Words(), nullable=False),
        sa.Column("lead_id", types.WholeNumber, nullable=False),
        sa.Column("state", types.Words(), nullable=False),
        sa.CheckConstraint("state IN ('in', 'taken_out', 'released')", name=op.f("ck_case_leads_state")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_case_leads_case_id"),
        sa.ForeignKeyConstraint(["lead_id"], ["leads.id"], name="fk_case_leads_lead_id"),
        sa.PrimaryKeyConstraint("case_id", "lead_id", name="pk_case_leads"),
    )
    here = sa.text("state = 'in'")
    op.create_index(
        "uq_case_leads_in", "case_leads", ["lead_id"], unique=True, sqlite_where=here, postgresql_where=here
    )
    if kept:
        op.bulk_insert(table, [{"case_id": row.case_id, "lead_id": row.lead_id, "state": "in"} for row in kept])
    op.create_table(
        "case_events",
        sa.Column("id", types.WholeNumber, autoincrement=True, nullable=False),
        sa.Column("case_id", types.Words(), nullable=False),
        sa.Column("kind", types.Words(), nullable=False),
        sa.Column("lead_id", types.WholeNumber, nullable=True),
        sa.Column("reason", types.Words(), nullable=False),
        sa.Column("user", types.Words(), nullable=False),
        sa.Column("at", types.Moment(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('joined', 'taken_out', 'concluded', 'withdrawn')", name=op.f("ck_case_events_kind")
        ),
        sa.CheckConstraint(
            "(kind IN ('joined', 'taken_out')) = (lead_id IS NOT NULL)", name=op.f("ck_case_events_lead_id")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_case_events_case_id"),
        sa.ForeignKeyConstraint(["lead_id"], ["leads.id"], name="fk_case_events_lead_id"),
        sa.ForeignKeyConstraint(["user"], ["users.name"], name="fk_case_events_user"),
        sa.PrimaryKeyConstraint("id", name="pk_case_events"),
    )
    op.create_index("ix_case_events_case_id", "case_events", ["case_id", "id"])
    dialect = op.get_bind().dialect.name
    for name, keys in PROTECTED.items():
        for statement in append_only(dialect, name, keys):
            op.execute(statement)


def downgrade() -> None:
    dialect = op.get_bind().dialect.name
    for name in PROTECTED:
        for statement in drop_append_only(dialect, name):
            op.execute(statement)
    op.drop_table("case_events")
    kept = op.get_bind().execute(sa.text("SELECT case_id, lead_id FROM case_leads WHERE state = 'in'")).all()
    op.drop_table("case_leads")
    table = op.create_table(
        "case_leads",
        sa.Column("lead_id", types.WholeNumber, autoincrement=False, nullable=False),
        sa.Column("case_id", types.Words(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_case_leads_case_id"),
        sa.ForeignKeyConstraint(["lead_id"], ["leads.id"], name="fk_case_leads_lead_id"),
        sa.PrimaryKeyConstraint("lead_id", name="pk_case_leads"),
    )
    op.create_index("ix_case_leads_case_id", "case_leads", ["case_id"])
    if kept:
        op.bulk_insert(table, [{"case_id": row.case_id, "lead_id": row.lead_id} for row in kept])
