"""Words read off a poster are marked as such, and the operator is named: on the lead page and in the report."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bs4 import BeautifulSoup

from classifier.types import Posting
from pipelines.desk import Desk
from pipelines.evidence.bundle import export_case
from pipelines.ingest.assess_pending import assess_pending
from pipelines.ingest.ingest import ingest_batch
from pipelines.records import ExtractedListing, Image, LeadStatus, Role
from tests.review_ui.conftest import Browser
from tests.review_ui.seed import HIDDEN, SOURCE, assessment, seed_source, seed_user

TYPED, FIELDS, POSTER = "周末小班，欢迎来问。", "\n机构名称：小荷学堂", "六年级数学提分\n一期1800"


class Assessor:
    """Finds the words of one rule, wherever they stand."""

    model_id = "m-seed"
    rulebook_id = "r-seed"

    def assess(self, items: Sequence[Posting]) -> list[dict[str, Any]]:
        return [assessment(item.body, (HIDDEN,), 80) for item in items]


def test_picture_words_are_marked_on_the_page_and_in_the_report(desk: Desk, officer: Browser, tmp_path: Path) -> None:
    seed_source(desk)
    posting = ExtractedListing(
        source=SOURCE,
        key="1",
        url="http://board.example/1",
        title="新班",
        text=TYPED,
        fields={"机构名称": "小荷学堂"},
        poster="豆豆老师",
        images=(Image(url="http://board.example/1.png", blob=desk.blobs.put(b"poster")),),
    )
    ingest_batch(desk, [], [(posting, None)], [], sync=lambda: None)
    (lead,) = assess_pending(desk, Assessor(), ocr=lambda _data: POSTER).leads
    page = officer.page(f"/leads/{lead.id}")
    text = page.find(attrs={"data-testid": "lead-text"})
    assert text is not None
    picture = text.find(attrs={"data-testid": "picture-text"})
    assert picture is not None
    assert picture.text == f"图中文字（识别）\n{POSTER}"
    assert [mark.text for mark in picture.find_all("mark")] == ["数学", "提分"]
    picture.extract()
    assert text.text == TYPED + FIELDS
    assert [mark.text for mark in text.find_all("mark")] == ["小班"]

    # Who stands behind it, and the nickname apart.
    assert [node.text for node in page.select("[data-testid=organisations], [data-testid=nicknames]")] == [
        "小荷学堂",
        "豆豆老师",
    ]

    seed_user(desk, "wang", Role.OFFICER)
    with desk.store.transaction() as tx:
        tx.leads.set_status(lead.id, LeadStatus.ACCEPTED, lead.revision)
        case = tx.cases.open([lead.id], "案", "wang", lead.created_at, False)
    out = export_case(desk, case.id, tmp_path / "x.zip", user="wang")
    with zipfile.ZipFile(out) as package:
        report = BeautifulSoup(package.read(f"{case.id}/data/案件报告.html"), "lxml")
        findings = json.loads(package.read(f"{case.id}/data/findings.json"))["leads"][0]
    block = report.select_one(".text")
    assert block is not None
    assert [label.text for label in block.select(".picture-label")] == ["图中文字（识别）"]
    cells = {head.text: head.find_next("td").text for head in report.select("table.pairs th")}
    assert (cells["经营主体"], cells["发布昵称"], cells["联系方式"]) == ("小荷学堂", "豆豆老师", "（未提取到）")
    body = f"{findings['title']}\n{findings['text']}"
    assert [body[one["start"] : one["end"]] for one in findings["pictures"]] == [POSTER]
