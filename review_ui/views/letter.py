"""Drafts of letters: of a case, and of a lead that was transferred without one."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from pipelines.enforcement import letters
from pipelines.enforcement.permissions import Action
from review_ui.auth import Visitor, allowed
from review_ui.ids import CaseId, FileName, RowId
from review_ui.render import page
from review_ui.web import web_of

router = APIRouter()


@router.get("/cases/{case_id}/letters")
def of_case(
    request: Request, case_id: CaseId, visitor: Annotated[Visitor, Depends(allowed(Action.EXPORT))]
) -> Response:
    """Which letters this case can need; each is made when it is downloaded."""
    request.state.back = f"/cases/{case_id}"
    wanted = request.query_params.get("package", "")
    offer = letters.offered(web_of(request).desk, case_id, user=visitor.user, package=wanted)
    return page(request, "letters.html", there=f"/cases/{case_id}", called=f"案件 {case_id}", lead_id=None, offer=offer)


@router.get("/cases/{case_id}/letters/{name}")
def one_of_case(
    request: Request, case_id: CaseId, name: FileName, visitor: Annotated[Visitor, Depends(allowed(Action.EXPORT))]
) -> Response:
    """One draft, always as a download."""
    wanted = request.query_params.get("package", "")
    made = letters.make(web_of(request).desk, case_id, user=visitor.user, only=name, package=wanted)
    return _download(name, made[name])


@router.get("/leads/{lead_id}/letters")
def of_lead(request: Request, lead_id: RowId, visitor: Annotated[Visitor, Depends(allowed(Action.EXPORT))]) -> Response:
    """Which letters a transferred lead can need, and which were made."""
    there = request.state.back = f"/leads/{lead_id}"
    offer = letters.offered_of_lead(web_of(request).desk, lead_id, user=visitor.user)
    return page(request, "letters.html", there=there, called=f"线索 {lead_id}", lead_id=lead_id, offer=offer)


@router.get("/leads/{lead_id}/letters/{name}")
def one_of_lead(
    request: Request, lead_id: RowId, name: FileName, visitor: Annotated[Visitor, Depends(allowed(Action.EXPORT))]
) -> Response:
    """One draft of a transferred lead, always as a download."""
    made = letters.make_of_lead(web_of(request).desk, lead_id, user=visitor.user, only=name)
    return _download(name, made[name])


def _download(name: str, data: bytes) -> Response:
    return Response(
        data,
        headers={
            "content-type": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            "content-disposition": f"attachment; filename=\"letter.docx\"; filename*=UTF-8''{quote(name, safe='')}",
        },
    )
