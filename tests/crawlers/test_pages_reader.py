"""Saved pages without a recipe: our own shapes always, real ones when they are there."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawlers import source
from crawlers.pages_reader import PageReading, read_page
from crawlers.reader.whole import read_whole
from crawlers.recipe import Recipe
from crawlers.sandbox.http_site import Request
from crawlers.sandbox.sites import Sandbox
from crawlers.source import load_engine
from crawlers.yaml_tree import Tree
from pipelines.records import PageState
from tests.crawlers import engine_sites

#: Kind of a reading → the engine recipe that read it.
ENGINES = {
    "Discuz! 论坛": "discuz-x",
    "phpwind 论坛": "phpwind",
    "微信公众号文章": "weixin-article",
    "分类信息": "classifieds",
}
#: What each kind of the manifest has to be taken for.
EXPECTED = {
    "list": {PageState.LIST},
    "search": {PageState.LIST},
    "list-template": {PageState.LIST, PageState.UNKNOWN},
    "detail": {PageState.OK},
    "detail-mobile": {PageState.OK},
    "landing": {PageState.OK},
    "captcha-wall": {PageState.CAPTCHA},
    "soft-404": {PageState.GONE},
    "login-wall": {PageState.LOGIN_WALL},
}


def real_pages() -> list[tuple[str, str]]:
    folder = os.environ.get("MINGCHA_TEST_DATA")
    manifest = Path(folder) / "pages" / "manifest.jsonl" if folder else None
    if manifest is None or not manifest.exists():
        return []
    rows = [json.loads(line) for line in manifest.read_text("utf-8").splitlines() if line.strip()]
    return [(str(manifest.parent / row["file"]), row["kind"]) for row in rows]


def test_real_pages_are_taken_for_what_they_are() -> None:
    pages = real_pages()  # where there are none, tests/conftest.py says so
    wrong, missing = [], []
    for path, kind in pages:
        reading = read_page(Path(path).read_bytes(), Path(path).name)
        assert reading.reason
        if reading.state not in EXPECTED[kind]:
            wrong.append((Path(path).name, kind, reading.state, reading.reason))
        assert bool(reading.listings) == (reading.state is PageState.OK)
        assert all(listing.title for listing in reading.listings)
        missing += fields_without_a_word(reading, Path(path).name)
    assert wrong == []
    assert missing == []


def fields_without_a_word(reading: PageReading, name: str) -> list[tuple[str, str]]:
    """Fields of the page's engine that were neither read nor said to be missing, and why."""
    silent = []
    for listing in reading.listings:
        values = {
            "title": listing.title,
            "body": listing.text,
            "posted_at": listing.posted_at,
            "district": listing.district,
            "fee": listing.price_raw,
            "author": listing.poster,
            "images": listing.images,
            "attrs": listing.fields,
        }
        engine = ENGINES.get(reading.kind)
        wanted = load_engine(engine).fields if engine else ("title", "body")
        silent += [(name, one) for one in wanted if one in values and not values[one] and not reading.unread.get(one)]
    return silent


def test_a_field_that_was_not_read_has_its_reason() -> None:
    page = (
        '<div class="viewad-header"><h1>数学小班</h1></div><div class="viewad-meta"></div>'
        '<div class="viewad-text">三年级数学小班。</div><time class="datetime">昨天</time>'
    )
    reading = read_page(page.encode(), "x.html")
    assert reading.state is PageState.OK
    assert "不知道网页何时保存" in reading.unread["posted_at"]
    assert reading.unread["district"] == "网页没有可读的信息表"
    assert reading.unread["images"] == "网页上没有这一项的标志"
    assert "title" not in reading.unread
    # … and the line a person reads names them, those with one reason together.
    assert "；没有读出：" in reading.reason
    assert "区域" in reading.reason
    assert "（网页没有可读的信息表）" in reading.reason
    assert "标题" not in reading.reason.split("没有读出")[1]
    assert fields_without_a_word(reading, "x.html") == []


def test_our_own_board_and_its_walls(platforms: Sandbox) -> None:
    board = platforms._pages["board"]
    asked = {
        path: board.answer(Request(path=path, query={}, origin="http://x", client="t"))
        for path in ("/forum-36-1.html",)
    }
    reading = read_page(asked["/forum-36-1.html"].body, "forum.html")
    assert (reading.state, reading.listings) == (PageState.LIST, ())
    assert "Discuz" in reading.kind


