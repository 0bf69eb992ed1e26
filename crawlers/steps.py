"""The transforms a recipe may name: a closed list, each a function from values to values; nothing else is run."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from urllib.parse import urljoin, urlsplit

from lxml import etree
from parsel import Selector
from parsel.csstranslator import HTMLTranslator

from crawlers.dates import parse_date
from crawlers.districts import district_in
from crawlers.fees import parse_fee
from crawlers.recipe import Step
from crawlers.states import NO_XML, make_selector
from crawlers.visible import tidy, visible_text

_PHONE = re.compile(
    r"(?<![\d.])(?:\+?86[- ]?)?(1[3-9]\d(?:[ -]?[\dXx*＊]{4}){2}|0\d{2,3}[- ]?\d{7,8}|400[- ]?\d{3}[- ]?\d{4})(?![\d])"
)
#: Where lazy pages keep the real address of a picture, before the one that is shown.
_IMAGE_ATTRS = "zoomfile|file|data-original|data-src|src"
_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")
#: Pseudo-classes but one, and siblings.
_PLACE = re.compile(r":(?!contains\()|[+~](?!=)")
_AREA = re.compile(r"[一-鿿]{1,8}?(?:新区|开发区|区|县|旗|镇)")
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


def run_steps(steps: Sequence[Step], values: list[Value], context: PageContext) -> list[Value]:
    """The values after all steps in their order."""
    for step in steps:
        values = _STEPS[step.name](values, step, context)
    return values


def string_of(value: Value) -> str:
    """What a value says: the visible text of a node, a text tidied."""
    return visible_text(value) if isinstance(value, Selector) else tidy(value)


def attr_of(node: Selector, names: str) -> list[Value]:
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
        if not any(map(_by_place, step.arg)) and not value.xpath(_path_to(tuple(step.arg))):
            kept.append(value)  # nothing to drop, as on most pages, and so nothing to copy
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


@lru_cache(maxsize=1024)
def _by_place(css: str) -> bool:
    """May what stands around a node decide whether it is one? A copy of the node has lost that."""
    return _PLACE.search(_QUOTED.sub("", css)) is not None


@lru_cache(maxsize=1024)
def _path_to(parts: tuple[str, ...]) -> str:
    """One path to all of the parts."""
    return " | ".join(HTMLTranslator().css_to_xpath(css) for css in parts)


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
            parts = value.xpath(_path_to(tuple(step.arg)))
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
            found += [url for source in attr_of(node, _IMAGE_ATTRS) if (url := _abs_url(str(source), _step, context))]
    return found


def _map(work: Callable[[str, Step, PageContext], str]) -> Callable[[list[Value], Step, PageContext], list[Value]]:
    def run(values: list[Value], step: Step, context: PageContext) -> list[Value]:
        return [result for value in values if (result := work(string_of(value), step, context))]

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
    return text if len(text) <= 40 and not re.search(r"[\n，。；！]", text) else found.raw


def find_phone(text: str) -> str:
    """The first telephone number in a text, as it is written; '' when there is none."""
    match = _PHONE.search(text)
    return match.group(1) if match else ""


def _phone(text: str, _step: Step, _context: PageContext) -> str:
    return find_phone(text)


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


_STEPS: dict[str, Callable[[list[Value], Step, PageContext], list[Value]]] = {
    "text": lambda values, _step, _context: [string_of(value) for value in values],
    "attr": lambda values, step, _context: [
        found for value in values if isinstance(value, Selector) for found in attr_of(value, step.arg)
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
    "split": lambda values, step, _context: [part for value in values for part in string_of(value).split(step.arg)],
    "join": lambda values, step, _context: [step.arg.join(string_of(value) for value in values)] if values else [],
    "first": lambda values, _step, _context: values[:1],
    "all": lambda values, _step, _context: values,
    "date": _map(_date),
    "fee": _map(_fee),
    "phone": _map(_phone),
    "area": _map(_area),
    "district": _map(lambda text, _step, _context: district_in(text)),
    "int": _map(lambda text, _step, _context: re.sub(r"\D", "", text)),
}
