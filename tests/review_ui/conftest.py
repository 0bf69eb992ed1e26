"""The web on a desk with some leads, and clients that are logged in as each role."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from bs4 import BeautifulSoup
from fastapi import FastAPI
from jinja2 import FileSystemBytecodeCache

from pipelines.config import read_settings
from pipelines.desk import Desk, open_desk
from pipelines.enforcement import sessions
from pipelines.records import Role, User
from review_ui.app import create_app
from tests.review_ui.seed import seed_user

ORIGIN = "http://127.0.0.1:8000"


class Browser:
    """A client that keeps cookies, reads pages and posts their forms, straight into the application."""

    def __init__(self, app: FastAPI, origin: str = ORIGIN, client: str = "127.0.0.1") -> None:
        self._http = httpx.AsyncClient(
            transport=httpx.ASGITransport(app=app, client=(client, 50000)), base_url=origin, follow_redirects=False
        )

    @property
    def cookies(self) -> httpx.Cookies:
        return self._http.cookies

    def request(self, method: str, path: str, **more: Any) -> httpx.Response:
        return asyncio.run(self._http.request(method, path, **more))

    def get(self, path: str, **more: Any) -> httpx.Response:
        return self.request("GET", path, **more)

    def post(self, path: str, **more: Any) -> httpx.Response:
        return self.request("POST", path, **more)

    def page(self, path: str, status: int = 200) -> BeautifulSoup:
        """The page at this path, parsed."""
        response = self.get(path)
        assert response.status_code == status, f"{path} → {response.status_code}"
        return BeautifulSoup(response.text, "lxml")

    def csrf(self) -> str:
        """The token of this session, as any page carries it."""
        found = re.search(r'name="csrf" value="([^"]+)"', self.get("/account").text)
        assert found is not None
        return found[1]

    def submit(self, path: str, **fields: object) -> str:
        """Post a form with the right token; where it redirects to."""
        response = self.post(path, data={"csrf": self.csrf(), **fields})
        assert response.status_code == 303, f"{path} → {response.status_code}: {response.text[:300]}"
        return response.headers["location"]

    def page_after_refusal(self, path: str) -> str:
        """Post a form with the right token that is not allowed; the words of the refusal."""
        response = self.post(path, data={"csrf": self.csrf()})
        assert response.status_code == 403
        return BeautifulSoup(response.text, "lxml").text


@pytest.fixture
def desk(home: object, sqlite_url: str) -> Iterator[Desk]:
    """A desk whose region and agency are known."""
    settings = read_settings({}, home=home, database_url=sqlite_url, region="330100", agency="某某县教育局")
    with open_desk(settings) as opened:
        yield opened


@pytest.fixture(scope="session")
def _compiled(tmp_path_factory: pytest.TempPathFactory) -> FileSystemBytecodeCache:
    """Templates are compiled once for all tests."""
    return FileSystemBytecodeCache(str(tmp_path_factory.mktemp("templates")))


@pytest.fixture
def app(desk: Desk, _compiled: FileSystemBytecodeCache) -> FastAPI:
    made = create_app(desk)
    made.state.web.templates.bytecode_cache = _compiled
    return made


@pytest.fixture
def anonymous(app: FastAPI) -> Browser:
    return Browser(app)


def log_in(app: FastAPI, desk: Desk, user: User) -> Browser:
    """A client with a session of this user (the log-in page has tests of its own)."""
    browser = Browser(app)
    token, _ = sessions.start(desk, user)
    browser.cookies.set("mingcha", token)
    return browser


@pytest.fixture
def browser_of(app: FastAPI, desk: Desk) -> Callable[..., Browser]:
    """Makes a user with these roles and a client logged in as that user."""

    def make(name: str, *roles: Role) -> Browser:
        return log_in(app, desk, seed_user(desk, name, *roles))

    return make


@pytest.fixture
def officer(browser_of: Callable[..., Browser]) -> Browser:
    """Someone with every role but admin's."""
    return browser_of("wangmin", Role.OFFICER, Role.SUPERVISOR)
