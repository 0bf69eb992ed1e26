"""The impact note of a source as people read it: what was judged before crawling, and the load measured since."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from pipelines import clock
from pipelines.desk import Desk
from pipelines.enforcement.permissions import Action, require
from pipelines.errors import NotFound
from pipelines.records import HostPace, ImpactNote, Source, User

#: Days the measured load is taken over.
DAYS = 30
MEGABYTE = 1024 * 1024


@dataclass(frozen=True, kw_only=True)
class MeasuredDay:
    """Requests and bytes to all hosts of a source on one day."""

    day: str
    requests: int
    megabytes: float


@dataclass(frozen=True, kw_only=True)
class ImpactView:
    """A note, its predecessors, and what was measured."""

    source: Source
    note: ImpactNote
    earlier: tuple[ImpactNote, ...]
    days: tuple[MeasuredDay, ...]
    #: Sentences about the measured load.
    measured: tuple[str, ...]
    read_at: datetime


def impact_view(desk: Desk, source: str, *, user: User | None) -> ImpactView:
    """The newest note of a source with today's figures; without a user for the console. Raises NotFound, Refused."""
    if user is not None:
        require(user, Action.JOBS)
    now = clock.now()
    since = clock.local(now).date() - timedelta(days=DAYS - 1)
    with desk.store.read() as tx:
        known = tx.sources.get(source)
        notes = tx.impact_notes.list(source)
        if known is None or not notes:
            raise NotFound(
                f"来源 {source} 还没有影响评估说明；首次采集前会自动生成，也可以用 mingcha source impact 生成"
            )
        rows = tx.hosts.days(notes[0].hosts, since)
        paces = [tx.hosts.pace(host) for host in notes[0].hosts]
        runs = [run for run in tx.runs.list(source, 500) if clock.local(run.started_at).date() >= since]
    days = tuple(
        MeasuredDay(
            day=str(day),
            requests=sum(row.requests for row in rows if row.day == day),
            megabytes=round(sum(row.bytes for row in rows if row.day == day) / MEGABYTE, 1),
        )
        for day in sorted({row.day for row in rows})
    )
    walls = sum(run.outcome == "blocked" for run in runs)
    return ImpactView(
        source=known,
        note=notes[0],
        earlier=notes[1:],
        days=days,
        measured=_sentences(days, len(runs), walls, paces),
        read_at=now,
    )


def _sentences(days: tuple[MeasuredDay, ...], runs: int, walls: int, paces: list[HostPace]) -> tuple[str, ...]:
    if not days:
        return (f"最近 {DAYS} 天没有访问过。",)
    total, most = sum(day.requests for day in days), max(days, key=lambda day: day.requests)
    told = [
        f"最近 {DAYS} 天里有 {len(days)} 天访问过，共 {total} 次请求、{sum(day.megabytes for day in days):.1f} MB，"
        f"采集 {runs} 次；最多的一天是 {most.day}，{most.requests} 次、{most.megabytes:.1f} MB，"
        f"按 24 小时折合平均每 {86_400 / max(most.requests, 1):.0f} 秒一次。",
        f"其中 {walls} 次遇到验证码、拒绝访问或登录墙而停下。" if walls else "没有遇到过验证码、拒绝访问或登录墙。",
    ]
    told += [
        f"主机 {pace.host} 在 {clock.local(pace.slowed_at):%Y-%m-%d %H:%M} 返回 {pace.reason}，此后放慢。"
        for pace in paces
        if pace.slowed_at is not None
    ]
    return tuple(told)
