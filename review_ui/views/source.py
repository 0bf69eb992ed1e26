"""The sources page."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from pipelines import clock
from pipelines.enforcement import sources
from pipelines.enforcement.permissions import Action
from review_ui.auth import Visitor, allowed
from review_ui.render import page
from review_ui.web import web_of

router = APIRouter()


@router.get("/sources")
def listing(request: Request, visitor: Annotated[Visitor, Depends(allowed(Action.SOURCES))]) -> Response:
    rows = sources.overview(web_of(request).desk, user=visitor.user)
    return page(request, "sources.html", rows=rows, now=clock.now())
