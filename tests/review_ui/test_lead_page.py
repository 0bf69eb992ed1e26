"""The page of one lead: its words, marks, findings, captures, contacts and history."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup

from pipelines import clock
from pipelines.desk import Desk
from pipelines.enforcement import review
from pipelines.enforcement.rules import departments
from pipelines.evidence.departments import department_of
from pipelines.evidence.retention import run_retention
from pipelines.ingest.contact_vault import ContactVault
from pipelines.records import Contact, Lead, Role, Verdict
from tests.review_ui.conftest import Browser
from tests.review_ui.seed import (
    ANXIETY,
    GUARANTEE,
    HIDDEN,
    PREPAY,
    Touch,
    seed_capture,
    seed_lead,
    seed_source,
)

TEXT = "滨河花园小区，六年级数学小班，提分快。\n别让孩子输在起跑线，96课时一次交清。"
PHONE = "13812345678"
PAGE = "<html><script>alert('from the page')</script><p>六年级数学小班</p></html>".encode()


@pytest.fixture
def lead(desk: Desk) -> Lead:
    seed_source(desk)
    capture = seed_capture(desk, "one", PAGE)
    return seed_lead(
        desk, "one", "小升初衔接", TEXT, touches=(HIDDEN, PREPAY, ANXIETY), capture=capture, phone=PHONE, picture=True
    )


def _named(page: BeautifulSoup, mark: str) -> str:
    found = page.find(attrs={"data-testid": mark})
    assert found is not None, mark
    return found.text


def test_the_text_stands_unchanged_with_its_marks(officer: Browser, lead: Lead) -> None:
    page = officer.page(f"/leads/{lead.id}")
    assert _named(page, "lead-title") == "小升初衔接"
    assert _named(page, "lead-text") == TEXT
    body = page.find(attrs={"data-testid": "lead-text"})
    assert body is not None
    marks = {mark.text: (mark["data-findings"], mark["class"]) for mark in body.find_all("mark")}
    assert marks == {
        "数学": ("0", ["hit", "sanctionable"]),
        "小班": ("0", ["hit", "sanctionable"]),
        "提分": ("0", ["hit", "sanctionable"]),
        "别让孩子输在起跑线": ("2", ["hit", "cleanup"]),
        "96课时": ("1", ["hit", "lead"]),
        "一次交清": ("1", ["hit", "lead"]),
    }
    first = body.find("mark")
    assert first is not None
    assert first["title"] == f"{HIDDEN.code} {HIDDEN.name}：{HIDDEN.why}"


def test_overlapping_findings_share_their_piece(officer: Browser, desk: Desk) -> None:
    seed_source(desk)
    touches = (
        Touch(code="HT18.2", name="甲", words=("数学小班",)),
        Touch(code="AD04", name="乙", words=("小班包过",)),
    )
    lead = seed_lead(desk, "over", "标题", "六年级数学小班包过。", touches=touches)
    body = officer.page(f"/leads/{lead.id}").find(attrs={"data-testid": "lead-text"})
    assert body is not None
    assert body.text == "六年级数学小班包过。"
    assert [(mark.text, mark["data-findings"]) for mark in body.find_all("mark")] == [
        ("数学", "0"),
        ("小班", "0 1"),
        ("包过", "1"),
    ]


def test_each_finding_says_rule_basis_consequence_and_department(officer: Browser, lead: Lead) -> None:
    page = officer.page(f"/leads/{lead.id}")
    cards = page.find_all(attrs={"data-testid": "finding"})
    assert [card["data-code"] for card in cards] == [HIDDEN.code, PREPAY.code, ANXIETY.code]
    texts = [card.get_text(" ", strip=True) for card in cards]
    for text, touch, consequence in zip(
        texts, (HIDDEN, PREPAY, ANXIETY), ("可能涉及罚则", "须补充事实", "政策清理"), strict=True
    ):
        for expected in (touch.name, touch.why, touch.basis[0], consequence, f"牵头 {touch.department}"):
            assert expected in text
    assert ["待核" in text for text in texts] == [False, False, True]


def test_hidden_words_show_their_restored_form(officer: Browser, desk: Desk) -> None:
    seed_source(desk)
    touch = Touch(code="HT18.2", name="疑似", words=("shu学",), restored={"shu学": "数学"})
    lead = seed_lead(desk, "hidden", "标题", "六年级shu学小班", touches=(touch,))
    page = officer.page(f"/leads/{lead.id}")
    mark = page.find("mark")
    assert mark is not None
    assert mark["data-restored"] == "数学"
    assert "→ 数学" in _named(page, "finding")


def test_a_look_is_logged(officer: Browser, desk: Desk, lead: Lead) -> None:
    officer.page(f"/leads/{lead.id}")
    with desk.store.read() as tx:
        events = [(event.actor, event.action) for event in tx.audit.for_objects([("lead", str(lead.id))])]
    assert events == [("wangmin", "lead.view")]


def test_the_stored_page_is_text_and_never_runs(officer: Browser, lead: Lead) -> None:
    there = officer.get(f"/leads/{lead.id}/stored").headers["location"]
    page = officer.page(there)
    raw = page.find("pre", class_="raw")
    assert raw is not None
    assert raw.text == PAGE.decode()
    assert [script.get("src", "") for script in page.find_all("script") if "from the page" in script.text] == []
    download = officer.get(there.split("?")[0] + "/raw")
    assert download.content == PAGE
    assert download.headers["content-type"] == "text/plain; charset=utf-8"
    assert download.headers["content-disposition"].startswith("attachment;")


def test_what_was_deleted_on_schedule_is_told_on_lead_and_stored_page(officer: Browser, desk: Desk, lead: Lead) -> None:
    with desk.store.read() as tx:
        user = tx.users.get("wangmin")
    assert user is not None
    review.decide(desk, lead.id, verdict=Verdict.DISMISS, user=user)
    later = clock.now() + timedelta(days=181)
    clock.pin(lambda: later)
    assert run_retention(desk, lambda: False).records == 2
    clock.pin(None)
    shown = officer.page(f"/leads/{lead.id}")
    assert "已按期删除" in _named(shown, "lead-emptied")
    assert PHONE[-4:] not in shown.text
    assert _named(shown, "lead-title") == "（已按期删除）"
    assert "小升初" not in officer.page("/queue?status=dismissed").text
    with desk.store.read() as tx:
        captures = tx.captures.for_lead(lead.id)
    for capture in captures:
        page = officer.page(f"/captures/{capture.id}?lead={lead.id}")
        assert "已按期删除" in _named(page, "capture-deleted")
        assert capture.sha256 in page.text
        assert page.find("a", href=f"/captures/{capture.id}/raw") is None
        assert [officer.get(f"/captures/{capture.id}/{what}").status_code for what in ("raw", "thumbnail")] == [
            404,
            404,
        ]


def test_contacts_on_a_stored_page_are_masked_and_its_bytes_need_the_right(
    browser_of: Callable[..., Browser], desk: Desk
) -> None:
    """The masks of the lead page would mean little if the stored page one click away had none."""
    seed_source(desk)
    source = "<p>电话 13912345678，微信号：tutor_2024，138<b>0013</b>8000，&#49;37</p>"
    capture = seed_capture(desk, "phone", source.encode())
    reviewer = browser_of("zhaoqi", Role.REVIEWER)
    shown = reviewer.page(f"/captures/{capture.id}")
    # A source has more ways to write a number than a mask knows: whoever may not see one sees none of the source.
    for piece in ("13912345678", "5678", "tutor_2024", "0013", "&#49;"):
        assert piece not in shown.text
    assert "没法打码" in _named(shown, "source-withheld")
    assert shown.find("a", href=f"/captures/{capture.id}/raw") is None
    assert reviewer.get(f"/captures/{capture.id}/raw").status_code == 403
    officer = browser_of("sunba", Role.OFFICER)
    looked = officer.page(f"/captures/{capture.id}").text
    assert "13912345678" not in looked
    assert "139****5678" in looked
    assert "13912345678" in officer.get(f"/captures/{capture.id}/raw").text


def test_a_screenshot_in_full_needs_the_right_to_see_contacts(
    browser_of: Callable[..., Browser], desk: Desk, officer: Browser, lead: Lead
) -> None:
    reviewer = browser_of("zhaoqi", Role.REVIEWER)
    full = f"/captures/{lead.browser_capture_id}/screenshot"
    small = f"/captures/{lead.browser_capture_id}/thumbnail"
    assert reviewer.get(full).status_code == 403
    for path in (f"/leads/{lead.id}", f"/captures/{lead.browser_capture_id}"):
        shown = reviewer.page(path)
        assert full not in str(shown)
        assert shown.find("img", src=small) is not None
        assert "没有打码" in shown.text
        assert officer.page(path).find("img", src=full) is not None
    assert officer.get(full).status_code == 200
    assert reviewer.get(small).content != officer.get(small).content
    assert reviewer.get(small).headers["vary"] == "cookie"  # another's log-in on this browser does not find it kept
    with desk.store.read() as tx:
        assert [event.actor for event in tx.audit.all() if event.action == "capture.screenshot"] == ["wangmin"]


def test_the_screenshot_comes_with_closed_headers(officer: Browser, lead: Lead) -> None:
    response = officer.get(f"/captures/{lead.browser_capture_id}/screenshot")
    assert response.content.startswith(b"\x89PNG")
    assert response.headers["content-type"] == "image/png"
    assert response.headers["x-content-type-options"] == "nosniff"
    assert response.headers["cross-origin-resource-policy"] == "same-origin"


def test_changed_bytes_are_not_shown(officer: Browser, desk: Desk, lead: Lead) -> None:
    with desk.store.read() as tx:
        capture = tx.captures.for_lead(lead.id)[0]
    warc = desk.home / capture.warc_path
    data = bytearray(warc.read_bytes())
    data[capture.warc_offset + capture.warc_length // 2] ^= 1
    warc.write_bytes(data)
    page = officer.page(f"/captures/{capture.id}", 500)
    assert "WARC" in page.text
    assert page.find("pre") is None


def test_the_live_address_asks_first_and_sends_no_referrer(officer: Browser, desk: Desk, lead: Lead) -> None:
    page = officer.page(f"/leads/{lead.id}")
    assert page.find("a", href=lead.url) is None
    step = officer.page(f"/leads/{lead.id}/live")
    link = step.find("a", href=lead.url)
    assert link is not None
    assert link["rel"] == ["noreferrer", "noopener"]
    assert link["target"] == "_blank"


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "http://[", "", "x"])
def test_what_is_no_web_address_is_never_a_link(officer: Browser, desk: Desk, url: str) -> None:
    seed_source(desk)
    lead = seed_lead(desk, "odd", "标题", "数学小班", url=url)
    for path in (f"/leads/{lead.id}", f"/leads/{lead.id}/live"):
        page = officer.page(path)
        assert [link["href"] for link in page.find_all("a") if not str(link["href"]).startswith(("/", "#"))] == []


def test_contacts_are_masked_until_asked_for(officer: Browser, desk: Desk, lead: Lead) -> None:
    page = officer.page(f"/leads/{lead.id}")
    assert PHONE not in page.text
    assert "138****5678" in page.text
    form = page.find("form", action=lambda path: bool(path) and "/contacts/" in path)
    assert form is not None
    there = officer.submit(str(form["action"]))
    assert _named(officer.page(there), "contact-clear") == PHONE
    with desk.store.read() as tx:
        event = next(event for event in tx.audit.all() if event.action == "contact.reveal")
    assert (event.actor, event.detail) == ("wangmin", {"lead": lead.id})
    assert PHONE not in repr(event)


def test_a_contact_needs_a_grant_of_this_session(
    officer: Browser, browser_of: Callable[..., Browser], lead: Lead
) -> None:
    form = officer.page(f"/leads/{lead.id}").find("form", action=lambda path: bool(path) and "/contacts/" in path)
    assert form is not None
    path = str(form["action"])
    there = officer.submit(path)
    assert officer.get(path).status_code == 403
    assert officer.get(path + "?grant=x").status_code == 403
    assert browser_of("other", Role.OFFICER).get(there).status_code == 403
    reviewer = browser_of("rev", Role.REVIEWER)
    assert reviewer.page(f"/leads/{lead.id}").find("form", action=path) is None
    assert reviewer.get(there).status_code == 403


def test_near_duplicates_and_their_contacts_are_listed(officer: Browser, desk: Desk, lead: Lead) -> None:
    seed_lead(desk, "twin", "小升初衔接（转）", TEXT, cluster_id=lead.cluster_id, priority=5)
    page = officer.page(f"/leads/{lead.id}")
    heading = next(found for found in page.find_all("h2") if "近似重复" in found.text)
    assert heading.text.split() == ["近似重复", "1"]  # the others, not itself
    assert "小升初衔接（转）" in page.text
    row = officer.page("/queue").find(attrs={"data-lead-id": str(lead.id)})
    assert row is not None
    assert "另有近似 1 条" in row.text


def test_j_and_k_go_along_the_same_filter(officer: Browser, desk: Desk) -> None:
    seed_source(desk)
    ids = [
        seed_lead(desk, f"n{n}", f"标题{n}", "数学小班", priority=90 - n, district="东" if n % 2 else "西").id
        for n in range(5)
    ]

    def ends(path: str) -> list[str | None]:
        page = officer.page(path)
        links = [page.find("a", rel=rel) for rel in ("prev", "next")]
        return [str(link["href"]) if link else None for link in links]

    assert ends(f"/leads/{ids[2]}") == [f"/leads/{ids[1]}", f"/leads/{ids[3]}"]
    assert ends(f"/leads/{ids[0]}") == [None, f"/leads/{ids[1]}"]
    east = "district=%E4%B8%9C"
    assert ends(f"/leads/{ids[1]}?{east}") == [None, f"/leads/{ids[3]}?{east}"]
    assert ends(f"/leads/{ids[3]}?{east}") == [f"/leads/{ids[1]}?{east}", None]


def _table(page: BeautifulSoup, mark: str) -> dict[str, list[str]]:
    table = page.find("table", attrs={"data-testid": mark})
    assert table is not None, mark
    return {
        str(row["data-key"]): [" ".join(cell.get_text(" ", strip=True).split()) for cell in row.find_all(["th", "td"])]
        for row in table.find("tbody").find_all("tr")
    }


def test_both_tables_show_the_words_or_say_not_seen(officer: Browser, lead: Lead) -> None:
    page = officer.page(f"/leads/{lead.id}")
    criteria = _table(page, "criteria")
    assert list(criteria) == ["purpose", "content", "method", "evaluation"]
    assert [cells[0].split()[0] for cells in criteria.values()] == ["目的", "内容", "方式", "评价"]
    assert [cells[1] for cells in criteria.values()] == ["提分", "数学", "小班", "未见"]
    elements = _table(page, "article17")
    assert {key: cells[1] for key, cells in elements.items()} == {
        "place": "未见",
        "staff": "未见",
        "organisation": "未见",
    }
    assert "2名以上培训从业人员" in elements["staff"][0]


def _rewritten(desk: Desk, lead: Lead, change: Callable[[dict[str, Any]], None]) -> Lead:
    """The same lead under an assessment of another model, changed."""
    with desk.store.transaction() as tx:
        old = tx.assessments.get(lead.assessment_id)
        listing = tx.listings.get(lead.listing_id)
        assert old is not None
        assert listing is not None
        result = json.loads(json.dumps(old.result))
        change(result)
        new = tx.assessments.add(
            old.version_id, "m-other", old.rulebook, True, 50, result, old.title, old.text, old.created_at
        )
        return tx.leads.open_for(listing, new, old.created_at)[0]


def test_an_answer_older_than_the_tables_breaks_nothing(officer: Browser, desk: Desk, lead: Lead) -> None:
    def older(result: dict[str, Any]) -> None:
        del result["criteria"], result["article17"]

    again = _rewritten(desk, lead, older)
    page = officer.page(f"/leads/{again.id}")
    assert page.find("table", attrs={"data-testid": "criteria"}) is None
    assert _named(page, "lead-text") == TEXT


def test_values_and_what_moved_the_model_are_folded_away(officer: Browser, desk: Desk, lead: Lead) -> None:
    def explained(result: dict[str, Any]) -> None:
        result["top"] = [{"head": "academic", "feature": "词表：<b>数学</b>", "weight": 1.25}]
        result["values"] = [
            {"kind": "lessons", "start": 0, "end": 4, "text": "96课时", "restored": "96课时", "reading": "96课时",
             "note": "96课时，超过60课时"}
        ]  # fmt: skip

    again = _rewritten(desk, lead, explained)
    page = officer.page(f"/leads/{again.id}")
    for mark, words in (("top", ["学科类", "词表：<b>数学</b>", "+1.25"]), ("values", ["96课时", "超过60课时"])):
        table = page.find("table", attrs={"data-testid": mark})
        assert table is not None
        assert all(word in table.text for word in words)
        folded = table.find_parent("details")
        assert folded is not None
        assert not folded.has_attr("open")


def test_on_paper_is_nobody_elses_posting(officer: Browser, desk: Desk, lead: Lead) -> None:
    """What the print rules hide is marked on the page: other postings, contacts, officers' names, pictures."""
    seed_lead(desk, "twin", "小升初衔接（转）", TEXT, cluster_id=lead.cluster_id, priority=5, phone="13900002222")
    page = officer.page(f"/leads/{lead.id}")
    for gone in page.select(".no-print, .top, .crumbs, .verdicts, .skip, dialog"):
        gone.decompose()
    text = page.get_text(" ", strip=True)
    for hidden in (
        "小升初衔接（转）",
        "139****2222",
        "138****5678",
        "wangmin",
        "历史",
        "留存页面",
        "board.example",
        "类型",
    ):
        assert hidden not in text
    for shown in (HIDDEN.why, PREPAY.basis[0], "机器初筛，非认定", "目的", "从业人员"):
        assert shown in text


