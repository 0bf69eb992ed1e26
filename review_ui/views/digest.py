"""Digests (周报): make one, look at it number by number, approve, send, correct and download it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from pathlib import PurePath
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from pipelines import clock
from pipelines.digest.periods import SERIES_NAMES, last_finished, name_of, period_with, series_of, span
from pipelines.enforcement import digests
from pipelines.enforcement.permissions import Action
from pipelines.errors import BadInput
from pipelines.records import DigestEvent, DigestEventKind, Series
from review_ui.auth import Post, Visitor, allowed, posted
from review_ui.forms import as_day
from review_ui.ids import DigestId, FileName, cursor_of
from review_ui.notices import Notice, redirect
from review_ui.render import page
from review_ui.web import web_of

router = APIRouter()

_MEDIA_TYPES = {
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".html": "text/html; charset=utf-8",
    ".json": "application/json",
    ".pdf": "application/pdf",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_LONGEST = timedelta(days=366)


@router.get("/digests")
def listing(request: Request, visitor: Annotated[Visitor, Depends(allowed(Action.DIGESTS))]) -> Response:
    desk = web_of(request).desk
    found = digests.page(desk, user=visitor.user, after=cursor_of(request))
    now = clock.now()
    today = clock.local(now).date()
    events, replaced = digests.events(desk, found.items, user=visitor.user)
    return page(
        request,
        "digests.html",
        found=found,
        states={one.id: _state(one.id in replaced, events.get(one.id, [])) for one in found.items},
        first_day=today - timedelta(days=6),
        last_day=today,
        finished={SERIES_NAMES[series]: last_finished(series, now) for series in Series},
    )


@router.post("/digests")
def make(request: Request, post: Annotated[Post, Depends(posted(Action.DIGESTS))]) -> Response:
    # At run time: Word and PDF libraries take a second to load, which every other page would pay.
    from pipelines.digest.digest import make_edition

    request.state.back = "/digests"
    word = post.form.text("period")
    if word:
        series = series_of(word)
        text = post.form.text("day")
        period = period_with(series, as_day(text)) if text else last_finished(series, clock.now())
    else:
        first, last = as_day(post.form.text("first_day")), as_day(post.form.text("last_day"))
        if not timedelta(0) <= last - first <= _LONGEST:
            raise BadInput("止日不能早于起日，最长一年。")
        period = span(first, last)
    reason = post.form.text("reason")
    made = make_edition(web_of(request).desk, period, user=post.user.name, reason=reason)
    days = " 至 ".join(dict.fromkeys((made.first_day, made.last_day)))
    there = f"/digests/{made.id}" if word else "/digests"
    number = f"（更正第 {made.erratum} 号）" if made.erratum else ""
    return redirect(request, there, Notice(kind="done", text=f"{name_of(made)}{number}已生成：{days}。"))


@router.get("/digests/{digest_id}")
def preview(
    request: Request, digest_id: DigestId, visitor: Annotated[Visitor, Depends(allowed(Action.DIGESTS))]
) -> Response:
    """The digest before and after it goes out; each number leads to its leads."""
    from pipelines.digest import drill
    from pipelines.digest.editions import figures_of
    from pipelines.digest.mail import unsent

    desk = web_of(request).desk
    digest, events, newer = digests.one(desk, digest_id, user=visitor.user)
    told = figures_of(desk, digest)
    if "lines" not in told:
        raise BadInput("这期周报是旧版程序生成的，没有线索清单，只能下载。")
    asked = request.query_params
    chosen = None
    if asked.get("by"):
        chosen = drill.leads_behind(told, asked["by"], asked.get("key", ""), asked.get("column", ""))
    recipients = desk.settings.digest_recipients
    return page(
        request,
        "digest.html",
        digest=digest,
        told=told,
        events=events,
        newer=newer,
        state=_state(newer is not None, events),
        approved=any(event.kind == "approved" for event in events),
        approval=digests.may_approve(desk, digest, user=visitor.user),
        owed=unsent(recipients, events),
        recipients=recipients,
        chosen=chosen,
        columns=drill.COLUMNS,
        tables={name: title for name, (title, _) in drill.TABLES.items() if f"by_{name}" in told},
    )


@router.post("/digests/{digest_id}/approve")
def approve(request: Request, digest_id: DigestId, post: Annotated[Post, Depends(posted(Action.DIGESTS))]) -> Response:
    """Sign it off; with a mail server it goes out with the next round of the job."""
    request.state.back = f"/digests/{digest_id}"
    digests.approve(web_of(request).desk, digest_id, user=post.user)
    more = "，稍后自动发送" if web_of(request).desk.settings.smtp_host else "，可下载报送"
    return redirect(request, f"/digests/{digest_id}", Notice(kind="done", text=f"已审签{more}。"))


@router.post("/digests/{digest_id}/send")
def send(request: Request, digest_id: DigestId, post: Annotated[Post, Depends(posted(Action.DIGESTS))]) -> Response:
    """Send it now to whoever has not got it."""
    from pipelines.digest.mail import send_digest, unsent

    request.state.back = f"/digests/{digest_id}"
    desk = web_of(request).desk
    events = send_digest(desk, digest_id, user=post.user.name)
    owed = unsent(desk.settings.digest_recipients, events)
    kind, text = ("bad", f"还有 {len(owed)} 个收件人没有发成，原因见下。") if owed else ("done", "已全部发出。")
    return redirect(request, f"/digests/{digest_id}", Notice(kind=kind, text=text))


def _state(replaced: bool, events: Sequence[DigestEvent]) -> str:
    kinds = {event.kind for event in events}
    if replaced:
        return "已被新的一版代替"
    if DigestEventKind.SENT in kinds:
        return "已发送"
    return "已审签" if DigestEventKind.APPROVED in kinds else "待审签"


@router.get("/digests/{digest_id}/{name}")
def download(
    request: Request, digest_id: DigestId, name: FileName, visitor: Annotated[Visitor, Depends(allowed(Action.DIGESTS))]
) -> Response:
    """A file of a digest, always as a download."""
    data = digests.read_file(web_of(request).desk, digest_id, name, user=visitor.user)
    suffix = PurePath(name).suffix
    return Response(
        data,
        headers={
            "content-type": _MEDIA_TYPES.get(suffix, "application/octet-stream"),
            "content-disposition": f"attachment; filename=\"digest{suffix}\"; filename*=UTF-8''{quote(name, safe='')}",
        },
    )
