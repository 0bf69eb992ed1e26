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
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from crawlers.errors import RecipeError
from crawlers.reader.upkeep_blocks import CANARY, POLITE, QUALITY, SCHEDULE
from crawlers.recipe import (
    FIELD_NAMES,
    Canonical,
    Fetch,
    FieldRule,
    ListRule,
    Pick,
    Recipe,
    Scope,
    StateRule,
)
from crawlers.recipe_parts import read_css, read_pattern, read_patterns, read_pick, read_regex, read_steps, read_xpath
from crawlers.yaml_tree import Fields, Tree, merged, read_tree
from pipelines.records import PageState

HERE = Path(__file__).resolve().parent
SOURCES = HERE / "sources"
ENGINES = HERE / "engines"
FILE = "source.yml"
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{1,60}\Z")
_HOST = re.compile(r"[a-z0-9]([a-z0-9.-]{0,252}[a-z0-9])?(:\d{1,5})?\Z")
#: Fields that are no single text: kept or dropped, there is nothing to mask.
_NOT_TEXT = frozenset({"attrs", "images", "posted_at"})
#: Parts of a recipe that decide what is read off a page; pace, schedule, lists and notes do not.
_READING = ("recipe", "scope", "fetch", "states", "fields", "privacy")
#: The blocks that say how a source is kept in order, each read by its own table.
_UPKEEP = {"polite": POLITE, "quality": QUALITY, "canary": CANARY, "schedule": SCHEDULE}
_LIST_PARTS = ("rows", "link", "key", "title", "next", "total_pages")


def source_folders() -> dict[str, Path]:
    """Every source of this installation: name → folder."""
    return {path.parent.name: path.parent for path in sorted(SOURCES.glob(f"*/{FILE}"))}


def load_recipe(source: str | Path) -> Recipe:
    """The recipe of a source, by name or by folder. Raises RecipeError naming file and line."""
    if isinstance(source, Path) or "/" in source:
        folder = Path(source)
    else:
        known = source_folders()
        if source not in known:
            raise RecipeError(f"没有来源 {source}；现有：{'、'.join(known) or '无'}")
        folder = known[source]
    if folder.name == FILE:
        folder = folder.parent
    name = folder.resolve().name
    if not _NAME.match(name):
        raise RecipeError(f"来源文件夹名 {name} 只能用小写字母、数字和连字符")
    return read_recipe(read_tree(folder / FILE), name)


def load_engine(name: str) -> Recipe:
    """An engine recipe by itself (for pages given without a source). Raises RecipeError."""
    return read_recipe(_engine_tree(name), name)


@lru_cache(maxsize=32)
def _engine_tree(name: str) -> Tree:
    return read_tree(ENGINES / f"{name}.yml")


def engine_names() -> tuple[str, ...]:
    """All engine recipes of this installation."""
    return tuple(sorted(path.stem for path in ENGINES.glob("*.yml")))


def read_recipe(tree: Tree, name: str) -> Recipe:
    """A Recipe from a tree, its engine (`extends`) laid under it. Raises RecipeError."""
    extends = _extends(tree)
    is_engine = tree.file.startswith("engines/")
    if extends is not None:
        if extends.text() not in engine_names():
            raise extends.fault(f"没有引擎配方 {extends.text()}；现有：{'、'.join(engine_names())}")
        base = _engine_tree(extends.text())
        child_states = tree.value.get("states")
        tree = merged(base, tree)
        if child_states is not None and "states" in base.value:
            # A source's own states are asked first, then the engine's.
            both = [*child_states.items(), *base.value["states"].items()]
            states = Tree(value=both, file=child_states.file, line=child_states.line)
            tree = Tree(value={**tree.value, "states": states}, file=tree.file, line=tree.line)
    return replace(_recipe(tree.mapping(), name, is_engine=is_engine), digest=_digest(tree))