def test_the_history_says_who_looked(officer: Browser, browser_of: Callable[..., Browser], desk: Desk) -> None:
    seed_source(desk)
    lead = seed_lead(
        desk, "seen", "标题", "数学小班，提分", phone="13812345678", capture=seed_capture(desk, "x", b"<p>x</p>")
    )
    browser_of("zhao", Role.REVIEWER).get(f"/leads/{lead.id}")
    officer.get(f"/leads/{lead.id}/stored")
    with desk.store.read() as tx:
        listing = tx.listings.get(lead.listing_id)
        (contact,) = tx.contacts.of_listing(lead.listing_id)
    assert listing is not None
    officer.get(f"/captures/{listing.capture_id}")
    officer.submit(f"/leads/{lead.id}/contacts/{contact.id}")
    for _ in range(3):  # the one that shows it is not told yet
        page = officer.page(f"/leads/{lead.id}")
    looks = page.find(class_="looks")
    assert looks is not None
    said = [" ".join(item.text.split()) for item in looks.find_all("li")]
    assert len(said) == 4
    assert said[0].startswith("wangmin 查看线索 2 次")
    assert said[1].startswith("wangmin 查看联系方式明文")
    assert said[2].startswith("wangmin 查看留存页面")
    assert said[3].startswith("zhao 查看线索")


