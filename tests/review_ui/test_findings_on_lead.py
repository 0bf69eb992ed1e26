"""The switches of the findings, reasons that follow, and the table of keys, as the pages carry them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from bs4 import BeautifulSoup, Tag

from pipelines.desk import Desk
from pipelines.enforcement import cases, review
from pipelines.evidence.words import CONSEQUENCE_MEANINGS, CONSEQUENCES
from pipelines.records import Decision, Lead, Role, Verdict
from review_ui.keys import KEYS
from tests.review_ui.conftest import Browser
from tests.review_ui.seed import ANXIETY, GUARANTEE, HIDDEN, PREPAY, seed_lead, seed_source, seed_user

ROOT = Path(__file__).resolve().parents[2]
THREE = (HIDDEN, PREPAY, ANXIETY)


@pytest.fixture
def lead(desk: Desk) -> Lead:
    seed_source(desk)
    return seed_lead(desk, "one", "标题", "数学小班，提分，别让孩子输在起跑线，96课时一次交清", touches=THREE)


def _switches(page: BeautifulSoup) -> dict[str, bool]:
    """Code → struck."""
    boxes = page.find_all(attrs={"data-testid": "strike"})
    assert all(box["form"] == "decide" for box in boxes)
    return {str(box["value"]): box.has_attr("checked") for box in boxes}


def _send(browser: Browser, lead: Lead, *struck: str, **fields: object) -> str:
    """As a browser without scripts sends the decide form with these switches on 不采纳."""
    hidden = browser.page(f"/leads/{lead.id}").select("#decide input[type=hidden]")
    sent = {str(field["name"]): str(field["value"]) for field in hidden} | fields
    return browser.submit(f"/leads/{lead.id}/decide", **sent, strike=list(struck))


def _decisions(desk: Desk, lead: Lead) -> tuple[Decision, ...]:
    with desk.store.read() as tx:
        return tx.decisions.for_lead(lead.id)


def _struck(desk: Desk, lead: Lead) -> list[list[str]]:
    """The ids each decision does not adopt."""
    return [[str(strike) for strike in one.struck] for one in _decisions(desk, lead)]


def _text(found: Tag | None) -> str:
    assert found is not None
    return " ".join(found.text.split())


def test_a_reason_quotes_within_quotes_with_single_marks(officer: Browser, desk: Desk) -> None:
    touch = replace(HIDDEN, words=("送暑期“复盘周”",), why="疑似以“送暑期“复盘周””招揽报名")
    lead = seed_lead(
        desk, "q", "数学小班", "报名送暑期“复盘周”，名额少", source=seed_source(desk).name, touches=(touch,)
    )
    assert "疑似以“送暑期‘复盘周’”招揽报名" in officer.page(f"/leads/{lead.id}").text


def test_every_finding_has_a_switch_and_starts_adopted(officer: Browser, lead: Lead) -> None:
    page = officer.page(f"/leads/{lead.id}")
    assert _switches(page) == {touch.code: False for touch in THREE}
    first = page.select_one("#decide button")
    assert first is not None
    assert first["value"] == "none"  # what Enter in a switch presses


def test_what_was_struck_stays_struck_and_stands_in_the_history(officer: Browser, desk: Desk, lead: Lead) -> None:
    _send(officer, lead, PREPAY.code, verdict="confirm")
    assert _struck(desk, lead) == [[PREPAY.code]]
    page = officer.page(f"/leads/{lead.id}?status=accepted")
    assert _switches(page) == {HIDDEN.code: False, PREPAY.code: True, ANXIETY.code: False}
    assert f"不采纳 {PREPAY.code}" in _text(page.find(class_="timeline"))
    off = [chip["data-code"] for chip in page.select(".chips .chip.off")]
    assert off == [PREPAY.code]
    off = [mark.text for mark in page.select("[data-testid=lead-text] .hit.off")]
    assert "".join(off) == "96课时一次交清"
    with desk.store.read() as tx:
        user = tx.users.get("wangmin")
    assert user is not None
    cases.open_case(desk, [lead.id], user=user)
    settled = officer.page(f"/leads/{lead.id}?status=accepted")
    assert _switches(settled) == {}  # what is in a case does not change
    assert [_text(tag) for tag in settled.select(".adopt-said")] == ["未采纳"]
    case = officer.page("/cases/" + _text(settled.select_one(".verdicts a")))
    assert PREPAY.code not in _text(case.find(class_="rows"))


def test_a_refused_decision_keeps_the_switches(officer: Browser, desk: Desk, lead: Lead) -> None:
    there = _send(officer, lead, *(touch.code for touch in THREE), verdict="confirm")
    page = officer.page(there)
    assert "要写明理由" in _text(page.find(class_="notice"))
    assert _switches(page) == {touch.code: True for touch in THREE}
    assert _decisions(desk, lead) == ()
    _send(officer, lead, *(touch.code for touch in THREE), verdict="confirm", reason="另有举报")
    assert _decisions(desk, lead)[0].reason == "另有举报"


def test_deciding_from_the_queue_leaves_the_switches(officer: Browser, desk: Desk, lead: Lead) -> None:
    _send(officer, lead, PREPAY.code, verdict="hold")
    row = officer.page("/queue?status=held").find(attrs={"data-testid": "lead-row"})
    assert isinstance(row, Tag)
    officer.submit(f"/leads/{lead.id}/decide", revision=row["data-revision"], verdict="confirm", **{"from": "queue"})
    assert _struck(desk, lead) == [[PREPAY.code]] * 2


def _explain(browser: Browser, page: BeautifulSoup, reason: str) -> str:
    form = page.find("form", attrs={"data-testid": "explain"})
    assert isinstance(form, Tag)
    fields = {str(field["name"]): str(field["value"]) for field in form.find_all("input")}
    assert reason in [str(button["value"]) for button in form.find_all("button")]
    response = browser.post(str(form["action"]), data=fields | {"quick_reason": reason})
    assert response.status_code == 303
    return str(response.headers["location"])


def test_after_a_dismissal_without_a_reason_one_press_gives_it(officer: Browser, desk: Desk, lead: Lead) -> None:
    other = seed_lead(desk, "two", "标题二", "数学小班", priority=10)
    next_page = officer.page(_send(officer, lead, verdict="dismiss"))
    assert _explain(officer, next_page, "求购或求职") == f"/leads/{other.id}"  # one stays where one is
    after = officer.page(f"/leads/{other.id}")
    assert "排除（求购或求职）" in _text(after.find(class_="notice"))
    assert after.find("form", attrs={"data-testid": "explain"}) is None
    (decision,) = _decisions(desk, lead)
    assert (decision.reason, decision.added is not None) == ("求购或求职", True)
    assert "求购或求职（wangmin" in _text(officer.page(f"/leads/{lead.id}").find(class_="timeline")).replace(
        " （", "（"
    )


def test_a_reason_is_asked_for_in_the_queue_and_on_the_lead_itself(
    officer: Browser, browser_of: Callable[..., Browser], desk: Desk, lead: Lead
) -> None:
    officer.submit(f"/leads/{lead.id}/decide", revision=lead.revision, verdict="dismiss", **{"from": "queue"})
    page = officer.page("/queue")
    assert page.find("form", attrs={"data-testid": "explain"}) is not None
    there = f"/leads/{lead.id}?status=dismissed"
    assert browser_of("other", Role.REVIEWER).page(there).find("form", attrs={"data-testid": "explain"}) is None
    assert _explain(officer, officer.page(there), "重复线索") == there
    assert _decisions(desk, lead)[0].reason == "重复线索"


@pytest.mark.parametrize("fields", [{"verdict": "dismiss", "reason": "误报"}, {"verdict": "hold"}])
def test_what_has_a_reason_or_needs_none_is_not_asked(officer: Browser, lead: Lead, fields: dict[str, str]) -> None:
    page = officer.page(_send(officer, lead, **fields))
    assert page.find(class_="notice") is not None
    assert page.find("form", attrs={"data-testid": "explain"}) is None


def test_a_supervisor_undoes_what_was_struck(officer: Browser, desk: Desk, lead: Lead) -> None:
    reviewer = seed_user(desk, "rev", Role.REVIEWER)
    review.decide(desk, lead.id, verdict=Verdict.CONFIRM, user=reviewer, struck=[HIDDEN.code])
    officer.submit(f"/leads/{lead.id}/undo", filters="")
    assert _switches(officer.page(f"/leads/{lead.id}")) == {touch.code: False for touch in THREE}


PROMISE = replace(GUARANTEE, signal="guarantee", words=("提分",))
EXAGGERATION = replace(GUARANTEE, signal="exaggerated", consequence="lead", words=("别让孩子",))


@pytest.fixture
def twofold(desk: Desk) -> Lead:
    """One rule touched twice: by what may have a penalty, and by what needs facts."""
    seed_source(desk)
    touches = (EXAGGERATION, PROMISE, PREPAY)
    return seed_lead(desk, "two", "标题", "数学小班，提分，别让孩子输在起跑线，96课时一次交清", touches=touches)


def test_each_finding_of_a_rule_has_its_own_switch(officer: Browser, desk: Desk, twofold: Lead) -> None:
    path = f"/leads/{twofold.id}?status=accepted"
    assert list(_switches(officer.page(path))) == ["AD04.1", "AD04.2", PREPAY.code]
    _send(officer, twofold, "AD04.2", verdict="confirm")
    page = officer.page(path)
    assert _switches(page) == {"AD04.1": False, "AD04.2": True, PREPAY.code: False}
    assert "不采纳 1 项疑点（AD04.2 保证或夸大）" in _text(page.find(class_="standing"))
    assert "不采纳 AD04.2" in _text(page.find(class_="timeline"))
    (chip,) = [chip for chip in page.select(".chips .chip") if "AD04" in chip.text]
    assert ("sanctionable" in chip["class"], "2 条" in chip.text) == (True, False)
    off = [mark.text for mark in page.select("[data-testid=lead-text] .hit.off")]
    assert off == ["别让孩子"]
    card = page.select("[data-finding='AD04.1']")[0]
    assert "可能涉及罚则" in card.text
    assert "保证性承诺" in _text(card.select(".tags")[0])  # which of the two, in words
    row = officer.page("/queue?status=accepted&code=AD04").find(attrs={"data-testid": "lead-row"})
    assert isinstance(row, Tag)
    assert "AD04" in row.text


def test_the_suggested_department_is_one(officer: Browser, desk: Desk, twofold: Lead) -> None:
    marks = [_text(one) for one in officer.page(f"/leads/{twofold.id}").select("#transfer .suggested")]
    assert marks == ["建议"]


def test_the_reason_is_called_required_where_it_is(officer: Browser, twofold: Lead) -> None:
    need = officer.page(f"/leads/{twofold.id}").select("#reason-need")[0]
    assert "可不填" in need.text
    there = _send(officer, twofold, "AD04.1", "AD04.2", PREPAY.code, verdict="confirm")
    need = officer.page(there).select("#reason-need")[0]
    assert "必填" in need.text
    assert "可不填" not in need.text


def test_an_edited_text_says_that_the_switches_lapsed(officer: Browser, desk: Desk, twofold: Lead) -> None:
    _send(officer, twofold, "AD04.2", verdict="confirm")
    assert officer.page(f"/leads/{twofold.id}").find(attrs={"data-testid": "lapsed"}) is None
    worse = replace(EXAGGERATION, words=("别让孩子", "三次见效"))
    text = "数学小班，提分，别让孩子输在起跑线，三次见效"
    again = seed_lead(desk, "two", "标题", text, touches=(worse, PROMISE), cluster_id=twofold.cluster_id)
    assert again.id == twofold.id
    page = officer.page(f"/leads/{twofold.id}")
    assert "当时不采纳的 AD04.2 已不作数" in _text(page.find(attrs={"data-testid": "lapsed"}))
    assert not any(_switches(page).values())


def test_in_a_case_the_findings_are_judged_anew_on_the_page(officer: Browser, desk: Desk, twofold: Lead) -> None:
    _send(officer, twofold, "AD04.2", verdict="confirm")
    case = officer.submit("/cases", lead=[twofold.id])
    path = f"/leads/{twofold.id}"
    assert officer.page(path).find(attrs={"data-testid": "judge-again"}) is None
    worse = replace(EXAGGERATION, words=("别让孩子", "三次见效"))
    text = "数学小班，提分，别让孩子输在起跑线，三次见效"
    seed_lead(desk, "two", "标题", text, touches=(worse, PROMISE), cluster_id=twofold.cluster_id)
    assert officer.page(case).find(attrs={"data-testid": "case-again"}) is not None
    form = officer.page(path).find(attrs={"data-testid": "judge-again"})
    assert isinstance(form, Tag)
    fields = {str(one["name"]): str(one.get("value", "")) for one in form.select("input, [data-testid=decide-again]")}
    assert officer.submit(f"{path}/decide", **fields).startswith(path)
    assert "要写明理由" in officer.page(path).text
    assert officer.submit(f"{path}/decide", **fields, reason="改后更重", strike=["AD04.1"]) == path
    page = officer.page(path)
    assert page.find(attrs={"data-testid": "judge-again"}) is None
    assert page.select("[data-testid=undo]") == []
    history = officer.page(case).find(class_="history")
    assert isinstance(history, Tag)
    assert "重新认定疑点" in history.text
    assert "改后更重" in history.text


def test_the_handbook_lists_the_reasons_and_kinds_of_the_pages(officer: Browser, lead: Lead) -> None:
    handbook = (ROOT / "docs" / "使用手册.md").read_text(encoding="utf-8")
    table = re.search(r"\| 理由 \| 什么时候用 \|\n\|---\|---\|\n((?:\|.*\|\n)+)", handbook)
    assert table is not None
    assert re.findall(r"^\| (.+?) \| (.+?) \|$", table[1], re.M) == list(review.QUICK_REASONS.items())
    page = officer.page(f"/leads/{lead.id}")
    assert [str(one["value"]) for one in page.select(".quick button")] == list(review.QUICK_REASONS)
    kinds = re.findall(r"^  - \*\*(.+?)\*\*：(.+?)[；。（]", handbook, re.M)
    assert dict(kinds) == {CONSEQUENCES[kind]: CONSEQUENCE_MEANINGS[kind] for kind in CONSEQUENCES}


def test_the_help_box_and_the_handbook_show_the_one_table_of_keys(officer: Browser, lead: Lead) -> None:
    rows = officer.page(f"/leads/{lead.id}").select("#help tr")
    shown = [tuple(kbd.text for kbd in row.find_all("kbd")) for row in rows]
    assert shown == [key.keys for key in KEYS]
    handbook = (ROOT / "docs" / "使用手册.md").read_text(encoding="utf-8")
    table = re.findall(r"^\| (`.+`) \| (\S+) \| (.+?) \|$", handbook, re.M)
    assert table == [(" / ".join(f"`{one}`" for one in key.keys), key.where, key.does) for key in KEYS]


def _listens(name: str) -> set[str]:
    """The keys a script of the pages has an action for."""
    script = (ROOT / "review_ui" / "static" / name).read_text(encoding="utf-8")
    return {"".join(found) for found in re.findall(r'^ +(?:"(Shift\+\d)"|([a-z0-9])): ', script, re.M)}


def test_the_pages_listen_to_the_keys_of_the_table_and_no_other() -> None:
    told = {one for key in KEYS for one in key.keys} - {"回车", "1–9", "Esc", "?"}
    assert _listens("queue.js") == told - {"n", "x"}
    assert _listens("lead.js") | set("1234") == told  # its digits are set in a loop
