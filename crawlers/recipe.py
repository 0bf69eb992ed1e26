"""What a source.yml says once it is read: frozen records, no behaviour beyond small look-ups."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from crawlers.upkeep import Canary, Polite, Quality, Schedule
from pipelines.records import PageState

#: No host that is not loopback is asked more often than this, whatever a recipe says.
DELAY_FLOOR_S = 3.0

#: Fields a recipe may read, and which part of an ExtractedListing each becomes.
FIELD_NAMES = (
    "title",
    "body",
    "attrs",
    "posted_at",
    "district",
    "fee",
    "author",
    "org",
    "phone",
    "wechat",
    "images",
)
TRANSFORMS = (
    *("text", "attr", "abs_url", "drop", "re", "strip_prefix", "split", "join", "first", "all"),
    *("date", "fee", "phone", "area", "int"),
)


@dataclass(frozen=True, kw_only=True)
class Step:
    """One transform of the closed list, with its argument."""

    name: str
    arg: Any = None


@dataclass(frozen=True, kw_only=True)
class Label:
    """Where a table of label/value pairs stands: rows, and label and value inside each."""

    rows: str
    key: str
    value: str


@dataclass(frozen=True, kw_only=True)
class Pick:
    """One alternative of a field: exactly one of css, xpath, label, labels, field, const; then its own steps."""

    css: str | None = None
    xpath: str | None = None
    attr: str | None = None
    #: A map of label → value.
    label: Label | None = None
    #: The value beside one of these labels in `attrs`.
    labels: tuple[str, ...] = ()
    #: The text of another field.
    field: str | None = None
    const: str | None = None
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True, kw_only=True)
class FieldRule:
    """A field: alternatives in order, steps for all of them, and whether a posting may lack it."""

    name: str
    picks: tuple[Pick, ...]
    steps: tuple[Step, ...] = ()
    required: bool = False


@dataclass(frozen=True, kw_only=True)
class StateRule:
    """A page state and the conditions that must all hold for it."""

    state: PageState
    status: frozenset[int] = frozenset()
    url: re.Pattern[str] | None = None
    title: re.Pattern[str] | None = None
    css: tuple[str, ...] = ()
    xpath: str | None = None
    text: re.Pattern[str] | None = None
    max_bytes: int | None = None


@dataclass(frozen=True, kw_only=True)
class Canonical:
    """How URLs of this site become one key: unwrap click trackers, fold twins, drop query keys, take the id."""

    key: re.Pattern[str]
    drop_query: tuple[str, ...] = ()
    #: (path regex, replacement) pairs, e.g. ^/m/ → /.
    fold: tuple[tuple[re.Pattern[str], str], ...] = ()
    #: (path regex, query key holding the real URL) pairs.
    unwrap: tuple[tuple[re.Pattern[str], str], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Scope:
    """Which URLs belong to the source."""

    #: Start of relative URLs; None = the origin is given at run time (local demo sites).
    base: str | None
    hosts: tuple[str, ...]
    allow: tuple[re.Pattern[str], ...]
    deny: tuple[re.Pattern[str], ...]
    canonical: Canonical


@dataclass(frozen=True, kw_only=True)
class Fetch:
    """How pages are fetched."""

    #: http | render
    mode: str = "http"
    charset: str = "auto"
    #: Scroll steps for list pages in render mode.
    scrolls: int = 20
    #: Render mode: the page counts as drawn once this CSS matches.
    ready: str | None = None
    #: Pictures fetched per posting.
    max_images: int = 9


@dataclass(frozen=True, kw_only=True)
class ListRule:
    """One kind of list page and how rows are read off it."""

    url: str
    rows: Pick
    link: Pick
    #: The page's id, when links can have any shape; else taken from the link.
    key: Pick | None = None
    title: Pick | None = None
    next: Pick | None = None
    total_pages: Pick | None = None
    skip_rows: str | None = None
    first: int = 1
    max_pages: int = 20


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """A source.yml, its engine recipe merged in."""

    name: str
    id: str
    version: int
    engine: str
    title: str
    platform: str
    kind: str
    lane: str
    #: What site owners may write to; goes into the User-Agent.
    contact: str
    demo: bool
    visibility: str
    legal_note: str
    region: str
    reviewed_on: str
    scope: Scope
    polite: Polite = field(default_factory=Polite)
    fetch: Fetch
    lists: tuple[ListRule, ...]
    vars: dict[str, tuple[str, ...]]
    states: tuple[StateRule, ...]
    fields: dict[str, FieldRule]
    privacy: dict[str, str] = field(default_factory=dict)
    #: Hash over whatever decides how a page is read (engine and version included); see crawlers.source.
    digest: str = ""
    quality: Quality = field(default_factory=Quality)
    canary: Canary = field(default_factory=Canary)
    schedule: Schedule = field(default_factory=Schedule)

    @property
    def revisit(self) -> tuple[timedelta, ...]:
        """Ages at which a known posting is looked at again."""
        return self.schedule.detail
