"""The web server of one desk, and running it until someone stops it."""

from __future__ import annotations

import contextlib
import socket

import uvicorn

from pipelines.desk import Desk
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


def run_until_stopped(server: uvicorn.Server, sock: socket.socket) -> None:
    """Serve until Ctrl-C or SIGTERM."""
    with contextlib.suppress(KeyboardInterrupt):
        server.run(sockets=[sock])
