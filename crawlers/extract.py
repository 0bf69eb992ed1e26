"""Fields read off a page by its recipe: alternatives in order, transforms of a closed list, nothing guessed."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import Any
from urllib.parse import urljoin, urlsplit

from lxml import etree
from parsel import Selector
from parsel.csstranslator import HTMLTranslator

from crawlers.dates import parse_date
from crawlers.embedded import json_ld, json_text, main_text, read_json, search
from crawlers.fees import parse_fee
from crawlers.obfuscated import NUMBERS, is_unreadable
from crawlers.recipe import FieldRule, Label, Pick, Recipe, Step
from crawlers.states import NO_XML, PageView, make_selector
from crawlers.visible import tidy, visible_text
from pipelines.records import ExtractedListing, Image

MAX_FIELD = 20_000
MAX_PAIRS = 60
#: Label under which a posting says what could not be read off its page.
UNREADABLE = "读不到的字段"
_NUMBER_NAMES = {"fee": "费用", "phone": "电话", "posted_at": "发布时间", "wechat": "微信"}
_PHONE = re.compile(
    r"(?<![\d.])(?:\+?86[- ]?)?(1[3-9]\d(?:[ -]?[\dXx*＊]{4}){2}|0\d{2,3}[- ]?\d{7,8}|400[- ]?\d{3}[- ]?\d{4})(?![\d])"
)
#: Where lazy pages keep the real address of a picture, before the one that is shown.
_IMAGE_ATTRS = "zoomfile|file|data-original|data-src|src"
_MASK = re.compile(r"[Xx*＊]")
_AREA = re.compile(r"[一-鿿]{1,8}?(?:新区|开发区|区|县|旗|镇)")
_LABEL_JUNK = re.compile(r"[\s:：*＊]+")
_PREFIX_AREA = re.compile(r"^.*?(?:省|自治区|市)(?=.)")

Value = Selector | str


@dataclass(frozen=True, kw_only=True)
class PageContext:
    """What extraction needs to know beside the page itself."""

    url: str
    #: None when nobody knows (saved pages).
    fetched_at: datetime | None
    #: The page as text, for what no selector reaches (JSON, running text).
    text: str = ""


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


def extract_from(page: Selector, recipe: Recipe, context: PageContext) -> Extracted:
    """As `extract`, from a parsed page."""
    reader = _Reader(page, recipe, context)
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
        names = "、".join(_NUMBER_NAMES[name] for name in found.unreadable)
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

    def __init__(self, view: PageView, context: PageContext) -> None:
        self._page = view.selector
        self._context = context

    @cached_property
    def _json(self) -> JsonNode:
        return JsonNode(read_json(self._context.text))

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
        values = _run(pick.steps, found, self._context)
        return next((text for value in values if (text := _string(value))), "")


class _Reader:
    """Reads each field once, on demand, so that fields may refer to each other."""

    def __init__(self, page: Selector, recipe: Recipe, context: PageContext) -> None:
        self._page = page
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
                    self._attrs = _pairs(self._page, pick.label)
        return self._attrs

    def _read(self, rule: FieldRule) -> list[str]:
        for pick in rule.picks:
            source = self._source(pick)
            if rule.name in NUMBERS and self._is_unreadable(pick, source):
                self.unreadable.add(rule.name)
                return []
            values = _run([*pick.steps, *rule.steps], source, self._context)
            strings = [text[:MAX_FIELD] for value in values if (text := _string(value))]
            if strings:
                return strings
        return []

    def _is_unreadable(self, pick: Pick, source: list[Value]) -> bool:
        texts = (_string(value) for value in source)
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
        return _select(pick, self._page)


def _select(pick: Pick, scope: Selector) -> list[Value]:
    if pick.const is not None:
        return [pick.const]
    if pick.css is not None:
        nodes: list[Selector] = list(scope.css(pick.css))
        return [value for node in nodes for value in _attr(node, pick.attr)] if pick.attr else list(nodes)
    if pick.xpath is not None:
        return list(scope.xpath(pick.xpath))
    return []


def _pairs(page: Selector, label: Label) -> dict[str, str]:
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


def _run(steps: Sequence[Step], values: list[Value], context: PageContext) -> list[Value]:
    for step in steps:
        values = _STEPS[step.name](values, step, context)
    return values


def _string(value: Value) -> str:
    return visible_text(value) if isinstance(value, Selector) else tidy(value)


def _attr(node: Selector, names: str) -> list[Value]:
    """The first of `a|b|c` that the node has."""
    for name in names.split("|"):
        value = node.attrib.get(name)
        if value and value.strip():
            return [value.strip()]
    return []


def _drop(values: list[Value], step: Step, _context: PageContext) -> list[Value]:
    """The nodes without the parts that match; the page itself stays as it is."""
    kept: list[Value] = []
    for value in values:
        if not isinstance(value, Selector) or not isinstance(value.root, etree._Element):
            kept.append(value)
            continue
        root = copy.deepcopy(value.root)
        # deepcopy takes the tail along; it belongs to the parent.
        root.tail = None
        clone = Selector(root=root, type="html")
        for css in step.arg:
            for node in clone.css(css):
                _remove(node.root)
        kept.append(clone)
    return kept


def _remove(element: etree._Element) -> None:
    parent = element.getparent()
    if parent is None:
        return
    before = element.getprevious()
    tail = NO_XML.sub("", element.tail or "")
    if before is not None:
        before.tail = NO_XML.sub("", before.tail or "") + tail
    else:
        parent.text = NO_XML.sub("", parent.text or "") + tail
    parent.remove(element)


def _keep(values: list[Value], step: Step, _context: PageContext) -> list[Value]:
    """Only the parts that match, in the order of the page; a part inside another counts once."""
    kept: list[Value] = []
    for value in values:
        if isinstance(value, Selector) and isinstance(value.root, etree._Element):
            parts = value.xpath(" | ".join(HTMLTranslator().css_to_xpath(css) for css in step.arg))
            inside = {node for part in parts for node in part.root.iterdescendants()}
            kept += [part for part in parts if part.root not in inside]
    return kept


def _html(values: list[Value], _step: Step, _context: PageContext) -> list[Value]:
    """Texts that are HTML (as JSON interfaces give them), as nodes."""
    return [value if isinstance(value, Selector) else make_selector(value) for value in values]


def _images(values: list[Value], _step: Step, context: PageContext) -> list[Value]:
    """The whole addresses of all pictures in the nodes: what lazy pages hold back included."""
    found: list[Value] = []
    for value in values:
        nodes = value.css("img") if isinstance(value, Selector) else []
        for node in nodes:
            found += [url for source in _attr(node, _IMAGE_ATTRS) if (url := _abs_url(str(source), _step, context))]
    return found


def _map(work: Callable[[str, Step, PageContext], str]) -> Callable[[list[Value], Step, PageContext], list[Value]]:
    def run(values: list[Value], step: Step, context: PageContext) -> list[Value]:
        return [result for value in values if (result := work(_string(value), step, context))]

    return run


def _regex(text: str, step: Step, _context: PageContext) -> str:
    match = step.arg.search(text)
    return next((group for group in match.groups() if group), "") if match else ""


def _strip_prefix(text: str, step: Step, _context: PageContext) -> str:
    match = step.arg.match(text)
    return text[match.end() :].strip() if match else text


def _abs_url(text: str, _step: Step, context: PageContext) -> str:
    try:
        url = urljoin(context.url, text)
        return url if urlsplit(url).scheme in ("http", "https") else ""
    except ValueError:
        return ""


def _date(text: str, _step: Step, context: PageContext) -> str:
    found = parse_date(text, context.fetched_at)
    return found.moment.isoformat() if found else ""


def _fee(text: str, _step: Step, _context: PageContext) -> str:
    """The words of the fee: a short field whole, out of running text only the fee itself."""
    found = parse_fee(text)
    if found is None:
        return ""
    return text if len(text) <= 40 and "\n" not in text else found.raw


def _phone(text: str, _step: Step, _context: PageContext) -> str:
    match = _PHONE.search(text)
    return match.group(1) if match else ""


def _money(text: str, _step: Step, _context: PageContext) -> str:
    """The lowest amount a fee names, in yuan: ￥1.2万 → 12000."""
    found = parse_fee(text)
    return f"{found.low:.15g}" if found is not None and found.low is not None else ""


def _lookup(text: str, step: Step, _context: PageContext) -> str:
    """The word of the map; a word it lacks stays as it is."""
    return str(step.arg.get(text, text))


def _area(text: str, _step: Step, _context: PageContext) -> str:
    """The district of a place: 浙江 杭州 西湖区 → 西湖区."""
    flat = re.sub(r"\s+", "", _PREFIX_AREA.sub("", text) or text)
    match = _AREA.search(_PREFIX_AREA.sub("", text)) or _AREA.search(flat)
    return match.group() if match else text[:30]


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


_STEPS: dict[str, Callable[[list[Value], Step, PageContext], list[Value]]] = {
    "text": lambda values, _step, _context: [_string(value) for value in values],
    "attr": lambda values, step, _context: [
        found for value in values if isinstance(value, Selector) for found in _attr(value, step.arg)
    ],
    "html": _html,
    "drop": _drop,
    "keep": _keep,
    "images": _images,
    "map": _map(_lookup),
    "money": _map(_money),
    "re": _map(_regex),
    "strip_prefix": _map(_strip_prefix),
    "abs_url": _map(_abs_url),
    "split": lambda values, step, _context: [part for value in values for part in _string(value).split(step.arg)],
    "join": lambda values, step, _context: [step.arg.join(_string(value) for value in values)] if values else [],
    "first": lambda values, _step, _context: values[:1],
    "all": lambda values, _step, _context: values,
    "date": _map(_date),
    "fee": _map(_fee),
    "phone": _map(_phone),
    "area": _map(_area),
    "int": _map(lambda text, _step, _context: re.sub(r"\D", "", text)),
}
