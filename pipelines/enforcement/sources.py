"""How the sources are doing, in one row each."""

from __future__ import annotations

import fcntl
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from pipelines import clock
from pipelines.desk import Desk, source_lock
from pipelines.enforcement.permissions import Action, require
from pipelines.health.bands import MAX_RUNS, usual, words_of
from pipelines.health.quarantine import MEND, why
from pipelines.records import Alert, CrawlRun, HealthVerdict, PageOf, PageState, RunHealth, Source, StateChange, User
from pipelines.store import Tx

#: What the sources page counts besides postings.
_NOT_HAD = (
    PageState.LOGIN_WALL,
    PageState.PERMISSION,
    PageState.CAPTCHA,
    PageState.BLOCKED,
    PageState.ROBOTS_DENIED,
    PageState.UNREACHABLE,
    PageState.UNKNOWN,
)


#: Of these, what is a site's own rule for some of its pages: counted, no fault.
_NORMAL = frozenset({PageState.LOGIN_WALL, PageState.PERMISSION, PageState.ROBOTS_DENIED})
#: States in which a site does not want programs.
_WALLED = frozenset({PageState.CAPTCHA, PageState.BLOCKED, PageState.LOGIN_WALL})
#: Changes of state shown of a source.
_TIMELINE = 8
#: Newest runs shown of a source.
_RUNS = 6


@dataclass(frozen=True, kw_only=True)
class FieldShare:
    """How many postings of the newest judged run have a field, and how many usually do."""

    name: str
    good: int
    count: int
    #: 0..1; None while there is no history.
    usual: float | None
    #: Its band is broken.
    breached: bool


@dataclass(frozen=True, kw_only=True)
class SourceRow:
    """One source with its counts, newest run, and how it is doing."""

    source: Source
    pages: int
    leads: int
    listings: int
    run: CrawlRun | None
    #: The newest runs, that one first.
    runs: tuple[CrawlRun, ...]
    #: Figures of the newest run that has any.
    health: RunHealth | None
    #: Runs the bands have learned from.
    learned: int
    fields: tuple[FieldShare, ...]
    #: The newest run in quarantine that no healthy one has ended.
    quarantine: RunHealth | None
    #: Newest first.
    states: tuple[StateChange, ...]
    #: Fewest and most rows of lists in healthy runs before; None while there is no history.
    usual_rows: tuple[int, int] | None

    @property
    def walled(self) -> bool:
        """Did the last visit end at a wall?"""
        return self.source.state in _WALLED

    @property
    def why(self) -> str:
        """Why it is in quarantine, or what of the newest run is odd; empty when nothing is."""
        shown = self.quarantine or self.health
        return why(shown) if shown is not None else ""

    @property
    def mend(self) -> str:
        """What a person does about a quarantine."""
        return MEND

    @property
    def lead_share(self) -> float | None:
        """Leads per posting taken in, 0..1; None before there is any."""
        return self.leads / self.listings if self.listings else None

    @property
    def walls(self) -> tuple[tuple[str, int, bool], ...]:
        """Pages of the newest run that could not be had or read: (state, how many, whether that is a fault). Some pages
        behind a log-in or closed by robots.txt are a site's rule; a run that ended at them says so in its state."""
        states = self.run.states if self.run is not None else {}
        return tuple((state.value, states[state], state not in _NORMAL) for state in _NOT_HAD if states.get(state))


def overview(desk: Desk, *, user: User, after: str | None = None, limit: int = 50) -> PageOf[SourceRow]:
    """The sources by name; `after` is the name of the last one seen."""
    require(user, Action.SOURCES)
    with desk.store.read() as tx:
        pages, leads, listings = (
            tx.stats.pages_by_source(),
            tx.stats.leads_by("source"),
            tx.stats.listings_by_source(),
        )
        rows = []
        every = tx.sources.list()
        behind = [source for source in every if after is None or source.name > after]
        for source in behind[:limit]:
            history = tx.health.runs(source.name, MAX_RUNS, HealthVerdict.HEALTHY)
            health = next(iter(tx.health.runs(source.name, 1)), None)
            runs = tx.runs.list(source.name, _RUNS)
            rows.append(
                SourceRow(
                    source=source,
                    pages=pages.get(source.name, 0),
                    leads=leads.get(source.name, 0),
                    listings=listings.get(source.name, 0),
                    run=next(iter(runs), None),
                    runs=runs,
                    health=health,
                    learned=len(history),
                    fields=_fields(health, history),
                    usual_rows=_usual_rows(health, history),
                    quarantine=next(iter(tx.health.quarantines(source.name)), None),
                    states=tx.health.states(source.name, _TIMELINE),
                )
            )
        more = behind[limit - 1].name if len(behind) > limit else None
        return PageOf(items=tuple(rows), next=more, total=len(every))


def cut_off(desk: Desk, runs: Iterable[CrawlRun], *, beyond: timedelta) -> frozenset[str]:
    """Ids of those that the store calls running though no process is at them: each holds its source's lock (a file of
    HOME, crawlers.sole) for as long as it lives, however it ends. None is younger than `beyond`."""
    now = clock.now()
    return frozenset(
        run.id
        for run in runs
        if run.ended_at is None and run.outcome == "running" and now - run.started_at > beyond
        if not _at_work(source_lock(desk.home, run.source))
    )


def _at_work(lock: Path) -> bool:
    """Whether somebody holds this lock; a shared one for a moment tells, and keeps no other reader out."""
    try:
        with lock.open("rb") as handle:
            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except OSError:
        # Held, or not ours to look at: then the store's word stands.
        return True
    return False


def alerts(desk: Desk, *, user: User) -> tuple[Alert, ...]:
    """What is wrong with any source now, whatever page it stands on. Raises Refused."""
    require(user, Action.SOURCES)
    with desk.store.read() as tx:
        return tuple(tx.alerts.open_ones())


def _fields(health: RunHealth | None, history: Sequence[RunHealth]) -> tuple[FieldShare, ...]:
    """Every share of a run beside what it usually is: the newest run itself is no history."""
    if health is None:
        return ()
    before = [run for run in history if run.run_id != health.run_id]
    broken = {breach.check for breach in health.breaches}
    return tuple(
        FieldShare(name=words_of(name), good=good, count=count, usual=usual(before, name), breached=name in broken)
        for name, (good, count) in sorted(health.figures.shares.items())
        # What this source never has says nothing.
        if good or usual(before, name)
    )


def _usual_rows(health: RunHealth | None, history: Sequence[RunHealth]) -> tuple[int, int] | None:
    newest = health.run_id if health is not None else None
    rows = [run.figures.rows for run in history if run.run_id != newest and run.figures.rows is not None]
    return (min(rows), max(rows)) if rows else None


def source_titles(tx: Tx) -> dict[str, str]:
    """Name → what people call the source."""
    return {source.name: source.title or source.name for source in tx.sources.list()}
