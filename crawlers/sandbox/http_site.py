"""One local web site: a threading HTTP server with 304, gzip and a log, around an object that knows the pages."""

from __future__ import annotations

import gzip
import socket
import threading
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Protocol
from urllib.parse import parse_qsl, urlsplit

from crawlers.sandbox.errors import PortTaken
from pipelines import clock

#: How long an idle keep-alive connection is held open.
IDLE_SECONDS = 20
#: The log forgets the oldest requests beyond this many.
LOG_SIZE = 100_000
_TEXTUAL = ("text/", "application/json", "application/javascript")


@dataclass(frozen=True, kw_only=True)
class Request:
    """What the pages may look at."""

    #: Path without query, still percent-encoded.
    path: str
    #: Last value of each query key.
    query: Mapping[str, str]
    #: Scheme, host and port the site answers at.
    origin: str
    #: Address of the visitor.
    client: str


@dataclass(frozen=True, kw_only=True)
class Reply:
    """What the pages answer."""

    body: bytes
    content_type: str
    status: int = 200
    #: What this page is, by the names of the page states; goes to the log, never over the wire.
    state: str = "ok"
    #: Opaque validator without W/ and quotes; sent as a weak ETag, since counters on the page move.
    etag: str | None = None
    last_modified: datetime | None = None
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, kw_only=True)
class LoggedRequest:
    """One line of the log that tests read."""

    site: str
    method: str
    #: Path with query, as asked for.
    target: str
    #: Aware, UTC.
    at: datetime
    user_agent: str
    status: int
    #: State of the page served ("captcha", "robots_denied" …); a 304 keeps the page's.
    state: str


class Pages(Protocol):
    """The inside of a site."""

    name: str
    #: What its Server header says.
    server: str

    def answer(self, request: Request) -> Reply:
        """The reply to a GET; never raises for anything a visitor can ask."""
        ...


@dataclass(kw_only=True)
class RequestLog:
    """Every request to any of the sites, oldest first; on the Python side only."""

    _rows: deque[LoggedRequest] = field(default_factory=lambda: deque(maxlen=LOG_SIZE))
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, row: LoggedRequest) -> None:
        with self._lock:
            self._rows.append(row)

    def rows(self, site: str | None = None, *, state: str | None = None) -> tuple[LoggedRequest, ...]:
        """The requests so far, narrowed to one site or one page state."""
        with self._lock:
            rows = tuple(self._rows)
        return tuple(row for row in rows if site in (None, row.site) and state in (None, row.state))

    def clear(self) -> None:
        with self._lock:
            self._rows.clear()


class LocalSite:
    """A site listening on its port from the moment it is made until `close`. Raises PortTaken."""

    def __init__(self, pages: Pages, *, host: str, port: int, log: RequestLog) -> None:
        try:
            self._server = _Server((host, port), pages, log)
        except OSError as exc:
            raise PortTaken(f"端口 {port} 已被占用；请换一个端口，或用 0 让系统挑选空闲端口。") from exc
        self.name = pages.name
        self.port = self._server.server_address[1]
        self.origin = self._server.origin = f"http://{host}:{self.port}"
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, name=f"sandbox-{pages.name}", daemon=True
        )
        self._thread.start()

    def close(self) -> None:
        """Stop listening, cut open connections, wait for the threads."""
        self._server.shutdown()
        self._thread.join()
        self._server.cut_connections()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = False
    block_on_close = True
    request_queue_size = 64

    def __init__(self, address: tuple[str, int], pages: Pages, log: RequestLog) -> None:
        self.pages = pages
        self.log = log
        self.origin = ""
        self._open: set[socket.socket] = set()
        self._open_lock = threading.Lock()
        super().__init__(address, _Handler)

    def server_bind(self) -> None:
        # http.server looks up the host's own name here, which can take seconds without DNS.
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = str(self.server_address[0]), int(self.server_address[1])

    def get_request(self) -> tuple[socket.socket, tuple[str, int]]:
        connection, address = super().get_request()
        with self._open_lock:
            self._open.add(connection)
        return connection, address

    def shutdown_request(self, request: socket.socket | tuple[bytes, socket.socket]) -> None:
        with self._open_lock:
            self._open.discard(request)  # a TCP server hands on the socket itself
        super().shutdown_request(request)

    def cut_connections(self) -> None:
        with self._open_lock:
            for connection in self._open:
                try:
                    connection.shutdown(socket.SHUT_RDWR)
                except OSError:
                    continue  # the visitor was faster

    def handle_error(self, request: object, client_address: object) -> None:
        """A visitor that hangs up is no news."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = IDLE_SECONDS
    # Head and body leave in one piece; in two, each answer waits 40 ms for the visitor's acknowledgement.
    wbufsize = -1
    disable_nagle_algorithm = True
    server: _Server

    def do_GET(self) -> None:
        self._serve(with_body=True)

    def do_HEAD(self) -> None:
        self._serve(with_body=False)

    def version_string(self) -> str:
        return self.server.pages.server

    def log_message(self, format: str, *args: object) -> None:
        """Nothing on stderr: the log is an object."""

    def _serve(self, *, with_body: bool) -> None:
        parts = urlsplit(self.path)
        reply = self.server.pages.answer(
            Request(
                path=parts.path,
                query=dict(parse_qsl(parts.query, keep_blank_values=True)),
                origin=self.server.origin,
                client=self.client_address[0],
            )
        )
        fresh = reply.status == 200 and self._is_fresh(reply)
        self._note(304 if fresh else reply.status, reply.state)
        if fresh:
            self._send(304, reply, b"", with_body=False)
        else:
            self._send(reply.status, reply, reply.body, with_body=with_body)

    def _is_fresh(self, reply: Reply) -> bool:
        asked = self.headers.get("If-None-Match")
        if asked is not None:
            tags = {tag.strip().removeprefix("W/").strip('"') for tag in asked.split(",")}
            return reply.etag is not None and not tags.isdisjoint({reply.etag, "*"})
        since = self.headers.get("If-Modified-Since")
        if since is None or reply.last_modified is None:
            return False
        try:
            return reply.last_modified <= parsedate_to_datetime(since)
        except (ValueError, TypeError):
            return False

    def _send(self, status: int, reply: Reply, body: bytes, *, with_body: bool) -> None:
        packed = (
            status == 200
            and len(body) > 860
            and reply.content_type.startswith(_TEXTUAL)
            and "gzip" in self.headers.get("Accept-Encoding", "")
        )
        if packed:
            body = gzip.compress(body, mtime=0)
        self.send_response(status)
        self.send_header("Content-Type", reply.content_type)
        for name, value in reply.headers:
            self.send_header(name, value)
        if reply.etag:
            self.send_header("ETag", f'W/"{reply.etag}"')
        if reply.last_modified:
            self.send_header("Last-Modified", format_datetime(reply.last_modified.astimezone(UTC), usegmt=True))
        if packed:
            self.send_header("Content-Encoding", "gzip")
        if reply.content_type.startswith(_TEXTUAL):
            self.send_header("Vary", "Accept-Encoding")
        if status != 304:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if with_body:
            self.wfile.write(body)

    def _note(self, status: int, state: str) -> None:
        self.server.log.add(
            LoggedRequest(
                site=self.server.pages.name,
                method=self.command,
                target=self.path,
                at=clock.now(),
                user_agent=self.headers.get("User-Agent", ""),
                status=status,
                state=state,
            )
        )
