"""A page keeps a mark of what its row in a list said, so that the next run asks for those whose row says something
else."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from pipelines.store import types

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("pages", sa.Column("row_mark", types.Words(), nullable=True))


def downgrade() -> None:
    op.drop_column("pages", "row_mark")
