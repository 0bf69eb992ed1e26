"""The records every package passes around: frozen, keyword-only, times aware UTC, ids from clock.new_id()."""

from __future__ import annotations

from pipelines.records.captured import (
    CUT_SHORT,
    RUN_OUTCOMES,
    WALLS,
    Capture,
    CrawlRun,
    ExtractedListing,
    Image,
    Listing,
    Page,
    PageState,
    Source,
)
from pipelines.records.crawling import Ask, Revisit
from pipelines.records.digests import (
    DigestEvent,
    DigestEventKind,
    Entry,
    Mark,
    RowKind,
    Series,
    StoredDigest,
)
from pipelines.records.findings import CONSEQUENCE_ORDER, Strike
from pipelines.records.follow_ups import FollowUp, FollowUpKind
from pipelines.records.health import (
    Alert,
    Breach,
    HealthVerdict,
    HostRest,
    RunFigures,
    RunHealth,
    SoftNotFound,
    StateChange,
)
from pipelines.records.leads import (
    STATUS_AFTER,
    AddedReason,
    Case,
    CaseEvent,
    CaseEventKind,
    Decision,
    Lead,
    LeadStatus,
    PutIn,
    StoredAssessment,
    Verdict,
)
from pipelines.records.lists import PageOf
from pipelines.records.operators import Contact, Operator, StoredContact
from pipelines.records.opinions import Opinion, OpinionFault, OpinionOutcome
from pipelines.records.people import AuditEvent, AuditFilter, Role, Session, User
from pipelines.records.retention import Deletion, Emptied, Limits
from pipelines.records.stamps import TimeStamp
from pipelines.records.tasks import HostDay, HostPace, ImpactNote, Planned, Stop, Task, TaskRun, Worker

__all__ = [
    "CONSEQUENCE_ORDER",
    "CUT_SHORT",
    "RUN_OUTCOMES",
    "STATUS_AFTER",
    "WALLS",
    "AddedReason",
    "Alert",
    "Ask",
    "AuditEvent",
    "AuditFilter",
    "Breach",
    "Capture",
    "Case",
    "CaseEvent",
    "CaseEventKind",
    "Contact",
    "CrawlRun",
    "Decision",
    "Deletion",
    "DigestEvent",
    "DigestEventKind",
    "Emptied",
    "Entry",
    "ExtractedListing",
    "FollowUp",
    "FollowUpKind",
    "HealthVerdict",
    "HostDay",
    "HostPace",
    "HostRest",
    "Image",
    "ImpactNote",
    "Lead",
    "LeadStatus",
    "Limits",
    "Listing",
    "Mark",
    "Operator",
    "Opinion",
    "OpinionFault",
    "OpinionOutcome",
    "Page",
    "PageOf",
    "PageState",
    "Planned",
    "PutIn",
    "Revisit",
    "Role",
    "RowKind",
    "RunFigures",
    "RunHealth",
    "Series",
    "Session",
    "SoftNotFound",
    "Source",
    "StateChange",
    "Stop",
    "StoredAssessment",
    "StoredContact",
    "StoredDigest",
    "Strike",
    "Task",
    "TaskRun",
    "TimeStamp",
    "User",
    "Verdict",
    "Worker",
]
