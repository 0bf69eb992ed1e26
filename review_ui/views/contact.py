"""A contact in clear: asked for by a form, logged, shown once on a page of its own."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import RedirectResponse, Response

from pipelines.enforcement import contacts
from pipelines.enforcement.permissions import Action
from pipelines.errors import Refused
from pipelines.ingest.contact_vault import ContactVault
from review_ui.auth import Post, Visitor, allowed, posted
from review_ui.ids import RowId
from review_ui.render import page
from review_ui.web import web_of

router = APIRouter()

_GRANT_AGE = 60
_PATH = "/leads/{lead_id}/contacts/{contact_id}"


@router.post(_PATH)
def ask(
    request: Request, lead_id: RowId, contact_id: RowId, post: Annotated[Post, Depends(posted(Action.REVEAL))]
) -> Response:
    """Log the wish and give a grant of a minute, for this session alone."""
    web = web_of(request)
    contacts.note_reveal(web.desk, lead_id, contact_id, user=post.user)
    grant = web.sign("contact", [post.visitor.session.token_hash, lead_id, contact_id])
    return RedirectResponse(f"/leads/{lead_id}/contacts/{contact_id}?grant={grant}", status_code=303)


@router.get(_PATH)
def show(
    request: Request, lead_id: RowId, contact_id: RowId, visitor: Annotated[Visitor, Depends(allowed(Action.REVEAL))]
) -> Response:
    web = web_of(request)
    grant = web.unsign("contact", request.query_params.get("grant", ""), max_age=_GRANT_AGE)
    if grant != [visitor.session.token_hash, lead_id, contact_id]:
        raise Refused("查看联系方式须从线索页点“查看明文”，每次都会记入审计。")
    contact = contacts.find(web.desk, lead_id, contact_id, user=visitor.user)
    return page(
        request, "contact.html", lead_id=lead_id, contact=contact, clear=ContactVault(web.desk.keys).reveal(contact)
    )
