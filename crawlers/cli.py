"""`mingcha crawl`, `mingcha capture`, `mingcha source list`, and the sandbox's own command."""

from __future__ import annotations

import json
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

import click

from crawlers import source_cli
from crawlers.addresses import parse_allow
from crawlers.errors import CrawlError, RecipeError
from crawlers.sandbox import cli as sandbox_cli
from crawlers.source import load_recipe, said_title, source_folders, source_name
from crawlers.source_cli import ALLOW_HELP
from crawlers.spare import spare
from crawlers.words import OUTCOMES, source_words, state_word
from pipelines.cli.desk_for_command import command_desk, source_called
from pipelines.desk import Desk
from pipelines.errors import NoData
from pipelines.records import CrawlRun

#: Exit code of a command that was ended by Ctrl-C.
INTERRUPTED = 130


def commands() -> list[click.Command]:
    """All commands of this package."""
    return [crawl, capture, source, *sandbox_cli.commands()]


@click.command()
@click.argument("names", metavar="NAME...", nargs=-1)
@click.option("--recipe", type=click.Path(path_type=Path, exists=True), help="未安装来源所在的文件夹。")
@click.option("--limit", type=click.IntRange(min=1), help="最多采集多少条。")
@click.option("--allow", multiple=True, metavar="HOST:PORT", help=ALLOW_HELP)
@click.option("--json", "as_json", is_flag=True, help="每个来源输出一行 JSON。")
def crawl(names: tuple[str, ...], recipe: Path | None, limit: int | None, allow: tuple[str, ...], as_json: bool) -> int:
    """采集来源：遵守 robots.txt，慢速，采完或遇到第一道墙为止。"""
    if not names and recipe is None:
        raise click.UsageError("请给出来源名，或用 --recipe 指定来源文件夹；现有来源见 mingcha source list")
    # A title becomes the name it stands for; a folder stays a folder.
    wanted: list[str | Path] = [name if "/" in name or name == "." else source_name(name) for name in names]
    wanted += [recipe] if recipe is not None else []
    recipes = [load_recipe(one) for one in wanted]
    # Scrapy and the classifier are heavy; only crawling loads them.
    from crawlers import keeping
    from crawlers.run import crawl_source, told_to_stop
    from pipelines.assessor import load_assessor, make_room, read_ahead, read_image, usable_cores

    read_ahead()
    bad = 0
    with (
        # Before the store is open, and before any thread.
        spare(keeping.serve) if usable_cores() > 1 else nullcontext() as helper,
        _interruptible() as interrupted,
        command_desk(create=True) as desk,
    ):
        assessor = load_assessor(desk.settings)
        make_room()
        for number, one in enumerate(wanted):
            with _progress(recipes[number].title, quiet=as_json) as tell:
                try:
                    run = crawl_source(
                        desk,
                        assessor,
                        one,
                        limit=limit,
                        allow=allow,
                        origin=_origin(allow, number, len(wanted), demo=recipes[number].scope.base is None),
                        ocr=read_image,
                        beside=True if number or helper is None else helper,
                        progress=tell,
                        stopping=_either(interrupted.is_set, told_to_stop(desk, recipes[number].name)),
                    )
                except CrawlError as exc:
                    if interrupted.is_set():
                        break
                    bad += 1
                    if len(wanted) == 1:
                        raise
                    click.echo(f"{recipes[number].name}: {exc.message}", err=True)
                    continue
            bad += run.outcome != "finished"
            _report(run, recipes[number].title, as_json=as_json)
            if interrupted.is_set():
                break
    if interrupted.is_set():
        click.echo("已按 Ctrl-C 停下：已入库的页面都在，再运行同一条命令就接着采集", err=True)
        return INTERRUPTED
    return 1 if bad else 0


def _either(first: Callable[[], bool], second: Callable[[], bool]) -> Callable[[], bool]:
    return lambda: first() or second()


@contextmanager
def _interruptible() -> Iterator[threading.Event]:
    """Ctrl-C asks the crawl to end and lets it store what it has; a second one does not wait for that."""
    interrupted = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield interrupted
        return

    def ask(_number: int, _frame: object) -> None:
        if interrupted.is_set():
            raise KeyboardInterrupt
        interrupted.set()
        click.echo("正在停下：已取到的页面存完就结束（再按一次 Ctrl-C 不等）", err=True)

    before = signal.signal(signal.SIGINT, ask)
    try:
        yield interrupted
    finally:
        signal.signal(signal.SIGINT, before)


def _origin(allow: tuple[str, ...], number: int, count: int, *, demo: bool) -> str | None:
    """Where a demo source is served: the only --allow, or with several sources the one at the same place."""
    if not demo or not allow:
        return None
    if len(allow) != 1 and len(allow) != count:
        raise click.UsageError("几个演示来源一起采集时，--allow 要按同样的顺序一一给出")
    return f"http://{allow[0] if len(allow) == 1 else allow[number]}"


