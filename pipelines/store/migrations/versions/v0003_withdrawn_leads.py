"""Open leads that a newer model or rulebook no longer calls one."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from pipelines.store import types

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "withdrawn_leads",
        sa.Column("lead_id", types.WholeNumber, autoincrement=False, nullable=False),
        sa.Column("assessment_id", types.WholeNumber, nullable=False),
        sa.Column("at", types.Moment(), nullable=False),
        sa.ForeignKeyConstraint(["lead_id"], ["leads.id"], name="fk_withdrawn_leads_lead_id"),
        sa.ForeignKeyConstraint(["assessment_id"], ["assessments.id"], name="fk_withdrawn_leads_assessment_id"),
        sa.PrimaryKeyConstraint("lead_id", name="pk_withdrawn_leads"),
    )
    op.create_index("ix_withdrawn_leads_assessment_id", "withdrawn_leads", ["assessment_id"])


def downgrade() -> None:
    op.drop_table("withdrawn_leads")
