"""The audit log for supervisors: narrowed, page by page, with the state of its chain."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from threading import Lock
from typing import TYPE_CHECKING

from pipelines import audit, clock
from pipelines.desk import Desk
from pipelines.enforcement.permissions import Action, require
from pipelines.records import AuditEvent, AuditFilter, PageOf, User

if TYPE_CHECKING:
    from pipelines.evidence.head_check import HeadReport, ReadHeads

PAGE = 100
#: Actors that are no user.
NOT_USERS = ("system", "console", "unknown")


def page(desk: Desk, matching: AuditFilter, *, user: User, after: str | None = None) -> PageOf[AuditEvent]:
    """The events this filter lets through, newest first. Raises Refused."""
    require(user, Action.AUDIT)
    with desk.store.read() as tx:
        return tx.audit.page(after, PAGE, matching)


def actors(desk: Desk, *, user: User) -> tuple[str, ...]:
    """Everybody who can stand in the log: the users by name, then the program and the command line. Raises Refused."""
    require(user, Action.AUDIT)
    with desk.store.read() as tx:
        return (*sorted(one.name for one in tx.users.list()), *NOT_USERS)


def days(first: date | None, last: date | None) -> tuple[datetime | None, datetime | None]:
    """Begin of the first day and end of the last one in China, as UTC; None where no day is given."""
    begin = None if first is None else datetime.combine(first, time.min, clock.SHANGHAI).astimezone(UTC)
    end = None if last is None else datetime.combine(last, time.min, clock.SHANGHAI).astimezone(UTC) + timedelta(days=1)
    return begin, end


@dataclass(frozen=True, kw_only=True)
class Watched:
    """What the page says of the chain."""

    chain: audit.ChainState
    heads: HeadReport
    #: Of the chain, of its triggers and of the heads.
    faults: tuple[str, ...]


class ChainWatch:
    """The chain as checked so far by this process: each look reads only what is new, a big log in several looks; the
    heads kept outside the database are compared at each.

    What was checked is not read again until `again`, so the state carries the time of its check.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._state = audit.ChainState()
        self._read: tuple[tuple[int, int], ReadHeads] | None = None
        #: Lines of heads whose signature and stamps were checked, by their SHA-256.
        self._sound: set[str] = set()

    def look(self, desk: Desk, *, again: bool = False) -> Watched:
        """The state after checking what is new; with `again` from the first event on."""
        # At run time: the certificates' libraries take a second to load.
        from pipelines.evidence.head_check import compare, trigger_faults

        with self._lock, desk.store.read() as tx:
            self._state = audit.verify_on(tx, audit.ChainState() if again else self._state)
            report = compare(tx, self._heads(desk, again=again), own_file=True)
            faults = (*self._state.faults, *trigger_faults(tx), *report.faults)
            return Watched(chain=self._state, heads=report, faults=faults)

    def _heads(self, desk: Desk, *, again: bool) -> ReadHeads:
        """The file's lines; their signatures are checked anew when the file has changed."""
        from pipelines.evidence.head_check import read_heads
        from pipelines.evidence.heads import heads_path

        path = heads_path(desk.home)
        there = path.stat() if path.exists() else None
        now = (there.st_size, there.st_mtime_ns) if there else (0, 0)
        if again or self._read is None or self._read[0] != now:
            if again:
                self._sound.clear()
            self._read = (now, read_heads(desk, sound=self._sound))
        return self._read[1]


def note_daily(desk: Desk) -> None:
    """Keep the day's head of the chain, if that was not done."""
    from pipelines.evidence.heads import note_daily as note

    note(desk)
