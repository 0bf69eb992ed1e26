"""Hosts: what each was asked on each day, and how much slower than usual it is asked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import delete, select

from pipelines.records import HostDay, HostPace
from pipelines.store.base import Repo
from pipelines.store.job_tables import HostDayRow, HostRow


class Hosts(Repo):
    def pace(self, host: str) -> HostPace:
        """As remembered; a host nothing is known of is asked at the usual pace."""
        row = self._get(HostRow, host)
        if row is None:
            return HostPace(host=host, factor=1, slowed_at=None, reason="")
        return HostPace(host=row.host, factor=row.factor, slowed_at=row.slowed_at, reason=row.reason)

    def set_pace(self, host: str, *, factor: int, at: datetime | None, reason: str) -> None:
        statement = self._insert(HostRow).values(host=host, factor=factor, slowed_at=at, reason=reason)
        changes = {"factor": factor, "slowed_at": at, "reason": reason}
        self._session.execute(statement.on_conflict_do_update(index_elements=["host"], set_=changes))

    def spend(self, host: str, day: date, *, requests: int, bytes_: int) -> None:
        """Add to what a host was asked on a day."""
        statement = self._insert(HostDayRow).values(host=host, day=day.isoformat(), requests=requests, bytes=bytes_)
        changes = {
            "requests": HostDayRow.requests + statement.excluded.requests,
            "bytes": HostDayRow.bytes + statement.excluded.bytes,
        }
        self._session.execute(statement.on_conflict_do_update(index_elements=["host", "day"], set_=changes))

    def spent(self, hosts: Sequence[str], day: date) -> int:
        """Requests to any of the hosts on a day."""
        rows = self._session.scalars(
            select(HostDayRow.requests).where(HostDayRow.host.in_(list(hosts)), HostDayRow.day == day.isoformat())
        )
        return sum(rows)

    def days(self, hosts: Sequence[str], since: date) -> tuple[HostDay, ...]:
        """What each host was asked from that day on, the oldest day first."""
        rows = self._session.scalars(
            select(HostDayRow)
            .where(HostDayRow.host.in_(list(hosts)), HostDayRow.day >= since.isoformat())
            .order_by(HostDayRow.day, HostDayRow.host)
        )
        return tuple(
            HostDay(host=row.host, day=date.fromisoformat(row.day), requests=row.requests, bytes=row.bytes)
            for row in rows
        )

    def forget_days(self, before: date) -> int:
        """Remove the days before; how many rows."""
        rows = self._session.scalars(
            delete(HostDayRow).where(HostDayRow.day < before.isoformat()).returning(HostDayRow.host)
        )
        return len(rows.all())
