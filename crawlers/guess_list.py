"""The list on a page no engine knows: which of its links repeat, what row each stands in, and the pages behind it.

Guessed from this one page, so every part of it is shown to the person who drafts and can be changed by one line.
"""

from __future__ import annotations

import itertools
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from crawlers.anchors import common_ancestor, is_chrome, names_of, node_of
from crawlers.guess_pages import NEXT_WORDS, guess_pages
from crawlers.guess_scripted import ScriptedList, guess_scripted
from crawlers.states import PageView
from crawlers.urls import path_and_query, plain_url
from crawlers.visible import visible_text

#: Fewer links are no list.
LEAST = 2
#: A longer link text counts for no more.
_TELLING = 16
_DIGITS = re.compile(r"\d+")
#: A link that says when (the last reply of a thread, mostly), a number or nothing.
_MOMENT = re.compile(r"(?:[\d\s:：./年月日-]|今天|昨天|前天|刚刚|半?(?:秒|分钟|小时|天|周|个月)前|上午|下午)*")
#: Lists of hot or recommended postings beside the list are links and nothing else.
_BESIDE = 2.5
#: How forum software ends the address of a thread: its page, and the page of the list it stood on.
_FIRST_PAGES = re.compile(r"\d-1-1(?:\.\w+)?\Z")
_ID_KEYS = ("id", "tid", "aid", "infoid", "postid")
#: Query keys that say how a reader came, not what is shown.
_TRACKERS = frozenset(
    {"from", "ref", "spm", "src", "source", "utm_source", "utm_medium", "utm_campaign", "t", "sid", "share", "scene"}
)


@dataclass(frozen=True, kw_only=True)
class Link:
    """A link of the page."""

    url: str
    raw: str
    element: Any
    text: str


@dataclass(frozen=True, kw_only=True)
class GuessedList:
    """The picks of a list as a recipe writes them, and what they were guessed from."""

    #: Address of the first page, with {page} where those behind it have the same shape.
    url: str
    #: Address with {page} of the pages behind the first where it stands at another; number of the first page.
    numbered: str
    first: int
    rows: str
    link: str
    #: CSS of a row's title; '' when the link says too much or nothing.
    title: str
    #: XPath of the link to the page behind; '' when there is none.
    next: str
    key: str
    drop_query: tuple[str, ...]
    #: Patterns on path and query of postings and of list pages.
    posting: str
    pages: tuple[str, ...]
    #: Address → title of the postings, in their order.
    postings: dict[str, str]
    #: Do rows, link and title name data in the page's scripts (JMESPath), not places of the page?
    scripted: bool = False


def guess_list(view: PageView, url: str) -> GuessedList | None:
    """The list on this page; None when no links of it repeat."""
    best = max(_groups(_links(view, url)).values(), key=_weight, default=[])
    titles = _titles(best)
    carried = guess_scripted(view.selector, url)
    if carried is not None and (len(titles) < LEAST or all(is_chrome(link.element) for link in best)):
        return _scripted(carried, url)
    if len(titles) < LEAST:
        return None
    rows = _rows(best)
    name, drop = _id_name(list(titles))
    behind = guess_pages(view, url, titles)
    return GuessedList(
        url=behind.url or path_and_query(url) or "/",
        numbered=behind.numbered,
        first=behind.first,
        rows=_row_css(view, rows),
        link=_link_css(best),
        title=_title_css(best, rows),
        next=behind.next,
        key=_key(list(titles), name),
        drop_query=drop,
        posting=_shape(list(titles), name),
        pages=tuple(dict.fromkeys(_page_pattern(one) for one in (url, *behind.behind))),
        postings=titles,
    )


def _scripted(carried: ScriptedList, url: str) -> GuessedList:
    """The list that the scripts of the page draw; they draw its pager, too."""
    name, drop = _id_name(list(carried.postings))
    return GuessedList(
        url=path_and_query(url) or "/",
        numbered="",
        first=1,
        rows=carried.rows,
        link=carried.link,
        title=carried.title,
        next="",
        key=_key(list(carried.postings), name),
        drop_query=drop,
        posting=_shape(list(carried.postings), name),
        pages=(_page_pattern(url),),
        postings=carried.postings,
        scripted=True,
    )


