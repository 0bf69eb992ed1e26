"""Deciding on the page: one click, the next lead opens, undo, conflicts."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from bs4 import BeautifulSoup

from pipelines.desk import Desk
from pipelines.records import Lead, LeadStatus, Role, Verdict
from tests.review_ui.conftest import Browser
from tests.review_ui.seed import seed_lead, seed_source


@pytest.fixture
def leads(desk: Desk) -> list[Lead]:
    seed_source(desk)
    return [seed_lead(desk, f"d{n}", f"标题{n}", "数学小班", priority=90 - n) for n in range(4)]


def _press(browser: Browser, path: str, mark: str, **more: str) -> str:
    """Press the button with this data-testid as a browser without scripts would; where it leads."""
    page = browser.page(path)
    button = page.find(attrs={"data-testid": mark})
    assert button is not None, mark
    form = button.find_parent("form")
    assert form is not None
    fields = {str(field["name"]): str(field.get("value", "")) for field in form.select("input:not([type=radio])")}
    if button.get("name"):
        fields[str(button["name"])] = str(button["value"])
    response = browser.post(str(form["action"]), data=fields | more)
    assert response.status_code == 303, response.text[:300]
    return str(response.headers["location"])


def _lead(desk: Desk, lead: Lead) -> Lead:
    with desk.store.read() as tx:
        found = tx.leads.get(lead.id)
    assert found is not None
    return found


def _notice(page: BeautifulSoup) -> str:
    found = page.find(class_="notice")
    return found.span.text if found is not None and found.span is not None else ""


@pytest.mark.parametrize(
    ("mark", "status"),
    [
        ("verdict-confirm", LeadStatus.ACCEPTED),
        ("verdict-dismiss", LeadStatus.DISMISSED),
        ("verdict-hold", LeadStatus.HELD),
    ],
)
def test_one_press_decides_and_the_next_lead_opens(
    officer: Browser, desk: Desk, leads: list[Lead], mark: str, status: LeadStatus
) -> None:
    there = _press(officer, f"/leads/{leads[0].id}", mark)
    assert there == f"/leads/{leads[1].id}"
    assert _lead(desk, leads[0]).status is status
    assert _notice(officer.page(there)).startswith(f"线索 {leads[0].id}：")
    assert _notice(officer.page(there)) == ""  # shown once


def test_transfer_asks_for_the_department(officer: Browser, desk: Desk, leads: list[Lead]) -> None:
    page = officer.page(f"/leads/{leads[0].id}")
    ask = page.find(attrs={"data-testid": "verdict-transfer"})
    assert ask is not None
    assert ask.name == "summary"
    there = _press(officer, f"/leads/{leads[0].id}", "transfer-submit")  # nothing chosen
    assert "要选部门" in _notice(officer.page(there))
    assert _lead(desk, leads[0]).status is LeadStatus.OPEN
    _press(officer, f"/leads/{leads[0].id}", "transfer-submit", to_department="教育行政部门", reason="属地办理")
    with desk.store.read() as tx:
        decision = tx.decisions.for_lead(leads[0].id)[0]
    assert (decision.verdict, decision.to_department, decision.reason) == (
        Verdict.TRANSFER,
        "教育行政部门",
        "属地办理",
    )


def test_a_chosen_department_is_sent_with_its_own_button_only(officer: Browser, desk: Desk, leads: list[Lead]) -> None:
    """Whoever chose one and then presses another verdict means that verdict."""
    _press(officer, f"/leads/{leads[0].id}", "verdict-confirm", to_department="公安机关")
    _press(officer, f"/leads/{leads[1].id}", "verdict-hold", to_department="公安机关")
    with desk.store.read() as tx:
        made = [tx.decisions.for_lead(lead.id)[0] for lead in leads[:2]]
    assert [(one.verdict, one.to_department) for one in made] == [(Verdict.CONFIRM, None), (Verdict.HOLD, None)]


def test_a_quick_reason_dismisses(officer: Browser, desk: Desk, leads: list[Lead]) -> None:
    lead = leads[0]
    officer.submit(f"/leads/{lead.id}/decide", revision=lead.revision, quick_reason="求购或求职", filters="")
    with desk.store.read() as tx:
        decision = tx.decisions.for_lead(lead.id)[0]
    assert (decision.verdict, decision.reason) == (Verdict.DISMISS, "求购或求职")


def test_the_filter_goes_along_and_the_last_lead_returns_to_the_queue(officer: Browser, leads: list[Lead]) -> None:
    path = f"/leads/{leads[2].id}?q=%E6%A0%87%E9%A2%98"
    assert _press(officer, path, "verdict-confirm") == f"/leads/{leads[3].id}?q=%E6%A0%87%E9%A2%98"
    for lead in leads[:2]:
        _press(officer, f"/leads/{lead.id}", "verdict-dismiss")
    assert _press(officer, f"/leads/{leads[3].id}", "verdict-confirm") == "/queue"


def test_undo_from_the_next_page_and_from_the_lead_itself(officer: Browser, desk: Desk, leads: list[Lead]) -> None:
    there = _press(officer, f"/leads/{leads[0].id}", "verdict-confirm")
    assert _press(officer, there, "undo") == f"/leads/{leads[0].id}"
    assert _lead(desk, leads[0]).status is LeadStatus.OPEN
    _press(officer, f"/leads/{leads[0].id}", "verdict-hold")
    officer.page("/queue")  # the notice is gone
    assert _press(officer, f"/leads/{leads[0].id}", "undo") == f"/leads/{leads[0].id}"
    page = officer.page(f"/leads/{leads[0].id}")
    timeline = page.find(class_="timeline")
    assert timeline is not None
    assert [item.b.text for item in timeline.find_all("li") if item.b] == [
        "撤销",
        "待核实",
        "撤销",
        "线索成立",
        "列入线索",
    ]


def test_there_is_one_undo_on_a_page(officer: Browser, leads: list[Lead]) -> None:
    for lead in leads[:2]:
        there = _press(officer, f"/leads/{lead.id}", "verdict-confirm")
        path = there if lead is leads[0] else f"/leads/{leads[0].id}"
        assert len(officer.page(path).find_all(attrs={"data-testid": "undo"})) == 1


def test_who_was_slower_is_sent_back_with_a_word(
    officer: Browser, browser_of: Callable[..., Browser], desk: Desk, leads: list[Lead]
) -> None:
    other = browser_of("other", Role.REVIEWER)
    lead = leads[0]
    officer.submit(f"/leads/{lead.id}/decide", revision=lead.revision, verdict="confirm")
    there = other.submit(f"/leads/{lead.id}/decide", revision=lead.revision, verdict="dismiss")
    assert there == f"/leads/{lead.id}"
    assert "已由 wangmin 于" in _notice(other.page(there))
    assert _lead(desk, lead).status is LeadStatus.ACCEPTED


@pytest.mark.parametrize(
    "fields",
    [
        {"verdict": "undo"},
        {"verdict": "true"},
        {"verdict": ""},
        {"verdict": "transfer"},
        {"to_department": "居委会"},
        {"verdict": "confirm", "revision": "x"},
        {"verdict": "confirm", "revision": "99999999999999999999"},
        {"verdict": "confirm", "reason": "长" * 400},
    ],
)
def test_a_broken_form_decides_nothing(officer: Browser, desk: Desk, leads: list[Lead], fields: dict[str, str]) -> None:
    lead = leads[0]
    there = officer.submit(f"/leads/{lead.id}/decide", **({"revision": str(lead.revision)} | fields))
    assert there == f"/leads/{lead.id}"
    assert _notice(officer.page(there))
    assert _lead(desk, lead).status is LeadStatus.OPEN


def test_from_the_queue_one_stays_in_the_queue(officer: Browser, desk: Desk, leads: list[Lead]) -> None:
    form = officer.page("/queue?source=bendi-board").find("form", id="quick")
    assert form is not None
    fields = {str(field["name"]): str(field["value"]) for field in form.find_all("input")}
    fields |= {"revision": str(leads[0].revision), "verdict": "confirm"}
    response = officer.post(f"/leads/{leads[0].id}/decide", data=fields)
    assert response.headers["location"] == "/queue?source=bendi-board"
    assert _lead(desk, leads[0]).status is LeadStatus.ACCEPTED


def test_only_lead_and_supervisor_see_undo(
    officer: Browser, browser_of: Callable[..., Browser], leads: list[Lead]
) -> None:
    _press(officer, f"/leads/{leads[0].id}", "verdict-confirm")
    reviewer = browser_of("rev", Role.REVIEWER)
    assert reviewer.page(f"/leads/{leads[0].id}").find(attrs={"data-testid": "undo"}) is None
    assert "只有本人或督导" in reviewer.page_after_refusal(f"/leads/{leads[0].id}/undo")
