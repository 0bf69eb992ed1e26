"""The 周报: Word, HTML and JSON say the same, and they say what the decisions table says."""

from __future__ import annotations

import io
import json
import random
import re
import shutil
import subprocess
import zipfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from docx import Document
from docx.oxml.ns import qn
from openpyxl import load_workbook
from PIL import Image

from classifier.types import Posting
from pipelines import clock
from pipelines.config import read_settings
from pipelines.desk import DEMO_MARK, Desk, open_desk
from pipelines.digest.digest import RENDERERS, file_name, make_digest, make_edition
from pipelines.digest.drill import PROGRESS, TABLES, leads_behind
from pipelines.digest.editions import changes
from pipelines.digest.figures import Tally, TrendPoint
from pipelines.digest.layout import context
from pipelines.digest.market import is_market_department
from pipelines.digest.periods import span
from pipelines.digest.render_docx import render_docx
from pipelines.digest.render_html import render_html
from pipelines.digest.select import select_figures
from pipelines.digest.tables import NOTHING, tables
from pipelines.digest.trend_plot import trend_picture
from pipelines.errors import BadInput
from pipelines.evidence.material import gather_case
from pipelines.evidence.report import render_html as render_report
from pipelines.ingest.assess_pending import assess_pending
from pipelines.ingest.ingest import ingest_batch
from pipelines.records import ExtractedListing, LeadStatus, StoredDigest, Verdict
from tests import factories
from tests.pipelines.evidence.seeds import MONDAY, TITLE, add_lead, decide, open_case, undo
from tests.pipelines.ingest.word_assessor import WordAssessor
from tests.printed import printed_pages, without_heading

FIRST, LAST = date(2026, 3, 2), date(2026, 3, 8)
SUFFIXES = (".docx", ".html", ".json", ".pdf", ".xlsx")
COLUMNS = ("came", "confirm", "transfer", "dismiss", "hold")
CODES = (("HT18.3b", "AD04"), ("AD03",), ("HT07",), ("HT18.3b", "AD03"), ("AD04", "AD03"))


