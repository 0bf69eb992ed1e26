"""Whether a recipe reads anything at all off its fixtures, and if not, which selector is to be mended.

A fixture may be just as expected and the recipe still read nothing: a draft's fixtures expect what the draft read.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from crawlers.extract import Rows
from crawlers.fixtures import FixtureResult, view_of
from crawlers.page_report import NOWHERE, PageReport
from crawlers.recipe import FieldRule, ListRule, Pick, Recipe
from crawlers.states import PageView
from crawlers.steps import PageContext
from crawlers.upkeep import Fixture
from crawlers.urls import Site, path_and_query
from pipelines.records import PageState

_LISTS = frozenset({PageState.LIST, PageState.EMPTY_LIST})
#: States in which a posting rightly says nothing.
_REFUSALS = frozenset(PageState) - {PageState.OK, PageState.UNKNOWN, PageState.SHELL}


def reads_nothing(recipe: Recipe, folder: Path, results: Sequence[FixtureResult]) -> list[str]:
    """What is wrong with a recipe by whose fixtures no list leads anywhere, or no posting or no text comes out; each
    with the key and the mend. [] when it reads something."""
    read = [(fixture, result.report) for fixture, result in zip(recipe.tests, results, strict=True) if result.report]
    lists = [(fixture.url, report) for fixture, report in read if _is_list(recipe, fixture, report)]
    others = [report for fixture, report in read if not _is_list(recipe, fixture, report)]
    postings = [report for report in others if report.state not in _REFUSALS]
    faults = []
    if lists and not any(report.rows for _url, report in lists):
        url, report = lists[0]
        faults.append(_no_rows(recipe, view_of(recipe, (folder / report.name).read_bytes(), url), report))
    good = [report for report in postings if report.state is PageState.OK]
    if not postings:
        faults.append(
            f"没有一个样本是信息页，看不出字段对不对：用 mingcha source record {recipe.name} 信息页的网址或文件 存一个"
        )
    elif not good:
        faults.append(_no_posting(recipe, postings[0]))
    elif not any(report.fields.get("body") or report.fields.get("images") for report in good):
        faults.append(_no_field(recipe, "body", good[0]))
    return faults


def _is_list(recipe: Recipe, fixture: Fixture, report: PageReport) -> bool:
    """Is the page a list by what is expected of it, by what was read, or by its address?"""
    if fixture.state in ("ok", "list"):
        return fixture.state == "list"
    here = path_and_query(fixture.url) or "/"
    starts = {rule.url.replace("{page}", str(rule.first)) for rule in recipe.lists if rule.format == "html"}
    return report.state in _LISTS or here in {path_and_query(one) or "/" for one in starts}


def _no_rows(recipe: Recipe, view: PageView, report: PageReport) -> str:
    """Why a list leads nowhere: its rows, their links, the scope, the key or the marker of lists."""
    site = Site.of(recipe, NOWHERE)
    rule = next((one for one in recipe.lists if one.format == "html"), None)
    if rule is None or site is None:
        return f"{report.name} 应当是列表，一行也没读出来：核对 discover 里列表的网址和格式"
    place = f"discover.lists 第 {recipe.lists.index(rule) + 1} 条的"
    rows, links = _rows_and_links(rule, view)
    if not rows:
        return (
            f"{place} rows（{_words(rule.rows)}）在 {report.name} 上一行也没选中："
            "改成一条信息所占的那一块，如 rows: {css: 'ul.list > li'}"
        )
    if not links:
        return (
            f"{place} link（{_words(rule.link)}）在 {report.name} 选中的 {rows} 行里没有取到网址："
            "改成行里通向信息页的链接，如 link: {css: a, attr: href, do: [abs_url]}"
        )
    inside = [link for link in links if site.in_scope(site.canonical(link))]
    if not inside:
        return (
            f"列表里的链接（如 {links[0]}）不在 scope 允许的范围里：核对 scope.hosts，"
            f"并在 scope.allow 里写上信息页的路径，如 '^{path_and_query(links[0])}'"
        )
    if not any(site.key(link) for link in inside):
        key = recipe.scope.canonical.key.pattern
        return (
            f"scope.canonical.key（{key}）在链接 {inside[0]} 里取不到编号："
            r"改成带一个括号、能取出这条信息编号的正则，如 key: '/(\d+)\.html'"
        )
    rows_css = rule.rows.css if rule.rows is not None and rule.rows.css else "ul.list"
    return (
        f"{report.name} 是 {report.state}，没有被认作列表（{report.reason}）："
        f"在 states 里加一条 {{state: list, when: {{css: '{rows_css}'}}}}"
    )


def _rows_and_links(rule: ListRule, view: PageView) -> tuple[int, list[str]]:
    reader = Rows(view, PageContext(url=view.url, fetched_at=None, text=view.text))
    rows = reader.select(rule.rows)
    return len(rows), [link for row in rows if (link := reader.one(rule.link, row))]


def _no_posting(recipe: Recipe, report: PageReport) -> str:
    if report.missing:
        return _no_field(recipe, report.missing[0], report)
    rules = [rule for rule in recipe.states if rule.state is PageState.OK]
    markers = "；".join(
        "、".join(
            [*rule.css, *([rule.xpath] if rule.xpath else []), *([f"url: {rule.url.pattern}"] if rule.url else [])]
        )
        for rule in rules[:3]
    )
    if report.state is PageState.SHELL:
        return f"{report.name} 只有脚本，没有文字：要浏览器画出来才能看的网页，写 fetch: {{mode: render}}"
    return (
        f"{report.name} 没有被认作信息页（{report.reason}）：states 里 ok 的条件（{markers or '没有'}）在它上面不成立；"
        "换成信息页上一定有的部分，如 {state: ok, when: {css: [h1, '.content']}}"
    )


def _no_field(recipe: Recipe, name: str, report: PageReport) -> str:
    rule = recipe.fields.get(name)
    mend = f"{name}: {{from: [{{css: '.content'}}], do: [text, first], need: required}}"
    if rule is None:
        return f"fields 里没有 {name}，{report.name} 上一段文字也没读出来：加一行 {mend}"
    return (
        f"fields.{name}（{_picks(rule)}）在 {report.name} 上什么也没读到："
        f"在浏览器里看看它在网页的哪一块，改成那一块，如 {mend}"
    )


def _picks(rule: FieldRule) -> str:
    return "，".join(_words(pick) for pick in rule.picks)


def _words(pick: Pick | None) -> str:
    """Where a pick looks, as the recipe writes it."""
    if pick is None:
        return "没有写"
    if pick.labels:
        return f"label: {'、'.join(pick.labels)}"
    if pick.main:
        return "main: true"
    said = {
        "css": pick.css, "xpath": pick.xpath, "jmes": pick.jmes, "jsonld": pick.jsonld, "field": pick.field,
        "url": pick.url.pattern if pick.url else None, "const": pick.const,
    }  # fmt: skip
    return "、".join(f"{name}: {value}" for name, value in said.items() if value)
