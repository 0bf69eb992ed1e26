"""A case made of an imported row: nothing of the other rows leaves with it, and nothing claims that it was crawled."""

from __future__ import annotations

import gzip
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bs4 import BeautifulSoup

from classifier.types import Posting
from pipelines.desk import Desk
from pipelines.evidence.bundle import export_case
from pipelines.evidence.verify import verify_package
from pipelines.ingest.intake import intake_paths
from pipelines.records import Case, LeadStatus, Role
from tests import factories
from tests.pipelines.evidence.test_bundle import unpacked
from tests.pipelines.ingest.word_assessor import WordAssessor

STRANGER = '{"text":"出售九成新钢琴一台，微信kx889912，可议价"}'
ROW = '{"text":"六年级小班提分，电话13912345678"}'
GIVEN = '{"text":"初三小班提分，电话13812345678","visibility":"群"}'


class Assessor(WordAssessor):
    """As a real one: findings have all that a report prints."""

    def assess(self, items: Sequence[Posting]) -> list[dict[str, Any]]:
        rest = {"name": "保证提分", "basis": [], "lead_department": "教育", "why": "提分", "consequence": "lead"}
        answers = super().assess(items)
        return [{**one, "findings": [finding | rest for finding in one["findings"]]} for one in answers]


def case_of(desk: Desk, folder: Path, *lines: str, number: int) -> Case:
    """A case of the posting in that line of a file."""
    path = folder / "举报.jsonl"
    path.write_text("\n".join(lines), "utf-8")
    rows = list(intake_paths(desk, Assessor(), [path]))
    with desk.store.transaction() as tx:
        tx.users.add(factories.user("wang", Role.OFFICER))
        listing = tx.listings.get(rows[number - 1]["listing"])
        assert listing is not None
        lead = next(
            lead
            for lead in tx.leads.created_between(factories.NOON, factories.NOON.replace(year=2999))
            if lead.listing_id == listing.id
        )
        tx.leads.set_status(lead.id, LeadStatus.ACCEPTED, lead.revision)
        return tx.cases.open([lead.id], "案", "wang", factories.NOON, False)


def test_the_package_holds_the_row_alone_and_says_where_it_came_from(desk: Desk, tmp_path: Path) -> None:
    case = case_of(desk, tmp_path, STRANGER, ROW, number=2)
    out = export_case(desk, case.id, tmp_path / "x.zip", user="wang")
    assert [fault.code for fault in verify_package(out).faults] == ["signer.untrusted"]
    top = unpacked(out, tmp_path / "out")
    for file in (path for path in top.rglob("*") if path.is_file()):
        data = file.read_bytes()
        data = gzip.decompress(data) if file.suffix == ".gz" else data
        assert b"kx889912" not in data, file
        assert "钢琴".encode() not in data, file
    (folder,) = (top / "data/captures").iterdir()
    assert ROW.encode() in gzip.decompress((folder / "page.warc.gz").read_bytes())
    record = json.loads((folder / "record.json").read_text("utf-8"))
    assert (record["captured_by"], record["method_name"]) == ("person", "人工导入文件")
    assert (record["environment"]["file"], record["environment"]["row"]) == ("举报.jsonl", 2)
    assert record["environment"]["file_sha256"] != record["sha256"]
    report = BeautifulSoup((top / "data/案件报告.html").read_text("utf-8"), "lxml").get_text()
    for words in ("人工导入文件", "举报.jsonl，第 2 行", record["environment"]["file_sha256"], "未知（导入时未注明）"):
        assert words in report, words
    assert "导入材料的来历" in report
    for file in ("案件报告.html", "case.json", "findings.json"):
        assert "程序采集" not in (top / "data" / file).read_text("utf-8"), file
    assert "程序采集" not in (top / "验证说明.txt").read_text("utf-8")
    listing = json.loads((top / "data/case.json").read_text("utf-8"))["leads"][0]["listing"]
    assert listing["visibility"] == "unknown"


def test_a_visibility_that_was_given_is_kept(desk: Desk, tmp_path: Path) -> None:
    case = case_of(desk, tmp_path, STRANGER, GIVEN, number=2)
    top = unpacked(export_case(desk, case.id, tmp_path / "x.zip", user="wang"), tmp_path / "out")
    assert "群内可见" in (top / "data/案件报告.html").read_text("utf-8")
