"""Hostile postings stay words: in titles, text, fields, findings, addresses and file contents."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jinja2 import Template

from pipelines.desk import Desk
from pipelines.enforcement import cases, review
from pipelines.records import Lead, Verdict
from review_ui.render import make_templates
from tests.review_ui.conftest import Browser
from tests.review_ui.seed import Touch, seed_capture, seed_lead, seed_source

PAYLOADS = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)' x='",
    "</textarea></title></style></script><svg/onload=alert(1)>",
    "{{ 7*7 }}{% raw %}<b>",
    "javascript:alert(1)",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "\u202egnihcaet\u202c <i>",
    "]]><!--<b>-->",
    "\x00\x0b\x7f<b>\ud800",
]


def _hostile(desk: Desk, payload: str) -> Lead:
    seed_source(desk, title=f"来源{payload}")
    touch = Touch(
        code="HT18.2",
        name=f"规则{payload}",
        words=("数学",),
        why=f"因为{payload}",
        basis=(f"依据{payload}待核",),
        department=f"部门{payload}",
        restored={"数学": payload},
    )
    capture = seed_capture(desk, "x", f"<html>{payload}</html>".encode("utf-8", "replace"))
    return seed_lead(
        desk,
        "x",
        f"标题{payload}",
        f"数学{payload}\n{payload}",
        touches=(touch,),
        platform=f"平台{payload}"[:60],
        district=f"地区{payload}"[:60],
        url=f"http://board.example/{payload}",
        capture=capture,
        phone="13812345678",
    )


def _assert_harmless(html: str, path: str) -> BeautifulSoup:
    page = BeautifulSoup(html, "lxml")
    assert page.find_all(["style", "iframe", "svg", "object", "embed", "i"]) == [], path
    assert all(script.get("src", "").startswith("/static/") and not script.text for script in page.find_all("script"))
    assert all(image["src"].startswith("/captures/") for image in page.find_all("img")), path
    for tag in page.find_all(True):
        assert not [name for name in tag.attrs if name.startswith("on") or name == "style"], (path, tag)
        for name in ("href", "action", "src"):
            value = str(tag.get(name, "/"))
            assert value.startswith(("/", "#")) or (path.endswith("/live") and value.startswith("http://")), path
    return page


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_hostile_posting_stays_words_on_every_page(officer: Browser, desk: Desk, payload: str) -> None:
    lead = _hostile(desk, payload)
    with desk.store.read() as tx:
        user = tx.users.get("wangmin")
        shown = tx.assessments.get(lead.assessment_id)
    assert user is not None
    assert shown is not None
    review.decide(desk, lead.id, verdict=Verdict.CONFIRM, user=user, reason=f"理由{payload}")
    case = cases.open_case(desk, [lead.id], user=user, title=f"案件{payload}"[:80])
    paths = [
        "/queue?status=all", f"/leads/{lead.id}", f"/leads/{lead.id}/live", "/cases", f"/cases/{case.id}", "/sources",
        "/audit", "/digests",
    ]  # fmt: skip
    for path in paths:
        _assert_harmless(officer.get(path).text, path)
    stored = officer.get(f"/leads/{lead.id}/stored").headers["location"]
    _assert_harmless(officer.get(stored).text, stored)
    text = officer.page(f"/leads/{lead.id}").find(attrs={"data-testid": "lead-text"})
    assert text is not None
    if payload.isprintable():
        assert text.text == shown.text


@pytest.mark.parametrize("payload", PAYLOADS)
def test_hostile_addresses_stay_words(officer: Browser, desk: Desk, payload: str) -> None:
    seed_source(desk)
    for name in ("q", "source", "code", "district", "status", "after"):
        query = str(payload.encode("utf-8", "replace").hex())
        encoded = "".join(f"%{query[at : at + 2]}" for at in range(0, len(query), 2))
        path = f"/queue?{name}={encoded}"
        _assert_harmless(officer.get(path).text, path)
    fields = {"csrf": officer.csrf(), "name": payload, "password": payload}
    _assert_harmless(officer.post("/login", data={k: v.encode("utf-8", "replace") for k, v in fields.items()}).text, "")


@pytest.fixture
def marked(desk: Desk) -> Template:
    """The macro that writes marked text, alone."""
    return make_templates(desk).from_string(
        '{% import "macros.html" as m %}'
        '{{ m.marked([{"text": text, "marks": [{"restored": text}], "findings": [0]}],'
        ' [{"consequence": "lead", "id": "X", "code": "X", "name": "n", "why": why}]) }}'
    )


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=60), st.text(max_size=30))
def test_any_words_come_out_of_the_template_as_they_went_in(marked: Template, text: str, why: str) -> None:
    text = "字" + text  # the parser of this test folds what is white space alone
    html = marked.render(text=text, why=why).encode("utf-8", "replace").decode()
    page = BeautifulSoup(html, "html.parser")
    shown = page.find("mark")
    assert shown is not None
    assert shown.text == text.encode("utf-8", "replace").decode()
    assert set(shown.attrs) == {"class", "tabindex", "data-findings", "data-restored", "title"}
    assert page.find_all(True) == [shown]
