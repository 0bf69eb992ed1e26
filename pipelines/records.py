"""The records every package passes around: frozen, keyword-only, times aware UTC, ids from clock.new_id()."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class PageState(StrEnum):
    """What a fetched page turned out to be, decided before anything is extracted from it."""

    OK = "ok"
    LIST = "list"
    EMPTY_LIST = "empty_list"
    GONE = "gone"
    UNDER_REVIEW = "under_review"
    LOGIN_WALL = "login_wall"
    PERMISSION = "permission"
    CAPTCHA = "captcha"
    BLOCKED = "blocked"
    SHELL = "shell"
    MAINTENANCE = "maintenance"
    MOVED = "moved"
    ROBOTS_DENIED = "robots_denied"
    UNREACHABLE = "unreachable"
    UNKNOWN = "unknown"


#: States that mean "this site does not want programs here": the source stops at the first one.
WALLS = frozenset({PageState.CAPTCHA, PageState.BLOCKED})


class LeadStatus(StrEnum):
    """Where a lead stands; always derived from its decisions."""

    OPEN = "open"
    HELD = "held"
    ACCEPTED = "accepted"
    DISMISSED = "dismissed"
    TRANSFERRED = "transferred"


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


class Role(StrEnum):
    """What a user may do; one user may hold several."""

    REVIEWER = "reviewer"
    OFFICER = "officer"
    SUPERVISOR = "supervisor"
    ADMIN = "admin"


@dataclass(frozen=True, kw_only=True)
class Source:
    """One platform or site as the store knows it; its recipe is crawlers/sources/<name>/source.yml."""

    name: str
    #: Chinese name for people.
    title: str
    #: A crawl, B careful crawl, C capture/import, D API; `intake` for imported rows.
    lane: str
    #: Last page state that mattered (ok, captcha …) or "never".
    state: str
    #: "never" until a live check of the recipe on the real site was made; sandbox sites say "sandbox".
    verified: str
    last_good_at: datetime | None
    #: No request before this moment (after a wall).
    cooldown_until: datetime | None
    paused: bool
    #: 演示 rows: never leave a demo HOME.
    demo: bool


@dataclass(frozen=True, kw_only=True)
class Capture:
    """One fetch of one URL at one time: where the exact bytes lie and what they hash to."""

    id: str
    source: str
    #: As requested, before redirects.
    url: str
    final_url: str
    captured_at: datetime
    #: http | browser | import
    method: str
    http_status: int | None
    state: PageState
    content_type: str
    charset: str
    #: SHA-256 of the payload bytes as received.
    sha256: str
    size: int
    #: Path of the WARC file relative to HOME, offset and length of the response record in it.
    warc_path: str
    warc_offset: int
    warc_length: int
    #: WARC-Record-ID of the response record.
    warc_record_id: str
    etag: str | None = None
    last_modified: str | None = None
    #: Blob (SHA-256) of the full-page PNG; browser captures only.
    screenshot_blob: str | None = None
    #: Blob (SHA-256) of the robots.txt in force when the page was fetched.
    robots_blob: str | None = None
    server_ip: str | None = None
    #: For browser captures: the lead it was taken for.
    lead_id: int | None = None
    #: Tool and browser versions, viewport, account: what 提取环境 asks for.
    environment: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Page:
    """What the crawler remembers of one URL key between runs."""

    source: str
    #: The site's own id of the page (canonical key), unique within the source.
    key: str
    url: str
    state: PageState
    etag: str | None
    last_modified: str | None
    #: SHA-256 over the extracted fields, so that counters and jammer text do not look like change.
    signature: str
    last_capture_id: str | None
    first_seen_at: datetime
    last_fetched_at: datetime


@dataclass(frozen=True, kw_only=True)
class Image:
    """A picture of a listing: its blob and the text read off it (None = not read yet)."""

    url: str
    blob: str | None
    ocr_text: str | None = None


@dataclass(frozen=True, kw_only=True)
class ExtractedListing:
    """One posting as a spider or importer read it, before ingest: contacts still in clear."""

    source: str
    key: str
    url: str
    title: str
    #: Body text as people see it; may be empty when all is in pictures.
    text: str
    #: Label → value pairs of the page's own table.
    fields: dict[str, str] = field(default_factory=dict)
    images: tuple[Image, ...] = ()
    price_raw: str = ""
    district: str = ""
    poster: str = ""
    #: Phones and WeChat ids the page shows as fields (those inside the text are found by ingest).
    contacts: tuple[str, ...] = ()
    posted_at: datetime | None = None
    platform: str = ""
    #: public | group | private; only public things are advertisements.
    visibility: str = "public"
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Listing:
    """One posting with its newest version."""

    id: int
    source: str
    key: str
    url: str
    platform: str
    cluster_id: int
    first_seen_at: datetime
    last_seen_at: datetime
    demo: bool
    version_id: int
    #: 1, 2, 3 … per listing.
    version: int
    capture_id: str | None
    title: str
    #: With phones and contact ids masked; the exact words lie in the capture's WARC record.
    text: str
    fields: dict[str, str]
    images: tuple[Image, ...]
    price_raw: str
    district: str
    posted_at: datetime | None
    visibility: str
    operator_id: int | None


@dataclass(frozen=True, kw_only=True)
class Contact:
    """A phone, WeChat id, QQ number or name found in a listing."""

    #: phone | wechat | qq | name | email
    kind: str
    #: In clear; never stored like this.
    value: str
    start: int | None = None
    end: int | None = None


@dataclass(frozen=True, kw_only=True)
class StoredContact:
    """A contact as kept: masked for the screen, keyed hash for linking, ciphertext for the logged reveal."""

    id: int
    kind: str
    masked: str
    keyed_hash: str
    ciphertext: bytes


@dataclass(frozen=True, kw_only=True)
class Operator:
    """Who stands behind listings: contacts and names seen together."""

    id: int
    name: str
    contacts: tuple[StoredContact, ...]
    listings: int
    leads: int


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
    #: Rule codes, strongest first.
    codes: tuple[str, ...]
    operator_id: int | None
    #: Listings in the cluster.
    duplicates: int
    created_at: datetime
    updated_at: datetime
    demo: bool
    #: Capture id of the browser capture (screenshot), when taken.
    browser_capture_id: str | None
    #: Raised with every status change; a decision names the one it saw (optimistic lock).
    revision: int


@dataclass(frozen=True, kw_only=True)
class Decision:
    """One officer's verdict on a lead; rows are only ever added."""

    id: int
    lead_id: int
    verdict: Verdict
    #: Department a transfer goes to.
    to_department: str | None
    reason: str
    user: str
    #: OS account when decided from the command line.
    os_account: str | None
    decided_at: datetime
    #: The decision this undo takes back.
    undoes: int | None


