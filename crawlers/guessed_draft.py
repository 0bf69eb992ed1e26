"""A recipe for a site whose lists no engine knows: list and fields guessed from the pages, with what was not found."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import urlsplit

from crawlers.drafting import (
    POLITE,
    Draft,
    GivenPage,
    best_engine,
    draft,
    engine_at,
    path_of,
    reports_of,
    site_name,
    source_block,
)
from crawlers.errors import RecipeError
from crawlers.guess_fields import GuessedFields, Sample, guess_fields, quoted
from crawlers.guess_list import GuessedList, guess_list
from crawlers.recipe import UNDECIDED, Recipe
from crawlers.source import read_recipe
from crawlers.visible import visible_text
from crawlers.yaml_tree import parse_tree
from pipelines.records import PageState

#: The engine whose way of fetching and whose privacy the picks are tried with where no engine knows the postings.
PLAIN = "article-site"
_NAMES = {"title": "标题", "body": "正文", "fee": "费用", "phone": "联系电话", "posted_at": "发布时间"}
_LINES = {
    "title": "{from: [{css: h1}], do: [text, first], need: required}",
    "body": "{from: [{css: '.content'}], do: [text, first], need: required}",
    "fee": "{from: [{css: '.price', do: [text]}]}",
    "phone": "{from: [{css: '.tel', do: [text, phone]}]}",
    "posted_at": "{from: [{css: '.date', do: [text]}]}",
}


def postings_of(engine: str | None, pages: Sequence[GivenPage], base: str) -> list[str]:
    """Addresses of postings on the given pages: by the rules of the engine, else the repeated links of the first."""
    chosen = engine or best_engine(pages, base)
    reports = reports_of(engine_at(chosen, base, "-"), pages) if chosen else ()
    rows = [row.url for report in reports if report.reading for row in report.reading.rows]
    if rows or any(report.state is PageState.OK for report in reports):
        return list(dict.fromkeys(rows))
    found = _list_of(pages, base)
    return list(found.postings) if found else []


def drafted_from(name: str, engine: str | None, pages: Sequence[GivenPage], *, base: str, contact: str) -> Draft:
    """Draft a source from its pages: by the engine that was named, by one that knows them, else by guessing; the first
    page is the list. Raises RecipeError when nothing on the pages can be a list or a posting."""
    chosen = engine or best_engine(pages, base)
    if chosen is not None:
        recipe = engine_at(chosen, base, contact)
        states = {report.state for report in reports_of(recipe, pages)}
        brings = recipe.lists and (engine is not None or PageState.LIST in states or not _to_fill_in(recipe))
        if brings or (_list_of(pages, base) is None and PageState.OK in states):
            return draft(name, chosen, pages, base=base, contact=contact)
    return draft_guessed(name, engine, pages, base=base, contact=contact)


def _to_fill_in(recipe: Recipe) -> bool:
    """Do the lists of an engine need an address or number of the site?"""
    return any(re.search(r"\{(?!page\})\w+\}", rule.url) for rule in recipe.lists)


def _list_of(pages: Sequence[GivenPage], base: str) -> GuessedList | None:
    """The list on the first of the pages: that is the one people are told to give."""
    return guess_list(pages[0].view, pages[0].url or f"{base}/") if pages else None


def draft_guessed(name: str, engine: str | None, pages: Sequence[GivenPage], *, base: str, contact: str) -> Draft:
    """Draft a source whose first page is its list. Raises RecipeError when no links of it repeat, or no posting came."""
    found = _list_of(pages, base)
    if found is None:
        raise RecipeError(
            f"在 {pages[0].name} 上没有找到重复出现的信息链接；--url（或第一个 --page）要给一行一条信息的列表页。"
            "网页由脚本画出来的，加 --engine rendered-feed；给的是文章、没有列表的，加 --engine article-site"
        )
    samples = [page for page in pages[1:] if not page.url or page.url in found.postings] or list(pages[1:])
    if not samples:
        raise RecipeError(
            f"列表找到了（{len(found.postings)} 条），但信息页一个也没有取到（原因见上），字段无从猜起；"
            "网站不许程序看信息页的，就不采集；只是一时取不到的，稍后再试，或把保存的信息页用 --page 加上"
        )
    fits = _engine_of(engine, samples, base)
    recipe = engine_at(fits or engine or PLAIN, base, contact)
    chrome = visible_text(pages[0].view.selector)
    guessed = guess_fields([_sample(page, found) for page in samples], chrome, recipe)
    known = _read_by(recipe, samples) if fits else frozenset()
    text = _text(name, engine or fits, recipe, found, guessed, pages, base, contact, known)
    drafted = replace(read_recipe(parse_tree(text.encode(), f"{name}/source.yml"), name), name=name)
    reports = reports_of(drafted, pages)
    return Draft(engine=engine or fits or "", text=text, reports=reports, base=base, gaps=_gaps(text))


def _sample(page: GivenPage, found: GuessedList) -> Sample:
    return Sample(
        view=replace(page.view, url=page.url or page.view.url), title=found.postings.get(page.url, ""), at=page.at
    )


def _engine_of(engine: str | None, samples: Sequence[GivenPage], base: str) -> str | None:
    """The engine that reads every posting: the named one, else one that leaves the lists to the site's own recipe."""
    for name in [engine] if engine else [best_engine(samples, base), PLAIN]:
        if name is None:
            continue
        recipe = engine_at(name, base, "-")
        reads = all(report.state is PageState.OK for report in reports_of(recipe, samples))
        if reads and (engine or not recipe.lists):
            return name
    return None


