"""A small board on this machine whose n-th answer can be held, so that a kill surely meets a request in flight."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any

from tests.crawlers.small_site import HTML, OPEN, _Handler, row
from tests.running import running

#: A held answer is let go after this long whatever happens.
PATIENCE = 60.0
THREADS = range(1, 31)


class HeldBoard:
    """The board's server, its recipe, and what was asked."""

    def __init__(self, folder: Path) -> None:
        rows = "".join(row(number, f"/thread-{number}-1-1.html") for number in THREADS)
        self.answers: dict[str, tuple[int, dict[str, str], bytes]] = {
            "/robots.txt": OPEN,
            "/forum-1-1.html": (200, HTML, f"<table>{rows}</table>".encode()),
        }
        for number in THREADS:
            title = f'<span id="thread_subject">第{number}号帖子</span>'
            body = f'<td id="postmessage_{number}">转让第{number}台自行车，成色{number}成新，自提。</td>'
            page = f"{title}<table><tr>{body}</tr></table>"
            self.answers[f"/thread-{number}-1-1.html"] = (200, HTML, page.encode())
        self._lock = threading.Lock()
        self._left = 0
        self.in_flight = threading.Event()
        self.go_on = threading.Event()
        server: Any = ThreadingHTTPServer(("127.0.0.1", 0), _Holding)
        server.board, server.answers, server.asked, server.daemon_threads = self, self.answers, [], True
        server.handle_error = lambda *_args: None
        self.server = server
        self.place = f"127.0.0.1:{server.server_address[1]}"
        self.recipe = folder / "held-board"
        self.recipe.mkdir()
        (self.recipe / "source.yml").write_text(_RECIPE, encoding="utf-8")

    def pause_if_held(self) -> None:
        with self._lock:
            self._left -= 1
            mine = self._left == 0
        if mine:
            self.in_flight.set()
            self.go_on.wait(PATIENCE)

    @contextmanager
    def hold(self, nth: int) -> Iterator[None]:
        """Hold the n-th answer from now on."""
        self.in_flight.clear()
        self.go_on.clear()
        with self._lock:
            self._left = nth
        try:
            yield
        finally:
            self.go_on.set()


class _Holding(_Handler):
    def do_GET(self) -> None:
        server: Any = self.server
        server.board.pause_if_held()
        super().do_GET()


@contextmanager
def held_board(folder: Path) -> Iterator[HeldBoard]:
    board = HeldBoard(folder)
    with running(board.server):
        try:
            yield board
        finally:
            board.go_on.set()


_RECIPE = """\
recipe: {id: bbs/held, version: 1, extends: discuz-x, engine: discuz}
source: {name: 演练论坛, kind: forum, lane: A, contact: robot@example.org, legal_note: test, demo: true}
scope: {}
discover:
  lists:
    - url: '/forum-1-{page}.html'
      rows: {xpath: '//tbody[starts-with(@id,"normalthread_")]'}
      key: {xpath: '@id', do: [{re: '(\\d+)'}]}
      link: {css: 'a.xst', attr: href}
      max_pages: 1
schedule: {detail: [0h]}
"""
