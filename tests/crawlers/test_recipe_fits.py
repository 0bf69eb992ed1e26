"""Pages a recipe cannot read are told of, a mended recipe reads them again, and logins stop a run only in a row."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from crawlers.gate import LOGIN_WALLS_IN_A_ROW
from crawlers.last_recipe import LONG_AGO, read_since
from crawlers.run import crawl_source
from crawlers.source import load_recipe
from pipelines.desk import Desk
from pipelines.records import CrawlRun, PageState
from tests.crawlers.conftest import NothingFound
from tests.crawlers.small_site import HTML, OPEN, board_on, row, serve, thread_page

MEMBERS = (200, HTML, '<div id="messagetext">抱歉，您尚未登录，没有权限访问该版块</div>'.encode())
FIELD = "fields: {{district: {{from: [{{css: '{css}'}}], need: required}}}}\nschedule: {{detail: [30d]}}\n"


def site(*pages: tuple[int, dict[str, str], bytes]) -> dict[str, tuple[int, dict[str, str], bytes]]:
    """A list that leads to these threads, 1, 2, 3 …; behind it there is no second page (`gone`)."""
    threads = {f"/thread-{n}-1-1.html": page for n, page in enumerate(pages, 1)}
    rows = "".join(row(n, path) for n, path in enumerate(threads, 1))
    return {"/robots.txt": OPEN, "/forum-1-1.html": (200, HTML, f"<table>{rows}</table>".encode()), **threads}


def crawl(desk: Desk, server: Any, folder: Path) -> CrawlRun:
    return crawl_source(desk, NothingFound(), folder, allow=[f"127.0.0.1:{server.server_port}"])


def threads_asked(server: Any) -> list[str]:
    asked = [path for path, _headers in server.asked if path.startswith("/thread")]
    server.asked.clear()
    return asked


def rewrite(folder: Path, old: str, new: str) -> None:
    file = folder / "source.yml"
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new), "utf-8")


def ok(text: str = "正文") -> tuple[int, dict[str, str], bytes]:
    return (200, HTML | {"ETag": '"same"'}, thread_page(text) + b'<p class="where">\xe5\x9f\x8e\xe4\xb8\x9c</p>')


def test_a_required_field_that_no_page_has_fails_the_run_and_a_mended_recipe_reads_them_again(
    desk: Desk, tmp_path: Path
) -> None:
    with serve(site(ok("一"), ok("二"))) as server:
        folder = board_on(tmp_path, "http", server.server_port, extra=FIELD.format(css=".broken"))
        run = crawl(desk, server, folder)
        assert (run.outcome, run.states, run.new) == ("failed", {"gone": 1, "list": 1, "unknown": 2}, 0)
        assert "配方不再适合网页" in run.message
        assert "district" in run.message
        with desk.store.read() as tx:
            source = tx.sources.get("test-board")
            pages = tx.pages.get_many("test-board", ["1", "2"])
            assert source is not None
            assert source.state == "unknown"
            assert {page.state for page in pages.values()} == {PageState.UNKNOWN}
            # Nothing was read off them, so nothing of them is kept.
            assert {page.last_capture_id for page in pages.values()} == {None}
            assert tx.listings.count() == 0
        threads_asked(server)

        rewrite(folder, ".broken", ".where")
        run = crawl(desk, server, folder)
        assert (run.outcome, run.states, run.new) == ("finished", {"gone": 1, "list": 1, "ok": 2}, 2)
        assert "重读了 2 个" in run.message
        assert len(threads_asked(server)) == 2


def test_a_changed_recipe_reads_known_pages_whole_and_a_changed_pace_does_not(desk: Desk, tmp_path: Path) -> None:
    with serve(site(ok("一"), ok("二"))) as server:
        folder = board_on(tmp_path, "http", server.server_port, extra="schedule: {detail: [30d]}\n")
        assert crawl(desk, server, folder).new == 2
        assert len(threads_asked(server)) == 2
        assert crawl(desk, server, folder).unchanged == 2
        assert threads_asked(server) == []

        rewrite(folder, "schedule: {detail: [30d]}", "# a comment\npolite: {delay_s: 9}\nschedule: {detail: [29d]}")
        assert crawl(desk, server, folder).message == ""
        assert threads_asked(server) == []

        rewrite(folder, "version: 1", "version: 2")
        run = crawl(desk, server, folder)
        assert (run.unchanged, run.changed) == (2, 0)
        assert "重读了 2 个" in run.message
        assert [headers.get("If-None-Match") for path, headers in server.asked if "thread" in path] == [None, None]
        assert len(threads_asked(server)) == 2
        assert crawl(desk, server, folder).message == ""
        assert threads_asked(server) == []


def test_what_an_interrupted_run_did_not_reach_is_read_again_by_the_next(desk: Desk, tmp_path: Path) -> None:
    with serve(site(ok("一"), ok("二"), ok("三"))) as server:
        folder = board_on(tmp_path, "http", server.server_port, extra="schedule: {detail: [30d]}\n")
        crawl(desk, server, folder)
        rewrite(folder, "version: 1", "version: 2")
        threads_asked(server)
        crawl_source(desk, NothingFound(), folder, allow=[f"127.0.0.1:{server.server_port}"], limit=1)
        first = threads_asked(server)
        crawl(desk, server, folder)
        assert len(first) == 1
        assert len(threads_asked(server)) == 2


def test_one_odd_page_among_good_ones_is_told_and_fails_nothing(desk: Desk, tmp_path: Path) -> None:
    odd = (200, HTML, b"<p>something else altogether, with words enough to be no shell</p>")
    with serve(site(ok("一"), odd, ok("二"))) as server:
        folder = board_on(tmp_path, "http", server.server_port)
        run = crawl(desk, server, folder)
        assert (run.outcome, run.states) == ("finished", {"gone": 1, "list": 1, "ok": 2, "unknown": 1})
        assert "1 个信息页认不出" in run.message


def test_a_site_that_answers_is_not_called_out_of_reach(desk: Desk, tmp_path: Path) -> None:
    odd = (200, HTML, "<p>换了模样的列表，字数足够，不是空壳页面</p>".encode())
    with serve({"/robots.txt": OPEN, "/forum-1-1.html": odd}) as server:
        folder = board_on(tmp_path, "http", server.server_port)
        run = crawl(desk, server, folder)
    with desk.store.read() as tx:
        source = tx.sources.get("test-board")
    assert source is not None
    assert (run.outcome, source.state) == ("failed", "unknown")
    assert "网站有应答" in run.message
    assert "认不出 1" in run.message
    assert "mingcha source record" in run.message


def test_a_recipe_never_seen_before_makes_nothing_outdated(desk: Desk, tmp_path: Path) -> None:
    recipe = load_recipe(board_on(tmp_path, "http", 1))
    assert read_since(desk, recipe) == LONG_AGO
    assert read_since(desk, recipe) == LONG_AGO


@pytest.mark.parametrize(
    ("pages", "outcome"),
    # In whatever order they come.
    [((MEMBERS, ok("一"), MEMBERS, ok("二")), "finished"), ((MEMBERS,) * 60, "blocked")],
)
def test_postings_for_members_stop_a_run_only_in_a_row(
    desk: Desk, tmp_path: Path, pages: tuple[Any, ...], outcome: str
) -> None:
    with serve(site(*pages)) as server:
        run = crawl(desk, server, board_on(tmp_path, "http", server.server_port))
        assert run.outcome == outcome
        if outcome == "blocked":
            # What was on its way when the third came is counted as well; most is not asked for.
            assert LOGIN_WALLS_IN_A_ROW <= run.states["login_wall"] < len(pages)
            assert "连续 3 个信息页要求登录" in run.message
        else:
            assert run.states["login_wall"] == 2
        with desk.store.read() as tx:
            source = tx.sources.get("test-board")
        assert source is not None
        assert (source.cooldown_until is not None) == (outcome == "blocked")
        assert source.state == ("login_wall" if outcome == "blocked" else "ok")


def test_a_list_for_members_stops_the_run(desk: Desk, tmp_path: Path) -> None:
    with serve({"/robots.txt": OPEN, "/forum-1-1.html": MEMBERS}) as server:
        run = crawl(desk, server, board_on(tmp_path, "http", server.server_port))
        assert (run.outcome, run.states) == ("blocked", {"login_wall": 1})
        assert "列表页要求登录" in run.message


def test_threads_known_to_want_a_login_are_looked_at_again_without_stopping(desk: Desk, tmp_path: Path) -> None:
    with serve(site(MEMBERS, MEMBERS, ok("一"))) as server:
        folder = board_on(tmp_path, "http", server.server_port, extra="schedule: {detail: [0h]}\n")
        assert crawl(desk, server, folder).states["login_wall"] == 2
        server.answers |= {"/thread-3-1-1.html": MEMBERS}
        run = crawl(desk, server, folder)
        assert (run.outcome, run.states["login_wall"]) == ("finished", 3)
