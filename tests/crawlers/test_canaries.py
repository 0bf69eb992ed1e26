"""Canaries: fetched before the crawl through the same gate; a failing one calls it off with its reason."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.desk import Desk
from tests.crawlers.failure_modes.small_board import Answer, board, html, later, message, path, thread
from tests.crawlers.small_site import serve

CANARY = "canary: {urls: [{url: '/thread-900-1-1.html', fields: {title: 版规}}], bogus: '/thread-999999999-1-1.html'}\n"
RULES = thread("版规", "发帖前请先阅读本版规定。")


def test_a_canary_that_sings_lets_the_crawl_begin_and_comes_first(desk: Desk, tmp_path: Path) -> None:
    with board(desk, tmp_path, CANARY) as small:
        small.threads(1)
        small.pages[path(900)] = RULES
        assert small.crawl().outcome == "finished"
        assert small.asked[:2] == [path(999999999), path(900)]
        # Neither is a posting of the source.
        assert small.listing(900) is None
        with desk.store.read() as tx:
            learned = tx.health.soft_not_found(small.address)
        assert learned is not None
        assert learned.kind == "not_found"


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (thread("别的标题"), "字段 title 应为“版规”，读到“别的标题”"),
        (html("", 404), "现在是“已删除”"),
        (message("抱歉，您尚未登录，没有权限访问该主题"), "现在是“要求登录”"),
        (html("<p>换了皮肤，什么标志也没有的一页，文字倒是有一些。</p>"), "现在是“认不出”"),
        (html("<table><tbody id='normalthread_1'><tr><td>x</td></tr></tbody></table>"), "现在是列表"),
    ],
)
def test_one_that_does_not_calls_it_off(desk: Desk, tmp_path: Path, answer: Answer, reason: str) -> None:
    with board(desk, tmp_path, CANARY) as small:
        small.threads(1)
        small.pages[path(900)] = answer
        run = small.crawl()
        assert (run.outcome, run.new, small.source.state) == ("failed", 0, "canary")
        assert "校验页不对，本次采集没有开始" in run.message
        assert reason in run.message
        assert "/forum-1-1.html" not in small.asked
        with desk.store.read() as tx:
            assert [alert.source for alert in tx.alerts.open_ones()] == ["test-board"]
        small.pages[path(900)] = RULES
        later(hours=1)
        assert small.crawl().outcome == "finished"
        with desk.store.read() as tx:
            assert tx.alerts.open_ones() == ()


def test_a_wall_at_the_canary_is_a_wall(desk: Desk, tmp_path: Path) -> None:
    with board(desk, tmp_path, CANARY) as small:
        small.threads(1)
        small.pages[path(900)] = html("<p>访问过于频繁，请输入验证码</p>")
        run = small.crawl()
        assert (run.outcome, small.source.state) == ("blocked", "captcha")
        assert small.source.cooldown_until is not None


def test_a_canary_that_cannot_be_reached_calls_it_off(desk: Desk, tmp_path: Path) -> None:
    with serve({}) as dead:
        pass
    with board(
        desk, tmp_path, CANARY.replace("/thread-900", f"http://127.0.0.1:{dead.server_address[1]}/thread-900")
    ) as small:
        small.threads(1)
        run = small.crawl()
        assert run.outcome == "failed"
        assert "没有取到" in run.message