def _links(view: PageView, url: str) -> list[Link]:
    """Links to other pages of the same host, in their order."""
    found, here = [], urlsplit(url)
    for node in view.selector.css("a[href]"):
        raw = node.attrib["href"].strip()
        target = plain_url(raw, url)
        if not target or urlsplit(target).netloc != here.netloc or target == url or raw.startswith("#"):
            continue
        found.append(Link(url=target, raw=raw, element=node.root, text=visible_text(node).replace("\n", " ")))
    return found


def _groups(links: Sequence[Link]) -> dict[tuple[str, ...], list[Link]]:
    """Links whose addresses look alike, figures and last words of the path left out, and that stand at a like place."""
    found: dict[tuple[str, ...], list[Link]] = defaultdict(list)
    for link in links:
        parts = urlsplit(link.url)
        folder, _slash, name = parts.path.rpartition("/")
        stem = _DIGITS.sub("0", name) if _DIGITS.search(name) or parts.query else re.sub(r"^[^.]+", "*", name)
        keys = ",".join(sorted(key for key, _value in parse_qsl(parts.query, keep_blank_values=True)))
        tags = [node.tag for node in link.element.iterancestors() if node.tag not in ("tbody", "span", "b", "font")]
        found[(_DIGITS.sub("0", folder), stem, keys, ">".join(tags))].append(link)
    return found


def _weight(links: Sequence[Link]) -> float:
    """How much a group looks like the list: many addresses under telling words, with more said beside each of them (a
    day, a price, a picture), away from the menus."""
    texts = list(_titles(links).values())
    if len(texts) < LEAST:
        return 0.0
    told = sum(min(len(text), _TELLING) for text in texts if text not in NEXT_WORDS and not _MOMENT.fullmatch(text))
    share = len(set(texts)) / len(texts)
    place = 0.1 if all(is_chrome(link.element) for link in links) else 1.0
    return told * share * place * (_BESIDE if _says_more(links) else 1.0)


def _says_more(links: Sequence[Link]) -> bool:
    """Do most rows show a picture, or name a figure beside the words of the links?"""
    rows = _rows(links)
    words = {link.text for link in links}
    rich = 0
    for row in rows:
        lines = (line for line in visible_text(node_of(row)).split("\n") if line not in words)
        rich += row.find(".//img") is not None or any(map(_DIGITS.search, lines))
    return rich * 2 > len(rows)


def _titles(links: Sequence[Link]) -> dict[str, str]:
    """Address → the first text a link to it has that is not that of all the others (查看详情)."""
    texts = [link.text for link in links]
    found: dict[str, str] = {}
    for link in links:
        known = found.setdefault(link.url, "")
        if not known and link.text and (texts.count(link.text) < len({one.url for one in links}) or len(links) == 1):
            found[link.url] = link.text
    return found


def _rows(links: Sequence[Link]) -> list[Any]:
    """What each posting stands in: the child of their common ancestor, or a link that is the row itself."""
    first = {link.url: link.element for link in reversed(links)}
    top = common_ancestor(list(first.values()))
    rows = []
    for element in first.values():
        row = next((node for node in (element, *element.iterancestors()) if node.getparent() is top), element)
        if row not in rows:
            rows.append(row)
    # Several postings in one child: rows as deep as it takes.
    return rows if len(rows) == len(first) else list(first.values())


def _row_css(view: PageView, rows: Sequence[Any]) -> str:
    """CSS that finds the rows, and as little else as may be: what else it finds leads to no posting."""
    tag, parent = rows[0].tag, rows[0].getparent()
    shared = [name for name in names_of(rows[0]) if all(name in names_of(row) for row in rows) and "#" not in name]
    places = [f"{name} > {tag}" for name in names_of(parent)]
    if parent.tag == "tbody":
        places += [f"{name} {tag}" for name in names_of(parent.getparent())]
    grand = parent.getparent()
    if grand is not None:
        places += [f"{name} > {parent.tag} > {tag}" for name in names_of(grand)]
    for css in (*shared, *places):
        found = {node.root for node in view.selector.css(css)}
        if all(row in found for row in rows):
            return css
    return f"{parent.tag} > {tag}"


def _link_css(links: Sequence[Link]) -> str:
    """CSS of the link inside a row: how its address begins."""
    start = _DIGITS.split(_common_start([link.raw for link in links]))[0]
    start = re.sub(r"[^/?&=._-]+\Z", "", start) if not _followed_by_digits(links, start) else start
    return f'a[href^="{start}"]' if start and '"' not in start and "\\" not in start else "a"


def _followed_by_digits(links: Sequence[Link], start: str) -> bool:
    return all(link.raw[len(start) : len(start) + 1].isdigit() for link in links)


