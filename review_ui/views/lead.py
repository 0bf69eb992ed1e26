"""The page of one lead, its stored page and the step before its live address."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Depends, Request
from starlette.responses import RedirectResponse, Response

from pipelines.enforcement import lead as leads
from pipelines.enforcement import review, rules
from pipelines.enforcement.permissions import Action
from pipelines.errors import NotFound
from pipelines.records import Lead
from review_ui.addresses import read_filters, write_filters
from review_ui.auth import Visitor, allowed
from review_ui.ids import RowId
from review_ui.render import page
from review_ui.web import web_of

router = APIRouter()


@router.get("/leads/{lead_id}")
def lead(request: Request, lead_id: RowId, visitor: Annotated[Visitor, Depends(allowed(Action.QUEUE))]) -> Response:
    filters = read_filters(request.url.query)
    view = leads.lead_view(web_of(request).desk, lead_id, visitor.user, filters)
    return page(
        request,
        "lead.html",
        view=view,
        lead=view.lead,
        filters=filters,
        query=write_filters(filters),
        departments=_departments(view),
        quick_reasons=review.QUICK_REASONS,
        screenshot=next((one for one in view.captures if one.screenshot_blob), None),
        openable=_openable(view.lead),
    )


@router.get("/leads/{lead_id}/stored")
def stored(request: Request, lead_id: RowId, visitor: Annotated[Visitor, Depends(allowed(Action.QUEUE))]) -> Response:
    """To the stored page the text was read from."""
    capture_id = leads.stored_capture(web_of(request).desk, lead_id, visitor.user)
    if capture_id is None:
        raise NotFound("这条线索没有存页（例如由表格导入）。")
    return RedirectResponse(f"/captures/{capture_id}?lead={lead_id}", status_code=303)


@router.get("/leads/{lead_id}/live")
def live(request: Request, lead_id: RowId, visitor: Annotated[Visitor, Depends(allowed(Action.QUEUE))]) -> Response:
    """Asks before anyone goes to the live address."""
    found = leads.before_live(web_of(request).desk, lead_id, visitor.user)
    return page(request, "live.html", lead=found, openable=_openable(found))


def _openable(lead: Lead) -> bool:
    """Only web addresses become links; javascript: and the like stay text."""
    try:
        parts = urlsplit(lead.url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)


def _departments(view: leads.LeadView) -> list[tuple[str, bool]]:
    """Where to transfer to: those that lead on a finding first and marked, then one's own unit, then those that support
    on a finding; nine of them have a key."""
    suggested = dict.fromkeys(str(finding["lead_department"]) for finding in view.findings)
    known = review.departments()
    first = [name for name in suggested if name in known]
    helpers = rules.helpers_of(str(finding["code"]) for finding in view.findings)
    rest = dict.fromkeys((rules.OWN_UNIT, *(name for name in helpers if name in known), *known))
    return [(name, True) for name in first] + [(name, False) for name in rest if name not in first]