def test_a_name_shown_in_clear_has_no_reveal(officer: Browser, desk: Desk) -> None:
    seed_source(desk)
    lead = seed_lead(desk, "named", "标题", "数学小班，提分", phone="13812345678")
    sealed = ContactVault(desk.keys).seal(Contact(kind="name", value="张老师"))
    with desk.store.transaction() as tx:
        name = tx.contacts.upsert(sealed.kind, sealed.masked, sealed.keyed_hash, sealed.ciphertext)
        tx.contacts.link(name, lead.listing_id)
    rows = officer.page(f"/leads/{lead.id}").select(".contacts li")
    shown = {str(row.text.split()[0]): row.find("form") is not None for row in rows}
    assert shown == {"电话": True, "称呼": False}


def test_an_imported_file_is_called_by_its_name(officer: Browser, desk: Desk) -> None:
    seed_source(desk, "intake", "人工导入")
    lead = seed_lead(
        desk,
        "imp",
        "标题",
        "数学小班，提分",
        platform="",
        source="intake",
        url="file:///%E6%9D%90%E6%96%99.jsonl#row=3",
    )
    page = officer.page(f"/leads/{lead.id}")
    assert "导入文件 材料.jsonl 第 3 行" in page.text
    assert "file://" not in page.text
    row = officer.page("/queue").find(attrs={"data-lead-id": str(lead.id)})
    assert row is not None
    assert "人工导入" in row.text
    assert "intake" not in row.text


