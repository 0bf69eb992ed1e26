"""The audit log, newest first, narrowed by who, what, which object and when; the state of its chain on top."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from pipelines.enforcement import audit_log
from pipelines.enforcement.permissions import Action
from pipelines.enforcement.sources import source_titles
from pipelines.records import AuditEvent, AuditFilter, PageOf
from review_ui import names
from review_ui.auth import Visitor, allowed
from review_ui.ids import cursor_of
from review_ui.render import page
from review_ui.web import web_of

router = APIRouter()

_FIELDS = ("actor", "action", "type", "id", "first", "last")
_MAX_VALUE = 80
#: Objects whose ids are numbers.
_NUMBERED = frozenset({"lead", "contact"})


@router.get("/audit")
def listing(request: Request, visitor: Annotated[Visitor, Depends(allowed(Action.AUDIT))]) -> Response:
    web = web_of(request)
    with web.desk.store.read() as tx:
        titles = source_titles(tx)
    chosen = _chosen(request)
    mistake = _mistake(chosen)
    watched = web.chain.look(web.desk, again=request.query_params.get("check") == "all")
    nothing: PageOf[AuditEvent] = PageOf(items=(), next=None, total=0)
    return page(
        request,
        "audit.html",
        status=400 if mistake else 200,
        mistake=mistake,
        found=nothing
        if mistake
        else audit_log.page(web.desk, _filter(chosen), user=visitor.user, after=cursor_of(request)),
        chosen=chosen,
        titles=titles,
        query=urlencode({name: value for name, value in chosen.items() if value}),
        actors=audit_log.actors(web.desk, user=visitor.user),
        chain=watched.chain,
        watched=watched,
    )


def _chosen(request: Request) -> dict[str, str]:
    """What the form said; what it cannot have said is empty."""
    chosen = {name: request.query_params.get(name, "").strip() for name in _FIELDS}
    chosen = {name: value if value.isprintable() and len(value) <= _MAX_VALUE else "" for name, value in chosen.items()}
    for name in ("first", "last"):
        if _day(chosen[name]) is None:
            chosen[name] = ""
    return chosen


def _mistake(chosen: dict[str, str]) -> str:
    """What no record can answer to, said so instead of an empty list that looks like an answer."""
    found = []
    first, last = _day(chosen["first"]), _day(chosen["last"])
    if first is not None and last is not None and first > last:
        found.append(f"起日 {first} 晚于止日 {last}，请对调或改正。")
    kind, number = chosen["type"], chosen["id"].lstrip("#")
    if kind in _NUMBERED and number and not (number.isascii() and number.isdigit()):
        found.append(f"{names.OBJECT_TYPES[kind]}的编号是数字（如 12），“{number}”不是；按案号查，对象请选“案件”。")
    return "".join(found)


def _filter(chosen: dict[str, str]) -> AuditFilter:
    begin, end = audit_log.days(_day(chosen["first"]), _day(chosen["last"]))
    return AuditFilter(
        actor=chosen["actor"] or None,
        action=chosen["action"] or None,
        object_type=chosen["type"] or None,
        object_id=chosen["id"].lstrip("#") or None,
        begin=begin,
        end=end,
    )


def _day(text: str) -> date | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if 2000 <= found.year <= 2999 else None
