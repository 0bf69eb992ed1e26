"""The pages in a real browser: keys, both widths, and the essentials without JavaScript."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from pipelines.config import read_settings
from pipelines.desk import Desk, open_desk
from pipelines.records import Lead, LeadStatus, Role, Verdict
from review_ui.server import make_server
from tests.review_ui.chromium import open_chromium
from tests.review_ui.seed import PASSWORD, seed_queue, seed_user

DESKTOP, PHONE = (1280, 800), (390, 844)


@dataclass
class Site:
    """A served desk and a page on it."""

    desk: Desk
    origin: str
    browser: Browser
    leads: list[Lead]

    def status(self, lead: Lead) -> LeadStatus:
        with self.desk.store.read() as tx:
            found = tx.leads.get(lead.id)
        assert found is not None
        return found.status

    @contextmanager
    def page(self, size: tuple[int, int] = DESKTOP, *, scripts: bool = True) -> Iterator[Page]:
        """A logged-in page; at the end nothing may have been complained about."""
        context = self.browser.new_context(
            viewport={"width": size[0], "height": size[1]}, java_script_enabled=scripts, base_url=self.origin
        )
        page = context.new_page()
        complaints: list[str] = []
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto("/login")
        page.get_by_test_id("login-user").fill("wangmin")
        page.get_by_test_id("login-password").fill(PASSWORD)
        page.get_by_test_id("login-submit").click()
        page.wait_for_url("**/queue")
        yield page
        context.close()
        assert complaints == []


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with open_chromium() as opened:
        yield opened


@pytest.fixture
def site(home: Path, sqlite_url: str, browser: Browser) -> Iterator[Site]:
    (home / "DEMO").touch()
    with open_desk(read_settings({}, home=home, database_url=sqlite_url)) as desk:
        seed_user(desk, "wangmin", Role.OFFICER, Role.SUPERVISOR)
        leads = seed_queue(desk, 8, pages=False)
        with _served(desk) as origin:
            yield Site(desk=desk, origin=origin, browser=browser, leads=leads)


@contextmanager
def _served(desk: Desk) -> Iterator[str]:
    sock = socket.create_server(("127.0.0.1", 0))
    server = make_server(desk)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [sock]})
    thread.start()
    try:
        yield f"http://127.0.0.1:{sock.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(timeout=20)
        sock.close()


def _order(site: Site) -> list[Lead]:
    return sorted(site.leads, key=lambda lead: (-lead.priority, lead.id))


def test_an_officer_works_the_leads_by_keys(site: Site) -> None:
    order = _order(site)
    with site.page() as page:

        def press(key: str, lead: Lead) -> None:
            page.keyboard.press(key)
            page.wait_for_url(f"**/leads/{lead.id}")

        page.keyboard.press("j")
        page.keyboard.press("j")
        page.keyboard.press("k")
        press("Enter", order[0])
        press("1", order[1])
        press("u", order[0])
        assert site.status(order[0]) is LeadStatus.OPEN
        press("1", order[1])
        press("2", order[2])
        page.keyboard.press("3")
        second = page.get_by_test_id("transfer-department").nth(1)
        second.wait_for(state="visible")
        department = second.get_attribute("value")
        page.keyboard.press("2")
        page.keyboard.press("5")  # a digit only selects
        page.keyboard.press("2")
        assert second.evaluate("e => e.checked && e === document.activeElement")
        assert site.status(order[2]) is LeadStatus.OPEN
        press("2", order[3])
        press("4", order[4])
        press("j", order[5])
        press("k", order[4])
        page.keyboard.press("?")
        page.locator("#help").wait_for(state="visible")
        page.keyboard.press("1")  # not while the help is open
        page.keyboard.press("?")
        page.locator("#help").wait_for(state="hidden")
        assert site.status(order[4]) is LeadStatus.OPEN
        page.goto(f"/leads/{order[0].id}?status=accepted")
        page.keyboard.press("o")
        page.wait_for_url("**/captures/*")
        page.goto(f"/leads/{order[0].id}?status=accepted")
        page.keyboard.press("c")
        page.wait_for_url("**/cases/new**")  # asks first
        expect(page.get_by_test_id("case-confirm")).to_be_focused()  # the browser gives the focus when it first draws
        page.keyboard.press("Enter")
        page.wait_for_url("**/cases/AJ-*")
        page.goto(f"/leads/{order[0].id}?status=accepted")
        page.keyboard.press("u")
        page.get_by_text("结论不能再改").nth(1).wait_for()  # below the case's own line
        page.goto("/queue?status=accepted")
        page.keyboard.press("j")
        page.keyboard.press("u")
        page.get_by_text("已立入案件 AJ-").wait_for()
    assert [site.status(lead).value for lead in order[:5]] == ["accepted", "dismissed", "transferred", "held", "open"]
    with site.desk.store.read() as tx:
        decision = tx.decisions.for_lead(order[2].id)[0]
    assert decision.to_department == department


def test_the_queue_is_worked_by_keys_too(site: Site) -> None:
    order = _order(site)
    with site.page() as page:
        page.keyboard.press("1")
        page.get_by_text("先按 j 选中").wait_for()
        page.keyboard.press("j")
        page.keyboard.press("2")
        page.get_by_text(f"线索 {order[0].id}：排除").wait_for()
        page.keyboard.press("1")  # the next row has taken its place
        page.get_by_text(f"线索 {order[1].id}：线索成立").wait_for()
        page.keyboard.press("u")
        page.get_by_text("结论已撤销").wait_for()
        assert page.url == f"{site.origin}/queue"
    assert [site.status(lead).value for lead in order[:2]] == ["dismissed", "open"]


def test_keys_rest_while_one_types_and_when_they_are_off(site: Site) -> None:
    lead = _order(site)[0]
    with site.page() as page:
        page.goto(f"/leads/{lead.id}")
        page.locator("#reasons summary").click()
        page.locator("#reason").type("1234 juco?")
        page.keyboard.press("Control+1")
        assert page.url.endswith(f"/leads/{lead.id}")
        page.goto("/account")
        page.get_by_role("button", name="关闭").click()
        page.goto(f"/leads/{lead.id}")
        page.keyboard.press("1")
        page.get_by_test_id("verdict-hold").click()
        page.get_by_text("待核实").first.wait_for()
    assert site.status(lead) is LeadStatus.HELD


def test_enter_sends_the_chosen_department_and_escape_none(site: Site) -> None:
    order = _order(site)
    with site.page() as page:
        page.goto(f"/leads/{order[0].id}")
        page.keyboard.press("3")
        page.keyboard.press("4")
        page.keyboard.press("Escape")
        page.get_by_test_id("transfer-department").first.wait_for(state="hidden")
        page.keyboard.press("3")
        page.keyboard.press("5")
        page.keyboard.press("Enter")
        page.wait_for_url(f"**/leads/{order[1].id}")
    with site.desk.store.read() as tx:
        assert [one.to_department for one in tx.decisions.for_lead(order[0].id)] == ["民政部门"]


def test_findings_are_struck_out_by_keys_and_nothing_is_sent_by_enter(site: Site) -> None:
    lead = site.leads[0]
    with site.page() as page:
        page.goto(f"/leads/{lead.id}")
        codes = [str(card.get_attribute("data-code")) for card in page.get_by_test_id("finding").all()]
        page.keyboard.press("x")
        page.get_by_text("先按 n 选中一条疑点").wait_for()
        page.keyboard.press("n")
        page.keyboard.press("x")
        page.keyboard.press("Enter")
        page.get_by_text("疑点全部不采纳" if len(codes) == 1 else "不采纳 1 项疑点").wait_for()
        assert page.locator(".finding.struck").count() == 1
        assert page.locator(".sheet .chip.off").first.get_attribute("data-code") == codes[0]  # before anything is sent
        for _ in codes[1:]:
            page.keyboard.press("n")
            page.keyboard.press("Space")
        page.keyboard.press("1")  # nothing adopted: a reason first, and nothing chosen is lost
        page.get_by_text("请写明理由").wait_for()
        assert page.locator("#reason").evaluate("e => e === document.activeElement")
        assert page.locator(".finding.struck").count() == len(codes)
        page.locator("#reason").fill("另有举报材料")
        page.get_by_test_id("verdict-confirm").click()
        page.wait_for_url(f"**/leads/{_order(site)[1].id}")
    with site.desk.store.read() as tx:
        (decision,) = tx.decisions.for_lead(lead.id)
    assert ([str(one) for one in decision.struck], decision.reason) == (codes, "另有举报材料")


def test_the_suggestion_follows_the_findings_that_are_left(site: Site) -> None:
    lead = site.leads[0]
    with site.page() as page:
        page.goto(f"/leads/{lead.id}")
        cards = page.get_by_test_id("finding").all()
        leading = [str(card.get_attribute("data-department")) for card in cards]
        for number, department in enumerate(leading):
            marked = page.locator("#transfer .option:has(.suggested) input")
            assert marked.get_attribute("value") == department
            cards[number].get_by_test_id("strike").check(force=True)
        assert page.locator("#transfer .suggested").count() == 0


def test_enter_behind_the_reasons_key_dismisses_nothing_and_escape_closes_them(site: Site) -> None:
    lead = site.leads[0]
    with site.page() as page:
        page.goto(f"/leads/{lead.id}")
        page.keyboard.press("Shift+Digit2")
        page.locator("#reasons[open]").wait_for()
        page.keyboard.press("Enter")
        page.keyboard.press("Escape")
        page.locator("#reasons:not([open])").wait_for()
        page.keyboard.press("Shift+Digit2")
        page.keyboard.press("Tab")
        first = page.locator("#reasons .quick button").first
        assert first.evaluate("e => e === document.activeElement")
        with site.desk.store.read() as tx:
            assert tx.decisions.for_lead(lead.id) == ()
        page.keyboard.press("Enter")
        page.wait_for_url(lambda url: f"/leads/{lead.id}" not in url)
    with site.desk.store.read() as tx:
        assert tx.decisions.for_lead(lead.id)[0].verdict is Verdict.DISMISS


def test_a_finding_is_struck_out_without_scripts(site: Site) -> None:
    lead = site.leads[0]
    with site.page(scripts=False) as page:
        page.goto(f"/leads/{lead.id}")
        box = page.get_by_test_id("strike").first
        box.focus()
        page.keyboard.press("Space")
        page.keyboard.press("Enter")  # presses the form's first button, which is no verdict
        page.get_by_text("请选择一个结论").wait_for()
        assert box.is_checked()
        assert (
            page.locator(".finding h3").first.evaluate("e => getComputedStyle(e).textDecorationLine") == "line-through"
        )
        page.locator(".finding").first.locator(".adopt").click()
        assert not box.is_checked()
        page.locator(".finding").first.locator(".adopt").click()
        assert site.status(lead) is LeadStatus.OPEN
        page.get_by_test_id("verdict-hold").click()
        page.wait_for_url("**/leads/*")
    with site.desk.store.read() as tx:
        assert len(tx.decisions.for_lead(lead.id)[0].struck) == 1


def test_on_a_phone_reasons_open_from_the_bar_and_follow_a_dismissal(site: Site) -> None:
    order = _order(site)
    with site.page(PHONE) as page:
        page.goto(f"/leads/{order[0].id}")
        page.locator("#reasons summary").click()
        sheet = page.locator("#reasons .panel-up")
        sheet.wait_for(state="visible")
        box = sheet.bounding_box()
        assert box is not None
        assert box["y"] >= 0
        assert box["y"] + box["height"] <= PHONE[1]  # in reach without scrolling
        sheet.get_by_role("button", name="新闻或转述").click()
        page.wait_for_url(f"**/leads/{order[1].id}")
        page.get_by_test_id("verdict-dismiss").click()
        page.wait_for_url(f"**/leads/{order[2].id}")
        page.get_by_test_id("explain").get_by_role("button", name="求购或求职").click()
        page.get_by_text(f"线索 {order[1].id}：排除（求购或求职）").wait_for()
        assert page.url.endswith(f"/leads/{order[2].id}")
    with site.desk.store.read() as tx:
        reasons = [tx.decisions.for_lead(lead.id)[0].reason for lead in order[:2]]
    assert reasons == ["新闻或转述", "求购或求职"]


def test_marked_words_explain_themselves(site: Site) -> None:
    lead = site.leads[0]
    with site.page() as page:
        page.goto(f"/leads/{lead.id}")
        page.locator(".hit").first.hover()
        tip = page.locator("#tip")
        tip.wait_for(state="visible")
        assert "疑似变相开展学科类培训" in tip.inner_text()
        page.mouse.move(0, 0)
        tip.wait_for(state="hidden")
        page.locator(".hit").first.focus()
        tip.wait_for(state="visible")
        for hit in page.locator(".hit").all():  # what explains a word never lies upon it
            hit.scroll_into_view_if_needed()
            hit.evaluate("e => { e.blur(); e.focus({ preventScroll: true }); }")
            tip.wait_for(state="visible")
            word, box = hit.bounding_box(), tip.bounding_box()
            assert word is not None
            assert box is not None
            assert box["y"] >= word["y"] + word["height"] or box["y"] + box["height"] <= word["y"]
            assert box["y"] > page.locator(".top").evaluate("e => e.getBoundingClientRect().bottom")


@pytest.mark.parametrize("size", [DESKTOP, PHONE])
def test_no_page_scrolls_sideways(site: Site, size: tuple[int, int]) -> None:
    lead = site.leads[0]
    paths = ["/queue", "/queue?status=all", f"/leads/{lead.id}", f"/leads/{lead.id}/live", f"/leads/{lead.id}/stored"]
    with site.page(size) as page:
        for path in [*paths, "/cases", "/digests", "/sources", "/audit", "/account"]:
            page.goto(path)
            assert page.evaluate("document.documentElement.scrollWidth") <= size[0], path


def test_on_a_phone_buttons_are_large_enough_for_thumbs(site: Site) -> None:
    with site.page(PHONE) as page:
        for path in ("/queue", f"/leads/{site.leads[0].id}", "/digests"):
            page.goto(path)
            small = page.evaluate(
                "Array.from(document.querySelectorAll('button:not(.link), .verdict, .option, select, "
                "input:not([type=hidden]):not([type=checkbox]):not([type=radio]), nav a'))"
                ".filter(e => e.offsetParent && e.getBoundingClientRect().height < 44)"
                ".map(e => e.outerHTML)"
            )
            assert small == [], path
        page.goto(f"/leads/{site.leads[0].id}")
        bar = page.get_by_test_id("verdict-confirm").bounding_box()
        assert bar is not None
        assert bar["y"] + bar["height"] <= PHONE[1]  # in reach without scrolling


@pytest.mark.parametrize("size", [DESKTOP, PHONE])
def test_words_and_findings_come_first_and_nothing_lies_over_them(site: Site, size: tuple[int, int]) -> None:
    """A switch stands on its title's line; the verdicts, the menu open or not, cover no finding."""
    with site.page(size) as page:
        page.goto(f"/leads/{_order(site)[0].id}")

        def box(css: str) -> dict[str, float]:
            found = page.locator(css).first.evaluate("e => e.getBoundingClientRect().toJSON()")
            return {str(side): float(value) for side, value in found.items()}

        title, switch = box(".finding h3"), box(".finding .adopt")
        assert title["top"] <= (switch["top"] + switch["bottom"]) / 2 <= title["bottom"]
        assert switch["left"] >= title["right"]
        if size == PHONE:
            assert box("[data-testid=lead-text]")["bottom"] <= box(".findings")["top"]
            assert box(".findings")["bottom"] <= box(".more-of-it")["top"]
            return
        page.mouse.wheel(0, 2000)
        page.get_by_test_id("verdict-transfer").click()
        assert box(".verdicts")["bottom"] <= box(".side-scroll")["top"]
        assert box(".verdicts")["top"] >= box(".top")["bottom"]
        assert box("#transfer .panel")["top"] >= box("[data-testid=verdict-hold]")["bottom"]


