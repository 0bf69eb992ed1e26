"""Templates: the environment, its filters, and one function that renders a page."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from fastapi import Request
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse, Response

from pipelines import clock
from pipelines.desk import Desk, is_demo
from pipelines.digest.periods import name_of
from pipelines.enforcement.permissions import ROLE_NAMES
from pipelines.enforcement.review import QUICK_REASONS, STATUS_NAMES, VERDICT_NAMES
from pipelines.enforcement.rules import signal_name
from pipelines.evidence.followed import FOLLOW_UPS
from pipelines.opinions.faults import FAULT_NAMES
from pipelines.records import Source
from pipelines.records.rule_words import coded
from review_ui import audit_words, names, notices
from review_ui.addresses import with_query, write_filters
from review_ui.keys import KEYS
from review_ui.web import web_of

HERE = Path(__file__).resolve().parent


def make_templates(desk: Desk) -> Environment:
    """The environment: escapes everything, refuses unknown names."""
    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        moment=moment,
        day=day,
        iso=clock.rfc3339,
        ago=ago,
        size=size,
        bare_url=bare_url,
        actor_name=audit_words.actor_name,
        who=audit_words.who,
        details=audit_words.details,
        status_name=STATUS_NAMES.__getitem__,
        verdict_name=VERDICT_NAMES.__getitem__,
        role_name=ROLE_NAMES.__getitem__,
        signal_name=signal_name,
        paper_name=name_of,
        coded=coded,
        follow_up_name=FOLLOW_UPS.__getitem__,
        fault_name=FAULT_NAMES.__getitem__,
        named=lambda value, table: names.name(getattr(names, table), value),
    )
    environment.tests["pending"] = lambda basis: "待核" in str(basis)
    environment.globals.update(
        demo_desk=is_demo(desk),
        version=_static_version(),
        names=names,
        filter_query=write_filters,
        at=with_query,
        source_titles=source_titles,
        object_name=audit_words.object_name,
        quick_reasons=QUICK_REASONS,
        keys=KEYS,
        kept=kept,
    )
    return environment


def page(request: Request, template: str, /, *, status: int = 200, **values: Any) -> Response:
    """A whole page; who is logged in and the waiting notice come along."""
    web = web_of(request)
    visitor = getattr(request.state, "visitor", None)
    notice = notices.take(request, web)
    html = web.templates.get_template(template).render(
        _common(request, visitor) | {"status": status, "notice": notice} | values
    )
    # A lone surrogate out of a hostile page must not break the page that shows it.
    response = HTMLResponse(html.encode("utf-8", "replace"), status_code=status)
    if notices.COOKIE in request.cookies:
        response.delete_cookie(notices.COOKIE, path="/", httponly=True, samesite="lax", secure=web.secure)
    return response


def _common(request: Request, visitor: Any) -> dict[str, Any]:
    return {
        "visitor": visitor,
        "user": None if visitor is None else visitor.user,
        "csrf": "" if visitor is None else visitor.session.csrf,
        "path": request.url.path,
        #: Whether this is not the first page of a list.
        "onward": "after" in request.query_params,
    }


def _static_version() -> str:
    """Changes when any static file does, so that browsers may keep them for long."""
    files = sorted((HERE / "static").iterdir())
    return hashlib.sha256(b"".join(path.read_bytes() for path in files if path.is_file())).hexdigest()[:12]


def moment(value: datetime) -> str:
    """2026-11-21 22:47, as read in China."""
    return clock.local(value).strftime("%Y-%m-%d %H:%M")


def day(value: datetime) -> str:
    return clock.local(value).strftime("%Y-%m-%d")


def ago(value: datetime) -> str:
    """How long ago, in the largest unit that fits."""
    seconds = max(0, int((clock.now() - value).total_seconds()))
    for unit, length in (("天", 86_400), ("小时", 3_600), ("分钟", 60)):
        if seconds >= length:
            return f"{seconds // length} {unit}前"
    return "刚刚"


def size(value: int) -> str:
    if value < 1024:
        return f"{value} 字节"
    if value < 1024 * 1024:
        return f"{value / 1024:.1f} KB"
    return f"{value / 1024 / 1024:.1f} MB"


def bare_url(value: str) -> str:
    """An address for reading: without its scheme; an imported file by its name and row."""
    scheme, _, rest = value.partition("://")
    if scheme != "file":
        return rest or value
    name, _, row = unquote(rest).lstrip("/").partition("#row=")
    return f"导入文件 {name}" + (f" 第 {row} 行" if row else "")


def kept(marking: Iterable[int], findings: Sequence[Mapping[str, Any]], struck: Collection[str]) -> list[int]:
    """Of the findings that mark a piece of text (by their place) those that are not struck out."""
    return [index for index in marking if findings[index]["id"] not in struck]


def source_titles(sources: Iterable[Source]) -> dict[str, str]:
    """Name → what people call the source."""
    return {source.name: source.title or source.name for source in sources}
