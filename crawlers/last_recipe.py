"""The recipe a source was last crawled with: one of this installation, or a folder given with --recipe."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from crawlers.errors import RecipeError, SourceUnavailable
from crawlers.recipe import Recipe
from crawlers.source import FILE, SOURCES, load_recipe, source_folders
from pipelines import clock
from pipelines.desk import Desk

LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


def remember_recipe(desk: Desk, recipe: Recipe, source: str | Path) -> None:
    """Note where a source's recipe lies; nothing is noted of an installed one, which its name finds."""
    folder = Path(source).resolve() if isinstance(source, Path) or "/" in source else SOURCES / source
    if folder.name == FILE:
        folder = folder.parent
    with desk.store.transaction() as tx:
        tx.settings.set(_key(recipe.name), "" if folder.is_relative_to(SOURCES) else str(folder))


def recipe_place(desk: Desk, source: str) -> str | Path:
    """Where the recipe of a source's last crawl lies: its name when it is an installed one, else its folder."""
    with desk.store.read() as tx:
        folder = tx.settings.get(_key(source))
    return Path(folder) if folder else source


def last_recipe(desk: Desk, source: str) -> Recipe:
    """The recipe of a source's last crawl. Raises SourceUnavailable when it is gone or cannot be read."""
    with desk.store.read() as tx:
        folder = tx.settings.get(_key(source))
    if not folder and source not in source_folders():
        raise SourceUnavailable(f"来源 {source} 没有配方；请人工打开网页，保存后用 mingcha intake 导入")
    if folder and not (Path(folder) / FILE).is_file():
        raise SourceUnavailable(
            f"来源 {source} 的配方文件夹 {folder} 已经不在；请放回原处，或用 mingcha crawl --recipe 在新位置再采集一次"
        )
    try:
        return load_recipe(Path(folder) if folder else source)
    except RecipeError as exc:
        raise SourceUnavailable(f"来源 {source} 的配方有误：{exc.message}") from exc


def read_since(desk: Desk, recipe: Recipe) -> datetime:
    """Since when the source's pages are read by this very recipe: what was fetched before is to be read again.

    The moment is now when the recipe is not the one of the last crawl (by version or content, its engine's included);
    long ago when no other recipe is known to have been there.
    """
    with desk.store.transaction() as tx:
        digest, _, since = (tx.settings.get(f"crawl.reading.{recipe.name}") or "").partition(" ")
        if digest == recipe.digest:
            return datetime.fromisoformat(since)
        moment = clock.now() if digest else LONG_AGO
        tx.settings.set(f"crawl.reading.{recipe.name}", f"{recipe.digest} {moment.isoformat()}")
        return moment


def _key(source: str) -> str:
    return f"crawl.recipe.{source}"
