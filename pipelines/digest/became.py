"""The rows of a digest that say what became of things: operators that come up again, entries, transfers, pages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from pipelines.records import FollowUpKind


@dataclass(frozen=True, kw_only=True)
class OperatorNote:
    """An operator with new leads."""

    key: str
    name: str
    leads: tuple[int, ...]
    #: Leads it had before.
    earlier: tuple[int, ...]
    #: Those of them confirmed or transferred: it came up again.
    confirmed: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class FollowedUp:
    """What an officer entered as having become of a lead."""

    id: int
    lead: int
    title: str
    kind: FollowUpKind
    #: Who dealt with it, and when.
    office: str
    on_day: date
    paper: str
    #: It was not taken back, and the decision it follows stands.
    holds: bool
    #: It was entered before this period and reached the record after that period's digest was out.
    late: bool


@dataclass(frozen=True, kw_only=True)
class Handled:
    """How many leads this digest tells one kind of entry of, of those that hold."""

    #: FollowUpKind
    key: str
    name: str
    leads: int


@dataclass(frozen=True, kw_only=True)
class HeldLine:
    """One lead that stands confirmed or transferred at the period's end, whenever that was decided; the numbers of
    `progress`, `taken_on`, `rectified` and `pending` count these."""

    id: int
    title: str
    district: str
    stands: str
    #: Kinds of all entries on it that hold.
    became: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Progress:
    """How far the confirmed and transferred leads of one district are at the period's end."""

    district: str
    taken_on: int
    #: Something was entered of it; rectified, penalised or nothing unlawful found; rectified.
    entered: int
    settled: int
    rectified: int


@dataclass(frozen=True, kw_only=True)
class StillShown:
    """A lead entered as rectified whose page was there unchanged afterwards."""

    id: int
    title: str
    rectified_on: date
    #: When the page was last seen.
    seen_at: datetime


@dataclass(frozen=True, kw_only=True)
class Pending:
    """A transferred lead of which nothing was entered since, and nothing else decided."""

    id: int
    title: str
    department: str
    sent_at: datetime
    #: Whole days from then to the period's end.
    days: int


@dataclass(frozen=True, kw_only=True)
class Gone:
    """A confirmed or transferred lead whose page was found gone."""

    id: int
    title: str
    #: When that was last seen.
    seen_at: datetime