def _digest(tree: Tree) -> str:
    """SHA-256 over the parts that decide how pages are read, the engine's merged in."""
    parts = {key: part.plain() for key, part in tree.value.items() if key in _READING}
    parts["visibility"] = str(tree.value["source"].plain().get("visibility")) if "source" in tree.value else ""
    return hashlib.sha256(json.dumps(parts, sort_keys=True, ensure_ascii=True).encode()).hexdigest()


def _extends(tree: Tree) -> Tree | None:
    head = tree.mapping().take("recipe")
    return head.mapping().take("extends") if head is not None else None


def _recipe(top: Fields, name: str, *, is_engine: bool) -> Recipe:
    head = top.need("recipe").mapping()
    head.take("extends")
    values: dict[str, Any] = {
        "name": name,
        "id": head.need("id").text(),
        "version": head.need("version").whole(low=1, high=10_000),
        "engine": head.need("engine").text(),
    }
    head.done()
    values |= _source(top, is_engine=is_engine)
    values["scope"] = _scope(top.need("scope"), values["demo"], is_engine=is_engine)
    values["fetch"] = _fetch(top.take("fetch"))
    discover = top.take("discover")
    if discover is None and not is_engine:
        raise top.missing("discover")
    values["lists"], values["vars"] = _discover(discover, is_engine=is_engine)
    values["states"] = _states(top.need("states"))
    values["fields"] = _fields(top.need("fields"))
    values["privacy"] = _privacy(top.take("privacy"), values["fields"])
    for name, block in _UPKEEP.items():
        given = top.take(name)
        if given is not None:
            values[name] = block.read(given)
    top.done()
    return Recipe(**values)


def _source(top: Fields, *, is_engine: bool) -> dict[str, Any]:
    tree = top.take("source")
    if tree is None:
        if not is_engine:
            raise top.missing("source")
        blank = dict.fromkeys(("title", "platform", "kind", "contact", "legal_note", "region", "reviewed_on"), "")
        return {**blank, "lane": "C", "demo": False, "visibility": "public"}
    part = tree.mapping()
    lane = part.need("lane")
    if lane.text() not in ("A", "B"):
        raise lane.fault("只有 A（可采集）和 B（谨慎采集）两类来源可以采集，C、D 类请用 mingcha intake 导入")
    visibility = part.take("visibility")
    if visibility is not None and visibility.text() not in ("public", "group", "private"):
        raise visibility.fault("visibility 只能是 public、group 或 private")
    title = part.need("name").text()
    platform = part.take("platform")
    demo = part.take("demo")
    found = {
        "title": title,
        "platform": platform.text() if platform else title,
        "kind": part.need("kind").text(),
        "lane": lane.text(),
        "contact": _contact(part.need("contact")),
        "demo": demo.flag() if demo else False,
        "visibility": visibility.text() if visibility else "public",
        "legal_note": part.need("legal_note").text(),
    }
    for key in ("region", "reviewed_on"):
        value = part.take(key)
        found[key] = value.text() if value else ""
    part.done()
    return found


def _contact(tree: Tree) -> str:
    text = tree.text()
    if not re.fullmatch(r"[\x21-\x7e]{5,200}", text) or not (text.startswith("https://") or "@" in text):
        raise tree.fault("contact 应为 https:// 网址或邮箱（写进 User-Agent，让站长找得到人）")
    return text


def _scope(tree: Tree, demo: bool, *, is_engine: bool) -> Scope:
    part = tree.mapping()
    base, hosts = part.take("base"), part.take("hosts")
    names = hosts.texts() if hosts else ()
    for host in names:
        if not _HOST.match(host):
            raise tree.fault(f"主机名 {host} 不对（小写，不带 http://）")
    if base is not None:
        parts = urlsplit(base.text())
        if parts.scheme not in ("http", "https") or not parts.netloc or "@" in parts.netloc:
            raise base.fault("base 应为 http:// 或 https:// 开头的网址")
        names = names or (parts.netloc.lower(),)
        if parts.netloc.lower() not in names:
            raise base.fault("base 的主机不在 hosts 里")
    elif not demo and not is_engine:
        raise tree.fault("缺少 base（只有演示来源可以在运行时给出地址）")
    scope = Scope(
        base=base.text() if base else None,
        hosts=names,
        allow=read_patterns(part.take("allow")),
        deny=read_patterns(part.take("deny")),
        canonical=_canonical(part.need("canonical")),
    )
    part.done()
    return scope


