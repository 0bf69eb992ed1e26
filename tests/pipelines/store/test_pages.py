"""Pages that a source was asked for, and what is remembered of them."""

from __future__ import annotations

from dataclasses import replace

from pipelines.desk import Desk
from tests.factories import page, source


def test_what_a_row_said_stays_until_another_is_read(any_desk: Desk) -> None:
    with any_desk.store.transaction() as tx:
        tx.sources.upsert(source())
        one = page()
        tx.pages.upsert(one)
        tx.pages.mark_many(one.source, {one.key: "list:a", "nobody": "list:b"})
        tx.pages.mark_many("another", {one.key: "list:c"})
        tx.pages.mark_many(one.source, {})
    with any_desk.store.transaction() as tx:
        # Fetched again: what its row said is not the page's to tell.
        tx.pages.upsert(replace(one, signature="other"))
        known = tx.pages.get(one.source, one.key)
        assert known is not None
        assert (known.row_mark, known.signature) == ("list:a", "other")
        assert tx.pages.get(one.source, "nobody") is None