@dataclass(frozen=True, kw_only=True)
class User:
    """A person who may log in."""

    name: str
    roles: frozenset[Role]
    password_hash: str
    disabled: bool
    created_at: datetime
    #: The demo user exists only in a demo HOME.
    demo: bool
    #: Queue keys can be switched off per user.
    keys_enabled: bool = True


@dataclass(frozen=True, kw_only=True)
class Session:
    """One login; the cookie holds a random token, the store its SHA-256."""

    token_hash: str
    user: str
    created_at: datetime
    expires_at: datetime
    csrf: str


@dataclass(frozen=True, kw_only=True)
class Case:
    """Leads of one operator taken on."""

    #: e.g. AJ-2026-0001; also the top folder of its evidence package.
    id: str
    title: str
    status: str
    opened_by: str
    opened_at: datetime
    lead_ids: tuple[int, ...]
    operator_id: int | None
    demo: bool


@dataclass(frozen=True, kw_only=True)
class AuditEvent:
    """Who did or saw what; ids only, chained by hash."""

    seq: int
    at: datetime
    #: User name, or "system".
    actor: str
    #: e.g. login, lead.view, lead.decide, case.open, case.export, digest.create, contact.reveal
    action: str
    #: e.g. lead, case, digest, user, source
    object_type: str
    object_id: str
    #: Ids and codes only, never personal data or text.
    detail: dict[str, Any]
    prev_hash: str
    hash: str


@dataclass(frozen=True, kw_only=True)
class CrawlRun:
    """One run over one source and what came of it."""

    id: str
    source: str
    started_at: datetime
    ended_at: datetime | None
    states: dict[str, int]
    new: int
    changed: int
    unchanged: int
    leads: int
    #: running | finished | blocked | failed
    outcome: str
    message: str


@dataclass(frozen=True, kw_only=True)
class StoredDigest:
    """A weekly digest that was made: its days, its files, its maker."""

    id: str
    first_day: str
    last_day: str
    created_at: datetime
    created_by: str
    #: File name → SHA-256 (blob).
    files: dict[str, str]
    demo: bool


@dataclass(frozen=True, kw_only=True)
class PageOf(Generic[T]):
    """One page of an ordered list; `next` is the cursor of the following page or None."""

    items: tuple[T, ...]
    next: str | None
    total: int | None = None
