"""The storing side of a crawl: exact bytes to the WARC, rows in batches, assessment after each; no Scrapy here.

A batch is stored in this order: pictures and robots.txt as blobs, records appended to the WARC, file and folder synced,
then one transaction. A kill at any point leaves either the whole batch or a WARC tail that the next run cuts.
"""

from __future__ import annotations

import hashlib
import queue
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from crawlers.job import Envelope, Fetched, Job, Outcome, Refused, Touched, Wire
from crawlers.sightings import keeps_content
from pipelines import clock
from pipelines.desk import Desk
from pipelines.evidence.warc import SourceWarc, Written, open_source_warc
from pipelines.ingest.contact_vault import ContactVault
from pipelines.ingest.ingest import assess_pending, ingest_batch
from pipelines.records import Capture, Contact, ExtractedListing, Page, PageState

BATCH = 20
#: A batch that is not full is stored once nothing has come for this long.
IDLE_SECONDS = 0.3
#: How often it is asked whether the run should end.
LOOK_UP_SECONDS = 1.0
#: Listings assessed in one go; pictures are read first, which takes a second each.
ASSESS_BATCH = 40


@dataclass(kw_only=True)
class Tally:
    """What a run brought so far."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    leads: int = 0
    pages: int = 0


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
        self._assessor = assessor
        self._ocr = ocr
        self._progress = progress
        self._stopping = stopping
        self._looked = float("-inf")
        self._source = job.recipe.name
        self._vault = ContactVault(desk.keys)
        self._warc: SourceWarc | None = None
        self._day: date | None = None
        self._robots: dict[bytes, str] = {}
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
                    for envelope in open_envelopes:
                        envelope.done(None)
                    open_envelopes.clear()
                    self._look_up()
                    self._assess(once=True)
            self._assess(once=False)
        except BaseException as exc:
            self._refuse(open_envelopes, exc)
            raise
        finally:
            if self._warc is not None:
                self._warc.close()
            if self._job.ledger is not None:
                self._job.ledger.flush(force=True)

    def _collect(self, batch: list[Envelope]) -> bool:
        """Fill the batch; true once the crawl is over."""
        while len(batch) < BATCH:
            try:
                item = self._job.mailbox.get(timeout=IDLE_SECONDS if batch else LOOK_UP_SECONDS)
            except queue.Empty:
                self._look_up()
                return False
            if item is None:
                return True
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
        for envelope in batch:
            envelope.done(error)
        self._job.stop_at(PageState.UNREACHABLE, "存储失败")
        while True:
            try:
                item = self._job.mailbox.get(timeout=IDLE_SECONDS)
            except queue.Empty:
                return
            if item is None:
                return
            item.done(error)

    def _store(self, outcomes: list[Outcome]) -> None:
        now = clock.now()
        # The same key twice in a batch: the later one stands, earlier bytes are kept as captures all the same.
        captures: list[Capture] = []
        listings: list[tuple[ExtractedListing, str | None]] = []
        pages: dict[str, Page] = {}
        for outcome in outcomes:
            if isinstance(outcome, Fetched):
                capture = self._archive(outcome)
                captures.append(capture)
                pages[outcome.key] = self._page(outcome, capture)
                if outcome.listing is not None:
                    listings.append((self._pseudonymous(self._with_pictures(outcome)), capture.id))
            elif isinstance(outcome, Refused):
                pages[outcome.key] = self._refused_page(outcome, now)
        result = ingest_batch(self._desk, captures, listings, tuple(pages.values()), sync=self._sync)
        touched = [outcome for outcome in outcomes if isinstance(outcome, Touched)]
        if touched:
            self._touch(touched, now)
        self._note_missing(outcomes)
        self.tally.new += result.new
        self.tally.changed += result.changed
        self.tally.unchanged += result.unchanged + sum(outcome.state is PageState.OK for outcome in touched)
        self.tally.pages += len(outcomes)
        if self._progress is not None:
            self._progress(self.tally)

    def _touch(self, touched: list[Touched], now: datetime) -> None:
        with self._desk.store.transaction() as tx:
            for outcome in touched:
                if outcome.fetched:
                    state = outcome.sighting.state if outcome.sighting is not None else outcome.state
                    tx.pages.touch(self._source, outcome.key, state=state, at=now)
                if outcome.state is PageState.OK:
                    listing = tx.listings.find(self._source, outcome.key)
                    if listing is not None:
                        tx.listings.seen(listing.id, now)

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

    def _assess(self, *, once: bool) -> None:
        if self._assessor is None:
            return
        while True:
            result = assess_pending(self._desk, self._assessor, limit=ASSESS_BATCH, ocr=self._ocr)
            self.tally.leads += result.leads_new
            if once or not result.assessed:
                return

    def _sync(self) -> None:
        if self._warc is not None:
            self._warc.sync()

    def _warc_of(self, at: datetime) -> SourceWarc:
        """The WARC of the Shanghai day in which the page came."""
        day = clock.local(at).date()
        if self._warc is None or day != self._day:
            if self._warc is not None:
                self._warc.sync()
                self._warc.close()
            self._warc = open_source_warc(self._desk, self._source, day)
            self._day = day
        return self._warc

    def _archive(self, fetched: Fetched) -> Capture:
        """Bytes to the WARC, the page's own record last, so that its end is the committed end."""
        wire = fetched.wire
        warc = self._warc_of(wire.at)
        for other in fetched.others:
            write_wire(warc, other)
        written = write_wire(warc, wire)
        return Capture(
            id=clock.new_id(),
            source=self._source,
            url=fetched.url,
            final_url=fetched.final_url,
            captured_at=wire.at,
            method="http",
            http_status=wire.status,
            state=fetched.state,
            content_type=wire.header("content-type")[:200],
            charset=fetched.charset,
            sha256=hashlib.sha256(wire.body).hexdigest(),
            size=len(wire.body),
            warc_path=written.path,
            warc_offset=written.offset,
            warc_length=written.length,
            warc_record_id=written.record_id,
            etag=wire.header("etag") or None,
            last_modified=wire.header("last-modified") or None,
            robots_blob=self._robots_blob(fetched.robots),
            server_ip=wire.ip,
            environment=fetched.environment,
        )

    def _robots_blob(self, robots: bytes | None) -> str | None:
        if robots is None:
            return None
        if robots not in self._robots:
            self._robots[robots] = self._desk.blobs.put(robots, suffix=".txt")
        return self._robots[robots]

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


def write_wire(warc: Any, wire: Wire) -> Written:
    """One exchange as a request/response pair."""
    written: Written = warc.write_response(
        wire.url,
        wire.request_headers,
        f"HTTP/1.1 {wire.status}",
        wire.headers,
        wire.body,
        ip=wire.ip,
        at=wire.at,
        decoded=wire.decoded,
    )
    return written
