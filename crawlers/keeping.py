"""The second process of a crawl in a hurry: it stores and assesses, so that the first may read pages on another core.

A crawl at a real site's pace never needs it. It takes over between two batches, does what `Keeper` does, assesses
between batches, and ends with the first process however that ends. Should it die itself the crawl ends as one that was
killed: whatever it had confirmed is stored, and the next run goes on.
"""

from __future__ import annotations

import contextlib
import ctypes
import logging
import os
import signal
import subprocess
import sys
from collections import deque
from collections.abc import Sequence
from multiprocessing.connection import Connection, Pipe
from typing import Any

from crawlers.batch import Batch, Kept
from crawlers.errors import CrawlError
from crawlers.keeper import Keeper
from crawlers.spare import Spare
from pipelines.assessor import load_assessor, make_room, read_image
from pipelines.config import Settings
from pipelines.desk import Desk, open_desk
from pipelines.errors import PipelineError
from pipelines.ingest.ingest import assess_these

_log = logging.getLogger(__name__)

#: Listings assessed in one go between two batches; those with pictures, which take a second each, one by one.
AT_ONCE = 32
_DIED = "采集的第二个进程中断；已确认的页面都已入库，再运行就接着采集"


class KeepingProcess:
    """The other process, as the crawl sees it: a keeper that assesses as well. One thread at a time."""

    def __init__(
        self,
        settings: Settings,
        source: str,
        *,
        pseudonyms: bool,
        model: Sequence[str],
        ocr: bool,
        spare: Spare | None = None,
    ) -> None:
        """Started anew, unless there is a `spare`."""
        self._process: Spare | subprocess.Popen[bytes]
        self._process, self._pipe = (spare, spare.pipe) if spare is not None else _started()
        self._model = tuple(model)
        self._gone = False
        try:
            self._pipe.send((settings, source, pseudonyms, ocr))
        except OSError:
            self._gone = True  # a spare that somebody has killed: the first process does it all
        #: New leads so far.
        self.leads = 0

    @property
    def ready(self) -> bool:
        """Has it just said that it may be used? Asked until it is; one with another model never is."""
        if self._gone:
            return False
        try:
            if not self._pipe.poll(0):
                return False
            self._gone = self._pipe.recv() != self._model
        except (OSError, EOFError):
            self._gone = True
        if self._gone:
            _log.warning("采集的第二个进程不可用，余下的由本进程存储和研判")
            self.close()
        return not self._gone

    def keep(self, batch: Batch) -> Kept:
        """As `Keeper.keep`; what is new is assessed there. Raises CrawlError when it is gone."""
        kept: Kept
        kept, self.leads = self._ask(("keep", batch))
        return kept

    def assess(self, listing_ids: Sequence[int]) -> None:
        """These are to be assessed too."""
        _done, self.leads = self._ask(("assess", list(listing_ids)))

    def share(self) -> list[int]:
        """Nothing more will come: the half of what is left to assess, for the caller; the other half is done there."""
        mine: list[int] = self._ask(("share", None))
        return mine

    def finish(self) -> None:
        """Wait until all is assessed."""
        self.leads = self._answer()
        self.close()

    def close(self) -> None:
        """End it at once. What it confirmed stays."""
        self._process.kill()
        self._process.wait()
        self._pipe.close()

    def _ask(self, message: tuple[str, Any]) -> Any:
        try:
            self._pipe.send(message)
        except OSError as exc:
            raise CrawlError(_DIED) from exc
        return self._answer()

    def _answer(self) -> Any:
        try:
            answer = self._pipe.recv()
        except (OSError, EOFError) as exc:
            raise CrawlError(_DIED) from exc
        if isinstance(answer, BaseException):
            raise answer
        return answer


def _started() -> tuple[subprocess.Popen[bytes], Connection]:
    pipe, theirs = Pipe()
    with theirs:
        command = [sys.executable, "-m", "crawlers.keeping", str(theirs.fileno()), str(os.getpid())]
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, pass_fds=[theirs.fileno()]
        )
    return process, pipe


class _Bench:
    """The life of the second process: batches first, assessing in between."""

    def __init__(self, desk: Desk, keeper: Keeper, assessor: Any, pipe: Connection, ocr: Any) -> None:
        self._desk = desk
        self._keeper = keeper
        self._assessor = assessor
        self._pipe = pipe
        self._ocr = ocr
        self._waiting: deque[list[int]] = deque()
        self._leads = 0

    def run(self) -> None:
        """Until nothing more is to be done, or the first process has ended (EOFError)."""
        while True:
            if self._waiting and not self._pipe.poll(0):
                self._assess()
                continue
            what, value = self._pipe.recv()
            if what == "keep":
                kept = self._keeper.keep(value)
                pictures = any(getattr(outcome, "pictures", None) for outcome in value.outcomes)
                self._wait(list(kept.moved), 1 if pictures else AT_ONCE)
                self._pipe.send((kept, self._leads))
            elif what == "assess":
                self._wait(value, AT_ONCE)
                self._pipe.send((None, self._leads))
            else:
                # The one that asks has a processor of its own and nothing to do.
                keep = -(-len(self._waiting) // 2)
                self._pipe.send([one for piece in list(self._waiting)[keep:] for one in piece])
                self._waiting = deque(list(self._waiting)[:keep])
                while self._waiting:
                    self._assess()
                self._pipe.send(self._leads)

    def _wait(self, ids: list[int], at_once: int) -> None:
        self._waiting.extend(ids[start : start + at_once] for start in range(0, len(ids), at_once))

    def _assess(self) -> None:
        piece = self._waiting.popleft()
        self._leads += assess_these(self._desk, self._assessor, piece, ocr=self._ocr).leads_new


def _end_with(parent: int) -> None:
    """Die with the process that started us, also in the middle of a batch: the next run needs the WARC file."""
    # Ctrl-C reaches us too; the first process decides what follows from it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG
    if os.getppid() != parent:
        sys.exit(1)


def serve(pipe: Connection, parent: int) -> None:
    """The whole process: waits to be called, then stores and assesses until the first one ends it."""
    _end_with(parent)
    with pipe:
        try:
            settings, source, pseudonyms, ocr = pipe.recv()
        except EOFError:
            return  # never called
        with open_desk(settings, create=False) as desk:
            assessor = load_assessor(settings)
            make_room()
            keeper = Keeper(desk, source, pseudonyms=pseudonyms)
            pipe.send((assessor.model_id, assessor.rulebook_id))
            with contextlib.closing(keeper):
                try:
                    _Bench(desk, keeper, assessor, pipe, read_image if ocr else None).run()
                except EOFError:
                    return  # the first process has ended
                except (OSError, PipelineError) as exc:
                    pipe.send(exc)
                except Exception as exc:  # noqa: BLE001  # told to the one who asks, which ends the crawl
                    pipe.send(CrawlError(f"{type(exc).__name__}: {exc}"))


if __name__ == "__main__":
    serve(Connection(int(sys.argv[1])), int(sys.argv[2]))