@pytest.mark.parametrize(
    ("html", "state"),
    [
        ("<title>提示信息</title><p>您访问的页面不存在</p>", PageState.GONE),
        ("<p>请先登录后查看</p><input type=password>", PageState.LOGIN_WALL),
        ("<script>x()</script><div id=app></div>", PageState.SHELL),
        ("<h1>一家机构</h1><p>短</p><p>字不够多。</p>", PageState.UNKNOWN),
        # A whole advertisement may be one sentence.
        ("<h1>暑假小班</h1><p>三年级数学暑假班，每天上午两小时，一期1800元，电话13800138000。</p>", PageState.OK),
        # As short, and no posting: a menu, words beside a form, next to nothing but links.
        (
            "<h1>本地论坛</h1><ul><li>教育培训</li><li>房屋租售</li><li>二手市场</li><li>家政服务</li></ul>",
            PageState.UNKNOWN,
        ),
        (
            "<h1>搜索</h1><p>请输入您要查找的内容，多个词之间用空格隔开就可以了。</p><form><input></form>",
            PageState.UNKNOWN,
        ),
        (
            "<h1>首页</h1><p><a href=a>这是本站的一篇旧文章，说的是去年春天植树的事情，欢迎阅读</a></p>",
            PageState.UNKNOWN,
        ),
        (
            "<h1>周末班</h1><article><p>" + "这是一段讲课程安排的正文，说明时间、地点和老师。" * 10 + "</p></article>",
            PageState.OK,
        ),
    ],
)
def test_pages_nobody_knows(html: str, state: PageState) -> None:
    assert read_page(html.encode(), "x.html").state is state


def test_a_short_page_is_read_whole_and_a_refusal_says_what_to_do() -> None:
    page = "<title>x</title><h1>暑假小班</h1><p>三年级数学暑假班，每天上午两小时，一期1800元，电话13800138000。</p>"
    listing = read_page(page.encode(), "x.html").listings[0]
    assert (listing.title, listing.text) == (
        "暑假小班",
        "三年级数学暑假班，每天上午两小时，一期1800元，电话13800138000。",
    )
    assert ".txt" in read_page("<h1>一家机构</h1><p>短</p>".encode(), "x.html").reason


def test_a_page_saved_twice_has_one_key() -> None:
    html = (
        "<h1>周末班</h1><article><p>" + "这是一段讲课程安排的正文，说明时间、地点和老师。" * 10 + "</p></article>"
    ).encode()
    assert read_page(html, "a.html").listings[0].key == read_page(html, "b.html").listings[0].key


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=500), st.text(max_size=20))
def test_any_file_has_a_state_and_a_reason(data: bytes, name: str) -> None:
    reading = read_page(data, name)
    assert reading.reason
    assert bool(reading.listings) == (reading.state is PageState.OK)


def test_engines_are_read_once_however_many_pages_are_shown_to_them(monkeypatch: pytest.MonkeyPatch) -> None:
    load_engine.cache_clear()
    read: list[str] = []

    def counted(tree: Tree, name: str, *, is_engine: bool) -> Recipe:
        read.append(name)
        return read_whole(tree, name, is_engine=is_engine)

    monkeypatch.setattr(source, "read_whole", counted)
    for page in (b"<p>a</p>", b"<p>b</p>"):
        read_page(page, "x.html")
    assert "discuz-x" in read
    assert len(read) == len(set(read))


BROUGHT = """\
recipe: {id: app/brought, version: 1, engine: article}
source: {name: 某应用的网页, kind: app, lane: C, contact: a@b.example, legal_note: 只读人工保存的网页}
scope: {hosts: [app.example], canonical: {key: '/p/(\\d+)'}}
fetch: {mode: import}
states: [{state: ok, when: {css: ['.odd-title', '.odd-words']}}]
fields:
  title: {from: [{css: .odd-title}], do: [text], need: required}
  body: {from: [{css: .odd-words}], do: [text]}
"""
LINK = '<link rel=canonical href="https://{}/p/7">'
ODD = LINK + "<b class=odd-title>周末小班</b><i class=odd-words>三年级数学，一期1800元</i>"


def test_a_brought_page_is_read_by_the_recipe_of_its_source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MINGCHA_HOME", str(tmp_path))
    assert read_page(ODD.format("app.example").encode(), "x.html").state is not PageState.OK
    folder = tmp_path / "sources" / "brought-pages"
    folder.mkdir(parents=True)
    (folder / "source.yml").write_text(BROUGHT, encoding="utf-8")
    reading = read_page(ODD.format("app.example").encode(), "x.html")
    assert (reading.state, reading.kind) == (PageState.OK, "某应用的网页")
    assert (reading.listings[0].title, reading.listings[0].text) == ("周末小班", "三年级数学，一期1800元")
    # Another site's page, and a recipe that is broken, change nothing for the others.
    assert read_page(ODD.format("other.example").encode(), "x.html").kind != "某应用的网页"
    (folder / "source.yml").write_text(f"{BROUGHT}login: x\n", encoding="utf-8")
    assert read_page(ODD.format("app.example").encode(), "x.html").state is not PageState.OK


def test_saved_pages_of_wordpress_and_older_boards_are_known() -> None:
    assert read_page(engine_sites.wordpress()["/archives/2/"][2], "a.html").kind == "WordPress 网站"
    threads = engine_sites.discuz_7()
    assert read_page(threads["/viewthread.php?tid=2"][2], "a.html").kind == "Discuz! 7 论坛"


