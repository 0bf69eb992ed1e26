"""The recipe reader: strict, points at the line, survives anything."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from crawlers.errors import RecipeError
from crawlers.reader.page_blocks import FIELD
from crawlers.reader.pick_blocks import PICK_BLOCK
from crawlers.reader.shapes import Block, Many
from crawlers.reader.whole import WHOLE
from crawlers.recipe_examples import EXAMPLES, example_of
from crawlers.source import engine_names, load_engine, load_recipe, read_recipe, source_folders
from crawlers.yaml_tree import merged, parse_tree
from pipelines.records import PageState

GOOD = """\
recipe: {id: bbs/example, version: 1, extends: discuz-x, engine: discuz}
source:
  name: 某市论坛
  kind: forum
  lane: A
  contact: https://example.org/about-our-robot
  legal_note: public board
scope: {base: 'https://bbs.example.com'}
discover:
  vars: {fid: ['36', '41']}
"""


def read(text: str, name: str = "example") -> object:
    return read_recipe(parse_tree(text.encode(), "example/source.yml"), name)


def fault(text: str) -> RecipeError:
    with pytest.raises(RecipeError) as caught:
        read(text)
    return caught.value


def test_a_board_is_a_dozen_lines_on_top_of_its_engine() -> None:
    recipe = read_recipe(parse_tree(GOOD.encode(), "example/source.yml"), "example")
    assert recipe.scope.hosts == ("bbs.example.com",)
    assert recipe.vars == {"fid": ("36", "41")}
    assert recipe.lists[0].url.startswith("/forum.php?mod=forumdisplay")
    assert recipe.states[-1].state is PageState.EMPTY_LIST
    assert recipe.polite.delay_s >= 3
    assert "title" in recipe.fields


@pytest.mark.parametrize("name", sorted(source_folders()))
def test_every_source_of_the_project_can_be_read(name: str) -> None:
    recipe = load_recipe(name)
    assert recipe.name == name
    assert any(rule.state is PageState.OK for rule in recipe.states)


@pytest.mark.parametrize("name", engine_names())
def test_every_engine_can_be_read(name: str) -> None:
    assert load_engine(name).id == f"engine/{name}"


@pytest.mark.parametrize(
    ("addition", "line", "words"),
    [
        ("login: {user: a}\n", 11, "不认识的键 login"),
        ("cookies: [a]\n", 11, "不认识的键 cookies"),
        ("fetch: {mode: http, headers: {Cookie: x}}\n", 11, "不认识的键 headers"),
        ("fetch: {mode: http, proxy: 'http://x'}\n", 11, "不认识的键 proxy"),
        ("fetch: {mode: stealth}\n", 11, "mode"),
        ("fetch: {charset: klingon}\n", 11, "klingon"),
        ("polite:\n  delay_s: fast\n", 12, "数"),
        ("polite:\n  robots: ignore\n", 12, "不认识的键 robots"),
        (
            "polite:\n  delay: 9\n",
            12,
            "不认识的键 delay，是不是 delay_s？（这里可以写：delay_s、per_minute、concurrent",
        ),
        ("polite:\n  per_minute: 60\n", 12, "20"),
        ("polite:\n  concurrent: 3\n", 12, "2"),
        ("states:\n  - {state: ok, when: {text: 你好}}\n", 12, "正面标志"),
        ("states:\n  - {state: fine, when: {css: a}}\n", 12, "没有页面状态 fine"),
        ("states:\n  - {state: gone, when: {}}\n", 12, "至少要有一个条件"),
        ("states:\n  - {state: gone, when: {css: 'a[['}}\n", 12, "CSS"),
        ("states:\n  - {state: gone, when: {xpath: '//['}}\n", 12, "XPath"),
        ("states:\n  - {state: gone, when: {text: '('}}\n", 12, "正则"),
        ("fields:\n  salary: {from: [{css: a}]}\n", 12, "不认识的字段 salary"),
        ("fields:\n  title: {from: [{css: a, xpath: b}]}\n", 12, "只有一个"),
        ("fields:\n  title: {from: [{css: a}], do: [eval]}\n", 12, "没有转换 eval"),
        ("fields:\n  title: {from: [{css: a}], do: [{re: abc}]}\n", 12, "括号"),
        ("fields:\n  title: {from: [{css: a}], do: [re]}\n", 12, "需要参数"),
        ("privacy: {author: sell}\n", 11, "privacy"),
        ("privacy: {attrs: mask}\n", 11, "不能 mask"),
        ("privacy: {images: mask}\n", 11, "不能 mask"),
        ("privacy: {posted_at: mask}\n", 11, "不能 mask"),
        ("privacy: {title: drop}\n", 11, "title 是必需字段"),
        ("fields:\n  fee: {from: [{label: [价格]}], need: required}\nprivacy: {attrs: drop}\n", 13, "fee 是必需字段"),
        (
            "fields: {title: {from: [{css: a}], need: optional}}\nprivacy: {title: drop, body: drop, images: drop}\n",
            12,
            "不能全部 drop",
        ),
        ("schedule: {detail: [soon]}\n", 11, "6h"),
        ("recipe: {id: b, version: 1, engine: x}\n", 11, "重复"),
        ("x: &a 1\n", 11, "引用"),
        ("x: !!python/object:os.system 1\n", 11, "不支持的 YAML 类型"),
    ],
)
def test_what_is_wrong_is_refused_with_its_line(addition: str, line: int, words: str) -> None:
    error = fault(GOOD + addition)
    assert words in error.message
    assert (error.file, error.line) == ("example/source.yml", line)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("lane: A", "lane: C", "mingcha intake"),
        ("contact: https://example.org/about-our-robot", "contact: 你好", "contact"),
        ("  contact: https://example.org/about-our-robot\n", "", "缺少 contact"),
        ("  legal_note: public board\n", "", "缺少 legal_note"),
        ("extends: discuz-x", "extends: ../../etc/passwd", "没有引擎配方"),
        ("base: 'https://bbs.example.com'", "base: 'file:///etc/passwd'", "base"),
        ("base: 'https://bbs.example.com'", "base: 'https://u:p@bbs.example.com'", "base"),
        ("{base: 'https://bbs.example.com'}", "{hosts: [bbs.example.com]}", "缺少 base"),
        ("vars: {fid: ['36', '41']}", "vars: {id: ['36']}", "{fid}"),
        ("lane: A", "lane: A\n  region: '999999'", "没有以 99 开头的省级区划"),
        ("lane: A", "lane: A\n  region: 330102", "区划代码要用引号括起来：'330102'"),
    ],
)
def test_a_recipe_without_its_duties_is_refused(old: str, new: str, words: str) -> None:
    assert words in fault(GOOD.replace(old, new)).message


def test_a_misspelt_key_that_must_be_there_is_named_at_its_line() -> None:
    error = fault(GOOD.replace("  legal_note: public board", "  legalnote: public board"))
    assert "不认识的键 legalnote" in error.message
    assert "缺少 legal_note" in error.message
    assert error.line == 1 + GOOD.split("  legal_note", maxsplit=1)[0].count("\n")


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (
            "discover:\n  vars: {fid: ['36', '41']}\n",
            "discover: {lists: []}\n",
            ("discover：缺少 lists", "lists: [{url:"),
        ),
        ("extends: discuz-x, ", "", ("scope.canonical：缺少 canonical；写成 canonical: {key: ",)),
        (
            "{base: 'https://bbs.example.com'}",
            "{base: 'https://bbs.example.com', hosts: [www.example.com]}",
            ("base 的主机 bbs.example.com 不在 hosts 里", "写成 hosts: [www.example.com, bbs.example.com]"),
        ),
        ("  kind: forum\n", "", ("source.kind：缺少 kind；写成 kind: forum",)),
        ("lane: A", "lane: Z", ("source.lane：", "写成 lane: A")),
        ("{base: 'https://bbs.example.com'}", "{base: bbs.example.com}", ("scope.base：", "base: https://")),
    ],
)
def test_every_fault_names_its_key_and_the_line_to_write(old: str, new: str, told: tuple[str, ...]) -> None:
    assert old in GOOD
    message = fault(GOOD.replace(old, new)).message
    assert all(words in message for words in told), message


def test_every_key_of_the_reader_has_a_line_to_write() -> None:
    def paths(block: Block, above: str) -> Iterator[str]:
        for name, key in block.keys.items():
            path = f"{above}.{name}" if above else name
            yield path
            shape: Any = key.shape
            while isinstance(shape, Many):
                shape = shape.item
            if isinstance(shape, Block):
                yield from paths(shape, path)

    found = [*paths(WHOLE, ""), *paths(FIELD, "fields.title"), *paths(PICK_BLOCK, "fields.title.from")]
    assert len(found) > 90
    assert [path for path in found if not re.match(rf"({path.rpartition('.')[2]}): ", example_of(path))] == []


def test_the_lines_people_are_told_to_write_are_read(tmp_path: Path) -> None:
    """Every example, at its place in a whole recipe."""
    blocks = ["recipe", "source", "scope", "polite", "fetch", "discover", "states", "fields", "privacy", "quality"]
    text = "\n".join(EXAMPLES[name] for name in [*blocks, "canary", "tests", "schedule"])
    recipe = read_recipe(parse_tree(text.encode(), "x/source.yml"), "x")
    assert (recipe.title, recipe.lists[0].url) == ("清水论坛", "/list-{page}.html")
    for path, line in EXAMPLES.items():
        block, dot, key = path.partition(".")
        if dot and "." not in key and block in ("source", "polite", "fetch", "quality", "schedule") and key != "lane":
            tree = parse_tree(text.replace(EXAMPLES[block], "").encode(), "x/source.yml")
            own = parse_tree(EXAMPLES[block].encode(), "x/source.yml").value[block]
            tree.value[block] = merged(own, parse_tree(line.encode(), "x/source.yml"))
            read_recipe(tree, "x")


def test_a_list_given_twice_is_refused() -> None:
    rule = "{url: '/forum-1.html', rows: {css: tr}, link: {css: a}}"
    assert "给了两次" in fault(GOOD.replace("vars: {fid: ['36', '41']}", f"lists: [{rule}, {rule}]")).message


def test_only_a_demo_source_may_lack_an_address() -> None:
    demo = GOOD.replace("  lane: A\n", "  lane: A\n  demo: true\n").replace(
        "{base: 'https://bbs.example.com'}", "{deny: [x]}"
    )
    assert read_recipe(parse_tree(demo.encode(), "x/source.yml"), "x").scope.base is None


def test_names_and_files_that_do_not_exist(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match="没有来源 nowhere"):
        load_recipe("nowhere")
    with pytest.raises(RecipeError, match="读不到文件"):
        load_recipe(tmp_path / "empty-folder")
    odd = tmp_path / "Bad Name"
    odd.mkdir()
    with pytest.raises(RecipeError, match="文件夹名"):
        load_recipe(odd)


@pytest.mark.parametrize(
    "data", [b"", b"\xff\xfe\x00", b"a: [", b"- 1", b"1", b"a" * 300_000, b"[" * 5000, b"\t: x", b"? [a]\n: b"]
)
def test_files_that_are_no_recipe(data: bytes) -> None:
    with pytest.raises(RecipeError):
        read_recipe(parse_tree(data, "x/source.yml"), "x")


_scalars = st.none() | st.booleans() | st.integers(-5, 10**12) | st.floats(allow_nan=False) | st.text(max_size=30)
_values = st.recursive(
    _scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=6,
)
_PATHS = (
    *(
        ("recipe",),
        ("source",),
        ("scope",),
        ("polite",),
        ("fetch",),
        ("discover",),
        ("states",),
        ("fields",),
        ("privacy",),
    ),
    *(
        ("scope", "canonical"),
        ("discover", "lists"),
        ("source", "lane"),
        ("recipe", "extends"),
        ("schedule",),
        ("quality",),
        ("canary",),
        ("tests",),
        ("polite", "hours"),
        ("scope", "old_hosts"),
        ("discover", "feeds"),
        ("discover", "links"),
        ("discover", "urls"),
        ("discover", "vars"),
        ("privacy", "author"),
        ("canary", "urls"),
        ("quality", "range"),
        ("schedule", "list"),
        ("new",),
    ),
)


@settings(max_examples=200, deadline=None)
@given(path=st.sampled_from(_PATHS), value=_values)
def test_any_value_anywhere_is_read_or_refused_never_a_crash(path: tuple[str, ...], value: object) -> None:
    document = yaml.safe_load(GOOD)
    place = document
    for step in path[:-1]:
        place = place.setdefault(step, {})
    place[path[-1]] = value
    try:
        recipe = read_recipe(
            parse_tree(yaml.safe_dump(document, allow_unicode=True).encode("utf-8", "surrogatepass"), "x/source.yml"),
            "x",
        )
    except RecipeError as error:
        assert error.message
        # Every refusal points at a line: of the file itself, or of the engine it extends.
        assert error.line >= 1
        assert error.file.endswith(".yml")
    else:
        assert path[-1] != "new"
        assert recipe.polite.delay_s >= 0


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_are_refused_with_a_sentence(data: bytes) -> None:
    with pytest.raises(RecipeError):
        read_recipe(parse_tree(data, "x/source.yml"), "x")


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from(["source", "scope", "polite", "fetch", "recipe"]), st.from_regex(r"[a-z_]{3,12}", fullmatch=True)
)
def test_no_unknown_key_is_ever_let_through(block: str, key: str) -> None:
    document = yaml.safe_load(GOOD)
    known = {
        "source": {
            "name",
            "kind",
            "lane",
            "contact",
            "legal_note",
            "region",
            "platform",
            "demo",
            "visibility",
            "reviewed_on",
        },
        "scope": {"base", "hosts", "allow", "deny", "canonical"},
        "polite": {
            "delay_s",
            "per_minute",
            "concurrent",
            "jitter",
            "max_per_day",
            "respect_crawl_delay_up_to_s",
            "hours",
        },
        "fetch": {"mode", "charset", "ready", "scrolls", "max_images"},
        "recipe": {"id", "version", "extends", "engine"},
    }[block]
    if key in known:
        return
    document.setdefault(block, {})[key] = "x"
    with pytest.raises(RecipeError, match=f"不认识的键 {key}"):
        read_recipe(parse_tree(yaml.safe_dump(document, allow_unicode=True).encode(), "x/source.yml"), "x")
