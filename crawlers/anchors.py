"""CSS for nodes somebody pointed at: by id, by class, by place under an ancestor that has one; tried, never assumed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from parsel import Selector

from crawlers.visible import BLOCKS, visible_text

#: Ids and classes that a template gives; those with figures belong to one page.
_NAME = re.compile(r"[A-Za-z_][A-Za-z_-]*\Z")
#: How many ancestors are tried.
_CLIMB = 6
#: What stands around a page's content.
CHROME = frozenset({"nav", "header", "footer", "aside", "script", "style", "head"})
_CHROME_NAME = re.compile(r"\b(nav|menu|footer|header|sidebar|crumb|breadcrumb|copyright|pager|pagination)\b", re.I)

Element = Any


def names_of(element: Element) -> tuple[str, ...]:
    """`tag#id` and `tag.class` of an element, the most telling first; none where its names hold figures."""
    tag, found = element.tag, []
    identity = (element.get("id") or "").strip()
    if _NAME.match(identity):
        found.append(f"{tag}#{identity}")
    found += [f"{tag}.{name}" for name in (element.get("class") or "").split() if _NAME.match(name)]
    return tuple(found)


def anchors(element: Element) -> Iterator[str]:
    """CSS that may find this element, the least dependent on the page's layout first."""
    yield from names_of(element)
    if element.tag in ("h1", "time", "article", "main"):
        yield element.tag
    path, node = element.tag, element
    for _ in range(_CLIMB):
        parent = node.getparent()
        if parent is None:
            return
        for name in names_of(parent):
            yield f"{name} > {path}"
            yield f"{name} > {_placed(path, node)}"
        path, node = f"{parent.tag} > {_placed(path, node)}", parent
        if parent.tag in ("body", "html"):
            yield path
            return


def _placed(path: str, node: Element) -> str:
    """The path with its first step numbered among its siblings."""
    parent = node.getparent()
    same = [child for child in parent if child.tag == node.tag]
    if len(same) < 2:
        return path
    first, arrow, rest = path.partition(" > ")
    return f"{first}:nth-of-type({same.index(node) + 1}){arrow}{rest}"


def common_anchor(pages: Sequence[Selector], wanted: Sequence[Element]) -> str:
    """The first CSS whose first match is the wanted element on every page; '' when there is none."""
    for css in anchors(wanted[0]):
        if all((nodes := page.css(css)) and nodes[0].root is one for page, one in zip(pages, wanted, strict=True)):
            return css
    return ""


def is_chrome(element: Element) -> bool:
    """Does it stand in what is around the content: menus, headers, footers?"""
    return any(
        node.tag in CHROME or _CHROME_NAME.search(f"{node.get('id') or ''} {node.get('class') or ''}")
        for node in (element, *element.iterancestors())
        if isinstance(node.tag, str) and node.tag not in ("body", "html")
    )


def leaf_blocks(page: Selector) -> Iterator[Element]:
    """Blocks that hold no other block: paragraphs, cells, lines."""
    for element in page.root.iter():
        if isinstance(element.tag, str) and element.tag in BLOCKS and element.tag not in ("body", "hr"):
            inside = (child for child in element.iterdescendants() if isinstance(child.tag, str))
            if not any(child.tag in BLOCKS for child in inside):
                yield element


def common_ancestor(elements: Sequence[Element]) -> Element:
    """The lowest element that holds all of them, or the only one."""
    chains = [[*reversed([one, *one.iterancestors()])] for one in elements]
    found = chains[0][0]
    for level in zip(*chains, strict=False):
        if any(one is not level[0] for one in level):
            break
        found = level[0]
    return found


def node_saying(page: Any, title: str) -> Any:
    """The outermost node that says just the title (lists cut long ones short), a heading before any other."""
    wanted = re.sub(r"\s*(?:\.{2,}|…+)$", "", title).strip()
    if len(wanted) < 2:
        return None
    found = []
    for element in page.root.iter():
        if not isinstance(element.tag, str) or element.tag in ("title", "script", "style", "option", "a"):
            continue
        if wanted[:4] not in (element.text or "") and not any(wanted[:4] in (child.tail or "") for child in element):
            continue
        node = element
        while node is not None and _says(node, wanted, cut=wanted != title):
            found.append(node)
            node = node.getparent()
    headings = [node for node in found if re.match(r"h[1-6]$", node.tag)]
    return next(iter(headings or found), None)


def _says(node: Any, wanted: str, *, cut: bool) -> bool:
    text = visible_text(node_of(node))
    return text == wanted or (cut and text.startswith(wanted) and len(text) < len(wanted) + 60 and "\n" not in text)


def container_of(body: Any, title: Any) -> Any:
    """The parent of a paragraph, unless it holds more than the body: then the paragraph."""
    parent = body.getparent()
    if body.tag != "p" or parent is None or parent.tag in ("body", "html"):
        return body
    return body if title is not None and parent in (title, *title.iterancestors()) else parent


def node_of(element: Element) -> Selector:
    """An element as what the readers of pages take."""
    return Selector(root=element, type="html")
