"""Every route × every role and nobody: the table below is the truth, and a route missing from it fails."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute

from pipelines import clock
from pipelines.desk import Desk
from pipelines.enforcement.sessions import hash_token
from pipelines.records import Role, StoredDigest
from tests.review_ui.conftest import Browser, log_in
from tests.review_ui.seed import seed_capture, seed_lead, seed_source, seed_user

REVIEWER, OFFICER, SUPERVISOR, ADMIN = Role.REVIEWER, Role.OFFICER, Role.SUPERVISOR, Role.ADMIN
DESK = {REVIEWER, OFFICER, SUPERVISOR}
TAKERS = {OFFICER, SUPERVISOR}
EVERYBODY = {REVIEWER, OFFICER, SUPERVISOR, ADMIN}

#: Routes that need no log-in.
PUBLIC = {("GET", "/healthz"), ("GET", "/"), ("GET", "/login"), ("POST", "/login")}

ALLOWED: dict[tuple[str, str], set[Role]] = {
    ("POST", "/logout"): EVERYBODY,
    ("GET", "/setup"): EVERYBODY,
    ("POST", "/setup"): {ADMIN},
    ("GET", "/queue"): DESK,
    ("GET", "/leads/{lead_id}"): DESK,
    ("GET", "/leads/{lead_id}/stored"): DESK,
    ("GET", "/leads/{lead_id}/live"): DESK,
    ("POST", "/leads/{lead_id}/decide"): DESK,
    ("POST", "/leads/{lead_id}/reason"): DESK,
    ("POST", "/leads/{lead_id}/undo"): DESK,
    ("POST", "/leads/{lead_id}/follow-ups"): TAKERS,
    ("POST", "/leads/{lead_id}/follow-ups/{entry_id}/take-back"): TAKERS,
    ("GET", "/follow-ups"): TAKERS,
    ("GET", "/captures/{capture_id}"): DESK,
    ("GET", "/captures/{capture_id}/raw"): TAKERS,
    ("GET", "/captures/{capture_id}/screenshot"): TAKERS,
    ("GET", "/captures/{capture_id}/thumbnail"): DESK,
    ("POST", "/leads/{lead_id}/contacts/{contact_id}"): TAKERS,
    ("GET", "/leads/{lead_id}/contacts/{contact_id}"): TAKERS,
    ("GET", "/cases"): TAKERS,
    ("POST", "/cases"): TAKERS,
    ("GET", "/cases/new"): TAKERS,
    ("GET", "/cases/{case_id}"): TAKERS,
    ("POST", "/cases/{case_id}/leads/{lead_id}/take-out"): TAKERS,
    ("POST", "/cases/{case_id}/close"): TAKERS,
    ("POST", "/cases/{case_id}/captures/{capture_id}/put-in"): {SUPERVISOR},
    ("POST", "/cases/{case_id}/export"): TAKERS,
    ("GET", "/cases/{case_id}/packages/{name}"): TAKERS,
    ("POST", "/cases/{case_id}/packages/{name}/stamps"): TAKERS,
    ("GET", "/cases/{case_id}/letters"): TAKERS,
    ("GET", "/cases/{case_id}/letters/{name}"): TAKERS,
    ("GET", "/leads/{lead_id}/letters"): TAKERS,
    ("GET", "/leads/{lead_id}/letters/{name}"): TAKERS,
    ("GET", "/digests"): {SUPERVISOR},
    ("POST", "/digests"): {SUPERVISOR},
    ("GET", "/digests/{digest_id}"): {SUPERVISOR},
    ("POST", "/digests/{digest_id}/approve"): {SUPERVISOR},
    ("POST", "/digests/{digest_id}/send"): {SUPERVISOR},
    ("GET", "/digests/{digest_id}/{name}"): {SUPERVISOR},
    ("GET", "/sources"): {SUPERVISOR, ADMIN},
    ("GET", "/models"): {SUPERVISOR, ADMIN},
    ("GET", "/audit"): {SUPERVISOR},
    ("GET", "/users"): {ADMIN},
    ("POST", "/users"): {ADMIN},
    ("POST", "/users/{name}/disable"): {ADMIN},
    ("POST", "/users/{name}/enable"): {ADMIN},
    ("POST", "/users/{name}/password"): {ADMIN},
    ("GET", "/jobs"): {OFFICER, SUPERVISOR, ADMIN},
    ("POST", "/jobs/stop"): {ADMIN},
    ("POST", "/jobs/go"): {ADMIN},
    ("POST", "/jobs/{name}/run"): {ADMIN},
    ("POST", "/sources/{name}/pause"): {ADMIN},
    ("POST", "/sources/{name}/resume"): {ADMIN},
    ("GET", "/sources/{name}/impact"): {OFFICER, SUPERVISOR, ADMIN},
    ("GET", "/account"): EVERYBODY,
    ("POST", "/account/keys"): EVERYBODY,
    ("POST", "/account/password"): EVERYBODY,
}

#: What an allowed visitor may get: a page, a redirect, or an answer about the thing itself; never 403.
FINE = {200, 303, 400, 404, 409}


@dataclass(frozen=True)
class Ids:
    """One of each thing a path can name."""

    lead_id: int
    capture_id: str
    contact_id: int
    digest_id: str
    case_id: str = "AJ-2020-0001"
    entry_id: int = 1
    name: str = "target"

    def fill(self, path: str) -> str:
        return path.format(**self.__dict__)


@pytest.fixture
def ids(desk: Desk) -> Ids:
    seed_source(desk)
    page = seed_capture(desk, "one", b"<p>page</p>")
    lead = seed_lead(desk, "one", "标题", "数学小班，提分", capture=page, phone="13812345678", picture=True)
    seed_user(desk, "target", Role.REVIEWER)
    digest = StoredDigest(
        id=clock.new_id(),
        first_day="2026-11-16",
        last_day="2026-11-22",
        created_at=clock.now(),
        created_by="target",
        files={"target": desk.blobs.put(b"{}"), "a.json": desk.blobs.put(b"{}")},
        demo=False,
    )
    with desk.store.transaction() as tx:
        tx.digests.add(digest)
        contact = tx.contacts.of_listing(lead.listing_id)[0]
    assert lead.browser_capture_id is not None
    return Ids(lead_id=lead.id, capture_id=lead.browser_capture_id, contact_id=contact.id, digest_id=digest.id)


def _ask(browser: Browser, method: str, path: str, app: FastAPI, ids: Ids) -> int:
    if path == "/leads/{lead_id}/contacts/{contact_id}" and method == "GET":
        session = hash_token(str(browser.cookies.get("mingcha", "")))
        path += "?grant=" + app.state.web.sign("contact", [session, ids.lead_id, ids.contact_id])
    fields = {"csrf": browser.csrf()} if method == "POST" else None
    return browser.request(method, ids.fill(path), data=fields).status_code


def test_the_table_has_every_route(app: FastAPI) -> None:
    routes = {(method, route.path) for route in app.routes if isinstance(route, APIRoute) for method in route.methods}
    assert routes == set(ALLOWED) | PUBLIC
    others = [getattr(route, "path", route) for route in app.routes if not isinstance(route, APIRoute)]
    assert others == ["/static"]


@pytest.mark.parametrize("role", list(Role))
def test_each_role_gets_exactly_its_routes(app: FastAPI, desk: Desk, ids: Ids, role: Role) -> None:
    user = seed_user(desk, "someone", role)
    wrong = []
    for (method, path), roles in ALLOWED.items():
        # A session each: some routes end it.
        status = _ask(log_in(app, desk, user), method, path, app, ids)
        if (status in FINE) is not (role in roles) or (role not in roles and status != 403):
            wrong.append((method, path, status))
    assert wrong == []


def test_nobody_gets_nothing(app: FastAPI, ids: Ids) -> None:
    anonymous = Browser(app)
    for method, path in ALLOWED:
        response = anonymous.request(method, ids.fill(path), data={"csrf": "x"} if method == "POST" else None)
        assert response.status_code == 303, (method, path)
        assert response.headers["location"].split("?")[0] == "/login", (method, path)


def test_no_form_is_taken_without_its_token(
    app: FastAPI, desk: Desk, ids: Ids, browser_of: Callable[..., Browser]
) -> None:
    everything = browser_of("all", *Role)
    other = browser_of("other", *Role).csrf()
    for method, path in ALLOWED:
        if method != "POST":
            continue
        for token in ("", "x", other, "é"):
            assert everything.post(ids.fill(path), data={"csrf": token}).status_code == 403, (path, token)
        assert everything.post(ids.fill(path)).status_code == 403, path
    with desk.store.read() as tx:
        assert tx.decisions.for_lead(ids.lead_id) == ()
        assert [event.action for event in tx.audit.all() if event.actor == "all"] == []


def test_a_form_from_elsewhere_is_refused_even_with_its_token(ids: Ids, browser_of: Callable[..., Browser]) -> None:
    browser = browser_of("all", *Role)
    fields = {"csrf": browser.csrf(), "enabled": "0"}
    for origin in ("https://evil.example", "null", "http://127.0.0.1.evil.example", "http://["):
        assert browser.post("/account/keys", data=fields, headers={"origin": origin}).status_code == 403, origin
    ours = browser.post("/account/keys", data=fields, headers={"origin": "http://127.0.0.1:8000"})
    assert ours.status_code == 303


def test_nothing_changes_by_get(app: FastAPI) -> None:
    changing = ("decide", "undo", "export", "disable", "enable", "password", "logout", "keys")
    for route in app.routes:
        if isinstance(route, APIRoute) and "GET" in route.methods:
            assert not route.path.endswith(changing)