TOUCH = (
    "<div class=viewthread><div class=view_tit><em>[家教]</em>桂花巷周末小班</div><div class='plc cl' id=pid51>"
    "<ul class=authi><li class=mtit><span class=z><a>松香</a></span></li>"
    "<li class=mtime><span class=y><em>89</em></span>2026-11-21 13:45</li></ul>"
    "<div class=message>三年级数学，一次一百二，丛台区<div class=quote>电话 13800004417</div></div></div>"
    "<div class='plc cl' id=pid52><div class=message>别人的回复</div></div></div>"
)
PHPWIND_9 = (
    "<div id=J_posts_list><div class='floor cc J_read_floor' id=read_0><div class=floor_title><h1 id=J_post_title>"
    "桂花巷周末小班</h1></div><div class=floor_top_tips>楼主 <span class=fl>发布于：2026-11-21 13:45</span></div>"
    "<div id=J_read_main><div class=editor_content>三年级数学，一次一百二，丛台区，电话 13800004417</div></div></div>"
    "<div class='floor cc J_read_floor' id=read_9><div class=editor_content>别人的回复</div></div></div>"
)
WEIXIN = (
    "<h1 id=activity-name>桂花巷周末小班</h1><em id=publish_time></em><div id=js_content style='visibility: hidden'>"
    "<p>三年级数学，一次一百二，丛台区，电话 13800004417</p></div>"
    "<script>var ct = \"1795239900\";var createTime = '2026-11-21 13:45';</script>"
)
CLASSIFIED = (
    "<div class=viewad-header><h1>桂花巷周末小班</h1><span title='首次发布于：2026年11月21日 13:45'>昨天</span></div>"
    "<div class=viewad-meta2><div class=viewad-meta2-item><label>地区：</label>"
    "<span class=content>丛台区</span></div></div>"
    "<div class=viewad-text-hd>信息详情</div><div class=viewad-text>三年级数学，一次一百二</div>"
    "<a class=show-contact data-contact=13800004417>1380000****</a>"
)


@pytest.mark.parametrize(
    ("page", "kind"),
    [
        (TOUCH, "Discuz! 论坛"),
        (PHPWIND_9, "phpwind 论坛"),
        (WEIXIN, "微信公众号文章"),
        (CLASSIFIED, "分类信息"),
    ],
)
def test_templates_for_telephones_and_newer_versions(page: str, kind: str) -> None:
    reading = read_page(f"<html><body>{page}</body></html>".encode(), "x.html")
    assert (reading.state, reading.kind) == (PageState.OK, kind)
    listing = reading.listings[0]
    assert "桂花巷周末小班" in listing.title
    assert listing.text.startswith("三年级数学，一次一百二")
    assert "别人" not in listing.text
    assert listing.posted_at == datetime(2026, 11, 21, 5, 45, tzinfo=UTC)
    assert (listing.district, listing.price_raw, listing.contacts) == ("丛台区", "一次一百二", ("13800004417",))


_HEADER = '<div id="um"><a href="home.php?mod=space&amp;uid=8">桥边人</a> {}</div>'
_OUT = '<a href="member.php?mod=logging&amp;action=logout&amp;formhash=a1">退出</a>'


@pytest.mark.parametrize(
    ("part", "marked"),
    [
        (_HEADER.format(_OUT), True),
        ("<script>var STYLEID = '1', discuz_uid = '8', cookiepre = 'x';</script>", True),
        ("<script>var STYLEID = '1', discuz_uid = '0', cookiepre = 'x';</script>", False),
        ('<p><a href="#">退出登录</a></p>', True),
        ('<a href="/wp-login.php?action=logout">登出？</a>', True),
        ('<a href="login.php?action=quit&amp;verify=a1">退出</a>', True),
        # Both stand in the page for everybody; scripts show one of them.
        ('<a href="/login">登录</a><a href="/logout">退出</a>', False),
        ('<a href="/login" style="display:none">登录</a><a href="/logout">退出</a>', True),
        ('<div style="display: none"><a href="/logout">退出登录</a></div>', False),
        ("<p>上课时请退出登录，不要看手机。</p>", False),
        ('<a href="/tuixue.html">退出培训班怎么退费</a>', False),
        ('<a href="/blogout.html">外出写生</a>', False),
    ],
)
def test_a_page_that_was_saved_by_a_member_shows_it(part: str, marked: bool) -> None:
    data = engine_sites.phpwind()["/read.php?tid=2"][2].replace(b"<body>", f"<body>{part}".encode())
    reading = read_page(data, "a.html")
    assert len(reading.listings) == 1
    assert bool(reading.logged_in) is marked, reading.logged_in
    assert "桥边人" not in reading.logged_in