def _menu(page: BeautifulSoup) -> dict[str, tuple[str, str]]:
    """Department → its digit and its mark."""
    found = {}
    for choice in page.find_all(attrs={"data-testid": "transfer-department"}):
        label = choice.find_parent("label")
        assert label is not None
        digit, mark = label.find("kbd"), label.find(class_="small")
        found[str(choice["value"])] = (digit.text if digit else "", mark.text if mark else "")
    return found


def test_the_transfer_menu_has_one_order_and_marks_who_leads(officer: Browser, desk: Desk) -> None:
    """The desk is a 教育局: its own department keeps its digit and is never suggested."""
    seed_source(desk)
    one = seed_lead(desk, "dep", "标题", "数学小班，提分，保证提30分", touches=(HIDDEN, GUARANTEE))
    other = seed_lead(desk, "dep2", "标题", "数学小班", touches=(HIDDEN,))
    first, second = (_menu(officer.page(f"/leads/{lead.id}")) for lead in (one, other))
    assert list(first) == list(second) == list(departments())
    assert [digit for digit, _ in first.values()] == [*"123456789", *[""] * (len(first) - 9)]
    assert {name: mark for name, (_, mark) in first.items() if mark} == {
        "教育行政部门": "本单位",
        "市场监督管理部门": "建议",
    }
    assert {name: mark for name, (_, mark) in second.items() if mark} == {"教育行政部门": "本单位"}
    assert {"人力资源社会保障部门", "民政部门", "公安机关", "文化和旅游部门", "街道（乡镇）"} <= set(first)


