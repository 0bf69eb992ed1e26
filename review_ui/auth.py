"""Who is asking: session cookie, permission and CSRF as dependencies of every route.

Annotations are evaluated here (no `from __future__`): those of the inner functions name the action they close over,
which FastAPI could not find from a string.
"""

from collections.abc import Callable
from dataclasses import dataclass
from hmac import compare_digest
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends, Request
from starlette.responses import Response

from pipelines.enforcement import sessions
from pipelines.enforcement.permissions import Action, may, require
from pipelines.enforcement.station import station
from pipelines.errors import Refused
from pipelines.records import Session, User
from review_ui.addresses import safe_path
from review_ui.forms import Form, read_form
from review_ui.security import host_name
from review_ui.web import Web, web_of

#: All that a user may do whose password somebody else gave.
_BEFORE_PASSWORD = ("/account", "/account/password", "/logout")
#: Pages a user may see before region and agency are known.
_BEFORE_SETUP = ("/setup", "/logout", "/account", "/users")


class LoginNeeded(Exception):
    """Nobody is logged in."""


class SetupNeeded(Exception):
    """Region and agency are not known yet."""


class PasswordNeeded(Exception):
    """The password is one that somebody else gave."""


class BadToken(Refused):
    """页面已过期，请刷新后再试。"""


@dataclass(frozen=True, kw_only=True)
class Visitor:
    """A logged-in user and the session it came with."""

    user: User
    session: Session
    token: str

    def may(self, action: str) -> bool:
        return may(self.user, Action(action))


@dataclass(frozen=True, kw_only=True)
class Post:
    """A form that passed permission and CSRF."""

    visitor: Visitor
    form: Form

    @property
    def user(self) -> User:
        return self.visitor.user


def cookie_name(web: Web) -> str:
    return "__Host-mingcha" if web.secure else "mingcha"


def visitor_of(request: Request) -> Visitor:
    """The logged-in visitor. Raises LoginNeeded, PasswordNeeded while the password is a given one, or SetupNeeded while
    region and agency are missing."""
    web = web_of(request)
    token = request.cookies.get(cookie_name(web), "")
    found = sessions.find(web.desk, token)
    if found is None:
        raise LoginNeeded
    session, user = found
    request.state.visitor = visitor = Visitor(user=user, session=session, token=token)
    if user.password_given_at is not None and request.url.path not in _BEFORE_PASSWORD:
        raise PasswordNeeded
    if not request.url.path.startswith(_BEFORE_SETUP) and not station(web.desk).complete:
        raise SetupNeeded
    return visitor


def allowed(action: Action) -> Callable[..., Visitor]:
    """A dependency: the visitor, who may do `action`."""

    def dependency(visitor: Annotated[Visitor, Depends(visitor_of)]) -> Visitor:
        require(visitor.user, action)
        return visitor

    return dependency


def posted(action: Action) -> Callable[..., Post]:
    """A dependency: the form of a visitor who may do `action`, with a valid CSRF token."""

    def dependency(
        request: Request,
        visitor: Annotated[Visitor, Depends(allowed(action))],
        form: Annotated[Form, Depends(read_form)],
    ) -> Post:
        refuse_foreign_origin(request)
        if not compare_digest(form.text("csrf").encode(), visitor.session.csrf.encode()):
            raise BadToken
        request.state.back = safe_path(form.text("back"), "")
        return Post(visitor=visitor, form=form)

    return dependency


def refuse_foreign_origin(request: Request) -> None:
    """A browser says where a form came from; when it does, it has to be here. The token is the rule, this a belt."""
    origin = request.headers.get("origin")
    if origin is None:
        return
    try:
        name = urlsplit(origin).hostname or ""
    except ValueError:
        raise BadToken from None
    if name != host_name(request.headers["host"]):
        raise BadToken


def set_session_cookie(response: Response, web: Web, token: str) -> None:
    response.set_cookie(
        cookie_name(web),
        token,
        max_age=int(sessions.LIFETIME.total_seconds()),
        httponly=True,
        samesite="lax",
        secure=web.secure,
        path="/",
    )


def drop_session_cookie(response: Response, web: Web) -> None:
    response.delete_cookie(cookie_name(web), path="/", httponly=True, samesite="lax", secure=web.secure)
