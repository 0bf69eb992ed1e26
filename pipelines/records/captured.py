"""What was fetched and what was read off it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


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


#: States that mean "this site does not want programs here": the source stops at the first one. A login wall does so
#: too when it stands before a list or several postings in a row (crawlers.spiders.list_detail).
WALLS = frozenset({PageState.CAPTCHA, PageState.BLOCKED})


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
    #: Days that what raised no lead is kept, as its recipe says; None: as the installation says.
    retain_days: int | None = None

    @property
    def by_hand(self) -> bool:
        """Brought in by people, file by file."""
        return self.lane == "intake"


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
    #: By what a brought page is taken for one saved by somebody logged in (疑为登录后留存); None: by nothing.
    logged_in: str | None = None
    #: When its bytes were deleted on schedule (pipelines.evidence.retention); None: they are there.
    deleted_at: datetime | None = None


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
    #: When what it says last became something else; None: not since it was first seen.
    changed_at: datetime | None = None
    #: Checksum of what its row in a list said when it was last asked for; None: no row that says anything was read.
    row_mark: str | None = None


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
    #: When its words were deleted on schedule; None: they are there.
    emptied_at: datetime | None = None


#: How a run stands or ended. Stopped: by somebody. Killed runs say so once the next one has looked: `resumed` when that
#: one goes on where they were, `interrupted` when nothing was left to go on with. None of these three says anything of
#: the site.
RUN_OUTCOMES = ("running", "finished", "blocked", "failed", "stopped", "interrupted", "resumed")
#: Ended by people or machines, not by what the site did.
CUT_SHORT = frozenset({"stopped", "interrupted", "resumed"})


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
    #: One of RUN_OUTCOMES.
    outcome: str
    message: str
