"""docs/recipes.md tells the truth: its example passes the strict reader; no key, field, step or engine is left out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from crawlers import source
from crawlers.errors import RecipeError
from crawlers.reader.page_blocks import FIELD, FieldsShape, PrivacyShape
from crawlers.reader.pick_blocks import PICK_BLOCK, LabelShape, PickShape, Referred, StepShape
from crawlers.reader.shapes import Block, Many, Named
from crawlers.reader.whole import WHOLE, recipe_schema, schema_text
from crawlers.recipe import DELAY_FLOOR_S, FIELD_NAMES, TRANSFORMS, Recipe
from crawlers.source import engine_names, load_recipe, source_folders
from crawlers.urls import Site
from crawlers.yaml_tree import parse_tree, read_tree

ROOT = Path(__file__).resolve().parents[2]
DOC = (ROOT / "docs" / "recipes.md").read_text(encoding="utf-8")
EXAMPLE = re.findall(r"^```yaml\n(.*?)^```$", DOC, re.S | re.M)


@pytest.fixture
def example(tmp_path: Path) -> Recipe:
    """The example as a person would install it."""
    folder = tmp_path / "qingshui-bbs"
    folder.mkdir()
    (folder / "source.yml").write_text(EXAMPLE[0], encoding="utf-8")
    return load_recipe(folder)


def test_the_example_is_accepted_and_means_what_the_text_says(example: Recipe) -> None:
    assert len(EXAMPLE) == 1
    assert (example.name, example.demo, example.lane) == ("qingshui-bbs", False, "A")
    assert example.polite.delay_s >= DELAY_FLOOR_S
    assert example.lists[0].url.startswith("/forum.php")
    assert example.states[0].text is not None
    assert example.states[0].text.search("本主题需要支付")
    assert len(example.states) > 5
    assert "body" in example.fields


def test_the_example_visits_lists_and_threads_and_nothing_else(example: Recipe) -> None:
    site = Site.of(example)
    assert site is not None
    thread = "https://bbs.qingshui.example/forum.php?mod=viewthread&tid=77&extra=page%3D1"
    assert site.in_scope(site.canonical(thread))
    assert site.key(thread) == "77"
    assert site.in_scope("https://bbs.qingshui.example/forum.php?mod=forumdisplay&fid=36&page=2")
    for path in ("home.php?mod=space&uid=1", "member.php?mod=logging", "forum.php?mod=post&action=reply"):
        assert not site.in_scope(f"https://bbs.qingshui.example/{path}")


def test_the_example_with_a_key_for_cookies_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "qingshui-bbs"
    folder.mkdir()
    text = EXAMPLE[0].replace("fetch: {", "fetch: {cookies: a=b, ")
    (folder / "source.yml").write_text(text, encoding="utf-8")
    with pytest.raises(RecipeError, match="cookies"):
        load_recipe(folder)


def keys_of(block: Block) -> Iterator[str]:
    """Every key of the reader's tables, those of blocks inside blocks too."""
    for name, key in block.keys.items():
        yield name
        yield from inside(key.shape)


def inside(shape: object) -> Iterator[str]:
    if isinstance(shape, Block):
        yield from keys_of(shape)
    elif isinstance(shape, Many):
        yield from inside(shape.item)
    elif isinstance(shape, Named):
        yield from inside(shape.value)
    elif isinstance(shape, Referred):
        yield from inside(shape.inner)
    elif isinstance(shape, PickShape):
        yield from keys_of(PICK_BLOCK)
    elif isinstance(shape, FieldsShape):
        yield from keys_of(FIELD)
    elif isinstance(shape, StepShape | LabelShape | PrivacyShape):
        yield from ("retain_days", "rows", "key", "value")


def test_every_key_of_the_reader_is_documented() -> None:
    keys = set(keys_of(WHOLE))
    assert len(keys) > 70
    assert sorted(key for key in keys if not re.search(rf"[`.{{ ]{key}\b", DOC)) == []


def test_the_schema_for_editors_is_what_the_reader_reads_by() -> None:
    committed = (ROOT / "docs" / "recipe.schema.json").read_text(encoding="utf-8")
    assert committed == schema_text(), "run: mingcha source schema > docs/recipe.schema.json"


FILES = sorted([*source.SOURCES.glob("*/source.yml"), *source.ENGINES.glob("*.yml")])


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_every_recipe_of_the_project_is_valid_by_the_schema(path: Path) -> None:
    Draft202012Validator(recipe_schema()).validate(read_tree(path).plain())


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("fetch: {", "fetch: {cookies: a=b, "),
        ("polite: {", "polite: {proxy: 'http://x', "),
        ("lane: A", "lane: Z"),
        ("  legal_note: ", "  note: "),
        ("{state: permission", "{state: fine"),
    ],
)
def test_what_the_reader_refuses_the_schema_refuses_too(old: str, new: str) -> None:
    document = parse_tree(EXAMPLE[0].replace(old, new, 1).encode(), "x/source.yml").plain()
    assert not Draft202012Validator(recipe_schema()).is_valid(document)
    assert Draft202012Validator(recipe_schema()).is_valid(parse_tree(EXAMPLE[0].encode(), "x/source.yml").plain())


def test_every_field_step_engine_and_demo_source_is_named() -> None:
    names = {*FIELD_NAMES, *TRANSFORMS, *engine_names(), *(n for n in source_folders() if n.startswith("sandbox-"))}
    assert sorted(name for name in names if not re.search(rf"`{name}[`:]", DOC)) == []
