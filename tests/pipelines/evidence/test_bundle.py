"""Exporting a case: the contract's layout, public tools agree, never half a file."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from bs4 import BeautifulSoup, Tag
from openpyxl import load_workbook
from weasyprint import HTML

from pipelines import clock
from pipelines.config import read_settings
from pipelines.desk import DEMO_MARK, Desk, open_desk
from pipelines.errors import Conflict, EvidenceError, NotFound, Refused
from pipelines.evidence import bundle
from pipelines.evidence.bundle import export_case
from pipelines.evidence.material import gather_case
from pipelines.evidence.report import numeral, render_html
from pipelines.evidence.stamps import Stamper
from pipelines.evidence.tables import table_remarks
from pipelines.evidence.verify import verify_package
from pipelines.records import Case, Lead, Verdict
from tests.made_once import made_once, run_folder
from tests.pipelines.evidence.seeds import MONDAY, TEXT, TITLE, add_lead, decide, open_case, undo
from tests.printed import printed_pages, without_heading

BIN = Path(sys.executable).parent
TAGS = "tagmanifest-sha256.txt"
_IN_CAPTURE = ("page.warc.gz", "capture.wacz", "text.txt", "record.json", "timestamps/own.tsr")
_STAMPED = ("openssl", "ts", "-verify", "-CAfile", "tsa-chain.pem")


def two_leads(desk: Desk) -> Case:
    """Two accepted leads, one of them with a browser capture."""
    clock.pin(lambda: MONDAY + timedelta(hours=3))
    leads = [add_lead(desk, "a", screenshot=True, phone="13800005678"), add_lead(desk, "b", codes=("HT07",))]
    for lead in leads:
        decide(desk, lead, Verdict.CONFIRM, at=MONDAY + timedelta(hours=1))
    return open_case(desk, leads)


@pytest.fixture(scope="session")
def exported_once(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Case]:
    """A folder with a HOME and the package of its case, to be copied: a test may spoil its own."""

    def make() -> tuple[Path, Case]:
        folder = run_folder(tmp_path_factory) / "bundle"
        with open_desk(read_settings({}, home=folder / "home")) as desk:
            case = two_leads(desk)
            export_case(desk, case.id, folder / "case.zip", user="wang")
        return folder, case

    return made_once(tmp_path_factory, "bundle", make)


@pytest.fixture
def desk(home: Path, sqlite_url: str, request: pytest.FixtureRequest) -> Iterator[Desk]:
    """A desk; for tests that ask for the package, the one it was made at."""
    if "package" in request.fixturenames:
        shutil.copytree(request.getfixturevalue("exported_once")[0] / "home", home, dirs_exist_ok=True)
    with open_desk(read_settings({}, home=home, database_url=sqlite_url)) as opened:
        yield opened


@pytest.fixture
def case(desk: Desk, request: pytest.FixtureRequest) -> Case:
    if "package" not in request.fixturenames:
        return two_leads(desk)
    clock.pin(lambda: MONDAY + timedelta(hours=3))
    made: Case = request.getfixturevalue("exported_once")[1]
    return made


@pytest.fixture
def package(desk: Desk, case: Case, exported_once: tuple[Path, Case], tmp_path: Path) -> Path:
    return Path(shutil.copy2(exported_once[0] / "case.zip", tmp_path))


def unpacked(package: Path, to: Path) -> Path:
    with zipfile.ZipFile(package) as archive:
        archive.extractall(to)
    (top,) = to.iterdir()
    return top


def test_layout_is_the_contracts(desk: Desk, case: Case, package: Path) -> None:
    with zipfile.ZipFile(package) as archive:
        infos = archive.infolist()
        names = [info.filename for info in infos]
    assert {info.compress_type for info in infos} == {zipfile.ZIP_STORED}
    assert names == sorted(names, key=str.encode)
    with desk.store.read() as tx:
        captures = [capture for lead in case.lead_ids for capture in tx.captures.for_lead(lead)]
    expected = {
        "sm3sums.txt",
        "verify.py",
        "tsa-chain.pem",
        "tagmanifest-sha256.txt.tsr",
        "tagmanifest-sha256.txt.tsr.sig",
        "data/逐行比对.txt",
        "data/case.json",
        "data/findings.json",
        "data/audit.jsonl",
        "data/案件报告.html",
        "data/证据清单.xlsx",
        # One of an operator, one of a lead whose operator nobody knows.
        "data/电子数据证据提取笔录_01.docx",
        "data/电子数据证据提取笔录_02.docx",
        "data/案件报告.pdf",
        "bagit.txt",
        "bag-info.txt",
        "manifest-sha256.txt",
        "tagmanifest-sha256.txt",
        "tagmanifest-sha256.txt.sig",
        "验证说明.txt",
        "signer.pem",
        "signer.pub.pem",
    }
    for capture in captures:
        expected |= {f"data/captures/{capture.id}/{name}" for name in _IN_CAPTURE}
        if capture.screenshot_blob:
            expected |= {f"data/captures/{capture.id}/{name}" for name in ("screenshot.png", "page.pdf")}
    assert {name.removeprefix(f"{case.id}/") for name in names} == expected
    assert len(captures) == 3
    assert package.stat().st_mode & 0o777 == 0o600


def test_every_file_of_a_package_has_its_line_in_the_guide(case: Case, package: Path, tmp_path: Path) -> None:
    """Held against the package itself, so that a new kind of file cannot be forgotten."""
    top = unpacked(package, tmp_path / "out")
    _, _, listed = (top / "验证说明.txt").read_text("utf-8").partition("四、各文件\n")
    told = [name for line in listed.partition("\n五、")[0].splitlines() for name in line.partition("  ")[0].split("、")]
    there = {path.relative_to(top).as_posix() for path in top.rglob("*") if path.is_file()}
    kinds = {re.sub(r"captures/[^/]+/", "captures/<编号>/", name) for name in there}
    kinds = {re.sub(r"timestamps/[^/]+\.tsr", "timestamps/*.tsr", name) for name in kinds}
    kinds = {re.sub(r"_\d\d\.docx$", "_*.docx", name) for name in kinds}
    assert {name.strip() for name in told if re.match(r"[\w/.<>*-]+\.\w+$", name.strip())} == kinds


def test_the_printed_page_is_the_one_of_the_web_archive(package: Path) -> None:
    with zipfile.ZipFile(package) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith("/page.pdf"))
        printed = archive.read(name)
        record = json.loads(archive.read(name.replace("page.pdf", "record.json")))
        warc = gzip.decompress(archive.read(name.replace("page.pdf", "page.warc.gz")))
    assert hashlib.sha256(printed).hexdigest() == record["files"]["page.pdf"]["sha256"]
    assert record["environment"]["pdf_sha256"] == record["files"]["page.pdf"]["sha256"]
    assert printed in warc


def test_own_verifier_trusts_the_station_and_nobody_else(desk: Desk, package: Path) -> None:
    mine = verify_package(package, home=desk.home)
    assert (mine.ok, mine.trusted, mine.faults) == (True, True, ())
    stranger = verify_package(package)
    assert (stranger.ok, stranger.trusted) == (True, False)
    assert [(fault.code, fault.file) for fault in stranger.faults] == [("signer.untrusted", "signer.pem")]
    (certificate,) = (desk.home / "trust").glob("*.pem")
    assert verify_package(package, trust=[certificate]).trusted


def test_export_works_on_either_database(any_desk: Desk, tmp_path: Path) -> None:
    lead = add_lead(any_desk, "a", screenshot=True)
    decide(any_desk, lead, Verdict.CONFIRM, at=MONDAY)
    case = open_case(any_desk, [lead])
    out = export_case(any_desk, case.id, tmp_path / "x.zip", user="wang")
    assert verify_package(out, home=any_desk.home).trusted


def test_same_state_gives_the_same_bytes(desk: Desk, case: Case, tmp_path: Path) -> None:
    material = bundle.gather_case(desk, case.id, user="wang", at=clock.now())
    signer = bundle.station_signer(desk.home)
    for name in ("1", "2"):
        stamper = Stamper(desk, agency="")
        bundle.build_package(
            material, tmp_path / name, home=desk.home, blobs=desk.blobs, signer=signer, stamper=stamper
        )
    assert (tmp_path / "1").read_bytes() == (tmp_path / "2").read_bytes()


def test_export_is_logged_with_the_hash_and_a_second_export_tells_of_the_first(
    desk: Desk, case: Case, package: Path, tmp_path: Path
) -> None:
    again = export_case(desk, case.id, tmp_path / "again.zip", user="li")
    top = unpacked(again, tmp_path / "out")
    events = [json.loads(line) for line in (top / "data/audit.jsonl").read_text("utf-8").splitlines()]
    assert [event["action"] for event in events] == ["lead.decide", "lead.decide", "case.open", "case.export"]
    assert events[-1]["detail"]["sha256"] == hashlib.sha256(package.read_bytes()).hexdigest()
    with desk.store.read() as tx:
        assert [event.actor for event in tx.audit.for_objects([("case", case.id)])] == ["wang", "wang", "li"]


def test_failed_export_leaves_no_file_and_no_log(desk: Desk, case: Case, tmp_path: Path) -> None:
    (warc,) = (desk.home / "warc" / "sandbox-board").iterdir()
    data = bytearray(warc.read_bytes())
    data[-20] ^= 1
    warc.write_bytes(data)
    out = tmp_path / "folder" / "case.zip"
    out.parent.mkdir()
    with pytest.raises(EvidenceError):
        export_case(desk, case.id, out, user="wang")
    assert list(out.parent.iterdir()) == []
    assert list((desk.home / "tmp").iterdir()) == []
    with desk.store.read() as tx:
        assert "case.export" not in [event.action for event in tx.audit.all()]


def test_refusals_name_what_is_wrong(desk: Desk, case: Case, package: Path, tmp_path: Path) -> None:
    with pytest.raises(Conflict, match="不覆盖"):
        export_case(desk, case.id, package, user="wang")
    with pytest.raises(NotFound, match="AJ-1999-0001"):
        export_case(desk, "AJ-1999-0001", tmp_path / "x.zip", user="wang")
    with pytest.raises(EvidenceError, match="不存在"):
        export_case(desk, case.id, tmp_path / "no" / "x.zip", user="wang")


def test_demo_lead_never_leaves_a_real_home(desk: Desk, tmp_path: Path) -> None:
    case = open_case(desk, [add_lead(desk, "d", demo=True)])
    with pytest.raises(Refused, match="演示"):
        export_case(desk, case.id, tmp_path / "x.zip", user="wang")


def test_demo_home_marks_every_file_for_people(desk: Desk, tmp_path: Path) -> None:
    (desk.home / DEMO_MARK).touch()
    case = open_case(desk, [add_lead(desk, "d")])
    top = unpacked(export_case(desk, case.id, tmp_path / "x.zip", user="wang"), tmp_path / "out")
    for name in ("data/case.json", "data/案件报告.html", "data/逐行比对.txt", "bag-info.txt", "验证说明.txt"):
        assert "演示" in (top / name).read_text("utf-8"), name
    pages = _pdf_text(top / "data/案件报告.pdf").split("\f")[:-1]
    assert len(pages) >= 2
    assert all("演示数据" in page for page in pages)


def test_report_shows_text_marks_rules_and_escapes_everything(package: Path, tmp_path: Path) -> None:
    top = unpacked(package, tmp_path / "out")
    soup = BeautifulSoup((top / "data/案件报告.html").read_text("utf-8"), "lxml")
    assert not soup.find(["script", "link", "iframe", "b"])
    block = soup.select_one(".text")
    assert block is not None
    # Nothing stands within a quote: its number behind it, the findings by number below the text of each lead.
    assert [mark.contents for mark in block.select("mark")] == [["数学思维提升"], ["保证提分"]]
    assert [note.get_text() for note in soup.select(".marks span")] == ["1 HT18.3b", "2 AD04", "1 HT07"]
    for note in block.select("sup"):
        note.decompose()
    assert block.get_text() == f"{TITLE}\n{TEXT}"
    assert [cell.get_text() for cell in soup.select(".open")] == ["地方细则（条号待核）"]
    words = soup.get_text()
    for wanted in ("机器初筛，非认定", "待补证据清单", "线索成立", "138****5678", "某培训点 <i>案</i>", "理由 <x>"):
        assert wanted in words, wanted
    assert "13800005678" not in words
    assert "属实" not in words
    assert soup.select_one("img.shot")
    text = _pdf_text(top / "data/案件报告.pdf")
    assert "机器初筛" in text
    assert "待补证据清单" in text


def test_the_report_follows_the_adopted_findings_and_the_machines_stay_whole(desk: Desk, tmp_path: Path) -> None:
    lead = add_lead(desk, "a", codes=("HT18.3b", "AD04"))
    made = decide(desk, lead, Verdict.CONFIRM, at=MONDAY, struck=("AD04",), reason="")
    with desk.store.transaction() as tx:
        tx.decisions.add_reason(made, "没有承诺", "wang", None, MONDAY + timedelta(minutes=5))
    out = export_case(desk, open_case(desk, [lead]).id, tmp_path / "x.zip", user="wang")
    assert verify_package(out, home=desk.home).ok
    data = unpacked(out, tmp_path / "out") / "data"
    soup = BeautifulSoup((data / "案件报告.html").read_text(encoding="utf-8"), "lxml")
    assert [row.th.text for row in soup.select("table.finding tr.name") if row.th] == ["HT18.3b"]
    assert [note.text for note in soup.select(".marks span")] == ["1 HT18.3b"]
    assert "广告法" not in soup.text
    assert "不采纳 AD04" in soup.text
    assert "没有承诺（2026-03-02 10:05:00 补记）" in soup.text
    (told,) = json.loads((data / "findings.json").read_text(encoding="utf-8"))["leads"]
    assert [finding["code"] for finding in told["assessment"]["findings"]] == ["HT18.3b", "AD04"]
    assert told["struck"] == [
        {
            "id": "AD04",
            "code": "AD04",
            "decision": made,
            "user": "wang",
            "decided_at": "2026-03-02T02:00:00Z",
            "reason": "没有承诺",
        }
    ]
    (case,) = json.loads((data / "case.json").read_text(encoding="utf-8"))["leads"]
    assert (case["struck"], case["decisions"][0]["struck"]) == (["AD04"], ["AD04"])


def test_the_report_drops_one_of_two_findings_of_a_rule(desk: Desk, tmp_path: Path) -> None:
    lead = add_lead(desk, "a", codes=("AD04/facts", "HT18.3b", "AD04"))
    decide(desk, lead, Verdict.CONFIRM, at=MONDAY, struck=("AD04.2",))
    out = export_case(desk, open_case(desk, [lead]).id, tmp_path / "x.zip", user="wang")
    assert verify_package(out, home=desk.home).ok
    data = unpacked(out, tmp_path / "out") / "data"
    soup = BeautifulSoup((data / "案件报告.html").read_text(encoding="utf-8"), "lxml")
    assert [row.th.text for row in soup.select("table.finding tr.name") if row.th] == ["HT18.3b", "AD04.1"]
    assert ("广告法" in soup.text, "反不正当竞争法" in soup.text) == (True, False)
    assert "机器提示的 AD04.2 保证或夸大 经人工审核不采纳" in soup.text
    (told,) = json.loads((data / "findings.json").read_text(encoding="utf-8"))["leads"]
    named = [(one["id"], one["signal"]) for one in told["assessment"]["findings"]]
    assert named == [("AD04.2", "exaggerated"), ("HT18.3b", "academic_hidden"), ("AD04.1", "guarantee")]
    assert [(one["id"], one["code"]) for one in told["struck"]] == [("AD04.2", "AD04")]


def test_findings_never_carry_words_that_the_stored_text_masks(desk: Desk, tmp_path: Path) -> None:
    lead = add_lead(desk, "m")
    with desk.store.transaction() as tx:
        stored = tx.assessments.get(lead.assessment_id)
        listing = tx.listings.get(lead.listing_id)
        assert stored is not None
        assert listing is not None
        body = f"{stored.title}\n{stored.text}"
        at = body.index("138****5678")
        finding = {**stored.result["findings"][0]}
        finding["spans"] = [{"start": at, "end": at + 11, "text": "13812345678", "restored": "13812345678"}]
        result = {**stored.result, "findings": [finding]}
        newer = tx.assessments.add(listing.version_id, "m2", "r1", True, 99, result, stored.title, stored.text, MONDAY)
        tx.leads.open_for(listing, newer, MONDAY)
    case = open_case(desk, [lead])
    top = unpacked(export_case(desk, case.id, tmp_path / "x.zip", user="wang"), tmp_path / "out")
    assert "13812345678" not in (top / "data/findings.json").read_text("utf-8")
    assert "138****5678" in (top / "data/findings.json").read_text("utf-8")


def test_the_list_of_evidence_names_every_file_and_what_is_missing(desk: Desk, package: Path, tmp_path: Path) -> None:
    top = unpacked(package, tmp_path / "out")
    book = load_workbook(top / "data/证据清单.xlsx")
    assert book.sheetnames == ["证据清单", "待补证据清单"]
    rows = [[cell.value or "" for cell in row] for row in book["证据清单"].iter_rows(min_row=6)]
    listed = {row[2]: row for row in rows if row[2]}
    files = {path.relative_to(top).as_posix(): path for path in top.glob("data/captures/*/*.*")}
    assert set(listed) == {name for name in files if not name.endswith("record.json")}
    for name, row in listed.items():
        assert row[9] == str(files[name].stat().st_size)
        assert row[10] == hashlib.sha256(files[name].read_bytes()).hexdigest()
        assert ("自建时间戳，不等于第三方" in row[11]) == name.endswith("page.warc.gz")
    gaps = [row[1].value for row in book["待补证据清单"].iter_rows(min_row=4) if row[1].value]
    assert "第三方时间戳" in gaps
    assert gaps == [item.get_text() for item in _gap_words(top)]


def _gap_words(top: Path) -> list[Tag]:
    """What the report says is missing; list and report must not differ."""
    soup = BeautifulSoup((top / "data/案件报告.html").read_text("utf-8"), "lxml")
    heading = next(one for one in soup.find_all("h2") if "待补证据清单" in one.get_text())
    table = heading.find_next("table")
    assert isinstance(table, Tag)
    return [row.find_all("td")[1] for row in table.find_all("tr") if row.find_all("td")]


def test_report_carries_both_tables_and_older_answers_go_without(
    desk: Desk, case: Case, package: Path, tmp_path: Path
) -> None:
    older = BeautifulSoup((unpacked(package, tmp_path / "old") / "data/案件报告.html").read_text("utf-8"), "lxml")
    assert "四维鉴别" not in older.get_text()
    lead = add_lead(desk, "tables")
    with desk.store.transaction() as tx:
        stored = tx.assessments.get(lead.assessment_id)
        listing = tx.listings.get(lead.listing_id)
        assert stored is not None
        assert listing is not None
        at = f"{stored.title}\n{stored.text}".index("提分")
        seen = {"met": True, "spans": [{"start": at, "end": at + 2, "text": "提分", "restored": "提高分数"}]}
        result = {**stored.result, "criteria": {"purpose": seen}, "article17": {"place": {"met": None, "spans": []}}}
        newer = tx.assessments.add(listing.version_id, "m2", "r1", True, 99, result, stored.title, stored.text, MONDAY)
        tx.leads.open_for(listing, newer, MONDAY)
    exported = export_case(desk, open_case(desk, [lead]).id, tmp_path / "t.zip", user="wang")
    top = unpacked(exported, tmp_path / "new")
    soup = BeautifulSoup((top / "data/案件报告.html").read_text("utf-8"), "lxml")
    cells = [[cell.get_text(strip=True) for cell in row.find_all("td")] for row in soup.find_all("tr")]
    told = {row[0]: row[2] for row in cells if len(row) == 3}
    assert told["目的"] == "“提分”（还原：提高分数）"
    assert [told[name] for name in ("内容", "方式", "评价", "场所或平台", "从业人员", "组织机构")] == ["未见"] * 6
    kept = json.loads((top / "data/findings.json").read_text("utf-8"))["leads"][0]["assessment"]
    assert kept["criteria"]["purpose"]["met"] is True


def test_the_report_tells_what_happened_to_the_case_exports_included(desk: Desk, tmp_path: Path) -> None:
    one, two = (add_lead(desk, key) for key in "ab")
    case = open_case(desk, [one])
    with desk.store.transaction() as tx:
        tx.cases.join(case.id, [two.id], "wang", MONDAY + timedelta(hours=1))
        tx.cases.take_out(case.id, two.id, "主体不同", "wang", MONDAY + timedelta(hours=2))
    export_case(desk, case.id, tmp_path / "first.zip", user="console")
    top = unpacked(export_case(desk, case.id, tmp_path / "second.zip", user="wang"), tmp_path / "out")
    soup = BeautifulSoup((top / "data/案件报告.html").read_text("utf-8"), "lxml")
    rows = [[cell.get_text() for cell in row.find_all("td")][1:] for row in soup.select("#history tbody tr")]
    sum_ = hashlib.sha256((tmp_path / "first.zip").read_bytes()).hexdigest()
    assert rows == [
        ["立案", "wang", ""],
        ["并入", "wang", f"线索 {two.id}"],
        ["移出", "wang", f"线索 {two.id}：主体不同"],
        ["导出证据包", "命令行", f"密封本 first.zip（SHA-256 {sum_[:12]}…）"],
        ["导出证据包", "wang", "本证据包"],
    ]
    told = json.loads((top / "data/case.json").read_text("utf-8"))["history"]
    assert [step["what"] for step in told] == ["立案", "并入", "移出", "导出证据包"]


@pytest.mark.parametrize(
    ("number", "words"), [(1, "一"), (10, "十"), (12, "十二"), (40, "四十"), (99, "九十九"), (100, "100")]
)
def test_headings_count_in_chinese(number: int, words: str) -> None:
    assert numeral(number) == words


def test_the_report_tears_no_table_and_leaves_no_heading_behind(desk: Desk) -> None:
    """Leads with texts of many lengths, so that every part comes to stand at a page's end somewhere."""
    leads = []
    for number in range(6):
        text = TEXT + "\n" + "\n".join(f"第 {row} 行，还是同一段话。" for row in range(number * 6))
        lead = add_lead(desk, f"t{number}", text=text, codes=("HT18.3b", "AD04", "AD03"), screenshot=number % 2 == 0)
        _with_tables(desk, lead, quotes=number * 4, remark="指南只适用于义务教育阶段" if number else "")
        first = decide(desk, lead, Verdict.HOLD, at=MONDAY)
        undo(desk, lead, first, at=MONDAY)
        decide(desk, lead, Verdict.CONFIRM, at=MONDAY)
        leads.append(lead)
    html = render_html(gather_case(desk, open_case(desk, leads).id, user="wang", at=MONDAY), desk.blobs)
    assert "建案" not in html
    judged = [table for table in BeautifulSoup(html, "lxml").select("table.whole") if "审核人" in table.text]
    assert len(judged) == len(leads)
    for table in judged:  # counted in each lead
        decisions = table.select("tbody tr")
        assert [row.find_all("td")[0].text for row in decisions] == ["1", "2", "3"]
        assert "撤销第 1 号" in decisions[1].text
    chapters = [chapter.get_text()[:2] for chapter in BeautifulSoup(html, "lxml").select("h2")]
    assert chapters == ["一、", "二、", "三、", "四、", "五、"]
    assert html.count("指南只适用于义务教育阶段") == 5
    assert html.count("住所是否为专门场所须查证") == 1
    numbers = [heading.get_text()[:3] for heading in BeautifulSoup(html, "lxml").select("h3.lead")]
    assert numbers == ["（一）", "（二）", "（三）", "（四）", "（五）", "（六）"]
    pages = printed_pages(html)
    places: dict[int, list[int]] = {}
    whole = set()
    for place, page in enumerate(pages, 1):
        assert page.last.element_tag not in {"h2", "h3", "h4"}, f"page {place} ends with “{page.last.text}”"
        for box in page.tables():
            places.setdefault(id(box.element), []).append(place)
            if box.element.get("class", "facts") not in {"pairs facts", "facts"}:
                whole.add(id(box.element))
    assert len(whole) > 20
    assert [places[table] for table in whole if len(places[table]) > 1] == []
    assert any(len(where) > 1 for where in places.values())
    assert without_heading(pages) == []
    filled = [page.filled for page in pages[:-1]]
    # A picture that does not fit any more leaves more room than a table does.
    pictured = next(place for place, page in enumerate(pages) if any(box.element_tag == "img" for box in page.boxes))
    assert min(filled[: pictured - 1]) > 0.65, filled
    assert min(filled) > 0.5, filled


