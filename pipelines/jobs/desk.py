"""What people do with jobs: look at them, ask for one now, pause a source, stop everything and go on."""

from __future__ import annotations

from dataclasses import dataclass

from pipelines import audit, clock
from pipelines.desk import Desk, is_demo
from pipelines.enforcement.permissions import Action, require
from pipelines.jobs.kinds import KIND_NAMES
from pipelines.jobs.waits import Ground, Wait, wait_of
from pipelines.records import PageOf, Stop, Task, TaskRun, User, Worker
from pipelines.store import Tx
from pipelines.store.tasks import STOPPED

#: Runs on a page.
NEWEST = 50


@dataclass(frozen=True, kw_only=True)
class TaskLine:
    """A task as the page shows it."""

    task: Task
    title: str
    #: Title of its source; empty without one.
    source: str
    paused: bool
    demo: bool
    last: TaskRun | None
    #: What it waits for; None while it runs.
    wait: Wait | None


@dataclass(frozen=True, kw_only=True)
class Board:
    """Everything the page shows: who works, what runs, what waits, what failed, what was done."""

    stop: Stop | None
    workers: tuple[Worker, ...]
    running: tuple[TaskLine, ...]
    failed: tuple[TaskLine, ...]
    waiting: tuple[TaskLine, ...]
    runs: PageOf[TaskRun]
    titles: dict[str, str]


def board(desk: Desk, *, user: User, after: str | None = None) -> Board:
    """The state of all jobs, with the runs after the one with this id. Raises Refused."""
    require(user, Action.JOBS)
    with desk.store.read() as tx:
        lines = _lines(tx, planned(desk))
        return Board(
            stop=tx.tasks.stopped(),
            workers=tx.workers.list(),
            running=tuple(line for line in lines if line.task.state == "running"),
            failed=tuple(line for line in lines if line.task.state == "waiting" and line.task.attempts),
            waiting=tuple(line for line in lines if line.task.state == "waiting" and not line.task.attempts),
            runs=_runs(tx, after),
            titles={source.name: source.title or source.name for source in tx.sources.list()},
        )


def _runs(tx: Tx, after: str | None) -> PageOf[TaskRun]:
    runs = tx.tasks.runs(limit=NEWEST + 1, after=after)
    return PageOf(items=runs[:NEWEST], next=runs[NEWEST - 1].id if len(runs) > NEWEST else None)


def task_lines(desk: Desk) -> tuple[TaskLine, ...]:
    """Every task, those at work first, then by when they are due."""
    with desk.store.read() as tx:
        return _lines(tx, planned(desk))


def _lines(tx: Tx, by_plan: bool) -> tuple[TaskLine, ...]:
    sources = {source.name: source for source in tx.sources.list()}
    tasks = tx.tasks.list()

    def words(task: Task) -> str:
        source = sources.get(task.source or "")
        return f"{KIND_NAMES.get(task.kind, task.kind)} {(source.title or source.name) if source else ''}".strip()

    ground = Ground(
        now=clock.now(),
        planned=by_plan,
        stopped=tx.tasks.stopped() is not None,
        workers=len(tx.workers.list()),
        busy={task.lock: words(task) for task in tasks if task.state == "running"},
    )
    found = []
    for task in tasks:
        source = sources.get(task.source or "")
        paused = source is not None and source.paused
        found.append(
            TaskLine(
                task=task,
                title=KIND_NAMES.get(task.kind, task.kind),
                source=(source.title or source.name) if source is not None else "",
                paused=paused,
                demo=source is not None and source.demo,
                last=next((run for run in tx.tasks.runs(task=task.name, limit=2) if run.ended_at is not None), None),
                wait=wait_of(task, ground, paused=paused),
            )
        )
    never = clock.now().replace(year=9999)
    return tuple(sorted(found, key=lambda line: (line.task.state, line.task.next_at or never, line.task.name)))


def planned(desk: Desk) -> bool:
    """Are tasks done when they are due, or only when somebody asks? A demo's platforms are crawled once."""
    return desk.settings.schedule and not is_demo(desk)


def visits(desk: Desk) -> dict[str, Task]:
    """Source → its crawl, with when it is due."""
    with desk.store.read() as tx:
        return {task.source: task for task in tx.tasks.list() if task.kind == "crawl" and task.source is not None}


def with_note(desk: Desk) -> frozenset[str]:
    """Sources that have an impact note."""
    with desk.store.read() as tx:
        return frozenset(source.name for source in tx.sources.list() if tx.impact_notes.latest(source.name))


def ask(desk: Desk, name: str, *, user: User) -> Task:
    """Have a task done as soon as a worker is free. Raises NotFound, Refused."""
    require(user, Action.RUN_JOBS)
    with desk.store.transaction() as tx:
        task = tx.tasks.ask(name, by=user.name, at=clock.now())
        audit.record(tx, actor=user.name, action="job.ask", object_type="job", object_id=name)
    return task


def set_paused(desk: Desk, source: str, paused: bool, *, user: User) -> None:
    """Leave a source alone until somebody resumes it. Raises NotFound, Refused."""
    require(user, Action.RUN_JOBS)
    with desk.store.transaction() as tx:
        tx.sources.set_paused(source, paused)
        action = "source.pause" if paused else "source.resume"
        audit.record(tx, actor=user.name, action=action, object_type="source", object_id=source)


def stop_all(desk: Desk, *, actor: str) -> None:
    """No job starts from now on, and those at work end within seconds; it holds over restarts. Crawls and captures that
    somebody typed obey too."""
    with desk.store.transaction() as tx:
        tx.settings.set(STOPPED, f"{clock.now().isoformat()} {actor}")
        audit.record(tx, actor=actor, action="job.stop", object_type="job", object_id="all")


def go_on(desk: Desk, *, actor: str) -> None:
    """Jobs go on where they were."""
    with desk.store.transaction() as tx:
        tx.settings.set(STOPPED, "")
        audit.record(tx, actor=actor, action="job.go", object_type="job", object_id="all")
