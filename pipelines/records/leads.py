"""What officers work on: assessments, leads, decisions, cases."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from typing import Any

from pipelines.records.findings import Strike, gravest_first, strikes_of, struck_ids, with_ids


class LeadStatus(StrEnum):
    """Where a lead stands; always derived from its decisions, but for `withdrawn`: an open lead that a newer model or
    rulebook no longer calls one. It can still be decided like an open one."""

    OPEN = "open"
    HELD = "held"
    ACCEPTED = "accepted"
    DISMISSED = "dismissed"
    TRANSFERRED = "transferred"
    WITHDRAWN = "withdrawn"


class Verdict(StrEnum):
    """What an officer may decide; `undo` takes back the decision it names and is itself a row."""

    CONFIRM = "confirm"
    DISMISS = "dismiss"
    TRANSFER = "transfer"
    HOLD = "hold"
    UNDO = "undo"


#: The status a verdict leaves a lead in (undo falls back to the decision before).
STATUS_AFTER: dict[Verdict, LeadStatus] = {
    Verdict.CONFIRM: LeadStatus.ACCEPTED,
    Verdict.DISMISS: LeadStatus.DISMISSED,
    Verdict.TRANSFER: LeadStatus.TRANSFERRED,
    Verdict.HOLD: LeadStatus.HELD,
}


@dataclass(frozen=True, kw_only=True)
class StoredAssessment:
    """The classifier's answer for one listing version; `result` is the contract's `assess` object."""

    id: int
    version_id: int
    model: str
    rulebook: str
    created_at: datetime
    lead: bool
    priority: int
    result: dict[str, Any]
    #: The text that was assessed, to which the spans belong (title + "\n" + text incl. fields and OCR).
    title: str
    text: str

    @cached_property
    def findings(self) -> tuple[dict[str, Any], ...]:
        """The findings, the gravest first, each with the `id` people call it by."""
        return gravest_first(with_ids(self.result.get("findings", ())))

    def struck(self, strikes: Iterable[Strike]) -> tuple[str, ...]:
        """Ids of the findings that these strikes mean here, in the order of the findings."""
        return struck_ids(self.findings, strikes, self.version_id)

    def strikes(self, ids: Collection[str]) -> tuple[Strike, ...]:
        """The findings of these ids, to be struck by a decision on this assessment."""
        return strikes_of(self.findings, ids, version=self.version_id, assessment=self.id)


@dataclass(frozen=True, kw_only=True)
class Lead:
    """What the queue shows: one cluster of near-duplicate listings that needs a person."""

    id: int
    cluster_id: int
    listing_id: int
    assessment_id: int
    status: LeadStatus
    priority: int
    title: str
    source: str
    platform: str
    url: str
    district: str
    #: Rule codes, strongest first, without those of which the standing decision struck out every finding.
    codes: tuple[str, ...]
    operator_id: int | None
    #: The other listings of the cluster.
    duplicates: int
    created_at: datetime
    updated_at: datetime
    demo: bool
    #: Capture id of the browser capture (screenshot), when taken.
    browser_capture_id: str | None
    #: Raised with every status change; a decision names the one it saw (optimistic lock).
    revision: int


@dataclass(frozen=True, kw_only=True)
class AddedReason:
    """A reason given after its decision, in a row of its own."""

    user: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class Decision:
    """One officer's verdict on a lead; rows are only ever added."""

    id: int
    lead_id: int
    verdict: Verdict
    #: Department a transfer goes to.
    to_department: str | None
    #: Given with it, or later when it had none (`added`).
    reason: str
    user: str
    #: OS account when decided from the command line.
    os_account: str | None
    decided_at: datetime
    #: The decision this undo takes back.
    undoes: int | None
    #: The findings the officer did not adopt; the others are adopted.
    struck: tuple[Strike, ...] = ()
    #: Who gave the reason and when, if it came later than the decision.
    added: AddedReason | None = None


class CaseEventKind(StrEnum):
    """What can happen to a case after it was opened."""

    JOINED = "joined"
    TAKEN_OUT = "taken_out"
    #: 结案: its leads stay in it.
    CONCLUDED = "concluded"
    #: 撤案: its leads are free again.
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, kw_only=True)
class CaseEvent:
    """One thing that happened to a case; rows are only ever added."""

    id: int
    case_id: str
    kind: CaseEventKind
    #: The lead that joined or was taken out, else None.
    lead_id: int | None
    reason: str
    user: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class PutIn:
    """A supervisor put a page saved by somebody logged in into the packages of a case; rows are only ever added."""

    capture_id: str
    #: The lead of the case whose page it is.
    lead_id: int
    reason: str
    user: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class Case:
    """Leads of one operator taken on."""

    #: e.g. AJ-2026-0001; also the top folder of its evidence package.
    id: str
    title: str
    #: open | concluded | withdrawn
    status: str
    opened_by: str
    opened_at: datetime
    #: Those in it; of a withdrawn case, those it had when it was withdrawn.
    lead_ids: tuple[int, ...]
    operator_id: int | None
    demo: bool
    #: How, when, why and by whom it ended.
    closing: CaseEvent | None = None
