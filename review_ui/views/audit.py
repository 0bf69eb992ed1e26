"""The audit log, newest first."""

from __future__ import annotations

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from pipelines.enforcement.permissions import Action
from review_ui.auth import allowed
from review_ui.ids import cursor_of
from review_ui.render import page
from review_ui.web import web_of

router = APIRouter()

_PAGE_SIZE = 100


@router.get("/audit", dependencies=[Depends(allowed(Action.AUDIT))])
def listing(request: Request) -> Response:
    with web_of(request).desk.store.read() as tx:
        found = tx.audit.page(cursor_of(request), _PAGE_SIZE)
    return page(request, "audit.html", found=found)
