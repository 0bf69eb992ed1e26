"""The second reader's words on the page of a lead: beside the machine's answer, marked, and never more than words."""

from __future__ import annotations

from typing import Any

import pytest
from bs4 import BeautifulSoup, Tag

from pipelines import clock
from pipelines.desk import Desk
from pipelines.records import Lead, Opinion, OpinionFault
from tests.review_ui.conftest import Browser
from tests.review_ui.seed import seed_lead, seed_source

ANSWER: dict[str, Any] = {
    "kind": "jobs",
    "academic": "no",
    "anxiety": False,
    "signals": ["prepay", "teacher_public"],
    "instructs": True,
    "reason": "更像招聘 <script>alert(1)</script>",
    "quotes": [{"about": "prepay", "start": 6, "end": 10, "text": "一次交清"}],
    "dropped": 2,
}


@pytest.fixture
def lead(desk: Desk) -> Lead:
    seed_source(desk)
    return seed_lead(desk, "one", "小升初衔接", "一次交清，六年级数学小班，提分快。")


def add(desk: Desk, lead: Lead, **told: Any) -> Opinion:
    with desk.store.transaction() as tx:
        return tx.opinions.add(lead.id, lead.assessment_id, model="qwen3-14b", prompt="p1-abc", at=clock.now(), **told)


def _card(page: BeautifulSoup) -> Tag | None:
    found = page.find("section", class_="opinions")
    return found if isinstance(found, Tag) else None


def test_without_opinions_there_is_no_card(officer: Browser, lead: Lead) -> None:
    assert _card(officer.page(f"/leads/{lead.id}")) is None


def test_an_opinion_says_who_when_and_that_it_binds_nobody(officer: Browser, desk: Desk, lead: Lead) -> None:
    before = officer.page(f"/leads/{lead.id}")
    opinion = add(desk, lead, answer=ANSWER)
    page = officer.page(f"/leads/{lead.id}")
    card = _card(page)
    assert card is not None
    text = card.get_text(" ", strip=True)
    for words in (
        "模型意见，仅供参考",
        "qwen3-14b",
        "提示词 p1-abc",
        clock.local(opinion.asked_at).strftime("%Y-%m-%d %H:%M"),
        "招聘求职",
        "未见学科类",
        "超期、超额预收；在职教师 （未引原文）",
        "更像招聘 <script>alert(1)</script>",
        "一次交清",
        "对阅读者下指令",
        "另有 2 处引文与原文不符",
    ):
        assert words in text, words
    assert card.find("script") is None
    assert text.count("与机器研判不同") == 2  # kind and academic, not anxiety
    for mark in ("finding", "lead-text", "lead-title"):
        assert page.find_all(attrs={"data-testid": mark}) == before.find_all(attrs={"data-testid": mark})


def test_a_miss_is_told_with_its_reason(officer: Browser, desk: Desk, lead: Lead) -> None:
    add(desk, lead, fault=OpinionFault.TIMEOUT)
    card = _card(officer.page(f"/leads/{lead.id}"))
    assert card is not None
    assert "第二意见未取得：接口没有在限时内答完" in card.get_text(" ", strip=True)
    add(desk, lead, answer=ANSWER)
    card = _card(officer.page(f"/leads/{lead.id}"))
    assert card is not None
    assert "未取得" not in card.text
    assert len(card.find_all(attrs={"data-testid": "opinion"})) == 1


@pytest.mark.parametrize("fault", list(OpinionFault))
def test_every_fault_has_its_words(officer: Browser, desk: Desk, lead: Lead, fault: OpinionFault) -> None:
    add(desk, lead, fault=fault)
    card = _card(officer.page(f"/leads/{lead.id}"))
    assert card is not None
    assert fault.value not in card.get_text()


def test_an_opinion_on_an_older_assessment_is_called_so(officer: Browser, desk: Desk, lead: Lead) -> None:
    add(desk, lead, answer=ANSWER)
    with desk.store.transaction() as tx:
        listing = tx.listings.get(lead.listing_id)
        old = tx.assessments.get(lead.assessment_id)
        assert listing is not None
        assert old is not None
        newer = tx.assessments.add(
            listing.version_id, "m-next", "r-seed", True, 90, old.result, old.title, old.text, clock.now()
        )
        tx.leads.open_for(listing, newer, clock.now())
    card = _card(officer.page(f"/leads/{lead.id}"))
    assert card is not None
    assert "较早的一次研判" in card.text
    assert "与机器研判不同" not in card.text