def _canonical(tree: Tree) -> Canonical:
    part = tree.mapping()
    drop, fold, unwrap = part.take("drop_query"), part.take("fold"), part.take("unwrap")
    found = Canonical(
        key=read_pattern(part.need("key"), groups=1),
        drop_query=drop.texts() if drop else (),
        fold=tuple((read_regex(key, value), _replacement(value)) for key, value in fold.mapping().rest())
        if fold
        else (),
        unwrap=tuple((read_regex(key, value), value.text()) for key, value in unwrap.mapping().rest())
        if unwrap
        else (),
    )
    part.done()
    return found


def _replacement(tree: Tree) -> str:
    text = tree.text()
    if "\\" in text:
        raise tree.fault("替换文字里不能用反斜杠")
    return text


def _fetch(tree: Tree | None) -> Fetch:
    if tree is None:
        return Fetch()
    part = tree.mapping()
    mode, charset, ready = part.take("mode"), part.take("charset"), part.take("ready")
    scrolls, images = part.take("scrolls"), part.take("max_images")
    if mode is not None and mode.text() not in ("http", "render"):
        raise mode.fault("mode 只能是 http 或 render")
    if charset is not None and charset.text() != "auto":
        try:
            "".encode(charset.text())
        except (LookupError, UnicodeError, ValueError):
            raise charset.fault(f"没有编码 {charset.text()}") from None
    found = Fetch(
        mode=mode.text() if mode else "http",
        charset=charset.text() if charset else "auto",
        scrolls=scrolls.whole(low=0, high=200) if scrolls else Fetch.scrolls,
        ready=read_css(ready) if ready else None,
        max_images=images.whole(low=0, high=50) if images else Fetch.max_images,
    )
    part.done()
    return found


def _discover(tree: Tree | None, *, is_engine: bool) -> tuple[tuple[ListRule, ...], dict[str, tuple[str, ...]]]:
    if tree is None:
        return (), {}
    part = tree.mapping()
    given = part.take("vars")
    names = {}
    for key, value in given.mapping().rest() if given else ():
        names[key] = tuple(str(item.value) for item in value.items())
    lists = tuple(_list_rule(item, names, is_engine=is_engine) for item in part.need("lists").items())
    twice = next((rule.url for number, rule in enumerate(lists) if rule.url in {one.url for one in lists[:number]}), "")
    if twice:
        raise part.tree.fault(f"列表网址 {twice} 给了两次，每个列表只读一遍")
    part.done()
    return lists, names


def _list_rule(tree: Tree, names: dict[str, tuple[str, ...]], *, is_engine: bool) -> ListRule:
    part = tree.mapping()
    url = part.need("url")
    for name in re.findall(r"\{(\w+)\}", url.text()):
        if name != "page" and name not in names and not is_engine:
            raise url.fault(f"网址里的 {{{name}}} 没有在 discover.vars 里给出")
    picks: dict[str, Any] = {}
    for key in _LIST_PARTS:
        value = part.take(key)
        if value is not None:
            picks[key] = read_pick(value)
    for key in ("rows", "link"):
        if key not in picks:
            raise tree.fault(f"缺少 {key}")
    skip, first, most = part.take("skip_rows"), part.take("first"), part.take("max_pages")
    found = ListRule(
        url=url.text(),
        skip_rows=read_css(skip) if skip else None,
        first=first.whole(low=0, high=1) if first else 1,
        max_pages=most.whole(low=1, high=1000) if most else ListRule.max_pages,
        **picks,
    )
    part.done()
    return found


