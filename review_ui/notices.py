"""One-line messages that survive a redirect: a signed cookie of a minute, shown once."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import Request
from starlette.responses import RedirectResponse, Response

from review_ui.web import Web, web_of

COOKIE = "mingcha_notice"
_MAX_AGE = 60


@dataclass(frozen=True, kw_only=True)
class Notice:
    """What happened; the lead whose decision can be taken back from here, and the decision that may be explained."""

    #: done | error
    kind: str
    text: str
    undo_lead: int | None = None
    #: A decision of that lead that was made without a reason.
    explain: int | None = None


def redirect(request: Request, path: str, notice: Notice | None = None) -> Response:
    """303 to a path of this site, with a notice for the next page."""
    response = RedirectResponse(path, status_code=303)
    if notice is not None:
        web = web_of(request)
        token = web.sign("notice", [_owner(request), notice.kind, notice.text, notice.undo_lead, notice.explain])
        response.set_cookie(COOKIE, token, max_age=_MAX_AGE, httponly=True, samesite="lax", secure=web.secure, path="/")
    return response


def take(request: Request, web: Web) -> Notice | None:
    """The notice waiting for this visitor, if any; the page that shows it also drops the cookie."""
    value = web.unsign("notice", request.cookies.get(COOKIE, ""), max_age=_MAX_AGE)
    if not isinstance(value, list) or len(value) != 5 or value[0] != _owner(request):
        return None
    return Notice(kind=value[1], text=value[2], undo_lead=value[3], explain=value[4])


def _owner(request: Request) -> str:
    visitor = getattr(request.state, "visitor", None)
    return "" if visitor is None else str(visitor.session.token_hash[:16])
