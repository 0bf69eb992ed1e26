"""The web server of one desk: its socket, its address, and running it until someone stops it."""

from __future__ import annotations

import contextlib
import socket

import uvicorn

from pipelines.config import Settings
from pipelines.desk import Desk
from pipelines.errors import ConfigError, os_reason
from review_ui.app import create_app


def make_server(desk: Desk) -> uvicorn.Server:
    """The server on this desk; it is given its sockets by whoever runs it."""
    behind_proxy = bool(desk.settings.public_url)
    config = uvicorn.Config(
        create_app(desk),
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=behind_proxy,
        forwarded_allow_ips="127.0.0.1,::1" if behind_proxy else "",
        timeout_graceful_shutdown=5,
    )
    return uvicorn.Server(config)


def listening_socket(settings: Settings) -> socket.socket:
    """A bound socket. Raises ConfigError with the mend when the port is taken or the address is not ours."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_STREAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        sock.bind((settings.host, settings.port))
        sock.listen(128)
    except OSError as exc:
        sock.close()
        raise ConfigError(
            f"不能监听 {settings.host}:{settings.port}（{_why(exc)}）；请换一个端口，"
            f"例如 MINGCHA_PORT={settings.port % 65535 + 1}，或改正 MINGCHA_HOST"
        ) from exc
    return sock


def _why(exc: OSError) -> str:
    return "没有这个主机名" if isinstance(exc, socket.gaierror) else os_reason(exc)


def address(settings: Settings) -> str:
    """The address people open."""
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return settings.public_url or f"http://{host}:{settings.port}"


def run_until_stopped(server: uvicorn.Server, sock: socket.socket) -> None:
    """Serve until Ctrl-C or SIGTERM."""
    with contextlib.suppress(KeyboardInterrupt):
        server.run(sockets=[sock])
