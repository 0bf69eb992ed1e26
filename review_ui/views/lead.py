"""The page of one lead, its stored page and the step before its live address."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from typing import Annotated, Any
from urllib.parse import urlsplit

from fastapi import APIRouter, Depends, Request
from starlette.responses import RedirectResponse, Response

from pipelines import clock
from pipelines.enforcement import lead as leads
from pipelines.enforcement import review
from pipelines.enforcement.assessed import Chip, chips_of
from pipelines.enforcement.permissions import Action
from pipelines.enforcement.station import station
from pipelines.errors import NotFound
from pipelines.evidence.adopted import adopted, called_now, said_of
from pipelines.evidence.departments import department_of
from pipelines.evidence.followed import ENTERED, FOLLOW_UPS
from pipelines.records import CONSEQUENCE_ORDER, Lead, Verdict
from pipelines.records.rule_words import coded
from review_ui.addresses import read_filters, write_filters
from review_ui.auth import Visitor, allowed
from review_ui.ids import RowId
from review_ui.render import page
from review_ui.web import web_of

router = APIRouter()


@router.get("/leads/{lead_id}")
def lead(request: Request, lead_id: RowId, visitor: Annotated[Visitor, Depends(allowed(Action.QUEUE))]) -> Response:
    desk = web_of(request).desk
    filters = read_filters(request.url.query)
    view = leads.lead_view(desk, lead_id, visitor.user, filters)
    # A decision that was refused comes back with the switches as the officer had set them.
    wished = request.query_params.getlist("strike") if "strikes" in request.query_params else view.struck
    chosen = [str(finding["id"]) for finding in view.findings if finding["id"] in wished]
    return page(
        request,
        "lead.html",
        view=view,
        lead=view.lead,
        filters=filters,
        query=write_filters(filters),
        departments=_departments(view, department_of(station(desk).agency)),
        struck=frozenset(chosen),
        chips=_chips(view.findings, chosen),
        reason_needed=review.reason_needed(Verdict.CONFIRM, len(view.findings), len(chosen)),
        struck_said=said_of(view.findings, view.struck, coded),
        called_now={one.id: called_now(view.assessment, one.struck) for one in view.decisions},
        numbered=frozenset(code for code, many in Counter(one["code"] for one in view.findings).items() if many > 1),
        screenshot=next((one for one in view.captures if one.screenshot_blob and not one.deleted_at), None),
        openable=_openable(view.lead),
        follow_up_kinds=[(kind.value, FOLLOW_UPS[kind]) for kind in ENTERED],
        today=clock.today(),
    )


def _chips(findings: Sequence[dict[str, Any]], struck: Collection[str]) -> list[tuple[Chip, bool]]:
    """Every rule the lead touches, as grave and as often as the findings that are left; and whether none is left."""
    left = {chip.code: chip for chip in chips_of(adopted(findings, struck))}
    return [(left.get(chip.code, chip), chip.code not in left) for chip in chips_of(findings)]


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


def _departments(view: leads.LeadView, own: str | None) -> list[tuple[str, str]]:
    """Where to transfer to, always in the same order, each with a mark: 建议 for one alone, which leads on the gravest
    finding that is not struck out, 本单位 for one's own, which is never suggested."""
    names = review.departments()
    leading = [
        str(finding["lead_department"])
        for consequence in CONSEQUENCE_ORDER
        for finding in adopted(view.findings, view.struck)
        if finding["consequence"] == consequence
    ]
    suggested = next((name for name in leading if name in names and name != own), None)
    return [(name, "本单位" if name == own else "建议" if name == suggested else "") for name in names]
