"""An empty database as every test finds it: at the newest schema, and said to be a real office's (an empty one may
still change its mind)."""

from __future__ import annotations

from pipelines.desk import KIND
from pipelines.store import open_store


def empty_store(url: str) -> None:
    """Make it; to be copied, faster than migrating and saying so for each test."""
    store = open_store(url, create=True)
    with store.transaction() as tx:
        tx.settings.set(KIND, "real")
    store.close()
