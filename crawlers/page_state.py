"""The posting inside the data a page carries for its own scripts (`window.__INITIAL_STATE__ = {…}` and the like).

Such a page shows nothing, or little, until its scripts have run; what they would show is in its bytes. Only what is
there once is taken for the posting: the entries of a list (comments, recommendations) are not.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import unquote

from parsel import Selector

from crawlers.dates import parse_date
from crawlers.states import make_selector
from crawlers.visible import squeezed, tidy, visible_text

#: Scripts looked at, and values in all of them; hostile pages hold more.
_MAX_SCRIPTS, _MAX_VALUES, _MAX_DEPTH = 60, 20_000, 40
_MAX_SCRIPT = 2_000_000
#: Characters of one value, and assignments that are tried on a page.
_MAX_VALUE, _MAX_TRIES = 500_000, 40
_ASSIGNED = re.compile(
    r"(?:window\s*(?:\.\s*|\[\s*[\"'])[\w$]+(?:[\"']\s*\])?|(?:var|let|const)\s+[\w$]+)\s*=\s*(?=[{\[])"
)
_NO_JSON = re.compile(r"\b(?:undefined|NaN|Infinity)\b|void 0")
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"', re.S)
_BODY_KEYS = (
    "desc|description|text|content|contents|detail|body|note_text|longtext|long_text|summary"
    "|introduction|intro|remark|articlebody|htmlcontent|message|caption"
)
_BODY = re.compile(rf"\A(?:{_BODY_KEYS})\Z", re.I)
TITLE = re.compile(
    r"\A(?:title|subject|headline|name|(?:note|goods|info|status|item|post|shop|course|product|topic)_?(?:title"
    r"|name))\Z",
    re.I,
)
_TIME = re.compile(
    r"\A(?:time|date|created_?at|create_?time|created|publish(?:ed)?_?(?:time|at|date)|pub_?(?:time|date)"
    r"|post_?(?:time|date)|posted_?at|ctime"
    r"|gmt_?create|add_?time|date_?published|date_?created|release_?time)\Z",
    re.I,
)
_PHONE = re.compile(
    r"\A(?:phone|tel|mobile|telephone|contact_?(?:phone|tel|mobile|number)?|phone_?(?:no|num|number))\Z", re.I
)
_PLACE = re.compile(
    r"\A(?:address|addr|district|district_?name|area|area_?name|region_?name|location|place|poi)\Z", re.I
)
#: Objects that describe a person, a site or a setting, not a posting.
_ASIDE = re.compile(
    r"user|author|owner|seller|config|setting|global|seo|share|site|app|env|music|comment|repl(y|ies)", re.I
)
_HAN = re.compile(r"[\u4e00-\u9fff]")
_LEAST_HAN = 15


@dataclass(frozen=True, kw_only=True)
class CarriedPosting:
    """A posting as a page's data have it."""

    title: str
    body: str
    posted_at: datetime | None
    #: Telephone and place beside the words, as they are written there.
    phone: str = ""
    place: str = ""


def carried_postings(page: Selector) -> list[CarriedPosting]:
    """The postings a page's data hold once each, the longest first; [] when there are none."""
    found: list[CarriedPosting] = []
    budget = [_MAX_VALUES]
    for value in script_values(page):
        for item in _objects(value, 0, budget):
            body = max(
                (_words(text) for key, text in item.items() if _BODY.match(key) and isinstance(text, str)),
                key=len,
                default="",
            )
            if len(_HAN.findall(body)) < _LEAST_HAN:
                continue
            titles = (_words(text) for key, text in item.items() if TITLE.match(key) and isinstance(text, str))
            times = (_moment(moment) for key, moment in item.items() if _TIME.match(key))
            found.append(
                CarriedPosting(
                    title=next((title for title in titles if title), ""),
                    body=body,
                    posted_at=next((moment for moment in times if moment is not None), None),
                    phone=_first(item, _PHONE),
                    place=_first(item, _PLACE),
                )
            )
    return sorted(found, key=lambda one: len(one.body), reverse=True)


