"""Carrying out one run: in a worker's child, or in the foreground for somebody who waits."""

from __future__ import annotations

import logging
import signal
import threading

from pipelines import clock
from pipelines.desk import Desk
from pipelines.errors import Conflict, NotFound, PipelineError, Refused
from pipelines.jobs.kinds import Done, Jobs, Stopping
from pipelines.jobs.process import process_id
from pipelines.jobs.worker import make_plan, wait_after
from pipelines.records import TaskRun

_log = logging.getLogger(__name__)


def execute(desk: Desk, jobs: Jobs, run_id: str) -> Done:
    """Carry out a run that a worker has taken, and write down how it ended. Raises NotFound, Conflict."""
    with desk.store.read() as tx:
        run = tx.tasks.run(run_id)
    if run is None:
        raise NotFound(f"没有任务记录 {run_id}")
    if run.outcome != "running":
        raise Conflict(f"任务记录 {run_id} 已经结束")
    return _carry_out(desk, jobs, run, _until_told(desk, run.source))


def run_now(desk: Desk, jobs: Jobs, name: str, *, by: str) -> Done:
    """Carry out a task here and now, whether it is due or not. Raises NotFound, Refused with the reason."""
    make_plan(desk, jobs)
    now = clock.now()
    with desk.store.transaction() as tx:
        task = tx.tasks.get(name)
        if task is None:
            raise NotFound(f"没有任务 {name}；用 mingcha jobs list 查看")
        if task.state == "waiting":
            task = tx.tasks.ask(name, by=by, at=now)
        if why := tx.tasks.why_not(task, now):
            raise Refused(f"任务 {name} 现在不能执行：{why}")
        run = tx.tasks.claim(name, process_id(), now)
    if run is None:
        raise Refused(f"任务 {name} 刚被另一个进程接走")
    return _carry_out(desk, jobs, run, _until_told(desk, run.source))


def _carry_out(desk: Desk, jobs: Jobs, run: TaskRun, stopping: Stopping) -> Done:
    try:
        done = jobs.functions[run.kind](desk, run, stopping)
    except PipelineError as exc:
        done = Done(outcome="failed", message=exc.message)
    except Exception as exc:  # noqa: BLE001  # the outermost frame of a job: people read what it was, the log the trace
        _log.exception("Job failed", extra={"task": run.task})
        done = Done(outcome="failed", message=f"程序出错（{type(exc).__name__}：{exc}）")
    now = clock.now()
    with desk.store.transaction() as tx:
        task = tx.tasks.get(run.task)
        attempts = task.attempts if task is not None else 0
        wait = now + wait_after("failed", attempts) if done.outcome == "failed" else None
        tx.tasks.finish(run.id, at=now, outcome=done.outcome, message=done.message, not_before=wait)
    # What is due next follows from what was just done.
    make_plan(desk, jobs)
    return done


def _until_told(desk: Desk, source: str | None) -> Stopping:
    """True once this process was asked to end (SIGTERM), everything was stopped, or its source paused."""
    told = threading.Event()
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, lambda _number, _frame: told.set())

    def stopping() -> bool:
        if told.is_set():
            return True
        with desk.store.read() as tx:
            known = tx.sources.get(source) if source is not None else None
            return tx.tasks.stopped() is not None or (known is not None and known.paused)

    return stopping
