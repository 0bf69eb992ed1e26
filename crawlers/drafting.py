"""A first recipe for a site, drafted from a few of its pages; what a person must decide is marked 待填."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import parse_qsl, urljoin, urlsplit

from crawlers.errors import RecipeError
from crawlers.page_report import PageReport, report_page
from crawlers.recipe import UNDECIDED, ListRule, Recipe
from crawlers.source import FILE, engine_names, load_engine
from crawlers.states import PageView, page_title
from crawlers.visible import tidy
from pipelines.divisions import county_name
from pipelines.records import PageState

#: Engines in the order they are tried, the most telling marks first; those with few marks of their own last.
_ORDER = (
    "discuz-x",
    "discuz-7",
    "phpwind",
    "weixin-article",
    "weixin-album",
    "wordpress",
    "json-feed",
    "rss",
    "classifieds",
)
_LATE = ("rendered-feed", "tutor-exchange", "article-site")
_VARIABLE = re.compile(r"\{(\w+)\}")
#: Addresses as forum software rewrites them → with variables; what each figure is stands in `vars`.
_REWRITTEN = (
    (re.compile(r"^(?P<head>.*/)?forum-(?P<fid>\d+)-(?P<page>\d+)\.html$"), "{head}forum-{{fid}}-{{page}}.html"),
    (
        re.compile(r"^(?P<head>.*/)?thread-htm-fid-(?P<fid>\d+)(?:-page-(?P<page>\d+))?\.html$"),
        "{head}thread-htm-fid-{{fid}}-page-{{page}}.html",
    ),
)
#: What each way of reading is called as a kind of source.
_KINDS = {"discuz": "forum", "forum": "forum", "feed": "feed", "classifieds": "classifieds", "exchange": "exchange"}
POLITE = "polite: {delay_s: 8, jitter: 0.5, max_per_day: 600}\n"
_KEEP_WORDS = frozenset({"mod", "action", "m", "c", "a"})


@dataclass(frozen=True, kw_only=True)
class GivenPage:
    """A page to draft from, saved or fetched."""

    name: str
    #: Where it stood; empty when nobody knows.
    url: str
    view: PageView
    body: bytes
    at: datetime | None


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A drafted source.yml and what it, or its engine, made of the pages."""

    #: Empty when no engine knows the site and all of it was guessed.
    engine: str
    text: str
    reports: tuple[PageReport, ...]
    base: str
    #: What could not be found out, each with the line to write.
    gaps: tuple[str, ...] = ()


def engine_at(engine: str, base: str, contact: str) -> Recipe:
    """An engine recipe placed at a site, so that its pages can be read or asked for."""
    recipe = load_engine(engine)
    parts = urlsplit(base)
    scope = replace(recipe.scope, base=f"{parts.scheme}://{parts.netloc}", hosts=(parts.netloc.lower(),))
    return replace(recipe, name="draft", title=parts.netloc, platform=parts.netloc, contact=contact, scope=scope)


def best_engine(pages: Sequence[GivenPage], base: str) -> str | None:
    """The engine that reads most of the pages as postings and lists; None when none reads any."""
    names = [
        name for name in (*_ORDER, *sorted(set(engine_names()) - {*_ORDER, *_LATE}), *_LATE) if name in engine_names()
    ]
    scores = {name: _score(reports_of(engine_at(name, base, "-"), pages)) for name in names}
    best = max(names, key=lambda name: scores[name])
    return best if scores[best] else None


def _score(reports: Sequence[PageReport]) -> int:
    return sum({PageState.OK: 3, PageState.LIST: 2}.get(report.state, 0) for report in reports)


def reports_of(recipe: Recipe, pages: Sequence[GivenPage]) -> tuple[PageReport, ...]:
    """Every page read by a recipe."""
    return tuple(
        report_page(recipe, replace(page.view, url=page.url or page.view.url), page.body, name=page.name, at=page.at)
        for page in pages
    )


