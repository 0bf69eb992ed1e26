"""Region code and agency, asked at the first log-in of a real HOME."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from pipelines.enforcement.permissions import Action
from pipelines.enforcement.station import set_station, station
from pipelines.errors import BadInput
from review_ui.auth import Post, allowed, posted
from review_ui.notices import Notice, redirect
from review_ui.render import page
from review_ui.views.login import home_of
from review_ui.web import web_of

router = APIRouter()


@router.get("/setup", dependencies=[Depends(allowed(Action.ACCOUNT))])
def form(request: Request) -> Response:
    """Anyone may read what is set; only an admin gets the form."""
    found = station(web_of(request).desk)
    return page(request, "setup.html", station=found, region=found.region, agency=found.agency, error="")


@router.post("/setup")
def save(request: Request, post: Annotated[Post, Depends(posted(Action.SETTINGS))]) -> Response:
    desk = web_of(request).desk
    region, agency = post.form.text("region"), post.form.text("agency")
    try:
        set_station(desk, region=region, agency=agency, user=post.user)
    except BadInput as exc:
        return page(
            request, "setup.html", status=400, station=station(desk), region=region, agency=agency, error=exc.message
        )
    return redirect(request, home_of(post.user), Notice(kind="done", text="单位设置已保存。"))
