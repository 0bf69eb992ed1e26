"""The queue page."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from pipelines.enforcement import queue as leads
from pipelines.enforcement.permissions import Action
from pipelines.records import LeadStatus
from review_ui.addresses import ALL, read_filters, write_filters
from review_ui.auth import Visitor, allowed
from review_ui.ids import cursor_of
from review_ui.render import page
from review_ui.web import web_of

router = APIRouter()


@router.get("/queue")
def queue(request: Request, visitor: Annotated[Visitor, Depends(allowed(Action.QUEUE))]) -> Response:
    """Leads by priority; filters and cursor are in the address."""
    filters = read_filters(request.url.query)
    found = leads.page(web_of(request).desk, user=visitor.user, filters=filters, after=cursor_of(request))
    return page(
        request,
        "queue.html",
        filters=filters,
        query=write_filters(filters),
        found=found,
        tabs=_tabs(found.counts),
        all_statuses=ALL,
        from_queue=True,
        paged="after" in request.query_params,
    )


def _tabs(counts: dict[LeadStatus, int]) -> list[tuple[LeadStatus | None, int]]:
    # Withdrawn leads are rare; their tab comes with the first.
    tabs: list[tuple[LeadStatus | None, int]] = [
        (status, counts.get(status, 0))
        for status in LeadStatus
        if status is not LeadStatus.WITHDRAWN or counts.get(status)
    ]
    return [*tabs, (None, sum(counts.values()))]