def base_of(pages: Sequence[GivenPage]) -> str:
    """The origin of the pages: their addresses, else what they say of themselves. Raises RecipeError if unknown."""
    for page in pages:
        said = page.view.selector.xpath('string(//link[@rel="canonical"]/@href | //base/@href)').get() or ""
        for url in (page.url, said):
            parts = urlsplit(url.strip())
            if parts.scheme in ("http", "https") and parts.netloc:
                return f"{parts.scheme}://{parts.netloc.lower()}"
    raise RecipeError("看不出这些网页来自哪个网站，请用 --base 给出网址，如 --base https://bbs.example.com")


def draft(
    name: str,
    engine: str,
    pages: Sequence[GivenPage],
    *,
    base: str,
    contact: str,
    region: str = "",
    lists: Sequence[str] = (),
) -> Draft:
    """Draft a source: its engine, address, list addresses and variables; notes mark what a person must still decide."""
    recipe = engine_at(engine, base, contact)
    reports = reports_of(recipe, pages)
    listed = [
        page.url for page, report in zip(pages, reports, strict=True) if report.state is PageState.LIST and page.url
    ]
    discover = (
        _discover(recipe, list(dict.fromkeys([*lists, *listed])), pages) if recipe.lists else _links(pages, reports)
    )
    title = site_name(pages) or urlsplit(base).netloc
    allow = _allow([*listed, *(row.url for report in reports if report.reading for row in report.reading.rows)])
    kind = _KINDS.get(recipe.engine, "site")
    text = f"# {title}：由 mingcha source new 起草，字段和列表已按给出的网页试读；标“待填”的由人来定。\n"
    text += f"recipe: {{id: {kind}/{name}, version: 1, extends: {engine}, engine: {recipe.engine}}}\n"
    text += source_block(title, kind, contact, region) + f"scope:\n  base: {base}\n"
    if allow:
        text += "  # 只访问这些路径\n  allow:\n" + "".join(f"    - {_single(pattern)}\n" for pattern in allow)
    text += POLITE + discover
    return Draft(engine=engine, text=text, reports=reports, base=base)


def source_block(title: str, kind: str, contact: str, region: str) -> str:
    """The block source of a draft; why it may be crawled, and an unknown region, are left to a person."""
    told = "" if region else " 和 region: '区划代码'"
    placed = f"  region: '{region}'\n" if region else ""
    return f"""\
source:
  name: {json.dumps(title, ensure_ascii=False)}
  kind: {kind}
  lane: A
  contact: {json.dumps(contact)}
{placed}  # 看过 robots.txt 和网站条款之后，写明为什么可以采集；并补上 reviewed_on: '年-月-日'{told}
  legal_note: {UNDECIDED}
"""


def unplaced(reports: Sequence[PageReport], region: str) -> Iterator[str]:
    """What to do when no posting said where it is: leads without a district are nobody's."""
    read = [report for report in reports if report.state is PageState.OK]
    if not read or any(report.fields.get("district") for report in read):
        return
    county = county_name(region) if region else ""
    yield (
        f"信息页上没有读出地区，线索会没有地区：网站只说本县（市、区）的，在 {FILE} 的 fields 下写 "
        f"district: {{from: [{{const: {county or '本县（市、区）的名称'}}}]}}；"
        "页面上写着地区的，按 docs/recipes.md 写一个 district"
    )


def site_name(pages: Sequence[GivenPage]) -> str:
    """What the titles of the pages have in common at their ends, else the end of the first."""
    titles = [page_title(page.view) for page in pages if page_title(page.view)]
    split = (re.split(r"\s*[-_|·—]+\s*", title) for title in titles)
    parts = [[part for part in one if part and "Powered by" not in part] for one in split]
    if not parts:
        return ""
    common = [part for part in parts[0] if all(part in other for other in parts[1:])]
    chosen = common[-1] if common else parts[0][-1]
    return tidy(chosen)[:40]


