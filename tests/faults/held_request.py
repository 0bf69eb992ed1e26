"""A demo platform that stops in the middle of its n-th answer, so that a kill surely meets a request in flight."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from crawlers.sandbox.http_site import Pages, Reply, Request
from crawlers.sandbox.sites import Sandbox

#: A held answer is let go after this long whatever happens.
PATIENCE = 60.0


class Held:
    """Pages that hold the n-th answer until told to go on."""

    def __init__(self, pages: Pages, nth: int) -> None:
        self._pages = pages
        self._left = nth
        self._lock = threading.Lock()
        #: Set while the n-th request waits for its answer.
        self.in_flight = threading.Event()
        self.go_on = threading.Event()

    @property
    def name(self) -> str:
        return self._pages.name

    @property
    def server(self) -> str:
        return self._pages.server

    def answer(self, request: Request) -> Reply:
        with self._lock:
            self._left -= 1
            mine = self._left == 0
        if mine:
            self.in_flight.set()
            self.go_on.wait(PATIENCE)
        return self._pages.answer(request)


@contextmanager
def hold(sandbox: Sandbox, site: str, nth: int) -> Iterator[Held]:
    """Hold the n-th answer of a site from now on."""
    server = sandbox._sites[site]._server
    held = Held(server.pages, nth)
    server.pages = held
    try:
        yield held
    finally:
        held.go_on.set()
        server.pages = held._pages