def _states(tree: Tree) -> tuple[StateRule, ...]:
    return tuple(_state_rule(item) for item in tree.items())


def _state_rule(tree: Tree) -> StateRule:
    part = tree.mapping()
    state = part.need("state")
    try:
        value = PageState(state.text())
    except ValueError:
        raise state.fault(f"没有页面状态 {state.text()}；可用：{' '.join(PageState)}") from None
    when_tree = part.need("when")
    when = when_tree.mapping()
    status, css, xpath, size = when.take("status"), when.take("css"), when.take("xpath"), when.take("max_bytes")
    patterns = {}
    for key in ("url", "title", "text"):
        given = when.take(key)
        patterns[key] = read_pattern(given) if given else None
    rule = StateRule(
        state=value,
        status=frozenset(item.whole(low=100, high=599) for item in status.items()) if status else frozenset(),
        css=tuple(read_css(item) for item in css.items()) if css else (),
        xpath=read_xpath(xpath) if xpath else None,
        max_bytes=size.whole(low=1, high=10_000_000) if size else None,
        **patterns,
    )
    when.done()
    part.done()
    if not (rule.status or rule.css or rule.xpath or rule.url or rule.title or rule.text):
        raise when_tree.fault("when 至少要有一个条件")
    if value in (PageState.OK, PageState.LIST) and not (rule.css or rule.xpath):
        raise when_tree.fault(f"{value} 必须有正面标志（css 或 xpath）")
    return rule


def _fields(tree: Tree) -> dict[str, FieldRule]:
    found = {}
    for name, value in tree.mapping().rest():
        if name not in FIELD_NAMES:
            raise value.fault(f"不认识的字段 {name}；可用：{'、'.join(FIELD_NAMES)}")
        found[name] = _field_rule(name, value)
    if "title" not in found and "body" not in found:
        raise tree.fault("至少要有 title 或 body 字段")
    return found


def _field_rule(name: str, tree: Tree) -> FieldRule:
    part = tree.mapping()
    picks = tuple(read_pick(item) for item in part.need("from").items())
    need = part.take("need")
    if need is not None and need.text() not in ("required", "optional"):
        raise need.fault("need 只能是 required 或 optional")
    if any(pick.label for pick in picks) != (name == "attrs"):
        raise tree.fault("label: {rows, key, value} 只用在 attrs 字段，而且 attrs 只用它")
    steps = part.take("do")
    rule = FieldRule(
        name=name,
        picks=picks,
        steps=read_steps(steps) if steps else (),
        required=need is not None and need.text() == "required",
    )
    part.done()
    return rule


def _privacy(tree: Tree | None, fields: dict[str, FieldRule]) -> dict[str, str]:
    if tree is None:
        return {}
    found: dict[str, str] = {}
    for name, value in tree.mapping().rest():
        if name not in FIELD_NAMES:
            raise value.fault(f"不认识的字段 {name}")
        if value.text() not in ("keep", "mask", "drop"):
            raise value.fault("privacy 只能是 keep、mask 或 drop")
        if value.text() == "mask" and name in _NOT_TEXT:
            raise value.fault(f"{name} 不是一段文字，不能 mask，只能 keep 或 drop")
        found[name] = value.text()
    for name, rule in fields.items():
        if rule.required and _nothing_left(rule, found):
            raise tree.fault(f"{name} 是必需字段（need: required），它或它的来处却被 drop，每一页都会读不出来")
    if all(name not in fields or _nothing_left(fields[name], found) for name in ("title", "body", "images")):
        raise tree.fault("title、body、images 不能全部 drop")
    return found


def _nothing_left(rule: FieldRule, privacy: dict[str, str]) -> bool:
    """Is this field dropped, or read from nothing but dropped fields?"""

    def lost(pick: Pick) -> bool:
        return privacy.get("attrs" if pick.labels else pick.field or "") == "drop"

    return privacy.get(rule.name) == "drop" or all(lost(pick) for pick in rule.picks)
