"""What a waiting task waits for, in words: its hour, another task on its host, a worker, or somebody's word."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from pipelines.records import Task


@dataclass(frozen=True, kw_only=True)
class Wait:
    """Why a task does not run now."""

    what: str
    #: Since when it could have run; None: it could not yet.
    since: datetime | None = None
    #: When its hour comes; None: by itself never, or it has come.
    until: datetime | None = None

    @property
    def queued(self) -> bool:
        """Does it wait for others, its own time having come?"""
        return self.since is not None


@dataclass(frozen=True, kw_only=True)
class Ground:
    """What decides for all tasks alike."""

    now: datetime
    #: Are tasks done when they are due, or only when somebody asks?
    planned: bool
    stopped: bool
    workers: int
    #: Lock → what runs under it, in words.
    busy: Mapping[str, str]


def wait_of(task: Task, ground: Ground, *, paused: bool) -> Wait | None:
    """What a task waits for; None while it runs."""
    if task.state == "running":
        return None
    if paused:
        return Wait(what="来源已暂停，恢复后再做")
    due = task.next_at
    if task.asked_by is None and not ground.planned:
        return Wait(what="点“现在执行”才做")
    if due is None:
        return Wait(what="没有要做的，有了就排")
    if due > ground.now:
        return Wait(what="等到点", until=due)
    if ground.stopped:
        return Wait(what="等“恢复执行”", since=due)
    if task.lock in ground.busy:
        return Wait(what=f"等同一主机的“{ground.busy[task.lock]}”做完", since=due)
    if not ground.workers:
        return Wait(what="等任务进程启动", since=due)
    return Wait(what="等任务进程空出来", since=due)
