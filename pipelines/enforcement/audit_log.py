"""The audit log for supervisors: narrowed, page by page, with the state of its chain."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from threading import Lock

from pipelines import audit, clock
from pipelines.desk import Desk
from pipelines.enforcement.permissions import Action, require
from pipelines.records import AuditEvent, AuditFilter, PageOf, User

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


class ChainWatch:
    """The chain as checked so far by this process: each look reads only what is new, a big log in several looks.

    What was checked is not read again until `again`, so the state carries the time of its check.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._state = audit.ChainState()

    def look(self, desk: Desk, *, again: bool = False) -> audit.ChainState:
        """The state after checking what is new; with `again` from the first event on."""
        with self._lock, desk.store.read() as tx:
            self._state = audit.verify_on(tx, audit.ChainState() if again else self._state)
            return self._state
