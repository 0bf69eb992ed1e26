"""The storing side of a crawl: exact bytes to the WARC, rows in batches, assessment behind them; no Scrapy here.

A batch is stored in this order: pictures and robots.txt as blobs, records appended to the WARC, file and folder synced,
then one transaction. A kill at any point leaves either the whole batch or a WARC tail that the next run cuts.
"""

from __future__ import annotations

import queue
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from crawlers.archive import Archive
from crawlers.assessing import Assessing
from crawlers.job import Envelope, Fetched, Job, Outcome, Refused, Touched, stored
from crawlers.sightings import keeps_content
from crawlers.tally import Tally
from pipelines import clock
from pipelines.desk import Desk
from pipelines.ingest.contact_vault import ContactVault
from pipelines.ingest.ingest import ingest_batch
from pipelines.records import Capture, Contact, ExtractedListing, Page, PageState
from pipelines.store import Tx

#: Pages stored in one transaction at most. The first batch is small and each may be twice the one before, so that a run
#: that is killed again and again gets on all the same.
BATCH = 64
FIRST_BATCH = 8
#: A batch that is not full is stored once nothing has come for this long, or once its first page has waited so long.
IDLE_SECONDS = 0.3
WAIT_SECONDS = 2.0
#: How often it is asked whether the run should end.
LOOK_UP_SECONDS = 1.0