@pytest.mark.parametrize(
    ("agency", "department"),
    [
        ("某某县教育局", "教育行政部门"),
        ("某某区教育和体育局", "教育行政部门"),
        ("教育园区市场监管所", "市场监督管理部门"),
        ("某某县市场监督管理局", "市场监督管理部门"),
        ("某某街道办事处", "街道（乡镇）"),
        ("演示单位（不是真实机关）", None),
        ("", None),
    ],
)
def test_an_agencys_name_tells_its_department(agency: str, department: str | None) -> None:
    assert department_of(agency) == department


def test_the_stored_page_shows_what_was_read_before_its_source(officer: Browser, desk: Desk) -> None:
    seed_source(desk)
    capture = seed_capture(desk, "s", b"<html><p>raw</p></html>")
    lead = seed_lead(desk, "s", "标题", "读出来的话", capture=capture, picture=True)
    page = officer.page(f"/captures/{capture.id}?lead={lead.id}")
    read = page.find(attrs={"data-testid": "capture-text"})
    assert read is not None
    assert read.text.split() == ["标题", "读出来的话"]
    raw = page.find("pre", class_="raw")
    assert raw is not None
    assert raw.find_parent("details") is not None  # folded
    looked = officer.page(f"/captures/{lead.browser_capture_id}?lead={lead.id}")
    assert looked.find(class_="full-shot") is not None
    assert "读自同一信息的程序采集" in looked.text


