"""Logging in and out through the page."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup
from fastapi import FastAPI

from pipelines.config import read_settings
from pipelines.desk import Desk, open_desk
from pipelines.enforcement import users
from pipelines.evidence.heads import heads_path
from pipelines.records import Role
from review_ui.app import create_app
from tests.review_ui.conftest import Browser
from tests.review_ui.seed import PASSWORD, seed_user


def _attempt(browser: Browser, name: str = "wangmin", password: str = PASSWORD, next_: str = "") -> tuple[int, str]:
    token = browser.page("/login").find("input", {"name": "csrf"})
    assert token is not None
    fields = {"csrf": token["value"], "name": name, "password": password, "next": next_}
    response = browser.post("/login", data=fields)
    return response.status_code, response.headers.get("location", response.text)


def test_the_page_has_the_fields_scripts_rely_on(anonymous: Browser) -> None:
    page = anonymous.page("/login")
    for mark, kind in (("login-user", "input"), ("login-password", "input"), ("login-submit", "button")):
        found = page.find(attrs={"data-testid": mark})
        assert found is not None
        assert found.name == kind
    assert page.find(attrs={"data-testid": "login-password"})["type"] == "password"  # type: ignore[index]


def test_log_in_opens_the_queue_and_sets_a_closed_cookie(anonymous: Browser, desk: Desk) -> None:
    seed_user(desk, "wangmin", Role.REVIEWER)
    token = anonymous.page("/login").find("input", {"name": "csrf"})["value"]  # type: ignore[index]
    response = anonymous.post("/login", data={"csrf": token, "name": "wangmin", "password": PASSWORD})
    assert (response.status_code, response.headers["location"]) == (303, "/queue")
    cookie = next(one for one in response.headers.get_list("set-cookie") if one.startswith("mingcha="))
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Secure" not in cookie  # plain http on loopback
    assert anonymous.get("/queue").status_code == 200


def test_an_https_address_makes_cookies_secure(desk: Desk) -> None:
    seed_user(desk, "wangmin", Role.REVIEWER)
    settings = read_settings(
        {}, home=desk.home, public_url="https://desk.example", region="330100", agency="某某县教育局"
    )
    with open_desk(settings) as opened:
        browser = Browser(create_app(opened), "https://desk.example")
        token = browser.page("/login").find("input", {"name": "csrf"})["value"]  # type: ignore[index]
        response = browser.post("/login", data={"csrf": token, "name": "wangmin", "password": PASSWORD})
    cookie = next(one for one in response.headers.get_list("set-cookie") if one.startswith("__Host-mingcha="))
    assert "Secure" in cookie
    assert "Path=/" in cookie
    assert "strict-transport-security" in response.headers


def test_the_session_changes_at_log_in(anonymous: Browser, desk: Desk) -> None:
    seed_user(desk, "wangmin", Role.REVIEWER)
    anonymous.cookies.set("mingcha", "chosen-by-an-attacker")
    _attempt(anonymous)
    first = anonymous.cookies.get("mingcha", domain="127.0.0.1")
    assert first != "chosen-by-an-attacker"


def test_a_wrong_password_says_nothing_more(anonymous: Browser, desk: Desk) -> None:
    seed_user(desk, "wangmin", Role.REVIEWER)
    status, text = _attempt(anonymous, password="wrong")
    assert status == 401
    alert = BeautifulSoup(text, "lxml").find(attrs={"role": "alert"})
    assert alert is not None
    assert alert.text == "用户名或口令不对。"


def test_too_many_attempts_are_refused(anonymous: Browser, desk: Desk) -> None:
    seed_user(desk, "wangmin", Role.REVIEWER)
    statuses = [_attempt(anonymous, password="wrong")[0] for _ in range(users.MAX_PER_USER)]
    assert statuses == [401] * users.MAX_PER_USER
    assert _attempt(anonymous)[0] == 429


def test_a_browser_that_logged_in_before_is_let_in_past_strangers(app: FastAPI, desk: Desk) -> None:
    seed_user(desk, "wangmin", Role.REVIEWER)
    seed_user(desk, "lihua", Role.REVIEWER)
    known, stranger, neighbour = Browser(app), Browser(app), Browser(app)
    assert _attempt(known)[0] == 303
    assert _attempt(neighbour, name="lihua")[0] == 303  # knows this browser, but not for the other name
    cookie = str(known.cookies.get("mingcha_device"))
    assert "wangmin" not in cookie
    for _ in range(users.MAX_PER_USER):
        _attempt(stranger, password="wrong")
    stranger.cookies.set("mingcha_device", cookie[:-2] + "xx", path="/login")
    assert [_attempt(browser)[0] for browser in (stranger, neighbour)] == [429, 429]
    assert _attempt(known, name="lihua")[0] == 303  # two people at one browser
    assert _attempt(known)[0] == 303


def test_the_cookie_of_a_known_browser_is_closed_and_good_at_the_log_in_only(anonymous: Browser, desk: Desk) -> None:
    seed_user(desk, "wangmin", Role.REVIEWER)
    token = anonymous.page("/login").find("input", {"name": "csrf"})["value"]  # type: ignore[index]
    response = anonymous.post("/login", data={"csrf": token, "name": "wangmin", "password": PASSWORD})
    cookie = next(one for one in response.headers.get_list("set-cookie") if one.startswith("mingcha_device="))
    assert {"HttpOnly", "SameSite=lax", "Path=/login", "Max-Age=15552000"} <= set(cookie.split("; "))


def test_the_form_needs_its_token_and_its_cookie(anonymous: Browser, app: FastAPI, desk: Desk) -> None:
    seed_user(desk, "wangmin", Role.REVIEWER)
    assert anonymous.post("/login", data={"name": "wangmin", "password": PASSWORD}).status_code == 403
    token = anonymous.page("/login").find("input", {"name": "csrf"})["value"]  # type: ignore[index]
    other = Browser(app)
    response = other.post("/login", data={"csrf": token, "name": "wangmin", "password": PASSWORD})
    assert response.status_code == 403


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/", "//evil.example", "/\\evil.example", "\\\\evil.example", "javascript:alert(1)",
        "/queue\r\nSet-Cookie: a=b", "http:evil", "/\t/evil.example", "queue", "/" + "x" * 600,
    ],
)  # fmt: skip
def test_no_open_redirect(anonymous: Browser, desk: Desk, target: str) -> None:
    seed_user(desk, "wangmin", Role.REVIEWER)
    assert _attempt(anonymous, next_=target) == (303, "/queue")


def test_the_page_asked_for_opens_after_log_in(anonymous: Browser, desk: Desk) -> None:
    seed_user(desk, "wangmin", Role.REVIEWER)
    asked = anonymous.get("/queue?status=held&q=a%26b")
    assert asked.status_code == 303
    page = anonymous.page(asked.headers["location"])
    wanted = page.find("input", {"name": "next"})["value"]  # type: ignore[index]
    assert wanted == "/queue?status=held&q=a%26b"
    assert _attempt(anonymous, next_=str(wanted)) == (303, "/queue?status=held&q=a%26b")


def test_the_days_first_log_in_keeps_a_head_of_the_audit_chain(anonymous: Browser, desk: Desk) -> None:
    seed_user(desk, "wangmin", Role.REVIEWER)
    for _ in range(2):
        _attempt(anonymous)
    (line,) = heads_path(desk.home).read_bytes().splitlines()
    assert b'"occasion":"daily"' in line


def test_log_out_ends_the_session_in_the_store(officer: Browser) -> None:
    token = officer.cookies.get("mingcha")
    assert officer.submit("/logout") == "/login"
    officer.cookies.set("mingcha", str(token))
    assert officer.get("/queue").headers["location"] == "/login"


def test_an_admin_alone_lands_on_the_users(anonymous: Browser, desk: Desk) -> None:
    seed_user(desk, "boss", Role.ADMIN)
    assert _attempt(anonymous, name="boss") == (303, "/users")


@pytest.mark.parametrize("role", list(Role))
def test_a_password_given_by_an_admin_is_changed_before_anything_else(app: FastAPI, desk: Desk, role: Role) -> None:
    boss = seed_user(desk, "boss", Role.ADMIN)
    users.create_user(desk, "wangmin", PASSWORD, roles=[role], actor=boss)
    browser = Browser(app)
    assert _attempt(browser)[0] == 303
    # Every page and every form, known or not, leads to the one that changes it.
    for route in app.routes:
        path = getattr(route, "path", "")
        if path in ("/", "/login", "/healthz", "/logout", "/account", "/account/password", "/static"):
            continue
        for method in getattr(route, "methods", ()):
            answer = browser.request(method, path.replace("{lead_id}", "1").replace("{contact_id}", "1"))
            assert (answer.status_code, answer.headers.get("location")) == (303, "/account"), (method, path)
    page = browser.page("/account")
    assert page.find(attrs={"data-testid": "password-given"}) is not None
    assert page.find("nav") is None
    assert browser.submit("/account/password", old=PASSWORD, new=PASSWORD, again=PASSWORD) == "/account"
    assert "新口令不能和原口令相同" in browser.page("/account").text
    own = PASSWORD + "-mine"
    assert browser.submit("/account/password", old=PASSWORD, new=own, again=own) == "/login"
    assert _attempt(browser, password=own)[1] == ("/users" if role is Role.ADMIN else "/queue")
    assert browser.get("/account").status_code == 200
    assert browser.page("/account").find("nav") is not None
    users.reset_password(desk, "wangmin", PASSWORD, actor=boss)
    assert _attempt(browser)[0] == 303
    assert browser.get("/queue").headers["location"] == "/account"
