"""One crawl of one source, from its recipe to its row in the store."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from scrapy.crawler import CrawlerRunner

from crawlers.addresses import ALLOWED, Endpoint, check_endpoint, endpoint_of, parse_allow
from crawlers.conclusion import conclude, finish
from crawlers.errors import SourceUnavailable
from crawlers.frontier import Frontier
from crawlers.impact import ensure_note
from crawlers.job import Job
from crawlers.last_recipe import read_since, remember_recipe
from crawlers.ledger import HostLedger
from crawlers.reactor import REACTOR
from crawlers.recipe import IMPORTED, UNDECIDED, Recipe
from crawlers.registration import register
from crawlers.revisit import MAY_BE_THERE
from crawlers.settings import crawl_settings, user_agent
from crawlers.sole import sole
from crawlers.source import load_recipe
from crawlers.spare import Spare
from crawlers.spiders.feed import FeedSpider
from crawlers.spiders.forum import ForumSpider
from crawlers.spiders.list_detail import ListDetailSpider
from crawlers.tally import Tally
from crawlers.urls import Site, host_name, host_names
from crawlers.watch import Watch
from crawlers.writer import Writer
from pipelines import clock
from pipelines.desk import Desk, is_demo
from pipelines.errors import NotFound
from pipelines.evidence.warc import cut_tails
from pipelines.jobs.cut_runs import CUT
from pipelines.records import CrawlRun, Page, PageState
from pipelines.store import Tx

#: Known pages looked up at once.
WAITING_AT_ONCE = 500
#: Missing postings looked at again in one run.
MISSING_AT_ONCE = 2000
#: Which spider reads which engine's sources.
_SPIDERS: dict[str, type[ListDetailSpider]] = {"discuz": ForumSpider, "forum": ForumSpider, "feed": FeedSpider}


def crawl_source(
    desk: Desk,
    assessor: Any,
    source: str | Path,
    *,
    limit: int | None = None,
    allow: Sequence[str] = (),
    origin: str | None = None,
    ocr: Any = None,
    progress: Callable[[Tally], None] | None = None,
    lists: bool = True,
    stopping: Callable[[], bool] | None = None,
    beside: Spare | bool = False,
) -> CrawlRun:
    """Crawl a source and store, assess and queue what it brings; blocks until done.

    Without `lists` only known postings that are due are looked at. `stopping` is asked about once a second whether to
    end; when not given, the button that stops everything is asked. `allow` are HOST:PORT pairs that may be reached
    although private; `origin` is where a demo source is served. `beside`: a second process may store and assess when
    pages come in a hurry, with this HOME's own model, so `assessor` and `ocr` must be those of pipelines.assessor; a
    spare is that process, and is ended here.
    Raises RecipeError, SourceUnavailable, AddressRefused, and whatever storing raises. A wall is no error: the run
    comes back with outcome "blocked".
    """
    recipe = load_recipe(source)
    if recipe.demo and not is_demo(desk):
        raise SourceUnavailable(
            f"{recipe.name} 是演示来源，只能在演示数据目录里采集（MINGCHA_HOME=var/demo），不进正式数据"
        )
    allowed = tuple(parse_allow(value) for value in allow)
    site = _site(recipe, origin, allowed)
    with sole(desk, recipe.name, host_names(site)):
        remember_recipe(desk, recipe, source)
        told = stopping or told_to_stop(desk, recipe.name)
        job = _prepared(desk, recipe, site, allowed, limit=limit, lists=lists)
        if told():
            raise SourceUnavailable("全部任务已停止，不采集；恢复：mingcha jobs go 或“任务”页")
        return _crawl(desk, assessor, job, ocr=ocr, progress=progress, stopping=told, beside=beside)


def _prepared(
    desk: Desk, recipe: Recipe, site: Site, allowed: Sequence[Endpoint], *, limit: int | None, lists: bool
) -> Job:
    """All that comes before the first request: the source's row, its impact note, what an interrupted run left."""
    with desk.store.transaction() as tx:
        register(tx, recipe)
    _check_ready(desk, recipe, site)
    cut_tails(desk, recipe.name)
    ensure_note(desk, recipe, site)
    return _job(desk, recipe, site, allowed, limit=limit, lists=lists)


