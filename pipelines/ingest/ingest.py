"""Taking captures and postings in: one transaction a batch, after the WARC is on the disk."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pipelines import clock
from pipelines.desk import Desk, is_demo
from pipelines.ingest.assess_pending import AssessResult, assess_pending, assess_these
from pipelines.ingest.contact_vault import ContactVault
from pipelines.ingest.prepare import prepare
from pipelines.ingest.taking import take_all
from pipelines.records import Capture, ExtractedListing, Page
from pipelines.store import Tx

__all__ = ["AssessResult", "IngestResult", "assess_pending", "assess_these", "ingest_batch"]


@dataclass(frozen=True, kw_only=True)
class IngestResult:
    """What became of a batch."""

    new: int
    changed: int
    unchanged: int
    #: One a given listing, in order.
    listing_ids: tuple[int, ...]
    #: new | changed | unchanged, one a given listing, in order.
    outcomes: tuple[str, ...]


def ingest_batch(
    desk: Desk,
    captures: Sequence[Capture],
    listings: Sequence[tuple[ExtractedListing, str | None]],
    pages: Sequence[Page],
    *,
    sync: Callable[[], None],
    also: Callable[[Tx], None] = lambda _tx: None,
) -> IngestResult:
    """Store captures, postings (each with the id of its capture) and page memory, all or nothing.

    `sync` (the WARC's: file and folder) returns before the transaction begins, so a committed row never names bytes
    that are not on the disk. `also` adds rows to the same transaction. The sources named must be in the store.
    """
    vault = ContactVault(desk.keys)
    prepared = [prepare(vault, item, capture_id) for item, capture_id in listings]
    demo = is_demo(desk)
    sync()
    at = clock.now()
    with desk.store.transaction() as tx:
        tx.captures.add_many(list(captures))
        taken = take_all(tx, prepared, demo=demo, at=at)
        tx.pages.upsert_many(pages)
        also(tx)
    outcomes = tuple(outcome for _, outcome in taken)
    return IngestResult(
        new=outcomes.count("new"),
        changed=outcomes.count("changed"),
        unchanged=outcomes.count("unchanged"),
        listing_ids=tuple(listing_id for listing_id, _ in taken),
        outcomes=outcomes,
    )
