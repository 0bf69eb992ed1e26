"""The block discover of a recipe: which lists there are, how rows are read off them, and when each ends."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from crawlers.reader.expressions import Css
from crawlers.reader.pick_blocks import PICK
from crawlers.reader.shapes import Block, Choice, Key, Many, Named, Schema, Span, Text, Whole
from crawlers.recipe import ListRule, Stop
from crawlers.yaml_tree import Tree

FORMATS = ("html", "json", "script", "feed", "sitemap")
#: Those whose rows are objects of JSON.
_DATA = ("json", "script")
#: Rule → does it take a number or a span behind a colon?
_STOPS = ("no_rows", "no_new_keys", "all_known", "same_signature", "total_reached", "older_than", "max_pages")
_COUNTED_WORDS = r"(no_new_keys|all_known)(?::(\d{1,3}))?"
_COUNTED = re.compile(rf"{_COUNTED_WORDS}\Z")
_OLDER = re.compile(r"older_than:(.+)\Z")


@dataclass(frozen=True)
class StopShape:
    """Rules that end a list: `no_new_keys:2`, `older_than:P30D` …; having no rows and max_pages always do."""

    def read(self, tree: Tree) -> Stop:
        found: dict[str, Any] = {
            "no_new_keys": None,
            "all_known": None,
            "same_signature": False,
            "total_reached": False,
            "older_than": None,
        }
        for item in tree.items():
            word = item.text()
            counted, older = _COUNTED.match(word), _OLDER.match(word)
            if counted:
                found[counted.group(1)] = max(1, int(counted.group(2) or 1))
            elif older:
                found["older_than"] = self._span(older.group(1), item)
            elif word in ("same_signature", "total_reached"):
                found[word] = True
            elif word not in ("no_rows", "max_pages"):
                raise item.fault(
                    f"没有停止规则 {word}；可用：{'、'.join(_STOPS)}（带数的写成 no_new_keys:2、older_than:30d）"
                )
        return Stop(**found)

    def _span(self, text: str, tree: Tree) -> timedelta:
        return Span().read(replace(tree, value=text))

    def schema(self, *, whole: bool) -> Schema:  # noqa: ARG002  # Shape's signature
        plain = "no_rows|max_pages|same_signature|total_reached"
        words = rf"^({plain}|{_COUNTED_WORDS}|older_than:(\d{{1,4}}[hd]|P\d{{1,4}}D))$"
        return {"type": "array", "items": {"type": "string", "pattern": words}}


def _check_list(rule: ListRule, tree: Tree) -> None:
    read_by_format = rule.format in ("feed", "sitemap")
    for name in ("rows", "link"):
        if (getattr(rule, name) is None) != read_by_format:
            raise tree.fault(f"{rule.format} 的行由格式决定，不写 {name}" if read_by_format else f"缺少 {name}")
    if (rule.format in _DATA) != (rule.rows is not None and rule.rows.jmes is not None):
        raise tree.fault("format: json 和 script 的 rows 用 jmes，其他格式不用")
    if rule.numbered is not None and ("{page}" not in rule.numbered or "{page}" in rule.url):
        raise tree.fault(
            "numbered 是第二页起的网址，要有 {page}；url 已经有 {page} 时不用写，如 numbered: '/list/p{page}/'"
        )


LIST = Block(
    {
        "url": Key(Text(), "Address with {page} and variables; without {page} the next link is followed", need=True),
        "format": Key(Choice(FORMATS), "html (default), json, script (data in scripts), feed (RSS, Atom) or sitemap"),
        "rows": Key(PICK, "The rows of the page"),
        "link": Key(PICK, "In a row: the link of the posting"),
        "key": Key(PICK, "In a row: the posting's id, when links can have any shape"),
        "title": Key(PICK, "In a row: its title"),
        "posted": Key(Many(PICK), "In a row: when it was posted"),
        "tells": Key(Many(PICK), "In a row: what beside the title tells of a change (replies, last reply, price)"),
        "next": Key(PICK, "On the page: link of the page behind"),
        "numbered": Key(Text(), "Address with {page} of the pages behind the first, where that one stands at another"),
        "total": Key(PICK, "On the page: number of rows of the whole list"),
        "total_pages": Key(PICK, "On the page: number of pages"),
        "skip_rows": Key(Css(), "Rows that hold it are left out"),
        "first": Key(Whole(0, 1), "Number of the first page"),
        "max_pages": Key(Whole(1, 1000), "Pages at most"),
        "stop": Key(StopShape(), "Rules that end the list"),
    },
    build=ListRule,
    check=_check_list,
)


@dataclass(frozen=True)
class Variables:
    """Names for {name} in list addresses: one value or several, numbers too."""

    def read(self, tree: Tree) -> tuple[str, ...]:
        return tuple(str(item.value) for item in tree.items())

    def schema(self, *, whole: bool) -> Schema:  # noqa: ARG002
        one: Schema = {"type": ["string", "number"]}
        return {"anyOf": [one, {"type": "array", "items": one}]}


def _discover(
    *,
    lists: tuple[ListRule, ...] = (),
    feeds: tuple[str, ...] = (),
    sitemaps: tuple[str, ...] = (),
    urls: tuple[str, ...] = (),
    links: tuple[str, ...] = (),
    use: str = "all",
    vars: dict[str, tuple[str, ...]] | None = None,  # the key's name
) -> dict[str, Any]:
    """The lists in the order they are read: feeds and sitemaps are cheapest."""
    if urls and lists:
        # Pages behind the first are numbered at an address of its own, which says nothing of other lists'.
        first = lists[0]
        lists = (
            *(replace(first, url=url, numbered=first.numbered if url == first.url else None) for url in urls),
            *lists[1:],
        )
    cheap = [
        *(ListRule(url=url, format="feed", max_pages=1) for url in feeds),
        *(ListRule(url=url, format="sitemap", max_pages=50) for url in sitemaps),
    ]
    return {"lists": (*cheap, *lists), "links": links, "use": use, "vars": vars or {}}


def _check_discover(found: dict[str, Any], tree: Tree) -> None:
    rules: tuple[ListRule, ...] = found["lists"]
    if not rules and not found["links"]:
        raise tree.fault("缺少 lists（或 feeds、sitemaps、links）")
    if "urls" in tree.value and (not rules or rules[-1].format in ("feed", "sitemap")):
        raise tree.value["urls"].fault("urls 换的是 lists 第一条的网址，这里没有 lists")
    twice = next((rule.url for number, rule in enumerate(rules) if rule.url in {one.url for one in rules[:number]}), "")
    if twice:
        raise tree.fault(f"列表网址 {twice} 给了两次，每个列表只读一遍")


DISCOVER = Block(
    {
        "feeds": Key(Many(Text()), "Addresses of RSS or Atom feeds, with variables"),
        "sitemaps": Key(Many(Text()), "Addresses of sitemaps"),
        "lists": Key(Many(LIST), "List pages, one entry a kind"),
        "urls": Key(Many(Text()), "Addresses in place of that of the first entry of lists"),
        "links": Key(Many(Text()), "Addresses of postings that people gave"),
        "use": Key(Choice(("all", "first")), "all lists, or the first that can be read"),
        "vars": Key(Named(Variables()), "Names for {name} in addresses; every combination is visited"),
    },
    build=_discover,
    check=_check_discover,
)


def check_variables(found: dict[str, Any], tree: Tree) -> None:
    """Is every variable of a list address given? Raises RecipeError; asked of sources, not of engines."""
    for rule in found["lists"]:
        for url in (rule.url, rule.numbered or ""):
            for name in re.findall(r"\{(\w+)\}", url):
                if name != "page" and name not in found["vars"]:
                    raise _place(tree, url).fault(f"网址里的 {{{name}}} 没有在 discover.vars 里给出")


def _place(tree: Tree, text: str) -> Tree:
    """Where in the tree that text stands, for the error's line."""
    if tree.value == text:
        return tree
    inside = tree.value.values() if isinstance(tree.value, dict) else tree.value if isinstance(tree.value, list) else ()
    for child in inside:
        found = _place(child, text)
        if found.value == text:
            return found
    return tree
