"""Fields read off a page by its recipe: alternatives in order, transforms of a closed list, nothing guessed."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import Any

from parsel import Selector

from crawlers.dates import parse_date
from crawlers.embedded import json_ld, json_text, main_text, read_json, search
from crawlers.lookups import Lookups
from crawlers.obfuscated import NUMBERS, is_unreadable
from crawlers.page_state import script_values
from crawlers.recipe import FieldRule, Label, Pick, Recipe
from crawlers.states import PageView, make_selector
from crawlers.steps import PageContext, Value, attr_of, run_steps, string_of
from crawlers.visible import visible_text
from pipelines.evidence.words import FIELDS
from pipelines.records import ExtractedListing, Image

MAX_FIELD = 20_000
MAX_PAIRS = 60
#: Label under which a posting says what could not be read off its page.
UNREADABLE = "读不到的字段"
_MASK = re.compile(r"[Xx*＊]")
_LABEL_JUNK = re.compile(r"[\s:：*＊]+")


@dataclass(frozen=True, kw_only=True)
class Extracted:
    """Fields as read: one string each, `attrs` as pairs, `images` as URLs."""

    values: dict[str, str] = field(default_factory=dict)
    attrs: dict[str, str] = field(default_factory=dict)
    images: tuple[str, ...] = ()
    posted_at: datetime | None = None
    #: Required fields that were not found.
    missing: tuple[str, ...] = ()
    #: Fields whose figures the page draws with a font of its own.
    unreadable: tuple[str, ...] = ()
    #: The words of the date, whether or not it could be read.
    raw_date: str = ""

    @property
    def is_posting(self) -> bool:
        """Is every required field there, and anything to read at all?"""
        return not self.missing and bool(self.values.get("title") or self.values.get("body") or self.images)


def extract(text: str, recipe: Recipe, context: PageContext) -> Extracted:
    """All fields of the recipe. Fields the recipe's privacy drops are not even read."""
    return extract_from(make_selector(text), recipe, replace(context, text=text))


def extract_from(page: Selector, recipe: Recipe, context: PageContext, *, lookups: Lookups | None = None) -> Extracted:
    """As `extract`, from a parsed page; `lookups` when something was looked for on it already."""
    reader = _Reader(lookups or Lookups(page), recipe, context)
    missing = tuple(rule.name for rule in recipe.fields.values() if rule.required and not reader.value(rule.name))
    names = [name for name in recipe.fields if name not in ("attrs", "images", "posted_at")]
    values = {name: reader.value(name) for name in names}
    raw_date = reader.value("posted_at")
    date = parse_date(raw_date, context.fetched_at) if raw_date else None
    return Extracted(
        values={name: _private(value, recipe.privacy.get(name)) for name, value in values.items() if value},
        attrs=_private_pairs(reader.attrs(), recipe),
        images=tuple(dict.fromkeys(reader.many("images"))),
        posted_at=date.moment if date else None,
        missing=missing,
        unreadable=tuple(sorted(reader.unreadable)),
        raw_date=raw_date,
    )


def to_listing(found: Extracted, recipe: Recipe, *, key: str, url: str) -> ExtractedListing:
    """The record ingest takes; contacts stay in clear until there."""
    values = found.values
    fields = dict(found.attrs)
    if found.unreadable:
        names = "、".join(FIELDS[name] for name in found.unreadable)
        fields[UNREADABLE] = f"{names}（网页用自带字体显示数字，请看截图）"
    if values.get("org") and values["org"] not in fields.values():
        fields["机构"] = values["org"]
    contacts = tuple(
        value for name in ("phone", "wechat") for value in [values.get(name, "")] if value and not _MASK.search(value)
    )
    return ExtractedListing(
        source=recipe.name,
        key=key,
        url=url,
        title=values.get("title", "")[:500],
        text=values.get("body", "")[:MAX_FIELD],
        fields=fields,
        images=tuple(Image(url=image, blob=None) for image in found.images),
        price_raw=values.get("fee", "")[:200],
        district=values.get("district", "")[:100],
        poster=values.get("author", "")[:100],
        contacts=contacts,
        posted_at=found.posted_at,
        platform=recipe.platform,
        visibility=recipe.visibility,
    )


@dataclass(frozen=True)
class JsonNode:
    """A value inside a page that is JSON."""

    value: Any


class Rows:
    """The rows of a list page and the cells a ListRule reads off each."""

    def __init__(self, view: PageView, context: PageContext, *, scripted: bool = False) -> None:
        """`scripted`: the JSON of the page is what its scripts hold, one value after the other."""
        self._page = view.selector
        self._context = context
        self._scripted = scripted

    @cached_property
    def _json(self) -> JsonNode:
        return JsonNode(self.data)

    @cached_property
    def data(self) -> Any:
        """The value of a page that is JSON, or all that the scripts of the page hold; None when there is none."""
        return (list(script_values(self._page)) or None) if self._scripted else read_json(self._context.text)

    def select(self, pick: Pick | None) -> list[Selector | JsonNode]:
        """The rows: nodes of the page, or objects of its JSON."""
        if pick is None:
            return []
        if pick.jmes is not None:
            return [JsonNode(item) for item in search(pick.jmes, self._json.value)]
        return [value for value in _select(pick, self._page) if isinstance(value, Selector)]

    def holds(self, row: Selector | JsonNode, css: str) -> bool:
        """Is there such a node in a row?"""
        return isinstance(row, Selector) and bool(row.css(css))

    def one(self, pick: Pick | None, row: Selector | JsonNode | None = None) -> str:
        """The first non-empty string a pick yields, in a row or on the page."""
        if pick is None:
            return ""
        if pick.jmes is not None:
            node = row if isinstance(row, JsonNode) else self._json
            found: list[Value] = [json_text(item) for item in search(pick.jmes, node.value)]
        elif isinstance(row, JsonNode):
            found = [pick.const] if pick.const is not None else []
        else:
            found = _select(pick, self._page if row is None else row)
        values = run_steps(pick.steps, found, self._context)
        return next((text for value in values if (text := string_of(value))), "")


