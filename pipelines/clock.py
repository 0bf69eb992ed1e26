"""Where times and ids come from, so that tests can pin both."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

#: For people; inside everything is UTC.
SHANGHAI = ZoneInfo("Asia/Shanghai")


def _system_now() -> datetime:
    return datetime.now(UTC)


_now: Callable[[], datetime] = _system_now


def now() -> datetime:
    """The present moment, aware, UTC."""
    return _now()


def new_id() -> str:
    """A random 128-bit id, 32 hex digits."""
    return secrets.token_hex(16)


def pin(moment: Callable[[], datetime] | None) -> None:
    """Replace the clock (tests only); None puts the system's back."""
    global _now  # noqa: PLW0603  # the one place where time is a variable
    _now = moment or _system_now


def local(moment: datetime) -> datetime:
    """The same moment as people in China read it."""
    return moment.astimezone(SHANGHAI)


def today() -> date:
    """The day it is in China."""
    return local(now()).date()


def local_text(moment: datetime) -> str:
    """The same moment in writing for people in China, to the second."""
    return local(moment).strftime("%Y-%m-%d %H:%M:%S")


def rfc3339(moment: datetime) -> str:
    """RFC 3339 with zone, microseconds kept; refuses naive times."""
    if moment.tzinfo is None:
        raise ValueError("naive time")
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
