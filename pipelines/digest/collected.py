"""The collection log of a period: what was read when, and on which days nothing was, so that silence is not taken for
cleanliness."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby, pairwise

from pipelines import clock
from pipelines.digest.periods import Period
from pipelines.evidence.words import SOURCE_STATES
from pipelines.records import AuditEvent, AuditFilter, CrawlRun, HealthVerdict, RunHealth, Source
from pipelines.store import Tx

_NOBODY = "没有采集记录"
#: A run that was killed is gone on with by one that starts within this time, or by none.
GOES_ON_WITHIN = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Gap:
    """Days in a row without one good visit, and why, as far as the store knows."""

    first_day: date
    last_day: date
    #: walled | failed | quarantined | paused | silent
    kind: str
    what: str


@dataclass(frozen=True, kw_only=True)
class SourceLog:
    """One source over a period."""

    source: str
    title: str
    #: Brought in by people, file by file: has no gaps.
    by_hand: bool
    runs: int
    #: Finished and not in quarantine.
    good: int
    #: Stopped by a wall (login, captcha, blocked), failed, put into quarantine.
    walled: int
    failed: int
    quarantined: int
    #: Killed, and gone on with by the next; none of the above.
    resumed: int
    #: Days of the period up to its making, and those with at least one good run.
    days: int
    good_days: int
    gaps: tuple[Gap, ...]


def collection_log(tx: Tx, period: Period, now: datetime, *, demo: bool) -> tuple[SourceLog, ...]:
    """Every source, those with most days without a visit first."""
    last = min(period.last_day, clock.local(now).date())
    days = [period.first_day + timedelta(days=place) for place in range((last - period.first_day).days + 1)]
    known = tx.runs.between(period.begin, period.end + GOES_ON_WITHIN)
    runs = tuple(run for run in known if run.started_at < period.end)
    health = {one.run_id: one for one in tx.health.runs_between(period.begin, period.end + GOES_ON_WITHIN)}
    logs = [
        _log(
            source,
            days,
            [run for run in runs if run.source == source.name],
            _goes_on([run for run in known if run.source == source.name]),
            health,
            _pauses(tx, source.name),
        )
        for source in tx.sources.list()
        if demo or not source.demo
    ]
    return tuple(sorted(logs, key=lambda log: (log.by_hand, log.good_days - log.days, log.title)))


def _log(
    source: Source,
    days: Sequence[date],
    runs: Sequence[CrawlRun],
    goes_on: Mapping[str, CrawlRun],
    health: Mapping[str, RunHealth],
    pauses: Sequence[tuple[datetime, bool]],
) -> SourceLog:
    by_day: dict[date, list[CrawlRun]] = {}
    for run in runs:
        by_day.setdefault(clock.local(run.started_at).date(), []).append(run)
    by_hand = source.by_hand
    said = (
        []
        if by_hand
        else [(day, _why_nothing(day, _as_ended(by_day.get(day, ()), goes_on), health, pauses)) for day in days]
    )
    aside = {run.id for run in runs if _in_quarantine(health.get(run.id))}
    return SourceLog(
        source=source.name,
        title=source.title or source.name,
        by_hand=by_hand,
        runs=len(runs),
        good=sum(run.outcome == "finished" and run.id not in aside for run in runs),
        walled=sum(run.outcome == "blocked" for run in runs),
        failed=sum(run.outcome == "failed" for run in runs),
        resumed=sum(run.outcome == "resumed" for run in runs),
        quarantined=len(aside),
        days=len(days),
        good_days=sum(why is None for _, why in said),
        gaps=tuple(_gaps(said)),
    )


def _goes_on(runs: Sequence[CrawlRun]) -> dict[str, CrawlRun]:
    """Killed run → the one that went on with it: the next of the source."""
    return {run.id: later for run, later in pairwise(runs) if run.outcome == "resumed"}


def _as_ended(runs: Iterable[CrawlRun], goes_on: Mapping[str, CrawlRun]) -> list[CrawlRun]:
    """Each killed run as what the one that went on with it came to: a visit that began before midnight and was brought
    to its end after it is no gap of the day before."""
    ended = []
    for run in runs:
        last = run
        while last.id in goes_on:
            last = goes_on[last.id]
        ended.append(last)
    return ended


def _gaps(said: Iterable[tuple[date, tuple[str, str] | None]]) -> Iterable[Gap]:
    """Neighbouring days with the same reason together."""
    for why, run in groupby(said, key=lambda one: one[1]):
        if why is not None:
            days = [day for day, _ in run]
            yield Gap(first_day=days[0], last_day=days[-1], kind=why[0], what=why[1])


def _why_nothing(
    day: date, runs: Sequence[CrawlRun], health: Mapping[str, RunHealth], pauses: Sequence[tuple[datetime, bool]]
) -> tuple[str, str] | None:
    """None for a day with a good run; else kind and words of what stood in the way."""
    aside = [run for run in runs if _in_quarantine(health.get(run.id))]
    if any(run.outcome == "finished" and run not in aside for run in runs):
        return None
    for run in reversed(runs):
        if run in aside:
            return "quarantined", "采到的数字反常，已隔离"
        if run.outcome == "blocked":
            return "walled", f"被网站拦下：{_wall(run)}"
        if run.outcome == "failed":
            return "failed", "采集失败"
        if run.outcome == "stopped":
            return "failed", "采集被按要求停下，没有做完"
        if run.outcome in ("interrupted", "resumed"):
            return "failed", "采集中断，没有做完"
        if run.outcome == "running":
            return "failed", "采集还没有做完"
    if _paused_on(day, pauses):
        return "paused", "人工暂停"
    return "silent", _NOBODY


def _wall(run: CrawlRun) -> str:
    walls = [state for state in ("captcha", "blocked", "login_wall", "robots_denied") if run.states.get(state)]
    return "、".join(SOURCE_STATES[state] for state in walls) or "拒绝访问"


def _in_quarantine(health: RunHealth | None) -> bool:
    return health is not None and health.verdict is HealthVerdict.QUARANTINED


def _pauses(tx: Tx, source: str) -> list[tuple[datetime, bool]]:
    """When somebody paused it (True) or let it go on (False), oldest first."""
    events: Iterable[AuditEvent] = tx.audit.page(
        limit=1000, matching=AuditFilter(object_type="source", object_id=source)
    ).items
    words = {"source.pause": True, "source.resume": False}
    return sorted((event.at, words[event.action]) for event in events if event.action in words)


def _paused_on(day: date, pauses: Sequence[tuple[datetime, bool]]) -> bool:
    """Whether it was paused at some moment of the day."""
    paused = False
    for at, on in pauses:
        here = clock.local(at).date()
        if here > day:
            break
        if here == day and (on or paused):
            return True
        paused = on
    return paused
