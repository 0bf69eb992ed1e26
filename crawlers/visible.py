"""The text of a node as a person sees it: blocks on their own lines, scripts and hidden parts left out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from lxml import etree
from parsel import Selector

_SKIP = frozenset(
    {"script", "style", "noscript", "template", "head", "title", "meta", "link", "svg", "iframe", "textarea"}
)
#: Elements that stand on lines of their own.
BLOCKS = frozenset(
    {
        *("address", "article", "aside", "blockquote", "body", "caption", "dd", "div", "dl", "dt", "fieldset"),
        *("figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li"),
        *("main", "nav", "ol", "p", "pre", "section", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul"),
    }
)
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?:px|pt|em)?\s*(?:;|$)", re.I)
_STYLED = etree.XPath("descendant::*/@style/.. | descendant::*/@hidden/..")
_ALL_WORDS = etree.XPath("string()", smart_strings=False)
_SPACES = re.compile(r"[^\S\n]+")
_LINES = re.compile(r"\s*\n\s*")


def visible_text(selector: Selector) -> str:
    """Visible text; the empty string for comments and the like. An attribute or text node gives its value."""
    root: Any = selector.root
    if isinstance(root, str):
        return tidy(root)
    if not isinstance(root, etree._Element):
        return tidy(str(root))
    return tidy("".join(_pieces(root)))


def says_more_than(selector: Selector, characters: int) -> bool:
    """Are there surely more characters of visible text? No is no answer: blanks are not counted, drawings are left out,
    and what is hidden within something hidden is taken off twice."""
    root = selector.root
    if not isinstance(root, etree._Element):
        return False
    left = _seen(_words(root)) - characters
    if left <= 0:
        return False
    styled: Any = _STYLED(root)
    hidden = [node for node in styled if node is not root and is_hidden(node)]
    for node in (*root.iter(*_SKIP), *hidden):
        parent = node.getparent()
        if parent is None or parent.tag != "head":
            left -= _seen(_words(node))
    return left > 0


def _words(node: etree._Element) -> str:
    return str(_ALL_WORDS(node))


def _seen(text: str) -> int:
    """Characters that are no blanks."""
    return len("".join(text.split())) - text.count("\u200b")


def tidy(text: str) -> str:
    """Spaces collapsed, blank lines and line ends trimmed."""
    flat = _SPACES.sub(" ", text.replace("\r", "\n").replace("\u200b", ""))
    return _LINES.sub("\n", flat).strip()


def squeezed(text: str) -> str:
    """Without any white space: for comparing what two places of a page say."""
    return re.sub(r"\s+", "", text)


def is_hidden(element: etree._Element) -> bool:
    """Is the element switched off by its own style or attribute?"""
    return element.get("hidden") is not None or bool(_HIDDEN.search(element.get("style") or ""))


def _pieces(root: etree._Element) -> Iterator[str]:
    """Walks without recursion: hostile pages nest thousands deep."""
    stack: list[tuple[str, Any]] = [("open", root)]
    while stack:
        kind, item = stack.pop()
        if kind == "text":
            yield item
            continue
        tag = item.tag
        if tag == "svg" and not is_hidden(item):  # of a drawing only its writing is seen, not its title
            stack += [("text", f" {' '.join(word.itertext())} ") for word in reversed(list(item.iter("text")))]
            continue
        if not isinstance(tag, str) or tag in _SKIP or (is_hidden(item) and item is not root):
            continue
        if tag == "br":
            yield "\n"
            continue
        block = tag in BLOCKS
        if block:
            yield "\n"
            stack.append(("text", "\n"))
        for child in reversed(item):
            if child.tail:
                stack.append(("text", _flat(child.tail, tag)))
            stack.append(("open", child))
        if item.text:
            stack.append(("text", _flat(item.text, tag)))


def _flat(text: str, tag: str) -> str:
    """Line breaks of the source are spaces on screen, except inside <pre>."""
    return text if tag == "pre" else text.replace("\n", " ").replace("\r", " ")