def _report(run: CrawlRun, title: str, *, as_json: bool) -> None:
    if as_json:
        shown: dict[str, Any] = {
            "source": run.source,
            "states": run.states,
            "new": run.new,
            "changed": run.changed,
            "unchanged": run.unchanged,
            "leads": run.leads,
            "outcome": run.outcome,
        }
        click.echo(json.dumps({**shown, "message": run.message} if run.message else shown, ensure_ascii=False))
        return
    states = "，".join(f"{state_word(state)} {count}" for state, count in run.states.items())
    click.echo(
        f"{title} {OUTCOMES[run.outcome]}：新 {run.new}，有变 {run.changed}，未变 {run.unchanged}，"
        f"线索 {run.leads}；页面：{states or '无'}" + (f"；{run.message}" if run.message else "")
    )


@contextmanager
def _progress(title: str, *, quiet: bool) -> Iterator[Callable[[Any], None] | None]:
    """A line that counts along on a terminal; nothing elsewhere."""
    if quiet or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(title)

        def tell(tally: Any) -> None:
            bar.update(task, description=f"{title}：{tally.pages} 页，新 {tally.new}，线索 {tally.leads}")

        yield tell


@click.command()
@click.option("--limit", type=click.IntRange(min=1), default=500, show_default=True, help="最多截图多少条线索。")
@click.option("--source", "only", help="只取这个来源的线索，写代号或中文名称。")
@click.option("--allow", multiple=True, metavar="HOST:PORT", help=ALLOW_HELP)
@click.option("--json", "as_json", is_flag=True, help="每条线索输出一行 JSON。")
def capture(limit: int, only: str | None, allow: tuple[str, ...], as_json: bool) -> int:
    """给还没有快照的待办线索逐条用浏览器取快照（截图与 WARC）。"""
    from crawlers.browser.capture import capture_pending  # the browser is heavy; only capturing loads it

    for value in allow:
        parse_allow(value)  # refused before anything is opened
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda _number, _frame: stop.set())
    failed = 0
    with command_desk() as desk:
        name = _known_name(desk, only) if only is not None else None
        for report in capture_pending(desk, limit, source=name, allow=allow, stop=stop.is_set):
            failed += report.capture is None
            if as_json:
                state = str(report.capture.state) if report.capture else None
                identity = report.capture.id if report.capture else None
                row = {"lead": report.lead.id, "capture": identity, "state": state, "reason": report.reason}
                click.echo(json.dumps(row, ensure_ascii=False))
            elif report.capture is None:
                click.echo(f"线索 {report.lead.id} 未截图：{report.reason}", err=True)
    return 1 if failed else 0


@click.group()
def source() -> None:
    """来源：有哪些，情况如何；起草、检查和核对它们的配方。"""


for _command in source_cli.commands():
    source.add_command(_command)


@source.command("impact")
@click.argument("name")
def source_impact(name: str) -> None:
    """来源的采集影响评估说明（网络数据安全管理条例第十八条）：按配方和实测访问量生成，可打印签字。"""
    from crawlers.impact_words import impact_words  # Scrapy is heavy

    with command_desk(create=True) as desk:
        click.echo(impact_words(desk, _known_name(desk, name)))


@source.command("list")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON。")
def source_list(as_json: bool) -> None:
    """列出全部来源：已安装的和库中有记录的。"""
    try:
        with command_desk() as desk:
            rows = source_rows(desk)
    except NoData as exc:  # what is installed can be seen without any
        click.echo(exc.message, err=True)
        rows = source_rows(None)
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for row in rows:
        click.echo(source_words(row))


def source_rows(desk: Desk | None) -> list[dict[str, Any]]:
    """One row a source; a recipe that cannot be read is listed with its fault instead of hiding the others. Without a
    desk: what is installed."""
    rows: dict[str, dict[str, Any]] = {}
    for name, folder in source_folders().items():
        try:
            recipe = load_recipe(name)
        except RecipeError as exc:
            broken = _row(name, title=said_title(folder), lane="?", state="broken", verified="never")
            rows[name] = broken | {"fault": exc.message}
            continue
        verified = "sandbox" if recipe.demo else "never"
        rows[name] = _row(name, title=recipe.title, lane=recipe.lane, state="never", verified=verified)
    if desk is None:
        return [rows[name] for name in sorted(rows)]
    with desk.store.read() as tx:
        leads = tx.stats.leads_by("source")
        for known in tx.sources.list():
            row = rows.setdefault(
                known.name,
                _row(known.name, title=known.title, lane=known.lane, state=known.state, verified=known.verified),
            )
            pages = sum(tx.pages.count(known.name).values())
            good = known.last_good_at.isoformat() if known.last_good_at else None
            row |= {"verified": known.verified, "last_good": good, "pages": pages}
            if "fault" in row:  # the recipe of now, not the last visit
                row["lane"] = known.lane
            else:
                row["state"] = known.state
            row["leads"] = leads.get(known.name, 0)
    return [rows[name] for name in sorted(rows)]


def _row(name: str, *, title: str, lane: str, state: str, verified: str) -> dict[str, Any]:
    empty = {"last_good": None, "pages": 0, "leads": 0}
    return {"name": name, "title": title, "lane": lane, "state": state, "verified": verified, **empty}


def _known_name(desk: Desk, word: str) -> str:
    """The name of a source this HOME has met, its recipe installed or not; else of an installed one."""
    name = source_called(desk, word)
    with desk.store.read() as tx:
        return name if tx.sources.get(name) is not None else source_name(name)
