"""Stored pages and screenshots; nothing of a crawled page is ever rendered."""

from __future__ import annotations

import codecs
import re
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from pipelines.enforcement import captures
from pipelines.enforcement.permissions import Action
from pipelines.personal.contacts import find_contacts, mask_text
from pipelines.records import Capture
from review_ui.auth import Visitor, allowed
from review_ui.ids import CaptureId
from review_ui.render import page
from review_ui.web import web_of

router = APIRouter()

#: The policy of every page applies too; a picture may be kept for an hour, by this browser and for this log-in alone.
_PICTURE = {"content-disposition": "inline", "cache-control": "private, max-age=3600", "vary": "cookie"}
_ID = "/captures/{capture_id}"


@router.get(_ID)
def stored_page(
    request: Request, capture_id: CaptureId, visitor: Annotated[Visitor, Depends(allowed(Action.QUEUE))]
) -> Response:
    """The stored page as text, contacts masked as everywhere on screen, with what was noted at capture."""
    found = captures.stored_page(web_of(request).desk, capture_id, user=visitor.user)
    lead = request.query_params.get("lead", "")
    return page(
        request,
        "capture.html",
        found=found,
        text=mask_text(found.text, find_contacts(found.text)),
        capture=found.capture,
        charset=_charset(found.capture),
        lead_id=lead if lead.isdigit() else "",
    )


def _charset(capture: Capture) -> str:
    """The encoding the page was read with, and the one it claimed when that was another.

    Only bytes as a site served them can contradict its headers: a browser's copy is written by the browser, in UTF-8.
    """
    if capture.method == "browser":
        return f"{capture.charset}（浏览器存页所用，不是网站发送时的编码）"
    if capture.method != "http":
        return capture.charset
    declared = re.search(r"charset=[\"']?([\w.:-]+)", capture.content_type, re.IGNORECASE)
    if declared is None or _same_charset(declared[1], capture.charset):
        return capture.charset
    return f"{capture.charset}（响应头写的是 {declared[1]}，与内容不符）"


def _same_charset(one: str, other: str) -> bool:
    try:
        # GB 18030 holds GBK, GBK holds GB 2312: a page that says one of them and is read as another is no surprise.
        family = {"gb2312": "gb18030", "gbk": "gb18030"}
        names = [codecs.lookup(name).name for name in (one, other)]
    except LookupError:
        return False
    return family.get(names[0], names[0]) == family.get(names[1], names[1])


@router.get(_ID + "/raw")
def raw(
    request: Request, capture_id: CaptureId, visitor: Annotated[Visitor, Depends(allowed(Action.REVEAL))]
) -> Response:
    """The stored bytes for download, as plain text whatever they are; contacts are in clear there."""
    capture, data = captures.raw_page(web_of(request).desk, capture_id, user=visitor.user)
    name = f"capture-{capture.sha256[:16]}.txt"
    return Response(
        data,
        headers={
            "content-type": "text/plain; charset=utf-8",
            "content-disposition": f'attachment; filename="{name}"',
        },
    )


@router.get(_ID + "/screenshot")
def screenshot(
    request: Request, capture_id: CaptureId, visitor: Annotated[Visitor, Depends(allowed(Action.REVEAL))]
) -> Response:
    """The whole picture, for those who may see the contacts on it."""
    data = captures.screenshot(web_of(request).desk, capture_id, user=visitor.user)
    return Response(data, media_type="image/png", headers=_PICTURE)


@router.get(_ID + "/thumbnail")
def small_screenshot(
    request: Request, capture_id: CaptureId, visitor: Annotated[Visitor, Depends(allowed(Action.QUEUE))]
) -> Response:
    """The picture for lists; coarse for those who may not see the contacts on it."""
    web = web_of(request)
    blob = captures.screenshot_blob(web.desk, capture_id, user=visitor.user)
    small = web.thumbnails.get(blob, web.desk.blobs.get, coarse=not visitor.may("reveal"))
    return Response(small, media_type="image/png", headers=_PICTURE)
