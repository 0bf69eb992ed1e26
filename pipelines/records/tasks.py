"""Tasks: what is to be done when, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, kw_only=True)
class Planned:
    """When a task is due by itself; None: only when somebody asks."""

    #: kind, or kind:source.
    name: str
    kind: str
    source: str | None
    #: Two tasks with one lock never run at once: the host they ask, or the kind.
    lock: str
    due_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class Task:
    """One standing task as the store holds it."""

    name: str
    kind: str
    source: str | None
    lock: str
    due_at: datetime | None
    #: After a failure: not before this moment.
    not_before: datetime | None
    #: Who wants it now; None: nobody, it waits for its time.
    asked_by: str | None
    #: waiting | running
    state: str
    #: Failures in a row.
    attempts: int
    #: The run at work, and the process that has it.
    run_id: str | None
    worker: str
    #: Raised by that process every other second.
    beat: int
    created_at: datetime

    @property
    def next_at(self) -> datetime | None:
        """When it may start, as things stand."""
        if self.due_at is None or self.not_before is None:
            return self.due_at
        return max(self.due_at, self.not_before)


@dataclass(frozen=True, kw_only=True)
class TaskRun:
    """One time a task was carried out."""

    id: str
    task: str
    kind: str
    source: str | None
    worker: str
    asked_by: str | None
    started_at: datetime
    ended_at: datetime | None
    #: running | finished | failed | lost (its process died) | stopped (somebody stopped everything)
    outcome: str
    message: str


@dataclass(frozen=True, kw_only=True)
class Worker:
    """A process that carries tasks out."""

    id: str
    #: embedded | procrastinate
    carrier: str
    started_at: datetime
    #: Raised every other second while it lives, and when by its own clock.
    beat: int
    seen_at: datetime


@dataclass(frozen=True, kw_only=True)
class Stop:
    """Somebody stopped everything."""

    by: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class HostPace:
    """What is remembered of a host: how much slower than usual it is asked, since when and why."""

    host: str
    factor: int
    slowed_at: datetime | None
    reason: str


@dataclass(frozen=True, kw_only=True)
class HostDay:
    """What one host was asked on one day (Shanghai)."""

    host: str
    day: date
    requests: int
    bytes: int


@dataclass(frozen=True, kw_only=True)
class ImpactNote:
    """The assessment of what collecting from a source does to its site, as it stood before a crawl."""

    id: int
    source: str
    made_at: datetime
    #: Hash over what it was made from; another one needs a new note.
    digest: str
    #: Whom it is about, as `HostDay.host` names them.
    hosts: tuple[str, ...]
    #: (heading, paragraphs) in order.
    sections: tuple[tuple[str, tuple[str, ...]], ...]
