"""A worker: carries due tasks out, each in a child process, and takes over what dead workers left."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import sys
import time
from dataclasses import dataclass
from datetime import datetime, timedelta

from pipelines import clock
from pipelines.desk import Desk
from pipelines.errors import PipelineError
from pipelines.jobs.cut_runs import close_cut_runs
from pipelines.jobs.desk import planned
from pipelines.jobs.kinds import Jobs
from pipelines.jobs.process import dies_with_us, lives, process_id
from pipelines.records import Task, TaskRun, Worker

_log = logging.getLogger(__name__)

#: Seconds between two looks at the store, two signs of life, two plans.
LOOK_S = 0.5
BEAT_S = 1.0
PLAN_S = 15.0
#: Of this machine's processes it is known whether they live; one of another machine that was silent so long is dead.
LEASE_S = 6.0
#: How long a child may take to end after it was asked to.
GRACE_S = 5.0
#: The wait after the first, second … failure, and after a process died.
AFTER_FAILURE = tuple(timedelta(minutes=minutes) for minutes in (5, 15, 60, 240, 1440))
AFTER_DEATH = (timedelta(0), *(timedelta(seconds=seconds) for seconds in (30, 300, 1800, 7200)))


def wait_after(outcome: str, attempts: int) -> timedelta:
    """How long a task waits after a run that failed or was lost, given the failures in a row before it."""
    steps = AFTER_DEATH if outcome == "lost" else AFTER_FAILURE
    return steps[min(attempts, len(steps) - 1)]


@dataclass(kw_only=True)
class _Sighting:
    """The last sign of life seen of something, and when by our own clock, which no other machine's is compared with."""

    beat: int
    at: float


class Pulse:
    """Tells from signs of life whether others live. Wall clocks play no part in it: they differ, and jump."""

    def __init__(self) -> None:
        self._seen: dict[str, _Sighting] = {}

    def silent(self, name: str, beat: int, *, now: float | None = None) -> bool:
        """Has `name` shown this same beat for longer than the lease?"""
        moment = time.monotonic() if now is None else now
        seen = self._seen.get(name)
        if seen is None or seen.beat != beat:
            self._seen[name] = _Sighting(beat=beat, at=moment)
            return False
        return moment - seen.at > LEASE_S


