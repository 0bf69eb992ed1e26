"""Fields of postings no engine knows, guessed from a few pages of one template: each guess is a pick of a recipe that
was tried on those pages. What reads nothing there is not written down."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from crawlers.anchors import (
    common_ancestor,
    common_anchor,
    container_of,
    is_chrome,
    leaf_blocks,
    node_of,
    node_saying,
)
from crawlers.body_block import agreed_block, body_weight
from crawlers.dates import parse_date
from crawlers.extract import extract_from
from crawlers.fees import parse_fee
from crawlers.field_words import BODY_LABELS, CLASSES, LABELS, STEPS, TABLES, TITLE_LABELS
from crawlers.reader.page_blocks import FIELD
from crawlers.recipe import FieldRule, Recipe
from crawlers.states import PageView
from crawlers.steps import PageContext
from crawlers.visible import visible_text
from crawlers.yaml_tree import parse_tree

_FITS: dict[str, Callable[[str, datetime | None], bool]] = {
    "fee": lambda text, _at: parse_fee(text) is not None,
    "posted_at": lambda text, at: parse_date(text, at) is not None,
    "author": lambda text, _at: len(text) <= 20 and not re.search("[:：]", text),
    "district": lambda text, _at: bool(re.search(r"[区县旗镇乡村]|街道", text)),
    "org": lambda text, _at: 3 <= len(text) <= 40,
}
_LEAST_BODY = 8
#: A character of a value: up to the line's end, a bar, or the next label of the line, those without a colon too.
_VALUE = r"(?:(?!\s*[|｜]|[\s,，;；]+[^\s\d:：,，;；]{1,8}[:：]|\s+(?:发表于|发布于|来自|浏览|阅读|回复))[^\n])"


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
WANTED = ("title", "body", "fee", "phone", "posted_at", "district", "author")


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
        found = [node_saying(page, sample.title) for page, sample in zip(self._pages, self._samples, strict=True)]
        nodes = [one for one in found if one is not None]
        css = common_anchor(self._pages, nodes) if len(nodes) == len(self._pages) else ""
        if (not css or "nth-of-type" in css) and self._labelled("title", TITLE_LABELS, "need: required"):
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
        """Where the words of the posting stand: the block that no other page has with the most running text; a line of
        date, author and place is longer than many an advertisement."""
        if self._labelled("body", BODY_LABELS, "need: required"):
            return []
        leaves = [
            [(leaf, visible_text(node_of(leaf))) for leaf in leaf_blocks(page) if not is_chrome(leaf)]
            for page in self._pages
        ]
        bodies, owns = [], []
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
            bodies.append(max(own, key=lambda pair: body_weight(*pair))[0])
            owns.append({leaf: body_weight(leaf, text) for leaf, text in own})
        whole = [container_of(body, titles[number] if titles else None) for number, body in enumerate(bodies)]
        for nodes in (whole, bodies, agreed_block(self._pages, owns)):
            css = common_anchor(self._pages, nodes) if nodes else ""
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
        steps = STEPS.get(name, "")
        after = f", do: {steps}" if steps else ""
        picks = []
        if "attrs" in self._lines:
            picks.append(f"{{label: [{', '.join(LABELS[name])}]{after}}}")
        picks += [f"{{css: {quoted(css)}, do: {self._cleaned(name)}}}" for css in self._named(name, scope)]
        words = "|".join(LABELS[name])
        outside = "" if scope != "body" else "{drop: [header, footer, nav, aside]}, "
        label = f"{{re: '(?:{words})(?:\\s*[:：]\\s*|\\s*\\n\\s*)({_VALUE}{{1,40}})'}}"
        last = steps[1:-1].removeprefix("text, ")
        picks.append(f"{{css: {quoted(scope)}, do: [{outside}text, {label}{', ' + last if last else ''}]}}")
        if name in ("fee", "phone") and "body" in self._lines:
            picks.append(f"{{field: body, do: [{name}]}}")
        if name == "posted_at":
            day = "{re: '((?:19|20)\\d\\d[-/.年]\\d{1,2}[-/.月]\\d{1,2}日?(?:\\s+\\d{1,2}:\\d{2}(?::\\d{2})?)?)'}"
            picks += ["{css: time, attr: datetime}", f"{{css: {quoted(scope)}, do: [{outside}text, {day}]}}"]
        self._keep(name, picks)

    def _cleaned(self, name: str) -> str:
        steps = STEPS.get(name, "[text]")
        return steps if name in STEPS else "[text, {strip_prefix: '[^:：\\d]{1,8}[:：]\\s*'}]"

    def _named(self, name: str, scope: str) -> Iterator[str]:
        """CSS of nodes whose class or id names the field, one at least on every page."""
        pattern = re.compile(CLASSES[name], re.I)
        root = self._pages[0].css(scope)[:1]
        for node in root[0].root.iter() if root else ():
            said = f"{node.get('class') or ''} {node.get('id') or ''}" if isinstance(node.tag, str) else ""
            if said.strip() and pattern.search(said) and len(visible_text(node_of(node))) <= 60:
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
        known = {label for labels in (*LABELS.values(), TITLE_LABELS, BODY_LABELS) for label in labels}
        best, most = "", 1
        for rows, key, value in TABLES:
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


def quoted(text: str) -> str:
    """A text as YAML writes it, in single quotes where it needs them."""
    return text if re.match(r"[a-z][a-z0-9.]*\Z", text) else "'" + text.replace("'", "''") + "'"
