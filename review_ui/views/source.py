"""The sources page."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from pipelines import clock
from pipelines.enforcement import sources
from pipelines.enforcement.permissions import Action
from pipelines.jobs import desk as on_jobs
from pipelines.jobs.worker import LEASE_S
from review_ui.auth import Visitor, allowed
from review_ui.ids import name_cursor_of
from review_ui.render import page
from review_ui.web import web_of

router = APIRouter()


@router.get("/sources")
def listing(request: Request, visitor: Annotated[Visitor, Depends(allowed(Action.SOURCES))]) -> Response:
    desk = web_of(request).desk
    with desk.store.read() as tx:
        titles = sources.source_titles(tx)
    found = sources.overview(desk, user=visitor.user, after=name_cursor_of(request))
    runs = [run for row in found.items for run in row.runs]
    return page(
        request,
        "sources.html",
        found=found,
        cut=sources.cut_off(desk, runs, beyond=timedelta(seconds=LEASE_S)),
        alerts=sources.alerts(desk, user=visitor.user),
        titles=titles,
        now=clock.now(),
        visits=on_jobs.visits(desk) if on_jobs.planned(desk) else {},
        notes=on_jobs.with_note(desk),
    )
