"""Whether a crawl is in a hurry: pages come faster than any real site's pace lets them."""

from __future__ import annotations

import logging
import time
from typing import Any

from crawlers.keeping import KeepingProcess
from crawlers.spare import Spare
from pipelines.assessor import usable_cores
from pipelines.desk import Desk

_log = logging.getLogger(__name__)

#: The second process is called once so many pages were stored within so many seconds; a copy that waits already costs a
#: third of one that is to be started. No real site is asked so fast: one page in three seconds at most.
ALONE, ALONE_WITH_SPARE = 100, 16
HURRY_S = 20.0


class Hurry:
    """Calls the second process when it pays, at most once."""

    def __init__(
        self, desk: Desk, source: str, assessor: Any, *, pseudonyms: bool, ocr: Any, spare: Spare | None = None
    ) -> None:
        self._desk = desk
        self._source = source
        self._model = (str(assessor.model_id), str(assessor.rulebook_id))
        self._pseudonyms = pseudonyms
        self._ocr = ocr is not None
        self._left = ALONE if spare is None else ALONE_WITH_SPARE
        self._began = time.monotonic()
        self._process: KeepingProcess | None = None
        self._spare = spare

    def after(self, stored: int) -> KeepingProcess | None:
        """So many pages more were stored here. The second process once it may take over."""
        if self._process is not None:
            return self._process if self._process.ready else None
        self._left -= stored
        if self._left > 0:
            return None
        now = time.monotonic()
        if usable_cores() > 1 and now - self._began < HURRY_S:
            self._process = KeepingProcess(
                self._desk.settings,
                self._source,
                pseudonyms=self._pseudonyms,
                model=self._model,
                ocr=self._ocr,
                spare=self._spare,
            )
        elif self._spare is not None:
            # At a real site's pace it would only lie in memory for hours.
            self._spare.close()
        self._spare = None
        self._began, self._left = now, ALONE
        return None

    def close(self) -> None:
        """End it, also one that was never used."""
        if self._process is not None:
            self._process.close()
        if self._spare is not None:
            self._spare.close()
