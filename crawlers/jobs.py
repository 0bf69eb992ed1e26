"""The jobs that ask hosts for something: crawl, recheck, capture; and when each is due.

Imported at every start of the command, so that what is heavy is only loaded by the job that needs it.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from crawlers.broken import note_broken, note_mended
from crawlers.errors import CrawlError, RecipeError, SourceUnavailable
from crawlers.last_recipe import last_recipe, recipe_place
from crawlers.source import FILE, SOURCES, load_recipe, source_folders
from pipelines import clock
from pipelines.jobs.kinds import Done, Stopping
from pipelines.records import Planned, Source, TaskRun

if TYPE_CHECKING:
    from crawlers.recipe import Recipe
    from crawlers.urls import Site
    from pipelines.desk import Desk

_ALLOW = re.compile(r"请加 --allow \S+")
_log = logging.getLogger(__name__)

#: Known postings are looked at apart from the lists at least this long after the last look.
RECHECK_AT_LEAST = timedelta(hours=6)
#: Undecided leads without a picture are looked for this often.
CAPTURE_EVERY = timedelta(hours=1)
#: Leads captured by one job; the next goes on.
CAPTURES = 100


def crawl(desk: Desk, run: TaskRun, stopping: Stopping) -> Done:
    """Read the lists of a source and what is new or due on it."""
    return _crawl(desk, run, stopping, lists=True)


def recheck(desk: Desk, run: TaskRun, stopping: Stopping) -> Done:
    """Look again at known postings whose time has come, without reading the lists."""
    from crawlers.revisit import MAY_BE_THERE, due

    recipe = last_recipe(desk, _source(run))
    now, after = clock.now(), None
    with desk.store.read() as tx:
        while True:
            pages = tx.pages.not_fetched_since(
                recipe.name, now - min(recipe.revisit), states=MAY_BE_THERE, after=after, limit=500
            )
            if any(due(page, now, recipe.revisit) for page in pages):
                break
            if not pages:
                return Done(message="没有到期要复查的信息")
            after = pages[-1]
    return _crawl(desk, run, stopping, lists=False)


def capture(desk: Desk, run: TaskRun, stopping: Stopping) -> Done:
    """Take browser snapshots of a source's undecided leads that have none."""
    with desk.store.read() as tx:
        if not tx.leads.without_browser_capture(1, source=run.source):
            return Done(message="没有要取快照的线索")
    from crawlers.browser.capture import capture_pending  # Playwright is heavy

    reports = list(capture_pending(desk, CAPTURES, source=run.source, stop=stopping))
    taken = sum(report.capture is not None for report in reports)
    reasons = [_for_pages(report.reason) for report in reports if report.capture is None]
    message = f"快照 {taken} 条" + (f"，未取到 {len(reasons)} 条：{reasons[0]}" if reasons else "")
    if stopping():
        return Done(outcome="stopped", message=message)
    return Done(outcome="failed" if reasons and not taken else "finished", message=message)


def _crawl(desk: Desk, run: TaskRun, stopping: Stopping, *, lists: bool) -> Done:
    from crawlers.run import crawl_source  # Scrapy and the classifier are heavy
    from pipelines.assessor import load_assessor, read_image

    name = _source(run)
    recipe = last_recipe(desk, name)
    allow, origin = _demo_place(desk, recipe)
    try:
        done = crawl_source(
            desk,
            load_assessor(desk.settings),
            recipe_place(desk, name),
            allow=allow,
            origin=origin,
            ocr=read_image,
            beside=True,
            lists=lists,
            stopping=stopping,
        )
    except SourceUnavailable as exc:
        return Done(outcome="stopped" if stopping() else "failed", message=_for_pages(exc.message))
    told = f"新 {done.new}，有变 {done.changed}，未变 {done.unchanged}，线索 {done.leads}"
    message = f"{told}；{_for_pages(done.message)}" if done.message else told
    if done.outcome in ("failed", "stopped"):
        return Done(outcome=done.outcome, message=message)
    # A wall is the site's answer, not a fault of the job: the source rests, and the plan knows until when.
    return Done(message=f"被拒，来源休息：{message}" if done.outcome == "blocked" else message)