class Writer:
    """Takes envelopes from the job's mailbox until it is closed; runs in the thread that called the crawl."""

    def __init__(
        self,
        desk: Desk,
        job: Job,
        assessor: Any,
        *,
        ocr: Any = None,
        progress: Callable[[Tally], None] | None = None,
        stopping: Callable[[], bool] = lambda: False,
    ) -> None:
        self._desk = desk
        self._job = job
        self._assessing = Assessing(desk, assessor, ocr=ocr) if assessor is not None else None
        self._progress = progress
        self._stopping = stopping
        self._looked = float("-inf")
        self._most = FIRST_BATCH
        self._source = job.recipe.name
        self._vault = ContactVault(desk.keys)
        self._archive = Archive(desk, self._source)
        self.tally = Tally()

    def run(self) -> None:
        """Until the mailbox holds None. Raises what storing raised, after telling everybody who waits."""
        open_envelopes: list[Envelope] = []
        try:
            ended = False
            while not ended:
                ended = self._collect(open_envelopes)
                if open_envelopes:
                    self._store([envelope.outcome for envelope in open_envelopes])
                    stored(open_envelopes, None)
                    open_envelopes.clear()
                    self._most = min(BATCH, 2 * self._most)
                    self._look_up()
            if self._assessing is not None:
                self._assessing.finish()
                self.tally.leads = self._assessing.leads
        except BaseException as exc:
            self._refuse(open_envelopes, exc)
            if self._assessing is not None:
                self._assessing.give_up()
            raise
        finally:
            self._archive.close()
            if self._job.ledger is not None:
                self._job.ledger.flush(force=True)

    def _collect(self, batch: list[Envelope]) -> bool:
        """Fill the batch; true once the crawl is over."""
        since = time.monotonic()
        while len(batch) < self._most and not (batch and time.monotonic() - since > WAIT_SECONDS):
            try:
                item = self._job.mailbox.get(timeout=IDLE_SECONDS if batch else LOOK_UP_SECONDS)
            except queue.Empty:
                self._look_up()
                return False
            if item is None:
                return True
            if not batch:
                since = time.monotonic()
            batch.append(item)
        return False

    def _look_up(self) -> None:
        """Has somebody stopped it? And what was asked goes into the store."""
        if time.monotonic() - self._looked >= LOOK_UP_SECONDS:
            self._looked = time.monotonic()
            if not self._job.halted and self._stopping():
                self._job.halt("按要求停下；已入库的页面不受影响，下次接着采集")
        if self._job.ledger is not None:
            self._job.ledger.flush()

    def _refuse(self, batch: list[Envelope], error: BaseException) -> None:
        """Nobody may wait for ever: fail what is open and what still comes in."""
        stored(batch, error)
        self._job.stop_at(PageState.UNREACHABLE, "存储失败")
        while True:
            try:
                item = self._job.mailbox.get(timeout=IDLE_SECONDS)
            except queue.Empty:
                return
            if item is None:
                return
            stored([item], error)

    def _store(self, outcomes: list[Outcome]) -> None:
        now = clock.now()
        # The same key twice in a batch: the later one stands, earlier bytes are kept as captures all the same.
        captures: list[Capture] = []
        listings: list[tuple[ExtractedListing, str | None]] = []
        pages: dict[str, Page] = {}
        touched: list[Touched] = []
        for outcome in outcomes:
            if isinstance(outcome, Fetched):
                capture = self._archive.capture(outcome)
                captures.append(capture)
                pages[outcome.key] = self._page(outcome, capture)
                if outcome.listing is not None:
                    listings.append((self._pseudonymous(self._with_pictures(outcome)), capture.id))
            elif isinstance(outcome, Refused):
                pages[outcome.key] = self._refused_page(outcome, now)
            else:
                touched.append(outcome)
        revisits = self._archive.revisits(touched)

        def also(tx: Tx) -> None:
            tx.revisits.add_many(revisits)
            tx.pages.touch_many(self._source, {one.key: _counts_as(one) for one in touched}, at=now)
            there = [one.key for one in touched if one.state is PageState.OK]
            tx.listings.seen_many(self._source, [*there, *(key for one in outcomes for key in one.listed)], now)
            # What a list leads to and that the list is done: together or not at all.
            tx.frontier.add_many(self._source, [ask for one in outcomes for ask in one.asks])
            tx.frontier.finish_many(self._source, [one.key for one in outcomes])

        result = ingest_batch(self._desk, captures, listings, tuple(pages.values()), sync=self._archive.sync, also=also)
        self._note_missing(outcomes)
        self.tally.new += result.new
        self.tally.changed += result.changed
        same = sum(one.state is PageState.OK for one in touched) + sum(len(one.listed) for one in outcomes)
        self.tally.unchanged += result.unchanged + same
        self.tally.pages += len(outcomes)
        if self._assessing is not None:
            moved = zip(result.listing_ids, result.outcomes, strict=True)
            self._assessing.tell([listing_id for listing_id, outcome in moved if outcome != "unchanged"])
            self.tally.leads = self._assessing.leads
        if self._progress is not None:
            self._progress(self.tally)

    def _note_missing(self, outcomes: list[Outcome]) -> None:
        """Postings seen gone for the first time, and those that are back or gone for good."""
        missing = self._job.watch.missing
        settled = [
            (outcome.key, outcome.sighting)
            for outcome in outcomes
            if isinstance(outcome, (Fetched, Touched)) and outcome.sighting is not None
        ]
        new = {key: since for key, sighting in settled if (since := sighting.missing_since) and key not in missing}
        over = [key for key, sighting in settled if sighting.missing_since is None and key in missing]
        if not new and not over:
            return
        with self._desk.store.transaction() as tx:
            for key, since in new.items():
                tx.health.note_missing(self._source, key, since)
            tx.health.found_again(self._source, over)
        missing.update(new)
        for key in over:
            del missing[key]

    def _with_pictures(self, fetched: Fetched) -> ExtractedListing:
        listing = fetched.listing
        if listing is None or not fetched.pictures:
            return listing  # type: ignore[return-value]  # only called with a listing
        images = tuple(
            replace(image, blob=self._desk.blobs.put(fetched.pictures[image.url]))
            if image.url in fetched.pictures
            else image
            for image in listing.images
        )
        return replace(listing, images=images)

    def _pseudonymous(self, listing: ExtractedListing) -> ExtractedListing:
        """With a pseudonym for the account it was posted by, when the recipe asks: equal ones stay equal."""
        if not listing.poster or self._job.recipe.privacy.get("author") != "hash":
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
