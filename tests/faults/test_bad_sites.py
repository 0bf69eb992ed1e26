"""What a site may do to a crawl: each bounded, named in the run's message, and nothing else lost."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from pathlib import Path

import pytest

import crawlers.settings
from crawlers.run import crawl_source
from pipelines.desk import Desk
from tests.crawlers.small_site import board_on
from tests.faults import bad_site as bad


@pytest.fixture(autouse=True)
def _short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crawlers.writer.IDLE_SECONDS", 0.02)
    monkeypatch.setattr(crawlers.settings, "DOWNLOAD_TIMEOUT", 1.0)
    monkeypatch.setattr(crawlers.settings, "RETRY_TIMES", 1)


@pytest.mark.parametrize(
    ("behave", "named"),
    [
        (bad.endless, "超过大小上限 1"),
        (bad.gibibyte, "超过大小上限 1"),
        (bad.gzip_bomb, "解压后超过大小上限 1"),
        (bad.slow_loris, "超时 1"),
        (bad.slow_body, "超时 1"),
        (bad.no_answer, "超时 1"),
        (bad.torn_body, "中途断开 1"),
    ],
)
def test_bounded_named_and_nothing_else_lost(
    desk: Desk, tmp_path: Path, behave: Callable[[socket.socket], None], named: str
) -> None:
    with bad.bad_site(behave) as site:
        folder = board_on(tmp_path, "http", site.port)
        allow = [f"127.0.0.1:{site.port}"]
        began = time.monotonic()
        run = crawl_source(desk, None, folder, allow=allow)
        assert time.monotonic() - began < 20
        assert (run.outcome, run.new) == ("finished", 2)
        assert f"1 个页面没有取到：{named}" in run.message
        # Once the site behaves, the page comes with the next run, and only that page is new.
        site.behave = None
        assert crawl_source(desk, None, folder, allow=allow).new == 1


def test_a_redirect_loop_ends(desk: Desk, tmp_path: Path) -> None:
    with bad.bad_site(bad.redirect_loop) as site:
        run = crawl_source(desk, None, board_on(tmp_path, "http", site.port), allow=[f"127.0.0.1:{site.port}"])
        assert site.asked.count(bad.BAD) == crawlers.settings.MAX_REDIRECTS + 1
    assert (run.outcome, run.new, run.states["moved"]) == ("finished", 2, 1)


def test_a_host_that_does_not_resolve_is_named(desk: Desk, tmp_path: Path) -> None:
    folder = board_on(tmp_path, "http", 1)
    recipe = folder / "source.yml"
    recipe.write_text(recipe.read_text("utf-8").replace("http://127.0.0.1:1", "http://board.invalid"), "utf-8")
    run = crawl_source(desk, None, folder)
    assert run.outcome == "failed"
    assert "robots.txt" in run.message or "查不到主机" in run.message
