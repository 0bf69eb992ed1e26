"""Hosts, headers, sizes, error pages, and where the server may listen."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from bs4 import BeautifulSoup
from fastapi import FastAPI
from fastapi.routing import APIRoute

from pipelines.config import read_settings
from pipelines.desk import Desk
from pipelines.enforcement import queue
from pipelines.enforcement.users import create_user
from pipelines.errors import Refused
from pipelines.records import Role
from review_ui.bind import check_bind
from review_ui.security import MAX_BODY, allowed_hosts, host_name
from tests.review_ui.conftest import Browser
from tests.review_ui.seed import PASSWORD, seed_queue

EVERYWHERE = "0.0.0.0"  # noqa: S104  # refused, never bound
HOSTILE_HOSTS = [
    "evil.example", "127.0.0.1.evil.example", "evil.example:8000", "127.0.0.1@evil.example", "", "127.0.0.1:99999999",
    "localhost.", "127.0.0.1/evil", "[::1", EVERYWHERE,
]  # fmt: skip


@pytest.mark.parametrize("host", HOSTILE_HOSTS)
def test_foreign_hosts_are_refused(anonymous: Browser, host: str) -> None:
    response = anonymous.get("/login", headers={"host": host})
    assert response.status_code == 400
    assert "evil" not in response.text


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.1:8000", "localhost:8123", "[::1]:8000", "LOCALHOST"])
def test_our_own_hosts_are_served(anonymous: Browser, host: str) -> None:
    assert anonymous.get("/healthz", headers={"host": host}).json() == {"status": "ok"}


def test_a_bound_address_and_the_public_one_are_the_only_hosts() -> None:
    settings = read_settings({}, host="192.168.7.5", public_url="https://desk.example")
    assert allowed_hosts(settings) == {"192.168.7.5", "desk.example"}
    assert host_name("[fe80::1]:80") == "fe80::1"


def test_every_answer_carries_the_headers(app: FastAPI, officer: Browser, anonymous: Browser) -> None:
    paths = ["/login", "/healthz", "/static/style.css", "/nope", "/leads/1", "/leads/x", "/"]
    paths += [route.path for route in app.routes if isinstance(route, APIRoute) and "{" not in route.path]
    for browser in (officer, anonymous):
        for path in paths:
            headers = browser.get(path).headers
            policy = headers["content-security-policy"]
            assert "default-src 'self'" in policy, path
            assert "object-src 'none'" in policy
            assert "frame-ancestors 'none'" in policy
            assert "base-uri 'none'" in policy
            assert "form-action 'self'" in policy
            assert "unsafe" not in policy
            assert headers["x-content-type-options"] == "nosniff"
            assert headers["x-frame-options"] == "DENY"
            assert headers["referrer-policy"] == "same-origin"
            expected = "public, max-age=604800" if path.startswith("/static") else "no-store"
            assert headers["cache-control"] == expected, path
            assert "server" not in headers


def test_pages_hold_no_inline_code_and_load_nothing_from_elsewhere(officer: Browser, desk: Desk) -> None:
    lead = seed_queue(desk, 8)[0]
    for path in ("/queue", f"/leads/{lead.id}", "/cases", "/digests", "/sources", "/audit", "/account", "/nope"):
        page = BeautifulSoup(officer.get(path).text, "lxml")
        for tag in page.find_all(True):
            assert not [name for name in tag.attrs if name.startswith("on") or name == "style"], (path, tag)
            for name in ("src", "href", "action"):
                assert str(tag.get(name, "/")).startswith(("/", "#")), (path, tag)
        assert all(script.get("src") and not script.text for script in page.find_all("script"))
        assert page.find_all("style") == []


def test_large_bodies_are_refused(officer: Browser) -> None:
    assert officer.post("/account/keys", data={"csrf": "x" * (MAX_BODY + 1)}).status_code == 413
    assert officer.post("/account/keys", headers={"content-length": "9" * 40}).status_code == 413


def test_large_bodies_without_a_length_are_refused(officer: Browser) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(MAX_BODY // 1000 + 2):
            yield b"a" * 1000

    headers = {"content-type": "application/x-www-form-urlencoded"}
    assert officer.post("/account/keys", content=pieces(), headers=headers).status_code == 413


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"\xff\xfe=\x00", "application/x-www-form-urlencoded"),
        (b"a=1&" * 600, "application/x-www-form-urlencoded"),
        (b"--x\r\nbroken", "multipart/form-data; boundary=x"),
        (b"--x\r\nbroken", "multipart/form-data"),
        (b'--x\r\nContent-Disposition: form-data; name="a"; filename="b"\r\n\r\nc\r\n--x--\r\n',
         "multipart/form-data; boundary=x"),
        (b"{}", "application/json"),
    ],
)  # fmt: skip
def test_odd_bodies_are_refused_and_nothing_breaks(officer: Browser, body: bytes, kind: str) -> None:
    response = officer.post("/account/keys", content=body, headers={"content-type": kind})
    assert response.status_code in (400, 403)


def test_a_crash_shows_a_page_without_traces(officer: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    def explode(*_: object, **__: object) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr(queue, "page", explode)
    response = officer.get("/queue")
    assert response.status_code == 500
    assert "出错了" in response.text
    assert "secret" not in response.text
    assert "Traceback" not in response.text
    assert response.headers["content-security-policy"]


@pytest.mark.parametrize(
    ("path", "status"),
    [("/nope", 404), ("/leads/999", 404), ("/leads/x", 404), ("/leads/99999999999999999999", 404), ("/users", 403),
     ("/captures/none", 404), ("/captures/%00", 404), ("/leads/0", 404), ("/leads/-1", 404),
     ("/cases/AJ-1", 404), ("/digests/a/b", 404), ("/static/../app.py", 404),
     ("/static/%2e%2e/app.py", 404), ("/docs", 404), ("/openapi.json", 404), ("/redoc", 404)],
)  # fmt: skip
def test_error_pages_are_chinese(officer: Browser, path: str, status: int) -> None:
    page = officer.page(path, status)
    assert page.html is not None
    assert page.html["lang"] == "zh-CN"
    assert page.h1 is not None
    assert page.h1.text in {"没有这个页面", "没有权限"}


def test_a_wrong_method_is_a_page_too(officer: Browser) -> None:
    assert officer.request("DELETE", "/queue").status_code == 405
    assert officer.get("/logout").status_code == 405


def test_serve_stays_on_loopback_while_the_demo_user_exists(desk: Desk) -> None:
    outside = read_settings({}, host="192.168.7.5")
    check_bind(outside, desk)
    create_user(desk, "demo", PASSWORD, roles=[Role.ADMIN], demo=True)
    check_bind(read_settings({}), desk)
    with pytest.raises(Refused, match="演示用户"):
        check_bind(outside, desk)


def test_listening_everywhere_needs_a_public_address(desk: Desk) -> None:
    with pytest.raises(Refused, match="MINGCHA_PUBLIC_URL"):
        check_bind(read_settings({}, host=EVERYWHERE), desk)
    check_bind(read_settings({}, host=EVERYWHERE, public_url="https://desk.example"), desk)