class Workplace:
    """What every worker does, whoever brings it its tasks: plan, live visibly, bury the dead, carry out."""

    def __init__(self, desk: Desk, jobs: Jobs, *, carrier: str) -> None:
        self._desk = desk
        self._jobs = jobs
        self._carrier = carrier
        self._pulse = Pulse()
        self._children: dict[str, asyncio.subprocess.Process] = {}
        self._asked_to_end: set[str] = set()
        self.id = process_id()
        #: Set when this worker is to end; its children are stopped and their tasks wait for another.
        self.ending = asyncio.Event()

    @property
    def asked_only(self) -> bool:
        """Without a schedule only what somebody asked for is done."""
        return not planned(self._desk)

    async def enter(self) -> None:
        await asyncio.to_thread(self._enter)

    def _enter(self) -> None:
        with self._desk.store.transaction() as tx:
            tx.workers.enter(self.id, self._carrier, clock.now())

    async def leave(self) -> None:
        with contextlib.suppress(PipelineError):
            await asyncio.to_thread(self._leave)

    def _leave(self) -> None:
        with self._desk.store.transaction() as tx:
            tx.workers.leave(self.id)

    async def keep_house(self) -> None:
        """Until ending: show life, bury the dead, plan, and stop the children when everything is stopped."""
        beaten = planned = float("-inf")
        while not self.ending.is_set():
            try:
                if time.monotonic() - beaten >= BEAT_S:
                    beaten = time.monotonic()
                    await asyncio.to_thread(self._beat)
                    await asyncio.to_thread(self._bury)
                if time.monotonic() - planned >= PLAN_S:
                    planned = time.monotonic()
                    await asyncio.to_thread(self._plan)
                if await asyncio.to_thread(self._stopped):
                    self._ask_children_to_end()
            except PipelineError as exc:  # a database that is away for a while comes back
                _log.warning("Store not available", extra={"reason": exc.message})
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.ending.wait(), LOOK_S)
        self._ask_children_to_end()

    def _beat(self) -> None:
        with self._desk.store.transaction() as tx:
            if not tx.workers.beat(self.id, clock.now()):
                tx.workers.enter(self.id, self._carrier, clock.now())
            tx.tasks.beat(list(self._children))

    def _bury(self) -> None:
        """Workers and tasks whose process is dead: seen at once on this machine, by silence on others."""
        with self._desk.store.read() as tx:
            workers, tasks = tx.workers.list(), tx.tasks.list()
        dead = [one for one in workers if one.id != self.id and self._is_dead(one)]
        lost = [task for task in tasks if task.state == "running" and self._is_lost(task)]
        if not dead and not lost:
            return
        now = clock.now()
        with self._desk.store.transaction() as tx:
            for worker in dead:
                tx.workers.leave(worker.id)
            for task in lost:
                if tx.tasks.take_over(task, at=now, not_before=now + wait_after("lost", task.attempts)):
                    _log.warning("Task taken over from a dead process", extra={"task": task.name})

    def _is_dead(self, worker: Worker) -> bool:
        alive = lives(worker.id)
        return self._pulse.silent(worker.id, worker.beat) if alive is None else not alive

    def _is_lost(self, task: Task) -> bool:
        if task.worker == self.id:
            # Ours, but no child of ours works on it: the child's end could not be written down.
            return task.run_id not in self._children and self._pulse.silent(str(task.run_id), task.beat)
        alive = lives(task.worker)
        return self._pulse.silent(str(task.run_id), task.beat) if alive is None else not alive

    def _plan(self) -> None:
        close_cut_runs(self._desk)
        make_plan(self._desk, self._jobs)

    def _stopped(self) -> bool:
        with self._desk.store.read() as tx:
            return tx.tasks.stopped() is not None

    def due(self) -> tuple[Task, ...]:
        with self._desk.store.read() as tx:
            return tx.tasks.due(clock.now(), asked_only=self.asked_only)

    async def carry_out(self, name: str) -> None:
        """Take a task if it is still to be had, and see it through in a child process."""
        if self.ending.is_set():
            return
        run = await asyncio.to_thread(self._claim, name)
        if run is None:
            return
        # From the event loop's thread, which lasts as long as this process: the child dies with it.
        child = await asyncio.create_subprocess_exec(
            *dies_with_us([sys.executable, sys.argv[0], "jobs", "execute", run.id]), stdin=asyncio.subprocess.DEVNULL
        )
        self._children[run.id] = child
        try:
            status = await child.wait()
        finally:
            self._children.pop(run.id, None)
            self._asked_to_end.discard(run.id)
        await asyncio.to_thread(self._settle, run, status)

    def _claim(self, name: str) -> TaskRun | None:
        with self._desk.store.transaction() as tx:
            return tx.tasks.claim(name, self.id, clock.now())

    def _settle(self, run: TaskRun, status: int) -> None:
        """A child that ended properly has written down how; one that was killed has not."""
        now = clock.now()
        with self._desk.store.transaction() as tx:
            task = tx.tasks.get(run.task)
            attempts = task.attempts if task is not None else 0
            outcome = "stopped" if self.ending.is_set() or tx.tasks.stopped() is not None else "lost"
            message = "按要求停下" if outcome == "stopped" else f"执行它的子进程中断了（退出码 {status}），接着再做"
            wait = now + wait_after("lost", attempts) if outcome == "lost" else None
            tx.tasks.finish(run.id, at=now, outcome=outcome, message=message, not_before=wait)

    def _ask_children_to_end(self) -> None:
        for run_id, child in list(self._children.items()):
            if child.returncode is None and run_id not in self._asked_to_end:
                self._asked_to_end.add(run_id)
                with contextlib.suppress(ProcessLookupError):
                    child.send_signal(signal.SIGTERM)
                asyncio.get_running_loop().call_later(GRACE_S, _kill, child)


def _kill(child: asyncio.subprocess.Process) -> None:
    """Whatever a job has not committed by now is done again; nothing of it is half stored."""
    if child.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(child.pid, signal.SIGKILL)


def make_plan(desk: Desk, jobs: Jobs, now: datetime | None = None) -> None:
    """Bring the store's tasks in line with what the planners say."""
    moment = clock.now() if now is None else now
    planned = jobs.planned(desk, moment)
    with desk.store.transaction() as tx:
        tx.tasks.plan(planned, moment)
