"""The shapes a value of a recipe may have: each reads itself off a tree and says itself as JSON Schema.

A recipe is read by the same tables that its schema is made from, so that an editor and the reader cannot disagree
about which keys there are. Whatever is wrong is a RecipeError with file and line.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import time, timedelta
from typing import Any, Protocol

from crawlers.yaml_tree import Tree

_SPAN = re.compile(r"(\d{1,4})([hd])\Z")
_ISO_SPAN = re.compile(r"P(\d{1,4})D\Z")
_HOURS = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-(?:([01]\d|2[0-3]):([0-5]\d)|(24):(00))\Z")

Schema = dict[str, Any]


class Shape(Protocol):
    """What a value must look like."""

    def read(self, tree: Tree) -> Any:
        """The value. Raises RecipeError."""

    def schema(self, *, whole: bool) -> Schema:
        """JSON Schema (2020-12). `whole`: nothing of it can come from an engine, so what must be there must be here."""


@dataclass(frozen=True, kw_only=True)
class Text:
    """A text that is not empty; `pattern` and `says` when it must look like something."""

    pattern: str = ""
    says: str = ""
    #: Blanks alone are a text.
    spaces: bool = False

    def read(self, tree: Tree) -> str:
        if self.spaces and isinstance(tree.value, str) and tree.value:
            return tree.value
        text = tree.text()
        if self.pattern and not re.search(self.pattern, text):
            raise tree.fault(self.says)
        return text

    def schema(self, *, whole: bool) -> Schema:  # noqa: ARG002  # the same either way
        return {"type": "string", "minLength": 1} | ({"pattern": self.pattern} if self.pattern else {})


@dataclass(frozen=True)
class Choice:
    """One word of a few; `says` in place of the list of them."""

    words: tuple[str, ...]
    says: str = ""

    def read(self, tree: Tree) -> str:
        text = tree.text()
        if text not in self.words:
            raise tree.fault(self.says or f"只能是 {'、'.join(self.words)}，不能是 {text}")
        return text

    def schema(self, *, whole: bool) -> Schema:  # noqa: ARG002
        return {"enum": list(self.words)}


@dataclass(frozen=True)
class Whole:
    """A whole number, bounds included."""

    low: int
    high: int

    def read(self, tree: Tree) -> int:
        return tree.whole(low=self.low, high=self.high)

    def schema(self, *, whole: bool) -> Schema:  # noqa: ARG002
        return {"type": "integer", "minimum": self.low, "maximum": self.high}


@dataclass(frozen=True)
class Number:
    """A number, bounds included."""

    low: float
    high: float

    def read(self, tree: Tree) -> float:
        return tree.number(low=self.low, high=self.high)

    def schema(self, *, whole: bool) -> Schema:  # noqa: ARG002
        return {"type": "number", "minimum": self.low, "maximum": self.high}


@dataclass(frozen=True)
class Flag:
    """true or false."""

    def read(self, tree: Tree) -> bool:
        return tree.flag()

    def schema(self, *, whole: bool) -> Schema:  # noqa: ARG002
        return {"type": "boolean"}


@dataclass(frozen=True)
class Span:
    """A length of time: 6h, 30d, or P30D."""

    def read(self, tree: Tree) -> timedelta:
        text = str(tree.value)
        match = _SPAN.match(text)
        if match:
            count = int(match.group(1))
            return timedelta(hours=count) if match.group(2) == "h" else timedelta(days=count)
        iso = _ISO_SPAN.match(text)
        if not iso:
            raise tree.fault("时间间隔写成 6h、30d 这样")
        return timedelta(days=int(iso.group(1)))

    def schema(self, *, whole: bool) -> Schema:  # noqa: ARG002
        return {"type": "string", "pattern": r"^(\d{1,4}[hd]|P\d{1,4}D)$"}


@dataclass(frozen=True)
class ClockHours:
    """Hours of the day, '00:00-07:00,12:00-14:00': pairs of times; over midnight is allowed, 24:00 is its end."""

    def read(self, tree: Tree) -> tuple[tuple[time, time], ...]:
        found = []
        for part in tree.text().split(","):
            match = _HOURS.match(part.strip())
            if not match:
                raise tree.fault("时段写成 '00:00-07:00,12:00-14:00' 这样（北京时间）")
            start = time(int(match[1]), int(match[2]))
            end = time(0, 0) if match[5] else time(int(match[3]), int(match[4]))
            if start == end and not match[5]:
                raise tree.fault(f"时段 {part.strip()} 的起止相同")
            found.append((start, end))
        return tuple(found)

    def schema(self, *, whole: bool) -> Schema:  # noqa: ARG002
        return {"type": "string", "pattern": r"^\s*\d{2}:\d{2}-\d{2}:\d{2}\s*(,\s*\d{2}:\d{2}-\d{2}:\d{2}\s*)*$"}


@dataclass(frozen=True)
class Many:
    """A list; a single value counts as a list of one."""

    item: Shape
    low: int = 0
    high: int = 1000

    def read(self, tree: Tree) -> tuple[Any, ...]:
        items = tree.items()
        if not self.low <= len(items) <= self.high:
            raise tree.fault(f"这里要有 {self.low} 到 {self.high} 项")
        return tuple(self.item.read(item) for item in items)

    def schema(self, *, whole: bool) -> Schema:  # noqa: ARG002  # lists are replaced whole
        one = self.item.schema(whole=True)
        several: Schema = {"type": "array", "items": one, "maxItems": self.high}
        if self.low:
            several["minItems"] = self.low
        # A mapping is no list of one: it may be a list written without its dash.
        is_mapping = one.get("type") == "object" or one.get("$ref") == "#/$defs/pick"
        return several if is_mapping else {"anyOf": [one, several]}


@dataclass(frozen=True)
class Named:
    """A mapping whose keys are names, all values of one shape; `names` when only some are allowed."""

    value: Shape
    names: tuple[str, ...] = ()
    what: str = "名称"

    def read(self, tree: Tree) -> dict[str, Any]:
        found = {}
        for name, value in tree.mapping().rest():
            if self.names and name not in self.names:
                raise value.fault(f"不认识的{self.what} {name}；可用：{'、'.join(self.names)}")
            found[name] = self.value.read(value)
        return found

    def schema(self, *, whole: bool) -> Schema:
        found: Schema = {"type": "object", "additionalProperties": self.value.schema(whole=whole)}
        return found | ({"propertyNames": {"enum": list(self.names)}} if self.names else {})


@dataclass(frozen=True)
class Key:
    """One key of a block: its shape, what it means (in the schema and for editors), and whether it must be there."""

    shape: Shape
    means: str
    need: bool = False


@dataclass(frozen=True)
class Block:
    """A mapping with fixed keys. `build` is called with those given; what is left out is its own default."""

    keys: Mapping[str, Key]
    build: Callable[..., Any] = dict
    #: A last look at the value; raises RecipeError.
    check: Callable[[Any, Tree], None] | None = None
    #: Nothing of it can come from an engine.
    own: bool = False

    def read(self, tree: Tree) -> Any:
        part = tree.mapping()
        given = {}
        for name, key in self.keys.items():
            value = part.need(name) if key.need else part.take(name)
            if value is not None:
                given[name] = key.shape.read(value)
        part.done()
        built = self.build(**given)
        if self.check is not None:
            self.check(built, tree)
        return built

    def schema(self, *, whole: bool) -> Schema:
        whole = whole or self.own
        properties = {
            name: {**key.shape.schema(whole=whole), "description": key.means} for name, key in self.keys.items()
        }
        found: Schema = {"type": "object", "properties": properties, "additionalProperties": False}
        needed = [name for name, key in self.keys.items() if key.need] if whole else []
        return found | ({"required": needed} if needed else {})
