"""Entering what became of a lead on its page, and the list of all."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup

from pipelines import clock
from pipelines.desk import Desk
from pipelines.enforcement import cases, follow_ups, review
from pipelines.records import FollowUpKind, Lead, Role, Verdict
from tests.review_ui.conftest import Browser
from tests.review_ui.seed import seed_lead, seed_source, seed_user


@pytest.fixture
def sent(desk: Desk) -> Lead:
    seed_source(desk)
    lead = seed_lead(desk, "one", "标题一", "数学小班，提分")
    seed_lead(desk, "two", "标题二", "英语小班")
    user = seed_user(desk, "sender", Role.OFFICER)
    review.decide(desk, lead.id, verdict=Verdict.TRANSFER, to_department="公安机关", user=user)
    return lead


def _form(page: BeautifulSoup, action: str) -> dict[str, str]:
    form = page.find("form", action=action)
    assert form is not None, action
    return {str(field["name"]): str(field.get("value", "")) for field in form.find_all(["input", "select"])}


def test_an_officer_enters_the_answer_and_takes_it_back(officer: Browser, desk: Desk, sent: Lead) -> None:
    here = f"/leads/{sent.id}"
    fields = _form(officer.page(here), f"{here}/follow-ups")
    assert (fields["office"], fields["on_day"]) == ("公安机关", str(clock.local(clock.now()).date()))
    said = officer.post(f"{here}/follow-ups", data=fields | {"kind": "filed", "paper": "某公函<1>号"})
    assert (said.status_code, said.headers["location"].split("?")[0]) == (303, here)
    page = officer.page(here)
    entries = page.select("[data-testid=follow-up] li[data-entry]")
    assert [entry.b.text for entry in entries if entry.b] == ["已立案"]
    assert "某公函<1>号" in page.text
    history = page.select_one(".timeline li.became")
    assert history is not None
    assert "登记办理情况：已立案" in history.text
    listed = officer.page("/follow-ups?stage=filed").select("#followed tr[data-lead-id]")
    assert [(row["data-lead-id"], row["data-stages"]) for row in listed] == [(str(sent.id), "filed")]
    back = _form(page, f"{here}/follow-ups/1/take-back") | {"reason": "记错了"}
    assert officer.post(f"{here}/follow-ups/1/take-back", data=back).status_code == 303
    page = officer.page(here)
    assert page.select("[data-testid=follow-up] li[data-entry]") == []
    assert "撤销登记" in str(page.select_one(".timeline"))
    assert "尚无" in officer.page("/follow-ups").select("#followed tr[data-lead-id]")[0].text


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"kind": ""}, "请选择办理情况"),
        ({"on_day": "2026-13-40"}, "年月日"),
        ({"on_day": "2999-01-01"}, "还没有到"),
        ({"decision": "77"}, "刚有变化"),
    ],
)
def test_what_is_filled_in_wrong_is_said_on_the_lead(
    officer: Browser, sent: Lead, changes: dict[str, str], words: str
) -> None:
    here = f"/leads/{sent.id}"
    fields = _form(officer.page(here), f"{here}/follow-ups") | {"kind": "filed"} | changes
    there = officer.post(f"{here}/follow-ups", data=fields)
    assert there.status_code == 303
    assert words in officer.page(str(there.headers["location"])).text


def test_a_lead_nobody_decided_on_has_no_such_form_and_the_list_is_empty_of_it(officer: Browser, sent: Lead) -> None:
    other = officer.page(f"/leads/{sent.id + 1}")
    assert other.find(attrs={"data-testid": "follow-up"}) is None
    rows = officer.page("/follow-ups?stage=nonsense").select("#followed tr[data-lead-id]")
    assert [row["data-lead-id"] for row in rows] == [str(sent.id)]
    assert "没有这样的线索" in officer.page("/follow-ups?stage=rectified").text


def test_a_case_and_the_list_know_of_each_other(officer: Browser, desk: Desk, sent: Lead) -> None:
    user = seed_user(desk, "other", Role.OFFICER)
    other = sent.id + 1
    review.decide(desk, other, verdict=Verdict.CONFIRM, user=user)
    case = cases.open_case(desk, [other], user=user)
    follow_ups.enter(desk, other, FollowUpKind.FILED, user=user, on_day=clock.local(clock.now()).date())
    row = officer.page("/follow-ups?stage=filed").select_one("#followed tr[data-lead-id]")
    assert row is not None
    assert case.id in row.text
    told = officer.page(f"/cases/{case.id}").find(attrs={"data-testid": "case-became"})
    assert told is not None
    assert "已立案" in told.text
