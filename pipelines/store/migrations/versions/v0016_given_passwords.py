"""Since when a password is one that somebody else gave: it is changed before anything else."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from pipelines.store import types

revision = "0016"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("users", sa.Column("password_given_at", types.Moment(), nullable=True))


def downgrade() -> None:
    op.drop_column("users", "password_given_at")
