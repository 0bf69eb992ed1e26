"""Which task may start, who gets it, and what becomes of it; on both databases."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest

from pipelines import clock
from pipelines.desk import Desk
from pipelines.errors import NotFound
from pipelines.jobs import desk as on_jobs
from pipelines.records import Planned, Source, TaskRun

NOON = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def planned(name: str, *, due: datetime | None = NOON, lock: str = "") -> Planned:
    kind, _, source = name.partition(":")
    return Planned(name=name, kind=kind, source=source or None, lock=lock or name, due_at=due)


def plan(desk: Desk, *tasks: Planned) -> None:
    with desk.store.transaction() as tx:
        tx.tasks.plan(tasks, NOON)


def due(desk: Desk, at: datetime = NOON, *, asked_only: bool = False) -> list[str]:
    with desk.store.read() as tx:
        return [task.name for task in tx.tasks.due(at, asked_only=asked_only)]


def claim(desk: Desk, name: str, at: datetime = NOON, worker: str = "w") -> TaskRun | None:
    with desk.store.transaction() as tx:
        return tx.tasks.claim(name, worker, at)


def finish(desk: Desk, run: TaskRun, outcome: str, not_before: datetime | None = None) -> bool:
    with desk.store.transaction() as tx:
        return tx.tasks.finish(run.id, at=NOON, outcome=outcome, message=outcome, not_before=not_before)


def source(desk: Desk, name: str) -> None:
    with desk.store.transaction() as tx:
        tx.sources.upsert(
            Source(
                name=name,
                title=name,
                lane="A",
                state="ok",
                verified="never",
                last_good_at=None,
                cooldown_until=None,
                paused=False,
                demo=False,
            )
        )


def test_tasks_start_when_due_the_asked_for_first(any_desk: Desk) -> None:
    plan(
        any_desk,
        planned("assess", due=NOON - HOUR),
        planned("digest"),
        planned("retention", due=NOON + HOUR),
        planned("self-check", due=None),
    )
    assert due(any_desk) == ["assess", "digest"]
    with any_desk.store.transaction() as tx:
        tx.tasks.ask("self-check", by="zhang", at=NOON)
    assert due(any_desk) == ["self-check", "assess", "digest"]
    assert due(any_desk, asked_only=True) == ["self-check"]
    # A plan moves what waits for its time, not what somebody asked for; what is planned no more goes.
    plan(any_desk, planned("assess", due=NOON + HOUR), planned("self-check", due=NOON + HOUR))
    assert due(any_desk) == ["self-check"]
    with any_desk.store.read() as tx:
        assert [task.name for task in tx.tasks.list()] == ["assess", "self-check"]
    with any_desk.store.transaction() as tx, pytest.raises(NotFound):
        tx.tasks.ask("digest", by="zhang", at=NOON)


def test_one_host_has_one_task_at_a_time(any_desk: Desk) -> None:
    for name in ("a", "b", "c"):
        source(any_desk, name)
    plan(
        any_desk,
        planned("crawl:a", lock="host:x"),
        planned("crawl:b", lock="host:x"),
        planned("crawl:c", lock="host:y"),
    )
    assert due(any_desk) == ["crawl:a", "crawl:c"]
    first = claim(any_desk, "crawl:a")
    assert first is not None
    assert claim(any_desk, "crawl:b") is None
    assert due(any_desk) == ["crawl:c"]
    assert finish(any_desk, first, "finished")
    assert claim(any_desk, "crawl:b") is not None


def test_many_workers_that_grab_at_once_get_each_task_once(any_desk: Desk) -> None:
    names = [f"job-{number}" for number in range(6)]
    plan(any_desk, *(planned(name) for name in names))
    got: list[str] = []
    together = threading.Barrier(4)

    def grab(worker: str) -> None:
        together.wait(10)
        for name in names:
            if claim(any_desk, name, worker=worker) is not None:
                got.append(name)

    workers = [threading.Thread(target=grab, args=(f"w{number}",)) for number in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert sorted(got) == names


def test_a_paused_source_and_the_stop_hold_tasks_back(any_desk: Desk) -> None:
    source(any_desk, "a")
    plan(any_desk, planned("crawl:a"), planned("assess"))
    with any_desk.store.transaction() as tx:
        tx.sources.set_paused("a", True)
    assert due(any_desk) == ["assess"]
    assert claim(any_desk, "crawl:a") is None
    on_jobs.stop_all(any_desk, actor="console")
    assert due(any_desk) == []
    assert claim(any_desk, "assess") is None
    with any_desk.store.read() as tx:
        stopped = tx.tasks.stopped()
        task = tx.tasks.get("assess")
        assert task is not None
        assert tx.tasks.why_not(task, NOON) == "全部任务已停止"
    assert stopped is not None
    assert stopped.by == "console"
    on_jobs.go_on(any_desk, actor="console")
    assert claim(any_desk, "assess") is not None


def test_failures_wait_and_a_good_run_forgets_them(any_desk: Desk) -> None:
    plan(any_desk, planned("assess"))
    for attempts in (1, 2):
        at = NOON + attempts * HOUR
        run = claim(any_desk, "assess", at)
        assert run is not None
        assert finish(any_desk, run, "failed", at + HOUR / 2)
        assert due(any_desk, at) == []
        with any_desk.store.read() as tx:
            task = tx.tasks.get("assess")
        assert task is not None
        assert (task.attempts, task.next_at) == (attempts, at + HOUR / 2)
    run = claim(any_desk, "assess", NOON + 5 * HOUR)
    assert run is not None
    finish(any_desk, run, "finished")
    with any_desk.store.read() as tx:
        task = tx.tasks.get("assess")
        outcomes = [one.outcome for one in tx.tasks.runs()]
        assert tx.tasks.last_finished("assess") == NOON + 5 * HOUR
    assert task is not None
    assert (task.attempts, task.not_before) == (0, None)
    assert outcomes == ["finished", "failed", "failed"]


def test_the_task_of_a_dead_process_is_taken_over_once_and_keeps_who_asked(any_desk: Desk) -> None:
    plan(any_desk, planned("assess", due=None))
    with any_desk.store.transaction() as tx:
        tx.tasks.ask("assess", by="zhang", at=NOON)
    run = claim(any_desk, "assess", worker="dead")
    assert run is not None
    with any_desk.store.read() as tx:
        seen = tx.tasks.get("assess")
    assert seen is not None
    with any_desk.store.transaction() as tx:
        tx.tasks.beat([run.id])
    with any_desk.store.transaction() as tx:
        # It gave a sign of life since it was looked at.
        assert not tx.tasks.take_over(seen, at=NOON, not_before=None)
        seen = tx.tasks.get("assess")
        assert seen is not None
        assert tx.tasks.take_over(seen, at=NOON, not_before=NOON)
        assert not tx.tasks.take_over(seen, at=NOON, not_before=NOON)
    # The dead one's word comes too late.
    assert not finish(any_desk, run, "finished")
    again = claim(any_desk, "assess", worker="alive")
    assert again is not None
    assert again.asked_by == "zhang"
    with any_desk.store.read() as tx:
        assert [one.outcome for one in tx.tasks.runs()] in (["running", "lost"], ["lost", "running"])


def test_what_was_stopped_goes_on_as_soon_as_it_may(any_desk: Desk) -> None:
    plan(any_desk, planned("assess"))
    run = claim(any_desk, "assess")
    assert run is not None
    finish(any_desk, run, "stopped")
    with any_desk.store.read() as tx:
        task = tx.tasks.get("assess")
    assert task is not None
    assert task.attempts == 0
    assert due(any_desk) == ["assess"]


def test_old_runs_are_forgotten(any_desk: Desk) -> None:
    plan(any_desk, planned("assess"))
    run = claim(any_desk, "assess")
    assert run is not None
    with any_desk.store.transaction() as tx:
        assert tx.tasks.forget_runs(NOON + HOUR) == 0  # it has not ended
    finish(any_desk, run, "finished")
    with any_desk.store.transaction() as tx:
        assert tx.tasks.forget_runs(NOON + HOUR) == 1
        assert tx.tasks.runs() == ()


def test_everything_people_do_with_jobs_is_in_the_audit_log(desk: Desk) -> None:
    clock.pin(lambda: NOON)
    on_jobs.stop_all(desk, actor="console")
    on_jobs.go_on(desk, actor="console")
    with desk.store.read() as tx:
        events = tx.audit.for_objects([("job", "all")])
    assert [(event.actor, event.action) for event in events] == [("console", "job.stop"), ("console", "job.go")]
