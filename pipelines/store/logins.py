"""Failed logins, counted per key (a user, an address) for throttling."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, func, insert, select

from pipelines.store.base import Repo
from pipelines.store.desk_tables import LoginFailureRow


class Logins(Repo):
    def failures(self, key: str, since: datetime) -> int:
        """How many at or after `since`."""
        found = select(func.count()).where(LoginFailureRow.key == key, LoginFailureRow.at >= since)
        return int(self._session.scalar(found) or 0)

    def add_failure(self, key: str, at: datetime) -> None:
        self._session.execute(insert(LoginFailureRow), [{"key": key, "at": at}])

    def clear(self, key: str) -> None:
        """After a success."""
        self._session.execute(delete(LoginFailureRow).where(LoginFailureRow.key == key))

    def purge(self, before: datetime) -> None:
        """Forget failures older than this."""
        self._session.execute(delete(LoginFailureRow).where(LoginFailureRow.at < before))
