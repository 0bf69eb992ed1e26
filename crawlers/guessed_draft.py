"""A recipe for a site whose lists no engine knows: list and fields guessed from the pages, with what was not found."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from crawlers.body_doubts import body_doubts
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
from crawlers.guess_pages import guess_pages
from crawlers.recipe import UNDECIDED, Recipe
from crawlers.source import read_recipe
from crawlers.visible import visible_text
from crawlers.yaml_tree import parse_tree
from pipelines.records import PageState

#: The engine whose way of fetching and whose privacy the picks are tried with where no engine knows the postings.
PLAIN = "article-site"
_NAMES = {
    "title": "标题",
    "body": "正文",
    "fee": "费用",
    "phone": "联系电话",
    "posted_at": "发布时间",
    "district": "地区",
    "author": "发布人",
}
_LINES = {
    "title": "{from: [{css: h1}], do: [text, first], need: required}",
    "body": "{from: [{css: '.content'}], do: [text, first], need: required}",
    "fee": "{from: [{css: '.price', do: [text]}]}",
    "phone": "{from: [{css: '.tel', do: [text, phone]}]}",
    "posted_at": "{from: [{css: '.date', do: [text]}]}",
    "district": "{from: [{css: '.area', do: [text, area]}]}",
    "author": "{from: [{css: '.author', do: [text]}]}",
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


def drafted_from(
    name: str, engine: str | None, pages: Sequence[GivenPage], *, base: str, contact: str, region: str = ""
) -> Draft:
    """Draft a source from its pages: by the engine that was named, by one that knows them, else by guessing; the first
    page is the list. Raises RecipeError when nothing on the pages can be a list or a posting."""
    chosen = engine or best_engine(pages, base)
    if chosen is not None:
        recipe = engine_at(chosen, base, contact)
        states = {report.state for report in reports_of(recipe, pages)}
        brings = recipe.lists and (engine is not None or PageState.LIST in states or not _to_fill_in(recipe))
        if brings or (_list_of(pages, base) is None and PageState.OK in states):
            return draft(name, chosen, pages, base=base, contact=contact, region=region)
    return draft_guessed(name, engine, pages, base=base, contact=contact, region=region)


def _to_fill_in(recipe: Recipe) -> bool:
    """Do the lists of an engine need an address or number of the site?"""
    return any(re.search(r"\{(?!page\})\w+\}", rule.url) for rule in recipe.lists)


def _list_of(pages: Sequence[GivenPage], base: str) -> GuessedList | None:
    """The list on the first of the pages: that is the one people are told to give."""
    return guess_list(pages[0].view, pages[0].url or f"{base}/") if pages else None


def draft_guessed(
    name: str, engine: str | None, pages: Sequence[GivenPage], *, base: str, contact: str, region: str = ""
) -> Draft:
    """Draft a source whose first page is its list. Raises RecipeError when no links repeat or no posting came."""
    found = _list_of(pages, base)
    if found is None:
        raise RecipeError(
            f"在 {pages[0].name} 上没有找到重复出现的信息链接；--url（或第一个 --page）要给一行一条信息的列表页。"
            "网页由脚本画出来的，加 --engine rendered-feed；给的是文章、没有列表的，加 --engine article-site"
        )
    placed = bool(pages[0].url)
    pages = [replace(pages[0], url=pages[0].url or f"{base}/"), *pages[1:]]
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
    if not known and not {"title", "body"} & set(guessed.lines):
        raise RecipeError(
            f"在信息页 {samples[0].name} 上既没有认出标题，也没有认出正文；请在浏览器里打开它看看："
            "由脚本画出来的，加 --engine rendered-feed；要登录才能看的，不是可以采集的来源"
        )
    material = _Material(
        name=name,
        extends=engine or fits or "",
        engine=recipe.engine,
        found=found,
        guessed=guessed,
        pages=pages,
        base=base,
        contact=contact,
        region=region,
        known=known,
        placed=placed and all(page.url for page in pages),
    )
    text = material.text()
    drafted = read_recipe(parse_tree(text.encode(), f"{name}/source.yml"), name)
    gaps = _gaps(text)
    if not placed:
        number = next(number for number, line in enumerate(text.split("\n"), 1) if line.startswith("    - url: "))
        gaps = (f"保存的列表页没有说自己的网址：把第 {number} 行的 url 改成它在网站上的网址", *gaps)
    reports = reports_of(drafted, pages)
    line = next((number for number, row in enumerate(text.split("\n"), 1) if row.startswith("  body: ")), None)
    doubts = body_doubts([page.view for page in pages], reports, line)
    return Draft(engine=material.extends, text=text, reports=reports, base=base, gaps=(*doubts, *gaps))


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


@dataclass(frozen=True, kw_only=True)
class _Material:
    """All that goes into the text of a guessed recipe."""

    name: str
    extends: str
    engine: str
    found: GuessedList
    guessed: GuessedFields
    pages: Sequence[GivenPage]
    base: str
    contact: str
    region: str
    #: Fields the engine reads by itself.
    known: frozenset[str]
    #: Is it known where every page stood?
    placed: bool

    def text(self) -> str:
        """The recipe as it is written."""
        title = site_name(self.pages) or urlsplit(self.base).netloc
        head = f"extends: {self.extends}, engine: {self.engine}" if self.extends else "engine: site"
        found = self.found
        lines = [
            f"# {title}：由 mingcha source new 起草，列表和字段是按给出的 {len(self.pages)} 个网页猜的，请逐行核对；"
            f"标“{UNDECIDED}”的由人来定。",
            f"recipe: {{id: site/{self.name}, version: 1, {head}}}",
            source_block(title, "site", self.contact, self.region).rstrip("\n"),
            "scope:",
            f"  base: {self.base}",
            "  # 只访问这些路径：列表页和信息页",
            "  allow:",
            *(f"    - {quoted(pattern)}" for pattern in dict.fromkeys([*found.pages, found.posting])),
            "  # key 的括号里是一条信息自己的编号：网址不同而编号相同的算一条",
            f"  canonical: {{drop_query: [{', '.join(map(quoted, found.drop_query))}], key: {quoted(found.key)}}}",
            POLITE.rstrip("\n"),
            *self._discover(),
            *self._states(),
            *self._fields(),
        ]
        return "\n".join(lines) + "\n"

    def _discover(self) -> list[str]:
        found = self.found
        lines = ["discover:", "  lists:", *self._list(found.url, found.numbered, found.first, told=True)]
        given = [page for page in self.pages[1:] if page.url and page.url not in found.postings]
        others = [page for page in given if not found.scripted and page.view.selector.css(found.rows)]
        if found.next and others:
            urls = (found.url, *(path_of(page.url) for page in others))
            return [*lines, f"  urls: [{', '.join(map(quoted, urls))}]"]
        for page in others:
            # Its pages are numbered at addresses of its own.
            behind = guess_pages(page.view, page.url, found.postings)
            lines += self._list(behind.url or path_of(page.url), behind.numbered, behind.first)
        return lines

    def _list(self, url: str, numbered: str, first: int, *, told: bool = False) -> list[str]:
        """One entry of lists, all read as the first."""
        found = self.found
        lines = [
            f"    - url: {quoted(url)}",
            *(["      # rows 是一条信息占的那一块，link 是其中通向信息页的链接"] if told else []),
        ]
        if found.scripted:
            return [
                *lines,
                "      # 列表不在网页里，在它的脚本带的数据里；第二页往往要由脚本去取，这里只读这一页",
                "      format: script",
                f"      rows: {{jmes: {quoted(found.rows)}}}",
                f"      link: {{jmes: {found.link}, do: [abs_url]}}",
                f"      title: {{jmes: {found.title}}}",
            ]
        lines += [
            f"      rows: {{css: {quoted(found.rows)}}}",
            f"      link: {{css: {quoted(found.link)}, attr: href, do: [abs_url]}}",
        ]
        if found.title:
            lines.append(f"      title: {{css: {quoted(found.title)}, do: [text]}}")
        if found.next:
            lines.append(f"      next: {{xpath: {quoted(found.next)}, do: [abs_url]}}")
        elif numbered:
            lines += ["      # 第二页起的网址", f"      numbered: {quoted(numbered)}"]
        elif "{page}" not in url and told:
            lines.append("""      # next: {xpath: '//a[contains(.,"下一页")]/@href', do: [abs_url]}""")
        return [*lines, f"      first: {first}"] if first != 1 else lines

    def _states(self) -> list[str]:
        """The rules that tell a posting from a list, by address and by what must be on it."""
        at, found = "://[^/]+", self.found
        markers = ", ".join(quoted(css) for css in dict.fromkeys(self.guessed.markers or ("body",)))
        posting, lists = f"url: {quoted(at + found.posting[1:])}, ", "|".join(one[1:] for one in found.pages)
        behind = f"url: {quoted(f'{at}(?:{lists})')}, "
        if not self.placed:  # told by what is on them alone
            posting = behind = ""
        rules = [f"  - {{state: ok, when: {{{posting}css: [{markers}]}}}}"]
        if not found.scripted:  # a page with rows in its data is a list without a rule
            rules.append(f"  - {{state: list, when: {{{behind}css: {quoted(found.rows)}}}}}")
        if re.search(found.posting, path_of(self.pages[0].url)):
            rules.reverse()  # a list whose address looks like that of a posting is asked for first
        gone = "  - {state: gone, when: {title: '404|不存在|已删除|找不到', css: body}}"
        return ["states:", gone, *(rule for rule in rules if not (self.known and "state: ok" in rule))]

    def _fields(self) -> list[str]:
        """What was guessed, and what was not as a line to mend."""
        wanted = {name: line for name, line in self.guessed.lines.items() if name not in self.known}
        missing = [name for name in self.guessed.missing if name not in self.known]
        if not wanted:
            return []
        return [
            "fields:",
            *(f"  {name}: {line}" for name, line in wanted.items()),
            *(f"  # {name}: {_LINES[name]}" for name in missing),
        ]


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