class _Reader:
    """Reads each field once, on demand, so that fields may refer to each other."""

    def __init__(self, lookups: Lookups, recipe: Recipe, context: PageContext) -> None:
        self._page = lookups.page
        self._lookups = lookups
        self._recipe = recipe
        self._context = context
        self._found: dict[str, list[str]] = {}
        self._attrs: dict[str, str] | None = None
        #: Figure fields whose signs mean something else than they are.
        self.unreadable: set[str] = set()

    @cached_property
    def _json(self) -> Any:
        return read_json(self._context.text)

    @cached_property
    def _json_ld(self) -> list[dict[str, Any]]:
        return json_ld(self._page)

    def value(self, name: str) -> str:
        return next(iter(self.many(name)), "")

    def many(self, name: str) -> list[str]:
        """All values of a field, empty ones left out; [] when the recipe has no such field or drops it."""
        if name not in self._found:
            # A field that refers to itself through others finds nothing, instead of recursing.
            self._found[name] = []
            rule = self._recipe.fields.get(name)
            if rule is not None and self._recipe.privacy.get(name) != "drop":
                self._found[name] = self._read(rule)
        return self._found[name]

    def attrs(self) -> dict[str, str]:
        """The page's own label/value table; {} when the recipe drops it."""
        if self._attrs is None:
            rule = None if self._recipe.privacy.get("attrs") == "drop" else self._recipe.fields.get("attrs")
            self._attrs = {}
            for pick in rule.picks if rule else ():
                if pick.label is not None and not self._attrs:
                    self._attrs = _pairs(self._lookups, pick.label)
        return self._attrs

    def _read(self, rule: FieldRule) -> list[str]:
        for pick in rule.picks:
            source = self._source(pick)
            if rule.name in NUMBERS and self._is_unreadable(pick, source):
                self.unreadable.add(rule.name)
                return []
            values = run_steps([*pick.steps, *rule.steps], source, self._context)
            strings = [text[:MAX_FIELD] for value in values if (text := string_of(value))]
            if strings:
                return strings
        return []

    def _is_unreadable(self, pick: Pick, source: list[Value]) -> bool:
        texts = (string_of(value) for value in source)
        return any(is_unreadable(text, self._page, running_text=pick.field is not None) for text in texts)

    def _source(self, pick: Pick) -> list[Value]:
        if pick.labels:
            attrs = self.attrs()
            return list[Value](attrs[label] for label in pick.labels if label in attrs)[:1]
        if pick.field is not None:
            return list[Value](self.many(pick.field))
        if pick.jmes is not None:
            return [json_text(item) for item in search(pick.jmes, self._json)]
        if pick.jsonld is not None:
            each = (search(pick.jsonld, item) for item in self._json_ld)
            return [json_text(item) for item in next((found for found in each if found), [])]
        if pick.url is not None:
            match = pick.url.search(self._context.url)
            return [group for group in match.groups() if group][:1] if match else []
        if pick.main:
            return [main_text(self._context.text, self._page)] if self._context.text else []
        return _select(pick, self._lookups)


def _select(pick: Pick, scope: Selector | Lookups) -> list[Value]:
    if pick.const is not None:
        return [pick.const]
    if pick.css is not None:
        nodes: list[Selector] = list(scope.css(pick.css))
        return [value for node in nodes for value in attr_of(node, pick.attr)] if pick.attr else list(nodes)
    if pick.xpath is not None:
        return list(scope.xpath(pick.xpath))
    return []


def _pairs(page: Lookups, label: Label) -> dict[str, str]:
    found: dict[str, str] = {}
    for row in page.css(label.rows):
        keys, values = row.css(label.key), row.css(label.value)
        if not keys or not values:
            continue
        key = _LABEL_JUNK.sub("", visible_text(keys[0]))[:30]
        value = visible_text(values[0])[:1000]
        if key and value and key not in found and len(found) < MAX_PAIRS:
            found[key] = value
    return found


def _private_pairs(attrs: dict[str, str], recipe: Recipe) -> dict[str, str]:
    """The table without what dropped and hashed fields are read from, and masked where masked ones are: it would tell
    it all."""
    modes: dict[str, str] = {}
    for name, mode in recipe.privacy.items():
        rule = recipe.fields.get(name)
        for label in (label for pick in (rule.picks if rule else ()) for label in pick.labels):
            if mode != "keep" and modes.get(label) != "drop":
                modes[label] = mode
    gone = ("drop", "hash")
    return {label: _private(value, modes.get(label)) for label, value in attrs.items() if modes.get(label) not in gone}


def _private(value: str, mode: str | None) -> str:
    """`mask` keeps enough to recognise, not enough to call."""
    if mode != "mask" or len(value) < 2:
        return value
    if len(value) >= 7:
        return value[:3] + "*" * (len(value) - 7) + value[-4:]
    return value[0] + "*" * (len(value) - 1)
