"""How a run ended, in words and in the store: finished, blocked by a wall, or failed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from crawlers.job import Job
from crawlers.middlewares.wall_stop import cooldown_after
from crawlers.tally import Tally
from crawlers.trouble import trouble_words
from pipelines import clock
from pipelines.desk import Desk
from pipelines.records import WALLS, CrawlRun, PageState
from pipelines.store import Tx

#: So many postings that cannot be read may be odd ones out.
FEW = 2
#: States that end a run when they stop it.
STOPS = WALLS | {PageState.LOGIN_WALL}


def conclude(desk: Desk, run: CrawlRun, job: Job, tally: Tally) -> CrawlRun:
    """Finished, blocked by a wall, or failed: nothing at all could be fetched, or the recipe fits no more."""
    if job.wall in STOPS:
        return finish(desk, run, job, tally, outcome="blocked", message=job.message)
    good = sum(job.states.get(state, 0) for state in (PageState.OK, PageState.LIST, PageState.EMPTY_LIST))
    if job.wall is not None or not (good or job.frontier.resumed):
        first = trouble_words(job.troubles) or (job.errors[0] if job.errors else "没有取到任何列表或信息页")
        message = job.message or first
        return finish(desk, run, job, tally, outcome="failed", message=message[:500])
    lacking = f"（缺少字段 {'、'.join(sorted(job.lacking))}）" if job.lacking else ""
    if _fits_no_more(desk, job):
        message = (
            f"配方不再适合网页：{job.read + job.unread} 个信息页里有 {job.unread} 个认不出{lacking}，没有入库；"
            "请核对配方的 states 与 fields，改好后再采集"
        )
        return finish(desk, run, job, tally, outcome="failed", message=message, state=PageState.UNKNOWN)
    notes = [note for note in (job.message, trouble_words(job.troubles)) if note]
    if job.unread:
        notes.append(f"{job.unread} 个信息页认不出{lacking}，没有入库")
    if job.frontier.resumed:
        notes.append(f"接着上次中断处继续，此前已存的 {job.frontier.resumed} 页没有再访问")
    if job.reread:
        notes.append(f"配方有变，重读了 {job.reread} 个已知页面")
    return finish(desk, run, job, tally, outcome="finished", message="；".join(notes)[:500])


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
    state: PageState = PageState.UNREACHABLE,
) -> CrawlRun:
    """Write down how the run ended; `state` is the source's after one that failed."""
    now = clock.now()
    with desk.store.transaction() as tx:
        cooldown: datetime | None = None
        if outcome == "blocked":
            cooldown = now + cooldown_after(_walls_before(tx.runs.list(run.source, 10), run.id))
        shown = {"blocked": str(job.wall), "finished": "ok"}.get(outcome, str(state))
        tx.sources.set_state(
            run.source,
            state=shown,
            last_good_at=now if outcome == "finished" else None,
            cooldown_until=cooldown,
        )
        note_used(tx, job)
        return tx.runs.finish(
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


def note_used(tx: Tx, job: Job) -> None:
    """Write down how many of today's requests are used; with every batch, so that a kill does not give them back."""
    count = job.recipe.polite.max_per_day - job.budget + job.used
    tx.settings.set(f"crawl.used.{job.recipe.name}", f"{today()} {count}")


def _walls_before(runs: Sequence[CrawlRun], this: str) -> int:
    """How many runs in a row before this one ended at a wall."""
    count = 0
    for run in runs:
        if run.id == this:
            continue
        if run.outcome != "blocked":
            break
        count += 1
    return count


def today() -> str:
    """Today in China, as the daily budget counts."""
    return clock.local(clock.now()).date().isoformat()
