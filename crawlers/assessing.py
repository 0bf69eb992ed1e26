"""The assessing side of a crawl, in a thread of its own: the writer goes on storing while texts are read."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any

from pipelines.desk import Desk
from pipelines.ingest.ingest import assess_pending, assess_these

#: Listings assessed in one go; pictures are read first, which takes a second each.
AT_ONCE = 80


class Assessing:
    """Assesses what it is told of, in that order, and at the end whatever else is pending.

    Nothing rests on it: a listing that was stored and not assessed (a kill) is assessed at the end of the next run.
    """

    def __init__(self, desk: Desk, assessor: Any, *, ocr: Any = None) -> None:
        self._desk = desk
        self._assessor = assessor
        self._ocr = ocr
        self._waiting: list[int] = []
        self._moved = threading.Condition()
        self._over = False
        self._error: BaseException | None = None
        self._thread: threading.Thread | None = None
        #: New leads so far.
        self.leads = 0

    def tell(self, listing_ids: Sequence[int]) -> None:
        """These are stored. Raises what assessing raised meanwhile."""
        self._raise()
        if not listing_ids:
            return
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="assessing", daemon=True)
            self._thread.start()
        with self._moved:
            self._waiting += listing_ids
            self._moved.notify()

    def hand_over(self) -> list[int]:
        """What waits, for somebody else to assess; what is being assessed just now is brought to its end."""
        with self._moved:
            waiting, self._waiting = self._waiting, []
        return waiting

    def finish(self) -> None:
        """Wait until all it was told of is assessed, then do what else is pending. Raises what assessing raised."""
        self._join()
        self._raise()
        while True:
            result = assess_pending(self._desk, self._assessor, limit=AT_ONCE, ocr=self._ocr)
            self.leads += result.leads_new
            if not result.assessed:
                return

    def give_up(self) -> None:
        """End without doing what still waits."""
        with self._moved:
            self._waiting.clear()
        self._join()

    def _join(self) -> None:
        with self._moved:
            self._over = True
            self._moved.notify()
        if self._thread is not None:
            self._thread.join()

    def _raise(self) -> None:
        if self._error is not None:
            raise self._error

    def _run(self) -> None:
        try:
            while piece := self._piece():
                self.leads += assess_these(self._desk, self._assessor, piece, ocr=self._ocr).leads_new
        except BaseException as exc:  # noqa: BLE001  # raised again in the writer's thread
            self._error = exc

    def _piece(self) -> list[int]:
        """What waits, a bounded part of it; empty when no more will come."""
        with self._moved:
            self._moved.wait_for(lambda: self._waiting or self._over)
            piece, self._waiting = self._waiting[:AT_ONCE], self._waiting[AT_ONCE:]
        return piece
