"""Log-in sessions: the cookie holds a random token, the store its SHA-256."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from pipelines import audit, clock
from pipelines.desk import Desk
from pipelines.records import Session, User

#: A working day; no sliding, so that a stolen cookie ends too.
LIFETIME = timedelta(hours=10)


def start(desk: Desk, user: User, *, replaces: str | None = None) -> tuple[str, Session]:
    """A new session and its token; the session of the token `replaces` ends (rotation at log-in)."""
    token = secrets.token_urlsafe(32)
    moment = clock.now()
    session = Session(
        token_hash=hash_token(token),
        user=user.name,
        created_at=moment,
        expires_at=moment + LIFETIME,
        csrf=secrets.token_urlsafe(32),
    )
    with desk.store.transaction() as tx:
        if replaces:
            tx.sessions.delete(hash_token(replaces))
        tx.sessions.purge(moment)
        tx.sessions.add(session)
    return token, session


def find(desk: Desk, token: str) -> tuple[Session, User] | None:
    """The living session of this token and its user; None when expired, unknown or disabled."""
    if not token or len(token) > 128:
        return None
    with desk.store.read() as tx:
        session = tx.sessions.get(hash_token(token))
        if session is None or session.expires_at <= clock.now():
            return None
        user = tx.users.get(session.user)
    return None if user is None or user.disabled else (session, user)


def end(desk: Desk, token: str, user: User) -> None:
    """Log out: the session is gone from the store, not only from the browser."""
    with desk.store.transaction() as tx:
        tx.sessions.delete(hash_token(token))
        audit.record(tx, actor=user.name, action="logout", object_type="user", object_id=user.name)


def hash_token(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
