"""A whole recipe from its tree: every block by its table, then what only all blocks together can tell."""

from __future__ import annotations

import json
from typing import Any

from crawlers.reader.list_blocks import DISCOVER, check_variables
from crawlers.reader.page_blocks import FIELDS, PRIVACY, STATES, TESTS, check_privacy
from crawlers.reader.pick_blocks import DEFINITIONS
from crawlers.reader.shapes import Block, Key, Schema
from crawlers.reader.site_blocks import FETCH, HEAD, SCOPE, SOURCE
from crawlers.reader.upkeep_blocks import CANARY, POLITE, QUALITY, SCHEDULE
from crawlers.recipe import IMPORTED, Recipe
from crawlers.yaml_tree import Tree

WHOLE = Block(
    {
        "recipe": Key(HEAD, "What this file is", need=True),
        "source": Key(SOURCE, "Who the source is"),
        "scope": Key(SCOPE, "Which addresses belong to it", need=True),
        "polite": Key(POLITE, "Pace and budget of each host; robots.txt is always obeyed"),
        "fetch": Key(FETCH, "How pages are fetched"),
        "discover": Key(DISCOVER, "Lists and how rows are read off them"),
        "states": Key(STATES, "What a page is; the first rule that holds", need=True),
        "fields": Key(FIELDS, "What is read off a posting", need=True),
        "privacy": Key(PRIVACY, "What becomes of fields, and how long pages are kept"),
        "quality": Key(QUALITY, "Hard limits of a run"),
        "canary": Key(CANARY, "Pages fetched before a crawl"),
        "schedule": Key(SCHEDULE, "When lists and postings are visited"),
        "tests": Key(TESTS, "Saved pages and what must be read off them"),
    }
)
#: What only a source that is crawled may have.
_CRAWLING = ("discover", "polite", "canary", "schedule")
_NO_SOURCE = {
    **dict.fromkeys(("title", "platform", "kind", "contact", "legal_note", "region", "reviewed_on"), ""),
    "lane": "C",
    "demo": False,
    "visibility": "public",
}


def read_whole(tree: Tree, name: str, *, is_engine: bool) -> Recipe:
    """The recipe of a merged tree. Raises RecipeError with file and line."""
    given: dict[str, Any] = WHOLE.read(tree)
    head, source, scope = given.pop("recipe"), given.pop("source", None), given["scope"]
    head.pop("extends", None)
    if source is None:
        if not is_engine:
            raise tree.mapping().missing("source")
        source = dict(_NO_SOURCE)
    else:
        title = source.pop("name")
        source = {**_NO_SOURCE, **source, "title": title}
        source["platform"] = source["platform"] or source["title"]
    imported = source["lane"] in IMPORTED
    if not is_engine and imported:
        _only_imported(given, tree)
    elif not is_engine:
        if scope.base is None and not source["demo"]:
            raise tree.value["scope"].fault_of("scope.base", "缺少 base（只有演示来源可以在运行时给出地址）")
        if given.get("fetch") is not None and given["fetch"].mode == "import":
            raise tree.value["fetch"].fault("A、B 类来源是采集的，mode: import 只用于 C、D 类")
        if "discover" not in given:
            raise tree.mapping().missing("discover")
        check_variables(given["discover"], tree.value["discover"])
    given |= given.pop("discover", {})
    given |= given.pop("privacy", {})
    check_privacy(given.get("privacy", {}), given["fields"], tree.value.get("privacy", tree.value["fields"]))
    return Recipe(name=name, **head, **source, **given)


def _only_imported(given: dict[str, Any], tree: Tree) -> None:
    """Lanes C and D: pages are brought by people or other systems, so nothing of crawling may stand here."""
    for name in _CRAWLING:
        if name in given:
            place = tree.value[name]
            if place.file.startswith("engines/"):
                del given[name]
                continue
            raise place.fault(f"C、D 类来源不采集，只读人工导入的网页（mingcha intake），不能写 {name}")
    if given.get("fetch") is None or given["fetch"].mode != "import":
        raise (
            tree.value["source"]
            .value["lane"]
            .fault("C、D 类来源不采集，只读人工导入的网页（mingcha intake），请写 fetch: {mode: import}")
        )


def recipe_schema() -> Schema:
    """JSON Schema of source.yml and engine files, for editors: made from the very tables the reader reads by."""
    found = WHOLE.schema(whole=False)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Mingcha recipe, schema v1",
        **found,
        "required": ["recipe"],
        "if": {"properties": {"recipe": {"properties": {"id": {"pattern": "^engine/"}}}}},
        "else": {"required": ["recipe", "source"]},
        "$defs": DEFINITIONS,
    }


def schema_text() -> str:
    """The schema as the file docs/recipe.schema.json holds it."""
    return json.dumps(recipe_schema(), ensure_ascii=False, indent=1) + "\n"