def _crawl(
    desk: Desk,
    assessor: Any,
    job: Job,
    *,
    ocr: Any,
    progress: Callable[[Tally], None] | None,
    stopping: Callable[[], bool],
    beside: Spare | bool,
) -> CrawlRun:
    recipe = job.recipe
    job.frontier.begin(recipe, job.site.origin, lists=job.lists)
    with desk.store.transaction() as tx:
        now = clock.now()
        _close_killed(tx, recipe.name, job.frontier.resumed, now)
        run = tx.runs.start(recipe.name, now)
        if recipe.demo:
            tx.settings.set(f"crawl.origin.{recipe.name}", job.site.origin)
    writer = Writer(desk, job, assessor, ocr=ocr, progress=progress, stopping=stopping, beside=beside)
    try:
        with ALLOWED.during(job.allowed), browser_of(recipe, job.site, tuple(job.allowed), desk.home) as job.browser:
            _start(job)
            writer.run()
    except BaseException as exc:
        # A fault of ours, or somebody in a hurry: neither says anything of the site.
        hurry = isinstance(exc, KeyboardInterrupt)
        message = "按要求立即停下，下次接着采集" if hurry else str(exc)[:500] or type(exc).__name__
        outcome = "stopped" if hurry else "failed"
        finish(desk, run, job, writer.tally, outcome=outcome, message=message, state=None, alert=False)
        raise
    concluded = conclude(desk, run, job, writer.tally)
    if not job.halted:
        # A run that somebody ended is gone on with, as one that was killed.
        job.frontier.end()
    return concluded


def told_to_stop(desk: Desk, name: str) -> Callable[[], bool]:
    """Asks the store whether somebody stopped everything, or paused this source."""

    def stopped() -> bool:
        with desk.store.read() as tx:
            known = tx.sources.get(name)
            return tx.tasks.stopped() is not None or (known is not None and known.paused)

    return stopped


def _close_killed(tx: Tx, name: str, resumed: int, now: datetime) -> None:
    """A run of this source that still says it is running was killed: we hold its lock. Nothing failed at the site; the
    row says whether this run goes on with it, after so many pages it had stored. One that was closed meanwhile since
    nobody went on with it is told of anew."""
    for run in tx.runs.list(name, 20):
        if run.outcome != "running" and run.message != CUT:
            continue
        if resumed:
            outcome, message = "resumed", f"进程中断，{clock.local(now):%m-%d %H:%M} 接着做，此前已存 {resumed} 页"
        else:
            outcome, message = "interrupted", "进程中断，已入库的页面不受影响，下一次从头再读"
        tx.runs.end(run, at=run.ended_at or now, outcome=outcome, message=message)


def _site(recipe: Recipe, origin: str | None, allowed: Sequence[Endpoint]) -> Site:
    if origin is None and recipe.scope.base is None and len(allowed) == 1:
        host, port = allowed[0]
        origin = f"http://{f'[{host}]' if ':' in host else host}:{port}"
    site = Site.of(recipe, origin)
    if site is None:
        raise SourceUnavailable(
            f"来源 {recipe.name} 的配方没有写 scope.base（演示来源如此），请用 --allow 主机:端口 给出它的地址"
        )
    check_endpoint(endpoint_of(site.origin), allowed)
    return site


def _check_ready(desk: Desk, recipe: Recipe, site: Site) -> None:
    now = clock.now()
    with desk.store.read() as tx:
        known = tx.sources.get(recipe.name)
        rest = tx.rests.resting([host_name(site.origin)], now)
    if known is None:
        raise NotFound(f"没有来源 {recipe.name}")
    if recipe.lane in IMPORTED:
        raise SourceUnavailable(f"来源 {recipe.name} 是 {recipe.lane} 类，不采集；网页请用 mingcha intake 导入")
    if recipe.legal_note == UNDECIDED:
        raise SourceUnavailable(
            f"来源 {recipe.name} 的 legal_note 还是“{UNDECIDED}”：请先看 robots.txt 和网站条款，写明为什么可以采集"
        )
    if any(UNDECIDED in values for values in recipe.vars.values()):
        raise SourceUnavailable(f"来源 {recipe.name} 的 discover.vars 里还有“{UNDECIDED}”，请填好再采集")
    if known.paused:
        raise SourceUnavailable(f"来源 {recipe.name} 已暂停")
    if known.cooldown_until is not None and known.cooldown_until > now:
        until = clock.local(known.cooldown_until)
        raise SourceUnavailable(
            f"来源 {recipe.name} 上次遇到验证墙，{until:%m-%d %H:%M} 之前不再访问；"
            "急用请人工打开页面，保存后用 mingcha intake 导入"
        )
    if rest is not None:
        raise SourceUnavailable(
            f"来源 {recipe.name} 的主机 {rest.host} 拒绝过程序（来源 {rest.source} 遇到），"
            f"{clock.local(rest.until):%m-%d %H:%M} 之前不再访问"
        )


