"""Run by Alembic only: migrate the connection that pipelines.store.schema hands over."""

from __future__ import annotations

from alembic import context

from pipelines.store import (
    crawl_tables,
    desk_tables,
    digest_tables,
    follow_up_tables,
    health_tables,
    job_tables,
    put_in_tables,
    retention_tables,
    stamp_tables,
    tables,
)
from pipelines.store.base import Base

# Importing these modules is what fills the metadata; named here so that no tool calls them unused.
TABLES = (
    tables,
    desk_tables,
    health_tables,
    job_tables,
    crawl_tables,
    stamp_tables,
    digest_tables,
    follow_up_tables,
    put_in_tables,
    retention_tables,
)

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    # SQLite cannot alter most things in place; Alembic then copies the table.
    render_as_batch=True,
    user_module_prefix="types.",
)
with context.begin_transaction():
    context.run_migrations()
