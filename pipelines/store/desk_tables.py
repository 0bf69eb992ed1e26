"""Tables of what people do: leads, decisions, users, cases, audit, runs, digests, settings."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from pipelines.records import RUN_OUTCOMES, CaseEventKind, LeadStatus, OpinionFault, OpinionOutcome, Role, Verdict
from pipelines.store.base import AutoId, Base, one_of
from pipelines.store.types import Json

#: Tables whose rows are only ever added; triggers made by the migrations refuse the rest.
APPEND_ONLY = (
    "decisions",
    "decision_reasons",
    "audit_events",
    "opinions",
    "case_events",
    "state_changes",
    "digest_editions",
    "digest_entries",
    "digest_events",
    "follow_ups",
    "put_ins",
)
#: What a lead's own row says; that it is withdrawn stands in a table of its own.
DECIDED_STATUSES = tuple(status for status in LeadStatus if status is not LeadStatus.WITHDRAWN)


class LeadRow(Base):
    __tablename__ = "leads"
    __table_args__ = (
        UniqueConstraint("cluster_id"),
        one_of("status", DECIDED_STATUSES),
        CheckConstraint("priority BETWEEN 0 AND 100", name="priority"),
        CheckConstraint("rank = -priority", name="rank"),
        # The queue's order, for one status and for all.
        Index("ix_leads_queue", "status", "rank", "id"),
        Index("ix_leads_order", "rank", "id"),
        Index("ix_leads_source", "source"),
        Index("ix_leads_district", "district"),
        Index("ix_leads_created_at", "created_at"),
    )

    id: Mapped[AutoId]
    cluster_id: Mapped[int] = mapped_column(ForeignKey("clusters.id"))
    listing_id: Mapped[int] = mapped_column(ForeignKey("listings.id"), index=True)
    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessments.id"), index=True)
    status: Mapped[str]
    priority: Mapped[int]
    #: Minus the priority: a plain ascending index (rank, id) then is the order of the queue on both engines.
    rank: Mapped[int]
    title: Mapped[str]
    source: Mapped[str] = mapped_column(ForeignKey("sources.name"))
    platform: Mapped[str]
    url: Mapped[str]
    district: Mapped[str]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    demo: Mapped[bool]
    browser_capture_id: Mapped[str | None] = mapped_column(ForeignKey("captures.id"), index=True)
    revision: Mapped[int]


class LeadCodeRow(Base):
    __tablename__ = "lead_codes"
    __table_args__ = (UniqueConstraint("lead_id", "code"), Index("ix_lead_codes_code", "code"))

    lead_id: Mapped[int] = mapped_column(ForeignKey("leads.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str]


class LeadCaptureRow(Base):
    """Captures taken for a lead (browser captures), as opposed to those its listings were read from."""

    __tablename__ = "lead_captures"

    capture_id: Mapped[str] = mapped_column(ForeignKey("captures.id"), primary_key=True)
    lead_id: Mapped[int] = mapped_column(ForeignKey("leads.id"), index=True)


class WithdrawnLeadRow(Base):
    """An open lead that a newer model or rulebook no longer calls one; the row goes when one does again, or when a
    person decides."""

    __tablename__ = "withdrawn_leads"

    lead_id: Mapped[int] = mapped_column(ForeignKey("leads.id"), primary_key=True, autoincrement=False)
    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessments.id"), index=True)
    at: Mapped[datetime]


class UserRow(Base):
    __tablename__ = "users"

    name: Mapped[str] = mapped_column(primary_key=True)
    password_hash: Mapped[str]
    disabled: Mapped[bool]
    created_at: Mapped[datetime]
    demo: Mapped[bool]
    keys_enabled: Mapped[bool]
    #: When somebody else chose the password; NULL once it is one's own.
    password_given_at: Mapped[datetime | None]


class UserRoleRow(Base):
    __tablename__ = "user_roles"
    __table_args__ = (one_of("role", Role),)

    user: Mapped[str] = mapped_column(ForeignKey("users.name"), primary_key=True)
    role: Mapped[str] = mapped_column(primary_key=True)


class DecisionRow(Base):
    __tablename__ = "decisions"
    __table_args__ = (
        one_of("verdict", Verdict),
        UniqueConstraint("undoes"),
        CheckConstraint("(verdict = 'undo') = (undoes IS NOT NULL)", name="undoes"),
        CheckConstraint("verdict <> 'transfer' OR to_department IS NOT NULL", name="to_department"),
        Index("ix_decisions_lead_id", "lead_id", "id"),
        Index("ix_decisions_decided_at", "decided_at"),
    )

    id: Mapped[AutoId]
    lead_id: Mapped[int] = mapped_column(ForeignKey("leads.id"))
    verdict: Mapped[str]
    to_department: Mapped[str | None]
    reason: Mapped[str]
    user: Mapped[str] = mapped_column(ForeignKey("users.name"))
    os_account: Mapped[str | None]
    decided_at: Mapped[datetime]
    undoes: Mapped[int | None] = mapped_column(ForeignKey("decisions.id"))
    #: The findings it does not adopt: objects of a Strike's keys but its words; of older rows rule codes. NULL is none.
    struck: Mapped[list[Any] | None] = mapped_column(Json)


class DecisionReasonRow(Base):
    """A reason that came after its decision, which had none; one at most."""

    __tablename__ = "decision_reasons"
    __table_args__ = (UniqueConstraint("decision_id"), CheckConstraint("reason <> ''", name="reason"))

    id: Mapped[AutoId]
    decision_id: Mapped[int] = mapped_column(ForeignKey("decisions.id"))
    reason: Mapped[str]
    user: Mapped[str] = mapped_column(ForeignKey("users.name"))
    os_account: Mapped[str | None]
    at: Mapped[datetime]


class OpinionRow(Base):
    """What a second reader said, or that it said nothing; no key leads from here to a status."""

    __tablename__ = "opinions"
    __table_args__ = (
        one_of("outcome", OpinionOutcome),
        one_of("fault", OpinionFault),
        CheckConstraint("(outcome = 'given') = (answer IS NOT NULL)", name="answer"),
        CheckConstraint("(outcome = 'missed') = (fault IS NOT NULL)", name="fault_told"),
        Index("ix_opinions_lead_id", "lead_id", "id"),
        Index("ix_opinions_assessment_id", "assessment_id"),
    )

    id: Mapped[AutoId]
    lead_id: Mapped[int] = mapped_column(ForeignKey("leads.id"))
    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessments.id"))
    model: Mapped[str]
    prompt: Mapped[str]
    asked_at: Mapped[datetime]
    outcome: Mapped[str]
    fault: Mapped[str | None]
    answer: Mapped[dict[str, Any] | None] = mapped_column(Json)


class SessionRow(Base):
    __tablename__ = "sessions"

    token_hash: Mapped[str] = mapped_column(primary_key=True)
    user: Mapped[str] = mapped_column(ForeignKey("users.name"), index=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    csrf: Mapped[str]


class LoginFailureRow(Base):
    __tablename__ = "login_failures"
    __table_args__ = (Index("ix_login_failures_key_at", "key", "at"),)

    id: Mapped[AutoId]
    key: Mapped[str]
    at: Mapped[datetime]


class CaseRow(Base):
    __tablename__ = "cases"
    __table_args__ = (UniqueConstraint("year", "number"), one_of("status", ("open", "closed")))

    id: Mapped[str] = mapped_column(primary_key=True)
    year: Mapped[int]
    number: Mapped[int]
    title: Mapped[str]
    status: Mapped[str]
    opened_by: Mapped[str] = mapped_column(ForeignKey("users.name"))
    opened_at: Mapped[datetime]
    demo: Mapped[bool]


class CaseLeadRow(Base):
    """A lead is in one case at most; one that left keeps its row: taken out by an officer, or released when the case
    was withdrawn."""

    __tablename__ = "case_leads"
    __table_args__ = (
        one_of("state", ("in", "taken_out", "released")),
        Index(
            "uq_case_leads_in",
            "lead_id",
            unique=True,
            sqlite_where=text("state = 'in'"),
            postgresql_where=text("state = 'in'"),
        ),
    )

    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    lead_id: Mapped[int] = mapped_column(ForeignKey("leads.id"), primary_key=True, autoincrement=False)
    state: Mapped[str]


class CaseEventRow(Base):
    """What happened to a case after it was opened."""

    __tablename__ = "case_events"
    __table_args__ = (
        one_of("kind", CaseEventKind),
        CheckConstraint("(kind IN ('joined', 'taken_out')) = (lead_id IS NOT NULL)", name="lead_id"),
        Index("ix_case_events_case_id", "case_id", "id"),
    )

    id: Mapped[AutoId]
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"))
    kind: Mapped[str]
    lead_id: Mapped[int | None] = mapped_column(ForeignKey("leads.id"))
    reason: Mapped[str]
    user: Mapped[str] = mapped_column(ForeignKey("users.name"))
    at: Mapped[datetime]


class AuditRow(Base):
    __tablename__ = "audit_events"
    __table_args__ = (
        UniqueConstraint("hash"),
        UniqueConstraint("prev_hash"),
        Index("ix_audit_events_object", "object_type", "object_id"),
    )

    #: Given out by us, without gaps.
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    actor: Mapped[str]
    action: Mapped[str]
    object_type: Mapped[str]
    object_id: Mapped[str]
    detail: Mapped[dict[str, Any]] = mapped_column(Json)
    prev_hash: Mapped[str]
    hash: Mapped[str]


class CrawlRunRow(Base):
    __tablename__ = "crawl_runs"
    __table_args__ = (
        one_of("outcome", RUN_OUTCOMES),
        Index("ix_crawl_runs_source_started_at", "source", "started_at"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(ForeignKey("sources.name"))
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    states: Mapped[dict[str, int]] = mapped_column(Json)
    new: Mapped[int]
    changed: Mapped[int]
    unchanged: Mapped[int]
    leads: Mapped[int]
    outcome: Mapped[str]
    message: Mapped[str]


class DigestRow(Base):
    __tablename__ = "digests"
    __table_args__ = (Index("ix_digests_created_at", "created_at", "id"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    first_day: Mapped[str]
    last_day: Mapped[str]
    created_at: Mapped[datetime]
    created_by: Mapped[str]
    files: Mapped[dict[str, str]] = mapped_column(Json)
    demo: Mapped[bool]


class SettingRow(Base):
    __tablename__ = "settings"

    key: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]
