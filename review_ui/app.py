"""Puts the web together."""

from __future__ import annotations

from fastapi import FastAPI
from starlette.staticfiles import StaticFiles

from pipelines.config import home_secret
from pipelines.desk import Desk
from pipelines.enforcement.audit_log import ChainWatch
from review_ui import errors
from review_ui.render import HERE, make_templates
from review_ui.security import Guard
from review_ui.thumbnails import Thumbnails
from review_ui.views import (
    account,
    audit,
    capture,
    case,
    contact,
    decide,
    digest,
    follow_up,
    health,
    job,
    lead,
    letter,
    login,
    model,
    queue,
    setup,
    source,
    user,
)
from review_ui.web import Web

_VIEWS = (
    health,
    login,
    setup,
    queue,
    lead,
    decide,
    follow_up,
    capture,
    contact,
    case,
    letter,
    digest,
    source,
    job,
    model,
    audit,
    user,
    account,
)


class _Static(StaticFiles):
    """Static files may be kept: their address changes with their content."""

    def file_response(self, *args, **kwargs):  # type: ignore[no-untyped-def]  # passed through as it comes
        response = super().file_response(*args, **kwargs)
        response.headers["cache-control"] = "public, max-age=604800"
        return response


def create_app(desk: Desk) -> FastAPI:
    """The web on this desk. FastAPI's own documentation pages stay off: they load from other hosts."""
    app = FastAPI(title="明察", docs_url=None, redoc_url=None, openapi_url=None)
    web = Web(
        desk=desk,
        templates=make_templates(desk),
        key=home_secret(desk.home, "web.key"),
        thumbnails=Thumbnails(),
        chain=ChainWatch(),
    )
    app.state.web = web
    for view in _VIEWS:
        # Not include_router: this way app.routes lists every route, and the tests that walk it miss none.
        app.router.routes.extend(view.router.routes)
    app.mount("/static", _Static(directory=HERE / "static"), name="static")
    errors.add_handlers(app)
    app.add_middleware(Guard, settings=desk.settings, crashed=lambda: errors.crash_page(web))
    return app
