"""The ads site: charsets at odds, twins and tracking links, masked phones, lists without an end."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from bs4 import BeautifulSoup

from crawlers.sandbox.placement import CATEGORIES, Fate


@pytest.fixture
def page(sandbox, fetch):
    return lambda target: BeautifulSoup(fetch(sandbox["ads"], target).text("utf-8-sig"), "lxml")


def item_numbers(page: BeautifulSoup) -> list[str]:
    return [item["data-no"] for item in page.select("li.wt-item:not(.wt-top)")]


def test_bytes_are_utf8_while_the_header_says_gb2312(sandbox, fetch, places) -> None:
    answer = fetch(sandbox["ads"], places["s3-001"].path)
    assert answer.headers["Content-Type"] == "text/html; charset=gb2312"
    assert '<meta charset="utf-8">' in answer.text("utf-8-sig")
    with pytest.raises(UnicodeDecodeError):
        answer.text("gb2312")


def test_lists_hold_every_ad_once_and_repeat_the_last_page_for_ever(page, places) -> None:
    for section in CATEGORIES:
        # Members' ads too, though their pages are closed to programs.
        here = [place for place in places.values() if section in (place.section, place.offered_in)]
        expected = {str(place.number) for place in here}
        seen: list[str] = []
        number = 0
        while len(seen) < len(expected):
            number += 1
            seen += item_numbers(page(f"/{section.slug}/?page={number}"))
        assert sorted(seen) == sorted(expected)
        last = item_numbers(page(f"/{section.slug}/?page={number}"))
        for beyond in (number + 1, number + 50):
            soup = page(f"/{section.slug}/?page={beyond}")
            assert item_numbers(soup) == last
            assert soup.select_one("a.wt-next")["href"] == f"/{section.slug}/?page={beyond + 1}"


def test_rows_link_through_tracking_tails_and_to_mobile_twins(page) -> None:
    links = [link["href"] for n in range(1, 7) for link in page(f"/jiaoyu/?page={n}").select(".wt-item:not(.wt-top) a")]
    assert any(link.startswith("/m/jiaoyu/") for link in links)
    assert any("tk=" in link for link in links)
    assert any(link.removeprefix("/m").startswith("/vip/") for link in links)
    assert all(
        re.fullmatch(r"(/m)?/(jiaoyu|vip)/x\d+\.html(\?from=list_(jiaoyu|vip)&tk=[0-9a-f]{8})?", link) for link in links
    )


def test_promoted_rows_go_through_click(sandbox, fetch, page) -> None:
    rows = page("/bianmin/").select("li.wt-top")
    assert [row.select_one(".wt-flag").get_text() for row in rows] == ["推广"] * 3
    own = rows[0].a["href"]
    answer = fetch(sandbox["ads"], own)
    assert answer.status == 302
    assert answer.headers["Location"] == parse_qs(urlsplit(own).query)["u"][0]
    assert parse_qs(urlsplit(rows[2].a["href"]).query)["u"][0].startswith("https://promo.example.invalid/")


@pytest.mark.parametrize("target", ["file:///etc/passwd", "javascript:alert(1)", "/x\r\nSet-Cookie: a=b"])
def test_click_sends_nobody_to_other_schemes_or_headers(sandbox, fetch, target: str) -> None:
    from urllib.parse import quote

    answer = fetch(sandbox["ads"], "/click?u=" + quote(target, safe=""))
    assert "Set-Cookie" not in answer.headers
    assert not re.match("file|javascript", answer.headers.get("Location", ""))


def test_the_mobile_twin_is_the_same_ad_with_the_same_canonical_address(sandbox, page, places) -> None:
    place = places["s4-001"]
    desk, mobile = page(place.path), page(f"/m{place.path}")
    assert desk.select_one("link[rel=canonical]")["href"] == sandbox["ads"] + place.path
    assert mobile.select_one("link[rel=canonical]")["href"] == sandbox["ads"] + place.path
    assert desk.select_one(".wt-text").get_text() == mobile.select_one(".wt-text").get_text()


def test_a_phone_shows_its_head_and_keeps_its_tail_behind_a_link(page, places) -> None:
    for place in places.values():
        if place.posting.site != "ads" or place.fate is not Fate.OK:
            continue
        for pair in page(place.path).select(".wt-pair"):
            if re.search("电话|手机", pair.select_one(".wt-k").get_text()):
                value = pair.select_one(".wt-v").get_text()
                assert not re.search(r"1\d{10}", value), place.posting.id
                assert bool(pair.select_one("a.wt-show")) == ("*" in value), place.posting.id


def test_first_published_date_and_others_ads_after_the_ad(page, places) -> None:
    soup = page(places["s3-006"].path)
    assert re.fullmatch(r"首次发布于：2026年\d\d月\d\d日 \d\d:\d\d", soup.select_one(".wt-first")["title"])
    assert len(soup.select(".wt-more li")) == 6
    assert not soup.select("article .wt-more")
    assert places["s3-006"].path not in [link["href"] for link in soup.select(".wt-more a")]


def test_expired_and_unknown_ads_are_200_with_a_notice(sandbox, fetch, places) -> None:
    for posting in ("s3-056", "s4-045", "s4-052"):
        answer = fetch(sandbox["ads"], places[posting].path)
        assert (answer.status, "信息已过期" in answer.text("utf-8-sig")) == (200, True)
        assert places[posting].posting.body[:12] not in answer.text("utf-8-sig")
    answer = fetch(sandbox["ads"], "/jiaoyu/x1.html")
    assert (answer.status, "信息不存在" in answer.text("utf-8-sig")) == (200, True)
    assert fetch(sandbox["ads"], "/nothing").status == 404


def test_an_unchanged_ad_is_answered_304_until_the_second_day_edits_it(sandbox, fetch, places) -> None:
    paths = [places[posting].path for posting in ("s3-014", "s3-001")]
    first = [fetch(sandbox["ads"], path) for path in paths]
    for path, answer in zip(paths, first, strict=True):
        again = fetch(sandbox["ads"], path, If_None_Match=answer.headers["ETag"])
        assert (again.status, again.body) == (304, b"")
        assert fetch(sandbox["ads"], path, If_Modified_Since=answer.headers["Last-Modified"]).status == 304
        assert fetch(sandbox["ads"], path, If_None_Match='"other"').status == 200
        assert fetch(sandbox["ads"], path, If_Modified_Since="yesterday").status == 200
    sandbox.day = 2
    for path, answer, status in zip(paths, first, (200, 304), strict=True):
        assert fetch(sandbox["ads"], path, If_None_Match=answer.headers["ETag"]).status == status
        assert fetch(sandbox["ads"], path, If_Modified_Since=answer.headers["Last-Modified"]).status == status
    assert "信息已过期" in fetch(sandbox["ads"], places["s3-089"].path).text("utf-8-sig")


def test_robots_bars_vip_although_lists_link_there(sandbox, fetch, places) -> None:
    robots = fetch(sandbox["ads"], "/robots.txt").body
    assert robots.startswith(b"\xef\xbb\xbfUser-agent: *")
    assert b"Crawl-delay: 0.05" in robots
    for target in ("/vip/", places["s3-075"].path, "/m/vip/", "/show/123", "/jiaoyu/"):
        fetch(sandbox["ads"], target)
    assert [row.target for row in sandbox.forbidden_fetches()] == [
        "/vip/",
        places["s3-075"].path,
        "/m/vip/",
        "/show/123",
    ]
