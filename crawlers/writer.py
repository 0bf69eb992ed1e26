"""The storing side of a crawl: outcomes in batches to the keeper, assessment behind them; no Scrapy here."""

from __future__ import annotations

import queue
import time
from collections.abc import Callable
from typing import Any

from crawlers.assessing import Assessing
from crawlers.batch import Batch
from crawlers.hurry import Hurry
from crawlers.job import Envelope, Job, Outcome, stored
from crawlers.keeper import Keeper
from crawlers.keeping import KeepingProcess
from crawlers.spare import Spare
from crawlers.tally import Tally
from pipelines.desk import Desk
from pipelines.records import PageState

#: Pages stored in one transaction at most. The first batch is small and each may be twice the one before, so that a run
#: that is killed again and again gets on all the same.
BATCH = 64
FIRST_BATCH = 8
#: A batch that is not full is stored once nothing has come for this long, or once its first page has waited so long.
IDLE_SECONDS = 0.3
WAIT_SECONDS = 2.0
#: How often it is looked whether more pages have come for a batch that has begun.
NAP_SECONDS = 0.03
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
        beside: Spare | bool = False,
    ) -> None:
        self._job = job
        self._assessing = Assessing(desk, assessor, ocr=ocr) if assessor is not None else None
        self._progress = progress
        self._stopping = stopping
        self._looked = float("-inf")
        self._most = FIRST_BATCH
        pseudonyms = job.recipe.privacy.get("author") == "hash"
        self._keeper: Keeper | KeepingProcess = Keeper(desk, job.recipe.name, pseudonyms=pseudonyms)
        self._hurry: Hurry | None = None
        if beside:
            spare = beside if isinstance(beside, Spare) else None
            self._hurry = Hurry(desk, job.recipe.name, assessor, pseudonyms=pseudonyms, ocr=ocr, spare=spare)
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
            self._finish()
        except BaseException as exc:
            self._refuse(open_envelopes, exc)
            if self._assessing is not None:
                self._assessing.give_up()
            raise
        finally:
            self._keeper.close()
            if self._hurry is not None:
                self._hurry.close()
            if self._job.ledger is not None:
                self._job.ledger.flush(force=True)

    def _collect(self, batch: list[Envelope]) -> bool:
        """Fill the batch; true once the crawl is over."""
        since = last = time.monotonic()
        while len(batch) < self._most and not (batch and time.monotonic() - since > WAIT_SECONDS):
            try:
                item = self._job.mailbox.get(timeout=None if batch else LOOK_UP_SECONDS, block=not batch)
            except queue.Empty:
                if not batch or time.monotonic() - last > IDLE_SECONDS:
                    self._look_up()
                    return False
                # To be woken by every page would take the spider's thread off the processor each time.
                time.sleep(min(NAP_SECONDS, IDLE_SECONDS))
                continue
            if item is None:
                return True
            last = time.monotonic()
            if not batch:
                since = last
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
        missing = self._job.watch.missing
        batch = Batch.of(outcomes, missing)
        kept = self._keeper.keep(batch)
        missing.update(batch.missing)
        for key in batch.found_again:
            missing.pop(key, None)
        self.tally.new += kept.new
        self.tally.changed += kept.changed
        self.tally.unchanged += kept.unchanged
        self.tally.pages += len(outcomes)
        if self._assessing is not None and isinstance(self._keeper, Keeper):
            self._assessing.tell(kept.moved)
            self._hurry_on(len(outcomes), self._keeper)
        self.tally.leads = self._leads()
        if self._progress is not None:
            self._progress(self.tally)

    def _hurry_on(self, stored_now: int, keeper: Keeper) -> None:
        """From here on another process stores and assesses, once it is there."""
        if self._hurry is None or self._assessing is None:
            return
        beside = self._hurry.after(stored_now)
        if beside is not None:
            # All that this one has written is synced, and the file of the day has one writer.
            keeper.close()
            self._keeper = beside
            beside.assess(self._assessing.hand_over())

    def _finish(self) -> None:
        """Assess whatever waits, here and there."""
        if self._assessing is None:
            return
        if isinstance(self._keeper, KeepingProcess):
            self._assessing.tell(self._keeper.share())
            self._keeper.finish()
        self._assessing.finish()
        self.tally.leads = self._leads()

    def _leads(self) -> int:
        own = self._assessing.leads if self._assessing is not None else 0
        return own + (self._keeper.leads if isinstance(self._keeper, KeepingProcess) else 0)