def _read_by(recipe: Recipe, samples: Sequence[GivenPage]) -> frozenset[str]:
    """Fields the engine finds on some of the postings."""
    return frozenset(name for report in reports_of(recipe, samples) for name in report.fields)


def _text(
    name: str,
    engine: str | None,
    recipe: Recipe,
    found: GuessedList,
    guessed: GuessedFields,
    pages: Sequence[GivenPage],
    base: str,
    contact: str,
    known: frozenset[str],
) -> str:
    title = site_name(pages) or urlsplit(base).netloc
    head = f"extends: {engine}, engine: {recipe.engine}" if engine else "engine: site"
    patterns = list(dict.fromkeys([*found.pages, found.posting]))
    lines = [
        f"# {title}：由 mingcha source new 起草，列表和字段是按给出的 {len(pages)} 个网页猜的，请逐行核对；"
        f"标“{UNDECIDED}”的由人来定。",
        f"recipe: {{id: site/{name}, version: 1, {head}}}",
        source_block(title, "site", contact).rstrip("\n"),
        "scope:",
        f"  base: {base}",
        "  # 只访问这些路径：列表页和信息页",
        "  allow:",
        *(f"    - {quoted(pattern)}" for pattern in patterns),
        "  # key 的括号里是一条信息自己的编号：网址不同而编号相同的算一条",
        f"  canonical: {{drop_query: [{', '.join(map(quoted, found.drop_query))}], key: {quoted(found.key)}}}",
        POLITE.rstrip("\n"),
        "discover:",
        "  lists:",
        f"    - url: {quoted(found.url)}",
        "      # rows 是一条信息占的那一块，link 是其中通向信息页的链接",
        f"      rows: {{css: {quoted(found.rows)}}}",
        f"      link: {{css: {quoted(found.link)}, attr: href, do: [abs_url]}}",
    ]
    if found.title:
        lines.append(f"      title: {{css: {quoted(found.title)}, do: [text]}}")
    if found.next:
        lines.append(f"      next: {{xpath: {quoted(found.next)}, do: [abs_url]}}")
    elif "{page}" not in found.url:
        lines.append("""      # next: {xpath: '//a[contains(.,"下一页")]/@href', do: [abs_url]}""")
    more = [*dict.fromkeys(page.url for page in pages[1:] if page.url and page.url not in found.postings)]
    same = [page.url for page in pages[1:] if page.url in more and _is_list(page, found)]
    if same:
        lines.append(f"  urls: [{', '.join(quoted(path_of(url)) for url in (pages[0].url, *same))}]")
    lines += _states(found, guessed, pages, reads=bool(known))
    wanted = {field: line for field, line in guessed.lines.items() if field not in known}
    lines.append("fields:") if wanted or not engine else None
    lines += [f"  {field}: {line}" for field, line in wanted.items()]
    lines += [
        f"  # {field}: {_LINES[field]}" for field in guessed.missing if field not in known and (wanted or not engine)
    ]
    return "\n".join(lines) + "\n"


def _is_list(page: GivenPage, found: GuessedList) -> bool:
    return bool(page.view.selector.css(found.rows))


def _states(found: GuessedList, guessed: GuessedFields, pages: Sequence[GivenPage], *, reads: bool) -> list[str]:
    """The rules that tell a posting from a list, by address and by what must be on it."""
    at = "://[^/]+"
    markers = ", ".join(quoted(css) for css in dict.fromkeys(guessed.markers or ("body",)))
    posting = f"  - {{state: ok, when: {{url: {quoted(at + found.posting[1:])}, css: [{markers}]}}}}"
    addresses = "|".join(one[1:] for one in found.pages)
    rows = f"  - {{state: list, when: {{url: {quoted(f'{at}(?:{addresses})')}, css: {quoted(found.rows)}}}}}"
    if not all(page.url for page in pages):
        # Saved pages whose address nobody knows are told by what is on them.
        posting = f"  - {{state: ok, when: {{css: [{markers}]}}}}"
        rows = f"  - {{state: list, when: {{css: {quoted(found.rows)}}}}}"
    gone = "  - {state: gone, when: {title: '404|不存在|已删除|找不到', css: body}}"
    # A list whose address looks like that of a posting is asked for first.
    both = [rows, posting] if re.search(found.posting, path_of(pages[0].url or "/")) else [posting, rows]
    return ["states:", gone, *([rows] if reads else both)]


def _gaps(text: str) -> tuple[str, ...]:
    """What a person must look up, with the line of source.yml that waits for it."""
    gaps = []
    for number, line in enumerate(text.split("\n"), 1):
        match = re.match(r"\s*# (\w+): \{", line)
        if match is None:
            continue
        if match[1] == "next":
            gaps.append(f"没有找到“下一页”，只读这一页列表；有的话，改第 {number} 行并去掉开头的 #")
        elif match[1] in _NAMES:
            gaps.append(
                f"没有猜出 {match[1]}（{_NAMES[match[1]]}）：信息页上有的话，"
                f"把第 {number} 行的选择器改对，去掉开头的 #；没有就不用管"
            )
    return tuple(gaps)
