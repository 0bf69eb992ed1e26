"""A newcomer's own small site, which no engine knows: from `source new` with its list's address to postings stored."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from crawlers.cli import commands
from crawlers.errors import RecipeError
from crawlers.guess_list import guess_list
from crawlers.jobs import plan_sources
from crawlers.source import load_recipe
from crawlers.states import PageView
from pipelines import assessor, clock
from pipelines.desk import Desk
from tests.crawlers import county_sites
from tests.crawlers.conftest import NothingFound
from tests.crawlers.handmade_sites import OFFERS, Handmade, cards, plain, tables
from tests.crawlers.small_site import serve
from tests.crawlers.test_source_tools import fill_in

NAME = "my-site"


@pytest.fixture(autouse=True)
def _desk_of_the_commands(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MINGCHA_HOME", str(desk.home))
    monkeypatch.setattr(assessor, "load_assessor", lambda _home: NothingFound("辅导"))


def run(*words: str) -> Result:
    command = next(command for command in commands() if command.name == words[0])
    return CliRunner().invoke(command, words[1:], standalone_mode=False)


def new(port: int, path: str, *words: str) -> Result:
    address = f"127.0.0.1:{port}"
    return run(
        *("source", "new", NAME, "--url", f"http://{address}{path}", "--contact", "wangluo@jyj.example"),
        *("--allow", address, *words),
    )


@pytest.mark.parametrize("make", [plain, tables, cards])
def test_a_site_no_engine_knows_is_read_whole_after_one_decision(desk: Desk, make: Callable[[], Handmade]) -> None:
    site = make()
    with serve(site.answers) as server:
        done = new(server.server_port, site.list)
        assert (done.exception, done.return_value) == (None, 0)
        assert "没有引擎认得" in done.stdout
        assert f"3 行通向信息页，如 {OFFERS[0][0]}" in done.stdout
        # robots.txt before any page, and each page once.
        assert server.asked[0][0] == "/robots.txt"
        pages = [path for path, _headers in server.asked if path != "/robots.txt"]
        assert (pages[0], len(pages), len(set(pages))) == (site.list, 4, 4)
        assert run("source", "test", NAME).return_value == 0
        fill_in(desk.home / "sources" / NAME)
        crawled = run("crawl", NAME, "--allow", f"127.0.0.1:{server.server_port}", "--json")
    answer = json.loads(crawled.stdout)
    assert (answer["outcome"], answer["new"], answer["leads"]) == ("finished", 3, 1)
    with desk.store.read() as tx:
        listings = [tx.listings.find(NAME, key) for key in ("1", "2", "3", "101", "102", "103")]
    found = [one for one in listings if one is not None]
    for listing, (title, body, fee, phone, day) in zip(found, OFFERS, strict=True):
        assert (listing.title, listing.text.split("\n")[0], listing.price_raw) == (title, body, fee)
        assert listing.posted_at is not None
        assert f"{listing.posted_at:%Y-%m-%d}" in (day, f"{day[:-2]}{int(day[-2:]) - 1:02}")
        assert phone not in listing.text
        # Nor does the site's own number, at the foot of every page.
        assert "139" not in f"{listing.text}{listing.fields}"
    assert load_recipe(NAME).lists[0].url.startswith(site.list)
    # From now on it is visited by plan, as every source of HOME.
    assert f"crawl:{NAME}" in [one.name for one in plan_sources(desk, clock.now())]
    with desk.store.read() as tx:
        assert tx.alerts.open_ones() == ()


@pytest.mark.parametrize("make", county_sites.ALL)
def test_a_site_of_a_kind_a_county_has_is_read_past_its_noise(desk: Desk, make: Callable[[], Handmade]) -> None:
    site = make()
    with serve(site.answers) as server:
        done = new(server.server_port, site.list)
        assert (done.exception, done.return_value) == (None, 0)
        assert f"5 行通向信息页，如 {county_sites.OFFERS[0][0]}" in done.stdout
        assert run("source", "test", NAME).return_value == 0
        fill_in(desk.home / "sources" / NAME)
        crawled = run("crawl", NAME, "--allow", f"127.0.0.1:{server.server_port}", "--json")
    answer = json.loads(crawled.stdout)
    assert (answer["outcome"], answer["new"], answer["leads"]) == ("finished", 5, 1)
    with desk.store.read() as tx:
        listings = {one.title: one for one in tx.listings.get_many(range(1, 6)).values()}
    for title, body, fee, _phone, day in county_sites.OFFERS:
        listing = listings[title]
        assert (listing.text.split("\n")[0], listing.price_raw) == (body, fee)
        assert listing.posted_at is not None
        assert f"{clock.local(listing.posted_at):%Y-%m-%d}" == day
        # Neither other postings nor the site's own words.
        assert not any(word in listing.text for word in ("大家都在看", "帮顶", "温馨提示", "客服热线"))


def test_a_list_in_a_script_without_addresses_is_refused_with_the_way_to_read_it(desk: Desk) -> None:
    """Only the script knows what it makes of an id."""
    site = county_sites.scripted()
    status, headers, body = site.answers[site.list]
    with serve(
        {**site.answers, site.list: (status, headers, body.replace(b'"url"', b'"pic"').replace(b".html", b".jpg"))}
    ) as server:
        done = new(server.server_port, site.list)
    assert isinstance(done.exception, RecipeError)
    assert "--engine rendered-feed" in done.exception.message
    assert not (desk.home / "sources" / NAME).exists()


def test_what_could_not_be_guessed_is_said_with_its_line(desk: Desk) -> None:
    site = plain()
    answers = {
        path: (status, headers, body.replace("价格：".encode(), b"").replace("电话：".encode(), b"X"))
        for path, (status, headers, body) in site.answers.items()
    }
    answers = {
        path: (status, headers, body.replace(b"<p>200", b"<p>").replace(b"<p>1800", b"<p>").replace(b"<p>900", b"<p>"))
        for path, (status, headers, body) in answers.items()
    }
    with serve(answers) as server:
        done = new(server.server_port, site.list)
    told = next(line for line in done.stdout.splitlines() if "没有猜出 fee（费用）" in line)
    number = int(told.split("第 ")[1].split(" 行")[0])
    text = (desk.home / "sources" / NAME / "source.yml").read_text("utf-8").splitlines()
    assert text[number - 1].startswith("  # fee: {from:")


def test_robots_txt_holds_for_the_postings_too(desk: Desk) -> None:
    site = plain()
    robots = (200, {"Content-Type": "text/plain"}, b"User-agent: *\nDisallow: /detail\n")
    with serve({**site.answers, "/robots.txt": robots}) as server:
        done = new(server.server_port, site.list)
        assert {path for path, _headers in server.asked} == {"/robots.txt", site.list}
    assert "没有取到" in done.stderr
    assert isinstance(done.exception, RecipeError)
    assert "列表找到了（3 条），但信息页一个也没有取到" in done.exception.message
    assert not (desk.home / "sources" / NAME).exists()


def test_a_page_that_is_no_list_is_refused_with_what_to_give(desk: Desk) -> None:
    site = plain()
    with serve(site.answers) as server:
        done = new(server.server_port, "/detail1.html")
    assert isinstance(done.exception, RecipeError)
    assert "列表页" in done.exception.message
    assert not (desk.home / "sources" / NAME).exists()


def listed(inside: str, url: str = "https://x.example/a/") -> PageView:
    return PageView.of(url=url, status=200, body=b"", text=f"<html><body>{inside}</body></html>")


@pytest.mark.parametrize(
    ("hrefs", "key", "posting"),
    [
        (["/p/7.html", "/p/12.html"], r"^/p/(\d+)\.html(?:\?|$)", r"^/p/\d+\.html(?:\?|$)"),
        (["maths-home", "english-class"], r"^/a/([^/?]+)(?:\?|$)", r"^/a/[^/?]+(?:\?|$)"),
        (["/2026/11/02/a.html", "/2026/10/30/b.html"], r"^/([^?]+)\.html(?:\?|$)", r"^/[^?]+\.html(?:\?|$)"),
        (["?mod=view&tid=5", "?mod=view&tid=6"], "[?&]tid=([^&]+)", r"^/a/\?(?:.*&)?tid="),
        # Not the page of a thread; the section, which may count anew, and the day with the number.
        (
            ["thread-5-1-1.html", "thread-6-1-1.html"],
            r"^/a/thread-(\d+)-\d+-\d+\.html(?:\?|$)",
            r"^/a/thread-\d+-\d+-\d+\.html(?:\?|$)",
        ),
        (["/c3/15.html", "/c3/16.html"], r"^/c(\d+/\d+)\.html(?:\?|$)", r"^/c\d+/\d+\.html(?:\?|$)"),
        (["/2026/11/5.html", "/2026/10/5.html"], r"^/(\d+/\d+/\d+)\.html(?:\?|$)", r"^/\d+/\d+/\d+\.html(?:\?|$)"),
    ],
)
def test_the_own_number_of_a_posting_is_found_in_its_address(hrefs: list[str], key: str, posting: str) -> None:
    rows = "".join(f'<li><a href="{href}">一条信息的标题{href}</a></li>' for href in hrefs)
    found = guess_list(listed(f"<ul>{rows}</ul>"), "https://x.example/a/")
    assert found is not None
    assert (found.key, found.posting) == (key, posting)
    assert found.rows == "ul > li"


def test_menus_pagers_and_other_sites_are_no_list() -> None:
    menu = "".join(f'<a href="/c/{number}">栏目{number}</a>' for number in range(9))
    pager = "".join(f'<a href="/a/?page={number}">{number}</a>' for number in range(2, 30))
    away = "".join(f'<li><a href="https://other.example/{number}">别人家的标题{number}</a></li>' for number in range(9))
    rows = "".join(f'<div class="it"><a href="/i/{number}">看看第{number}条信息说什么</a></div>' for number in "12")
    page = listed(f'<nav>{menu}</nav><ul>{away}</ul><div id="l">{rows}</div>{pager}<a href="/a/?page=2">下一页</a>')
    found = guess_list(page, "https://x.example/a/")
    assert found is not None
    assert list(found.postings) == ["https://x.example/i/1", "https://x.example/i/2"]
    assert found.rows == "div.it"
    assert "下一页" in found.next
    assert guess_list(listed("<a href='#top'>上</a><a href='javascript:x()'>下</a>"), "https://x.example/a/") is None


#: What somebody may get wrong in a draft, and the words that name the key and the mend.
WRONG = (
    ("rows: {css: 'ul > li'}", "rows: {css: 'ol > li'}", ("rows（css: ol > li）", "一行也没选中", "ul.list > li")),
    (
        """link: {css: 'a[href^="detail"]', attr: href""",
        "link: {css: b, attr: href",
        ("link（css: b）", "没有取到网址"),
    ),
    (r"    - '^/detail\d+\.html(?:\?|$)'", "    - '^/x'", ("scope.allow", "detail1.html")),
    ("key: '^/detail", "key: '^/item", ("scope.canonical.key（^/item", "取不到编号")),
    ("title: {from: [{css: h1}]", "title: {from: [{css: h6}]", ("fields.title（css: h6）", "什么也没读到")),
    ("css: [h1, div.content]", "css: [h1, div.gone]", ("states 里 ok 的条件（h1、div.gone", "不成立")),
)


def test_a_recipe_that_reads_nothing_fails_its_test_with_the_mend(desk: Desk, tmp_path: Path) -> None:
    answers = plain().answers
    words = ["source", "new", NAME, "--contact", "a@b.example", "--base", "https://x.example"]
    for name in ("list.html", "detail1.html", "detail2.html"):
        (tmp_path / name).write_bytes(answers[f"/{name}"][2])
        words += ["--page", str(tmp_path / name)]
    assert run(*words).return_value == 0
    assert run("source", "test", NAME).return_value == 0
    file = desk.home / "sources" / NAME / "source.yml"
    draft = file.read_text("utf-8")
    for old, broken, told in WRONG:
        text = draft.replace(old, broken, 1)
        assert text != draft, old
        # As a draft would say it that read nothing: its fixtures expect nothing.
        text = re.sub(r", rows: 3|, fields: \{title.*?\}(?=\})", "", text)
        file.write_text(text, "utf-8")
        done = run("source", "test", NAME)
        assert (done.exception, done.return_value) == (None, 1), broken
        assert all(word in done.stdout for word in told), (broken, done.stdout)


def test_a_recipe_without_a_saved_posting_is_not_called_good(desk: Desk, tmp_path: Path) -> None:
    folder = desk.home / "sources" / NAME
    with serve(plain().answers) as server:
        new(server.server_port, "/list.html")
    text = (folder / "source.yml").read_text("utf-8")
    (folder / "source.yml").write_text(re.sub(r"  - \{file: \"fixtures/ok.*\n", "", text), "utf-8")
    done = run("source", "test", NAME)
    assert done.return_value == 1
    assert "没有一个样本是信息页" in done.stdout
    assert "mingcha source record my-site" in done.stdout
