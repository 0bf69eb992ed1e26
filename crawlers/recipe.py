"""What a source.yml says once it is read: frozen records, no behaviour beyond small look-ups."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from crawlers.upkeep import Canary, Fixture, Polite, Quality, Schedule
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
    *("text", "html", "attr", "abs_url", "drop", "keep", "re", "strip_prefix", "split", "join", "map", "first", "all"),
    *("date", "fee", "money", "phone", "area", "district", "int", "images"),
)
#: What may become of a field: kept, masked, replaced by a pseudonym, not even read.
PRIVACY_MODES = ("keep", "mask", "hash", "drop")
#: Fields that may be pseudonyms: the account something was posted by, which need only be told from others.
HASHABLE = ("author",)
#: What a drafted recipe says where a person must decide; such a source is not crawled.
UNDECIDED = "待填"
#: Lanes that may be crawled, and those of which pages are only imported.
CRAWLED, IMPORTED = ("A", "B"), ("C", "D")


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
    """One alternative of a field: exactly one of css, xpath, jmes, jsonld, label, labels, url, field, main, const; then
    its own steps."""

    css: str | None = None
    xpath: str | None = None
    attr: str | None = None
    #: JMESPath into a page that is JSON.
    jmes: str | None = None
    #: JMESPath into each JSON-LD object of the page, nested graphs included.
    jsonld: str | None = None
    #: First group of a pattern on the page's address.
    url: re.Pattern[str] | None = None
    #: The running text of the page, found by trafilatura.
    main: bool = False
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
    #: JMESPath that gives something, on a page that is JSON.
    jmes: str | None = None
    max_bytes: int | None = None
    #: A posting in this state is looked at again after so long at the latest; None: when its age says so.
    verify: timedelta | None = None


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
    #: Hosts the site had before: their addresses are the same pages at the host of `base`.
    old_hosts: tuple[str, ...] = ()
    allow: tuple[re.Pattern[str], ...] = ()
    deny: tuple[re.Pattern[str], ...] = ()
    canonical: Canonical


@dataclass(frozen=True, kw_only=True)
class AttachmentRule:
    """Which files that postings link to are fetched with them, and how much."""

    #: Endings of file names, in small letters.
    types: tuple[str, ...]
    #: Files a posting, and MiB a file, at most.
    max: int = 5
    max_mb: int = 5


@dataclass(frozen=True, kw_only=True)
class Fetch:
    """How pages are fetched."""

    #: http | render | import (pages that people bring)
    mode: str = "http"
    charset: str = "auto"
    #: Scroll steps for list pages in render mode.
    scrolls: int = 20
    #: Render mode: the page counts as drawn once this CSS matches.
    ready: str | None = None
    #: Pictures fetched per posting.
    max_images: int = 9
    #: None: no files are fetched.
    attachments: AttachmentRule | None = None


@dataclass(frozen=True, kw_only=True)
class Stop:
    """When a list ends, beside having no rows, no next page, or its bound of pages."""

    #: So many pages in a row that name nothing this run has not seen; None: no matter.
    no_new_keys: int | None = 1
    #: So many pages in a row that name only postings the store knows.
    all_known: int | None = None
    #: A page that shows the very rows of one before it.
    same_signature: bool = True
    #: The number of rows or pages the site tells.
    total_reached: bool = True
    #: Even the newest row of the page is older than this.
    older_than: timedelta | None = None


@dataclass(frozen=True, kw_only=True)
class ListRule:
    """One kind of list page and how rows are read off it."""

    url: str
    #: html | json | script | feed | sitemap; the rows of the last two are what their formats say.
    format: str = "html"
    rows: Pick | None = None
    link: Pick | None = None
    #: The page's id, when links can have any shape; else taken from the link.
    key: Pick | None = None
    title: Pick | None = None
    #: When the row was posted; alternatives in order.
    posted: tuple[Pick, ...] = ()
    #: What beside the title tells that a posting changed: number of replies, time of the last one, price.
    tells: tuple[Pick, ...] = ()
    next: Pick | None = None
    #: Address with {page} of the pages behind the first, where that one stands at another.
    numbered: str | None = None
    #: How many rows, and how many pages, the whole list has.
    total: Pick | None = None
    total_pages: Pick | None = None
    skip_rows: str | None = None
    first: int = 1
    max_pages: int = 20
    stop: Stop = field(default_factory=Stop)


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
    fetch: Fetch = field(default_factory=Fetch)
    lists: tuple[ListRule, ...] = ()
    #: Addresses of postings that people gave.
    links: tuple[str, ...] = ()
    #: all | first: every list is read, or only the first that can be.
    use: str = "all"
    vars: dict[str, tuple[str, ...]] = field(default_factory=dict)
    states: tuple[StateRule, ...]
    fields: dict[str, FieldRule]
    privacy: dict[str, str] = field(default_factory=dict)
    #: Pages that raised no lead are kept so long; None: as the installation says.
    retain_days: int | None = None
    #: Hash over whatever decides how a page is read (engine and version included); see crawlers.source.
    digest: str = ""
    quality: Quality = field(default_factory=Quality)
    canary: Canary = field(default_factory=Canary)
    schedule: Schedule = field(default_factory=Schedule)
    tests: tuple[Fixture, ...] = ()

    @property
    def verify(self) -> dict[PageState, timedelta]:
        """States in which a posting is looked at again, and after how long."""
        return {rule.state: rule.verify for rule in reversed(self.states) if rule.verify is not None}

    @property
    def revisit(self) -> tuple[timedelta, ...]:
        """Ages at which a known posting is looked at again."""
        return self.schedule.detail
