"""Heading and words of the posting on a page that no engine knows, taken from what is left without its frame."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from lxml import etree
from parsel import Selector

from crawlers.anchors import leaf_blocks, node_of
from crawlers.running_text import running_length
from crawlers.states import PageView, page_title
from crawlers.visible import squeezed, tidy, visible_text

#: The block is the lowest that holds so much of what the page says in running words.
_SHARE = 0.8
_MAX_TITLE, _MIN_TITLE = 100, 4
#: Elements that hold a paragraph or a part of one, never a posting by themselves.
_PARAGRAPHS = frozenset({"p", "span", "font", "b", "strong", "em", "i", "u"})
_WHOLE_PAGE = frozenset({"body", "html"})
_HEADINGS = "h1, h2, h3, h4, [class*=title], [class*=Title], [id*=title], [class*=tit], [class*=subject], [id*=subject]"
#: Between a page's own title and the names of section and site behind it.
_BEHIND = re.compile(
    r"\s+[-–—|｜·]+\s+|[_|｜]|(?<=[】\]）)])-|\s*-\s*(?=[^-]{2,12}(?:网|论坛|社区|频道|同城|信息港|生活圈|在线|平台|吧|站)\Z)"
)
_BEFORE = re.compile(r"\A\s*(?:【图】|\[图\]|\(图\)|【(?=[^】]+】\s*\Z))")
#: The parts of a window's title, whatever stands between them.
_PARTS = re.compile(r"[-_|｜—–·>»→›]+")
#: What sites and sections are called.
_SITE = re.compile(r"(网|论坛|社区|频道|圈|吧|在线|信息港|同城|BBS|首页|平台|贴吧)\Z", re.I)
#: A window's title so short names the site or the kind of page; a heading is no longer than this line.
_GENERIC, _HEADING_LINE = 6, 40
#: Lines that are buttons and counters.
_BUTTON = (
    "登录|注册|发帖|回帖|举报|我要举报|收藏|点赞|赞同|赞|喜欢|关注|已关注|加关注|分享|转发|打印|打印本页|关闭窗口|关闭|返回|返回顶部|返回列表|楼主|沙发|只看楼主|只看该作者"
    "|倒序浏览|倒序阅读|更多操作|更多|展开全部|展开|收起|查看完整号码|显示号码|点击查看|查看电话|查看联系方式|拨打电话|在线咨询|私信|写回复|回复|引用|编辑|删除|设为首页|收藏本站|加入收藏"
    "|字体|大|中|小|复制链接|详情描述|服务描述|服务详情|信息详情|详细描述|商品详情|职位描述|正文|全文|编辑于|发布于|浏览|次|阅读|查看|条评论|评论|赏|踩一下|顶一下"
)
_UI_LINE = re.compile(rf"(?:(?:{_BUTTON})[\s|·,:：#\[\]【】()（）/]*\d*[\s|·]*)+\Z|[\d\s,.|·:：+wWkK万]+\Z")
_COUNTER = re.compile(
    r"\A\W*(浏览|阅读|查看|点击|回复|评论|人气|访问)(次数|量|数)?\W{0,2}[\d,…]*\s*次?\W*\Z|责任编辑|第\s*\d+\s*[个位]?(阅读|浏览)者|执行时间"
)


def headline(view: PageView, bare: Selector) -> tuple[str, Any]:
    """The title of the posting and the node that says it (None: the window's title alone does); `bare` is the page
    without its frame."""
    window = tidy(_BEFORE.sub("", page_title(view)))
    found: list[tuple[tuple[bool, int], str, Any]] = []
    for node in view.selector.css(_HEADINGS)[:200]:
        for text in dict.fromkeys((_own_words(node), _one_line(visible_text(node)))):
            if _MIN_TITLE <= len(text) <= _MAX_TITLE and squeezed(text) in squeezed(window):
                found.append(((squeezed(window).startswith(squeezed(text)), len(text)), text, node.root))
    if found:
        (first, _length), text, node = max(found, key=lambda one: one[0])
        if first and not _SITE.search(text):
            return text, node
    said = _part_said(window, bare)
    if said is not None:
        return said
    if found and not _SITE.search(text):
        return text, node
    for node in view.selector.css("h1"):
        text = _own_words(node) or _one_line(visible_text(node))
        if len(text) >= 2:
            return text[: 2 * _MAX_TITLE], node.root
    told = meta_text(view.selector, "og:title")
    if told and squeezed(told) not in squeezed(window) and squeezed(window) not in squeezed(told):
        return told, None
    if len(window) <= _GENERIC:
        line, node = _first_line(bare)
        if line:
            return line, node
    return without_site(window or told), None


def _part_said(window: str, bare: Selector) -> tuple[str, Any] | None:
    """The part of the window's title that the page also says in a line of its own."""
    parts = {squeezed(part): part.strip() for part in _PARTS.split(window) if len(part.strip()) >= _MIN_TITLE}
    found = [(leaf, text) for leaf in leaf_blocks(bare) if (text := squeezed(visible_text(node_of(leaf)))) in parts]
    found = [(leaf, text) for leaf, text in found if not _SITE.search(text)]
    if not found:
        return None
    leaf, text = max(found, key=lambda pair: len(pair[1]))
    return parts[text], leaf


def _first_line(bare: Selector) -> tuple[str, Any]:
    """The line a page begins with, when it is short enough for a heading."""
    for leaf in leaf_blocks(bare):
        text = visible_text(node_of(leaf))
        if text and not is_button(text):
            return (text, leaf) if _GENERIC < len(text) <= _HEADING_LINE and "\n" not in text else ("", None)
    return "", None


def without_site(title: str) -> str:
    """A window's title without the names of section and site behind it."""
    parts = [part.strip() for part in _BEHIND.split(title) if part and part.strip()]
    first = next((part for part in parts if not _SITE.search(part)), title) if len(parts) > 1 else title
    if len(parts) > 1 and len(first) < _MIN_TITLE:
        first = title
    return re.sub(r"\A【([^【】]+)】\Z", r"\1", first)


def main_block(page: Selector, title: str) -> str:
    """What the posting says; '' when nothing on the page is running text. `page` is the page without its frame."""
    weights: dict[Any, int] = {}
    total = 0
    for element, said in _own_lines(page):
        weight = sum(running_length(line) for line in said.split("\n") if not is_button(line) and line != title)
        total += weight
        for node in (element, *element.iterancestors()):
            weights[node] = weights.get(node, 0) + weight
    if not total:
        return ""
    block, least = page.root, 0
    for node, weight in weights.items():
        if weight >= _SHARE * total and (depth := sum(1 for _one in node.iterancestors())) >= least:
            block, least = node, depth
    return said_in(_whole_of(block), title)


def _whole_of(block: Any) -> Any:
    """The block a paragraph is one of: what stands beside it (fee, telephone) is in lines too short to weigh."""
    while block.tag in _PARAGRAPHS and (around := block.getparent()) is not None and around.tag not in _WHOLE_PAGE:
        block = around
    return block


def said_in(block: Any, title: str) -> str:
    """The lines of a block without its buttons and counters, and without the title above them."""
    lines = [line for line in visible_text(node_of(block)).split("\n") if not is_button(line)]
    while lines and squeezed(lines[0]) in squeezed(title):
        lines = lines[1:]
    return "\n".join(lines)


def is_button(line: str) -> bool:
    """Is a line only buttons, counters or figures of the page?"""
    flat = line.strip()
    return not flat or bool(_UI_LINE.match(flat)) or bool(_COUNTER.search(flat) and len(flat) < 24)


def _own_lines(page: Selector) -> Iterator[tuple[Any, str]]:
    """Blocks that hold no other with what they say; text that stands beside blocks counts to the block around it."""
    leaves = dict.fromkeys(leaf_blocks(page))
    for leaf in leaves:
        yield leaf, visible_text(node_of(leaf))
    for element in page.root.iter():
        if not isinstance(element.tag, str) or element in leaves or element.tag in ("html", "head"):
            continue
        loose = tidy(" ".join([element.text or "", *(child.tail or "" for child in element)]))
        if loose and not any(one in leaves for one in element.iterancestors()):
            yield element, loose


def _own_words(node: Selector) -> str:
    """What a heading says outside the links in it."""
    root = node.root
    if not isinstance(root, etree._Element):
        return ""
    words = [root.text or ""]
    for child in root:
        if isinstance(child.tag, str) and child.tag != "a":
            words.append(visible_text(node_of(child)))
        words.append(child.tail or "")
    return _one_line(tidy(" ".join(words)))


def _one_line(text: str) -> str:
    return text.partition("\n")[0].strip()


def meta_text(page: Selector, name: str) -> str:
    """What a meta element of the page's head says; '' when there is none."""
    for node in page.css("meta")[:200]:
        if name in (node.attrib.get("property"), node.attrib.get("name"), node.attrib.get("itemprop")):
            return tidy(node.attrib.get("content") or "")
    return ""
