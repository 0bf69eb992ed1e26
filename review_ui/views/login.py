"""Log in and out."""

from __future__ import annotations

import secrets
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import RedirectResponse, Response

from pipelines.enforcement import audit_log, sessions, users
from pipelines.enforcement.permissions import Action, may
from pipelines.enforcement.station import station
from pipelines.records import User
from review_ui.addresses import safe_path
from review_ui.auth import (
    BadToken,
    Post,
    cookie_name,
    drop_session_cookie,
    posted,
    refuse_foreign_origin,
    set_session_cookie,
)
from review_ui.devices import device_of, remember
from review_ui.forms import Form, read_form
from review_ui.render import page
from review_ui.web import web_of

router = APIRouter()

#: The log-in form has no session yet: its token is signed and tied to a cookie of its own.
_FORM_COOKIE = "mingcha_login"
_FORM_AGE = 3600


@router.get("/login")
def form(request: Request) -> Response:
    return _form(request)


@router.post("/login")
def login(request: Request, form: Annotated[Form, Depends(read_form)]) -> Response:
    """Start a session; a failed log-in says the same whatever was wrong."""
    web = web_of(request)
    refuse_foreign_origin(request)
    cookie = request.cookies.get(_FORM_COOKIE, "")
    if not cookie or web.unsign("login", form.text("csrf"), max_age=_FORM_AGE) != cookie:
        return _form(request, error=BadToken().message, status=403)
    name = form.text("name").strip()
    device = device_of(request, web, name)
    try:
        user = users.authenticate(web.desk, name, form.text("password"), client=_client(request), device=device)
    except users.LoginThrottled as exc:
        return _form(request, error=exc.message, name=name, status=429)
    except users.LoginRefused as exc:
        return _form(request, error=exc.message, name=name, status=401)
    audit_log.note_daily(web.desk)
    token, _ = sessions.start(web.desk, user, replaces=request.cookies.get(cookie_name(web)))
    # Who can say which office this is, is asked before anything else.
    first = "/setup" if may(user, Action.SETTINGS) and not station(web.desk).complete else home_of(user)
    response = RedirectResponse(safe_path(form.text("next"), first), status_code=303)
    set_session_cookie(response, web, token)
    remember(response, request, web, user.name)
    response.delete_cookie(_FORM_COOKIE, path="/login", httponly=True, samesite="lax", secure=web.secure)
    return response


@router.post("/logout")
def logout(request: Request, post: Annotated[Post, Depends(posted(Action.ACCOUNT))]) -> Response:
    web = web_of(request)
    sessions.end(web.desk, post.visitor.token, post.user)
    response = RedirectResponse("/login", status_code=303)
    drop_session_cookie(response, web)
    return response


def home_of(user: User) -> str:
    """The first page a user may see."""
    pages = ((Action.QUEUE, "/queue"), (Action.USERS, "/users"))
    return next((path for action, path in pages if may(user, action)), "/account")


def _form(request: Request, *, error: str = "", name: str = "", status: int = 200) -> Response:
    web = web_of(request)
    cookie = secrets.token_urlsafe(16)
    response = page(
        request,
        "login.html",
        status=status,
        error=error,
        name=name,
        next=safe_path(request.query_params.get("next"), ""),
        token=web.sign("login", cookie),
    )
    response.set_cookie(
        _FORM_COOKIE, cookie, max_age=_FORM_AGE, httponly=True, samesite="lax", secure=web.secure, path="/login"
    )
    return response


def _client(request: Request) -> str:
    return request.client.host if request.client else "?"
