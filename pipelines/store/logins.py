"""Failed logins, counted per key (a user, an address) for throttling."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, func, insert, select

from pipelines.store.base import Repo
from pipelines.store.desk_tables import LoginFailureRow


class Logins(Repo):
    def newest_but(self, key: str, number: int) -> datetime | None:
        """When the failure happened that has `number` newer ones; None when there are not so many."""
        found = select(LoginFailureRow.at).where(LoginFailureRow.key == key).order_by(LoginFailureRow.at.desc())
        return self._session.scalar(found.offset(number).limit(1))

    def count(self, key: str, since: datetime) -> int:
        """How many failures happened from then on."""
        found = select(func.count()).where(LoginFailureRow.key == key, LoginFailureRow.at >= since)
        return self._session.scalar(found) or 0

    def add_failure(self, key: str, at: datetime) -> None:
        self._session.execute(insert(LoginFailureRow), [{"key": key, "at": at}])

    def clear(self, key: str) -> None:
        """After a success."""
        self._session.execute(delete(LoginFailureRow).where(LoginFailureRow.key == key))

    def take_back(self, key: str, at: datetime) -> None:
        """Forget one failure noted at this moment, for an attempt that was none; others of the same moment stay."""
        newest = select(func.max(LoginFailureRow.id)).where(LoginFailureRow.key == key, LoginFailureRow.at == at)
        self._session.execute(delete(LoginFailureRow).where(LoginFailureRow.id == newest.scalar_subquery()))

    def purge(self, before: datetime) -> None:
        """Forget failures older than this."""
        self._session.execute(delete(LoginFailureRow).where(LoginFailureRow.at < before))
