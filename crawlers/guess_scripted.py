"""The list a page no engine knows carries as data for its scripts, which draw it: an array of objects, each with the
address and the title of a posting. Without a whole address nothing is guessed: only the scripts know what they make of
an id."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from parsel import Selector

from crawlers.page_state import TITLE, script_values
from crawlers.urls import plain_url

#: Fewer objects are no list.
_LEAST = 2
#: Objects gone through on a page, and how deep.
_MOST, _DEPTH = 5000, 8
_LINK = re.compile(r"\A(?:https?://|/)[^\s<>\"]+\Z|\A[\w./-]+\.(?:s?html?|php|aspx?|jsp)(?:\?\S*)?\Z")
_PICTURE = re.compile(r"\.(?:jpe?g|png|gif|webp|svg|mp4|css|js)(?:\?|\Z)", re.I)
_PLAIN_KEY = re.compile(r"[A-Za-z_]\w*\Z", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class ScriptedList:
    """JMESPaths as a recipe writes them, `rows` on all that the scripts hold, and the postings they find."""

    rows: str
    link: str
    title: str
    #: Address → title.
    postings: dict[str, str]


def guess_scripted(page: Selector, url: str) -> ScriptedList | None:
    """The longest such list of the page; None when its scripts hold none."""
    budget = [_MOST]
    found = [
        one
        for value in script_values(page)
        for path, rows in _arrays(value, "[]" if isinstance(value, list) else "", budget)
        if (one := _read(f"[*]{path}", rows, url)) is not None
    ]
    return max(found, key=lambda one: len(one.postings), default=None)


def _arrays(value: Any, path: str, budget: list[int], depth: int = 0) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Arrays of objects, each with the path to its entries; those inside of arrays are lists of something else."""
    budget[0] -= 1
    if budget[0] < 0 or depth > _DEPTH:
        return
    if isinstance(value, list):
        rows = [item for item in value if isinstance(item, dict)]
        if len(rows) >= _LEAST:
            yield path, rows
    elif isinstance(value, dict):
        for key, inner in value.items():
            if _PLAIN_KEY.match(key):
                yield from _arrays(inner, f"{path}.{key}{'[]' if isinstance(inner, list) else ''}", budget, depth + 1)


def _read(path: str, rows: list[dict[str, Any]], url: str) -> ScriptedList | None:
    """The rows as a list of postings: a key whose values are different addresses of this site, and one of titles."""
    titles = [key for key in rows[0] if TITLE.match(key) and all(_is_text(row.get(key)) for row in rows)]
    for key in (key for key in rows[0] if _PLAIN_KEY.match(key)):
        links = [_address(row.get(key), url) for row in rows]
        if titles and all(links) and len(set(links)) == len(links):
            postings = {link: str(row[titles[0]]).strip() for link, row in zip(links, rows, strict=True)}
            return ScriptedList(rows=path, link=key, title=titles[0], postings=postings)
    return None


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _address(value: Any, url: str) -> str:
    """The address of another page of this site; '' for anything else."""
    if not isinstance(value, str) or not _LINK.match(value) or _PICTURE.search(value):
        return ""
    link = plain_url(value, url)
    return link if link and link != url and urlsplit(link).netloc == urlsplit(url).netloc else ""
