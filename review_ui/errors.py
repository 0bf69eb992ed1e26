"""Errors as Chinese pages without traces; a form that failed goes back to where it came from."""

from __future__ import annotations

import logging
from http import HTTPStatus
from urllib.parse import quote

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from pipelines.errors import BadInput, Conflict, EvidenceError, NotFound, PipelineError, Refused
from review_ui.addresses import safe_path
from review_ui.auth import LoginNeeded, PasswordNeeded, SetupNeeded
from review_ui.notices import Notice, redirect
from review_ui.render import page
from review_ui.web import Web

log = logging.getLogger(__name__)

_STATUS: dict[type[PipelineError], int] = {BadInput: 400, Refused: 403, NotFound: 404, Conflict: 409}
_TITLES = {
    400: "请求有误",
    403: "没有权限",
    404: "没有这个页面",
    405: "不支持这样访问",
    409: "内容已有变化",
    413: "内容太大",
    500: "出错了",
}


def add_handlers(app: FastAPI) -> None:
    """Every error a view can raise has its page."""
    app.add_exception_handler(LoginNeeded, _to_login)
    app.add_exception_handler(PasswordNeeded, _to_account)
    app.add_exception_handler(SetupNeeded, _to_setup)
    app.add_exception_handler(PipelineError, _pipeline_error)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(RequestValidationError, _bad_address)


def crash_page(web: Web) -> Response:
    """What the browser sees when we failed; the log has the rest."""
    template = web.templates.get_template("crash.html")
    return Response(template.render(), status_code=500, media_type="text/html")


def _to_login(request: Request, _: Exception) -> Response:
    if request.method != "GET" or request.url.path == "/":
        return RedirectResponse("/login", status_code=303)
    wanted = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    target = "/login" if wanted == "/queue" else f"/login?next={quote(safe_path(wanted), safe='')}"
    return RedirectResponse(target, status_code=303)


def _to_account(_: Request, __: Exception) -> Response:
    return RedirectResponse("/account", status_code=303)


def _to_setup(_: Request, __: Exception) -> Response:
    return RedirectResponse("/setup", status_code=303)


def _pipeline_error(request: Request, exc: Exception) -> Response:
    assert isinstance(exc, PipelineError)  # noqa: S101  # registered for this class alone
    back = getattr(request.state, "back", "")
    if back and not isinstance(exc, Refused):
        return redirect(request, back, Notice(kind="error", text=exc.message))
    status = next((code for kind, code in _STATUS.items() if isinstance(exc, kind)), 500)
    if status == 500:
        log.error("Page failed", extra={"path": request.url.path, "error": type(exc).__name__})
    message = (
        exc.message if status != 500 or isinstance(exc, EvidenceError) else "系统暂时不能完成这个操作，请联系管理员。"
    )
    return _page(request, status, message)


def _http_error(request: Request, exc: Exception) -> Response:
    assert isinstance(exc, HTTPException)  # noqa: S101  # registered for this class alone
    messages = {404: "地址可能写错了，或内容已不在。", 405: "这个地址不支持这样访问。"}
    return _page(request, exc.status_code, messages.get(exc.status_code, "请返回重试。"))


def _bad_address(request: Request, _: Exception) -> Response:
    return _page(request, 404, "地址可能写错了，或内容已不在。")


def _page(request: Request, status: int, message: str) -> Response:
    title = _TITLES.get(status, HTTPStatus(status).phrase)
    return page(request, "error.html", status=status, title=title, message=message)