def _for_pages(message: str) -> str:
    """What stands on the jobs page, where nobody can add an option: whose it is to mend."""
    return _ALLOW.sub("计划任务不放行，请工程师在命令行采集", message)


def _source(run: TaskRun) -> str:
    if run.source is None:
        raise SourceUnavailable(f"任务 {run.task} 没有写来源")
    return run.source


def _demo_place(desk: Desk, recipe: Recipe) -> tuple[tuple[str, ...], str | None]:
    """Where a demo source was found last: the only private address that a job may ask."""
    if not recipe.demo or recipe.scope.base is not None:
        return (), None
    with desk.store.read() as tx:
        origin = tx.settings.get(f"crawl.origin.{recipe.name}")
    return ((urlsplit(origin).netloc,), origin) if origin else ((), None)


def plan_sources(desk: Desk, now: datetime) -> Sequence[Planned]:
    """The tasks of every source that a person has crawled once: from then on it is visited by plan. A source whose
    recipe cannot be read any more keeps none, and says so where people look."""
    with desk.store.read() as tx:
        sources = [source for source in tx.sources.list() if source.lane in ("A", "B")]
    found: list[Planned] = []
    for source in sources:
        try:
            found += _plan(desk, source, now)
        except CrawlError as exc:
            _log.debug("No plan for a source", extra={"source": source.name, "reason": exc.message})
            if isinstance(exc, RecipeError):
                note_broken(desk, source, exc.message)
            continue
        note_mended(desk, source)
    return found


def _plan(desk: Desk, source: Source, now: datetime) -> list[Planned]:
    from crawlers.schedule import next_list_visit, open_from

    recipe = _recipe(desk, source.name)
    lock = f"host:{_lock_name(desk, recipe)}"
    with desk.store.read() as tx:
        runs = tx.runs.list(source.name, 40)
        rechecked = tx.tasks.last_finished(f"recheck:{source.name}")
        captured = tx.tasks.last_finished(f"capture:{source.name}")
        waiting = bool(tx.leads.without_browser_capture(1, source=source.name))
    if not runs:
        return []
    # After a wall nothing is asked before the rest is over.
    rest = source.cooldown_until if source.cooldown_until is not None and source.cooldown_until > now else now
    visit = open_from(recipe.polite, max(next_list_visit(runs, recipe.schedule.list, recipe.polite, now), rest))
    looked = max([runs[0].started_at, *([rechecked] if rechecked is not None else [])])
    again = min(looked, now) + max(min(recipe.revisit), RECHECK_AT_LEAST)
    picture = max(now if captured is None else min(captured, now) + CAPTURE_EVERY, rest) if waiting else None
    due = {
        "crawl": visit,
        "recheck": open_from(recipe.polite, max(again, rest)),
        "capture": open_from(recipe.polite, picture) if picture is not None else None,
    }
    return [
        Planned(name=f"{kind}:{source.name}", kind=kind, source=source.name, lock=lock, due_at=moment)
        for kind, moment in due.items()
    ]


def _lock_name(desk: Desk, recipe: Recipe) -> str:
    """The host all tasks of a source wait for, so that it has one visitor of ours at a time."""
    from crawlers.urls import Site, host_name

    _allow, origin = _demo_place(desk, recipe)
    site: Site | None = Site.of(recipe, origin)
    return host_name(site.origin) if site is not None else recipe.name


def _recipe(desk: Desk, name: str) -> Recipe:
    """The recipe, read again only when its file has changed: plans are made every few seconds."""
    place = recipe_place(desk, name)
    # By name: one that came with Mingcha, or one of HOME.
    folder = place if isinstance(place, Path) else source_folders().get(place, SOURCES / place)
    file = folder / FILE
    return _read(folder, file.stat().st_mtime_ns if file.is_file() else 0)


@lru_cache(maxsize=256)
def _read(folder: Path, _changed: int) -> Recipe:
    return load_recipe(folder)
