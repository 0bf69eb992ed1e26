"""Tables of what was captured and what was made of it: sources, captures, pages, listings, contacts, assessments."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from pipelines.records import PageState
from pipelines.store.base import AutoId, Base, one_of
from pipelines.store.types import Json


class SourceRow(Base):
    __tablename__ = "sources"

    name: Mapped[str] = mapped_column(primary_key=True)
    title: Mapped[str]
    lane: Mapped[str]
    state: Mapped[str]
    verified: Mapped[str]
    last_good_at: Mapped[datetime | None]
    cooldown_until: Mapped[datetime | None]
    paused: Mapped[bool]
    demo: Mapped[bool]
    #: Its recipe's own number of days; NULL: the installation's.
    retain_days: Mapped[int | None]


class CaptureRow(Base):
    __tablename__ = "captures"
    __table_args__ = (
        one_of("method", ("http", "browser", "import")),
        one_of("state", PageState),
        CheckConstraint("length(sha256) = 64", name="sha256"),
        CheckConstraint("size >= 0 AND warc_offset >= 0 AND warc_length >= 0", name="extent"),
        # Where the committed part of a WARC file ends is asked at every start of a crawl.
        Index("ix_captures_warc", "warc_path", "warc_offset", "warc_length"),
        Index("ix_captures_source_captured_at", "source", "captured_at"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(ForeignKey("sources.name"))
    url: Mapped[str]
    final_url: Mapped[str]
    captured_at: Mapped[datetime]
    method: Mapped[str]
    http_status: Mapped[int | None]
    state: Mapped[str]
    content_type: Mapped[str]
    charset: Mapped[str]
    sha256: Mapped[str]
    size: Mapped[int]
    warc_path: Mapped[str]
    warc_offset: Mapped[int]
    warc_length: Mapped[int]
    warc_record_id: Mapped[str]
    etag: Mapped[str | None]
    last_modified: Mapped[str | None]
    screenshot_blob: Mapped[str | None]
    robots_blob: Mapped[str | None]
    server_ip: Mapped[str | None]
    environment: Mapped[dict[str, Any]] = mapped_column(Json)
    #: By what it is taken for a page saved by somebody logged in; NULL: by nothing.
    logged_in: Mapped[str | None]


class PageRow(Base):
    __tablename__ = "pages"
    __table_args__ = (one_of("state", PageState), Index("ix_pages_last_capture_id", "last_capture_id"))

    source: Mapped[str] = mapped_column(ForeignKey("sources.name"), primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    url: Mapped[str]
    state: Mapped[str]
    etag: Mapped[str | None]
    last_modified: Mapped[str | None]
    signature: Mapped[str]
    last_capture_id: Mapped[str | None] = mapped_column(ForeignKey("captures.id"))
    first_seen_at: Mapped[datetime]
    last_fetched_at: Mapped[datetime]
    changed_at: Mapped[datetime | None]
    row_mark: Mapped[str | None]


class OperatorRow(Base):
    __tablename__ = "operators"
    __table_args__ = (CheckConstraint("merged_into <> id", name="merged_into"),)

    id: Mapped[AutoId]
    name: Mapped[str]
    #: The operator this one turned out to be; old ids keep leading to the right one.
    merged_into: Mapped[int | None] = mapped_column(ForeignKey("operators.id"), index=True)


class ContactRow(Base):
    __tablename__ = "contacts"
    __table_args__ = (UniqueConstraint("kind", "keyed_hash"), Index("ix_contacts_keyed_hash", "keyed_hash"))

    id: Mapped[AutoId]
    kind: Mapped[str]
    masked: Mapped[str]
    keyed_hash: Mapped[str]
    ciphertext: Mapped[bytes] = mapped_column(LargeBinary)
    operator_id: Mapped[int | None] = mapped_column(ForeignKey("operators.id"), index=True)


class ClusterRow(Base):
    """A set of near-duplicate listings; one lead at most."""

    __tablename__ = "clusters"

    id: Mapped[AutoId]
    created_at: Mapped[datetime]


class ListingRow(Base):
    __tablename__ = "listings"
    __table_args__ = (
        UniqueConstraint("source", "key"),
        one_of("visibility", ("public", "group", "private")),
        CheckConstraint("version >= 1", name="version"),
    )

    id: Mapped[AutoId]
    source: Mapped[str] = mapped_column(ForeignKey("sources.name"))
    key: Mapped[str]
    url: Mapped[str]
    platform: Mapped[str]
    cluster_id: Mapped[int] = mapped_column(ForeignKey("clusters.id"), index=True)
    operator_id: Mapped[int | None] = mapped_column(ForeignKey("operators.id"), index=True)
    visibility: Mapped[str]
    demo: Mapped[bool]
    first_seen_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    #: Number of the version that holds now (no foreign key: the two tables would need each other first).
    version: Mapped[int]


class ListingVersionRow(Base):
    __tablename__ = "listing_versions"
    __table_args__ = (
        UniqueConstraint("listing_id", "version"),
        UniqueConstraint("listing_id", "content_sha256"),
        CheckConstraint("version >= 1", name="version"),
        Index("ix_listing_versions_content_sha256", "content_sha256"),
        Index("ix_listing_versions_capture_id", "capture_id"),
    )

    id: Mapped[AutoId]
    listing_id: Mapped[int] = mapped_column(ForeignKey("listings.id"))
    version: Mapped[int]
    content_sha256: Mapped[str]
    capture_id: Mapped[str | None] = mapped_column(ForeignKey("captures.id"))
    title: Mapped[str]
    text: Mapped[str]
    fields: Mapped[dict[str, str]] = mapped_column(Json)
    images: Mapped[list[dict[str, str | None]]] = mapped_column(Json)
    price_raw: Mapped[str]
    district: Mapped[str]
    posted_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    #: When its words were deleted on schedule; NULL: they are there.
    emptied_at: Mapped[datetime | None]


class ListingCaptureRow(Base):
    """Every capture a listing was read from, also those that brought nothing new."""

    __tablename__ = "listing_captures"

    listing_id: Mapped[int] = mapped_column(ForeignKey("listings.id"), primary_key=True)
    capture_id: Mapped[str] = mapped_column(ForeignKey("captures.id"), primary_key=True, index=True)


class ListingContactRow(Base):
    __tablename__ = "listing_contacts"

    listing_id: Mapped[int] = mapped_column(ForeignKey("listings.id"), primary_key=True)
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id"), primary_key=True, index=True)


class NearKeyRow(Base):
    """One LSH band of one version."""

    __tablename__ = "near_keys"

    version_id: Mapped[int] = mapped_column(ForeignKey("listing_versions.id"), primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True, index=True)
    cluster_id: Mapped[int] = mapped_column(ForeignKey("clusters.id"))


class SignatureRow(Base):
    """The MinHash of one version."""

    __tablename__ = "near_signatures"

    version_id: Mapped[int] = mapped_column(ForeignKey("listing_versions.id"), primary_key=True, autoincrement=False)
    signature: Mapped[bytes] = mapped_column(LargeBinary)


class AssessmentRow(Base):
    __tablename__ = "assessments"
    __table_args__ = (
        UniqueConstraint("version_id", "model", "rulebook"),
        CheckConstraint("priority BETWEEN 0 AND 100", name="priority"),
    )

    id: Mapped[AutoId]
    version_id: Mapped[int] = mapped_column(ForeignKey("listing_versions.id"))
    model: Mapped[str]
    rulebook: Mapped[str]
    created_at: Mapped[datetime]
    lead: Mapped[bool]
    priority: Mapped[int]
    result: Mapped[dict[str, Any]] = mapped_column(Json)
    title: Mapped[str]
    text: Mapped[str]
