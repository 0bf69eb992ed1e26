"""A small server that speaks the chat-completions protocol and misbehaves on demand."""

from __future__ import annotations

import json
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from tests.running import running

#: Writes one whole answer to the connection.
Behaviour = Callable[["Handler"], None]

GOOD: dict[str, Any] = {
    "kind": "offer",
    "academic": "yes",
    "anxiety": False,
    "signals": ["prepay"],
    "quotes": [{"about": "academic", "text": "六年级数学小班"}],
    "instructs": False,
    "reason": "写明六年级数学小班并一次交清。",
}


@dataclass
class Asked:
    """One request as it came."""

    path: str
    headers: dict[str, str]
    body: dict[str, Any]

    @property
    def text(self) -> str:
        """All that was said in it."""
        return "\n".join(str(message["content"]) for message in self.body["messages"])


@dataclass
class ModelServer:
    """What was asked, and what to answer: the list first, one a request, then `always`."""

    port: int
    scheme: str = "http"
    always: Behaviour = field(default_factory=lambda: says(GOOD))
    first: list[Behaviour] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    #: Set at the end of a test, so that slow answers stop waiting.
    over: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.port}/v1"


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    @property
    def model(self) -> ModelServer:
        server: Any = self.server
        return server.model  # type: ignore[no-any-return]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        model = self.model
        model.asked.append(Asked(path=self.path, headers=dict(self.headers), body=json.loads(body)))
        (model.first.pop(0) if model.first else model.always)(self)

    do_GET = do_POST

    def send(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""


def says(answer: dict[str, Any] | str) -> Behaviour:
    """A completion whose message is this object, or these very words."""
    content = answer if isinstance(answer, str) else json.dumps(answer, ensure_ascii=False)
    message = {"role": "assistant", "content": content}
    whole = {"id": "x", "object": "chat.completion", "choices": [{"index": 0, "message": message}]}
    return lambda handler: handler.send(200, json.dumps(whole).encode(), Content_Type="application/json")


def good(**changes: Any) -> Behaviour:
    return says(GOOD | changes)


def raw(body: bytes, status: int = 200, **headers: str) -> Behaviour:
    return lambda handler: handler.send(status, body, **headers)


def status(code: int, **headers: str) -> Behaviour:
    return raw(b'{"error": {"message": "no"}}', code, **headers)


def drops(handler: Handler) -> None:
    """Promises more than it sends, then hangs up."""
    handler.send_response(200)
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    handler.wfile.write(b'{"choices"')
    handler.close_connection = True


def slow(handler: Handler) -> None:
    """Says nothing at all until the test is over."""
    handler.model.over.wait(20)
    handler.close_connection = True


def drips(handler: Handler) -> None:
    """A header that comes byte by byte: no single wait is long."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Drip: ")
    while not handler.model.over.wait(0.02):
        try:
            handler.wfile.write(b"x")
        except OSError:
            break
    handler.close_connection = True


def endless(handler: Handler) -> None:
    """A body without an end."""
    handler.send_response(200)
    handler.send_header("Transfer-Encoding", "chunked")
    handler.end_headers()
    try:
        while not handler.model.over.is_set():
            handler.wfile.write(b"10000\r\n" + b" " * 0x10000 + b"\r\n")
    except OSError:
        handler.close_connection = True


@contextmanager
def serve_model(tls: Path | None = None) -> Iterator[ModelServer]:
    server: Any = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.handle_error = lambda *_args: None
    if tls is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(tls)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    server.model = ModelServer(port=server.server_address[1], scheme="https" if tls else "http")
    with running(server):
        try:
            yield server.model
        finally:
            server.model.over.set()
