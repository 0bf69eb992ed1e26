"""What is looked for on one page, each thing once, and not at all where no id or class on it has the name asked for.

Most rules of a recipe name what other pages of the site hold (its messages, its second template): to find that a page
has none of it, libxml2 would walk the whole tree for each of them.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from cssselect import SelectorError
from cssselect.parser import Class, CombinedSelector, Hash, parse
from lxml import etree
from parsel import Selector
from parsel.csstranslator import HTMLTranslator

from crawlers.short_paths import short_path

#: The ids and classes, or parts of them, that a match of each alternative must have; None when some needs none.
Alternatives = tuple[frozenset[str], ...] | None
#: [@id="x"], [starts-with(@id,"x")], [contains(concat(" ",@class," ")," x ")]
_ASKED = re.compile(
    r"""\[(?:@(?:id|class)\s*=\s*"([\w\s-]+)"|(?:starts-with|contains)\(@(?:id|class),\s*"([\w\s-]+)"\)"""
    r"""|contains\(concat\(" ",\s*@class,\s*" "\),\s*"([\w\s-]+)"\))\]"""
)
#: Steps and places alone.
_PLAIN_PATH = re.compile(r"\s*\(*/?/[\w/@*-]+(?:\)?\[\d+\]|\)|/{0,2}[\w@*-]+|/)*\s*")
#: (//a/b[…])[1]//c: several fields ask for things inside the first of the same.
_FIRST = re.compile(r"\s*(\(//[^()|]*(?:\([^()|]*(?:\([^()|]*\)[^()|]*)*\)[^()|]*)*\)\[\d+\])(/[^|]+)?\s*")
_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")
#: What markup spells in one way.
_WORD = re.compile(r"[\w-]+", re.ASCII)
_TRANSLATOR = HTMLTranslator()
_IDS = etree.XPath("//@id", smart_strings=False)
_CLASSES = etree.XPath("//@class", smart_strings=False)


class Lookups:
    """Of one page, which must not change while it is asked."""

    def __init__(self, page: Selector, markup: str = "") -> None:
        """`markup` is what the page was parsed from, where that is known: looking there is cheaper than in the tree."""
        self.page = page
        #: A name may be spelt in numbers there.
        self._markup = "" if "&#" in markup else markup
        self._found: dict[str, list[Selector]] = {}
        self._heads: dict[str, list[Selector]] = {}
        self._named: str | None = None

    def css(self, query: str) -> list[Selector]:
        """As `Selector.css` of the whole page. Raises what that raises for a query that is none."""
        if query not in self._found:
            self._found[query] = self._all(_in_xpath(query)) if self._may_hold(_names_in_css(query)) else []
        return self._found[query]

    def xpath(self, query: str) -> list[Selector]:
        """As `Selector.xpath` of the whole page, likewise."""
        if not self._may_hold(_names_in_xpath(query)):
            return []
        first = _first_of(query)
        if first is None:
            return self._all(query)
        head, rest = first
        if head not in self._heads:
            self._heads[head] = self._all(head)
        nodes = self._heads[head]
        return [found for node in nodes for found in node.xpath(f".{rest}")] if rest else list(nodes)

    def _all(self, query: str) -> list[Selector]:
        return list(self.page.xpath(short_path(query)))

    def _may_hold(self, alternatives: Alternatives) -> bool:
        """False only when every alternative names an id or class that stands in none of the page's."""
        if alternatives is None:
            return True
        return any(all(map(self._is_named, names)) for names in alternatives)

    def _is_named(self, name: str) -> bool:
        """Does the name stand in an id or class? In doubt, yes: to make sure costs as much as to look for it."""
        if self._markup and _WORD.fullmatch(name):
            return name in self._markup
        if self._named is None:
            root = self.page.root
            names: list[str] = [*_all(_IDS, root), *_all(_CLASSES, root)]
            self._named = "\n".join(names)
        return name in self._named


@lru_cache(maxsize=4096)
def _in_xpath(query: str) -> str:
    return str(_TRANSLATOR.css_to_xpath(query))


@lru_cache(maxsize=4096)
def _names_in_css(query: str) -> Alternatives:
    try:
        alternatives = tuple(frozenset(_names(one.parsed_tree)) for one in parse(query))
    except SelectorError:
        return None
    return alternatives if all(alternatives) else None


@lru_cache(maxsize=4096)
def _names_in_xpath(query: str) -> Alternatives:
    """Of paths whose conditions are on id and class alone; anything else may mean that a name is not to be there."""
    found = []
    for path in query.split("|"):
        names = frozenset(next(filter(None, match.groups())).strip() for match in _ASKED.finditer(path))
        if not names or not _PLAIN_PATH.fullmatch(_ASKED.sub("", path)):
            return None
        found.append(names)
    return tuple(found)


@lru_cache(maxsize=4096)
def _first_of(query: str) -> tuple[str, str] | None:
    """The one element a path begins with, and what is asked for inside of it; None for any other path. Brackets in
    words could mislead."""
    match = _FIRST.fullmatch(query)
    misleads = any(sign in words for words in _QUOTED.findall(query) for sign in "()|")
    if match is None or misleads or "text()" in match[1] or "/@" in match[1]:
        return None
    return match[1], match[2] or ""


def _names(tree: Any) -> list[str]:
    """Of what stands in the selector itself; what `:not(…)` and the like hold is left out."""
    if isinstance(tree, CombinedSelector):
        return [*_names(tree.selector), *_names(tree.subselector)]
    own = [tree.id] if isinstance(tree, Hash) else [tree.class_name] if isinstance(tree, Class) else []
    inner = getattr(tree, "selector", None)
    return own if inner is None else [*own, *_names(inner)]


def _all(path: etree.XPath, root: Any) -> list[str]:
    found: Any = path(root) if isinstance(root, etree._Element) else []
    return list(found)
