"""Cases: the list, a case, opening one, and its evidence packages."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, Request
from starlette.responses import FileResponse, Response

from pipelines.enforcement import cases, follow_ups, package_stamps, put_ins
from pipelines.enforcement.case_choice import CaseChoice, case_choice
from pipelines.enforcement.permissions import Action
from pipelines.enforcement.sources import source_titles
from pipelines.enforcement.typed_words import MAX_REASON
from pipelines.errors import BadInput, Conflict, Unconfirmed
from pipelines.evidence.words import LOGGED_IN
from pipelines.records import CaseEventKind
from review_ui.addresses import safe_path
from review_ui.auth import Post, Visitor, allowed, posted
from review_ui.forms import as_number
from review_ui.ids import CaptureId, CaseId, FileName, RowId, cursor_of, name_cursor_of
from review_ui.notices import Notice, redirect
from review_ui.portions import portion
from review_ui.render import page
from review_ui.web import web_of

router = APIRouter()


@router.get("/cases")
def listing(request: Request, visitor: Annotated[Visitor, Depends(allowed(Action.CASES))]) -> Response:
    found = cases.page(web_of(request).desk, user=visitor.user, after=cursor_of(request))
    return page(request, "cases.html", found=found)


@router.get("/cases/new")
def ask(request: Request, visitor: Annotated[Visitor, Depends(allowed(Action.CASES))]) -> Response:
    """Asks once, before anything happens: these leads, as a new case or into an open one?"""
    back = safe_path(request.query_params.get("back"), "/queue?status=accepted")
    try:
        wanted = [as_number(text) for text in request.query_params.getlist("lead")[:500]]
        choice = case_choice(web_of(request).desk, wanted, user=visitor.user)
    except (BadInput, Conflict) as exc:
        return redirect(request, back, Notice(kind="error", text=exc.message))
    return _choose(request, choice, back)


@router.post("/cases")
def open_case(request: Request, post: Annotated[Post, Depends(posted(Action.CASES))]) -> Response:
    """Open a case of these leads, or put them into one that is open.

    Leads that are not known to be of one operator are put together only when the officer says why; else the page comes
    again with what was filled in, and nothing is done.
    """
    desk, leads, into = web_of(request).desk, post.form.numbers("lead"), post.form.text("into")
    choice = case_choice(desk, leads, user=post.user)
    title, together = post.form.text("title"), post.form.text("together")
    try:
        if into:
            case = cases.join_case(desk, into, leads, user=post.user, together=together)
            text = f"已并入案件 {case.id}：{_numbers(leads)}"
        else:
            case = cases.open_case(desk, leads, user=post.user, title=title or None, together=together)
            text = f"已立案：{case.id}"
    except Unconfirmed:
        back = safe_path(post.form.text("back"), "/queue?status=accepted")
        return _choose(request, choice, back, ticked=leads, into=into, title=title)
    return redirect(request, f"/cases/{case.id}", Notice(kind="done", text=text))


@router.get("/cases/{case_id}")
def case(request: Request, case_id: CaseId, visitor: Annotated[Visitor, Depends(allowed(Action.CASES))]) -> Response:
    desk = web_of(request).desk
    view = cases.view(desk, case_id, user=visitor.user)
    with desk.store.read() as tx:
        titles = source_titles(tx)
    made = request.query_params.get("made", "")
    return page(
        request,
        "case.html",
        view=view,
        case=view.case,
        titles=titles,
        found=portion(view.leads, lambda lead: str(lead.id), name_cursor_of(request)),
        fresh=next((package for package in view.packages if package.name == made), None),
        closings=cases.CLOSING_NAMES,
        became_said=follow_ups.said,
        stamps=package_stamps.stamps_of(desk, case_id, view.packages),
        authorities=bool(desk.settings.tsa_urls),
        max_reason=MAX_REASON,
        logged_in=LOGGED_IN,
    )


@router.post("/cases/{case_id}/leads/{lead_id}/take-out")
def take_out(
    request: Request, case_id: CaseId, lead_id: RowId, post: Annotated[Post, Depends(posted(Action.CASES))]
) -> Response:
    """Take a lead out again; nothing is deleted, the case's history says so."""
    request.state.back = f"/cases/{case_id}"
    cases.take_out(web_of(request).desk, case_id, lead_id, user=post.user, reason=post.form.text("reason"))
    text = f"线索 {lead_id} 已移出案件 {case_id}，仍是“线索成立”。"
    return redirect(request, f"/cases/{case_id}", Notice(kind="done", text=text))


