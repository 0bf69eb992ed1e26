"""What is remembered of how a source is doing: figures of its runs, changes of state, walls, missing pages, alerts."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class HealthVerdict(StrEnum):
    """What the figures of a run say of it."""

    HEALTHY = "healthy"
    #: Out of its band, but such a run may come once by chance: noted; twice in a row is a breach.
    SUSPECT = "suspect"
    #: Not to be trusted: what it brought is marked, the last good state stays.
    QUARANTINED = "quarantined"
    #: A wall, a failure, a run with --limit: says nothing of what is usual.
    UNJUDGED = "unjudged"


@dataclass(frozen=True, kw_only=True)
class RunFigures:
    """One run in numbers. Shares are (how many good, out of how many) by dotted name: `coverage.fee.yuan_per_hour`."""

    #: Rows on the list pages; None when the lists were not read to their end.
    rows: int | None
    shares: dict[str, tuple[int, int]] = field(default_factory=dict)
    #: Hours between the newest posting seen and the run; None when no posting has a date.
    newest_age_h: float | None = None
    #: Dotted name → (values outside the recipe's range, values).
    outside: dict[str, tuple[int, int]] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """As it is stored."""
        return {
            "rows": self.rows,
            "shares": {name: list(pair) for name, pair in sorted(self.shares.items())},
            "newest_age_h": None if self.newest_age_h is None else round(self.newest_age_h, 2),
            "outside": {name: list(pair) for name, pair in sorted(self.outside.items())},
        }

    @classmethod
    def of(cls, stored: dict[str, Any]) -> RunFigures:
        """Out of `to_dict`."""
        return cls(
            rows=stored["rows"],
            shares={name: (pair[0], pair[1]) for name, pair in stored["shares"].items()},
            newest_age_h=stored["newest_age_h"],
            outside={name: (pair[0], pair[1]) for name, pair in stored["outside"].items()},
        )


@dataclass(frozen=True, kw_only=True)
class Breach:
    """A figure out of its band or beyond a recipe's limit."""

    #: Which figure: rows, newest_age, coverage.title …
    check: str
    #: In Chinese: what it is and what it was to be.
    said: str
    #: Enough by itself; else only twice in a row.
    grave: bool


@dataclass(frozen=True, kw_only=True)
class RunHealth:
    """The figures of one run and what they say."""

    run_id: str
    source: str
    at: datetime
    figures: RunFigures
    breaches: tuple[Breach, ...]
    verdict: HealthVerdict
    #: The pages themselves said that guests see less.
    guest_view: bool
    #: A quarantine ends when a later run read the same pages again and was healthy.
    resolved_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class StateChange:
    """A source (at one of its hosts) turned into another state."""

    source: str
    host: str
    state: str
    reason: str
    run_id: str | None
    at: datetime


@dataclass(frozen=True, kw_only=True)
class HostRest:
    """A host that met us with a wall: no source on it is visited before `until`."""

    host: str
    until: datetime
    state: str
    reason: str
    source: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class SoftNotFound:
    """What a host answers for an address that cannot exist."""

    host: str
    url: str
    #: not_found | list | posting | text: the answer is honest, a list, reads like a posting, or is some other page.
    kind: str
    #: Shingles of what it says, hashed; empty when the answer is honest.
    shingles: tuple[int, ...]
    learned_at: datetime


@dataclass(frozen=True, kw_only=True)
class Alert:
    """One thing wrong with a source, told once and again each day while it lasts."""

    id: int
    source: str
    message: str
    opened_at: datetime
    #: When it was last told; None = not yet.
    told_at: datetime | None
    closed_at: datetime | None
