"""Whether the desk answers."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from pipelines.errors import StoreError
from review_ui.web import web_of

router = APIRouter()


@router.get("/healthz")
def healthz(request: Request) -> Response:
    """200 when the database answers, 503 when not; says nothing else."""
    try:
        with web_of(request).desk.store.read() as tx:
            tx.users.count()
    except StoreError:
        return JSONResponse({"status": "error"}, status_code=503)
    return JSONResponse({"status": "ok"})


@router.get("/")
def root() -> Response:
    return RedirectResponse("/queue", status_code=303)
