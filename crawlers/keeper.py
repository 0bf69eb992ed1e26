"""Stores batches of pages: exact bytes to the WARC, then all rows in one transaction.

In this order: pictures and robots.txt as blobs, records appended to the WARC, file and folder synced, then the
transaction. A kill at any point leaves either the whole batch or a WARC tail that the next run cuts.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from crawlers.archive import Archive
from crawlers.batch import Batch, Kept
from crawlers.job import Fetched, Refused, Touched
from crawlers.sightings import keeps_content
from pipelines import clock
from pipelines.desk import Desk
from pipelines.ingest.contact_vault import ContactVault
from pipelines.ingest.ingest import ingest_batch
from pipelines.records import Capture, Contact, ExtractedListing, Page, PageState
from pipelines.store import Tx


class Keeper:
    """Keeps what one source brings. Holds the day's WARC file from the first batch on until it is closed."""

    def __init__(self, desk: Desk, source: str, *, pseudonyms: bool) -> None:
        self._desk = desk
        self._source = source
        #: Are accounts kept under pseudonyms?
        self._pseudonyms = pseudonyms
        self._vault = ContactVault(desk.keys)
        self._archive = Archive(desk, source)

    def close(self) -> None:
        """Let go of the WARC file."""
        self._archive.close()

    def keep(self, batch: Batch) -> Kept:
        """Store a batch. When this returns, bytes and rows are on the disk. Raises OSError, PipelineError."""
        now = clock.now()
        # The same key twice in a batch: the later one stands, earlier bytes are kept as captures all the same.
        captures: list[Capture] = []
        listings: list[tuple[ExtractedListing, str | None]] = []
        pages: dict[str, Page] = {}
        touched: list[Touched] = []
        for outcome in batch.outcomes:
            if isinstance(outcome, Fetched):
                capture = self._archive.capture(outcome)
                captures.append(capture)
                pages[outcome.key] = self._page(outcome, capture)
                if outcome.listing is not None:
                    listings.append((self._pseudonymous(self._with_pictures(outcome, outcome.listing)), capture.id))
            elif isinstance(outcome, Refused):
                pages[outcome.key] = self._refused_page(outcome, now)
            else:
                touched.append(outcome)
        revisits = self._archive.revisits(touched)

        def also(tx: Tx) -> None:
            tx.revisits.add_many(revisits)
            tx.pages.touch_many(self._source, {one.key: _counts_as(one) for one in touched}, at=now)
            there = [one.key for one in touched if one.state is PageState.OK]
            tx.listings.seen_many(self._source, [*there, *(key for one in batch.outcomes for key in one.listed)], now)
            tx.pages.mark_many(self._source, {key: mark for one in batch.outcomes for key, mark in one.marks.items()})
            for key, since in batch.missing.items():
                tx.health.note_missing(self._source, key, since)
            tx.health.found_again(self._source, batch.found_again)
            # What a list leads to and that the list is done: together or not at all.
            tx.frontier.add_many(self._source, [ask for one in batch.outcomes for ask in one.asks])
            tx.frontier.finish_many(self._source, [one.key for one in batch.outcomes])

        result = ingest_batch(self._desk, captures, listings, tuple(pages.values()), sync=self._archive.sync, also=also)
        same = sum(one.state is PageState.OK for one in touched) + sum(len(one.listed) for one in batch.outcomes)
        moved = zip(result.listing_ids, result.outcomes, strict=True)
        return Kept(
            new=result.new,
            changed=result.changed,
            unchanged=result.unchanged + same,
            moved=tuple(listing_id for listing_id, outcome in moved if outcome != "unchanged"),
        )

    def _with_pictures(self, fetched: Fetched, listing: ExtractedListing) -> ExtractedListing:
        if not fetched.pictures:
            return listing
        images = tuple(
            replace(image, blob=self._desk.blobs.put(fetched.pictures[image.url]))
            if image.url in fetched.pictures
            else image
            for image in listing.images
        )
        return replace(listing, images=images)

    def _pseudonymous(self, listing: ExtractedListing) -> ExtractedListing:
        """With a pseudonym for the account it was posted by, when the recipe asks: equal ones stay equal."""
        if not listing.poster or not self._pseudonyms:
            return listing
        account = Contact(kind="account", value=f"{self._source}\0{listing.poster}")
        return replace(listing, poster=f"代号{self._vault.keyed_hash(account)[:12]}")

    def _page(self, fetched: Fetched, capture: Capture) -> Page:
        """What to remember: a wall or an error page never takes the place of content that was there."""
        kept = fetched.known if keeps_content(fetched.state, fetched.known) else None
        return Page(
            source=self._source,
            key=fetched.key,
            url=fetched.url,
            state=fetched.sighting.state if fetched.sighting is not None else fetched.state,
            etag=kept.etag if kept is not None else capture.etag,
            last_modified=kept.last_modified if kept is not None else capture.last_modified,
            signature=kept.signature if kept is not None else fetched.signature,
            last_capture_id=kept.last_capture_id if kept is not None else capture.id,
            first_seen_at=fetched.known.first_seen_at if fetched.known is not None else capture.captured_at,
            last_fetched_at=capture.captured_at,
            changed_at=fetched.changed_at,
        )

    def _refused_page(self, refused: Refused, now: datetime) -> Page:
        return Page(
            source=self._source,
            key=refused.key,
            url=refused.url,
            state=refused.state,
            etag=None,
            last_modified=None,
            signature=f"state:{refused.state}",
            last_capture_id=None,
            first_seen_at=now,
            last_fetched_at=now,
        )


def _counts_as(touched: Touched) -> PageState:
    """What a page that brought nothing new counts as from now on."""
    return touched.sighting.state if touched.sighting is not None else touched.state