def test_the_essentials_work_without_scripts(site: Site) -> None:
    order = _order(site)
    with site.page(scripts=False) as page:
        page.get_by_test_id("lead-row").first.get_by_test_id("lead-title").click()
        page.wait_for_url(f"**/leads/{order[0].id}")
        page.get_by_test_id("verdict-confirm").click()
        page.wait_for_url(f"**/leads/{order[1].id}")
        page.get_by_test_id("undo").click()
        page.wait_for_url(f"**/leads/{order[0].id}")
        page.get_by_test_id("verdict-transfer").click()
        page.get_by_test_id("transfer-department").first.click()
        page.get_by_test_id("transfer-submit").click()
        page.wait_for_url(f"**/leads/{order[1].id}")
    assert site.status(order[0]) is LeadStatus.TRANSFERRED


def test_the_printed_lead_shows_the_tables_and_nothing_to_press(site: Site) -> None:
    lead = _order(site)[0]
    with site.page(scripts=False) as page:
        page.goto(f"/leads/{lead.id}")
        page.emulate_media(media="print")
        assert page.get_by_test_id("criteria").is_visible()
        assert page.get_by_test_id("article17").is_visible()
        assert page.get_by_test_id("lead-text").is_visible()
        assert page.locator("p.declaration").is_visible()
        assert page.locator(".finding ul.print-only").first.is_visible()
        for hidden in (".top", ".crumbs", ".verdicts", ".contacts", ".timeline", ".shot", ".meta", ".source", ".adopt"):
            assert all(not one.is_visible() for one in page.locator(hidden).all()), hidden
        for pressed in ("a", "kbd", "button", "input", "label", "summary"):
            assert all(not one.is_visible() for one in page.locator(pressed).all()), pressed
        assert lead.platform not in page.locator("main").inner_text()


