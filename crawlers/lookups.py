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

#: The ids and classes, or parts of them, that a match of each alternative must have; None when some needs none.
Alternatives = tuple[frozenset[str], ...] | None
#: [@id="x"], [starts-with(@id,"x")], [contains(concat(" ",@class," ")," x ")]
_ASKED = re.compile(
    r"""\[(?:@(?:id|class)\s*=\s*"([\w\s-]+)"|(?:starts-with|contains)\(@(?:id|class),\s*"([\w\s-]+)"\)"""
    r"""|contains\(concat\(" ",\s*@class,\s*" "\),\s*"([\w\s-]+)"\))\]"""
)
#: Steps and places alone.
_PLAIN_PATH = re.compile(r"\s*\(*/?/[\w/@*-]+(?:\)?\[\d+\]|\)|/{0,2}[\w@*-]+|/)*\s*")
_IDS = etree.XPath("//@id", smart_strings=False)
_CLASSES = etree.XPath("//@class", smart_strings=False)


class Lookups:
    """Of one page, which must not change while it is asked."""

    def __init__(self, page: Selector) -> None:
        self.page = page
        self._found: dict[str, list[Selector]] = {}
        self._named: str | None = None

    def css(self, query: str) -> list[Selector]:
        """As `Selector.css` of the whole page. Raises what that raises for a query that is none."""
        if query not in self._found:
            self._found[query] = list(self.page.css(query)) if self._may_hold(_names_in_css(query)) else []
        return self._found[query]

    def xpath(self, query: str) -> list[Selector]:
        """As `Selector.xpath` of the whole page, likewise."""
        return list(self.page.xpath(query)) if self._may_hold(_names_in_xpath(query)) else []

    def _may_hold(self, alternatives: Alternatives) -> bool:
        """False only when every alternative names an id or class that stands in none of the page's."""
        if alternatives is None:
            return True
        if self._named is None:
            root = self.page.root
            names: list[str] = [*_all(_IDS, root), *_all(_CLASSES, root)]
            self._named = "\n".join(names)
        named = self._named
        return any(all(name in named for name in names) for names in alternatives)


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
