"""Where values come from and what steps make of them; identity of addresses; what becomes of people's names."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.embedded import read_json, search
from crawlers.errors import SourceUnavailable
from crawlers.extract import extract, to_listing
from crawlers.recipe import Recipe
from crawlers.registration import register
from crawlers.revisit import due
from crawlers.run import crawl_source
from crawlers.source import load_engine, read_recipe
from crawlers.states import PageView, classify
from crawlers.steps import PageContext
from crawlers.urls import Site
from crawlers.yaml_tree import parse_tree
from pipelines.desk import Desk
from pipelines.records import Page, PageState
from tests.crawlers.conftest import NothingFound
from tests.crawlers.small_site import HTML, OPEN, board_on, row, serve
from tests.crawlers.test_source import GOOD, fault

NOW = datetime(2026, 11, 21, 15, tzinfo=UTC)


def recipe(addition: str, old: str = "", new: str = "") -> Recipe:
    return read_recipe(parse_tree((GOOD.replace(old, new) + addition).encode(), "example/source.yml"), "example")


def field(pick: str, page: str, name: str = "fee", url: str = "https://bbs.example.com/a/7.html?k=v") -> str:
    """What a field reads by that pick."""
    found = extract(page, recipe(f"fields: {{{name}: {pick}}}\n"), PageContext(url=url, fetched_at=NOW))
    return found.values.get(name, "") if name != "images" else " ".join(found.images)


GRAPH = '{"@graph": [{"@type": "Site"}, {"@type": "Article", "headline": "题", "n": 3}]}'
LD = f'<script type="application/ld+json">{GRAPH}</script>'


@pytest.mark.parametrize(
    ("pick", "page", "found"),
    [
        ("{from: [{jsonld: headline}]}", LD, "题"),
        ("{from: [{jsonld: n}]}", LD, "3"),
        ("{from: [{jsonld: nothing}, {const: 没有}]}", LD, "没有"),
        ("{from: [{jsonld: headline}]}", '<script type="application/ld+json">{broken</script>', ""),
        ("{from: [{jmes: 'post.price'}]}", '{"post": {"price": 200}}', "200"),
        (
            "{from: [{jmes: 'posts[].price'}], do: [{join: '、'}]}",
            '{"posts": [{"price": 200}, {"price": 1.5}]}',
            "200、1.5",
        ),
        ("{from: [{jmes: 'post.price'}]}", "<p>no JSON</p>", ""),
        (
            "{from: [{jmes: html, do: [html, {drop: [s]}, text]}]}",
            '{"html": "<p>现价 <s>旧价</s> 80元</p>"}',
            "现价 80元",
        ),
        ("{from: [{url: '/a/(\\d+)'}]}", "<p>x</p>", "7"),
        (
            "{from: [{css: div}], do: [{keep: [b, i]}, text, {join: ' '}]}",
            "<div>甲<b>乙<i>丙</i></b>丁<i>戊</i></div>",
            "乙丙 戊",
        ),
        ("{from: [{css: div}], do: [text, {map: {面议: 价格面谈}}]}", "<div>面议</div>", "价格面谈"),
        ("{from: [{css: div}], do: [text, {map: {面议: 价格面谈}}]}", "<div>80元</div>", "80元"),
        ("{from: [{css: div}], do: [text, money]}", "<div>一年￥1.2万</div>", "12000"),
        ("{from: [{css: div}], do: [text, money]}", "<div>没有价</div>", ""),
    ],
)
def test_a_value_is_picked_and_put_through_its_steps(pick: str, page: str, found: str) -> None:
    assert field(pick, page) == found


def test_pictures_of_lazy_pages_are_found_and_placeholders_are_not() -> None:
    page = """<div><img src="none.gif" file="/big.jpg"><img data-original="b.png" src="blank.gif"><img src="c.webp">
