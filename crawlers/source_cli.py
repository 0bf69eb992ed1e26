"""`mingcha source new|test|check|record|schema`: what an engineer adds and keeps a source with."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from crawlers.charset import decode
from crawlers.errors import RecipeError
from crawlers.page_report import PageReport
from crawlers.reader.whole import schema_text
from crawlers.recipe import UNDECIDED, Recipe
from crawlers.source import FILE, check_name, engine_names, home_sources, load_recipe, source_folder
from crawlers.states import PageView
from crawlers.urls import Site
from crawlers.words import state_word
from pipelines import clock
from pipelines.config import read_settings
from pipelines.divisions import region_fault
from pipelines.records import PageState

#: Postings that are fetched of a list to see what its fields say.
SAMPLES = 3
MAX_SHOWN = 60
#: Of every command that opens pages.
ALLOW_HELP = "允许访问的本机或内网地址（自己的测试网站），可重复给出；别的内部地址一律不访问。"


def commands() -> list[click.Command]:
    """The commands that join `source list`."""
    return [new, test, check, record, schema]


def _checked_region(context: click.Context, option: click.Parameter, code: str | None) -> str | None:
    if code and (fault := region_fault(code)):
        raise click.BadParameter(fault, context, option)
    return code


@click.command()
@click.argument("name")
@click.option("--engine", type=click.Choice(engine_names()), help="引擎配方；不写就逐个试。")
@click.option("--url", "urls", multiple=True, help="要试读的网页：列表页，或列表页和信息页；可重复给出，真实访问。")
@click.option(
    "--page",
    "files",
    multiple=True,
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="已保存的网页，可重复给出，不访问网站。",
)
@click.option("--base", help="只给保存的网页时，网站的网址。")
@click.option("--contact", required=True, help="https:// 网址或邮箱：写进 User-Agent，让站长找得到人。")
@click.option(
    "--region",
    callback=_checked_region,
    help="网站所在地的 6 位区划代码；不写就用 MINGCHA_REGION 的，都没有就留给人填。",
)
@click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), help="放来源文件夹的地方；默认数据目录下的 sources。"
)
@click.option("--allow", multiple=True, metavar="HOST:PORT", help=ALLOW_HELP)
@click.option("--json", "as_json", is_flag=True, help="输出 JSON。")
def new(
    name: str,
    engine: str | None,
    urls: tuple[str, ...],
    files: tuple[Path, ...],
    base: str | None,
    contact: str,
    region: str | None,
    out: Path | None,
    allow: tuple[str, ...],
    as_json: bool,
) -> int:
    """按几个网页起草一个来源，并逐页说明读出了什么。"""
    from crawlers.drafting import base_of, unplaced  # with Scrapy: only drafting loads it
    from crawlers.fixtures import UNREAD, add_tests
    from crawlers.fixtures import record as keep
    from crawlers.guessed_draft import drafted_from

    check_name(name)
    if not urls and not files:
        raise click.UsageError("请用 --url 给出列表页的网址，或用 --page 给出保存的网页（第一个是列表页）")
    folder = (out or home_sources()) / name
    if (folder / FILE).exists():
        raise RecipeError(f"{folder / FILE} 已经有了，不覆盖；换一个名字，或先删掉它")
    pages = [_saved(path) for path in files]
    if urls:
        pages += _visited(urls, engine, contact, allow)
    if not pages:
        raise RecipeError("给出的网页一个也没有取到，原因见上；网址能在浏览器里打开的话，请核对后再试")
    site = base.rstrip("/") if base else base_of(pages)
    place = region or read_settings().region
    drafted = drafted_from(name, engine, pages, base=site, contact=contact, region=place)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / FILE).write_text(drafted.text, encoding="utf-8")
    recipe = load_recipe(folder)
    lines = [
        keep(recipe, folder, page.body, url=page.url or "/", name=f"{report.state}-{number}").line
        for number, (page, report) in enumerate(zip(pages, drafted.reports, strict=True), 1)
        if report.state not in UNREAD
    ]
    if lines:
        add_tests(folder, lines)
        load_recipe(folder)
    gaps = [*drafted.gaps, *unplaced(drafted.reports, place)]
    good = any(str(report.state) in ("ok", "list") for report in drafted.reports)
    if as_json:
        shown = {
            "folder": str(folder),
            "engine": drafted.engine or None,
            "pages": [_row(report) for report in drafted.reports],
            "gaps": gaps,
        }
        click.echo(json.dumps(shown, ensure_ascii=False))
        return 0 if good else 1
    click.echo(f"引擎 {drafted.engine}，网站 {site}" if drafted.engine else f"没有引擎认得 {site}，列表和字段是猜的")
    for report in drafted.reports:
        _tell(report)
    click.echo(f"已写入 {folder / FILE}，样本 {len(lines)} 个")
    for gap in gaps:
        click.echo(f"待核对：{gap}")
    if not good:
        click.echo(
            f"引擎 {drafted.engine} 一个网页也读不出来：删掉 {folder}，不加 --engine 再来一次，由程序自己认；"
            "网页上只有登录、验证或空白的，不是可以采集的来源"
        )
        return 1
    called = name if out is None else str(folder)
    reach = "".join(f" --allow {one}" for one in allow)
    click.echo(
        f"接下来：填好 {FILE} 里的“{UNDECIDED}”，运行 mingcha source test {called}，"
        f"再用 mingcha crawl {called} --limit 5{reach} 试采"
    )
    return 0


def _saved(path: Path) -> Any:
    from crawlers.drafting import GivenPage  # with Scrapy: only drafting loads it

    body = path.read_bytes()
    view = PageView.of(url="", status=200, body=body, text=decode(body).text)
    url = (view.selector.xpath('string(//link[@rel="canonical"]/@href)').get() or "").strip()
    return GivenPage(name=path.name, url=url, view=view, body=body, at=None)


def _visited(urls: Sequence[str], engine: str | None, contact: str, allow: Sequence[str]) -> list[Any]:
    """The pages at the addresses, and the first postings of the list among them. Says what did not come."""
    from crawlers.drafting import GivenPage, engine_at  # with Scrapy, as above
    from crawlers.guessed_draft import PLAIN, postings_of
    from crawlers.probe import probe

    for url in urls:
        if not url.startswith(("http://", "https://")):
            raise RecipeError(f"--url 要写完整的网址，以 http:// 或 https:// 开头，而不是 {url}")
    first = Site.of(engine_at(engine or PLAIN, urls[0], contact))
    if first is None:
        raise RecipeError(f"{urls[0]} 不是网址")

    def fetch(wanted: Sequence[str]) -> list[Any]:
        found = []
        for page in probe(first.recipe, first, wanted, allow=allow):
            if page.view is None:
                click.echo(f"没有取到 {page.url}：{page.reason}", err=True)
            else:
                found.append(GivenPage(name=page.url, url=page.url, view=page.view, body=page.body, at=clock.now()))
        return found

    pages = fetch(urls)
    if not pages:
        return []
    more = [url for url in postings_of(engine, pages, first.origin) if url not in urls][:SAMPLES]
    return pages + (fetch(more) if more else [])


@click.command()
@click.argument("source", metavar="NAME|DIR")
@click.option("--json", "as_json", is_flag=True, help="每个样本输出一行 JSON。")
def test(source: str, as_json: bool) -> int:
    """用来源自带的样本网页检查配方，不访问网站；样本都符合而配方什么也没读出来，也算不符。"""
    from crawlers.fixtures import run_fixtures
    from crawlers.reads_nothing import reads_nothing

    recipe, folder = load_recipe(source), source_folder(source)
    results = run_fixtures(recipe, folder)
    if not results:
        click.echo(f"{recipe.name} 还没有样本；用 mingcha source record {source} 网页 存一个", err=True)
        return 1
    for result in results:
        if as_json:
            row = {"file": result.file, "ok": not result.faults, "faults": list(result.faults)}
            click.echo(
                json.dumps(row | ({"state": str(result.report.state)} if result.report else {}), ensure_ascii=False)
            )
        else:
            told = "；".join(result.faults) if result.faults else _brief(result.report)
            click.echo(f"{'不符' if result.faults else '符合'}  {result.file}  {told}")
    faults = reads_nothing(recipe, folder, results)
    for fault in faults:
        click.echo(json.dumps({"ok": False, "faults": [fault]}, ensure_ascii=False) if as_json else f"不符  {fault}")
    if UNDECIDED in recipe.legal_note:
        told = f"注意：{FILE} 的 legal_note 还是“{UNDECIDED}”：写明为什么可以采集之前，这个来源不会被采集"
        click.echo(told, err=as_json)
    return 1 if faults or any(result.faults for result in results) else 0


@click.command()
@click.argument("source", metavar="NAME|DIR")
@click.option("--allow", multiple=True, metavar="HOST:PORT", help=ALLOW_HELP)
@click.option("--json", "as_json", is_flag=True, help="输出 JSON。")
def check(source: str, allow: tuple[str, ...], as_json: bool) -> int:
    """到网站上核对来源：金丝雀网页、不存在的网址和第一个列表；全都对了才记下核对日期。"""
    from crawlers.checking import check_live, remember_check  # with Scrapy: only checking loads it

    recipe = load_recipe(source)
    result = check_live(recipe, allow=allow)
    if not result.faults:
        remember_check(recipe)
    if as_json:
        shown = {"source": recipe.name, "ok": not result.faults, "verified": result.verified, "faults": result.faults}
        click.echo(json.dumps(shown, ensure_ascii=False))
        return 1 if result.faults else 0
    for report in result.reports:
        _tell(report)
    for fault in result.faults:
        click.echo(f"不符：{fault}")
    if not result.faults:
        click.echo(f"已核对，记为 {result.verified}")
    return 1 if result.faults else 0


@click.command()
@click.argument("source", metavar="NAME|DIR")
@click.argument("page", metavar="URL|FILE")
@click.option("--as", "name", help="样本的文件名；默认取自网页。")
@click.option("--url", help="保存的网页原来的网址。")
@click.option("--expect", type=click.Choice(["list", "ok"]), help="配方还读不出它时，说明它应当是什么。")
@click.option("--allow", multiple=True, metavar="HOST:PORT", help=ALLOW_HELP)
def record(
    source: str, page: str, name: str | None, url: str | None, expect: str | None, allow: tuple[str, ...]
) -> int:
    """把一个网页存为来源的样本：联系方式和发布者先换掉，再写进 tests；读不出来的不存，除非说明它应当是什么。"""
    from crawlers.fixtures import add_tests
    from crawlers.fixtures import record as keep

    recipe, folder = load_recipe(source), source_folder(source)
    if page.startswith(("http://", "https://")):
        body, address = _fetch_one(recipe, page, allow), page
    else:
        path = Path(page)
        if not path.is_file():
            raise click.UsageError(f"没有文件 {page}；网址要以 http:// 或 https:// 开头")
        body, address = path.read_bytes(), url or "/"
    label = name or (
        Path(page).stem if not page.startswith("http") else "page-" + clock.now().strftime("%Y%m%d-%H%M%S")
    )
    wanted = PageState(expect) if expect else None
    recorded = keep(recipe, folder, body, url=address, name=label, wanted=wanted)
    add_tests(folder, [recorded.line])
    load_recipe(source)
    _tell(recorded.report)
    click.echo(f"已存为 {recorded.file}；请打开看一眼，姓名等个人信息还有没有")
    if wanted is not None and recorded.report.state is not wanted:
        click.echo(
            f"它应当是 {wanted}，现在读成 {recorded.report.state}：改好配方，直到 mingcha source test {source} 符合"
        )
    return 0


def _fetch_one(recipe: Recipe, url: str, allow: Sequence[str]) -> bytes:
    from crawlers.probe import probe  # with Scrapy: only fetching loads it

    site = Site.of(recipe, url)
    if site is None or not site.on_site(url):
        raise RecipeError(f"{url} 不属于来源 {recipe.name}")
    found = probe(recipe, site, [url], allow=allow)[0]
    if found.view is None:
        raise RecipeError(f"没有取到 {url}：{found.reason}")
    return found.body


@click.command()
def schema() -> None:
    """输出配方的 JSON Schema，给编辑器用（docs/recipe.schema.json 就是它）。"""
    sys.stdout.write(schema_text())


def _row(report: PageReport) -> dict[str, Any]:
    found: dict[str, Any] = {"page": report.name, "state": str(report.state), "reason": report.reason}
    if report.rows:
        found["rows"] = report.rows
    if report.missing:
        found["missing"] = list(report.missing)
    return found | ({"fields": report.fields} if report.fields else {})


def _tell(report: PageReport) -> None:
    """A page and what each field found, for people."""
    click.echo(f"{report.name}\n    {state_word(str(report.state))}：{report.reason}")
    if report.rows and report.reading:
        titles = "、".join(row.title for row in report.reading.rows[:3] if row.title)
        click.echo(f"    {report.rows} 行通向信息页" + (f"，如 {titles}" if titles else ""))
    for name, value in report.fields.items():
        shown = json.dumps(value, ensure_ascii=False) if not isinstance(value, str) else value.replace("\n", " ")
        if name == "posted_at":
            shown = f"{clock.local(datetime.fromisoformat(value)):%Y-%m-%d %H:%M}"
        click.echo(f"    {name}: {shown[:MAX_SHOWN]}{'…' if len(shown) > MAX_SHOWN else ''}")


def _brief(report: PageReport | None) -> str:
    if report is None:
        return ""
    facts = [state_word(str(report.state))]
    if report.rows:
        facts.append(f"{report.rows} 行")
    if report.fields:
        facts.append(f"{len(report.fields)} 个字段")
    return "，".join(facts)
