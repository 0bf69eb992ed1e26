"""When a source is visited next: lists by the rate at which new postings come, known postings by their age."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from crawlers.upkeep import ListPace, Polite
from pipelines import clock
from pipelines.records import CUT_SHORT, CrawlRun

#: Visits the rate is learned from.
REMEMBERED = 20
#: A planned moment moves by at most this share of the interval, so that sources do not march in step.
JITTER = 0.1


@dataclass(frozen=True, kw_only=True)
class Rate:
    """How often lists were visited, how often something new was there, and how far apart the visits were."""

    visits: int
    with_new: int
    spacing: timedelta

    def per_day(self) -> float:
        """New keys a day, by the bias-reduced Poisson estimate λ = −ln((n − x + 0.5)/(n + 0.5))/Δ (Cho and
        Garcia-Molina 2003): it stays finite when every visit brought something, and is 0 when none did."""
        if not self.visits or self.spacing <= timedelta(0):
            return 0.0
        n, x = self.visits, self.with_new
        return -math.log((n - x + 0.5) / (n + 0.5)) / (self.spacing / timedelta(days=1))


def rate_of(runs: Sequence[CrawlRun]) -> Rate:
    """The rate seen over the runs that read lists to their end (newest first or last, it does not matter).

    The first of them has nothing before it, so it only opens the first interval."""
    visits = sorted((run for run in runs if read_lists(run)), key=lambda run: run.started_at)[-REMEMBERED:]
    if len(visits) <= 1:
        return Rate(visits=0, with_new=0, spacing=timedelta(0))
    span = visits[-1].started_at - visits[0].started_at
    later = visits[1:]
    return Rate(visits=len(later), with_new=sum(run.new > 0 for run in later), spacing=span / len(later))


def read_lists(run: CrawlRun) -> bool:
    """Did this run read the lists, and was it not cut short?"""
    return run.outcome == "finished" and bool(run.states.get("list") or run.states.get("empty_list"))


def list_interval(rate: Rate, pace: ListPace) -> timedelta:
    """The wait that makes one new posting a visit likely, inside the recipe's bounds. Nothing known: the shortest, to
    learn; nothing new in any visit: the longest."""
    if not rate.visits:
        return pace.min
    expected = rate.per_day() * (pace.max / timedelta(days=1))
    # Fewer than one is expected even within the longest wait.
    wanted = pace.max / expected if expected > 1 else pace.max
    return max(wanted, pace.min)


def next_list_visit(runs: Sequence[CrawlRun], pace: ListPace, polite: Polite, now: datetime) -> datetime:
    """When the lists are read next; never a time outside the recipe's hours. A visit that failed or was cut short is
    due again (how long it waits after failures is the task's business, not the schedule's)."""
    newest = max(runs, key=lambda run: run.started_at, default=None)
    if newest is None:
        return open_from(polite, now)
    if newest.outcome in {"running", "failed", *CUT_SHORT}:
        return open_from(polite, min(newest.started_at, now))
    last = max((run for run in runs if read_lists(run)), key=lambda run: run.started_at, default=newest)
    interval = list_interval(rate_of(runs), pace)
    # A clock that was wrong once must not put the next visit off for longer than the longest interval.
    due = min(last.started_at + spread(interval, last.id), now + pace.max)
    return open_from(polite, due)


def spread(interval: timedelta, seed: str) -> timedelta:
    """The interval moved by up to 10 % either way; the same for the same seed, so that plans do not wander."""
    draw = int.from_bytes(hashlib.sha256(seed.encode()).digest()[:4], "big") / 2**32
    return interval * (1 + JITTER * (2 * draw - 1))


def open_from(polite: Polite, moment: datetime) -> datetime:
    """`moment`, or the first one behind it at which the recipe's hours (Asia/Shanghai) let the site be visited."""
    here = clock.local(moment)
    if polite.may_visit(here.time()):
        return moment
    starts = [_at(here.date() + timedelta(days=ahead), start) for ahead in (0, 1) for start, _end in polite.hours]
    return min(start for start in starts if start > here).astimezone(moment.tzinfo)


def _at(day: date, hour: time) -> datetime:
    return datetime.combine(day, hour, tzinfo=clock.SHANGHAI)