def _with_tables(desk: Desk, lead: Lead, *, quotes: int, remark: str) -> None:
    """The lead assessed anew: both tables, so many quotes in a cell, and what is said under them."""
    with desk.store.transaction() as tx:
        stored = tx.assessments.get(lead.assessment_id)
        listing = tx.listings.get(lead.listing_id)
        assert stored is not None
        assert listing is not None
        at = f"{stored.title}\n{stored.text}".index("小学数学思维")
        span = {"start": at, "end": at + 6, "text": "小学数学思维", "restored": "小学数学思维"}
        seen, none = {"met": True, "spans": [span] * quotes}, {"met": None, "spans": []}
        result = {
            **stored.result,
            "remarks": {"criteria": remark, "article17": "" if remark else "住所是否为专门场所须查证"},
            "criteria": {"purpose": seen, "content": seen, "method": seen, "evaluation": none},
            "article17": {"place": seen, "staff": none, "organisation": none},
        }
        newer = tx.assessments.add(listing.version_id, "m2", "r1", True, 99, result, stored.title, stored.text, MONDAY)
        tx.leads.open_for(listing, newer, MONDAY)


def test_answers_older_than_the_remarks_have_none() -> None:
    assert table_remarks({"stages": ["senior"]}) == {"criteria": "", "article17": ""}