def _job(desk: Desk, recipe: Recipe, site: Site, allowed: Sequence[Endpoint], *, limit: int | None, lists: bool) -> Job:
    def known(keys: Sequence[str]) -> dict[str, Page]:
        if not keys:
            return {}
        with desk.store.read() as tx:
            return tx.pages.get_many(recipe.name, list(keys))

    def waiting(now: datetime, after: Page | None) -> tuple[Page, ...]:
        with desk.store.read() as tx:
            return tx.pages.not_fetched_since(
                recipe.name,
                max(now - min((*recipe.revisit, *recipe.verify.values())), since, *((doubted or ())[1:])),
                states=MAY_BE_THERE | recipe.verify.keys(),
                after=after,
                limit=WAITING_AT_ONCE,
            )

    since = read_since(desk, recipe)
    doubted = _doubted(desk, recipe.name)
    ledger = HostLedger(desk, host_names(site))
    return Job(
        recipe,
        site,
        allowed=allowed,
        limit=limit,
        budget=max(0, recipe.polite.max_per_day - ledger.spent_today),
        ledger=ledger,
        lists=lists,
        known=known,
        waiting=waiting,
        now=clock.now,
        read_since=since,
        frontier=Frontier(desk, recipe.name),
        watch=_watch(desk, recipe, site),
        doubted=doubted,
    )


def _watch(desk: Desk, recipe: Recipe, site: Site) -> Watch:
    """What earlier runs left to watch: postings that are missing, and the host's soft 404."""
    with desk.store.read() as tx:
        keys = tx.health.missing_since(recipe.name, clock.now(), MISSING_AT_ONCE)
        return Watch(
            recipe,
            not_found=tx.health.soft_not_found(host_name(site.origin)),
            missing=tx.health.missing(recipe.name, keys),
        )


def _doubted(desk: Desk, name: str) -> tuple[datetime, datetime] | None:
    """From when to when runs of this source were made that are in quarantine."""
    with desk.store.read() as tx:
        runs = [tx.runs.get(health.run_id) for health in tx.health.quarantines(name)]
    spans = [(run.started_at, run.ended_at) for run in runs if run is not None and run.ended_at is not None]
    return (min(start for start, _end in spans), max(end for _start, end in spans)) if spans else None


@contextlib.contextmanager
def browser_of(recipe: Recipe, site: Site, allowed: Sequence[Endpoint], *hidden: Path) -> Iterator[Any]:
    """The browser of a rendered source, in a child process; None for all others."""
    if recipe.fetch.mode != "render":
        yield None
        return
    from crawlers.browser.client import Browser  # Playwright is heavy; only rendered sources load it

    with Browser(hosts=site.hosts, allowed=allowed, user_agent=user_agent(recipe), hidden=hidden) as browser:
        yield browser


def _start(job: Job) -> None:
    """Start Scrapy in the reactor's thread; None in the mailbox says that it is over."""

    def over(result: Any) -> None:
        if result is not None and hasattr(result, "getErrorMessage"):
            job.note_error(f"Scrapy: {result.type.__name__}: {result.getErrorMessage()[:300]}")
            job.stop_at(PageState.UNREACHABLE, result.getErrorMessage()[:300] or result.type.__name__)
        job.mailbox.put(None)

    def start() -> None:
        try:
            runner = CrawlerRunner(crawl_settings(job.recipe))
            spider = _SPIDERS.get(job.recipe.engine, ListDetailSpider)
            runner.crawl(spider, job=job).addBoth(over)
        except Exception as exc:  # noqa: BLE001  # the caller waits for the mailbox, so every failure must reach it
            job.note_error(f"Scrapy: {type(exc).__name__}: {exc}")
            job.stop_at(PageState.UNREACHABLE, f"采集引擎没有启动：{exc}")
            job.mailbox.put(None)

    REACTOR.call(start)