def test_a_package_just_made_starts_its_download_once(site: Site) -> None:
    with site.page() as page:
        page.goto(f"/leads/{site.leads[0].id}")
        page.keyboard.press("1")
        page.wait_for_url(f"**/leads/{_order(site)[1].id}")
        page.goto(f"/cases/new?lead={site.leads[0].id}")
        page.get_by_test_id("case-confirm").click()
        page.wait_for_url("**/cases/AJ-*")
        page.get_by_test_id("case-export").click()  # what cannot be undone is asked for first
        page.get_by_text("还没有导出").wait_for()
        page.get_by_test_id("export-sure").check()
        with page.expect_download() as download:
            page.get_by_test_id("case-export").click()
        assert download.value.suggested_filename.startswith("AJ-")
        assert page.evaluate("location.search") == ""  # a reload fetches nothing more
        page.get_by_test_id("case-download").wait_for(state="visible")


@pytest.mark.parametrize("size", [DESKTOP, PHONE])
def test_the_transfer_menu_shows_its_last_choice_whole(site: Site, size: tuple[int, int]) -> None:
    with site.page(size) as page:
        page.goto(f"/leads/{site.leads[0].id}")
        page.get_by_test_id("verdict-transfer").click()
        last, send = page.get_by_test_id("transfer-department").last, page.get_by_test_id("transfer-submit")
        assert send.is_disabled()
        last.click()
        assert send.inner_text() == f"提交转办：{last.get_attribute('value')}"
        menu, chosen, button = (one.bounding_box() for one in (page.locator("#transfer .panel"), last, send))
        assert menu is not None
        assert chosen is not None
        assert button is not None
        assert chosen["y"] + chosen["height"] <= button["y"]
        assert button["y"] + button["height"] <= menu["y"] + menu["height"]
        assert menu["y"] >= 0
        assert menu["y"] + menu["height"] <= size[1]


def test_the_menu_opened_from_the_queue_leaves_the_heading_in_sight(site: Site) -> None:
    with site.page() as page:
        page.keyboard.press("j")
        page.keyboard.press("3")
        page.get_by_test_id("transfer-department").first.wait_for()
        page.wait_for_function("document.readyState === 'complete' && !location.hash")
        heading, bar = page.locator("main h1").first.bounding_box(), page.locator("header.top").bounding_box()
        assert heading is not None
        assert bar is not None
        assert heading["y"] >= bar["y"] + bar["height"]


def test_every_status_is_in_sight_on_a_phone(site: Site) -> None:
    with site.page(PHONE) as page:
        for tab in page.locator(".tabs a").all():
            box = tab.bounding_box()
            assert box is not None
            assert box["x"] >= 0
            assert box["x"] + box["width"] <= PHONE[0]