def carried_time(page: Selector, body: str) -> datetime | None:
    """When the posting that says `body` was posted, by the page's data."""
    words = squeezed(body)
    for one in carried_postings(page):
        said = squeezed(one.body)
        if one.posted_at is not None and (said[:12] in words or words[:12] in said):
            return one.posted_at
    return None


def script_values(page: Selector) -> Iterator[Any]:
    """What the page's scripts hold as data: objects and arrays."""
    tries = _MAX_TRIES
    for script in page.xpath("//script[not(@src)]")[:_MAX_SCRIPTS]:
        text = "".join(script.xpath("text()").getall())[:_MAX_SCRIPT]
        kind = (script.attrib.get("type") or "").lower()
        if "json" in kind and "ld+json" not in kind:
            value = _parsed(unquote(text.strip()) if text.lstrip().startswith("%7B") else text.strip())
            if value is not None:
                yield value
            continue
        at = 0
        while tries and (match := _ASSIGNED.search(text, at)):
            tries -= 1
            at = match.end()
            # What is assigned inside a value that was read is part of it.
            value, length = _read_value(text[at : at + _MAX_VALUE])
            at += length
            if value is not None:
                yield value


def _parsed(text: str) -> Any:
    return _read_value(text)[0]


def _read_value(text: str) -> tuple[Any, int]:
    """The JSON value at the beginning of a text, what only JavaScript knows taken for null; None when there is none."""
    for candidate in (text, _without_javascript(text)):
        try:
            value, end = json.JSONDecoder(strict=False).raw_decode(candidate)
        except (ValueError, RecursionError):
            continue
        return (value, end) if isinstance(value, dict | list) else (None, 0)
    return None, 0


def _without_javascript(text: str) -> str:
    """`undefined` and the like as null, outside of strings."""
    parts, at = [], 0
    for match in _STRING.finditer(text):
        parts += [_NO_JSON.sub("null", text[at : match.start()]), match.group()]
        at = match.end()
    return "".join([*parts, _NO_JSON.sub("null", text[at:])])


def _objects(value: Any, depth: int, budget: list[int]) -> Iterator[dict[str, Any]]:
    """All objects outside of lists with several entries."""
    budget[0] -= 1
    if depth > _MAX_DEPTH or budget[0] < 0:
        return
    if isinstance(value, list):
        if sum(isinstance(item, dict) for item in value) == 1:
            for item in value:
                yield from _objects(item, depth + 1, budget)
    elif isinstance(value, dict):
        yield value
        for key, item in value.items():
            if isinstance(item, dict | list) and not _ASIDE.search(str(key)):
                yield from _objects(item, depth + 1, budget)


def _first(item: dict[str, Any], keys: re.Pattern[str]) -> str:
    return next(
        (tidy(value)[:100] for key, value in item.items() if keys.match(key) and isinstance(value, str) and value), ""
    )


def _words(text: str) -> str:
    """A text of the data as a person reads it: some are HTML."""
    if len(text) > 100_000:
        return ""
    return visible_text(make_selector(text)) if "<" in text else tidy(text)


def _moment(value: Any) -> datetime | None:
    """A time as programs write it: seconds or milliseconds since 1970, RFC 2822, ISO, or words with the year."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    text = str(int(value)) if isinstance(value, int | float) else value.strip()
    found = parse_date(text, None)
    if found is not None:
        return found.moment
    try:
        # Thu Nov 12 22:15:40 +0800 2026
        moment = datetime.strptime(text, "%a %b %d %H:%M:%S %z %Y")
    except ValueError:
        try:
            moment = parsedate_to_datetime(text)
        except (ValueError, TypeError, IndexError):
            return None
    return moment.astimezone(UTC) if moment.tzinfo is not None else None
