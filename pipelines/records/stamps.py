"""A time stamp asked for and, perhaps, got."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, kw_only=True)
class TimeStamp:
    """One digest put before one authority."""

    #: Of the bytes that are stamped.
    sha256: str
    #: URL of the authority; "" is the station's own.
    authority: str
    #: The RFC 3161 response as it came (DER); None while it is waited for.
    token: bytes | None
    #: What the token says; None while it is waited for.
    stamped_at: datetime | None
    tries: int
    #: When to ask again; None when there is a token.
    due_at: datetime | None
    #: Why the last try brought nothing, in Chinese; "" when it did.
    fault: str
