"""How a run ended, in words and in the store: finished, stopped by somebody, blocked by a wall, failed, or put into
quarantine."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from crawlers.job import Job
from crawlers.middlewares.wall_stop import cooldown_after
from crawlers.tally import Tally
from crawlers.trouble import trouble_words
from crawlers.urls import host_name
from pipelines import clock
from pipelines.desk import Desk
from pipelines.evidence.words import PAGE_STATES
from pipelines.health.alerts import tell_alerts
from pipelines.health.bands import Limits
from pipelines.health.quarantine import MEND_BRIEF, record_run, why
from pipelines.records import CUT_SHORT, WALLS, CrawlRun, HealthVerdict, HostRest, PageState, RunHealth, StateChange
from pipelines.store import Tx

#: So many postings that cannot be read may be odd ones out.
FEW = 2
#: States that end a run when they stop it.
STOPS = WALLS | {PageState.LOGIN_WALL}


def conclude(desk: Desk, run: CrawlRun, job: Job, tally: Tally) -> CrawlRun:
    """Finished, stopped because somebody said so, blocked by a wall, or failed: called off by a canary, nothing could
    be fetched or read, the recipe fits no more, or the figures of the run are out of their bands."""
    if job.halted and job.wall is None:
        return finish(desk, run, job, tally, outcome="stopped", message=job.halted, state=None, alert=False)
    if job.wall in STOPS:
        return finish(desk, run, job, tally, outcome="blocked", message=job.message)
    if job.watch.called_off:
        return finish(desk, run, job, tally, outcome="failed", message=job.watch.called_off, state="canary")
    if job.wall is PageState.MOVED:
        return finish(desk, run, job, tally, outcome="failed", message=job.message, state=PageState.MOVED)
    good = sum(job.states.get(state, 0) for state in (PageState.OK, PageState.LIST, PageState.EMPTY_LIST))
    if job.wall is not None or not (good or job.frontier.resumed):
        first = trouble_words(job.troubles) or (job.errors[0] if job.errors else "没有取到任何列表或信息页")
        message = job.message or _unread(job) or first
        return finish(desk, run, job, tally, outcome="failed", message=message[:500], state=_answered(job))
    lacking = f"（缺少字段 {'、'.join(sorted(job.lacking))}）" if job.lacking else ""
    if _fits_no_more(desk, job):
        message = (
            f"配方不再适合网页：{job.read + job.unread} 个信息页里有 {job.unread} 个认不出{lacking}，没有入库；"
            "请核对配方的 states 与 fields，改好后再采集"
        )
        return finish(desk, run, job, tally, outcome="failed", message=message, state=PageState.UNKNOWN)
    health = _judged(desk, run, job)
    if health is not None and health.verdict is HealthVerdict.QUARANTINED:
        message = f"本次采集已隔离：{why(health)}。{MEND_BRIEF}"
        return finish(desk, run, job, tally, outcome="failed", message=message, state="quarantined", health=health)
    notes = [note for note in (job.message, trouble_words(job.troubles)) if note]
    if health is not None and health.verdict is HealthVerdict.SUSPECT:
        notes.append(f"留意：{why(health)}（再有一次即隔离）")
    if job.unread:
        notes.append(f"{job.unread} 个信息页认不出{lacking}，没有入库")
    if job.frontier.resumed:
        notes.append(f"接着上次中断处继续，此前已存的 {job.frontier.resumed} 页没有再访问")
    if job.reread:
        notes.append(f"配方有变，重读了 {job.reread} 个已知页面")
    if job.watch.guest_view:
        notes.append("网页提示登录后可见更多，以访客身份采集，可能不全")
    return finish(desk, run, job, tally, outcome="finished", message="；".join(notes)[:500], health=health)


#: Pages that came though nothing was read off them → the source's state: what a person has to look into first.
_CAME = {
    PageState.UNKNOWN: PageState.UNKNOWN,
    PageState.SHELL: PageState.SHELL,
    PageState.ROBOTS_DENIED: PageState.ROBOTS_DENIED,
    PageState.LOGIN_WALL: PageState.LOGIN_WALL,
    PageState.PERMISSION: PageState.PERMISSION,
    PageState.MAINTENANCE: PageState.MAINTENANCE,
    # A source is not deleted because the address of its list is: it is that address that fits no more.
    PageState.GONE: PageState.UNKNOWN,
    PageState.UNDER_REVIEW: PageState.UNKNOWN,
}


def _answered(job: Job) -> PageState:
    """The state of a source off which nothing was read; unreachable only when no page came at all."""
    if job.wall is not None:
        return PageState.UNREACHABLE
    return next((shown for state, shown in _CAME.items() if job.states.get(state)), PageState.UNREACHABLE)


def _unread(job: Job) -> str:
    """What to do about a site that answers with pages nothing could be read off; '' when that is not so."""
    state = next((state for state in _CAME if job.states.get(state)), None) if job.wall is None else None
    if state not in _MENDS:
        return ""
    count = "，".join(f"{PAGE_STATES[PageState(name)]} {number}" for name, number in sorted(job.states.items()))
    return f"网站有应答，但一个列表或信息页也没有读出来（{count}）：{_MENDS[state]}"


_MENDS = {
    PageState.UNKNOWN: "配方的 states 认不出网页，请用 mingcha source record … --expect list 把列表页存为样本，"
    "改好 states 和 discover.lists 的 rows，用 mingcha source test 试到读出来为止",
    PageState.SHELL: "网页由脚本画出，配方要写 fetch: {mode: render}",
    PageState.GONE: "网址已经不在了，请在浏览器里找到列表现在的网址，改 discover 里的 url",
}


def _judged(desk: Desk, run: CrawlRun, job: Job) -> RunHealth | None:
    """The figures of a run that read something, judged and kept; nothing of a run with --limit, which is no measure."""
    if job.limit is not None:
        return None
    now = clock.now()
    quality = job.recipe.quality
    age = quality.max_age_newest
    with desk.store.transaction() as tx:
        figures = job.watch.figures(
            read=job.read,
            unread=job.unread,
            newest=tx.health.newest_posting(run.source, run.started_at),
            now=now,
            # A run that went on after a kill saw only some of the lists.
            whole=job.wall is None and job.used < job.budget and not job.frontier.resumed,
        )
        return record_run(
            tx,
            run_id=run.id,
            source=run.source,
            at=now,
            figures=figures,
            limits=Limits(
                min_rows=quality.min_rows,
                coverage=quality.coverage,
                max_unknown_share=quality.max_unknown_share,
                max_age_newest_h=age.total_seconds() / 3600 if age is not None else None,
            ),
            judged=True,
            guest_view=job.watch.guest_view,
            since=job.read_since or run.started_at,
        )


def _fits_no_more(desk: Desk, job: Job) -> bool:
    """Could most postings of this run not be read? One or two odd pages of a source that has been read do not count."""
    if not job.unread or job.unread <= job.read:
        return False
    if job.unread > FEW:
        return True
    with desk.store.read() as tx:
        return not tx.pages.count(job.recipe.name).get(PageState.OK)


def finish(
    desk: Desk,
    run: CrawlRun,
    job: Job,
    tally: Tally,
    *,
    outcome: str,
    message: str,
    state: str | None = PageState.UNREACHABLE,
    health: RunHealth | None = None,
    alert: bool = True,
) -> CrawlRun:
    """Write down how the run ended; `state` is the source's after one that failed, None leaves it as it was.
    A wall lets the host rest for every source on it. Whatever is not good is an alert, told once the row is there."""
    now = clock.now()
    with desk.store.transaction() as tx:
        cooldown: datetime | None = None
        if outcome == "blocked":
            cooldown = now + cooldown_after(_walls_before(tx.runs.list(run.source, 10), run.id))
        shown = {"blocked": str(job.wall), "finished": "ok"}.get(outcome, str(state))
        if outcome in ("blocked", "finished") or state is not None:
            _note_states(tx, run, job, shown, message, cooldown, now)
            tx.sources.set_state(
                run.source,
                state=shown,
                last_good_at=now if outcome == "finished" else None,
                cooldown_until=cooldown,
            )
        if alert:
            _alert(tx, run.source, outcome, message, health, now)
        if job.watch.learned is not None:
            tx.health.learn_not_found(job.watch.learned)
        finished = tx.runs.finish(
            run.id,
            at=now,
            states=dict(sorted(job.states.items())),
            new=tally.new,
            changed=tally.changed,
            unchanged=tally.unchanged,
            leads=tally.leads,
            outcome=outcome,
            message=message,
        )
    tell_alerts(desk)
    return finished


def _note_states(
    tx: Tx, run: CrawlRun, job: Job, shown: str, message: str, cooldown: datetime | None, now: datetime
) -> None:
    """The state of the source at its host: a row when it is another one than before."""
    host = host_name(job.site.origin)
    change = StateChange(source=run.source, host=host, state=shown, reason=message[:500], run_id=run.id, at=now)
    tx.health.note_state(change)
    if cooldown is not None:
        reason = message[:500]
        tx.rests.set(HostRest(host=host, until=cooldown, state=shown, reason=reason, source=run.source, at=now))
    elif shown == PageState.OK:
        tx.rests.end([host])


def _alert(tx: Tx, source: str, outcome: str, message: str, health: RunHealth | None, now: datetime) -> None:
    """A run that brought nothing to rely on opens an alert, a good one closes it; a doubtful one does neither."""
    if outcome != "finished":
        tx.alerts.open(source, message[:500], now)
    elif health is None or health.verdict is HealthVerdict.HEALTHY:
        tx.alerts.close(source, now)


def _walls_before(runs: Sequence[CrawlRun], this: str) -> int:
    """How many runs in a row before this one ended at a wall; those cut short by people or kills count neither way."""
    count = 0
    for run in runs:
        if run.id == this or run.outcome in CUT_SHORT:
            continue
        if run.outcome != "blocked":
            break
        count += 1
    return count
