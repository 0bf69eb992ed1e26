"""YAML read into values that know their file and line, so that a refused recipe points at the spot."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from yaml.reader import ReaderError

from crawlers.errors import RecipeError
from crawlers.recipe_examples import example_of
from crawlers.yaml_faults import yaml_words
from pipelines.errors import os_reason

MAX_BYTES = 256 * 1024
MAX_DEPTH = 12
#: libyaml's reader where PyYAML was built with it: the same values and lines, ten times faster.
_FAST: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_SCALARS = {
    "tag:yaml.org,2002:str": str,
    "tag:yaml.org,2002:int": int,
    "tag:yaml.org,2002:float": float,
    "tag:yaml.org,2002:bool": bool,
    "tag:yaml.org,2002:null": type(None),
    # A bare date such as 2026-11-20 stays the text it is.
    "tag:yaml.org,2002:timestamp": str,
}


@dataclass(frozen=True, kw_only=True)
class Tree:
    """One YAML value (dict[str, Tree], list[Tree] or a scalar) and where it stands."""

    value: Any
    file: str
    line: int
    #: Keys down to it, joined by dots; entries of lists have none of their own.
    path: str = ""

    def fault(self, message: str) -> RecipeError:
        """The error for what stands here: the key, what is wrong, and a line to write."""
        return self.fault_of(self.path, message)

    def fault_of(self, path: str, message: str) -> RecipeError:
        """As `fault`, for a key that should stand in here."""
        example = example_of(path) if "写成 " not in message else ""
        join = "" if message.endswith("？") else "；"
        whole = (f"{path}：" if path else "") + message + (f"{join}写成 {example}" if example else "")
        return RecipeError(whole, file=self.file, line=self.line)

    def text(self) -> str:
        """A non-empty string. Raises RecipeError otherwise."""
        if not isinstance(self.value, str) or not self.value.strip():
            raise self.fault("这里应当是一段文字")
        return self.value

    def number(self, *, low: float, high: float) -> float:
        """A number in [low, high]. Raises RecipeError otherwise."""
        if isinstance(self.value, bool) or not isinstance(self.value, int | float) or not low <= self.value <= high:
            raise self.fault(f"这里应当是 {low:g} 到 {high:g} 之间的数")
        return float(self.value)

    def whole(self, *, low: int, high: int) -> int:
        """An integer in [low, high]. Raises RecipeError otherwise."""
        if isinstance(self.value, bool) or not isinstance(self.value, int) or not low <= self.value <= high:
            raise self.fault(f"这里应当是 {low} 到 {high} 之间的整数")
        return self.value

    def flag(self) -> bool:
        if not isinstance(self.value, bool):
            raise self.fault("这里应当是 true 或 false")
        return self.value

    def plain(self) -> Any:
        """The value without files and lines: comments, order of keys and layout do not matter to it."""
        if isinstance(self.value, dict):
            return {key: tree.plain() for key, tree in self.value.items()}
        if isinstance(self.value, list):
            return [tree.plain() for tree in self.value]
        return self.value

    def items(self) -> list[Tree]:
        """A list; a single value counts as a list of one. Raises RecipeError for a mapping."""
        if isinstance(self.value, list):
            return self.value
        if isinstance(self.value, dict) or self.value is None:
            raise self.fault("这里应当是一个列表")
        return [self]

    def texts(self) -> tuple[str, ...]:
        return tuple(item.text() for item in self.items())

    def mapping(self) -> Fields:
        """A mapping, to be popped key by key. Raises RecipeError otherwise."""
        if not isinstance(self.value, dict):
            raise self.fault("这里应当是“键: 值”")
        return Fields(self)


class Fields:
    """A mapping read strictly: every key is taken, and what is left over is refused by `done`."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self._left: dict[str, Tree] = dict(tree.value)
        #: Keys that were asked for: those that may stand here.
        self._known: list[str] = []

    def take(self, key: str) -> Tree | None:
        """The value of an optional key, once; an explicit null counts as absent."""
        self._known.append(key)
        found = self._left.pop(key, None)
        return None if found is None or found.value is None else found

    def need(self, key: str) -> Tree:
        """The value of a key that must be there. Raises RecipeError naming it, at the key that looks like it if any."""
        found = self.take(key)
        if found is None:
            raise self.missing(key)
        return found

    def missing(self, key: str) -> RecipeError:
        """The error for a key that must be there, at the misspelt one where there is one."""
        alike = _alike(key, self._left)
        if alike is None:
            return self.tree.fault_of(_under(self.tree.path, key), f"缺少 {key}")
        message = f"不认识的键 {alike}；缺少 {key}，是不是把它写成了 {alike}？"
        return self._left[alike].fault_of(_under(self.tree.path, key), message)

    def rest(self) -> Iterator[tuple[str, Tree]]:
        """All keys not taken yet (for mappings whose keys are names)."""
        left, self._left = self._left, {}
        yield from left.items()

    def done(self) -> None:
        """Raises RecipeError if a key was not claimed, naming those that may stand here."""
        for key, tree in self._left.items():
            alike = _alike(key, self._known)
            meant = f"，是不是 {alike}？" if alike else ""
            known = "、".join(dict.fromkeys(self._known))
            where = f"{self.tree.path} 里有" if self.tree.path else ""
            message = f"{where}不认识的键 {key}{meant}（这里可以写：{known}）；改成其中之一，或删掉这一行"
            raise RecipeError(message, file=tree.file, line=tree.line)


