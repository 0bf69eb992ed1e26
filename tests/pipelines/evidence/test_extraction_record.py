"""《电子数据证据提取笔录》: no field without words, each with what it rests on, and nothing said that nobody knows."""

from __future__ import annotations

import io
import random
from dataclasses import replace
from datetime import timedelta

import pytest
from docx import Document

from pipelines.desk import Desk
from pipelines.evidence.evidence_list import ListedFile
from pipelines.evidence.extraction_record import extraction_record
from pipelines.evidence.material import CaseMaterial, gather_case
from pipelines.evidence.record_fields import BASES, BY_OFFICERS, CAPTURE_FIELDS, CASE_FIELDS, NOT_HAD, PACKAGE_FIELDS
from pipelines.evidence.record_words import capture_words, case_words, compared, package_words
from pipelines.records import PageState, Verdict
from tests.pipelines.evidence.seeds import MONDAY, add_lead, decide, open_case


@pytest.fixture
def material(desk: Desk) -> CaseMaterial:
    leads = [add_lead(desk, "a", screenshot=True), add_lead(desk, "b")]
    decide(desk, leads[0], Verdict.CONFIRM, at=MONDAY)
    return gather_case(desk, open_case(desk, leads).id, user="system", at=MONDAY + timedelta(hours=1))


def printed(material: CaseMaterial) -> bytes:
    files = (ListedFile(name="page.warc.gz", size=5, sha256="e" * 64),)
    ids = [item.capture.id for item in material.captures]
    return extraction_record(material, dict.fromkeys(ids, files), dict.fromkeys(ids, ()))


def test_every_field_has_words_and_required_ones_are_never_missing(material: CaseMaterial) -> None:
    """Captures as they can be: of every method and state, with and without what a browser tells."""
    chance = random.Random(5)
    environments = (
        {},
        {"user_agent": "Bot/1", "recipe": '["bbs/x", 3]', "timing": {"responseEnd": 83.9}, "redirects": ["http://a/b"]},
        {"recipe": "not json", "timing": {"responseEnd": -1.0}, "redirects": [7], "file": "群聊.csv", "row": 4},
    )
    seen = 0
    for _ in range(200):
        lead = chance.choice(material.leads)
        item = chance.choice(lead.captures)
        capture = replace(
            item.capture,
            method=chance.choice(("http", "browser", "import")),
            state=chance.choice(list(PageState)),
            environment=chance.choice(environments),
            http_status=chance.choice((None, 200, 404)),
            server_ip=chance.choice((None, "10.0.0.1")),
            charset=chance.choice(("", "gbk")),
            screenshot_blob=chance.choice((None, "d" * 64)),
        )
        lead = replace(lead, nicknames=chance.choice(((), ("小荷",))), visibility=chance.choice(("public", "unknown")))
        case = replace(material, agency=chance.choice(("", "某局")), leads=chance.choice(((), material.leads)))
        for fields, words in (
            (CASE_FIELDS, case_words(case)),
            (CAPTURE_FIELDS, capture_words(lead, replace(item, capture=capture), ())),
            (PACKAGE_FIELDS, package_words(case, third_party=chance.random() < 0.5)),
        ):
            assert words.keys() == {field.key for field in fields}
            for field in fields:
                assert words[field.key].strip(), field.key
                if field.must:
                    assert not words[field.key].startswith(NOT_HAD), field.key
                    seen += 1
    assert seen == 200 * sum(field.must for field in (*CASE_FIELDS, *CAPTURE_FIELDS, *PACKAGE_FIELDS))


def test_what_only_officers_know_is_left_to_them(material: CaseMaterial) -> None:
    case = case_words(material)
    lead = material.leads[0]
    words = capture_words(lead, lead.captures[0], ())
    assert all(BY_OFFICERS in text for text in (case["place"], case["witness"], words["clock"], words["origin"]))
    assert case["officers"].count("执法证号") == 2
    file = replace(lead.captures[0], capture=replace(lead.captures[0].capture, method="import"))
    imported = capture_words(lead, file, ())
    assert BY_OFFICERS in imported["steps"]
    assert "未登录" not in imported["access"]


def test_the_steps_say_what_the_program_did_and_leave_the_rest_to_tick(material: CaseMaterial) -> None:
    lead = material.leads[0]
    told = [capture_words(lead, item, ())["steps"].split("复现步骤") for item in lead.captures]
    (crawl, again), (browser, _) = told
    assert "HTTP GET" in crawl
    assert "没有使用浏览器" in crawl
    assert "无界面浏览器" in browser
    assert "地址栏" not in crawl + browser
    assert again.count("□") == 2
    assert "程序没有做" in again


def test_the_file_has_a_row_a_field_with_its_basis_and_every_short_name_in_full(material: CaseMaterial) -> None:
    document = Document(io.BytesIO(printed(material)))
    rows = [tuple(cell.text for cell in row.cells) for table in document.tables for row in table.rows]
    for fields, times in ((CASE_FIELDS, 1), (CAPTURE_FIELDS, len(material.captures)), (PACKAGE_FIELDS, 1)):
        for field in fields:
            told = [row for row in rows if row[0] == field.name]
            assert len(told) == times, field.name
            assert {row[2] for row in told} == {"、".join(field.basis)}
    legend = {row[0]: row[1] for row in rows if row[0] in BASES and len(row) == 3}
    assert legend == {name: full for name, (full, _) in BASES.items()}
    text = "\n".join([*(line.text for line in document.paragraphs), *(cell for row in rows for cell in row)])
    assert text.count("（签名）") == 4
    assert "条号待核" in text
    assert "疑似" in text
    assert "e" * 64 in text
    for claim in ("属实", "违法事实清楚", "认定其", "{{"):
        assert claim not in text
    heads = [section.text for part in document.sections for section in part.header.paragraphs]
    assert heads == ["程序预填 · 须经执法人员核对、补填并签名"]


def test_equal_material_gives_equal_bytes_and_a_demo_says_so(material: CaseMaterial) -> None:
    assert printed(material) == printed(material)
    demo = Document(io.BytesIO(printed(replace(material, demo=True, record_title="电子数据提取笔录"))))
    assert demo.paragraphs[0].text == "电子数据提取笔录"
    assert demo.sections[0].header.paragraphs[0].text == "演示数据 · 不得作为证据使用"


def test_two_crawls_are_compared_line_by_line_and_a_browsers_words_are_not(material: CaseMaterial) -> None:
    lead = material.leads[0]
    (crawl, browser) = lead.captures
    assert "读出的文字" not in compared(lead)
    later = replace(crawl, text=crawl.text + "\n新加一行", capture=replace(crawl.capture, sha256="0" * 64))
    assert "不同" in compared(replace(lead, captures=(crawl, later)))
    assert "多了“新加一行”" in compared(replace(lead, captures=(crawl, later)))
    assert compared(replace(lead, captures=(crawl, crawl))).endswith("SHA-256 相同。读出的文字相同。")
    assert compared(replace(lead, captures=(browser,))) == ""
