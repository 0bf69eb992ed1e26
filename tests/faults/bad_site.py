"""A site on this machine that misbehaves at one address, and a board whose middle thread is that address."""

from __future__ import annotations

import functools
import socket
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from tests.crawlers.small_site import row, thread_page

_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n"
_CHUNK = b"<p>" + b"x" * 65_000
BAD = "/thread-2-1-1.html"


def endless(connection: socket.socket) -> None:
    """A body that never ends, as fast as it is taken."""
    connection.sendall(_HEAD + b"Transfer-Encoding: chunked\r\n\r\n")
    while True:
        connection.sendall(f"{len(_CHUNK):x}\r\n".encode() + _CHUNK + b"\r\n")


def gibibyte(connection: socket.socket) -> None:
    """A body that says it is 1 GiB, and means it."""
    connection.sendall(_HEAD + b"Content-Length: 1073741824\r\n\r\n")
    for _ in range(1_073_741_824 // len(_CHUNK) + 1):
        connection.sendall(_CHUNK)


def slow_loris(connection: socket.socket) -> None:
    """One byte of headers a while, for ever."""
    connection.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    while True:
        connection.sendall(b"a")
        time.sleep(0.05)


def slow_body(connection: socket.socket) -> None:
    """One byte of the body a while, for ever."""
    connection.sendall(_HEAD + b"Content-Length: 100000\r\n\r\n")
    while True:
        connection.sendall(b"a")
        time.sleep(0.05)


@functools.cache
def _bomb() -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, zlib.MAX_WBITS + 16)
    return b"".join(packer.compress(b"\0" * 2**20) for _ in range(200)) + packer.flush()


def gzip_bomb(connection: socket.socket) -> None:
    """Two hundred kilobytes that unpack to as many megabytes."""
    head = f"Content-Encoding: gzip\r\nContent-Length: {len(_bomb())}\r\n\r\n"
    connection.sendall(_HEAD + head.encode() + _bomb())


def redirect_loop(connection: socket.socket) -> None:
    """To itself, for ever."""
    connection.sendall(f"HTTP/1.1 302 Found\r\nLocation: {BAD}\r\nContent-Length: 0\r\n\r\n".encode())


def torn_body(connection: socket.socket) -> None:
    """Ends before it said it would."""
    connection.sendall(_HEAD + b"Content-Length: 5000\r\n\r\n<html>")


def no_answer(connection: socket.socket) -> None:
    """Takes the request and says nothing."""
    with suppress(OSError):
        connection.recv(1)


class BadSite:
    """Threads 1 and 3 are sound; what thread 2 does is the test's."""

    def __init__(self, behave: Callable[[socket.socket], None]) -> None:
        self.behave: Callable[[socket.socket], None] | None = behave
        self.asked: list[str] = []
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._server.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._server.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._server.accept()
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with suppress(OSError, IndexError), connection:
            head = b""
            while b"\r\n\r\n" not in head:
                head += connection.recv(65536) or b"\r\n\r\n"
            path = head.split(b" ")[1].decode()
            self.asked.append(path)
            if path == BAD and self.behave is not None:
                self.behave(connection)
            else:
                kind, body = self._page(path)
                length = f"Content-Type: {kind}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
                connection.sendall(b"HTTP/1.1 200 OK\r\n" + length.encode() + body)

    def _page(self, path: str) -> tuple[str, bytes]:
        if path == "/robots.txt":
            return "text/plain", b"User-agent: *\n"
        if path == "/forum-1-1.html":
            rows = "".join(row(number, f"/thread-{number}-1-1.html") for number in (1, 2, 3))
            return "text/html; charset=utf-8", rows.encode()
        return "text/html; charset=utf-8", thread_page(f"正文 {path}")


@contextmanager
def bad_site(behave: Callable[[socket.socket], None]) -> Iterator[BadSite]:
    _bomb()  # made before the clock of a time-out runs
    site = BadSite(behave)
    try:
        yield site
    finally:
        site.close()
