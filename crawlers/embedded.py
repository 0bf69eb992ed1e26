"""Data inside pages: JSON pages, JSON-LD in HTML, and the running text of sites no recipe knows."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import jmespath
from jmespath.exceptions import JMESPathError
from lxml import etree
from parsel import Selector

from crawlers.page_bound import bounded_text
from crawlers.visible import tidy, visible_text

MAX_DEPTH = 60
#: JSON-LD objects looked at on one page; hostile pages hold more.
MAX_OBJECTS = 200


def read_json(text: str) -> Any:
    """The value of a page that is JSON; None for anything else. Never raises."""
    start = text.lstrip("\ufeff \t\r\n")[:1]
    if start not in ("{", "["):
        return None
    try:
        return json.loads(text.lstrip("\ufeff"))
    except (ValueError, RecursionError):
        return None


def search(expression: str, value: Any) -> list[Any]:
    """What a JMESPath finds, lists taken apart, nulls left out; [] when it does not fit the data."""
    try:
        found = jmespath.search(expression, value)
    except (JMESPathError, TypeError, ValueError, AttributeError, RecursionError):
        return []
    items = found if isinstance(found, list) else [found]
    return [item for item in items if item is not None]


def json_text(value: Any) -> str:
    """A JSON value as a person would write it."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return f"{value:.15g}" if isinstance(value, float) else str(value)
    return json.dumps(value, ensure_ascii=False)


def json_ld(page: Selector) -> list[dict[str, Any]]:
    """All JSON-LD objects of a page in order, those of @graph and of lists among them."""
    found: list[dict[str, Any]] = []
    for script in page.xpath('//script[@type="application/ld+json"]/text()').getall():
        for item in _objects(read_json(script.strip()), 0):
            if len(found) >= MAX_OBJECTS:
                return found
            found.append(item)
    return found


def _objects(value: Any, depth: int) -> Iterator[dict[str, Any]]:
    if depth > MAX_DEPTH:
        return
    if isinstance(value, list):
        for item in value:
            yield from _objects(item, depth + 1)
    elif isinstance(value, dict):
        yield value
        yield from _objects(value.get("@graph"), depth + 1)


def main_text(text: str, page: Selector) -> str:
    """The running text of a page; without the extra `extract` that of its paragraphs."""
    try:
        import trafilatura  # heavy, and only needed for pages no recipe has anchors for
    except ImportError:
        return tidy("\n".join(visible_text(node) for node in page.css("article, p")))
    text = bounded_text(text, page.root) if isinstance(page.root, etree._Element) else text
    return tidy(trafilatura.extract(text, include_comments=False, include_tables=True) or "")
