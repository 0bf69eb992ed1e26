"""The board: Discuz!-shaped lists and threads in GBK, walls served as 200."""

from __future__ import annotations

import re

import pytest
from bs4 import BeautifulSoup

from crawlers.sandbox.board import NOTICES
from crawlers.sandbox.placement import FORUMS, Fate

WALLS = {
    Fate.LOGIN_WALL: "尚未登录",
    Fate.PERMISSION: "阅读权限高于",
    Fate.GONE: "已被删除",
    Fate.UNDER_REVIEW: "正在被审核",
}


@pytest.fixture
def page(sandbox, fetch):
    return lambda target: BeautifulSoup(fetch(sandbox["board"], target).text("gb18030"), "lxml")


def row_ids(page: BeautifulSoup) -> list[str]:
    return [row["id"] for row in page.select("tbody[id^=normalthread_]")]


def test_bytes_are_gbk_and_say_so_and_emoji_are_entities(sandbox, fetch, places) -> None:
    answer = fetch(sandbox["board"], places["s1-031"].path)
    assert answer.headers["Content-Type"] == "text/html; charset=gbk"
    text = answer.text("gbk")
    with pytest.raises(UnicodeDecodeError):
        answer.text("utf-8")
    assert "charset=gbk" in text
    assert "&#127936;" in text
    assert "🏀" in BeautifulSoup(text, "lxml").select_one("#thread_subject").get_text()


def test_lists_page_to_their_end_and_hold_every_thread_once(page, places) -> None:
    for forum in FORUMS:
        target, seen = f"/forum-{forum.slug}-1.html", []
        for _ in range(10):
            soup = page(target)
            assert len(soup.select("tbody[id^=stickthread_]")) == len(NOTICES)
            seen += row_ids(soup)
            following = soup.select_one("div.pg a.nxt")
            if following is None:
                break
            target = following["href"]
        else:
            pytest.fail("the list never ends")
        total = int(re.search(r"共 (\d+) 页", soup.select_one("div.pg label span")["title"]).group(1))
        assert target == f"/forum-{forum.slug}-{total}.html"
        expected = {f"normalthread_{p.number}" for p in places.values() if p.section is forum}
        assert len(seen) == len(set(seen))
        assert expected <= set(seen)
        assert len(seen) - len(expected) == (1 if forum is FORUMS[0] else 0)  # the moved row


def test_a_page_beyond_the_end_shows_the_first_again(page) -> None:
    assert row_ids(page("/forum-52-99.html")) == row_ids(page("/forum-52-1.html"))
    assert row_ids(page("/forum.php?mod=forumdisplay&fid=52&page=2")) == row_ids(page("/forum-52-2.html"))


def test_rows_date_the_author_first_and_the_last_reply_last(page) -> None:
    first_day = re.compile(r"\d{4}-\d{1,2}-\d{1,2}$")
    for row in page("/forum-41-1.html").select("tbody[id^=normalthread_]"):
        posted, replied = row.select("td.by")
        assert posted.select_one("cite") and replied.select_one("cite")
        span = posted.select_one("em span")
        assert first_day.match(span.get("title") or span.get_text())
        assert replied.select_one("em a")["href"].startswith("/forum.php?mod=redirect")
        assert row.select_one("td.num a.xi2") and row.select_one("td.num em")


def test_a_thread_has_the_ad_first_then_others_and_a_classified_table(page, places) -> None:
    place = places["s1-001"]
    soup = page(place.path)
    assert soup.select_one("td[id^=postmessage_]")["id"] == f"postmessage_{place.number * 20}"
    assert soup.select_one("em[id^=authorposton]").get_text().startswith("发表于 2026-")
    cells = soup.select("div.typeoption table.cgtl tr")
    assert {row.th.get_text(): row.td.get_text(strip=True) for row in cells} == {
        f"{label}:": value for label, value in place.posting.fields.items()
    }


