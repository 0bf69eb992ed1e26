"""The queue page: order, filters, paging, counts, what a row shows."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from bs4 import BeautifulSoup, Tag

from pipelines.desk import Desk
from pipelines.enforcement import review
from pipelines.records import Lead, Role, Verdict
from pipelines.records.rule_words import short_name
from tests.review_ui.conftest import Browser
from tests.review_ui.seed import GUARANTEE, HIDDEN, PREPAY, seed_lead, seed_queue, seed_source

NARROWED: dict[str, Callable[[Lead], bool]] = {
    "source=ads": lambda lead: lead.source == "ads",
    "code=AD04": lambda lead: "AD04" in lead.codes,
    "district=城西区": lambda lead: lead.district == "城西区",
    "q=养生茶": lambda lead: "冲刺" in lead.title,
    "q=思维训练营": lambda lead: "思维训练营" in lead.title,
    "source=ads&code=HT12": lambda lead: lead.source == "ads" and "HT12" in lead.codes,
    "q=100%25": lambda _: False,
    "q=_": lambda _: False,
}


@pytest.fixture
def leads(desk: Desk) -> list[Lead]:
    return seed_queue(desk, 12, pages=False)


def _rows(page: BeautifulSoup) -> list[Tag]:
    return page.find_all(attrs={"data-testid": "lead-row"})


def _ids(page: BeautifulSoup) -> list[int]:
    return [int(str(row["data-lead-id"])) for row in _rows(page)]


def _count(page: BeautifulSoup) -> int:
    found = page.find(attrs={"data-testid": "queue-count"})
    assert found is not None
    return int(found.text)


def test_leads_stand_by_priority_then_id(officer: Browser, leads: list[Lead]) -> None:
    page = officer.page("/queue")
    expected = [lead.id for lead in sorted(leads, key=lambda lead: (-lead.priority, lead.id))]
    assert _ids(page) == expected
    assert _count(page) == len(leads)


def test_a_row_shows_what_an_officer_needs(officer: Browser, leads: list[Lead]) -> None:
    page = officer.page("/queue")
    row = next(row for row in _rows(page) if row["data-lead-id"] == str(leads[0].id))
    title = row.find(attrs={"data-testid": "lead-title"})
    assert title is not None
    assert title.text == leads[0].title
    assert title["href"] == f"/leads/{leads[0].id}"
    assert {mark.text for mark in row.find_all("mark")} >= {"数学", "小班", "提分"}
    chips = [chip.text for chip in row.find_all(class_="chip")]
    assert chips == [touch.code + short_name(touch.code) for touch in (HIDDEN, PREPAY)] + ["另有 1 项清理提示"]
    assert "AD03 疑似制造焦虑" in row.find_all(class_="chip")[-1]["title"]
    assert row.find("time") is not None
    assert "本地论坛" in row.text
    assert "城东区" in row.text
    picture = row.find("img")
    assert picture is not None
    assert picture["src"] == f"/captures/{leads[0].browser_capture_id}/thumbnail"
    assert officer.get(str(picture["src"])).headers["content-type"] == "image/png"


def test_filters_narrow_the_queue(officer: Browser, leads: list[Lead]) -> None:
    for query, wanted in NARROWED.items():
        page = officer.page(f"/queue?{query}")
        assert set(_ids(page)) == {lead.id for lead in leads if wanted(lead)}, query
        assert "清除" in page.text


def test_tabs_count_every_status(officer: Browser, desk: Desk, leads: list[Lead]) -> None:
    with desk.store.read() as tx:
        user = tx.users.get("wangmin")
    assert user is not None
    review.decide(desk, leads[0].id, verdict=Verdict.HOLD, user=user)
    review.decide(desk, leads[1].id, verdict=Verdict.DISMISS, user=user)
    page = officer.page("/queue")
    tabs = page.find(class_="tabs")
    assert tabs is not None
    assert [link.text for link in tabs.find_all("a")] == [
        "待审10",
        "待核实1",
        "已成立0",
        "已排除1",
        "已转办0",
        "全部12",
    ]
    assert _ids(officer.page("/queue?status=held")) == [leads[0].id]
    assert len(_ids(officer.page("/queue?status=all"))) == 12


def test_pages_follow_each_other_without_gap_or_overlap(officer: Browser, desk: Desk) -> None:
    seed_source(desk)
    made = [seed_lead(desk, f"k{n}", f"标题{n}", "数学小班", priority=50 + n % 3).id for n in range(110)]
    seen: list[int] = []
    path = "/queue?source=bendi-board"
    for _ in range(3):
        page = officer.page(path)
        assert _count(page) == 110
        seen += _ids(page)
        following = page.find("a", rel="next")
        path = str(following["href"]) if following else ""
    assert path == ""
    assert sorted(seen) == made
    assert len(seen) == len(set(seen))


def test_an_odd_address_breaks_nothing(officer: Browser, leads: list[Lead]) -> None:
    for after in ("999999", "x", "-1", "99999999999999999999", "%00", "'", "%F0"):
        assert officer.get(f"/queue?after={after}").status_code == 200, after
        assert officer.get(f"/queue?q=%00%ff&code=%F0&district=%ud800&after={after}").status_code == 200, after


def test_an_empty_queue_says_so(officer: Browser) -> None:
    assert "这里没有线索了" in officer.page("/queue").text
    assert "没有符合条件的线索" in officer.page("/queue?q=没有").text


def test_contacts_stay_masked(officer: Browser, leads: list[Lead]) -> None:
    assert "13812345678" not in officer.get("/queue").text


def test_the_bar_shows_what_one_may_do(browser_of: Callable[..., Browser]) -> None:
    navigation = browser_of("rev", Role.REVIEWER).page("/queue").find("nav", attrs={"aria-label": "主导航"})
    assert navigation is not None
    assert [link.text for link in navigation.find_all("a")] == ["线索"]


def test_keys_can_be_switched_off(officer: Browser) -> None:
    assert officer.page("/queue").body["data-keys"] == "on"  # type: ignore[index]
    assert officer.submit("/account/keys", enabled="0") == "/account"
    assert officer.page("/queue").body["data-keys"] == "off"  # type: ignore[index]


def test_a_lead_without_a_title_can_be_opened(officer: Browser, desk: Desk) -> None:
    seed_source(desk)
    lead = seed_lead(desk, "bare", "", "数学小班", touches=(GUARANTEE,))
    link = officer.page("/queue").find(attrs={"data-testid": "lead-title"})
    assert link is not None
    assert link.text.strip()
    assert officer.get(f"/leads/{lead.id}").status_code == 200


def test_districts_stand_by_sound_and_a_picture_that_is_still_to_come_is_said(officer: Browser, desk: Desk) -> None:
    seed_source(desk)
    for number, district in enumerate(("衡阳县", "中山区", "安化县")):
        url = None if number else "file:///a.csv#row=1"
        seed_lead(desk, f"d{number}", "标题", "数学小班，提分", district=district, **({"url": url} if url else {}))
    page = officer.page("/queue")
    options = [one.text for one in page.select("select[name=district] option")][1:]
    assert options == ["安化县", "衡阳县", "中山区"]
    boxes = {str(one["data-lead-id"]): one.find(class_="thumb") for one in page.find_all(class_="row")}
    assert [box.text for _, box in sorted(boxes.items())] == ["", "截图待补", "截图待补"]  # type: ignore[union-attr]