@pytest.mark.parametrize(
    ("method", "declared", "found", "said"),
    [
        ("http", "text/html; charset=gbk", "gb18030", "gb18030"),
        ("http", "text/html; charset=UTF-8", "utf-8", "utf-8"),
        ("http", "text/html", "gb18030", "gb18030"),
        ("http", "text/html; charset=gbk", "utf-8", "utf-8（响应头写的是 gbk，与内容不符）"),
        ("http", "text/html; charset=none-such", "utf-8", "utf-8（响应头写的是 none-such，与内容不符）"),
        # What a browser or a person saved was not encoded by the site: it contradicts nobody.
        ("browser", "text/html; charset=gbk", "utf-8", "utf-8（浏览器存页所用，不是网站发送时的编码）"),
        ("import", "text/html; charset=gbk", "utf-8", "utf-8"),
    ],
)
def test_an_encoding_that_was_claimed_wrongly_is_told_as_that(
    officer: Browser, desk: Desk, method: str, declared: str, found: str, said: str
) -> None:
    seed_source(desk)
    capture = seed_capture(desk, "c", b"<p>x</p>")
    other = replace(capture, id=clock.new_id(), method=method, content_type=declared, charset=found)
    with desk.store.transaction() as tx:
        tx.captures.add(other)
    facts = officer.page(f"/captures/{other.id}").find("dl", class_="facts")
    assert facts is not None
    assert (
        dict(zip((t.text for t in facts.find_all("dt")), (d.text for d in facts.find_all("dd")), strict=True))[
            "文字编码"
        ]
        == said
    )


def test_what_must_be_said_under_a_table_stands_there(officer: Browser, desk: Desk, lead: Lead) -> None:
    """A table of compulsory schooling beside a text on senior school once said nothing of it."""
    assert officer.page(f"/leads/{lead.id}").select('[data-testid$="-remark"]') == []
    with desk.store.transaction() as tx:
        stored = tx.assessments.get(lead.assessment_id)
        listing = tx.listings.get(lead.listing_id)
        assert stored is not None
        assert listing is not None
        result = {**stored.result, "remarks": {"criteria": "指南只适用于义务教育阶段", "article17": ""}}
        newer = tx.assessments.add(
            listing.version_id, "m2", "r1", True, 99, result, stored.title, stored.text, clock.now()
        )
        tx.leads.open_for(listing, newer, clock.now())
    page = officer.page(f"/leads/{lead.id}")
    assert [one.text for one in page.select('[data-testid$="-remark"]')] == ["指南只适用于义务教育阶段"]
