"""Digests that were made, what of the record each of them tells, and what happened to it afterwards."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Series(StrEnum):
    """Digests that follow one another, period by period; each series has a ledger of its own."""

    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"


@dataclass(frozen=True, kw_only=True)
class StoredDigest:
    """A digest that was made: its days, its files, its maker. Never changed; a newer edition stands beside it."""

    id: str
    first_day: str
    last_day: str
    created_at: datetime
    created_by: str
    #: File name → SHA-256 (blob).
    files: dict[str, str]
    demo: bool
    #: Which series it is one of; empty for days chosen freely, which no ledger knows.
    series: str = ""
    #: 0, or the how manieth correction (更正第 N 号) of its period.
    erratum: int = 0
    #: The edition it takes the place of.
    replaces: str | None = None
    #: Why a correction was made.
    reason: str = ""


class RowKind(StrEnum):
    """What an entry of the ledger names."""

    LEAD = "lead"
    DECISION = "decision"
    FOLLOW_UP = "follow_up"


class Mark(StrEnum):
    """How a row came to be told."""

    #: In its own period.
    DUE = "due"
    #: Its time lies in an earlier period, whose digest was out when it arrived.
    LATE = "late"
    #: It lies before the first digest of its series, which does not count it.
    OPENING = "opening"


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One lead, decision or follow-up told by a period of a series; once a series, whatever happens later."""

    kind: RowKind
    row_id: int
    mark: Mark


class DigestEventKind(StrEnum):
    """What can happen to a digest after it was made."""

    APPROVED = "approved"
    SENT = "sent"
    #: One try at sending that came to nothing.
    FAILED = "failed"


@dataclass(frozen=True, kw_only=True)
class DigestEvent:
    """One thing that happened to a digest; rows are only ever added."""

    id: int
    digest_id: str
    kind: DigestEventKind
    user: str
    at: datetime
    #: Of a mail: whom it went to (one address a row); else empty.
    recipient: str
    #: Of a mail: what the server answered, or why not; of an approval a remark.
    detail: str
    #: The message as it was sent (blob); empty when there is none.
    message: str