@router.post("/cases/{case_id}/close")
def close(request: Request, case_id: CaseId, post: Annotated[Post, Depends(posted(Action.CASES))]) -> Response:
    """End the case: 结案 or 撤案, with a reason."""
    request.state.back = f"/cases/{case_id}"
    try:
        kind = CaseEventKind(post.form.text("how"))
    except ValueError:
        raise BadInput("请选择结案或撤案。") from None
    cases.close_case(web_of(request).desk, case_id, kind, user=post.user, reason=post.form.text("reason"))
    text = f"案件 {case_id} 已{cases.CLOSING_NAMES[kind]}。"
    return redirect(request, f"/cases/{case_id}", Notice(kind="done", text=text))


@router.post("/cases/{case_id}/captures/{capture_id}/put-in")
def put_in(
    request: Request, case_id: CaseId, capture_id: CaptureId, post: Annotated[Post, Depends(posted(Action.PUT_IN))]
) -> Response:
    """Let a page saved by somebody logged in into the packages to come, with a reason."""
    request.state.back = f"/cases/{case_id}"
    put_ins.put_in(web_of(request).desk, case_id, [capture_id], user=post.user, reason=post.form.text("reason"))
    return redirect(request, f"/cases/{case_id}", Notice(kind="done", text="已批准放入；请重新导出证据包。"))


@router.post("/cases/{case_id}/export")
def export(request: Request, case_id: CaseId, post: Annotated[Post, Depends(posted(Action.EXPORT))]) -> Response:
    """Make a package; the case page then starts its download and keeps a button for it."""
    request.state.back = f"/cases/{case_id}"
    wish, sure = post.form.text("shared"), post.form.text("sure") == "1"
    shared, parts = wish in ("1", "parts"), wish == "parts"
    made = cases.export(web_of(request).desk, case_id, user=post.user, sure=sure, shared=shared, parts=parts)
    told = (
        f"密封本{'、共享本和随函本' if parts else '和共享本'}已生成，都已通过自检。"
        if shared
        else "证据包已生成，已通过自检。"
    )
    return redirect(request, f"/cases/{case_id}?made={quote(made)}", Notice(kind="done", text=told))


@router.post("/cases/{case_id}/packages/{name}/stamps")
def stamps(
    request: Request, case_id: CaseId, name: FileName, post: Annotated[Post, Depends(posted(Action.EXPORT))]
) -> Response:
    """Have a package that was sealed without a third party's time stamp stamped now; the package does not change."""
    request.state.back = f"/cases/{case_id}"
    _, told = package_stamps.stamp(web_of(request).desk, case_id, name, user=post.user)
    return redirect(request, f"/cases/{case_id}", Notice(kind="done", text=told))


@router.get("/cases/{case_id}/packages/{name}")
def package(
    request: Request, case_id: CaseId, name: FileName, visitor: Annotated[Visitor, Depends(allowed(Action.EXPORT))]
) -> Response:
    path = cases.package_path(web_of(request).desk, case_id, name, user=visitor.user)
    return FileResponse(path, media_type="application/zip", filename=name)


def _choose(
    request: Request,
    choice: CaseChoice,
    back: str,
    *,
    ticked: list[int] | None = None,
    into: str = "",
    title: str = "",
) -> Response:
    """The page that asks; with `ticked`, again, because the confirmation is missing."""
    return page(
        request,
        "case_new.html",
        status=200 if ticked is None else 400,
        choice=choice,
        back=back,
        max_title=cases.MAX_TITLE,
        max_reason=MAX_REASON,
        ticked=ticked,
        unconfirmed=ticked is not None,
        into=into,
        title=title,
    )


def _numbers(leads: list[int]) -> str:
    return "线索 " + "、".join(map(str, dict.fromkeys(leads)))
