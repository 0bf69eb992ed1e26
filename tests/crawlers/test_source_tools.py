"""`mingcha source new, test, check, record` as a newcomer types them, down to leads in the queue; no Python written."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from crawlers.cli import commands
from crawlers.errors import CrawlError, RecipeError, SourceUnavailable
from crawlers.fixtures import add_tests, scrub
from crawlers.source import load_recipe
from pipelines import assessor
from pipelines.desk import Desk
from tests.crawlers.conftest import NothingFound
from tests.crawlers.small_site import HTML, serve, thread_page
from tests.crawlers.unseen_board import FORUM, OFFERS, board

NAME = "qingshi-bbs"


@pytest.fixture(autouse=True)
def _desk_of_the_commands(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MINGCHA_HOME", str(desk.home))
    monkeypatch.setattr(assessor, "load_assessor", lambda _home: NothingFound("一对一"))


@pytest.fixture
def site() -> Iterator[Any]:
    with serve(board()) as server:
        yield server


def run(*words: str) -> Result:
    command = next(command for command in commands() if command.name == words[0])
    return CliRunner().invoke(command, words[1:], standalone_mode=False)


def new(site: Any, *words: str) -> Result:
    port = site.server_port
    return run(
        *("source", "new", NAME, "--url", f"http://127.0.0.1:{port}/forum-{FORUM}-1.html"),
        *("--contact", "wangluo@jyj.example", "--allow", f"127.0.0.1:{port}", *words),
    )


def fill_in(folder: Path, old: str = "legal_note: 待填", text: str = "legal_note: 公开版块，robots.txt 允许") -> None:
    """What a person does in an editor."""
    file = folder / "source.yml"
    assert old in file.read_text("utf-8")
    file.write_text(file.read_text("utf-8").replace(old, text), "utf-8")


def test_a_board_never_seen_before_from_new_to_leads(desk: Desk, site: Any) -> None:
    done = new(site)
    assert (done.exception, done.return_value) == (None, 0)
    assert "引擎 discuz-x" in done.stdout
    assert "6 行通向信息页，如 初二数学一对一，老师上门" in done.stdout
    assert "title: 初二数学一对一，老师上门" in done.stdout
    assert "fee: 2小时300元" in done.stdout
    folder = desk.home / "sources" / NAME
    recipe = load_recipe(NAME)
    assert (recipe.title, recipe.vars, recipe.lists[0].url) == (
        "青石桥畔",
        {"fid": (str(FORUM),)},
        "/forum-{fid}-{page}.html",
    )

    tested = run("source", "test", NAME)
    assert (tested.exception, tested.return_value) == (None, 0)
    assert tested.stdout.count("符合") == 4
    where = ("--allow", f"127.0.0.1:{site.server_port}", "--json")
    refused = run("crawl", NAME, *where)
    assert isinstance(refused.exception, SourceUnavailable)
    assert "legal_note" in refused.exception.message

    fill_in(folder)
    done = run("crawl", NAME, *where)
    assert (done.exception, done.return_value) == (None, 0)
    answer = json.loads(done.stdout)
    assert (answer["states"], answer["new"], answer["leads"]) == ({"list": 2, "ok": 8}, len(OFFERS), 2)
    with desk.store.read() as tx:
        listing = tx.listings.find(NAME, "701")
        leads = sum(tx.leads.counts().values())
    assert leads == 2
    assert listing is not None
    assert listing.text == "在职老师周末上门辅导初二数学，两小时300元，包提分。"
    assert (listing.price_raw, listing.fields["联系电话"]) == ("2小时300元", "138****0017")


def test_the_region_is_written_and_a_page_without_a_place_is_remarked_upon(desk: Desk, site: Any) -> None:
    done = new(site, "--region", "330102")
    assert (done.exception, done.return_value) == (None, 0)
    assert load_recipe(NAME).region == "330102"
    assert "district: {from: [{const: 上城区}]}" in done.stdout
    again = run("source", "new", "x", "--url", "http://127.0.0.1:1/", "--contact", "a@b.example", "--region", "990000")
    assert "没有以 99 开头的省级区划" in str(again.exception)


def test_without_a_region_the_stations_own_is_written(desk: Desk, site: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MINGCHA_REGION", "330106")
    assert new(site).return_value == 0
    assert load_recipe(NAME).region == "330106"


def test_what_is_saved_of_a_page_names_nobody(desk: Desk, site: Any) -> None:
    new(site)
    saved = [path.read_bytes().decode("gbk") for path in (desk.home / "sources" / NAME / "fixtures").iterdir()]
    assert len(saved) == 4
    assert any("13800000000" in text for text in saved)
    assert not any("13800000017" in text or "13800000025" in text for text in saved)
    assert not any("桥上人701</a></div>" in text for text in saved)


def test_a_drafted_source_is_not_drafted_over_and_saved_pages_need_no_site(
    desk: Desk, site: Any, tmp_path: Path
) -> None:
    new(site)
    again = new(site)
    assert isinstance(again.exception, RecipeError)
    assert "不覆盖" in again.exception.message
    page = tmp_path / "帖子.html"
    page.write_bytes(board()["/thread-702-1-1.html"][2])
    site.asked.clear()
    words = ("source", "new", "saved-bbs", "--page", str(page), "--contact", "wangluo@jyj.example")
    nowhere = run(*words)
    assert isinstance(nowhere.exception, RecipeError)
    assert "--base" in nowhere.exception.message
    done = run(*words, "--base", "https://bbs.example.com", "--json")
    assert (done.exception, done.return_value) == (None, 0)
    answer = json.loads(done.stdout)
    assert (answer["engine"], answer["pages"][0]["state"]) == ("discuz-x", "ok")
    assert answer["pages"][0]["fields"]["phone"] == "13800000025"
    assert site.asked == []
    assert "待填：fid" in (desk.home / "sources" / "saved-bbs" / "source.yml").read_text("utf-8")


def test_pages_no_engine_knows_are_told_of(tmp_path: Path) -> None:
    page = tmp_path / "x.html"
    page.write_text("<p>x</p>", encoding="utf-8")
    done = run(
        "source", "new", "odd-site", "--page", str(page), "--contact", "a@b.example", "--base", "https://x.example"
    )
    assert isinstance(done.exception, RecipeError)
    assert "--engine" in done.exception.message
    assert run("source", "new", "odd-site", "--contact", "a@b.example").exception is not None


def test_a_fixture_that_no_longer_fits_is_told_with_what_differs(desk: Desk, site: Any) -> None:
    new(site)
    folder = desk.home / "sources" / NAME
    fill_in(folder, "scope:", "fields: {title: {from: [{css: '.gone'}], do: [text], need: required}}\nscope:")
    done = run("source", "test", NAME, "--json")
    assert done.return_value == 1
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [row["ok"] for row in rows if "file" in row] == [True, False, False, False]
    assert "缺少必需字段 title" in rows[1]["faults"][0]
    (folder / "fixtures" / "list-1.html").unlink()
    assert "读不到文件" in run("source", "test", NAME).stdout


def test_a_page_is_recorded_scrubbed_and_tested_from_then_on(desk: Desk, site: Any, tmp_path: Path) -> None:
    new(site)
    page = tmp_path / "留底.html"
    page.write_bytes(board()["/thread-705-1-1.html"][2])
    done = run("source", "record", NAME, str(page), "--as", "zhujia", "--url", "/thread-705-1-1.html")
    assert (done.exception, done.return_value) == (None, 0)
    url = f"http://127.0.0.1:{site.server_port}/thread-999999999-1-1.html"
    live = run("source", "record", NAME, url, "--as", "gone", "--allow", f"127.0.0.1:{site.server_port}")
    assert live.exception is None
    tests = {one.file: one for one in load_recipe(NAME).tests}
    assert tests["fixtures/zhujia.html"].fields["title"] == "高一物理化学住家辅导"
    assert tests["fixtures/gone.html"].state == "gone"
    assert run("source", "test", NAME).return_value == 0
    taken = run("source", "record", NAME, url, "--as", "zhujia", "--allow", f"127.0.0.1:{site.server_port}")
    assert isinstance(taken.exception, RecipeError)


def test_a_page_that_cannot_be_read_is_not_recorded_until_somebody_says_what_it_is(
    desk: Desk, site: Any, tmp_path: Path
) -> None:
    new(site)
    folder = desk.home / "sources" / NAME
    before = (folder / "source.yml").read_text("utf-8")
    for name, body, told in (
        ("odd", "<p>关于我们：本站是一个本地社区，欢迎大家。</p>", "配方读不出这个网页"),
        ("shell", '<div id="app"></div><script src="/a.js"></script>', "由脚本画出"),
    ):
        page = tmp_path / f"{name}.html"
        page.write_text(f"<html><head><title>{name}</title></head><body>{body}</body></html>", "utf-8")
        done = run("source", "record", NAME, str(page), "--url", "/about.html")
        assert isinstance(done.exception, RecipeError)
        assert "没有存" in done.exception.message
        assert told in done.exception.message
        assert not (folder / "fixtures" / f"{name}.html").exists()
    assert (folder / "source.yml").read_text("utf-8") == before
    done = run("source", "record", NAME, str(tmp_path / "odd.html"), "--url", "/about.html", "--expect", "list")
    assert (done.exception, done.return_value) == (None, 0)
    assert "它应当是 list，现在读成 unknown" in done.stdout
    tested = run("source", "test", NAME)
    assert tested.return_value == 1
    assert "状态应为 list，读出 unknown" in tested.stdout


CANARY = """\
canary:
  urls: [{url: /thread-600-1-1.html, fields: {title: 版规}}]
  bogus: /thread-999999999-1-1.html
