"""The strict reader of crawlers/sources/<name>/source.yml.

Recipes are data: no code, no expressions beyond CSS, XPath and regular expressions. There are no keys for login,
cookies, proxies, captcha or headers, so that one look shows a recipe to be lawful; unknown keys are refused with
file and line.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import replace
from functools import cache, lru_cache
from pathlib import Path

from crawlers.errors import RecipeError
from crawlers.reader.whole import read_whole
from crawlers.recipe import Recipe
from crawlers.yaml_tree import Tree, merged, read_tree
from pipelines.config import read_settings

HERE = Path(__file__).resolve().parent
SOURCES = HERE / "sources"
ENGINES = HERE / "engines"
FILE = "source.yml"
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{1,60}\Z")
#: Parts of a recipe that decide what is read off a page; pace, schedule, lists and notes do not.
_READING = ("recipe", "scope", "fetch", "states", "fields", "privacy")


def source_folders() -> dict[str, Path]:
    """Every source of this installation: name → folder; those of HOME after those that came with Mingcha."""
    found = {path.parent.name: path.parent for path in sorted(home_sources().glob(f"*/{FILE}"))}
    return found | {path.parent.name: path.parent for path in sorted(SOURCES.glob(f"*/{FILE}"))}


def home_sources() -> Path:
    """Where this installation's own sources lie: an update of Mingcha touches none of them. Raises ConfigError."""
    return read_settings().home_path / "sources"


def source_folder(source: str | Path) -> Path:
    """The folder of a source, by name or by folder. Raises RecipeError when there is no such name."""
    if isinstance(source, Path) or "/" in source or source == ".":
        folder = Path(source)
        return folder.parent if folder.name == FILE else folder
    return source_folders()[source_name(source)]


def source_name(word: str) -> str:
    """The name of the source that people call so: its name, or the Chinese title of one source alone. Raises
    RecipeError with the names there are."""
    known = source_folders()
    if word in known:
        return word
    called = [name for name, folder in known.items() if word.strip() and _title(folder) == word.strip()]
    if len(called) > 1:
        raise RecipeError(f"叫“{word.strip()}”的来源有几个，请写代号：{'、'.join(called)}")
    if not called:
        raise RecipeError(
            f"没有来源 {word}；现有：{'、'.join(known) or '无'}（也可以写中文名称，见 mingcha source list）"
        )
    return called[0]


def _title(folder: Path) -> str:
    """What people call the source of a folder; nothing when its recipe cannot be read."""
    try:
        return load_recipe(folder).title
    except RecipeError:
        return ""


def said_title(folder: Path) -> str:
    """What a source calls itself although its recipe cannot be read; the folder's name when it does not say."""
    try:
        source = read_tree(folder / FILE).plain()["source"]
        said = str(source["name"]).strip()
    except (RecipeError, KeyError, TypeError):
        try:
            text = (folder / FILE).read_text("utf-8", "replace")
        except OSError:
            return folder.name
        # Not even YAML: the line under `source` that looks like it.
        match = re.search(r"^source:[^\n]*?(?:\n[ \t].*?)*?\bname:[ \t]*([^\n,}#]+)", text, re.M)
        said = match[1].strip().strip("'\"") if match else ""
    return said[:60] or folder.name


def load_recipe(source: str | Path) -> Recipe:
    """The recipe of a source, by name, title or folder. Raises RecipeError naming file and line."""
    folder = source_folder(source)
    name = folder.resolve().name
    check_name(name)
    return read_recipe(read_tree(folder / FILE), name)


def check_name(name: str) -> None:
    """May a source be called so? Raises RecipeError."""
    if not _NAME.match(name):
        raise RecipeError(f"来源文件夹名 {name} 只能用小写字母、数字和连字符")


@lru_cache(maxsize=32)
def load_engine(name: str) -> Recipe:
    """An engine recipe by itself (for pages given without a source). Raises RecipeError.

    Read once in a process: each page brought without a source is shown to half a dozen engines.
    """
    return read_recipe(_engine_tree(name), name)


@lru_cache(maxsize=32)
def _engine_tree(name: str) -> Tree:
    """An engine's own file, laid over the engine it extends itself."""
    return _over_engine(read_tree(ENGINES / f"{name}.yml"))


@cache
def engine_names() -> tuple[str, ...]:
    """All engine recipes of this installation."""
    return tuple(sorted(path.stem for path in ENGINES.glob("*.yml")))


def read_recipe(tree: Tree, name: str) -> Recipe:
    """A Recipe from a tree, its engine (`extends`) laid under it. Raises RecipeError."""
    is_engine = tree.file.startswith("engines/")
    tree = _over_engine(tree)
    return replace(read_whole(tree, name, is_engine=is_engine), digest=_digest(tree))


def _over_engine(tree: Tree) -> Tree:
    """The tree laid over the engine it extends; its own states are asked first, then the engine's."""
    extends = _extends(tree)
    if extends is None:
        return tree
    parent, engine = extends.text(), tree.file.startswith("engines/")
    if parent not in engine_names() or (engine and tree.file == f"engines/{parent}.yml"):
        raise extends.fault(f"没有引擎配方 {parent}；现有：{'、'.join(engine_names())}")
    base = _engine_tree(parent)
    own_states = tree.value.get("states")
    whole = merged(base, tree)
    if own_states is not None and "states" in base.value:
        both = [*own_states.items(), *base.value["states"].items()]
        states = Tree(value=both, file=own_states.file, line=own_states.line, path="states")
        whole = Tree(value={**whole.value, "states": states}, file=tree.file, line=tree.line)
    return whole


def _digest(tree: Tree) -> str:
    """SHA-256 over the parts that decide how pages are read, the engine's merged in."""
    parts = {key: part.plain() for key, part in tree.value.items() if key in _READING}
    parts["visibility"] = str(tree.value["source"].plain().get("visibility")) if "source" in tree.value else ""
    return hashlib.sha256(json.dumps(parts, sort_keys=True, ensure_ascii=True).encode()).hexdigest()


def _extends(tree: Tree) -> Tree | None:
    head = tree.mapping().take("recipe")
    return head.mapping().take("extends") if head is not None else None