def test_long_threads_run_over_to_a_page_that_does_not_hold_the_ad(page, places) -> None:
    long = [
        link["href"]
        for forum in FORUMS
        for number in (1, 2, 3)
        for link in page(f"/forum-{forum.slug}-{number}.html").select("span.tps a")
    ]
    assert long
    by_path = {place.path: place for place in places.values()}
    place = by_path[long[0].replace("-2-1.html", "-1-1.html")]
    second = page(long[0])
    assert second.select("td[id^=postmessage_]")
    assert place.posting.body[:20] not in second.get_text()
    assert place.posting.author not in [link.get_text() for link in second.select("div.authi a")]


def test_junk_differs_from_visit_to_visit_and_the_text_does_not(sandbox, fetch, places) -> None:
    bodies = {fetch(sandbox["board"], places["s1-055"].path).body for _ in range(4)}
    assert len(bodies) == 4
    texts = set()
    for body in bodies:
        post = BeautifulSoup(body.decode("gb18030"), "lxml").select_one("td.t_f")
        for junk in post.select(".jammer, [style='display:none']"):
            junk.decompose()
        texts.add(post.get_text())
    assert len(texts) == 1


def test_walls_come_as_200_with_a_message_and_without_the_posting(sandbox, fetch, places) -> None:
    walled = [place for place in places.values() if place.posting.site == "board" and place.fate in WALLS]
    assert {place.fate for place in walled} == set(WALLS)
    for place in walled:
        answer = fetch(sandbox["board"], place.path)
        text = answer.text("gb18030")
        soup = BeautifulSoup(text, "lxml")
        assert answer.status == 200
        assert WALLS[place.fate] in soup.select_one("#messagetext").get_text()
        assert place.posting.body[:12] not in text
        assert soup.select_one("#thread_subject") is None
        assert bool(soup.select_one("body.pg_logging #messagelogin")) == (place.fate is Fate.LOGIN_WALL)
        assert sandbox.log.rows("board")[-1].state == place.fate


@pytest.mark.parametrize("target", ["/thread-999999999-1-1.html", "/forum-7-1.html", "/forum.php?mod=viewthread&tid=x"])
def test_what_never_was_is_a_message_too(page, target: str) -> None:
    assert "不存在" in page(target).select_one("#messagetext").get_text()


def test_other_addresses_of_a_thread_show_the_same_thread(page, places) -> None:
    number = places["s1-014"].number
    titles = {
        page(target).select_one("#thread_subject").get_text()
        for target in (f"/thread-{number}-1-1.html", f"/forum.php?mod=viewthread&tid={number}&extra=page%3D1")
    }
    assert titles == {places["s1-014"].posting.title}


def test_robots_bars_the_inner_section_that_an_open_list_links_to(sandbox, fetch, page) -> None:
    links = [link["href"] for n in (1, 2, 3, 4) for link in page(f"/forum-36-{n}.html").select("tbody a.xst")]
    closed = [link for link in links if link.startswith("/neibu/")]
    assert len(set(closed)) == 1
    assert sandbox.forbidden_fetches() == ()
    fetch(sandbox["board"], closed[0])
    fetch(sandbox["board"], "/forum-88-1.html")
    fetch(sandbox["board"], "/forum.php?mod=redirect&goto=lastpost&tid=1")
    assert [row.target for row in sandbox.forbidden_fetches()] == [
        *(closed[0], "/forum-88-1.html"),
        "/forum.php?mod=redirect&goto=lastpost&tid=1",
    ]


def test_the_second_day_edits_two_threads_and_deletes_two(sandbox, page, places) -> None:
    before = page(places["s1-014"].path).select_one("td.t_f").get_text()
    sandbox.day = 2
    after = page(places["s1-014"].path)
    assert "补充：门口在修路" in after.select_one("td.t_f").get_text()
    assert "补充：门口在修路" not in before
    assert "编辑" in after.select_one("i.pstatus").get_text()
    for gone in ("s1-053", "s2-008"):
        assert "已被删除" in page(places[gone].path).select_one("#messagetext").get_text()
        listed = [r for forum in FORUMS for n in (1, 2, 3, 4) for r in row_ids(page(f"/forum-{forum.slug}-{n}.html"))]
        assert f"normalthread_{places[gone].number}" not in listed
