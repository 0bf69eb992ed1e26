"""The models page: what answers, what it learnt from, how the last challenger did. Commands do the switching."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from pipelines.enforcement.permissions import Action
from review_ui.auth import Visitor, allowed
from review_ui.ids import name_cursor_of
from review_ui.portions import portion
from review_ui.render import page
from review_ui.web import web_of

router = APIRouter()


@router.get("/models")
def listing(request: Request, visitor: Annotated[Visitor, Depends(allowed(Action.MODELS))]) -> Response:  # noqa: ARG001  # permission
    # numpy and the model files are for this page alone
    from pipelines.learning.models import list_models

    models = list_models(web_of(request).desk.home)
    last = next((one for one in models if one.comparison), None)
    found = portion(models, lambda one: one.id, name_cursor_of(request))
    return page(request, "models.html", found=found, last=last)
