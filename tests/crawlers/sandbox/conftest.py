"""Running platforms and a bare HTTP client for their tests."""

from __future__ import annotations

import http.client
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

import pytest

from crawlers.sandbox.placement import Place, place_postings
from crawlers.sandbox.postings import load_postings
from crawlers.sandbox.sites import Sandbox, serve_sandbox
from crawlers.sandbox.turnstile import Pace

#: A pace nobody exceeds; the walled section stays walled.
PATIENT = Pace(requests=1_000_000)


@dataclass(frozen=True, kw_only=True)
class Answer:
    """One response, body as it came over the wire."""

    status: int
    headers: dict[str, str]
    body: bytes

    def text(self, charset: str = "utf-8") -> str:
        return self.body.decode(charset)


Fetch = Callable[..., Answer]


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with serve_sandbox(pace=PATIENT) as sites:
        yield sites


@pytest.fixture
def fetch() -> Iterator[Fetch]:
    """fetch(origin, target, method="GET", **headers); one connection an origin, kept alive."""
    connections: dict[str, http.client.HTTPConnection] = {}

    def get(origin: str, target: str, method: str = "GET", **headers: str) -> Answer:
        if origin not in connections:
            connections[origin] = http.client.HTTPConnection(urlsplit(origin).netloc, timeout=10)
        connection = connections[origin]
        connection.request(method, target, headers={name.replace("_", "-"): value for name, value in headers.items()})
        response = connection.getresponse()
        return Answer(status=response.status, headers=dict(response.getheaders()), body=response.read())

    yield get
    for connection in connections.values():
        connection.close()


@pytest.fixture(scope="session")
def places() -> dict[str, Place]:
    """Posting id to its place."""
    return {place.posting.id: place for place in place_postings(load_postings())}
