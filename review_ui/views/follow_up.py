"""What became of leads: entering it on the lead's page, and the list of all that were confirmed or handed on."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from pipelines.enforcement import follow_ups
from pipelines.enforcement.follow_ups import STAGES, Stage
from pipelines.enforcement.permissions import Action
from pipelines.errors import BadInput
from pipelines.evidence.decided import verdict_words
from pipelines.records import FollowUpKind
from review_ui.addresses import read_filters, with_query, write_filters
from review_ui.auth import Post, Visitor, allowed, posted
from review_ui.forms import as_day
from review_ui.ids import RowId, name_cursor_of
from review_ui.notices import Notice, redirect
from review_ui.portions import portion
from review_ui.render import page
from review_ui.web import web_of

router = APIRouter()


@router.get("/follow-ups")
def listing(request: Request, visitor: Annotated[Visitor, Depends(allowed(Action.FOLLOW_UP))]) -> Response:
    """By stage, what has waited longest first."""
    word = request.query_params.get("stage", "")
    stage = Stage(word) if word in set(Stage) else None
    found = follow_ups.followed(web_of(request).desk, user=visitor.user, stage=stage)
    return page(
        request,
        "follow_ups.html",
        found=portion(found.rows, lambda row: str(row.lead.id), name_cursor_of(request)),
        counts=found.counts,
        total=found.total,
        stage=stage,
        stages=STAGES,
        said=follow_ups.said,
        verdict_words=verdict_words,
    )


@router.post("/leads/{lead_id}/follow-ups")
def enter(request: Request, lead_id: RowId, post: Annotated[Post, Depends(posted(Action.FOLLOW_UP))]) -> Response:
    """Enter what became of the lead; one stays on its page."""
    here = _back(request, lead_id, post)
    try:
        kind = FollowUpKind(post.form.text("kind"))
    except ValueError:
        raise BadInput("请选择办理情况。") from None
    on_day = as_day(post.form.text("on_day"), "办理日期")
    entry = follow_ups.enter(
        web_of(request).desk,
        lead_id,
        kind,
        user=post.user,
        on_day=on_day,
        office=post.form.text("office"),
        paper=post.form.text("paper"),
        note=post.form.text("note"),
        seen_decision=post.form.number("decision"),
    )
    return redirect(request, here, Notice(kind="done", text=f"线索 {lead_id} 已登记：{follow_ups.said(entry)}"))


@router.post("/leads/{lead_id}/follow-ups/{entry_id}/take-back")
def take_back(
    request: Request, lead_id: RowId, entry_id: RowId, post: Annotated[Post, Depends(posted(Action.FOLLOW_UP))]
) -> Response:
    """Take an entry back; nothing is deleted, the lead's history says so."""
    here = _back(request, lead_id, post)
    desk = web_of(request).desk
    follow_ups.take_back(desk, lead_id, entry_id, user=post.user, reason=post.form.text("reason"))
    return redirect(request, here, Notice(kind="done", text=f"线索 {lead_id}：这条办理情况已撤销。"))


def _back(request: Request, lead_id: int, post: Post) -> str:
    here = with_query(f"/leads/{lead_id}", write_filters(read_filters(post.form.text("filters"))))
    request.state.back = here
    return here
