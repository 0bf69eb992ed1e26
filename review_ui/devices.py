"""Browsers that have logged in before: a signed cookie by which they count their failed log-ins for themselves.

Whoever knows a user's name can use up the attempts that all unknown browsers share; who has this cookie is not kept out
by that. It is no log-in: the password is asked all the same. It holds random numbers only, no name: each is good for
the one name it was signed for.
"""

from __future__ import annotations

import secrets
from datetime import timedelta

from fastapi import Request
from starlette.responses import Response

from review_ui.web import Web

COOKIE = "mingcha_device"
#: From the last log-in on.
LIFETIME = timedelta(days=180)
#: People who share a browser; the one longest not seen is forgotten.
MOST = 5
_BETWEEN = "~"
_MAX_LENGTH = 2048


def device_of(request: Request, web: Web, name: str) -> str | None:
    """The number of this browser, if this user has logged in with it before."""
    return next((found for token in _tokens(request) if (found := _number(web, name, token)) is not None), None)


def remember(response: Response, request: Request, web: Web, name: str) -> None:
    """After a log-in: the browser's number for this user, kept or new, stays good for LIFETIME from now."""
    number = device_of(request, web, name) or secrets.token_urlsafe(16)
    others = [token for token in _tokens(request) if _number(web, name, token) is None]
    response.set_cookie(
        COOKIE,
        _BETWEEN.join([web.sign(_purpose(name), number), *others][:MOST]),
        max_age=int(LIFETIME.total_seconds()),
        httponly=True,
        samesite="lax",
        secure=web.secure,
        path="/login",
    )


def _tokens(request: Request) -> list[str]:
    written = request.cookies.get(COOKIE, "")
    return written.split(_BETWEEN)[:MOST] if 0 < len(written) <= _MAX_LENGTH else []


def _number(web: Web, name: str, token: str) -> str | None:
    found = web.unsign(_purpose(name), token, max_age=int(LIFETIME.total_seconds()))
    return found if isinstance(found, str) else None


def _purpose(name: str) -> str:
    return f"device:{name}"