def _title_css(links: Sequence[Link], rows: Sequence[Any]) -> str:
    """CSS of a row's title: the link when its text is short, else the heading in it."""
    texts = [text for text in _titles(links).values() if text]
    if texts and max(map(len, texts)) <= 60 and len(texts) * 2 >= len(rows):
        return _link_css(links)
    for tag in ("h1", "h2", "h3", "h4", "h5", "strong"):
        if all(row.find(f".//{tag}") is not None for row in rows):
            return tag
    return ""


def _id_name(urls: Sequence[str]) -> tuple[str, tuple[str, ...]]:
    """The query key that tells postings apart ('' when the path does), and those that do not matter."""
    queries = [dict(parse_qsl(urlsplit(url).query)) for url in urls]
    names = list(dict.fromkeys(name for query in queries for name in query))
    drop = tuple(name for name in names if name in _TRACKERS)
    telling = [name for name in names if name not in drop and len({query.get(name) for query in queries}) == len(urls)]
    if not telling or len({urlsplit(url).path for url in urls}) == len(urls):
        return "", drop
    return next((name for name in telling if name.lower() in _ID_KEYS), telling[0]), drop


def _key(urls: Sequence[str], name: str) -> str:
    """The pattern of a posting's own id in its address."""
    if name:
        return rf"[?&]{re.escape(name)}=([^&]+)"
    return rf"^{_path_pattern([urlsplit(url).path for url in urls], '(', ')')}(?:\?|$)"


def _shape(urls: Sequence[str], name: str) -> str:
    """A pattern on path and query that covers the postings."""
    paths = list(dict.fromkeys(urlsplit(url).path for url in urls))
    path = _path_pattern(paths) if len(paths) > 1 else escaped(paths[0])
    return rf"^{path}\?(?:.*&)?{re.escape(name)}=" if name else rf"^{path}(?:\?|$)"


def escaped(text: str) -> str:
    """A text as a pattern, no more escaped than need be."""
    return re.escape(text).replace(r"\-", "-").replace(r"\/", "/")


def _common_start(texts: Sequence[str]) -> str:
    """The characters all of them begin with."""
    same = itertools.takewhile(lambda column: len(set(column)) == 1, zip(*texts, strict=False))
    return "".join(column[0] for column in same)


def _figures_alone(paths: Sequence[str], opens: str, closes: str) -> str:
    """The pattern of paths that differ in their figures alone; '' when they differ in more. The own number is all the
    figures with what stands between, since a section or day may count anew, but for the pages that boards write behind
    (`-1-1`): the second page of a thread is no other posting."""
    if len({_DIGITS.sub("0", path) for path in paths}) != 1 or not _DIGITS.search(paths[0]):
        return ""
    last = len(_DIGITS.findall(paths[0])) - 1
    if last > 1 and all(_FIRST_PAGES.search(path) for path in paths):
        last -= 2
    before, *words = [escaped(word) for word in _DIGITS.split(paths[0])]
    own = r"\d+".join(["", *words[:last], ""])
    after = words[last] + "".join(rf"\d+{word}" for word in words[last + 1 :])
    return f"{before}{opens}{own}{closes}{after}"


def _path_pattern(paths: Sequence[str], opens: str = "", closes: str = "") -> str:
    """What the paths have in common, and a pattern for what they do not."""
    figures = _figures_alone(paths, opens, closes)
    if figures:
        return figures
    start = _common_start(paths)
    end = _common_start([path[len(start) :][::-1] for path in paths])[::-1]
    end = match.group() if (match := re.search(r"\.[A-Za-z]+\Z|/\Z", end)) else ""
    start = re.split(r"(?<=/)\d|\d{4}", start)[0].rstrip("0123456789")
    middles = [path[len(start) : len(path) - len(end)] for path in paths]
    if not all(middle.isdigit() for middle in middles):
        start = re.sub(r"[^/]+\Z", "", start)
        middles = [path[len(start) : len(path) - len(end)] for path in paths]
    inner = r"\d+" if all(middle.isdigit() for middle in middles) else "[^/?]+"
    inner = r"[^?]+" if any("/" in middle for middle in middles) else inner
    return f"{escaped(start)}{opens}{inner}{closes}{escaped(end)}"


def _page_pattern(url: str) -> str:
    """A pattern for a list page: its path with the figures open."""
    path = urlsplit(url).path or "/"
    return "^" + _DIGITS.sub(lambda _found: r"\d+", escaped(path)) + r"(?:\?|$)"
