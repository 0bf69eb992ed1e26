"""What became of a lead after it was confirmed or handed on, as officers enter it from papers and visits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class FollowUpKind(StrEnum):
    """What can be entered; `undo` takes back the entry it names and is itself a row."""

    #: The office it went to has taken it on.
    RECEIVED = "received"
    #: It has opened a case of its own.
    FILED = "filed"
    RECTIFIED = "rectified"
    PENALISED = "penalised"
    #: Looked into, nothing unlawful found.
    UNFOUNDED = "unfounded"
    #: Not that office's to deal with.
    RETURNED = "returned"
    UNDO = "undo"


@dataclass(frozen=True, kw_only=True)
class FollowUp:
    """One entry; rows are only ever added."""

    id: int
    lead_id: int
    #: The confirmation or transfer it follows.
    decision_id: int
    kind: FollowUpKind
    #: Who dealt with it; empty for an undo, like the two below.
    office: str
    #: When that was (Asia/Shanghai); None for an undo.
    on_day: date | None
    #: Number of the paper that says so, if any.
    paper: str
    note: str
    user: str
    #: OS account when entered from the command line.
    os_account: str | None
    at: datetime
    #: The entry this one takes back.
    undoes: int | None = None
