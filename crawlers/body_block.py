"""Which block of a page is most like the words of a posting: the one that says most in running text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from parsel import Selector

from crawlers.anchors import Element, names_of, node_of
from crawlers.running_text import running_length
from crawlers.visible import visible_text

#: Characters of running text in a block, then all its characters.
Weight = tuple[int, int]


def body_weight(leaf: Element, text: str) -> Weight:
    """How much a block is like a body. One that is mostly links (to other postings) says nothing itself."""
    links = leaf.xpath("self::a | .//a | ancestor::a")
    linked = sum(len(visible_text(node_of(link))) for link in links)
    return (0 if linked * 2 > len(text) else running_length(text)), len(text)


def agreed_block(pages: Sequence[Selector], owns: Sequence[Mapping[Element, Weight]]) -> list[Element]:
    """The block with a class or id that says most on all pages together, where each page alone would pick another:
    one element a page, of those it has for its own (`owns`). [] when none has a name that finds one on every page."""
    best: list[Element] = []
    most = (0, 0)
    for css in dict.fromkeys(css for own in owns for leaf in own for css in names_of(leaf)):
        nodes = [found[0].root for page in pages if (found := page.css(css))]
        if len(nodes) < len(owns) or not all(node in own for node, own in zip(nodes, owns, strict=True)):
            continue
        weights = [own[node] for node, own in zip(nodes, owns, strict=True)]
        total = (sum(running for running, _all in weights), sum(length for _running, length in weights))
        if total > most:
            best, most = nodes, total
    return best
