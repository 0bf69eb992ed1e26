"""Every engine recipe crawls a small invented site of its kind through the same gate, robots.txt and pace."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from crawlers.run import crawl_source
from crawlers.source import engine_names
from pipelines.desk import Desk
from pipelines.records import CrawlRun, Listing
from tests.crawlers import engine_sites
from tests.crawlers.conftest import NothingFound
from tests.crawlers.small_site import serve


@dataclass(frozen=True, kw_only=True)
class Case:
    """A site, what its recipe adds, and what must come of it."""

    engine: str
    answers: engine_sites.Answers
    extra: str
    states: dict[str, int]
    key: str
    title: str
    #: Fields of the listing, as stored.
    has: dict[str, Any]


TEXT = engine_sites.TEXT
CASES = (
    Case(
        engine="discuz-7",
        answers=engine_sites.discuz_7(),
        extra="discover: {vars: {fid: 5}}",
        states={"list": 1, "ok": 1, "gone": 2},
        key="2",
        title="题目2",
        has={"text": TEXT, "district": "河西区", "posted": "2026-11-12T02:30"},
    ),
    Case(
        engine="phpwind",
        answers=engine_sites.phpwind(),
        extra="discover: {vars: {fid: 9}}",
        states={"list": 1, "ok": 1, "login_wall": 1, "gone": 1},
        key="2",
        title="题目2",
        has={"text": TEXT, "posted": "2026-11-12T02:30"},
    ),
    Case(
        engine="wordpress",
        answers=engine_sites.wordpress(),
        extra="",
        states={"list": 1, "ok": 2, "empty_list": 1},
        key="archives/2",
        title="文章2",
        has={"text": TEXT, "posted": "2026-11-12T00:00", "image": "/wp-content/uploads/a.jpg"},
    ),
    Case(
        engine="rss",
        answers=engine_sites.rss(),
        extra="discover: {vars: {feed: /atom.xml}}",
        states={"list": 1, "ok": 2},
        key="news/1.html",
        title="通知1",
        has={"text": TEXT, "posted": "2026-11-11T00:00"},
    ),
    Case(
        engine="json-feed",
        answers=engine_sites.json_feed(),
        extra="discover: {vars: {feed: /feed.json}}",
        states={"list": 2, "ok": 2},
        key="news/2.html",
        title="通知2",
        has={"text": TEXT, "posted": "2026-11-12T00:00"},
    ),
    Case(
        engine="article-site",
        answers=engine_sites.article_site(),
        extra="discover: {lists: [{url: /list.html, rows: {css: '.news li'}, link: {css: a, attr: href}}]}\n"
        "states: [{state: list, when: {css: '.news li'}}]",
        states={"list": 1, "ok": 1},
        key="a/1.html",
        title="招生通知",
        has={"posted": "2026-11-12T00:00", "image": "/a.png"},
    ),
    Case(
        engine="tutor-exchange",
        answers=engine_sites.tutor_exchange(),
        extra="discover: {vars: {list: /Home/Kujy/kujy}}",
        states={"list": 1, "ok": 1, "gone": 1},
        key="1",
        title="教员信息",
        has={"fee": "150元/小时", "district": "河西区"},
    ),
    Case(
        engine="weixin-album",
        answers=engine_sites.weixin_album(),
        extra="discover: {vars: {biz: b, album: 77}}",
        states={"list": 1, "ok": 1, "gone": 1},
        key="001f",
        title="文章",
        has={"text": TEXT, "posted": "2026-11-12T00:00"},
    ),
    Case(
        engine="weixin-article",
        answers=engine_sites.weixin_album(),
        extra="discover: {links: ['/s?__biz=b&mid=1&idx=1&sn=001f']}",
        states={"ok": 1},
        key="001f",
        title="文章",
        has={"text": TEXT, "image": "/mmbiz/a.png"},
    ),
)
#: Engines whose crawl other tests show: on the sandbox, in a browser.
ELSEWHERE = {"discuz-x", "classifieds", "rendered-feed"}


def place(folder: Path, engine: str, port: int, extra: str) -> Path:
    source = folder / "one-site"
    source.mkdir(exist_ok=True)
    (source / "source.yml").write_text(
        f"""\
recipe: {{id: test/one, version: 1, extends: {engine}, engine: article}}
source: {{name: 桥边, kind: site, lane: A, contact: robot@example.org, legal_note: test}}
scope: {{base: 'http://127.0.0.1:{port}'}}
{extra or "discover: {}"}
""",
        encoding="utf-8",
    )
    return source


def crawl(desk: Desk, server: Any, folder: Path) -> CrawlRun:
    return crawl_source(desk, NothingFound(), folder, allow=[f"127.0.0.1:{server.server_port}"])


def shown(listing: Listing) -> dict[str, Any]:
    return {
        "text": listing.text,
        "district": listing.district,
        "fee": listing.price_raw,
        "posted": listing.posted_at.isoformat()[:16] if listing.posted_at else None,
        "image": next((image.url.partition("127.0.0.1:")[2].partition("/")[2] for image in listing.images), ""),
    }


def test_every_engine_has_a_site_of_its_kind() -> None:
    assert {case.engine for case in CASES} | ELSEWHERE == set(engine_names())


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.engine)
def test_an_engine_reads_a_site_of_its_kind(desk: Desk, tmp_path: Path, case: Case) -> None:
    with serve(case.answers) as server:
        run = crawl(desk, server, place(tmp_path, case.engine, server.server_port, case.extra))
        asked = [path for path, _headers in server.asked]
        assert asked[0] == "/robots.txt"
        assert len(asked) == len(set(asked))
    assert run.outcome == "finished", run.message
    assert run.states == case.states
    with desk.store.read() as tx:
        listing = tx.listings.find("one-site", case.key)
    assert listing is not None
    assert listing.title == case.title
    found = shown(listing)
    wanted = {key: value.lstrip("/") if key == "image" else value for key, value in case.has.items()}
    assert {key: found[key] for key in wanted} == wanted
    assert "别人" not in listing.text
    assert "分享到" not in listing.text


@pytest.mark.parametrize(
    ("closed", "way"),
    [
        ({"interface": False}, "/feed/"),
        ({"interface": False, "feed": False}, "/wp-sitemap-posts-post-1.xml"),
        ({"interface": False, "feed": False, "sitemap": False}, "/?paged=1"),
    ],
)
def test_wordpress_takes_the_next_way_and_finds_the_same_posts(
    desk: Desk, tmp_path: Path, closed: dict[str, bool], way: str
) -> None:
    with serve(engine_sites.wordpress()) as server:
        folder = place(tmp_path, "wordpress", server.server_port, "")
        first = crawl(desk, server, folder)
        server.answers = engine_sites.wordpress(**closed)
        server.asked.clear()
        second = crawl(desk, server, folder)
        asked = [path for path, _headers in server.asked]
    assert (first.new, second.new, second.outcome) == (2, 0, "finished")
    assert way in asked
    assert not any(path.startswith("/archives") for path in asked)
