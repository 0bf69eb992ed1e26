"""How much of a page's tree is read: hostile pages hold hundreds of thousands of elements, and every reader behind the
parser walks them many times over."""

from __future__ import annotations

from itertools import islice
from typing import Any

from lxml import etree

from crawlers.tag_bound import bounded_markup

#: Elements and comments of a page that are read. Lists of a thousand rows have less; with hundreds of
#: thousands main_text's extractor takes minutes.
MAX_NODES = 20_000
#: Label under which a posting says what of its page was not read.
UNREAD_PART = "没有读的部分"


def cut_tree(root: Any, markup: str) -> int:
    """Cut off all that follows the first `MAX_NODES` nodes, in the order of the page; how many were left out."""
    # A tag stands for itself and, at most, for one the parser puts around it or around what follows; a frame's document
    # is spelt in a value.
    if "srcdoc" not in markup and 3 * markup.count("<") + 9 < MAX_NODES:
        return 0
    left_out = sum(1 for _node in root.iter()) - MAX_NODES
    if left_out <= 0:
        return 0
    last = next(islice(root.iter(), MAX_NODES - 1, None))
    del last[:]
    for node in (last, *last.iterancestors()):
        parent = node.getparent()
        if parent is not None:
            del parent[parent.index(node) + 1 :]
    return left_out


def bounded_text(text: str, root: Any) -> str:
    """The markup of a page for readers that parse it themselves: its own, or that of the tree where that was cut or a
    frame's document put in."""
    if "srcdoc" not in text and sum(1 for _node in islice(root.iter(), MAX_NODES)) < MAX_NODES:
        return bounded_markup(text)[0]
    return str(etree.tostring(root, method="html", encoding="unicode"))


def told(left_out: int, parser: Any) -> str:
    """What a page's reasons say of it, in Chinese; '' when all was read."""
    many = f"网页的元素太多，只读了前 {MAX_NODES} 个，其后 {left_out} 个没有读" if left_out else ""
    is_deep = any(entry.type_name == "ERR_RESOURCE_LIMIT" for entry in parser.error_log)
    return "；".join(filter(None, (many, "网页嵌套太深，太深处及其后的内容没有读" if is_deep else "")))
