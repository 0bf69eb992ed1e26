"""Opinions of a second reader."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from pipelines.store import types
from pipelines.store.triggers import append_only, drop_append_only

FAULTS = (
    "fault IN ('address', 'unreachable', 'certificate', 'timeout', 'redirect', 'denied', 'busy', 'http', "
    "'too_large', 'not_json', 'invalid')"
)

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "opinions",
        sa.Column("id", types.WholeNumber, autoincrement=True, nullable=False),
        sa.Column("lead_id", types.WholeNumber, nullable=False),
        sa.Column("assessment_id", types.WholeNumber, nullable=False),
        sa.Column("model", types.Words(), nullable=False),
        sa.Column("prompt", types.Words(), nullable=False),
        sa.Column("asked_at", types.Moment(), nullable=False),
        sa.Column("outcome", types.Words(), nullable=False),
        sa.Column("fault", types.Words(), nullable=True),
        sa.Column("answer", types.Json(), nullable=True),
        sa.CheckConstraint("outcome IN ('given', 'missed')", name=op.f("ck_opinions_outcome")),
        sa.CheckConstraint(FAULTS, name=op.f("ck_opinions_fault")),
        sa.CheckConstraint("(outcome = 'given') = (answer IS NOT NULL)", name=op.f("ck_opinions_answer")),
        sa.CheckConstraint("(outcome = 'missed') = (fault IS NOT NULL)", name=op.f("ck_opinions_fault_told")),
        sa.ForeignKeyConstraint(["lead_id"], ["leads.id"], name="fk_opinions_lead_id"),
        sa.ForeignKeyConstraint(["assessment_id"], ["assessments.id"], name="fk_opinions_assessment_id"),
        sa.PrimaryKeyConstraint("id", name="pk_opinions"),
    )
    op.create_index("ix_opinions_lead_id", "opinions", ["lead_id", "id"])
    op.create_index("ix_opinions_assessment_id", "opinions", ["assessment_id"])
    for statement in append_only(op.get_bind().dialect.name, "opinions", ("id",)):
        op.execute(statement)


def downgrade() -> None:
    for statement in drop_append_only(op.get_bind().dialect.name, "opinions"):
        op.execute(statement)
    op.drop_table("opinions")
