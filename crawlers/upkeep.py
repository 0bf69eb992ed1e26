"""How a source is kept in order, as its recipe says: pace, quality, canaries, schedule, fixtures. Records only."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import time, timedelta


@dataclass(frozen=True, kw_only=True)
class Polite:
    """The budget of each host; robots.txt is always obeyed and therefore no key."""

    delay_s: float = 8.0
    #: Each wait is longer by a random share of itself up to this (0..1).
    jitter: float = 0.0
    #: Requests on their way to a host at once; they begin `delay_s` apart all the same.
    concurrent: int = 1
    max_per_day: int = 2000
    respect_crawl_delay_up_to_s: float = 300.0
    #: Hours of the day in Shanghai at which the site may be visited, (from, to); over midnight when from > to, and a
    #: `to` of 00:00 is the end of the day. Empty: at any hour.
    hours: tuple[tuple[time, time], ...] = ()

    def may_visit(self, at: time) -> bool:
        """Is this hour of the day in Shanghai one to visit the site at?"""
        return not self.hours or any(_within(at, start, end) for start, end in self.hours)


def _within(at: time, start: time, end: time) -> bool:
    if end == time(0, 0):
        return at >= start
    return start <= at < end if start < end else at >= start or at < end


@dataclass(frozen=True, kw_only=True)
class Quality:
    """Hard limits of a run; a breach is a fault of the source or its recipe. None and {}: no limit."""

    #: Rows of lists in a run, at least.
    min_rows: int | None = None
    #: Field (dotted path such as attrs.科目) → share of the postings that must have it, 0..1.
    coverage: dict[str, float] = field(default_factory=dict)
    #: Field (dotted path such as fee.yuan_per_hour) → lowest and highest sensible value.
    range: dict[str, tuple[float, float]] = field(default_factory=dict)
    #: Share of the postings that may be `unknown`, 0..1.
    max_unknown_share: float | None = None
    #: The newest posting of a run is at most this old.
    max_age_newest: timedelta | None = None


@dataclass(frozen=True, kw_only=True)
class CanaryPage:
    """A page that should not change: its address, absolute or relative to the source, and what its fields say."""

    url: str
    #: Field → its text, exactly; empty when only the state `ok` is asked.
    fields: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Canary:
    """Pages fetched before a crawl; a failing one cancels it."""

    urls: tuple[CanaryPage, ...] = ()
    #: An address that cannot exist: how the site says so is learned from it.
    bogus: str | None = None


@dataclass(frozen=True, kw_only=True)
class ListPace:
    """Bounds between two visits of a list."""

    min: timedelta = timedelta(hours=6)
    max: timedelta = timedelta(days=3)


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """When a source is visited."""

    list: ListPace = field(default_factory=ListPace)
    #: Ages at which a known posting is looked at again; the last one repeats.
    detail: tuple[timedelta, ...] = tuple(timedelta(days=n) for n in (1, 3, 7, 14, 30))
    #: Sightings of "gone", 24 h apart, until it is believed.
    gone_after: int = 2


@dataclass(frozen=True, kw_only=True)
class Fixture:
    """A saved page of the recipe's folder and what is to be read off it."""

    file: str
    state: str
    #: Where the page stood; relative to the source.
    url: str = "/"
    #: Rows that lead to postings, of a list.
    rows: int | None = None
    #: Field → its text, exactly; a list for `images`, a mapping for `attrs`.
    fields: dict[str, object] = field(default_factory=dict)
