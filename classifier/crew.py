"""Many lines answered by several processes, in the order they came in: this one, and helpers once there is work.

The first lines are answered here, so a few texts cost no helper's start. Helpers are spawned, load the model of this
process and no other, and get whole chunks of lines; this process goes on answering chunks itself while they are busy.
What waits is bounded, so memory does not grow with the input. A helper that dies is told of, and its lines are answered
here: none is lost with it.
"""

from __future__ import annotations

import gc
import logging
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace
from multiprocessing import get_context, parent_process
from typing import TYPE_CHECKING, Literal, NamedTuple

from classifier.errors import ClassifierError
from classifier.lines import CHUNK, Line, dump, parse
from classifier.types import Posting

if TYPE_CHECKING:
    from classifier.assess import Assessor

#: screen: the first tier alone; full: everything; explained: with what moved the model.
Mode = Literal["screen", "full", "explained"]
Load = Callable[[], "Assessor"]
#: Lines answered before helpers are called: about what is done here while one of them loads its model.
ALONE = 4 * CHUNK
#: Chunks given to each helper: one in hand, one to go on with while this process is busy itself.
_AHEAD = 2
#: Chunks that wait for one before them, for each process.
_WAITING = 12
#: Nobody asked for more by default: each process holds a model, about 300 MB.
MOST_JOBS = 8
#: Records made before garbage is looked for; those of a chunk are about half as many.
_YOUNG = 200_000


class Answered(NamedTuple):
    """The lines out for a chunk of lines in."""

    out: bytes
    #: whether one of them is an error
    faulty: bool


class _Unfit(Exception):
    """A helper that has no model, or another than the process that called it."""


def usable_cores() -> int:
    """Processors this process may use, at most MOST_JOBS."""
    return max(1, min(MOST_JOBS, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 2))


def answer(assessor: Assessor, chunk: Sequence[Line], mode: Mode) -> Answered:
    """One line out for each line in. Raises EmbeddingError when the second tier's engine is broken."""
    items = [parse(line) for line in chunk]
    postings = [item for item in items if isinstance(item, Posting)]
    if mode == "explained":
        postings = [replace(item, explain="always") for item in postings]
    answers = iter(assessor.screen(postings) if mode == "screen" else assessor.assess(postings))
    out = b"".join(dump(item if isinstance(item, dict) else next(answers)) for item in items)
    return Answered(out, len(postings) < len(items))


def settle() -> None:
    """Make garbage collection fit a process that does nothing else.

    It then looks through neither what is loaded by now, which stays until the end, nor the records of one chunk again
    and again. Without this it takes a sixth of the screening.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNG)


class Crew:
    """This process and its helpers. `load` gives a helper the assessor (picklable: it goes to another process); `tell`
    is given one sentence when a helper is lost."""

    def __init__(self, assessor: Assessor, *, load: Load, mode: Mode, jobs: int, tell: Callable[[str], None]) -> None:
        self._assessor = assessor
        self._load = load
        self._mode: Mode = mode
        self._helpers = jobs - 1
        self._tell = tell
        self._pool: ProcessPoolExecutor | None = None

    def answers(self, chunks: Iterable[Sequence[Line]]) -> Iterator[Answered]:
        """The answers to each chunk, in order; at an empty chunk all that wait, since no more may come for long."""
        waiting: deque[tuple[Sequence[Line], Future[Answered] | Answered]] = deque()
        seen = 0
        try:
            for chunk in chunks:
                seen += len(chunk)
                full = _WAITING * (self._helpers + 1)
                while waiting and (not chunk or len(waiting) >= full or _done(waiting[0][1])):
                    yield self._result(*waiting.popleft())
                if not chunk:
                    continue
                if seen > ALONE and self._helpers and self._pool is None:
                    self._pool = self._call()
                busy = sum(not _done(result) for _, result in waiting)
                given = self._given(chunk) if busy < _AHEAD * self._helpers else None
                waiting.append((chunk, given or answer(self._assessor, chunk, self._mode)))
            while waiting:
                yield self._result(*waiting.popleft())
        finally:
            if self._pool is not None:
                self._pool.shutdown(wait=True, cancel_futures=True)

    def _call(self) -> ProcessPoolExecutor:
        ids = self._assessor.model_id, self._assessor.rulebook_id
        return ProcessPoolExecutor(
            self._helpers, mp_context=get_context("spawn"), initializer=_arrive, initargs=(self._load, ids)
        )

    def _given(self, chunk: Sequence[Line]) -> Future[Answered] | None:
        """The chunk in a helper's hands; None when there is no helper."""
        if self._pool is None:
            return None
        try:
            return self._pool.submit(_work, chunk, self._mode)
        except (BrokenProcessPool, OSError) as error:
            self._go_on_alone(error)
            return None

    def _result(self, chunk: Sequence[Line], result: Future[Answered] | Answered) -> Answered:
        if isinstance(result, Answered):
            return result
        try:
            return result.result()
        except (BrokenProcessPool, _Unfit) as error:
            self._go_on_alone(error)
            return answer(self._assessor, chunk, self._mode)

    def _go_on_alone(self, error: Exception) -> None:
        if self._helpers:
            reason = str(error) if isinstance(error, (_Unfit, OSError)) else "意外终止，可能是内存不足或被人结束"
            self._tell(f"辅助进程不可用（{reason}）；它手上的文本和余下的由本进程研判，不会缺行，只是慢一些")
        self._helpers = 0


def _done(result: Future[Answered] | Answered) -> bool:
    return isinstance(result, Answered) or result.done()


class _Place:
    """Where a helper keeps what it works with."""

    assessor: Assessor | None = None
    fault = ""


def _arrive(load: Load, ids: tuple[str, str]) -> None:
    """A helper's first act. A model that cannot be had is told of when work comes: raising here breaks the pool."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that called
    threading.Thread(target=_leave_with_parent, daemon=True).start()
    logging.disable(logging.WARNING)  # said once already, by the process that called
    try:
        assessor = load()
    except ClassifierError as error:
        _Place.fault = error.message
        return
    if (assessor.model_id, assessor.rulebook_id) != ids:
        _Place.fault = "模型或规则库在运行中被更换"
        return
    _Place.assessor = assessor
    settle()


def _leave_with_parent() -> None:
    """End this process when the one that called it is gone, however it went."""
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _work(chunk: Sequence[Line], mode: Mode) -> Answered:
    if _Place.assessor is None:
        raise _Unfit(_Place.fault)
    return answer(_Place.assessor, chunk, mode)
