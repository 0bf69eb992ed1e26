"""A source crawled with --recipe is found again by the commands that come later."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import pytest

from crawlers.browser.capture import capture_pending
from crawlers.errors import SourceUnavailable
from crawlers.last_recipe import last_recipe, remember_recipe
from crawlers.run import crawl_source
from crawlers.sandbox.sites import Sandbox
from crawlers.source import FILE, SOURCES, load_recipe
from pipelines.desk import Desk
from tests.crawlers.conftest import NothingFound


@pytest.fixture
def own_recipe(tmp_path: Path) -> Path:
    """The board's recipe in a folder of one's own."""
    folder = tmp_path / "own-board"
    folder.mkdir()
    (folder / FILE).write_text((SOURCES / "sandbox-board" / FILE).read_text("utf-8"), encoding="utf-8")
    return folder


def test_the_folder_of_a_crawl_is_remembered_until_it_goes(
    desk: Desk, platforms: Sandbox, own_recipe: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(own_recipe.parent)
    allow = [urlsplit(platforms["board"]).netloc]
    run = crawl_source(desk, NothingFound(""), Path(own_recipe.name), limit=1, allow=allow)
    assert run.leads == 1
    monkeypatch.chdir("/")
    assert last_recipe(desk, "own-board") == load_recipe(own_recipe)
    (own_recipe / FILE).rename(own_recipe / "elsewhere.yml")
    with pytest.raises(SourceUnavailable, match=f"配方文件夹 {own_recipe} 已经不在.*--recipe"):
        last_recipe(desk, "own-board")
    (report,) = capture_pending(desk, 5)
    assert report.capture is None
    assert "已经不在" in report.reason
    (own_recipe / FILE).write_text("recipe: {", encoding="utf-8")
    with pytest.raises(SourceUnavailable, match="配方有误"):
        last_recipe(desk, "own-board")


def test_a_lead_of_such_a_source_gets_its_capture(desk: Desk, platforms: Sandbox, own_recipe: Path) -> None:
    allow = [urlsplit(platforms["board"]).netloc]
    crawl_source(desk, NothingFound(""), own_recipe, limit=1, allow=allow)
    (report,) = capture_pending(desk, 5)
    assert (report.reason, report.capture is not None) == ("", True)


def test_an_installed_source_needs_no_folder(desk: Desk, own_recipe: Path) -> None:
    recipe = load_recipe("sandbox-board")
    assert last_recipe(desk, "sandbox-board") == recipe
    for source in ("sandbox-board", SOURCES / "sandbox-board", SOURCES / "sandbox-board" / FILE):
        remember_recipe(desk, recipe, source)
        with desk.store.read() as tx:
            assert tx.settings.get("crawl.recipe.sandbox-board") == ""
    remember_recipe(desk, recipe, own_recipe / FILE)
    with desk.store.read() as tx:
        assert tx.settings.get("crawl.recipe.sandbox-board") == str(own_recipe)
    with pytest.raises(SourceUnavailable, match=r"没有配方.*mingcha intake"):
        last_recipe(desk, "imported")