<img src="data:image/gif;base64,R0"></div><img src="outside.png">"""
    base = "https://bbs.example.com/a/"
    assert field("{from: [{css: div}], do: [images]}", page, "images") == (
        f"https://bbs.example.com/big.jpg {base}b.png {base}c.webp"
    )


def test_running_text_of_an_unknown_page_is_read_behind_its_state_alone() -> None:
    words = "本校周末开设数学思维课程，由在职老师授课，每次两小时，收费三百元，欢迎家长来电咨询。" * 4
    page = (
        f"<html><body><nav><a>首页</a></nav><main><h1>招生</h1><p>{words}</p></main><footer>版权</footer></body></html>"
    )
    found = field("{from: [{main: true}]}", page, "body")
    assert words in found
    assert "首页" not in found
    view = PageView.of(url="", status=200, body=page.encode(), text=page)
    assert classify(view, recipe("").states).state is PageState.UNKNOWN


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda one: st.lists(one) | st.dictionaries(st.text(max_size=3), one),
        max_leaves=8,
    )
)
def test_a_json_path_that_does_not_fit_finds_nothing_and_breaks_nothing(value: Any) -> None:
    for path in ("a", "[*]", "a.b[0]", "sort(@)", "length(@)", "items[?x=='1'].y"):
        assert isinstance(search(path, value), list)


@pytest.mark.parametrize("text", ["", "<p>", "{", "[" * 100_000, "nul", '{"a": 1e9999}'])
def test_what_is_no_json_is_none(text: str) -> None:
    assert read_json(text) in (None, {"a": float("inf")})


def test_a_json_page_gets_its_state_from_what_is_in_it() -> None:
    rules = recipe(
        "states:\n  - {state: gone, when: {jmes: error, text: deleted}}\n  - {state: ok, when: {jmes: post.id}}\n"
    ).states

    def state(text: str) -> PageState:
        return classify(PageView.of(url="", status=200, body=text.encode(), text=text), rules).state

    assert state('{"post": {"id": 0}}') is PageState.OK
    assert state('{"error": "deleted by user"}') is PageState.GONE
    assert state('{"error": "other", "words": "enough to be no empty page"}') is PageState.UNKNOWN


def test_links_to_old_hosts_are_the_same_pages() -> None:
    site = Site.of(
        recipe("", "base: 'https://bbs.example.com'", "base: 'https://bbs.example.com', old_hosts: [www.old.example]")
    )
    assert site is not None
    old = "http://www.old.example/thread-7-1-1.html"
    assert site.canonical(old) == "https://bbs.example.com/thread-7-1-1.html"
    assert site.in_scope(site.canonical(old))
    assert not site.on_site(old)
    assert site.key(old) == "7"


@pytest.mark.parametrize(
    ("scope", "words"),
    [
        ("{base: 'https://bbs.example.com', old_hosts: [bbs.example.com]}", "已经不用"),
        ("{hosts: [a.example], old_hosts: [b.example]}", "old_hosts"),
        ("{base: 'https://bbs.example.com', old_hosts: ['http://x']}", "主机名"),
    ],
)
def test_old_hosts_that_make_no_sense_are_refused(scope: str, words: str) -> None:
    assert words in fault(GOOD.replace("{base: 'https://bbs.example.com'}", scope)).message


def test_a_state_may_have_a_time_of_its_own_to_be_looked_at_again() -> None:
    steps = recipe("").revisit
    page = Page(
        source="x",
        key="1",
        url="",
        state=PageState.UNDER_REVIEW,
        etag=None,
        last_modified=None,
        signature="",
        last_capture_id=None,
        first_seen_at=NOW - timedelta(days=60),
        last_fetched_at=NOW - timedelta(days=8),
    )
    verify = recipe("").verify
    assert verify == {PageState.UNDER_REVIEW: timedelta(days=7)}
    assert due(page, NOW, steps, verify)
    assert not due(page, NOW - timedelta(days=2), steps, verify)
    assert not due(dataclasses.replace(page, state=PageState.OK), NOW, steps, verify)


REVIEWED = "<div id=messagetext>您要查看的主题正在被审核</div>"


def test_a_posting_under_review_is_asked_for_again_when_its_time_has_come(desk: Desk, tmp_path: Path) -> None:
    answers = {
        "/robots.txt": OPEN,
        "/forum-1-1.html": (200, HTML, f"<table>{row(1, '/thread-1-1-1.html')}</table>".encode()),
        "/thread-1-1-1.html": (200, HTML, REVIEWED.encode()),
    }
    states = "states: [{{state: under_review, when: {{css: '#messagetext', text: 审核}}, verify: {}}}]\n"
    with serve(answers) as server:
        where = [f"127.0.0.1:{server.server_port}"]
        folder = board_on(tmp_path, "http", server.server_port, extra=states.format("0h"))
        for verify, times in (("0h", 2), ("9d", 1)):
            text = (folder / "source.yml").read_text("utf-8")
            (folder / "source.yml").write_text(text.replace(states.format("0h"), states.format(verify)), "utf-8")
            server.asked.clear()
            crawl_source(desk, NothingFound(), folder, allow=where)
            crawl_source(desk, NothingFound(), folder, allow=where)
            assert [path for path, _headers in server.asked].count("/thread-1-1-1.html") == times


IMPORTED = GOOD.replace("lane: A", "lane: C").replace("discover:\n  vars: {fid: ['36', '41']}\n", "")


def test_lanes_c_and_d_hold_only_how_a_brought_page_is_read(desk: Desk, tmp_path: Path) -> None:
    assert "fetch: {mode: import}" in fault(IMPORTED).message
    for key in (
        "discover: {vars: {fid: 1}}",
        "polite: {delay_s: 9}",
        "schedule: {detail: [1d]}",
        "canary: {bogus: /x}",
    ):
        told = fault(f"{IMPORTED}fetch: {{mode: import}}\n{key}\n").message
        assert ("不采集" in told) or ("discover" in told)
    folder = tmp_path / "tieba-pages"
    folder.mkdir()
    # The engine's lists are no lists of a source whose pages are brought.
    text = f"{IMPORTED}fetch: {{mode: import}}\n"
    (folder / "source.yml").write_text(text, encoding="utf-8")
    with pytest.raises(SourceUnavailable, match="mingcha intake"):
        crawl_source(desk, NothingFound(), folder)


def test_an_account_becomes_a_pseudonym_that_stays_the_same(desk: Desk, tmp_path: Path) -> None:
    post = (
        '<span id="thread_subject">题{n}</span><div class="authi"><a>桥上人甲</a></div>'
        '<div class="typeoption"><table class="cgtl"><tr><th>联系人</th><td>桥上人甲</td></tr></table></div>'
        '<table><td id="postmessage_1">正文{n}，说的是周末班</td></table>'
    )
    answers = {
        "/robots.txt": OPEN,
        "/forum-1-1.html": (
            200,
            HTML,
            ("<table>" + row(1, "/thread-1-1-1.html") + row(2, "/thread-2-1-1.html") + "</table>").encode(),
        ),
        "/thread-1-1-1.html": (200, HTML, post.format(n=1).encode()),
        "/thread-2-1-1.html": (200, HTML, post.format(n=2).encode()),
    }
    extra = "privacy: {author: hash}\nfields: {author: {from: [{css: '.authi a'}, {label: [联系人]}], do: [text]}}\n"
    with serve(answers) as server:
        folder = board_on(tmp_path, "http", server.server_port, extra=extra)
        crawl_source(desk, NothingFound(), folder, allow=[f"127.0.0.1:{server.server_port}"])
    with desk.store.read() as tx:
        listings = [tx.listings.find("test-board", key) for key in ("1", "2")]
        accounts = {contact.masked for one in listings if one for contact in tx.contacts.of_listing(one.id)}
    assert all(one is not None and "联系人" not in one.fields for one in listings)
    assert len(accounts) == 1
    assert next(iter(accounts)).startswith("代号")


@pytest.mark.parametrize(
    ("addition", "words"),
    [
        ("privacy: {title: hash}\n", "不能 hash"),
        ("fetch: {mode: import}\n", "只用于 C、D 类"),
        ("privacy: {retain_days: 0}\n", "1 到 3650"),
        ("fields: {fee: {from: [{main: false}]}}\n", "main 只能是 true"),
        ("fields: {fee: {from: [{jmes: 'a['}]}}\n", "JMESPath"),
        ("fields: {fee: {from: [{url: abc}]}}\n", "括号"),
        ("tests: [{file: ../../etc/passwd, state: ok}]\n", "相对路径"),
        ("tests: [{file: a.html, state: fine}]\n", "没有页面状态"),
        ("states: [{state: gone, when: {css: a}, verify: soon}]\n", "6h"),
        ("discover: {feeds: ['{nope}']}\n", "重复"),
    ],
)
def test_what_is_wrong_is_refused(addition: str, words: str) -> None:
    assert words in fault(GOOD + addition).message


@pytest.mark.parametrize(
    ("discover", "words"),
    [
        ("{lists: []}", "缺少 lists"),
        ("{feeds: ['/rss/{kind}'], lists: []}", "{kind}"),
        ("{lists: [{url: /a, format: feed, rows: {css: a}}]}", "由格式决定"),
        ("{lists: [{url: /a, format: json, rows: {css: a}, link: {css: a}}]}", "jmes"),
        ("{lists: [{url: /a, rows: {jmes: a}, link: {css: a}}]}", "jmes"),
        ("{lists: [{url: /a, rows: {css: a}}]}", "缺少 link"),
        ("{use: some, vars: {fid: 1}}", "all、first"),
        ("{vars: {fid: 1}, urls: []}", ""),
    ],
)
def test_lists_that_make_no_sense_are_refused(discover: str, words: str) -> None:
    text = GOOD[: GOOD.index("discover:")] + f"discover: {discover}\n"
    if words:
        assert words in fault(text).message
    else:
        assert read_recipe(parse_tree(text.encode(), "x/source.yml"), "x").lists[0].url.startswith("/forum.php")


def test_feeds_and_sitemaps_come_before_lists_and_retention_is_read(desk: Desk) -> None:
    text = GOOD.replace(
        "vars: {fid: ['36', '41']}", "vars: {fid: 36}\n  feeds: ['/rss.php?fid={fid}']\n  sitemaps: [/map.xml]"
    )
    found = read_recipe(parse_tree(f"{text}privacy: {{retain_days: 90}}\n".encode(), "x/source.yml"), "x")
    assert [rule.format for rule in found.lists] == ["feed", "sitemap", "html"]
    assert found.retain_days == 90
    # Retention knows no recipes: the source's row tells it.
    with desk.store.transaction() as tx:
        register(tx, found)
        source = tx.sources.get("x")
    assert source is not None
    assert source.retain_days == 90


def test_author_and_date_of_the_engines_are_those_of_the_first_post() -> None:
    page = """<div id="readfloor_tpc"><div class="r_name"><a>楼主</a></div>
<span title="2026-11-12 10:30:15">发表于: 刚刚</span>
<h1 id="subject_tpc">题</h1><div id="read_tpc">正文</div></div>
<div id="readfloor_2"><div class="r_name"><a>别人</a></div></div>"""
    engine = load_engine("phpwind")
    context = PageContext(url="https://x.example/read.php?tid=7", fetched_at=NOW)
    listing = to_listing(extract(page, engine, context), engine, key="7", url="")
    assert (listing.poster, listing.text) == ("楼主", "正文")
    assert listing.posted_at == datetime(2026, 11, 12, 2, 30, 15, tzinfo=UTC)
