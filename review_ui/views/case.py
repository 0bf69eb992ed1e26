"""Cases: the list, a case, opening one, and its evidence packages."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import FileResponse, Response

from pipelines.enforcement import cases
from pipelines.enforcement.permissions import Action
from review_ui.auth import Post, Visitor, allowed, posted
from review_ui.ids import CaseId, FileName, cursor_of
from review_ui.notices import Notice, redirect
from review_ui.render import page
from review_ui.web import web_of

router = APIRouter()


@router.get("/cases")
def listing(request: Request, visitor: Annotated[Visitor, Depends(allowed(Action.CASES))]) -> Response:
    found = cases.page(web_of(request).desk, user=visitor.user, after=cursor_of(request))
    return page(request, "cases.html", found=found)


@router.post("/cases")
def open_case(request: Request, post: Annotated[Post, Depends(posted(Action.CASES))]) -> Response:
    case = cases.open_case(
        web_of(request).desk, post.form.numbers("lead"), user=post.user, title=post.form.text("title") or None
    )
    return redirect(request, f"/cases/{case.id}", Notice(kind="done", text=f"已立案：{case.id}"))


@router.get("/cases/{case_id}")
def case(request: Request, case_id: CaseId, visitor: Annotated[Visitor, Depends(allowed(Action.CASES))]) -> Response:
    view = cases.view(web_of(request).desk, case_id, user=visitor.user)
    return page(request, "case.html", view=view, case=view.case)


@router.post("/cases/{case_id}/export")
def export(request: Request, case_id: CaseId, post: Annotated[Post, Depends(posted(Action.EXPORT))]) -> Response:
    """Make a package; the case page then offers it for download."""
    made = cases.export(web_of(request).desk, case_id, user=post.user)
    return redirect(request, f"/cases/{case_id}", Notice(kind="done", text=f"证据包已生成：{made.name}"))


@router.get("/cases/{case_id}/packages/{name}")
def package(
    request: Request, case_id: CaseId, name: FileName, visitor: Annotated[Visitor, Depends(allowed(Action.EXPORT))]
) -> Response:
    path = cases.package_path(web_of(request).desk, case_id, name, user=visitor.user)
    return FileResponse(path, media_type="application/zip", filename=name)
