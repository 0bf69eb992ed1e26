"""A crawl's frontier lives in the store, and so does the index of WARC revisit records."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from pipelines.store import types

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "frontier",
        sa.Column("id", types.WholeNumber, autoincrement=True, nullable=False),
        sa.Column("source", types.Words(), nullable=False),
        sa.Column("key", types.Words(), nullable=False),
        sa.Column("url", types.Words(), nullable=False),
        sa.Column("kind", types.Words(), nullable=False),
        sa.Column("place", types.Json(), nullable=False),
        sa.Column("done", sa.Boolean(), nullable=False),
        sa.CheckConstraint("kind IN ('list', 'detail')", name=op.f("ck_frontier_kind")),
        sa.ForeignKeyConstraint(["source"], ["sources.name"], name="fk_frontier_source"),
        sa.PrimaryKeyConstraint("id", name="pk_frontier"),
        sa.UniqueConstraint("source", "key", name="uq_frontier_source_key"),
    )
    op.create_index("ix_frontier_waiting", "frontier", ["source", "kind", "done", "id"])
    op.create_table(
        "revisits",
        sa.Column("id", types.Words(), nullable=False),
        sa.Column("source", types.Words(), nullable=False),
        sa.Column("url", types.Words(), nullable=False),
        sa.Column("capture_id", types.Words(), nullable=False),
        sa.Column("at", types.Moment(), nullable=False),
        sa.Column("http_status", types.WholeNumber, nullable=False),
        sa.Column("warc_path", types.Words(), nullable=False),
        sa.Column("warc_offset", types.WholeNumber, nullable=False),
        sa.Column("warc_length", types.WholeNumber, nullable=False),
        sa.Column("warc_record_id", types.Words(), nullable=False),
        sa.CheckConstraint("warc_offset >= 0 AND warc_length >= 0", name=op.f("ck_revisits_extent")),
        sa.ForeignKeyConstraint(["capture_id"], ["captures.id"], name="fk_revisits_capture_id"),
        sa.ForeignKeyConstraint(["source"], ["sources.name"], name="fk_revisits_source"),
        sa.PrimaryKeyConstraint("id", name="pk_revisits"),
    )
    op.create_index("ix_revisits_capture_id", "revisits", ["capture_id", "at"])
    op.create_index("ix_revisits_warc", "revisits", ["warc_path", "warc_offset", "warc_length"])


def downgrade() -> None:
    op.drop_table("revisits")
    op.drop_table("frontier")
