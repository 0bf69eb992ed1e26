"""A source crawled with --recipe is found again by the commands that come later."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from crawlers.browser.capture import capture_page, capture_pending
from crawlers.errors import SourceUnavailable
from crawlers.last_recipe import last_recipe, remember_recipe
from crawlers.run import crawl_source
from crawlers.source import FILE, SOURCES, load_recipe
from pipelines.desk import Desk
from tests.crawlers.conftest import NothingFound
from tests.crawlers.small_site import HTML, OPEN, board_on, row, serve, thread_page


@pytest.fixture
def board() -> Iterator[int]:
    """The port of a board with one thread."""
    answers = {"/robots.txt": OPEN, "/forum-1-1.html": (200, HTML, row(1, "/thread-1-1-1.html").encode())}
    with serve(answers | {"/thread-1-1-1.html": (200, HTML, thread_page())}) as server:
        yield server.server_address[1]


def test_the_folder_of_a_crawl_is_remembered_until_it_goes(
    desk: Desk, board: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = board_on(tmp_path, "http", board)
    monkeypatch.chdir(tmp_path)
    run = crawl_source(desk, NothingFound(""), Path(folder.name), allow=[f"127.0.0.1:{board}"])
    assert run.leads == 1
    monkeypatch.chdir("/")
    assert last_recipe(desk, folder.name) == load_recipe(folder)
    (report,) = capture_pending(desk, 5, allow=[f"127.0.0.1:{board}"])
    assert (report.reason, report.capture is not None) == ("", True)
    with pytest.raises(SourceUnavailable, match=r"没有配方.*mingcha intake"):
        last_recipe(desk, "imported")
    (folder / FILE).rename(folder / "elsewhere.yml")
    for attempt in (lambda: last_recipe(desk, folder.name), lambda: capture_page(desk, report.lead)):
        with pytest.raises(SourceUnavailable, match=f"配方文件夹 {folder} 已经不在.*--recipe"):
            attempt()
    (folder / FILE).write_text("recipe: {", encoding="utf-8")
    with pytest.raises(SourceUnavailable, match="配方有误"):
        last_recipe(desk, folder.name)


def test_an_installed_source_needs_no_folder(desk: Desk, tmp_path: Path) -> None:
    recipe = load_recipe("sandbox-board")
    assert last_recipe(desk, "sandbox-board") == recipe
    for source in ("sandbox-board", SOURCES / "sandbox-board", SOURCES / "sandbox-board" / FILE):
        remember_recipe(desk, recipe, source)
        with desk.store.read() as tx:
            assert tx.settings.get("crawl.recipe.sandbox-board") == ""
    remember_recipe(desk, recipe, tmp_path / FILE)
    with desk.store.read() as tx:
        assert tx.settings.get("crawl.recipe.sandbox-board") == str(tmp_path)