def _discover(recipe: Recipe, lists: list[str], pages: Sequence[GivenPage]) -> str:
    """The block discover: variables of the engine's lists found in the addresses, or a list for a person to fill in."""
    wanted = list(
        dict.fromkeys(name for rule in recipe.lists for name in _VARIABLE.findall(rule.url) if name != "page")
    )
    templates: list[str] = []
    values: dict[str, list[str]] = {name: [] for name in wanted}
    for url in lists:
        template, found = _template(url, recipe.lists)
        templates.append(template)
        for name in wanted:
            if name in found and found[name] not in values[name]:
                values[name].append(found[name])
    if "feed" in values and not values["feed"]:
        values["feed"] = _feeds(pages)
    if "list" in values and not values["list"]:
        values["list"] = [path_of(url) for url in lists[:1]]
    text = "discover:\n"
    if wanted:
        given = {name: values[name] or [UNDECIDED] for name in wanted}
        shown = ", ".join(f"{name}: [{', '.join(_single(value) for value in given[name])}]" for name in wanted)
        empty = [name for name in wanted if not values[name]]
        if empty:
            text += f"  # {UNDECIDED}：{'、'.join(empty)} 是列表网址 {recipe.lists[0].url} 里的变量\n"
        text += f"  vars: {{{shown}}}\n"
    rewritten = list(dict.fromkeys(template for template in templates if template))
    if rewritten:
        text += f"  urls: [{', '.join(_single(template) for template in rewritten)}]\n"
    return text if text != "discover:\n" else "discover: {}\n"


def _links(pages: Sequence[GivenPage], reports: Sequence[PageReport]) -> str:
    """The block discover of an engine without lists: the postings that were given."""
    given = [path_of(page.url) for page, report in zip(pages, reports, strict=True) if page.url and report.fields]
    told = "  # 没有列表，只看这几条；以后有新的，把网址加在这里\n"
    return f"discover:\n{told}  links: [{', '.join(_single(one) for one in given or [UNDECIDED])}]\n"


def _template(url: str, rules: Sequence[ListRule]) -> tuple[str, dict[str, str]]:
    """How a list address is rewritten ('' when it is the engine's own), and the variables it gives."""
    path = path_of(url)
    for pattern, shape in _REWRITTEN:
        match = pattern.match(path)
        if match:
            found = {name: value for name, value in match.groupdict().items() if value and name != "head"}
            return shape.format(head=match.group("head") or "/"), found
    query = dict(parse_qsl(urlsplit(url).query))
    names = {name for rule in rules for name in _VARIABLE.findall(rule.url)}
    return "", {name: value for name, value in query.items() if name in names}


def _feeds(pages: Sequence[GivenPage]) -> list[str]:
    """Feeds the pages name, or that were given themselves."""
    found = []
    for page in pages:
        kinds = "@type='application/rss+xml' or @type='application/atom+xml' or @type='application/feed+json'"
        for href in page.view.selector.xpath(f"//link[@rel='alternate'][{kinds}]/@href").getall():
            found.append(path_of(urljoin(page.url or "http://localhost/", href)))
        if page.body.lstrip()[:5] in (b"<?xml", b"<rss ", b"<feed", b"<rdf:") or page.body.lstrip()[:1] == b"{":
            found.append(path_of(page.url))
    return list(dict.fromkeys(path for path in found if path))[:3]


def _allow(urls: Sequence[str]) -> list[str]:
    """Patterns that cover the addresses with their figures left open; none when they have no pattern."""
    found: dict[str, None] = {}
    for url in urls:
        parts = urlsplit(url)
        pattern = "^" + re.sub(r"\d+", r"\\d+", re.escape(parts.path).replace(r"\-", "-").replace(r"\/", "/"))
        words = [
            f"{key}={value}" for key, value in parse_qsl(parts.query) if key in _KEEP_WORDS and not value.isdigit()
        ]
        found.setdefault(pattern + (r"\?" + re.escape(words[0]).replace(r"\-", "-") if words else ""), None)
        if len(found) > 6:
            return []
    return list(found) if all(r"\d+" in pattern or r"\?" in pattern for pattern in found) else []


def path_of(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"


def _single(text: str) -> str:
    """A YAML text in single quotes, in which backslashes are themselves."""
    return "'" + text.replace("'", "''") + "'"
