"""Turning records into pages: the template folder, dates as boards write them, files that never change."""

from __future__ import annotations

import hashlib
from datetime import datetime
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from crawlers.sandbox.http_site import Reply

_TEMPLATES = Path(__file__).parent / "templates"
_STATIC = Path(__file__).parent / "static"
#: A file, as far as its Last-Modified tells: a day before anything was posted.
STATIC_DATE = datetime.fromisoformat("2026-08-01T08:00:00+08:00")
_TYPES = {".css": "text/css; charset=utf-8", ".js": "application/javascript; charset=utf-8"}
_WEEK = 7


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def render(template: str, **values: object) -> str:
    """The page as text; everything escaped that is not Markup already."""
    return _environment().get_template(template).render(**values)


def lines_of(text: str) -> tuple[Markup, ...]:
    """The lines of a posting, escaped, runs of spaces kept visible."""
    return tuple(Markup(str(escape(line)).replace("  ", "&nbsp; ")) for line in text.split("\n"))  # noqa: S704


def tag_of(*parts: object) -> str:
    """A short validator over everything given."""
    return hashlib.sha256("\x1f".join(map(str, parts)).encode()).hexdigest()[:16]


def static_file(name: str) -> Reply:
    """A style sheet or script of ours, with validators."""
    body = (_STATIC / name).read_bytes()
    return Reply(
        body=body,
        content_type=_TYPES[Path(name).suffix],
        state="static",
        etag=hashlib.sha256(body).hexdigest()[:16],
        last_modified=STATIC_DATE,
        headers=(("Cache-Control", "max-age=86400"),),
    )


def board_date(moment: datetime, *, clock_time: bool = True) -> str:
    """2026-11-3 09:05, without leading zeros in the date, as forum software writes it."""
    day = f"{moment.year}-{moment.month}-{moment.day}"
    return f"{day} {moment:%H:%M}" if clock_time else day


def recent_words(moment: datetime, noon: datetime) -> str | None:
    """昨天 09:05 or 3 天前 within a week of the present day, else None."""
    days = (noon.date() - moment.date()).days
    if days < 0 or days >= _WEEK:
        return None
    if days == 0:
        return f"今天 {moment:%H:%M}"
    return {1: f"昨天 {moment:%H:%M}", 2: f"前天 {moment:%H:%M}"}.get(days, f"{days} 天前")
