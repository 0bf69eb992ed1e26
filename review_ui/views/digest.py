"""Digests (周报): make one of two days, and download what was made."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import PurePath
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from pipelines import clock
from pipelines.enforcement import digests
from pipelines.enforcement.permissions import Action
from pipelines.errors import BadInput
from review_ui.auth import Post, Visitor, allowed, posted
from review_ui.ids import DigestId, FileName, cursor_of
from review_ui.notices import Notice, redirect
from review_ui.render import page
from review_ui.web import web_of

router = APIRouter()

_MEDIA_TYPES = {
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".html": "text/html; charset=utf-8",
    ".json": "application/json",
}
_LONGEST = timedelta(days=366)


@router.get("/digests")
def listing(request: Request, visitor: Annotated[Visitor, Depends(allowed(Action.DIGESTS))]) -> Response:
    found = digests.page(web_of(request).desk, user=visitor.user, after=cursor_of(request))
    today = clock.local(clock.now()).date()
    return page(request, "digests.html", found=found, first_day=today - timedelta(days=6), last_day=today)


@router.post("/digests")
def make(request: Request, post: Annotated[Post, Depends(posted(Action.DIGESTS))]) -> Response:
    # At run time: Word and PDF libraries take a second to load, which every other page would pay.
    from pipelines.digest.digest import make_digest

    request.state.back = "/digests"
    first, last = _day(post.form.text("first_day")), _day(post.form.text("last_day"))
    if not timedelta(0) <= last - first <= _LONGEST:
        raise BadInput("止日不能早于起日，最长一年。")
    made = make_digest(web_of(request).desk, first, last, user=post.user.name, out=None)
    days = " 至 ".join(dict.fromkeys((made.first_day, made.last_day)))
    return redirect(request, "/digests", Notice(kind="done", text=f"周报已生成：{days}。"))


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


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadInput("请填写起止日期，例如 2026-11-16。") from None
