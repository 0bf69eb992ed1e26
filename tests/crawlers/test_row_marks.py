"""A second run asks for the lists and for what a row says has changed; all else waits for its day."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from crawlers.listed import TOO_MANY, Listed, mark_of
from crawlers.rows import ListText, Row, read_list
from crawlers.source import load_recipe
from crawlers.states import PageView
from crawlers.urls import Site
from pipelines import clock
from pipelines.desk import Desk
from pipelines.records import Page, PageState
from tests.crawlers.failure_modes.small_board import NAME, Answer, Board, board, html, later, path, thread
from tests.crawlers.small_site import board_on

FORUM = "/forum-1-1.html"
#: Title and number of replies are read off a row; how often it was read is not.
READS = """\
      title: {css: 'a.xst', do: [text]}
      tells: [{css: 'td.num a', do: [text]}]
      max_pages: 1
schedule: {detail: [1d, 30d]}
"""
WALL = html("<title>安全验证</title><p>您的访问过于频繁，请输入验证码后继续。</p>")


def shown(views: int, *rows: tuple[int, str, int]) -> Answer:
    """A list: number, title and replies of each thread; every visit finds other numbers of views."""
    return html(
        "".join(
            f'<tbody id="normalthread_{number}"><tr><td><a class="xst" href="{path(number)}">{title}</a></td>'
            f'<td class="num"><a>{replies}</a><em>{views + number}</em></td></tr></tbody>'
            for number, title, replies in rows
        )
    )


ROWS = ((1, "一号", 0), (2, "二号", 3), (3, "三号", 0))


@contextmanager
def read_once(desk: Desk, folder: Path) -> Iterator[Board]:
    with board(desk, folder, READS) as small:
        small.threads(1, 2, 3)
        small.pages[FORUM] = shown(10, *ROWS)
        assert small.crawl().new == 3
        yield small


def test_nothing_changed_and_only_the_list_is_asked_for(desk: Desk, tmp_path: Path) -> None:
    with read_once(desk, tmp_path) as small:
        small.pages[FORUM] = shown(99, *ROWS)
        run = small.crawl()
        assert (small.asked, run.new, run.changed, run.unchanged) == ([FORUM], 0, 0, 3)


@pytest.mark.parametrize("row", [(2, "二号 已满", 3), (2, "二号", 4)])
def test_a_row_that_says_something_else_leads_to_its_posting_once(
    desk: Desk, tmp_path: Path, row: tuple[int, str, int]
) -> None:
    with read_once(desk, tmp_path) as small:
        small.pages[FORUM] = shown(20, ROWS[0], row, ROWS[2])
        small.pages[path(2)] = thread("二号", "三年级数学，改到周日上午，一次两小时。")
        run = small.crawl()
        assert (small.asked, run.changed, run.unchanged) == ([FORUM, path(2)], 1, 2)
        # And is remembered.
        assert small.crawl().unchanged == 3
        assert small.asked == [FORUM]


def test_a_change_that_no_row_shows_is_found_when_the_posting_is_due(desk: Desk, tmp_path: Path) -> None:
    with read_once(desk, tmp_path) as small:
        small.pages[path(3)] = thread("三号", "三年级英语，改到周日上午，一次两小时。")
        small.crawl()
        assert small.asked == [FORUM]
        later(days=1, minutes=1)
        run = small.crawl()
        assert (sorted(small.asked), run.changed, run.unchanged) == ([FORUM, path(1), path(2), path(3)], 1, 2)


def test_a_new_row_and_one_that_came_back_are_asked_for_and_no_other(desk: Desk, tmp_path: Path) -> None:
    with read_once(desk, tmp_path) as small:
        small.pages[path(4)] = thread("四号", "四年级数学，周六上午，一次两小时。")
        small.pages[FORUM] = shown(30, (4, "四号", 0), ROWS[0], ROWS[2])
        assert small.crawl().new == 1
        assert small.asked == [FORUM, path(4)]
        small.pages[FORUM] = shown(40, *ROWS)
        small.crawl()
        assert small.asked == [FORUM]


@pytest.mark.parametrize("answer", [WALL, html("", 503)])
def test_an_answer_that_says_nothing_of_the_posting_leaves_its_row_unread(
    desk: Desk, tmp_path: Path, answer: Answer
) -> None:
    with read_once(desk, tmp_path) as small:
        small.pages[FORUM] = shown(20, ROWS[0], (2, "二号", 4), ROWS[2])
        before, small.pages[path(2)] = small.pages[path(2)], answer
        small.crawl()
        small.pages[path(2)] = before
        later(hours=6, minutes=1)
        small.crawl()
        assert small.asked == [FORUM, path(2)]
        assert small.page(2).state is PageState.OK


def test_what_a_run_did_not_come_to_is_left_for_the_next(desk: Desk, tmp_path: Path) -> None:
    with read_once(desk, tmp_path) as small:
        small.pages[FORUM] = shown(20, ROWS[0], (2, "二号", 4), ROWS[2])
        small.crawl(limit=0)
        assert small.asked == [FORUM]
        small.crawl()
        assert small.asked == [FORUM, path(2)]


def test_what_was_known_before_rows_were_remembered_is_not_asked_for(desk: Desk, tmp_path: Path) -> None:
    with read_once(desk, tmp_path) as small:
        with desk.store.transaction() as tx:
            tx.pages.mark_many(NAME, {"1": "", "nobody": "x"})
        small.crawl()
        assert small.asked == [FORUM]
        # What its row says is known from now on.
        small.pages[FORUM] = shown(20, (1, "一号", 1), *ROWS[1:])
        small.crawl()
        assert small.asked == [FORUM, path(1)]


def test_a_missing_posting_waits_for_its_day_whatever_its_row_says(desk: Desk, tmp_path: Path) -> None:
    with read_once(desk, tmp_path) as small:
        del small.pages[path(1)]
        small.pages[FORUM] = shown(20, (1, "一号", 1), *ROWS[1:])
        small.crawl()
        small.pages[FORUM] = shown(20, (1, "一号", 2), *ROWS[1:])
        small.crawl()
        assert (small.asked, small.page(1).state) == ([FORUM], PageState.OK)
        later(hours=24, minutes=1)
        small.crawl()
        assert (path(1) in small.asked, small.page(1).state) == (True, PageState.GONE)


def _known(key: int, mark: str) -> Page:
    now = clock.now()
    return Page(
        source="any",
        key=str(key),
        url=f"http://x/{key}",
        state=PageState.OK,
        etag=None,
        last_modified=None,
        signature="s",
        last_capture_id=None,
        first_seen_at=now - timedelta(days=2),
        last_fetched_at=now,
        row_mark=mark,
    )


def test_where_every_row_says_something_else_it_is_the_list_that_is_written_otherwise() -> None:
    rows = [Row(key=str(number), url=f"http://x/{number}", mark="list:after") for number in range(TOO_MANY)]
    known = {row.key: _known(number, "list:before") for number, row in enumerate(rows)}

    def asked(known: dict[str, Page]) -> list[str]:
        listed = Listed.of(rows, known, wanted=lambda _page: False, missing={}, address=str)
        assert {**listed.marks, **{ask.key: ask.place["mark"] for ask in listed.asks if not ask.done}} == {
            row.key: "list:after" for row in rows if known[row.key].row_mark != "list:after"
        }
        return [ask.key for ask in listed.asks if not ask.done]

    assert asked(known) == []
    # One that says the same, and the others are believed.
    assert asked({**known, "0": replace(known["0"], row_mark="list:after")}) == [row.key for row in rows[1:]]


def test_lists_of_two_kinds_are_not_compared() -> None:
    rows = [Row(key="1", url="http://x/1", mark="feed:a")]
    listed = Listed.of(rows, {"1": _known(1, "page:b")}, wanted=lambda _page: False, missing={}, address=str)
    # What was read last is what counts from now on.
    assert ([ask.done for ask in listed.asks], listed.marks) == ([True], {"1": "feed:a"})


def test_what_comes_in_place_of_a_posting_is_remembered_of_its_row_unless_nothing_came() -> None:
    seen = {state for state in PageState if mark_of("1", "m", state)}
    away = {PageState.CAPTCHA, PageState.BLOCKED, PageState.UNREACHABLE, PageState.MAINTENANCE}
    assert seen == set(PageState) - away
    assert mark_of("1", "", PageState.OK) == {}


def test_feeds_and_sitemaps_tell_by_title_and_time(tmp_path: Path) -> None:
    folder = board_on(tmp_path, "http", 9)
    recipe = load_recipe(folder)
    site = Site.of(recipe, "http://127.0.0.1:9")
    assert site is not None

    def marks(form: str, text: str) -> list[str]:
        rule = replace(recipe.lists[0], format=form, rows=None, link=None, key=None)
        body = text.encode()
        view = PageView.of(url="http://127.0.0.1:9/list", status=200, body=body, text=text)
        return [row.mark for row in read_list(ListText(rule, view, body, clock.now()), site).rows]

    link = "http://127.0.0.1:9/thread-1-1-1.html"
    atom = (
        "<feed xmlns='http://www.w3.org/2005/Atom'><entry><title>{}</title><link href='{}'/>"
        "<published>2026-11-01T00:00:00Z</published><updated>{}</updated></entry></feed>"
    )
    rss = "<rss><channel><item><title>{}</title><link>{}</link><pubDate>{}</pubDate></item></channel></rss>"
    sitemap = (
        "<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'><!--{}-->"
        "<url><loc>{}</loc><lastmod>{}</lastmod></url></urlset>"
    )
    for form, text in (("feed", atom), ("feed", rss), ("sitemap", sitemap)):
        first, same, other = (
            marks(form, text.format("题", link, day)) for day in ("2026-11-02", "2026-11-02", "2026-11-03")
        )
        assert len(first) == 1
        assert first == same != other
