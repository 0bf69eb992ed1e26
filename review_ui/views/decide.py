"""Decisions and undo."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from pipelines.enforcement import lead as leads
from pipelines.enforcement import review
from pipelines.enforcement.permissions import Action
from pipelines.errors import BadInput
from pipelines.evidence.decided import verdict_words
from pipelines.records import Decision, Verdict
from pipelines.records.rule_words import coded
from review_ui.addresses import read_filters, with_query, write_filters
from review_ui.auth import Post, posted
from review_ui.forms import Form, as_number
from review_ui.ids import RowId
from review_ui.notices import Notice, redirect
from review_ui.web import web_of

router = APIRouter()


@router.post("/leads/{lead_id}/decide")
def decide(request: Request, lead_id: RowId, post: Annotated[Post, Depends(posted(Action.DECIDE))]) -> Response:
    """Record a decision and open the next lead of the same filter; from the queue, stay there."""
    desk = web_of(request).desk
    filters = read_filters(post.form.text("filters"))
    query = write_filters(filters)
    in_queue = post.form.text("from") == "queue"
    here = with_query("/queue" if in_queue else f"/leads/{lead_id}", query)
    request.state.back = here
    struck = post.form.texts("strike") if post.form.text("strikes") else None
    if struck is not None and not in_queue:
        # Refused, the switches come back as they were set.
        switches = urlencode([("strikes", "1"), *(("strike", code) for code in struck)])
        request.state.back = with_query(f"/leads/{lead_id}", f"{query}&{switches}" if query else switches)
    verdict = _verdict(post.form)
    following = leads.next_lead(desk, lead_id, post.user, filters)
    # A chosen department is sent only with 提交转办: whoever presses another verdict has thought better of it.
    department = post.form.text("to_department") if verdict is Verdict.TRANSFER else ""
    decision = review.decide(
        desk,
        lead_id,
        verdict=verdict,
        user=post.user,
        reason=post.form.text("quick_reason") or post.form.text("reason"),
        to_department=department or None,
        struck=struck,
        seen_revision=post.form.number("revision"),
        seen_assessment=post.form.number("assessment") if post.form.text("assessment") else None,
    )
    unexplained = verdict is Verdict.DISMISS and not decision.reason
    if post.form.text("stay"):  # judged anew inside a case: nothing to take back, and no queue to go on with
        return redirect(request, with_query(f"/leads/{lead_id}", query), Notice(kind="done", text=_said(decision)))
    notice = Notice(kind="done", text=_said(decision), undo_lead=lead_id, explain=decision.id if unexplained else None)
    if in_queue or following is None or following == lead_id:
        return redirect(request, with_query("/queue", query), notice)
    return redirect(request, with_query(f"/leads/{following}", query), notice)


@router.post("/leads/{lead_id}/reason")
def add_reason(request: Request, lead_id: RowId, post: Annotated[Post, Depends(posted(Action.DECIDE))]) -> Response:
    """Give the decision just made a reason, and stay where one is."""
    query = write_filters(read_filters(post.form.text("filters")))
    shown = post.form.text("shown")
    here = f"/leads/{as_number(shown)}" if shown else "/queue" if post.form.text("from") == "queue" else ""
    request.state.back = here = with_query(here or f"/leads/{lead_id}", query)
    decision = review.add_reason(
        web_of(request).desk,
        lead_id,
        post.form.number("decision"),
        reason=post.form.text("quick_reason") or post.form.text("reason"),
        user=post.user,
    )
    return redirect(request, here, Notice(kind="done", text=_said(decision), undo_lead=lead_id))


@router.post("/leads/{lead_id}/undo")
def undo(request: Request, lead_id: RowId, post: Annotated[Post, Depends(posted(Action.DECIDE))]) -> Response:
    """Take back the newest decision and show its lead again."""
    query = write_filters(read_filters(post.form.text("filters")))
    in_queue = post.form.text("from") == "queue"
    request.state.back = here = with_query("/queue" if in_queue else f"/leads/{lead_id}", query)
    review.undo(web_of(request).desk, lead_id, user=post.user)
    return redirect(request, here, Notice(kind="done", text=f"线索 {lead_id}：结论已撤销。"))


def _said(decision: Decision) -> str:
    """What was decided, in one line."""
    parts = [verdict_words(decision)]
    if decision.reason:
        parts.append(f"（{decision.reason}）")
    if decision.struck:
        parts.append(f"，不采纳 {'、'.join(coded(str(one)) for one in decision.struck)}")
    return f"线索 {decision.lead_id}：{''.join(parts)}"


def _verdict(form: Form) -> Verdict:
    """The button that was pressed; a quick reason is a button of its own."""
    if form.text("quick_reason"):
        return Verdict.DISMISS
    try:
        return Verdict(form.text("verdict"))
    except ValueError:
        raise BadInput("请选择一个结论。") from None
