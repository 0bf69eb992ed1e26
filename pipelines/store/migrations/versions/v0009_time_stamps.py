"""Time stamps got, and those still to be got."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from pipelines.store import types

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "time_stamps",
        sa.Column("sha256", types.Words(), nullable=False),
        sa.Column("authority", types.Words(), nullable=False),
        sa.Column("token", types.Words(), nullable=True),
        sa.Column("stamped_at", types.Moment(), nullable=True),
        sa.Column("tries", types.WholeNumber, nullable=False),
        sa.Column("due_at", types.Moment(), nullable=True),
        sa.Column("fault", types.Words(), nullable=False),
        sa.CheckConstraint("(token IS NULL) = (stamped_at IS NULL)", name=op.f("ck_time_stamps_stamped_at")),
        sa.CheckConstraint("(token IS NULL) = (due_at IS NOT NULL)", name=op.f("ck_time_stamps_due_at")),
        sa.PrimaryKeyConstraint("sha256", "authority", name="pk_time_stamps"),
    )
    op.create_index("ix_time_stamps_due_at", "time_stamps", ["due_at"])


def downgrade() -> None:
    op.drop_table("time_stamps")
