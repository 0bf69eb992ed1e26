"""Postings of a line on sites nobody knows: the draft reads the words, not the line of date, author and place."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from crawlers.pages_reader import read_page
from crawlers.running_text import is_details, running_length
from pipelines.desk import Desk
from tests.crawlers.short_sites import SHORT, ShortSite, bars, meta_line, pairs_first, related
from tests.crawlers.small_site import serve
from tests.crawlers.test_handmade_sites import NAME, new, run


@pytest.fixture(autouse=True)
def _home_of_the_commands(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MINGCHA_HOME", str(desk.home))


@pytest.mark.parametrize("make", [meta_line, bars, pairs_first, related])
def test_a_short_body_is_preferred_to_a_longer_line_of_details(desk: Desk, make: Callable[[], ShortSite]) -> None:
    site = make()
    with serve(site.answers) as server:
        done = new(server.server_port, "/")
    assert (done.exception, done.return_value) == (None, 0)
    for title, body, name, _town in SHORT:
        assert f"body: {body}\n" in done.stdout
        assert f"title: {title}\n" in done.stdout
        assert not site.names_author or f"author: {name}\n" in done.stdout
        assert f'body: "{body}"' in (desk.home / "sources" / NAME / "source.yml").read_text("utf-8")
    assert "读出的正文多半不到 30 字" in done.stdout


def test_a_value_ends_at_the_next_label_and_what_is_not_guessed_is_named(desk: Desk) -> None:
    with serve(meta_line().answers) as server:
        done = new(server.server_port, "/")
    for _title, _body, name, town in SHORT:
        assert f"author: {name}\n" in done.stdout
        assert f"district: {town}\n" in done.stdout
    assert "fee: 200元/小时\n" in done.stdout
    assert "没有猜出 phone（联系电话）" in done.stdout
    with serve(bars().answers) as server:
        file = desk.home / "sources" / NAME / "source.yml"
        file.unlink()
        done = new(server.server_port, "/", "--out", str(desk.home / "other"))
    for field in ("fee（费用）", "phone（联系电话）", "district（地区）", "author（发布人）"):
        assert f"没有猜出 {field}" in done.stdout


def test_the_drafted_fixtures_fail_when_another_block_is_read_and_the_open_note_is_told(desk: Desk) -> None:
    with serve(meta_line().answers) as server:
        new(server.server_port, "/")
    done = run("source", "test", NAME)
    assert done.return_value == 0
    assert "注意：source.yml 的 legal_note 还是“待填”" in done.stdout
    file = desk.home / "sources" / NAME / "source.yml"
    draft = file.read_text("utf-8")
    wrong = draft.replace("body: {from: [{css: div.con}", "body: {from: [{css: div.meta}").replace("待填", "已核对")
    assert wrong.count("div.meta") == 1
    file.write_text(wrong, "utf-8")
    done = run("source", "test", NAME)
    assert done.return_value == 1
    assert done.stdout.count("字段 body 应为") == 3
    assert "注意" not in done.stdout


LONG = "从前有个人在河边住了很多年，他每天都去看水，水里什么也没有，他还是去看。"


@pytest.mark.parametrize(
    ("inside", "told"),
    [
        ("<h1>{0}</h1><div class='m'>发布：2026-11-0{1} 发布人：某{0} 地区：城关镇</div>", "只是日期、发布人、地区"),
        # Words in three blocks, of which one is taken.
        (
            "<h1>{0}</h1><div class='a'>{2}{0}</div><div class='b'>{0}，{2}</div><div class='c'>{0}。{2}</div>",
            "正文以外的文字",
        ),
    ],
)
def test_a_body_that_may_be_the_wrong_block_is_doubted_with_its_line(desk: Desk, inside: str, told: str) -> None:
    answers = dict(meta_line().answers)
    for number, (title, *_rest) in enumerate(SHORT, 1):
        status, headers, _body = answers[f"/info/{number}.html"]
        page = inside.format(title, number, LONG)
        answers[f"/info/{number}.html"] = (status, headers, f"<html><body>{page}</body></html>".encode())
    with serve(answers) as server:
        done = new(server.server_port, "/")
    doubt = next(line for line in done.stdout.splitlines() if told in line)
    number = int(doubt.split("改第 ")[1].split(" 行")[0])
    text = (desk.home / "sources" / NAME / "source.yml").read_text("utf-8").splitlines()
    assert text[number - 1].startswith("  body:")


@pytest.mark.parametrize(
    ("text", "details"),
    [
        ("发布：2026-11-02 发布人：李老师 地区：城关镇", True),
        ("2026/11/02 09:30 | 李老师 | 浙江省青溪县城关镇", True),
        ("地区： 城关镇", True),
        ("收费：一对一，每小时两百，周末可上门。", False),
        ("周末上门教初二数学", False),
        ("老师：李\n暑假开小班，六人一班，先到先得。", False),
    ],
)
def test_details_are_told_from_running_text(text: str, details: bool) -> None:
    assert is_details(text) is details
    assert (running_length(text) == 0) is details


def test_one_long_remark_beside_one_body_does_not_lead_the_draft_astray(desk: Desk) -> None:
    answers = dict(meta_line().answers)
    status, headers, body = answers["/info/2.html"]
    remark = "<div class='note'>先试听，满意了再交钱，中途不想上可以退。</div></body>"
    answers["/info/2.html"] = (status, headers, body.replace(b"</body>", remark.encode()))
    with serve(answers) as server:
        new(server.server_port, "/")
    assert "body: {from: [{css: div.con}" in (desk.home / "sources" / NAME / "source.yml").read_text("utf-8")


def test_a_table_above_the_posting_is_told_once_and_its_township_is_the_district() -> None:
    cells = (("区域", "城关镇"), ("费用", "面议"), ("电话", ""), ("发布人", "圆规老郑"))
    rows = "".join(f"<tr><td>{label}</td><td>{value}</td></tr>" for label, value in cells)
    said = "初二数学小班，周六周日上午上课，名额有限，跟着学校进度走。"
    page = f"<title>初二数学小班</title><body><h1>初二数学小班</h1><table>{rows}</table><p>{said}</p></body>"
    (listing,) = read_page(f"<html><meta charset=utf-8>{page}".encode(), "a.html").listings
    assert listing.text == said
    assert listing.fields == {"区域": "城关镇", "费用": "面议", "发布人": "圆规老郑"}
    assert listing.district == "城关镇"