def test_a_name_on_the_page_is_no_contact(desk: Desk, tmp_path: Path) -> None:
    """龚老师 once stood under 联系方式, and the missing way to reach somebody was not missed."""
    lead = add_lead(desk, "a")
    with desk.store.transaction() as tx:
        tx.contacts.link(tx.contacts.upsert("name", "龚老师", "f" * 64, b"x"), lead.listing_id)
    top = unpacked(export_case(desk, open_case(desk, [lead]).id, tmp_path / "x.zip", user="wang"), tmp_path / "out")
    soup = BeautifulSoup((top / "data/案件报告.html").read_text("utf-8"), "lxml")
    cells = {head.get_text(): head.find_next("td").get_text() for head in soup.select("table.facts th")}  # type: ignore[union-attr]
    assert (cells["联系方式"], cells["页面所称的人"]) == ("（未提取到）", "龚老师")
    assert "联系方式" in [item.get_text() for item in _gap_words(top)]
    (told,) = json.loads((top / "data/case.json").read_text("utf-8"))["leads"]
    assert (told["contacts"], told["persons"]) == ([], ["龚老师"])


def _pdf_text(path: Path) -> str:
    """Words of a PDF, pages ended by form feeds; without poppler, those WeasyPrint lays out of the same HTML."""
    if shutil.which("pdftotext"):
        done = subprocess.run(["pdftotext", "-layout", str(path), "-"], capture_output=True, text=True, check=True)
        return done.stdout
    pages = HTML(string=path.with_suffix(".html").read_text("utf-8")).render().pages
    words = [[getattr(box, "text", "") for box in page._page_box.descendants()] for page in pages]
    return "".join("".join(page) + "\f" for page in words)
