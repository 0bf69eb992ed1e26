"""Who uses the desk, and what the log says they did."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any


class Role(StrEnum):
    """What a user may do; one user may hold several."""

    REVIEWER = "reviewer"
    OFFICER = "officer"
    SUPERVISOR = "supervisor"
    ADMIN = "admin"


@dataclass(frozen=True, kw_only=True)
class User:
    """A person who may log in."""

    name: str
    roles: frozenset[Role]
    password_hash: str
    disabled: bool
    created_at: datetime
    #: The demo user exists only in a demo HOME.
    demo: bool
    #: Queue keys can be switched off per user.
    keys_enabled: bool = True
    #: When somebody else chose the password, who therefore knows it; None once it is one's own.
    password_given_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Session:
    """One login; the cookie holds a random token, the store its SHA-256."""

    token_hash: str
    user: str
    created_at: datetime
    expires_at: datetime
    csrf: str


@dataclass(frozen=True, kw_only=True)
class AuditEvent:
    """Who did or saw what; ids only, chained by hash."""

    seq: int
    at: datetime
    #: User name, or "system".
    actor: str
    #: e.g. login, lead.view, lead.decide, case.open, case.export, digest.create, contact.reveal
    action: str
    #: e.g. lead, case, digest, user, source
    object_type: str
    object_id: str
    #: Ids and codes only, never personal data or text.
    detail: dict[str, Any]
    prev_hash: str
    hash: str


@dataclass(frozen=True, kw_only=True)
class AuditFilter:
    """What somebody looks for in the audit log; None or empty means everything."""

    actor: str | None = None
    action: str | None = None
    object_type: str | None = None
    object_id: str | None = None
    #: From this moment on.
    begin: datetime | None = None
    #: Before this moment.
    end: datetime | None = None

    @property
    def narrowed(self) -> bool:
        """Whether anything is chosen."""
        return self != AuditFilter()