def _under(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key


def _alike(key: str, others: Iterable[str]) -> str | None:
    """The one of the other keys that may be this one misspelt."""
    return next(iter(difflib.get_close_matches(key, list(others), n=1, cutoff=0.75)), None)


def read_tree(path: Path) -> Tree:
    """The file as a Tree. Raises RecipeError: not UTF-8, too large, bad YAML, aliases, duplicate keys, odd tags."""
    name = f"{path.parent.name}/{path.name}"
    try:
        data = path.read_bytes()
    except OSError as exc:
        raise RecipeError(f"读不到文件：{os_reason(exc)}", file=name, line=1) from exc
    return parse_tree(data, name)


def parse_tree(data: bytes, name: str) -> Tree:
    """As `read_tree`, from bytes."""
    if len(data) > MAX_BYTES:
        raise RecipeError("文件太大", file=name, line=1)
    try:
        text = data.decode("utf-8-sig")
        try:
            node = _composed(text, name, _FAST)
        except yaml.YAMLError:
            # libyaml has other words for a fault, and another place; people are told PyYAML's own.
            node = _composed(text, name, yaml.SafeLoader)
    except UnicodeDecodeError as exc:
        line = data.count(b"\n", 0, exc.start) + 1
        raise RecipeError("文件不是 UTF-8；请用编辑器另存为 UTF-8 编码", file=name, line=line) from exc
    except yaml.MarkedYAMLError as exc:
        raise RecipeError(f"YAML 写法有误：{yaml_words(exc.problem)}", file=name, line=_line(exc.problem_mark)) from exc
    except ReaderError as exc:
        line = text.count("\n", 0, exc.position) + 1
        raise RecipeError(f"YAML 写法有误：{yaml_words(exc.reason)}", file=name, line=line) from exc
    except (yaml.YAMLError, ValueError, RecursionError) as exc:
        raise RecipeError("YAML 写法有误", file=name, line=1) from exc
    if node is None:
        raise RecipeError("文件是空的", file=name, line=1)
    return _tree(node, name, 0, "")


def _composed(text: str, name: str, loader: Any) -> yaml.Node | None:
    """The nodes of a document without references, not too deep: asked of its events first, before any is unfolded."""
    depth = 0
    for event in yaml.parse(text, Loader=loader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > MAX_DEPTH:
            raise RecipeError("嵌套太深", file=name, line=_line(event.start_mark))
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise RecipeError("不允许使用 & 和 * 引用", file=name, line=_line(event.start_mark))
    found: yaml.Node | None = yaml.compose(text, Loader=loader)
    return found


def _line(mark: Any) -> int:
    return int(mark.line) + 1 if mark is not None else 1


def _tree(node: yaml.Node, name: str, depth: int, path: str) -> Tree:
    line = node.start_mark.line + 1
    if depth > MAX_DEPTH:
        raise RecipeError("嵌套太深", file=name, line=line)
    if isinstance(node, yaml.MappingNode):
        found: dict[str, Tree] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                raise RecipeError("键应当是文字", file=name, line=key_node.start_mark.line + 1)
            if key_node.value in found:
                raise RecipeError(f"键 {key_node.value} 重复", file=name, line=key_node.start_mark.line + 1)
            found[key_node.value] = _tree(value_node, name, depth + 1, _under(path, key_node.value))
        return Tree(value=found, file=name, line=line, path=path)
    if isinstance(node, yaml.SequenceNode):
        # Entries of a list stand under the list's own key.
        entries = [_tree(child, name, depth + 1, path) for child in node.value]
        return Tree(value=entries, file=name, line=line, path=path)
    return Tree(value=_scalar(node, name, line), file=name, line=line, path=path)


def _scalar(node: yaml.Node, name: str, line: int) -> Any:
    kind = _SCALARS.get(node.tag)
    try:
        if kind is str:
            return node.value
        if kind is int:
            return int(node.value.replace("_", ""), 10)
        if kind is float:
            return float(node.value)
        if kind is bool:
            return node.value.lower() in {"true", "yes", "on"}
        if kind is type(None):
            return None
    except ValueError:
        raise RecipeError("这个数写得不对", file=name, line=line) from None
    raise RecipeError("不支持的 YAML 类型", file=name, line=line)


def merged(parent: Tree, child: Tree) -> Tree:
    """The child laid over the parent: mappings merge key by key, anything else is replaced."""
    if not isinstance(parent.value, dict) or not isinstance(child.value, dict):
        return child
    both = dict(parent.value)
    for key, tree in child.value.items():
        both[key] = merged(both[key], tree) if key in both else tree
    return Tree(value=both, file=child.file, line=child.line, path=child.path)
