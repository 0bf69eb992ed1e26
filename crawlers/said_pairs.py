"""Pairs of label and value on a page that no engine knows: in tables, lists, and lines that begin with a label."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from parsel import Selector

from crawlers.anchors import leaf_blocks, node_of
from crawlers.extract import MAX_PAIRS
from crawlers.field_words import LABELS
from crawlers.visible import visible_text

_LABEL = re.compile(r"\A\s*([^\d\s:：,，。;；][^:：,，。;；]{0,11}?)\s*[:：]\s*\Z")
_KNOWN = frozenset(label for labels in LABELS.values() for label in labels)
_LABEL_TAGS = ("span", "label", "b", "strong", "em", "i", "small", "font", "div", "p", "th", "td", "dt")
#: Labels of the page and its counters, not of the posting.
_OF_THE_PAGE = re.compile(
    r"浏览|点击|阅读|查看|人气|访问|字体|字号|来源|出处|分享|用户名|密\s*码|验证码|邮箱|积分|帖子|主题|注册|等级|级别|编号|收藏|粉丝|关注|威望|铜币|索引号|文号|当前位置|标签|关键[词字]"
)
#: Whom a notice speaks to: 各学校、各机构：
_SALUTATION = re.compile(r"、|\A(?:各|尊敬|亲爱|致)")
_VALUE_CHARS = 300
#: A pair of a line that says several: up to a bar, the next label, or the line's end.
_OF_LINE = re.compile(
    r"([^\s\d:：,，。;；|｜]{1,8})\s*[:：]\s*([^\n|｜]+?)(?=\s*[|｜]|\s+[^\s\d:：,，。;；|｜]{1,8}[:：]|\s*\Z)"
)
_LONE = re.compile(r"\s*([^\s\d:：,，。;；|｜]{2,8})\s*[:：]\s*([^\s:：][^:：]*)\Z")
_LONE_CHARS = 80
#: A line of pairs is no longer, and a page has no more blocks worth looking into.
_LINE_CHARS, _MOST_BLOCKS = 160, 2000


def said_pairs(page: Selector) -> dict[str, str]:
    """Label → value in the order of the page, the first of each label; `page` is the page without its frame."""
    found: dict[str, str] = {}
    for element in page.root.iter(*_LABEL_TAGS):
        if len(found) >= MAX_PAIRS:
            break
        label = _label_of(element)
        value = _value_of(element) if label else ""
        if label and value and label not in found and not _OF_THE_PAGE.search(label):
            found[label] = value
    for label, value in _in_lines(page):
        if len(found) < MAX_PAIRS and not _OF_THE_PAGE.search(label):
            found.setdefault(label, value)
    return found


def _in_lines(page: Selector) -> Iterator[tuple[str, str]]:
    """Pairs of lines that say two or more, one behind the other, and nothing before the first; every label one that
    people use: 发布人：… 发布时间：… 区域：…"""
    for line in _lines(page, _LINE_CHARS):
        pairs = [*_OF_LINE.finditer(line)]
        labels = [pair[1] for pair in pairs]
        plain = len(pairs) > 1 and not line[: pairs[0].start()].strip(" |｜·")
        if plain and all(label in _KNOWN or _OF_THE_PAGE.search(label) for label in labels):
            yield from ((pair[1], pair[2].strip()) for pair in pairs)


def lone_pairs(page: Selector, body: str) -> dict[str, str]:
    """Label → value of lines that say one pair and nothing else, beside the words of the posting: 联系电话：… below
    them. Only labels people use; what the words themselves say stays where it is."""
    said = re.sub(r"\s+", "", body)
    found: dict[str, str] = {}
    for line in _lines(page, _LONE_CHARS):
        pair = _LONE.match(line)
        if pair and pair[1] in _KNOWN and re.sub(r"\s+", "", line) not in said:
            found.setdefault(pair[1], pair[2].strip())
    return found


def _lines(page: Selector, longest: int) -> Iterator[str]:
    """The lines of the page that are no longer, without those of its last blocks when it has very many."""
    for block in islice(leaf_blocks(page), _MOST_BLOCKS):
        for line in visible_text(node_of(block)).split("\n"):
            if len(line) <= longest:
                yield line


def without_pairs(text: str, pairs: Mapping[str, str]) -> str:
    """The visible text without the lines that say these pairs, and without labels that nothing is said behind: a table
    above a posting is told as its fields and would stand there twice. A text that is nothing else stays as it is."""
    lines, kept, at = text.split("\n"), [], 0
    in_one = {f"{label}{colon}{value}" for label, value in pairs.items() for colon in "：:"}
    while at < len(lines):
        label = re.sub(r"[\s\u3000:：]+", "", lines[at])
        if label in pairs and _flat(lines[at + 1 : at + 2]) == pairs[label]:
            at += 2
            continue
        empty = label in _KNOWN and label not in pairs
        if not empty and _flat([lines[at]]) not in in_one:
            kept.append(lines[at])
        at += 1
    return "\n".join(kept).strip() or text


def _label_of(element: Any) -> str:
    """The label an element is, without its colon; '' when it is none. Without a colon only a word people use as one,
    alone before one value."""
    if len(element) > 3:
        return ""
    text = "".join(element.itertext())
    if len(text) > 40:
        return ""
    text = re.sub(r"[\s\u3000]+", "", text)
    match = _LABEL.match(text)
    if match:
        return "" if _SALUTATION.search(match[1]) else match[1]
    if element.tag == "dt" or (element.tag == "th" and _heads_a_cell(element)):
        return text if 1 < len(text) <= 8 else ""
    return text if text in _KNOWN and _alone_before_one(element) else ""


def _alone_before_one(element: Any) -> bool:
    parent = element.getparent()
    if parent is None or not _is_first_of_two(element):
        return False
    loose = (parent.text or "") + "".join(child.tail or "" for child in parent)
    return not loose.strip()


def _heads_a_cell(element: Any) -> bool:
    """Is the cell behind this heading its own: a cell, and another heading or nothing behind it?"""
    cell = element.getnext()
    after = cell.getnext() if cell is not None else None
    return cell is not None and cell.tag == "td" and (after is None or after.tag == "th")


def _is_first_of_two(element: Any) -> bool:
    follower = element.getnext()
    return element.getprevious() is None and follower is not None and follower.getnext() is None


def _value_of(element: Any) -> str:
    """What stands behind a label in its line, up to the next label; else the next block."""
    words = [element.tail or ""]
    for follower in element.itersiblings():
        if not isinstance(follower.tag, str):
            continue
        if _LABEL.match(re.sub(r"\s+", "", "".join(follower.itertext())[:40])):
            break
        words += [visible_text(node_of(follower)), follower.tail or ""]
        if follower.tag in ("td", "dd", "div", "p") and words[-2].strip():
            break
    value = _flat(words)
    if value:
        return value if len(value) <= _VALUE_CHARS else ""
    parent = element.getparent()
    alone = element.getprevious() is None and element.getnext() is None
    after = parent.getnext() if parent is not None and alone else None
    if after is None or not isinstance(after.tag, str):
        return ""
    value = _flat([visible_text(node_of(after))])
    return value if len(value) <= _VALUE_CHARS and not _LABEL.match(value) else ""


def _flat(words: list[str]) -> str:
    return re.sub(r"\s+", " ", " ".join(words)).strip(" |｜·")