@pytest.fixture(scope="module")
def _lived_weeks(_migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A HOME of the weeks below, to be copied."""
    home = tmp_path_factory.mktemp("lived") / "home"
    home.mkdir(mode=0o700)
    shutil.copy(_migrated_sqlite, home / "mingcha.db")
    with open_desk(read_settings({}, home=home)) as desk:
        _live(desk)
    clock.pin(None)
    return home


@pytest.fixture
def week(_lived_weeks: Path, tmp_path: Path) -> Iterator[Desk]:
    """Forty leads over three weeks, decided, redecided and undone at random; the middle week is asked for."""
    home = tmp_path / "lived"
    shutil.copytree(_lived_weeks, home)
    clock.pin(lambda: MONDAY + timedelta(days=30))
    with open_desk(read_settings({}, home=home)) as desk:
        yield desk


def _live(desk: Desk) -> None:
    clock.pin(lambda: MONDAY + timedelta(days=30))
    chance = random.Random(7)
    for number in range(40):
        came = MONDAY + timedelta(days=chance.randrange(-7, 14), hours=chance.randrange(12))
        lead = add_lead(
            desk,
            f"k{number}",
            at=came,
            codes=CODES[number % len(CODES)],
            title=f"{TITLE}{number}",
            district=("西湖区", "上城区", "")[number % 3],
            platform=("演示论坛", "演示分类")[number % 2],
            phone=("13800001111", "13900002222", None)[number % 3],
        )
        at = came
        for _ in range(chance.randrange(4)):
            at += timedelta(hours=chance.randrange(1, 60))
            verdict = chance.choice([Verdict.CONFIRM, Verdict.DISMISS, Verdict.TRANSFER, Verdict.HOLD])
            to = chance.choice(["市场监督管理部门", "教育行政部门"]) if verdict is Verdict.TRANSFER else None
            made = decide(desk, lead, verdict, at=at, to=to)
            if chance.random() < 0.3:
                at += timedelta(hours=1)
                undo(desk, lead, made, at=at)


def files_of(desk: Desk, digest: StoredDigest) -> dict[str, bytes]:
    return {Path(name).suffix: desk.blobs.get(sha256) for name, sha256 in digest.files.items()}


def made(desk: Desk, *suffixes: str) -> StoredDigest:
    """The digest of these days in these forms; without one named in those that are read here, not as PDF, which is the
    HTML printed and takes longer than the others together."""
    wanted = suffixes or (".docx", ".html", ".json", ".xlsx")
    return make_edition(desk, span(FIRST, LAST), user="wang", renderers=[one for one in RENDERERS if one[0] in wanted])


def html_tables(data: bytes) -> dict[str, list[tuple[Any, ...]]]:
    soup = BeautifulSoup(data.decode(), "lxml")
    found = {}
    for table in soup.select("table[id^=by-]"):
        rows = [[cell.get_text() for cell in row.select("td")] for row in table.select("tbody tr")]
        found[str(table["id"])] = [(row[0], *map(number, row[1:])) for row in rows]
    return found


def number(cell: str) -> int:
    """A cell of a table of tallies."""
    return 0 if cell == NOTHING else int(cell)


def docx_tables(data: bytes) -> list[list[tuple[Any, ...]]]:
    document = Document(io.BytesIO(data))
    found = []
    for table in document.tables:
        rows = [[cell.text for cell in row.cells] for row in table.rows]
        if rows and "".join(rows[0][1:]).replace("\n", "") == "本期新增成立转办/移送排除待核实":
            found.append([(row[0], *map(number, row[1:])) for row in rows[1:]])
    return found


def test_word_html_and_json_have_the_same_numbers(week: Desk) -> None:
    files = files_of(week, made(week))
    told = json.loads(files[".json"])
    names = ("consequence", "code", "cover", "district", "platform", "operator")
    expected = {
        f"by-{name}": [
            (f"{row['key']} {row['name']}" if name == "code" else row["name"], *(row[column] for column in COLUMNS))
            for row in told[f"by_{name}"]
            if any(row[column] for column in COLUMNS)
        ]
        for name in names
    }
    assert html_tables(files[".html"]) == expected
    assert docx_tables(files[".docx"]) == [expected[f"by-{name}"] for name in names]
    words = "\n".join(paragraph.text for paragraph in Document(io.BytesIO(files[".docx"])).paragraphs)
    soup = BeautifulSoup(files[".html"].decode(), "lxml")
    for place in ("summary", "market-summary"):
        block = soup.find(id=place)
        assert block is not None
        assert block.get_text() in words
    leads = [int(str(table["data-lead-id"])) for table in soup.select("table.lead")]
    assert leads == [row["id"] for row in told["market"]]
    numbers = [int(number) for number in re.findall(r"线索 (\d+)\t?", _cells(files[".docx"]))]
    assert numbers == leads


def test_the_workbook_and_the_pdf_have_the_same_numbers(week: Desk) -> None:
    files = files_of(week, make_digest(week, FIRST, LAST, user="wang", out=None))
    told = json.loads(files[".json"])
    book = load_workbook(io.BytesIO(files[".xlsx"]))
    names = {
        "按性质": "consequence",
        "按规则": "code",
        "按伪装形式": "cover",
        "按地区": "district",
        "按平台": "platform",
        "按经营主体": "operator",
    }
    for sheet, name in names.items():
        _, *rows = book[sheet].iter_rows(values_only=True)
        assert [tuple(row[2:]) for row in rows] == [
            tuple(row[column] for column in COLUMNS) for row in told[f"by_{name}"]
        ]
    overview = {row[0]: row[1] for row in book["总表"].iter_rows(values_only=True)}
    numbers = (overview["本期新增"], overview["成立"], overview["尚无审核结论"], overview["归市场监管部门的线索"])
    assert numbers == (told["total"]["came"], told["total"]["confirm"], told["waiting"], len(told["market"]))
    _, *lines = book["线索清单"].iter_rows(values_only=True)
    assert [row[0] for row in lines] == [line["id"] for line in told["lines"]]
    drawn = subprocess.run(["pdftotext", "-raw", "-", "-"], input=files[".pdf"], capture_output=True, check=True)
    text = re.sub(r"\s", "", drawn.stdout.decode())
    soup = BeautifulSoup(files[".html"].decode(), "lxml")
    for block in soup.select("#summary, #market-summary, #operators, #pending, #collection-said, #by-district tr"):
        assert re.sub(r"\s", "", block.get_text()) in text
    fonts = subprocess.run(["pdffonts", "-"], input=files[".pdf"], capture_output=True, check=True).stdout.decode()
    rows = [line.split() for line in fonts.splitlines()[2:]]
    assert rows
    assert all(row[-5] == "yes" for row in rows)  # embedded


def test_a_title_that_looks_like_a_formula_is_text_in_the_workbook(desk: Desk) -> None:
    decide(desk, add_lead(desk, "a", title='=HYPERLINK("http://x")思维\x0b'), Verdict.CONFIRM, at=MONDAY)
    data = files_of(desk, made(desk, ".xlsx"))[".xlsx"]
    cells = [cell for sheet in load_workbook(io.BytesIO(data)) for row in sheet.iter_rows() for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f"]
    assert any(str(cell.value).startswith("=HYPERLINK") for cell in cells)


def test_every_number_leads_to_the_leads_it_counts(week: Desk) -> None:
    told = json.loads(files_of(week, made(week, ".json"))[".json"])
    for by in TABLES:
        for row in told[f"by_{by}"]:
            for column in COLUMNS:
                assert len(leads_behind(told, by, row["key"], column)[1]) == row[column], (by, row["key"], column)
    for column in COLUMNS:
        assert len(leads_behind(told, "total", "", column)[1]) == told["total"][column]
    assert len(leads_behind(told, "total", "", "waiting")[1]) == told["waiting"]
    assert len(leads_behind(told, "total", "", "cleanup_beside")[1]) == told["cleanup_beside"]
    for row in told["progress"]:
        for column in PROGRESS:
            assert len(leads_behind(told, "progress", row["district"], column)[1]) == row[column], (row, column)
    for column, number in (("taken_on", told["taken_on"]), ("rectified", 0), ("pending", len(told["pending"]))):
        assert len(leads_behind(told, "progress", "", column)[1]) == number
    for row in told["handled"]:
        assert len(leads_behind(told, "handled", row["key"], "")[1]) == row["leads"]
    assert [line["id"] for line in leads_behind(told, "market", "", "")[1]] == sorted(
        lead["id"] for lead in told["market"]
    )
    for by, key, column in (("district", "没有的县", "came"), ("progress", "", "x"), ("handled", "x", "")):
        with pytest.raises(BadInput):
            leads_behind(told, by, key, column)


def test_the_trend_needs_two_periods_and_is_black_on_white() -> None:
    def point(week: int, came: int) -> TrendPoint:
        first = FIRST + timedelta(days=7 * week)
        last = first + timedelta(days=6)
        return TrendPoint(first_day=first, last_day=last, came=came, confirm=1, transfer=2, dismiss=3, hold=0)

    assert trend_picture([point(0, 5)]) == b""
    points = [point(week, 5 + week) for week in range(6)]
    drawn = trend_picture(points)
    assert drawn == trend_picture(points)
    colours = {colour.lower() for colour in re.findall(rb"#[0-9a-fA-F]{6}", drawn)}
    assert all(colour[1:3] == colour[3:5] == colour[5:7] for colour in colours)  # greys
    assert drawn.count(b"stroke-dasharray") >= 3
    with Image.open(io.BytesIO(trend_picture(points, "png"))) as picture:
        assert picture.width > 1000


def _cells(data: bytes) -> str:
    return "\n".join(table.cell(0, 0).text for table in Document(io.BytesIO(data)).tables)


def test_numbers_are_those_of_the_decisions_table(week: Desk) -> None:
    told = json.loads(files_of(week, made(week, ".json"))[".json"])
    begin = datetime(2026, 3, 1, 16, tzinfo=UTC)
    end = begin + timedelta(days=7)
    came, stood, rows, undos, waiting = 0, Counter[str](), 0, 0, 0
    with week.store.read() as tx:
        for number in range(1, 41):
            lead = tx.leads.get(number)
            assert lead is not None
            stack: list[Any] = []
            for row in tx.decisions.for_lead(number):
                if row.decided_at >= end:
                    break
                rows += begin <= row.decided_at
                if row.verdict is Verdict.UNDO:
                    undos += begin <= row.decided_at
                    stack = [kept for kept in stack if kept.id != row.undoes]
                else:
                    stack.append(row)
            if stack and stack[-1].decided_at >= begin:
                stood[stack[-1].verdict.value] += 1
            if begin <= lead.created_at < end:
                came += 1
                waiting += not stack
    assert came > 5
    assert stood.total() > 5
    assert undos > 1
    expected = {"came": came, **{column: stood[column] for column in COLUMNS[1:]}}
    assert {column: told["total"][column] for column in COLUMNS} == expected
    assert (told["waiting"], told["decision_rows"], told["undos"]) == (waiting, rows, undos)
    for name in ("consequence", "district", "platform", "operator"):
        sums = {column: sum(row[column] for row in told[f"by_{name}"]) for column in COLUMNS}
        assert sums == expected, name
    assert sum(row["leads"] for row in told["transfers"]) == stood["transfer"]


def test_days_are_inclusive_and_chinese(desk: Desk) -> None:
    edges = {
        "before": datetime(2026, 3, 1, 15, 59, 59, tzinfo=UTC),
        "first": datetime(2026, 3, 1, 16, 0, tzinfo=UTC),
        "last": datetime(2026, 3, 8, 15, 59, 59, tzinfo=UTC),
        "after": datetime(2026, 3, 8, 16, 0, tzinfo=UTC),
    }
    for key, at in edges.items():
        add_lead(desk, key, at=at)
    assert select_figures(desk, FIRST, LAST, user="wang").total.came == 2
    assert select_figures(desk, FIRST, FIRST, user="wang").total.came == 1
    with pytest.raises(BadInput, match="早于"):
        select_figures(desk, LAST, FIRST, user="wang")


def test_what_happens_later_does_not_change_a_past_week(desk: Desk) -> None:
    lead = add_lead(desk, "a")
    made = decide(desk, lead, Verdict.CONFIRM, at=MONDAY + timedelta(hours=1))
    before = select_figures(desk, FIRST, LAST, user="wang")
    undo(desk, lead, made, at=MONDAY + timedelta(days=9), back_to=LeadStatus.OPEN)
    decide(desk, lead, Verdict.DISMISS, at=MONDAY + timedelta(days=9, hours=1))
    after = select_figures(desk, FIRST, LAST, user="wang")
    assert (after.total, after.market) == (before.total, before.market)
    later = select_figures(desk, date(2026, 3, 9), date(2026, 3, 15), user="wang")
    assert (later.total.came, later.total.dismiss, later.undos) == (0, 1, 1)


def test_figures_follow_the_findings_that_were_adopted_by_the_periods_end(desk: Desk) -> None:
    both = ("AD04", "AD03")
    struck, kept, later = (add_lead(desk, key, codes=both) for key in ("struck", "kept", "later"))
    decide(desk, struck, Verdict.CONFIRM, at=MONDAY, struck=("AD04",))
    decide(desk, kept, Verdict.CONFIRM, at=MONDAY)
    decide(desk, later, Verdict.CONFIRM, at=MONDAY)
    decide(desk, later, Verdict.CONFIRM, at=MONDAY + timedelta(days=20), struck=both)
    undone = add_lead(desk, "undone", codes=both)
    undo(desk, undone, decide(desk, undone, Verdict.CONFIRM, at=MONDAY, struck=both), at=MONDAY)
    figures = select_figures(desk, FIRST, LAST, user="wang")
    assert {row.key: (row.came, row.confirm) for row in figures.by_code} == {"AD03": (4, 3), "AD04": (3, 2)}
    assert {row.key: row.confirm for row in figures.by_consequence if row.confirm} == {"sanctionable": 2, "cleanup": 1}
    (lead,) = figures.market_cleanup
    assert (lead.id, [rule.code for rule in lead.rules]) == (struck.id, ["AD03"])
    assert {row.id for row in figures.market_sanctionable} == {kept.id, later.id}


def test_striking_the_weak_finding_of_a_rule_keeps_the_sanctionable_one(desk: Desk) -> None:
    twice = ("AD04/facts", "AD04")
    weak, strong = (add_lead(desk, key, codes=twice) for key in ("weak", "strong"))
    decide(desk, weak, Verdict.CONFIRM, at=MONDAY, struck=("AD04.2",))
    decide(desk, strong, Verdict.CONFIRM, at=MONDAY, struck=("AD04.1",))
    figures = select_figures(desk, FIRST, LAST, user="wang")
    assert {row.key: row.confirm for row in figures.by_code} == {"AD04": 2}
    assert {row.key: row.confirm for row in figures.by_consequence if row.confirm} == {"sanctionable": 1, "lead": 1}
    (first,), (second,) = figures.market_sanctionable, figures.market_other
    assert [(one.consequence, one.basis) for one in first.rules] == [
        ("sanctionable", ("广告法 第二十四条第一项", "地方细则（条号待核）"))
    ]
    assert [(one.consequence, one.basis) for one in second.rules] == [("lead", ("《反不正当竞争法》第九条",))]


def test_a_lead_whose_findings_were_all_struck_is_no_market_lead_and_brings_no_basis(desk: Desk) -> None:
    decide(desk, add_lead(desk, "a", codes=("AD04",)), Verdict.CONFIRM, at=MONDAY, struck=("AD04",))
    digest = make_digest(desk, FIRST, LAST, user="wang", out=None)
    told = json.loads(files_of(desk, digest)[".json"])
    assert (told["total"]["confirm"], told["market"], told["by_code"]) == (1, [], [])
    assert "广告法" not in files_of(desk, digest)[".html"].decode()


def test_market_leads_keep_cleanup_apart_from_sanctionable(desk: Desk) -> None:
    plan = {
        "ad04": (("AD04",), Verdict.CONFIRM, None),
        "ad03": (("AD03",), Verdict.TRANSFER, "市场监督管理部门"),
        "ht_and_ad03": (("HT18.3b", "AD03"), Verdict.CONFIRM, None),
        "ht_sent": (("HT07",), Verdict.TRANSFER, "西湖区市场监管局"),
        "ht_kept": (("HT07",), Verdict.CONFIRM, None),
        "dismissed": (("AD04",), Verdict.DISMISS, None),
        "held": (("AD04",), Verdict.HOLD, None),
        "elsewhere": (("HT18.3b",), Verdict.TRANSFER, "教育行政部门"),
    }
    ids = {}
    for key, (codes, verdict, to) in plan.items():
        lead = add_lead(desk, key, codes=codes)
        decide(desk, lead, verdict, at=MONDAY, to=to)
        ids[lead.id] = key
    figures = select_figures(desk, FIRST, LAST, user="wang")
    assert [ids[lead.id] for lead in figures.market_sanctionable] == ["ad04"]
    assert [ids[lead.id] for lead in figures.market_cleanup] == ["ad03"]
    # A suspicion of another kind is not sent as one without a penalty, nor does it give the slogan one.
    assert [ids[lead.id] for lead in figures.market_other] == ["ht_and_ad03", "ht_sent"]
    assert {row.key: row.came for row in figures.by_consequence} == {"sanctionable": 5, "cleanup": 1, "lead": 2}
    assert [ids[line.id] for line in figures.lines if line.cleanup_beside] == ["ht_and_ad03"]
    assert [(row.department, row.leads) for row in figures.transfers] == [
        ("市场监督管理部门", 1),
        ("教育行政部门", 1),
        ("西湖区市场监管局", 1),
    ]


def test_a_lead_with_a_suspicion_and_a_slogan_counts_as_the_suspicion(desk: Desk) -> None:
    decide(desk, add_lead(desk, "a", codes=("HT07", "AD03")), Verdict.CONFIRM, at=MONDAY)
    figures = select_figures(desk, FIRST, LAST, user="wang")
    assert {row.key: row.came for row in figures.by_consequence} == {"sanctionable": 0, "cleanup": 0, "lead": 1}
    assert figures.cleanup_beside == 1
    assert "另有 1 条在更重的疑点之外还含清理提示" in context(figures)["tables"][0]["note"]


def test_each_basis_stands_once_and_every_lead_names_its_department(desk: Desk) -> None:
    for key in ("a", "b", "c"):
        decide(desk, add_lead(desk, key, codes=("HT18.3b", "AD04")), Verdict.CONFIRM, at=MONDAY)
    files = files_of(desk, made(desk))
    figures = select_figures(desk, FIRST, LAST, user="wang")
    soup = BeautifulSoup(files[".html"].decode(), "lxml")
    assert [row["data-code"] for row in soup.select("#bases tr[data-code]")] == ["AD04", "HT18"]
    for rule in figures.market[0].rules:
        for line in rule.basis:
            assert files[".html"].decode().count(line) == 1
            assert _titles(files[".docx"]).count(line) == 1
        assert _titles(files[".docx"]).count(f"牵头：{rule.department}") == 3
    assert "隐形变异培训" in soup.h1.get_text()  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("department", "answer"),
    [("市场监督管理部门", True), ("杭州市市场监管局", True), ("市监局", True), ("教育行政部门", False), ("", False)],
)
def test_market_regulation_is_recognised(department: str, answer: bool) -> None:
    assert is_market_department(department) is answer


def test_files_are_written_stored_and_logged(desk: Desk, tmp_path: Path) -> None:
    decide(desk, add_lead(desk, "a", phone="13800005678"), Verdict.CONFIRM, at=MONDAY)
    out = tmp_path / "new" / "folder"
    made = make_digest(desk, FIRST, LAST, user="system", out=out)
    make_digest(desk, FIRST, LAST, user="system", out=out)
    names = {f"周报_2026-03-02_2026-03-08{suffix}" for suffix in SUFFIXES}
    assert {path.name for path in out.iterdir()} == names == set(made.files)
    with desk.store.read() as tx:
        assert tx.digests.get(made.id) == made
        (event,) = tx.audit.for_objects([("digest", made.id)])
    assert (event.actor, event.action) == ("system", "digest.create")
    text = (out / "周报_2026-03-02_2026-03-08.html").read_text("utf-8")
    assert "138****5678" in text
    assert "13800005678" not in text
    assert "演示" not in text.replace("演示论坛", "")


def test_a_folder_that_cannot_be_written_stores_nothing(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(BadInput, match="不能写入"):
        make_digest(desk, FIRST, LAST, user="wang", out=tmp_path / "file")
    with desk.store.read() as tx:
        assert tx.digests.page().items == ()
        assert tx.audit.all() == ()


def test_hostile_titles_stay_text(desk: Desk) -> None:
    title = "{{ 7*7 }}{% if %}<script>alert(1)</script>&amp;]]>\x0b\x00<w:p/>"
    lead = add_lead(desk, "a", title=title)
    decide(desk, lead, Verdict.CONFIRM, at=MONDAY)
    files = files_of(desk, made(desk))
    assert "49" not in _titles(files[".docx"])
    assert "<script>alert(1)</script>&amp;]]>" in _titles(files[".docx"])
    assert "{{ 7*7 }}" in _titles(files[".docx"])
    assert not BeautifulSoup(files[".html"].decode(), "lxml").find("script")


@pytest.mark.parametrize(
    ("first", "last", "name", "title"),
    [
        ("2026-03-02", "2026-03-02", "日报_2026-03-02", "2026年3月2日"),
        ("2026-03-02", "2026-03-08", "周报_2026-03-02_2026-03-08", "2026年3月2日至2026年3月8日"),
        ("2026-02-01", "2026-02-28", "月报_2026-02-01_2026-02-28", "2026年2月1日至2026年2月28日"),
        ("2026-03-02", "2026-03-04", "汇总_2026-03-02_2026-03-04", "2026年3月2日至2026年3月4日"),
        ("2026-03-02", "2026-03-29", "汇总_2026-03-02_2026-03-29", "2026年3月2日至2026年3月29日"),
    ],
)
def test_a_digest_is_called_by_its_days(desk: Desk, first: str, last: str, name: str, title: str) -> None:
    figures = select_figures(desk, date.fromisoformat(first), date.fromisoformat(last), user="system")
    said = context(figures)
    assert file_name(figures, "") == name
    assert said["title"].endswith(name[:2])
    assert said["span"] == title
    assert said["made_by"] == "系统"


def test_the_leads_come_before_the_tables_and_groups_are_numbered_as_they_stand(desk: Desk) -> None:
    decide(desk, add_lead(desk, "a", codes=("AD04",)), Verdict.CONFIRM, at=MONDAY)
    decide(desk, add_lead(desk, "b", codes=("HT07",)), Verdict.TRANSFER, at=MONDAY, to="市场监督管理部门")
    files = files_of(desk, made(desk))
    headings = [line.get_text() for line in BeautifulSoup(files[".html"].decode(), "lxml").select("h2, h3")]
    assert headings == [
        "一、总体情况",
        "二、归市场监管部门的线索",
        "（一）可能涉及罚则",
        "（二）须补充事实或由其他部门牵头的线索",
        "三、分类统计",
        "（一）按性质",
        "（二）按规则",
        "（三）按伪装形式",
        "（四）按地区",
        "（五）按平台",
        "（六）按经营主体",
        "四、所涉规则与依据",
        "五、跟踪情况",
        "六、采集情况与空白",
    ]
    paragraphs = Document(io.BytesIO(files[".docx"])).paragraphs
    assert [line.text for line in paragraphs if line.style and line.style.name.startswith("Heading")] == headings


def test_covers_are_counted_each_and_what_has_none_comes_last(desk: Desk) -> None:
    decide(desk, add_lead(desk, "a", codes=("AD04",)), Verdict.CONFIRM, at=MONDAY)
    add_lead(desk, "b", codes=("HT18.3b",))
    add_lead(desk, "c", codes=("AD04",))
    figures = select_figures(desk, FIRST, LAST, user="wang")
    assert [(row.key, row.name, row.came) for row in figures.by_cover] == [
        ("thinking", "思维、素养、竞赛名义", 1),
        ("home", "住宅、酒店等场所", 1),
        ("other", "未提示学科类培训", 2),
    ]


def test_a_digest_from_before_covers_is_still_read(desk: Desk) -> None:
    told = json.loads(files_of(desk, made(desk, ".json"))[".json"])
    older = {key: value for key, value in told.items() if key != "by_cover"}
    with pytest.raises(BadInput):
        leads_behind(older, "cover", "home", "came")
    assert list(changes(older, told)) == []


def test_clean_up_is_told_in_one_line_behind_what_may_come_to_something(desk: Desk) -> None:
    """Half of all leads have some; alone it is told like everything else."""
    both = add_lead(desk, "a", codes=("AD03", "AD04"))
    alone = add_lead(desk, "b", codes=("AD03",))
    for lead in (both, alone):
        decide(desk, lead, Verdict.CONFIRM, at=MONDAY)
    said = context(select_figures(desk, FIRST, LAST, user="wang"))
    told = {lead["id"]: lead["touched"] for group in said["market"] for lead in group["leads"]}
    assert [(one["consequence"], one["text"]) for one in told[both.id]] == [
        ("可能涉及罚则", "AD04 保证性承诺：“保证提分”"),
        ("清理提示", "AD03 制造焦虑“提分”（没有单独罚则）"),
    ]
    assert [(one["consequence"], one["text"]) for one in told[alone.id]] == [("政策清理", "AD03 制造焦虑：“提分”")]
    report = render_report(gather_case(desk, open_case(desk, [both, alone]).id, user="wang", at=MONDAY), desk.blobs)
    tables = [table.get_text() for table in BeautifulSoup(report, "lxml").select("table.finding")]
    assert [words.split()[0] for words in tables] == [
        "AD04疑似保证性承诺",
        "清理提示只违反政策要求，没有单独罚则，并列于此",
        "AD03疑似制造焦虑",
    ]
    assert "AD04 保证或夸大；另有清理提示 AD03 制造焦虑" in report


def test_an_empty_digest_has_sentences_instead_of_tables(desk: Desk) -> None:
    files = files_of(desk, made(desk))
    text = BeautifulSoup(files[".html"].decode(), "lxml").get_text()
    assert "本期没有新增线索" in text
    assert "本期没有线索成立或已转办/移送" in text
    assert "分类统计" not in text
    assert Document(io.BytesIO(files[".docx"])).tables == []


def test_tables_show_what_was_decided_and_say_the_rest_in_a_sentence(week: Desk) -> None:
    def row(place: int, came: int, confirm: int = 0) -> Tally:
        name = f"第{place}镇"
        return Tally(key=name, name=name, came=came, confirm=confirm, transfer=0, dismiss=0, hold=0)

    rows = (*(row(place, 40 - place) for place in range(30)), row(30, 0, 1), row(31, 0))
    figures = replace(select_figures(week, FIRST, LAST, user="wang"), by_district=rows, by_operator=(row(1, 0),))
    shown = {table["id"]: table for table in tables(figures)}
    assert [one["name"] for one in shown["district"]["rows"]] == [*(f"第{place}镇" for place in range(10)), "第30镇"]
    assert shown["district"]["rows"][-1]["came"] == NOTHING
    left = sum(40 - place for place in range(10, 30))
    assert f"新增共 {left} 条" in shown["district"]["rest"]
    assert "“第31镇”本期没有。" in shown["district"]["rest"]
    assert "operator" not in shown
    assert [table["heading"][:3] for table in tables(figures)] == ["（一）", "（二）", "（三）", "（四）", "（五）"]


def test_a_lead_in_a_case_carries_its_number(desk: Desk) -> None:
    leads = [add_lead(desk, key) for key in ("a", "b")]
    for lead in leads:
        decide(desk, lead, Verdict.CONFIRM, at=MONDAY)
    with desk.store.transaction() as tx:
        case = tx.cases.open([leads[0].id], "案", "wang", MONDAY, False)
    files = files_of(desk, made(desk))
    soup = BeautifulSoup(files[".html"].decode(), "lxml")
    rows = [row.get_text(" ", strip=True) for row in soup.select("tr[data-case]")]
    assert rows == [f"案件编号 {case.id}（在办）"]
    assert _titles(files[".docx"]).count(case.id) == 1
    assert [row["case_id"] for row in json.loads(files[".json"])["market"]] == [case.id, ""]


def test_word_tears_no_row_says_the_heading_again_and_lets_long_tables_go_over_the_page(week: Desk) -> None:
    figures = select_figures(week, FIRST, LAST, user="wang")
    rows = tuple(replace(figures.by_platform[0], key=f"p{place}", name=f"平台{place}") for place in range(20))
    leads, tallies = [], []
    for table in Document(io.BytesIO(render_docx(replace(figures, by_platform=rows, by_district=rows[:5])))).tables:
        flags = [bool(row.cells[0].paragraphs[0].paragraph_format.keep_with_next) for row in table.rows]
        assert all(row._tr.find(f".//{qn('w:cantSplit')}") is not None for row in table.rows)
        assert table.rows[0]._tr.find(f".//{qn('w:tblHeader')}") is not None
        (leads if table.cell(0, 0).text.startswith("线索 ") else tallies).append(flags)
    # Number, title and facts stay with the first finding; findings may go over.
    assert len(leads) == len(figures.market)
    assert {tuple(flags[:5]) for flags in leads} == {(True, True, True, True, False)}
    assert [True] * 5 + [False] in tallies  # five rows under their heading: whole
    assert [True] * 3 + [False] * 16 + [True, False] in tallies  # twenty: two at least on either side
    assert tallies[-1][0] is tallies[-1][-1] is True  # the line of who made it stands on no page alone


def test_printed_pages_are_full_and_nothing_lies_over_the_words(week: Desk) -> None:
    """On paper the 演示 bar once lay over the title, and a page held one lead."""
    (week.home / DEMO_MARK).touch()
    figures = select_figures(week, FIRST, LAST, user="wang")
    leads = [replace(lead, id=place) for place in range(8) for lead in figures.market[:1]]
    pages = printed_pages(render_html(replace(figures, market=tuple(leads), demo=True)).decode())
    assert len(pages) > 4
    assert min(page.filled for page in pages[:-1]) > 0.6, [page.filled for page in pages]
    assert without_heading(pages) == []
    for page in pages:
        assert page.last.element_tag not in {"h1", "h2", "h3"}
        assert not [box for box in page.boxes if box.style["position"] in {"fixed", "absolute"}]
    assert "日报" in pages[0].first.text or "周报" in pages[0].first.text


def _titles(data: bytes) -> str:
    return "\n".join(cell.text for table in Document(io.BytesIO(data)).tables for cell in table.columns[-1].cells)


def test_demo_home_marks_every_page_and_every_file(desk: Desk, tmp_path: Path) -> None:
    (desk.home / DEMO_MARK).touch()
    decide(desk, add_lead(desk, "a"), Verdict.CONFIRM, at=MONDAY)
    made = make_digest(desk, FIRST, LAST, user="wang", out=tmp_path / "out")
    assert made.demo
    assert all(name.startswith("演示_") for name in made.files)
    files = files_of(desk, made)
    section = Document(io.BytesIO(files[".docx"])).sections[0]
    for header in (section.header, section.even_page_header):
        assert "演示数据" in header.paragraphs[0].text
    assert "【演示】" in _titles(files[".docx"])
    assert BeautifulSoup(files[".html"].decode(), "lxml").select_one("p.demo")
    assert json.loads(files[".json"])["mark"] == "演示"


def test_demo_rows_do_not_reach_a_real_digest(desk: Desk) -> None:
    decide(desk, add_lead(desk, "a", demo=True), Verdict.CONFIRM, at=MONDAY)
    figures = select_figures(desk, FIRST, LAST, user="wang")
    assert (figures.total.came, figures.total.decided, figures.decision_rows, figures.market) == (0, 0, 0, ())


def test_word_file_has_chinese_fonts_a4_and_no_marks_left(week: Desk) -> None:
    data = render_docx(select_figures(week, FIRST, LAST, user="wang"))
    document = Document(io.BytesIO(data))
    for name, font in (("Normal", "仿宋"), ("Heading 1", "黑体"), ("Heading 2", "楷体")):
        fonts = document.styles[name].element.rPr.rFonts
        assert fonts.get(qn("w:eastAsia")) == font
        assert not [key for key in fonts.attrib if key.endswith("Theme")]
    section = document.sections[0]
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (210, 297)
    assert (round(section.top_margin.mm), round(section.left_margin.mm)) == (37, 28)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        body = archive.read("word/document.xml").decode()
        footers = "".join(archive.read(name).decode() for name in archive.namelist() if "footer" in name)
    assert "{{" not in body.replace("{{ 7*7 }}", "")
    assert "{%" not in body
    assert footers.count("PAGE") == 2


def test_figures_are_the_same_on_either_database(any_desk: Desk) -> None:
    lead = add_lead(any_desk, "a", phone="13800001111")
    held = decide(any_desk, lead, Verdict.HOLD, at=MONDAY)
    undo(any_desk, lead, held, at=MONDAY + timedelta(minutes=1))
    decide(any_desk, lead, Verdict.CONFIRM, at=MONDAY + timedelta(minutes=2))
    digest = made(any_desk, ".json")
    told = json.loads(files_of(any_desk, digest)[".json"])
    assert [told["total"][column] for column in COLUMNS] == [1, 1, 0, 0, 0]
    assert (told["decision_rows"], told["undos"], told["waiting"]) == (3, 1, 0)
    assert [row["name"] for row in told["by_operator"]] == ["未标明名称（电话 138****1111）"]


def test_an_empty_week_still_makes_a_digest(desk: Desk) -> None:
    told = json.loads(files_of(desk, made(desk, ".json"))[".json"])
    assert told["total"]["came"] == 0
    assert told["market"] == []


def test_operators_are_named_and_else_a_nickname_stands_for_them(desk: Desk) -> None:
    def posting(key: str, text: str, poster: str = "") -> ExtractedListing:
        return ExtractedListing(
            source="hotline", key=key, url=f"https://a.example/{key}", title="班", text=text, poster=poster
        )

    with desk.store.transaction() as tx:
        tx.sources.upsert(factories.source("hotline"))
    items = [
        posting("1", "六年级提分小班\n公司名称：小荷学堂\n电话13912345678", "豆豆老师"),
        posting("2", "初三物理提分，衡策商务信息咨询有限公司，上门"),
        posting("3", "一对一提分，价格面议，想来的留言就行", "豆豆老师"),
        posting("4", "作文提分训练，每周三晚上，地点学校对面"),
    ]
    ingest_batch(desk, [], [(item, None) for item in items], [], sync=lambda: None)
    assess_pending(desk, NamedAssessor())
    today = clock.local(clock.now()).date()
    rows = {row.name: row.came for row in select_figures(desk, today, today, user="u").by_operator}
    assert rows == {
        "小荷学堂（电话 139****5678）": 1,
        "衡策商务信息咨询有限公司": 1,
        "未标明名称（发布昵称 豆豆老师）": 1,
        "未标明名称": 1,
    }


class NamedAssessor(WordAssessor):
    """As a real one: a finding has all that a digest prints."""

    def assess(self, items: Sequence[Posting]) -> list[dict[str, Any]]:
        rest = {"name": "提分", "basis": [], "lead_department": "教育", "consequence": "lead"}
        answers = super().assess(items)
        return [{**one, "findings": [finding | rest for finding in one["findings"]]} for one in answers]
