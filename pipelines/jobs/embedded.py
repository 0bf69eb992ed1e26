"""The embedded carrier: one process looks into the store and carries out what is due, so many at a time."""

from __future__ import annotations

import asyncio
import contextlib
import logging

from pipelines.desk import Desk
from pipelines.errors import PipelineError
from pipelines.jobs.kinds import Jobs
from pipelines.jobs.worker import LOOK_S, Workplace

_log = logging.getLogger(__name__)


async def work_embedded(desk: Desk, jobs: Jobs, ending: asyncio.Event) -> None:
    """Carry out what is due until `ending`; several such processes on one store do no harm."""
    place = Workplace(desk, jobs, carrier="embedded")
    place.ending = ending
    await place.enter()
    house = asyncio.create_task(place.keep_house())
    hands: dict[str, asyncio.Task[None]] = {}
    try:
        while not ending.is_set():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(ending.wait(), LOOK_S)
            hands = {name: hand for name, hand in hands.items() if not _over(name, hand)}
            if ending.is_set() or len(hands) >= desk.settings.jobs:
                continue
            try:
                due = await asyncio.to_thread(place.due)
            except PipelineError as exc:
                _log.warning("Store not available", extra={"reason": exc.message})
                continue
            for task in due[: desk.settings.jobs - len(hands)]:
                if task.name not in hands:
                    hands[task.name] = asyncio.create_task(place.carry_out(task.name))
    finally:
        ending.set()
        await house
        await asyncio.gather(*hands.values(), return_exceptions=True)
        await place.leave()


def _over(name: str, hand: asyncio.Task[None]) -> bool:
    if not hand.done():
        return False
    error = hand.exception()
    if error is not None:
        _log.error("Task not carried out", extra={"task": name, "reason": str(error)})
    return True
