"""How a value is picked off a page, and the steps it is put through: a closed list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from crawlers.reader.expressions import Css, Jmes, Pattern, XPath
from crawlers.reader.shapes import Block, Choice, Flag, Key, Many, Named, Schema, Shape, Text
from crawlers.recipe import FIELD_NAMES, TRANSFORMS, Label, Pick, Step
from crawlers.yaml_tree import Tree

#: Steps that need an argument, and its shape; all others take none.
STEP_ARGS: dict[str, Shape] = {
    "attr": Text(),
    "drop": Many(Css(), low=1),
    "keep": Many(Css(), low=1),
    "re": Pattern(groups=1),
    "strip_prefix": Pattern(),
    "split": Text(),
    "join": Text(spaces=True),
    "map": Named(Text(), what="词"),
}


@dataclass(frozen=True)
class StepShape:
    """`name`, or `name: argument`."""

    def read(self, tree: Tree) -> Step:
        name, arg = self._parts(tree)
        if name not in TRANSFORMS:
            raise tree.fault(f"没有转换 {name}；可用：{'、'.join(TRANSFORMS)}")
        if (name in STEP_ARGS) != (arg is not None):
            raise tree.fault(f"转换 {name} {'需要' if name in STEP_ARGS else '不带'}参数")
        return Step(name=name, arg=STEP_ARGS[name].read(arg) if arg is not None else None)

    def _parts(self, tree: Tree) -> tuple[str, Tree | None]:
        if not isinstance(tree.value, dict):
            return tree.text(), None
        pairs = list(tree.mapping().rest())
        if len(pairs) != 1:
            raise tree.fault("一步只能写一个转换")
        return pairs[0]

    def schema(self, *, whole: bool) -> Schema:  # noqa: ARG002  # Shape's signature, here and below
        plain: Schema = {"enum": [name for name in TRANSFORMS if name not in STEP_ARGS]}
        return {
            "anyOf": [
                plain,
                *(
                    {
                        "type": "object",
                        "properties": {name: shape.schema(whole=True)},
                        "required": [name],
                        "additionalProperties": False,
                    }
                    for name, shape in STEP_ARGS.items()
                ),
            ]
        }


@dataclass(frozen=True)
class Referred:
    """A shape that the schema tells once, by name."""

    inner: Shape
    name: str

    def read(self, tree: Tree) -> Any:
        return self.inner.read(tree)

    def schema(self, *, whole: bool) -> Schema:  # noqa: ARG002
        return {"$ref": f"#/$defs/{self.name}"}


STEPS = Referred(Many(StepShape(), high=20), "steps")
_LABEL_TABLE = Block(
    {
        "rows": Key(Css(), "Each label/value pair", need=True),
        "key": Key(Css(), "The label inside", need=True),
        "value": Key(Css(), "The value inside", need=True),
    },
    build=Label,
)


@dataclass(frozen=True)
class LabelShape:
    """A table of pairs, or labels whose value is wanted."""

    def read(self, tree: Tree) -> Label | tuple[str, ...]:
        if isinstance(tree.value, dict):
            table: Label = _LABEL_TABLE.read(tree)
            return table
        return tree.texts()

    def schema(self, *, whole: bool) -> Schema:  # noqa: ARG002
        return {"anyOf": [_LABEL_TABLE.schema(whole=True), Many(Text()).schema(whole=True)]}


_SOURCES = ("css", "xpath", "jmes", "jsonld", "label", "url", "field", "main", "const")


def _pick(**given: Any) -> Pick:
    label = given.pop("label", None)
    if isinstance(label, Label):
        given["label"] = label
    elif label is not None:
        given["labels"] = label
    return Pick(steps=given.pop("do", ()), **given)


@dataclass(frozen=True)
class PickShape:
    """Exactly one place a value comes from, and its steps."""

    def read(self, tree: Tree) -> Pick:
        part = tree.mapping().tree.value
        given = [name for name in _SOURCES if name in part and part[name].value is not None]
        found: Pick = PICK_BLOCK.read(tree)
        if len(given) != 1:
            raise tree.fault(f"{'、'.join(_SOURCES)} 要有而且只有一个")
        if found.attr is not None and found.css is None:
            raise part["attr"].fault("attr 只和 css 一起用")
        if "main" in given and not found.main:
            raise part["main"].fault("main 只能是 true")
        return found

    def schema(self, *, whole: bool) -> Schema:  # noqa: ARG002
        return {**PICK_BLOCK.schema(whole=True), "anyOf": [{"required": [name]} for name in _SOURCES]}


PICK_BLOCK = Block(
    {
        "css": Key(Css(), "CSS selector"),
        "xpath": Key(XPath(), "XPath"),
        "attr": Key(Text(), "With css: the first of these attributes the node has, a|b|c"),
        "jmes": Key(Jmes(), "JMESPath into a page that is JSON"),
        "jsonld": Key(Jmes(), "JMESPath into each JSON-LD object of the page"),
        "label": Key(
            LabelShape(), "Value beside one of these labels of attrs; in attrs itself the table {rows, key, value}"
        ),
        "url": Key(Pattern(groups=1), "First group of a pattern on the page's address"),
        "field": Key(Choice(FIELD_NAMES), "Text of another field"),
        "main": Key(Flag(), "true: the running text of the page, behind a positive state"),
        "const": Key(Text(), "Always this text"),
        "do": Key(STEPS, "Steps for this alternative"),
    },
    build=_pick,
)
PICK = Referred(PickShape(), "pick")
#: What Referred shapes are, for the schema.
DEFINITIONS = {shape.name: shape.inner.schema(whole=True) for shape in (STEPS, PICK)}
