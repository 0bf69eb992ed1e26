"""Fields of postings no engine knows, guessed from a few pages of one template: each guess is a pick of a recipe that
was tried on those pages. What reads nothing there is not written down."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from parsel import Selector

from crawlers.anchors import common_ancestor, common_anchor, is_chrome, leaf_blocks
from crawlers.dates import parse_date
from crawlers.extract import extract_from
from crawlers.fees import parse_fee
from crawlers.reader.page_blocks import FIELD
from crawlers.recipe import FieldRule, Recipe
from crawlers.states import PageView
from crawlers.steps import PageContext
from crawlers.visible import visible_text
from crawlers.yaml_tree import parse_tree

#: Labels people put before what a field says.
LABELS: dict[str, tuple[str, ...]] = {
    "fee": ("费用", "价格", "收费标准", "收费", "学费", "报价", "课时费", "薪资", "薪酬", "单价"),
    "phone": ("联系电话", "手机号码", "手机号", "手机", "电话号码", "电话", "联系方式"),
    "wechat": ("微信号", "加微信", "微信"),
    "posted_at": ("发布时间", "发布日期", "发表时间", "发表于", "发布于", "更新时间", "更新日期", "日期", "时间"),
    "district": ("所在区域", "所在地区", "所在地", "区域", "地区", "上课地点", "授课地点", "地点", "地址"),
    "author": ("发布人", "发布者", "联系人", "作者", "楼主", "称呼"),
    "org": ("机构名称", "公司名称", "机构", "公司", "单位"),
}
#: Parts of classes and ids that name a field.
_CLASSES = {
    "fee": "price|fee|money|cost",
    "phone": "phone|tel|mobile",
    "wechat": "wechat|weixin",
    "posted_at": "date|time|posted",
    "district": "district|area|region|location",
    "author": "author|poster|username|nickname",
    "org": "company|org",
}
_TITLE_LABELS = ("标题", "主题", "题目", "信息标题")
_BODY_LABELS = ("详细内容", "内容", "详情", "正文", "信息内容", "说明", "描述", "简介", "备注")
#: Steps behind the pick of a field.
_STEPS = {
    "phone": "[text, phone]",
    "wechat": "[text, {re: '([A-Za-z][A-Za-z0-9_-]{4,19}|1\\d{10})'}]",
    "district": "[text, area]",
}
_FITS: dict[str, Callable[[str, datetime | None], bool]] = {
    "fee": lambda text, _at: parse_fee(text) is not None,
    "posted_at": lambda text, at: parse_date(text, at) is not None,
    "author": lambda text, _at: len(text) <= 20,
    "district": lambda text, _at: bool(re.search(r"[区县旗镇]", text)),
    "org": lambda text, _at: 3 <= len(text) <= 40,
}
_TABLES = (
    ("tr:not(:has(tr))", "th", "td"),
    # A row that begins with a link is a menu.
    ("tr:not(:has(tr)):not(:has(td:first-child a))", "td:first-child", "td + td"),
    ("dl > div", "dt", "dd"),
    ("li, p, div", "span:first-child", "span + span"),
    ("li, p, div", "label:first-child, b:first-child, strong:first-child", "* + span, * + em, * + a"),
)
_LEAST_BODY = 12


@dataclass(frozen=True, kw_only=True)
class Sample:
    """A posting, and what the list calls it."""

    view: PageView
    title: str
    at: datetime | None


@dataclass(frozen=True, kw_only=True)
class GuessedFields:
    """The block `fields` line by line, the markers of a posting, and the fields that were looked for in vain."""

    lines: dict[str, str]
    markers: tuple[str, ...]
    missing: tuple[str, ...]


#: Fields that are looked for; one that is not found is told of when people will miss it.
WANTED = ("title", "body", "fee", "phone", "posted_at")


def guess_fields(samples: Sequence[Sample], chrome: str, base: Recipe) -> GuessedFields:
    """Fields of postings on these pages; `chrome` is the text of the list page, of which no field may be a part, and
    `base` what the picks are tried in."""
    return _Guess(samples, chrome, base).all()


class _Guess:
    def __init__(self, samples: Sequence[Sample], chrome: str, base: Recipe) -> None:
        self._samples = samples
        self._pages = [sample.view.selector for sample in samples]
        self._chrome = set(chrome.split("\n"))
        self._base = replace(base, fields={}, privacy={})
        self._lines: dict[str, str] = {}
        self._markers: list[str] = []

    def all(self) -> GuessedFields:
        table = self._table()
        if table:
            self._lines["attrs"] = table
        titles = self._title()
        bodies = self._body(titles)
        scope = self._scope(titles, bodies)
        for name in LABELS:
            self._plain(name, scope)
        if bodies and any(body.find(".//img") is not None for body in bodies):
            css = common_anchor(self._pages, bodies)
            self._keep("images", [f"{{css: {quoted(css)}, do: [images]}}"] if css else [])
        missing = tuple(name for name in WANTED if name not in self._lines)
        ordered = sorted(self._lines, key=lambda name: (name not in ("title", "body"), name == "attrs"))
        return GuessedFields(
            lines={name: self._lines[name] for name in ordered}, markers=tuple(self._markers), missing=missing
        )

    def _title(self) -> list[Any]:
        """Where the title stands: the words of the list, else the first heading that differs from page to page."""
        found = [_said(page, sample.title) for page, sample in zip(self._pages, self._samples, strict=True)]
        nodes = [one for one in found if one is not None]
        css = common_anchor(self._pages, nodes) if len(nodes) == len(self._pages) else ""
        if (not css or "nth-of-type" in css) and self._labelled("title", _TITLE_LABELS, "need: required"):
            return nodes
        if not css:
            headings = ("h1", "h2", "h3", "[class*=title]", "[id*=title]")
            css = next((one for one in headings if self._differs(f"{{css: {quoted(one)}}}")), "")
            nodes = [page.css(css)[0].root for page in self._pages] if css else []
        if css:
            self._markers.append(css)
            self._lines["title"] = f"{{from: [{{css: {quoted(css)}}}], do: [text, first], need: required}}"
        else:
            # The window's title, without the site's name behind it.
            pick = "{css: title, do: [text, {re: '^(.+?)(?:\\s*[-_|—–].*)?$'}]}"
            if self._differs(pick):
                self._lines["title"] = f"{{from: [{pick}], need: required}}"
        return nodes

    def _body(self, titles: Sequence[Any]) -> list[Any]:
        """Where the words of the posting stand: the longest block that no other page has."""
        if self._labelled("body", _BODY_LABELS, "need: required"):
            return []
        leaves = [
            [(leaf, visible_text(_node(leaf))) for leaf in leaf_blocks(page) if not is_chrome(leaf)]
            for page in self._pages
        ]
        bodies = []
        for number, mine in enumerate(leaves):
            others = {text for place, one in enumerate(leaves) if place != number for _leaf, text in one} | self._chrome
            title = titles[number] if titles else None
            own = [
                (leaf, text)
                for leaf, text in mine
                if text not in others and leaf is not title and len(text) >= _LEAST_BODY
            ]
            if not own:
                return self._running_text()
            bodies.append(max(own, key=lambda pair: len(pair[1]))[0])
        whole = [_container(body, titles[number] if titles else None) for number, body in enumerate(bodies)]
        for nodes in (whole, bodies):
            css = common_anchor(self._pages, nodes)
            if css:
                self._markers.append(css)
                self._lines["body"] = (
                    f"{{from: [{{css: {quoted(css)}}}, {{main: true}}], do: [text, first], need: required}}"
                )
                return nodes
        # Paragraphs beside the title: all of them.
        parents = [body.getparent() for body in bodies]
        css = common_anchor(self._pages, parents)
        if css and all(body.tag == bodies[0].tag for body in bodies):
            css = f"{css} > {bodies[0].tag}"
            self._markers.append(css)
            self._lines["body"] = f'{{from: [{{css: {quoted(css)}, do: [text, {{join: "\\n"}}]}}], need: required}}'
            return parents
        return self._running_text()

    def _running_text(self) -> list[Any]:
        pick = "{main: true}"
        if self._differs(pick):
            self._lines["body"] = f"{{from: [{pick}], need: required}}"
        return []

    def _scope(self, titles: Sequence[Any], bodies: Sequence[Any]) -> str:
        """CSS of what holds the posting and little else."""
        if titles and bodies:
            tops = [common_ancestor(pair) for pair in zip(titles, bodies, strict=True)]
            css = common_anchor(self._pages, tops)
            if css and all(top.tag not in ("body", "html") for top in tops):
                return css
        return "body"

    def _plain(self, name: str, scope: str) -> None:
        """One field: by the label of the page's table, by a class that names it, by a label in the text."""
        steps = _STEPS.get(name, "")
        after = f", do: {steps}" if steps else ""
        picks = []
        if "attrs" in self._lines:
            picks.append(f"{{label: [{', '.join(LABELS[name])}]{after}}}")
        picks += [f"{{css: {quoted(css)}, do: {self._cleaned(name)}}}" for css in self._named(name, scope)]
        words = "|".join(LABELS[name])
        outside = "" if scope != "body" else "{drop: [header, footer, nav, aside]}, "
        label = f"{{re: '(?:{words})(?:\\s*[:：]\\s*|\\s*\\n\\s*)([^\\n]{{1,40}})'}}"
        last = steps[1:-1].removeprefix("text, ")
        picks.append(f"{{css: {quoted(scope)}, do: [{outside}text, {label}{', ' + last if last else ''}]}}")
        if name in ("fee", "phone") and "body" in self._lines:
            picks.append(f"{{field: body, do: [{name}]}}")
        if name == "posted_at":
            day = "{re: '((?:19|20)\\d\\d[-/.年]\\d{1,2}[-/.月]\\d{1,2}日?(?:\\s+\\d{1,2}:\\d{2}(?::\\d{2})?)?)'}"
            picks += ["{css: time, attr: datetime}", f"{{css: {quoted(scope)}, do: [{outside}text, {day}]}}"]
        self._keep(name, picks)

    def _cleaned(self, name: str) -> str:
        steps = _STEPS.get(name, "[text]")
        return steps if name in _STEPS else "[text, {strip_prefix: '[^:：\\d]{1,8}[:：]\\s*'}]"

    def _named(self, name: str, scope: str) -> Iterator[str]:
        """CSS of nodes whose class or id names the field, one at least on every page."""
        pattern = re.compile(_CLASSES[name], re.I)
        root = self._pages[0].css(scope)[:1]
        for node in root[0].root.iter() if root else ():
            said = f"{node.get('class') or ''} {node.get('id') or ''}" if isinstance(node.tag, str) else ""
            if said.strip() and pattern.search(said) and len(visible_text(_node(node))) <= 60:
                css = common_anchor(self._pages[:1], [node])
                if css:
                    yield css

    def _keep(self, name: str, picks: Sequence[str]) -> None:
        """Those picks that read something fitting, each on a page where the ones before read nothing."""
        if name in self._lines:
            return
        kept: list[str] = []
        read: set[int] = set()
        for pick in picks:
            values = self._values(name, f"{{from: [{pick}]}}")
            said = {number for number, value in enumerate(values) if value}
            new = {number for number in said if self._fits(name, values[number], number)}
            if new - read and not (said - new) - read and not self._is_chrome(values):
                kept.append(pick)
                read |= new
        if kept:
            self._lines[name] = f"{{from: [{', '.join(kept)}]}}"

    def _fits(self, name: str, value: str, number: int) -> bool:
        return name not in _FITS or _FITS[name](value, self._samples[number].at)

    def _is_chrome(self, values: Sequence[str]) -> bool:
        """Do all pages say the same, and the list too: the site's own telephone, today's date?"""
        return len(values) > 1 and len(set(values)) == 1 and any(values[0] in line for line in self._chrome)

    def _table(self) -> str:
        """A table of labels and values: one whose labels people use come again on every page."""
        known = {label for labels in (*LABELS.values(), _TITLE_LABELS, _BODY_LABELS) for label in labels}
        best, most = "", 1
        for rows, key, value in _TABLES:
            line = f"{{from: [{{label: {{rows: {quoted(rows)}, key: {quoted(key)}, value: {quoted(value)}}}}}]}}"
            rule = _rule("attrs", line)
            tables = [self._read(number, {"attrs": rule}).attrs for number in range(len(self._pages))]
            shared = sum(sum(label in one for one in tables) * 2 >= len(tables) for label in known)
            if shared > most:
                best, most = line, shared
        return best

    def _labelled(self, name: str, labels: Sequence[str], need: str) -> bool:
        """Is the field in the page's table?"""
        if "attrs" not in self._lines:
            return False
        found = [label for label in labels if all(self._values(name, f"{{from: [{{label: [{label}]}}]}}"))]
        if not found:
            return False
        self._lines[name] = f"{{from: [{{label: [{', '.join(found)}]}}], {need}}}"
        if name == "body":
            css = self._lines["attrs"].split("rows: ")[1].split(", key")[0].strip("'")
            self._markers.append(css)
        return True

    def _differs(self, pick: str) -> bool:
        values = self._values("title", f"{{from: [{pick}], do: [text, first]}}")
        return all(values) and len(set(values)) == len(values)

    def _values(self, name: str, line: str) -> list[str]:
        rules = {name: _rule(name, line)}
        if "attrs" in self._lines:
            rules["attrs"] = _rule("attrs", self._lines["attrs"])
        if name != "body" and "body" in self._lines:
            rules["body"] = _rule("body", self._lines["body"])
        found = [self._read(number, rules) for number in range(len(self._pages))]
        if name == "posted_at":
            return [one.raw_date for one in found]
        if name == "images":
            return [next(iter(one.images), "") for one in found]
        return [one.values.get(name, "") for one in found]

    def _read(self, number: int, rules: dict[str, FieldRule]) -> Any:
        sample = self._samples[number]
        context = PageContext(url=sample.view.url, fetched_at=sample.at, text=sample.view.text)
        return extract_from(sample.view.selector, replace(self._base, fields=rules), context)


def _rule(name: str, line: str) -> FieldRule:
    given = FIELD.read(parse_tree(line.encode(), "guess"))
    return FieldRule(name=name, picks=given["from"], steps=given.get("do", ()))


def _said(page: Any, title: str) -> Any:
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
    text = visible_text(_node(node))
    return text == wanted or (cut and text.startswith(wanted) and len(text) < len(wanted) + 60 and "\n" not in text)


def _container(body: Any, title: Any) -> Any:
    """The parent of a paragraph, unless it holds more than the body: then the paragraph."""
    parent = body.getparent()
    if body.tag != "p" or parent is None or parent.tag in ("body", "html"):
        return body
    return body if title is not None and parent in (title, *title.iterancestors()) else parent


def _node(element: Any) -> Any:
    return Selector(root=element, type="html")


def quoted(text: str) -> str:
    """A text as YAML writes it, in single quotes where it needs them."""
    return text if re.match(r"[a-z][a-z0-9.]*\Z", text) else "'" + text.replace("'", "''") + "'"