"""


def verified() -> str:
    rows = json.loads(run("source", "list", "--json").stdout)
    return next(str(row["verified"]) for row in rows if row["name"] == NAME)


def test_only_a_live_check_makes_a_recipe_verified_and_only_that_recipe(desk: Desk, site: Any) -> None:
    new(site)
    folder, where = desk.home / "sources" / NAME, ("--allow", f"127.0.0.1:{site.server_port}")
    none = run("source", "check", NAME, *where)
    assert isinstance(none.exception, RecipeError)
    assert "canary" in none.exception.message
    fill_in(folder, "tests:", f"{CANARY}tests:")
    fill_in(folder)
    assert verified() == "never"
    done = run("source", "check", NAME, *where, "--json")
    assert (done.exception, done.return_value) == (None, 0)
    day = json.loads(done.stdout)["verified"]
    assert verified() == day
    run("crawl", NAME, *where)
    assert verified() == day
    fill_in(folder, "version: 1", "version: 2")
    run("crawl", NAME, *where)
    assert verified() == "never"
    site.answers["/thread-600-1-1.html"] = site.answers["/thread-601-1-1.html"] = (200, HTML, thread_page())
    moved = run("source", "check", NAME, *where)
    assert moved.return_value == 1
    assert "title 应为 '版规'，读出 '题'" in moved.stdout
    assert verified() == "never"


def test_demo_sources_are_never_checked() -> None:
    done = run("source", "check", "sandbox-board")
    assert isinstance(done.exception, CrawlError)
    assert "演示" in done.exception.message


def test_the_schema_is_printed_whole() -> None:
    assert json.loads(run("source", "schema").stdout)["title"].startswith("Mingcha recipe")


@pytest.mark.parametrize(
    ("page", "kept"),
    [
        ("<td>电话 138 1234 5678 王</td>", "<td>电话 138 0000 0000 王</td>"),
        ('<a href="tel:13812345678">拨打</a>', '<a href="tel:13800000000">拨打</a>'),
        ("<p>加微信：abc_def99 咨询</p>", "<p>加微信：xxx_xxx00 咨询</p>"),
        ('<meta content="邮箱 li.si@example.com">', '<meta content="邮箱 xx.xx@xxxxxxx.xxx">'),
        (
            "<td id='postmessage_13'>身份证 330106199001011234</td>",
            "<td id='postmessage_13'>身份证 330000000000000000</td>",
        ),
        ("<a href='thread-7.html'>两小时300元</a>", "<a href='thread-7.html'>两小时300元</a>"),
    ],
)
def test_contacts_become_nobodys(page: str, kept: str) -> None:
    assert scrub(page) == kept


@given(st.text(max_size=200))
def test_scrubbing_never_changes_the_length_of_a_page(page: str) -> None:
    assert len(scrub(page, ("某人甲",))) == len(page)


@pytest.mark.parametrize("tests", ["", "tests: []\n", "tests:\n  - {file: a.html, state: ok}\n"])
def test_entries_are_added_and_everything_else_stays(tmp_path: Path, tests: str) -> None:
    head = "# 说明\nrecipe: {id: a, version: 1, engine: x}\n"
    (tmp_path / "source.yml").write_text(f"{head}{tests}# 末尾\n", encoding="utf-8")
    add_tests(tmp_path, ["{file: b.html, state: gone}"])
    text = (tmp_path / "source.yml").read_text("utf-8")
    assert text.startswith(head)
    assert "# 末尾" in text
    assert {"file": "b.html", "state": "gone"} in yaml.safe_load(text)["tests"]
    assert ({"file": "a.html", "state": "ok"} in yaml.safe_load(text)["tests"]) == ("a.html" in tests)
