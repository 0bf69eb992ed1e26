"""Time stamps by digest and authority: those got are kept, as the earliest proves most; the others are a queue."""

from __future__ import annotations

import base64
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import func, select

from pipelines.records import TimeStamp
from pipelines.store.base import Repo
from pipelines.store.stamp_tables import TimeStampRow

#: SQLite takes a bounded number of parameters.
_AT_ONCE = 500
_KEYS = ["sha256", "authority"]


class TimeStamps(Repo):
    def of(self, digests: Collection[str]) -> dict[tuple[str, str], TimeStamp]:
        """(sha256, authority) → what there is."""
        found: dict[tuple[str, str], TimeStamp] = {}
        wanted = sorted(set(digests))
        for start in range(0, len(wanted), _AT_ONCE):
            rows = self._session.scalars(
                select(TimeStampRow).where(TimeStampRow.sha256.in_(wanted[start : start + _AT_ONCE]))
            )
            found |= {(row.sha256, row.authority): _record(row) for row in rows}
        return found

    def got(self, sha256: str, authority: str, token: bytes, at: datetime) -> None:
        """Keep a token in place of a wait or of one that no longer verifies."""
        values = {
            "sha256": sha256,
            "authority": authority,
            "token": base64.b64encode(token).decode("ascii"),
            "stamped_at": at,
            "tries": 0,
            "due_at": None,
            "fault": "",
        }
        changed = {name: value for name, value in values.items() if name not in _KEYS}
        statement = self._insert(TimeStampRow).on_conflict_do_update(index_elements=_KEYS, set_=changed)
        self._session.execute(statement, [values])

    def missed(self, sha256: str, authority: str, *, tries: int, due_at: datetime, fault: str) -> None:
        """A try that brought nothing: to be asked again at `due_at`. A token that is there stays."""
        values = {
            "sha256": sha256,
            "authority": authority,
            "token": None,
            "stamped_at": None,
            "tries": tries,
            "due_at": due_at,
            "fault": fault,
        }
        statement = self._insert(TimeStampRow).on_conflict_do_update(
            index_elements=_KEYS,
            set_={"tries": tries, "due_at": due_at, "fault": fault},
            where=TimeStampRow.token.is_(None),
        )
        self._session.execute(statement, [values])

    def due(self, now: datetime, *, limit: int = 200) -> tuple[TimeStamp, ...]:
        """Those to be asked for again, the longest due first."""
        rows = self._session.scalars(
            select(TimeStampRow).where(TimeStampRow.due_at <= now).order_by(TimeStampRow.due_at).limit(limit)
        )
        return tuple(_record(row) for row in rows)

    def next_due(self) -> datetime | None:
        """When the first of the queue is due; None when it is empty."""
        return self._session.scalar(select(func.min(TimeStampRow.due_at)))


def _record(row: TimeStampRow) -> TimeStamp:
    return TimeStamp(
        sha256=row.sha256,
        authority=row.authority,
        token=None if row.token is None else base64.b64decode(row.token),
        stamped_at=row.stamped_at,
        tries=row.tries,
        due_at=row.due_at,
        fault=row.fault,
    )
