"""One crawl of one source while it runs: what spiders, middlewares and the writer share."""

from __future__ import annotations

import asyncio
import queue
import threading
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from crawlers.addresses import Endpoint
from crawlers.frontier import Frontier
from crawlers.ledger import HostLedger
from crawlers.recipe import Recipe
from crawlers.sightings import Sighting
from crawlers.urls import Site
from crawlers.watch import Watch
from crawlers.wire import Wire
from pipelines.records import Ask, ExtractedListing, Page, PageState


@dataclass(frozen=True, kw_only=True)
class Fetched:
    """A page to be stored: its bytes, what it is, and the posting on it if there is one."""

    key: str
    url: str
    final_url: str
    state: PageState
    charset: str
    wire: Wire
    signature: str
    listing: ExtractedListing | None = None
    #: URL → bytes of the pictures fetched with it.
    pictures: dict[str, bytes] = field(default_factory=dict)
    #: Other exchanges of a rendered page.
    others: tuple[Wire, ...] = ()
    #: robots.txt in force.
    robots: bytes | None = None
    #: What was remembered of the page; its content stays when this visit brought none.
    known: Page | None = None
    #: What the page counts as from now on; None: what it was seen as.
    sighting: Sighting | None = None
    #: When a known posting last came to say something else.
    changed_at: datetime | None = None
    environment: dict[str, Any] = field(default_factory=dict)
    #: What a list leads to: stored with it or not at all.
    asks: tuple[Ask, ...] = ()
    #: Keys of known postings that a list still shows and that are not due.
    listed: tuple[str, ...] = ()
    #: Key → what the row that led to it said, to be remembered with its page.
    marks: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Touched:
    """A known page that brought nothing new (304, or the same signature): only times move."""

    key: str
    state: PageState
    sighting: Sighting | None = None
    #: The answer, and the capture that may hold the same bytes: then a revisit record is kept.
    wire: Wire | None = None
    capture_id: str | None = None
    asks: tuple[Ask, ...] = ()
    listed: tuple[str, ...] = ()
    marks: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Refused:
    """A page of which nothing is kept but its state, so that the source shows it: one that was not fetched
    (robots.txt), or that the recipe cannot read (`unknown`)."""

    key: str
    url: str
    state: PageState
    asks: tuple[Ask, ...] = ()
    listed: tuple[str, ...] = ()
    marks: Mapping[str, str] = field(default_factory=dict)


Outcome = Fetched | Touched | Refused


@dataclass(frozen=True, kw_only=True)
class Envelope:
    """An outcome on its way to the writer, and what the spider's side waits on."""

    outcome: Outcome
    loop: asyncio.AbstractEventLoop
    stored: asyncio.Future[None]


def stored(envelopes: Sequence[Envelope], error: BaseException | None) -> None:
    """Tell everybody who waits that these are on disk and committed, or why they are not; from any thread, and once for
    all of them, since waking the other side costs more than storing a page."""
    waiting = [envelope.stored for envelope in envelopes]

    def settle() -> None:
        for future in waiting:
            if not future.done():
                if error is None:
                    future.set_result(None)
                else:
                    future.set_exception(error)

    if envelopes:
        envelopes[0].loop.call_soon_threadsafe(settle)


#: Errors of a run that are kept in words.
MOST_ERRORS = 100


class Job:
    """Shared by the reactor thread (spider, middlewares) and the calling thread (writer)."""

    def __init__(
        self,
        recipe: Recipe,
        site: Site,
        *,
        allowed: Sequence[Endpoint] = (),
        limit: int | None = None,
        budget: int = 0,
        known: Callable[[Sequence[str]], dict[str, Page]],
        waiting: Callable[[datetime, Page | None], Sequence[Page]] = lambda _now, _after: (),
        now: Callable[[], datetime],
        read_since: datetime | None = None,
        browser: Any = None,
        frontier: Frontier | None = None,
        watch: Watch | None = None,
        doubted: tuple[datetime, datetime] | None = None,
        ledger: HostLedger | None = None,
        lists: bool = True,
    ) -> None:
        self.recipe = recipe
        self.site = site
        self.allowed = frozenset(allowed)
        self.limit = limit
        #: Requests left for today.
        self.budget = budget
        self.used = 0
        #: Looks up what the store remembers; called in a thread.
        self.known = known
        #: Some postings that may be due at that time, the longest unseen first, behind one; called in a thread.
        self.waiting = waiting
        self.now = now
        #: Pages fetched before this were read by another recipe.
        self.read_since = read_since
        #: How many such pages were asked for again.
        self.reread = 0
        self.browser = browser
        self._frontier = frontier
        self.watch = watch or Watch(recipe)
        #: When the run in quarantine was: what was fetched then is read again, whole.
        self.doubted = doubted
        #: Counts what each host is asked; None counts nothing.
        self.ledger = ledger
        #: Are the lists read? Else only known postings that are due.
        self.lists = lists
        #: Why the run was told to end before its time; nothing is requested any more.
        self.halted = ""
        self.states: Counter[str] = Counter()
        #: Postings read, and those the recipe could not read with the fields they lacked.
        self.read = 0
        self.unread = 0
        self.lacking: Counter[str] = Counter()
        #: What went wrong with single pages, the first of it.
        self.errors: list[str] = []
        #: Why pages could not be fetched, in words.
        self.troubles: Counter[str] = Counter()
        #: Lets go of the requests that wait for their turn; called from any thread once the run is ending.
        self.release: Callable[[], None] = lambda: None
        #: Set at the first wall; nothing is requested after it.
        self.wall: PageState | None = None
        self.message = ""
        self.robots: dict[str, bytes] = {}
        self.mailbox: queue.Queue[Envelope | None] = queue.Queue()
        self._lock = threading.Lock()

    @property
    def frontier(self) -> Frontier:
        """What this run knows; a probe of a few pages has none and asks for none."""
        if self._frontier is None:
            raise RuntimeError("this job has no frontier")
        return self._frontier

    def count(self, state: PageState) -> None:
        with self._lock:
            self.states[str(state)] += 1

    def note_error(self, words: str) -> None:
        """Something went wrong with one page. A run may be of any length, so that only the first are kept."""
        if len(self.errors) < MOST_ERRORS:
            self.errors.append(words)

    def outdated(self, page: Page) -> bool:
        """Was this page last read by another recipe than this run's, or by a run that is in quarantine?"""
        if self.doubted is not None and self.doubted[0] <= page.last_fetched_at <= self.doubted[1]:
            return True
        return self.read_since is not None and page.last_fetched_at < self.read_since

    def stop_at(self, state: PageState, message: str) -> None:
        """The source does not want programs: remember the first reason."""
        if self.wall is None:
            self.wall, self.message = state, message
            self.release()

    def halt(self, reason: str) -> None:
        """End the run soon, and keep what it has."""
        self.halted = self.halted or reason
        self.release()

    @property
    def ending(self) -> bool:
        """Is nothing to be requested any more, because of a wall or because somebody said so?"""
        return self.wall is not None or bool(self.halted)

    async def store(self, outcome: Outcome) -> None:
        """Hand an outcome to the writer and wait until it is on disk and committed. Raises what the writer raised."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[None] = loop.create_future()
        self.mailbox.put(Envelope(outcome=outcome, loop=loop, stored=future))
        await future
