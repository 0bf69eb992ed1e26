"""Hours of the clock at which the jobs without a source are due, in Shanghai."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from pipelines import clock
from pipelines.desk import Desk
from pipelines.records import Planned


@dataclass(frozen=True, kw_only=True)
class Slot:
    """Every day at an hour, or every week on a day at an hour (0 = Monday)."""

    at: time
    weekday: int | None = None

    def last(self, now: datetime) -> datetime:
        """The newest moment of this slot that is not after `now`."""
        here = clock.local(now)
        moment = here.replace(hour=self.at.hour, minute=self.at.minute, second=0, microsecond=0)
        if self.weekday is not None:
            moment -= timedelta(days=(moment.weekday() - self.weekday) % 7)
        if moment > here:
            moment -= self.step
        return moment.astimezone(now.tzinfo)

    @property
    def step(self) -> timedelta:
        return timedelta(days=1 if self.weekday is None else 7)


#: Kind → when.
SLOTS = {
    "digest": Slot(at=time(7, 30), weekday=0),
    "retention": Slot(at=time(3, 10)),
    "self-check": Slot(at=time(3, 40)),
}
#: What crawls and imports leave unread is read this often.
ASSESS_EVERY = timedelta(hours=1)
#: Approved digests that somebody has not got are looked for this often, where a mail server is set.
MAIL_EVERY = timedelta(minutes=10)


def plan_clock_jobs(desk: Desk, now: datetime) -> Sequence[Planned]:
    """The jobs that no source has. A missed hour (the machine was off) is made up for, once."""
    with desk.store.read() as tx:
        known = {task.name: task for task in tx.tasks.list()}
        waiting = tx.time_stamps.next_due() if desk.settings.tsa_urls else None
        finished = {kind: tx.tasks.last_finished(kind) for kind in (*SLOTS, "assess", "mail")}
    found = []
    for kind, slot in SLOTS.items():
        last, task = slot.last(now), known.get(kind)
        done = finished[kind]
        # Nothing is made up for that lay before this HOME had tasks at all.
        missed = task is not None and task.created_at < last and (done is None or done < last)
        found.append(_planned(kind, last if missed else last + slot.step))
    found.append(_planned("assess", _every(ASSESS_EVERY, finished["assess"], now)))
    if waiting is not None:
        found.append(_planned("stamps", waiting))
    if desk.settings.smtp_host:
        found.append(_planned("mail", _every(MAIL_EVERY, finished["mail"], now)))
    return found


def _every(pause: timedelta, before: datetime | None, now: datetime) -> datetime:
    return min(before + pause, now + pause) if before is not None else now


def _planned(kind: str, due: datetime) -> Planned:
    return Planned(name=kind, kind=kind, source=None, lock=kind, due_at=due)
