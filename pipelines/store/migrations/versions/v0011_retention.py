"""What is deleted on schedule: a source's own number of days, versions emptied, files gone."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from pipelines.store import types

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("sources", sa.Column("retain_days", types.WholeNumber, nullable=True))
    op.add_column("listing_versions", sa.Column("emptied_at", types.Moment(), nullable=True))
    op.create_table(
        "deletions",
        sa.Column("object", types.Words(), nullable=False),
        sa.Column("kind", types.Words(), nullable=False),
        sa.Column("source", types.Words(), nullable=False),
        sa.Column("sha256", types.Words(), nullable=False),
        sa.Column("size", types.WholeNumber, nullable=False),
        sa.Column("records", types.WholeNumber, nullable=False),
        sa.Column("marked_at", types.Moment(), nullable=False),
        sa.Column("removed_at", types.Moment(), nullable=True),
        sa.CheckConstraint("kind IN ('warc', 'blob')", name=op.f("ck_deletions_kind")),
        sa.PrimaryKeyConstraint("object", name="pk_deletions"),
    )
    op.create_index("ix_deletions_kind_removed_at", "deletions", ["kind", "removed_at"])


def downgrade() -> None:
    op.drop_index("ix_deletions_kind_removed_at", table_name="deletions")
    op.drop_table("deletions")
    op.drop_column("listing_versions", "emptied_at")
    op.drop_column("sources", "retain_days")
