"""Sessions: logins in force, known by the SHA-256 of their token."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

from sqlalchemy import delete, insert, select

from pipelines.records import Session as LoginSession
from pipelines.store.base import Repo
from pipelines.store.desk_tables import SessionRow


class Sessions(Repo):
    def add(self, session: LoginSession) -> None:
        self._session.execute(insert(SessionRow), [asdict(session)])

    def get(self, token_hash: str) -> LoginSession | None:
        """As stored; whether it has run out is the caller's question."""
        row = self._session.scalars(select(SessionRow).where(SessionRow.token_hash == token_hash)).one_or_none()
        if row is None:
            return None
        return LoginSession(
            token_hash=row.token_hash,
            user=row.user,
            created_at=row.created_at,
            expires_at=row.expires_at,
            csrf=row.csrf,
        )

    def delete(self, token_hash: str) -> None:
        """Log out; an unknown token is nothing to complain about."""
        self._session.execute(delete(SessionRow).where(SessionRow.token_hash == token_hash))

    def delete_for(self, user: str) -> None:
        """Log this user out everywhere."""
        self._session.execute(delete(SessionRow).where(SessionRow.user == user))

    def purge(self, now: datetime) -> None:
        """Forget sessions that have run out."""
        self._session.execute(delete(SessionRow).where(SessionRow.expires_at <= now))
