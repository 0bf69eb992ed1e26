"""A server with fixed answers, and a recipe for a Discuz!-shaped board on it."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from tests.running import running


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        server: Any = self.server
        server.asked.append((self.path, dict(self.headers)))
        status, headers, body = server.answers.get(self.path, (404, {}, b""))
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""


@contextmanager
def serve(answers: dict[str, tuple[int, dict[str, str], bytes]], tls: Path | None = None) -> Iterator[Any]:
    """A server with fixed answers; `asked` lists the requests."""
    server: Any = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.answers, server.asked, server.daemon_threads = answers, [], True
    server.handle_error = lambda *_args: None
    if tls is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(tls)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    with running(server):
        yield server


def board_on(folder: Path, scheme: str, port: int, *, extra: str = "") -> Path:
    """A recipe for a Discuz!-shaped board at that port."""
    source = folder / "test-board"
    source.mkdir()
    (source / "source.yml").write_text(
        f"""\
recipe: {{id: bbs/test, version: 1, extends: discuz-x, engine: discuz}}
source: {{name: 测试论坛, kind: forum, lane: A, contact: robot@example.org, legal_note: test}}
scope: {{base: '{scheme}://127.0.0.1:{port}'}}
discover:
  lists:
    - url: '/forum-1-{{page}}.html'
      rows: {{xpath: '//tbody[starts-with(@id,"normalthread_")]'}}
      key: {{xpath: '@id', do: [{{re: '(\\d+)'}}]}}
      link: {{css: 'a.xst', attr: href}}
{extra}""",
        encoding="utf-8",
    )
    return source


def row(number: int, link: str) -> str:
    return f'<tbody id="normalthread_{number}"><tr><td><a class="xst" href="{link}">题</a></td></tr></tbody>'


def thread_page(text: str = "正文") -> bytes:
    return f'<span id="thread_subject">题</span><table><td id="postmessage_1">{text}</td></table>'.encode()


HTML = {"Content-Type": "text/html; charset=utf-8"}
OPEN = (200, {"Content-Type": "text/plain"}, b"User-agent: *\n")
