"""Tasks: which are due, who has which, and what became of them. The store decides, so that no two processes ever
carry out one task, or two tasks with one lock, at the same time."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import delete, func, insert, or_, select, text, update

from pipelines import clock
from pipelines.errors import NotFound
from pipelines.records import Planned, Stop, Task, TaskRun
from pipelines.store.base import Repo
from pipelines.store.desk_tables import SettingRow
from pipelines.store.job_tables import TaskRow, TaskRunRow
from pipelines.store.schema import LOCK_TASKS
from pipelines.store.tables import SourceRow

_COLUMNS = tuple(column.key for column in TaskRow.__mapper__.column_attrs)
_RUN_COLUMNS = tuple(column.key for column in TaskRunRow.__mapper__.column_attrs)
#: Setting that says that everything is stopped: moment, then who said so.
STOPPED = "jobs.stopped"


class Tasks(Repo):
    def plan(self, planned: Sequence[Planned], now: datetime) -> None:
        """Make the waiting tasks these: new ones come, due times move unless somebody asked, others go."""
        wanted = {one.name: one for one in planned}
        known = {task.name: task for task in self.list()}
        gone = [name for name, task in known.items() if name not in wanted and task.state == "waiting"]
        if gone:
            self._session.execute(delete(TaskRow).where(TaskRow.name.in_(gone), TaskRow.state == "waiting"))
        for name, one in wanted.items():
            task = known.get(name)
            if task is None:
                self._session.execute(
                    self._insert(TaskRow).values(**_new(one, now)).on_conflict_do_nothing(index_elements=["name"])
                )
            elif task.asked_by is None and (task.due_at != one.due_at or task.lock != one.lock):
                self._session.execute(
                    update(TaskRow)
                    .where(TaskRow.name == name, TaskRow.state == "waiting", TaskRow.asked_by.is_(None))
                    .values(due_at=one.due_at, lock=one.lock)
                )

    def get(self, name: str) -> Task | None:
        row = self._get(TaskRow, name)
        return None if row is None else _record(row)

    def list(self) -> tuple[Task, ...]:
        """All of them, by name."""
        rows = self._session.scalars(select(TaskRow))
        return tuple(sorted((_record(row) for row in rows), key=lambda task: task.name))

    def due(self, now: datetime, *, asked_only: bool = False) -> tuple[Task, ...]:
        """Those that may start now, the asked-for first, then the longest due; of one lock only the first. None while
        everything is stopped."""
        if self.stopped() is not None:
            return ()
        busy = set(self._session.scalars(select(TaskRow.lock).where(TaskRow.state == "running")))
        paused = select(SourceRow.name).where(SourceRow.paused)
        query = select(TaskRow).where(
            TaskRow.state == "waiting",
            TaskRow.due_at <= now,
            or_(TaskRow.not_before.is_(None), TaskRow.not_before <= now),
            or_(TaskRow.source.is_(None), TaskRow.source.not_in(paused)),
        )
        if asked_only:
            query = query.where(TaskRow.asked_by.is_not(None))
        found = []
        order = (TaskRow.asked_by.is_(None), TaskRow.due_at, TaskRow.name)
        for row in self._session.scalars(query.order_by(*order)):
            if row.lock not in busy:
                busy.add(row.lock)
                found.append(_record(row))
        return tuple(found)

    def claim(self, name: str, worker: str, now: datetime) -> TaskRun | None:
        """Take a due task; None when it is not to be had (not due, another has it or its lock, everything stopped)."""
        self._alone()
        task = self.get(name)
        if task is None or self.why_not(task, now):
            return None
        run = TaskRun(
            id=clock.new_id(),
            task=name,
            kind=task.kind,
            source=task.source,
            worker=worker,
            asked_by=task.asked_by,
            started_at=now,
            ended_at=None,
            outcome="running",
            message="",
        )
        self._session.execute(insert(TaskRunRow), [{key: getattr(run, key) for key in _RUN_COLUMNS}])
        self._session.execute(
            update(TaskRow)
            .where(TaskRow.name == name)
            .values(state="running", run_id=run.id, worker=worker, beat=TaskRow.beat + 1)
        )
        return run

    def why_not(self, task: Task, now: datetime) -> str:
        """Why a task cannot start now, for people; empty when it can."""
        if self.stopped() is not None:
            return "全部任务已停止"
        if task.state == "running":
            return "正在执行"
        if task.next_at is None or task.next_at > now:
            return "还没到时间"
        if task.source is not None and self._session.scalar(
            select(SourceRow.paused).where(SourceRow.name == task.source)
        ):
            return f"来源 {task.source} 已暂停"
        other = self._session.scalars(
            select(TaskRow.name).where(TaskRow.state == "running", TaskRow.lock == task.lock)
        ).first()
        return f"同一主机的任务 {other} 正在执行" if other is not None else ""

    def beat(self, run_ids: Collection[str]) -> None:
        """Their process lives."""
        if run_ids:
            self._session.execute(
                update(TaskRow).where(TaskRow.run_id.in_(list(run_ids))).values(beat=TaskRow.beat + 1)
            )

    def finish(
        self, run_id: str, *, at: datetime, outcome: str, message: str = "", not_before: datetime | None = None
    ) -> bool:
        """Write down how a run ended and let its task wait again; False when that run is not at work any more.

        A `stopped` run stays asked for, and one that failed or was lost counts as an attempt."""
        task = self._session.scalars(
            update(TaskRow)
            .where(TaskRow.run_id == run_id)
            .values(
                state="waiting",
                run_id=None,
                worker="",
                attempts=0 if outcome == "finished" else TaskRow.attempts + int(outcome != "stopped"),
                asked_by=TaskRow.asked_by if outcome in ("stopped", "lost") else None,
                not_before=not_before,
            )
            .returning(TaskRow.name)
        ).one_or_none()
        if task is None:
            return False
        self._session.execute(
            update(TaskRunRow)
            .where(TaskRunRow.id == run_id)
            .values(ended_at=at, outcome=outcome, message=message[:1000])
        )
        return True

    def take_over(self, task: Task, *, at: datetime, not_before: datetime | None) -> bool:
        """Free a task whose process is dead; False when it has moved since `task` was read."""
        self._alone()
        now = self.get(task.name)
        if now is None or now.run_id is None or (now.run_id, now.beat) != (task.run_id, task.beat):
            return False
        return self.finish(
            now.run_id, at=at, outcome="lost", message="执行它的进程中断了，已由下一次接着做", not_before=not_before
        )

    def ask(self, name: str, *, by: str, at: datetime) -> Task:
        """Somebody wants it done now. Raises NotFound."""
        changed = self._session.scalars(
            update(TaskRow)
            .where(TaskRow.name == name)
            .values(asked_by=by, due_at=at, not_before=None)
            .returning(TaskRow)
        ).one_or_none()
        if changed is None:
            raise NotFound(f"没有任务 {name}；用 mingcha jobs list 查看")
        return _record(changed)

    def runs(self, *, task: str | None = None, limit: int = 50, after: str | None = None) -> tuple[TaskRun, ...]:
        """Of one task or of all, newest first; `after` is the id of the last one seen."""
        query = select(TaskRunRow).order_by(TaskRunRow.started_at.desc(), TaskRunRow.id.desc()).limit(limit)
        last = None if after is None else self._get(TaskRunRow, after)
        if last is not None:
            same_time = (TaskRunRow.started_at == last.started_at) & (TaskRunRow.id < last.id)
            query = query.where((TaskRunRow.started_at < last.started_at) | same_time)
        if task is not None:
            query = query.where(TaskRunRow.task == task)
        return tuple(_run(row) for row in self._session.scalars(query))

    def run(self, run_id: str) -> TaskRun | None:
        row = self._get(TaskRunRow, run_id)
        return None if row is None else _run(row)

    def last_finished(self, task: str) -> datetime | None:
        """When a run of it that finished last began."""
        return self._session.scalars(
            select(func.max(TaskRunRow.started_at)).where(TaskRunRow.task == task, TaskRunRow.outcome == "finished")
        ).one()

    def forget_runs(self, before: datetime) -> int:
        """Remove what ended before; how many."""
        rows = self._session.scalars(delete(TaskRunRow).where(TaskRunRow.ended_at < before).returning(TaskRunRow.id))
        return len(rows.all())

    def stopped(self) -> Stop | None:
        """Who stopped everything, and when; None: nobody."""
        row = self._get(SettingRow, STOPPED)
        if row is None or not row.value:
            return None
        moment, _, who = row.value.partition(" ")
        return Stop(by=who, at=datetime.fromisoformat(moment))

    def _alone(self) -> None:
        """Those who take tasks take turns; SQLite's writers do anyway."""
        if self._on_postgresql:
            self._session.execute(text(f"SELECT pg_advisory_xact_lock({LOCK_TASKS})"))


def _new(one: Planned, now: datetime) -> dict[str, object]:
    blank: dict[str, object] = {"not_before": None, "asked_by": None, "state": "waiting", "attempts": 0}
    named = {"name": one.name, "kind": one.kind, "source": one.source, "lock": one.lock, "due_at": one.due_at}
    return {**blank, **named, "run_id": None, "worker": "", "beat": 0, "created_at": now}


def _record(row: TaskRow) -> Task:
    return Task(**{name: getattr(row, name) for name in _COLUMNS})


def _run(row: TaskRunRow) -> TaskRun:
    return TaskRun(**{name: getattr(row, name) for name in _RUN_COLUMNS})
