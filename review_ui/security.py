"""The outermost layer of the web: Host check, size limit, security headers, and no traces to the browser."""

from __future__ import annotations

import logging
from collections.abc import Callable
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pipelines.config import LOOPBACK_HOSTS, Settings

log = logging.getLogger(__name__)

#: Forms only; files come in through `mingcha intake`.
MAX_BODY = 256 * 1024

_POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "content-security-policy": _POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    # Nothing goes to other sites; our own pages need it, since `no-referrer` makes a form's Origin "null".
    "referrer-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
#: Added to any answer that does not say otherwise itself.
DEFAULTS = {"cache-control": "no-store"}


def allowed_hosts(settings: Settings) -> frozenset[str]:
    """The host names (without port) this server answers to."""
    hosts = set(LOOPBACK_HOSTS) if settings.binds_loopback else {settings.host.lower()}
    if settings.public_url:
        hosts.add(urlsplit(settings.public_url).hostname or "")
    return frozenset(hosts)


def host_name(header: str) -> str:
    """The name in a Host header, lower case, without port and brackets; "" when it is none."""
    try:
        parts = urlsplit(f"//{header}")
        name = parts.hostname or ""
        _ = parts.port  # raises on a port that is none
    except ValueError:
        return ""
    return "" if parts.path or parts.query or parts.fragment or parts.username is not None else name


class TooLarge(Exception):
    """The request body passed the limit while it was read."""


class Guard:
    """Refuses foreign hosts and large bodies, sets the headers, and turns what nobody caught into a plain page."""

    def __init__(self, app: ASGIApp, *, settings: Settings, crashed: Callable[[], Response]) -> None:
        self._app = app
        self._hosts = allowed_hosts(settings)
        self._crashed = crashed
        self._headers = dict(HEADERS)
        if settings.public_url:
            self._headers["strict-transport-security"] = "max-age=31536000"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            # There are no websockets here.
            if scope["type"] == "lifespan":
                await self._app(scope, receive, send)
            return
        started = False

        async def guarded_send(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                self._set_headers(MutableHeaders(raw=message["headers"]))
            await send(message)

        refusal = self._refusal(Headers(scope=scope))
        if refusal is not None:
            await refusal(scope, receive, guarded_send)
            return
        try:
            await self._app(scope, _limited(receive), guarded_send)
        except TooLarge:
            await PlainTextResponse("提交的内容太大。", status_code=413)(scope, receive, guarded_send)
        except Exception:
            log.exception("Request failed", extra={"path": scope["path"], "method": scope["method"]})
            if not started:
                await self._crashed()(scope, receive, guarded_send)

    def _refusal(self, headers: Headers) -> Response | None:
        if len(headers.getlist("host")) != 1 or host_name(headers["host"]) not in self._hosts:
            return PlainTextResponse("不认识的主机名。请用配置的网址访问。", status_code=400)
        length = headers.get("content-length", "0")
        if not length.isdigit() or int(length) > MAX_BODY:
            return PlainTextResponse("提交的内容太大。", status_code=413)
        return None

    def _set_headers(self, headers: MutableHeaders) -> None:
        for name, value in self._headers.items():
            headers[name] = value
        for name, value in DEFAULTS.items():
            headers.setdefault(name, value)


def _limited(receive: Receive) -> Receive:
    """A body sent in chunks has no length to check beforehand."""
    read = 0

    async def limited() -> Message:
        nonlocal read
        message = await receive()
        if message["type"] == "http.request":
            read += len(message.get("body", b""))
            if read > MAX_BODY:
                raise TooLarge
        return message

    return limited
