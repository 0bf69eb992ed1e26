"""The blocks states, fields, privacy and tests of a recipe: what a page is, and what is read off it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from crawlers.reader.expressions import Css, Jmes, Pattern, XPath
from crawlers.reader.pick_blocks import PICK, STEPS
from crawlers.reader.shapes import Block, Choice, Key, Many, Named, Schema, Span, Text, Whole
from crawlers.recipe import FIELD_NAMES, HASHABLE, PRIVACY_MODES, FieldRule, Pick, StateRule
from crawlers.upkeep import Fixture
from crawlers.yaml_tree import Tree
from pipelines.records import PageState

#: Fields that are no single text: kept or dropped, there is nothing to mask.
_NOT_TEXT = frozenset({"attrs", "images", "posted_at"})


@dataclass(frozen=True)
class State:
    """A page state."""

    def read(self, tree: Tree) -> PageState:
        try:
            return PageState(tree.text())
        except ValueError:
            raise tree.fault(f"没有页面状态 {tree.text()}；可用：{' '.join(PageState)}") from None

    def schema(self, *, whole: bool) -> Schema:  # noqa: ARG002  # Shape's signature
        return {"enum": [str(state) for state in PageState]}


def _when(**given: Any) -> dict[str, Any]:
    return given | ({"status": frozenset(given["status"])} if "status" in given else {})


def _some_condition(found: dict[str, Any], tree: Tree) -> None:
    if not set(found) - {"max_bytes"} or not any(value for key, value in found.items() if key != "max_bytes"):
        raise tree.fault("when 至少要有一个条件")


WHEN = Block(
    {
        "status": Key(Many(Whole(100, 599)), "HTTP status, one of these"),
        "url": Key(Pattern(), "Pattern on the address"),
        "title": Key(Pattern(), "Pattern on the title"),
        "css": Key(Many(Css()), "All of these match"),
        "xpath": Key(XPath(), "Matches"),
        "jmes": Key(Jmes(), "Gives something, on a page that is JSON"),
        "text": Key(Pattern(), "Pattern on the text, inside the first css when there is one"),
        "max_bytes": Key(Whole(1, 10_000_000), "The page is no larger"),
    },
    build=_when,
    check=_some_condition,
)


def _state_rule(*, state: PageState, when: dict[str, Any], verify: Any = None) -> StateRule:
    return StateRule(state=state, verify=verify, **when)


def _positive(rule: StateRule, tree: Tree) -> None:
    if rule.state in (PageState.OK, PageState.LIST) and not (rule.css or rule.xpath or rule.jmes):
        raise tree.value["when"].fault(f"{rule.state} 必须有正面标志（css、xpath 或 jmes）")


STATES = Many(
    Block(
        {
            "state": Key(State(), "What the page is", need=True),
            "when": Key(WHEN, "All conditions must hold", need=True),
            "verify": Key(Span(), "A posting in this state is looked at again after so long"),
        },
        build=_state_rule,
        check=_positive,
    ),
    low=1,
)

FIELD = Block(
    {
        "from": Key(Many(PICK, low=1), "Alternatives; the first that yields anything wins", need=True),
        "do": Key(STEPS, "Steps for all alternatives"),
        "need": Key(Choice(("required", "optional")), "May a posting lack it? optional when left out"),
    }
)


_NAMED_FIELDS = Named(FIELD, names=FIELD_NAMES, what="字段")


@dataclass(frozen=True)
class FieldsShape:
    """The fields of a posting, by name."""

    def read(self, tree: Tree) -> dict[str, FieldRule]:
        found = {}
        for name, given in _NAMED_FIELDS.read(tree).items():
            picks: tuple[Pick, ...] = given["from"]
            if any(pick.label for pick in picks) != (name == "attrs"):
                raise tree.value[name].fault("label: {rows, key, value} 只用在 attrs 字段，而且 attrs 只用它")
            found[name] = FieldRule(
                name=name, picks=picks, steps=given.get("do", ()), required=given.get("need") == "required"
            )
        if "title" not in found and "body" not in found:
            raise tree.fault("至少要有 title 或 body 字段")
        return found

    def schema(self, *, whole: bool) -> Schema:
        return _NAMED_FIELDS.schema(whole=whole)


FIELDS = FieldsShape()


@dataclass(frozen=True)
class PrivacyShape:
    """Field: what becomes of it; and how long pages are kept."""

    def read(self, tree: Tree) -> dict[str, Any]:
        modes: dict[str, str] = {}
        found: dict[str, Any] = {"privacy": modes}
        for name, value in tree.mapping().rest():
            if name == "retain_days":
                found["retain_days"] = _RETAIN.read(value)
                continue
            if name not in FIELD_NAMES:
                raise value.fault(f"不认识的字段 {name}；可用：{'、'.join((*FIELD_NAMES, 'retain_days'))}")
            if value.text() not in PRIVACY_MODES:
                raise value.fault(f"privacy 只能是 {'、'.join(PRIVACY_MODES)}")
            if value.text() == "mask" and name in _NOT_TEXT:
                raise value.fault(f"{name} 不是一段文字，不能 mask，只能 keep 或 drop")
            if value.text() == "hash" and name not in HASHABLE:
                raise value.fault(f"{name} 不能 hash，只有 {'、'.join(HASHABLE)} 能换成代号")
            modes[name] = value.text()
        return found

    def schema(self, *, whole: bool) -> Schema:  # noqa: ARG002
        modes = {
            name: {
                "enum": [
                    mode
                    for mode in PRIVACY_MODES
                    if not (mode == "mask" and name in _NOT_TEXT) and not (mode == "hash" and name not in HASHABLE)
                ]
            }
            for name in FIELD_NAMES
        }
        kept = {**_RETAIN.schema(whole=True), "description": "Days pages that raised no lead are kept"}
        return {"type": "object", "properties": {**modes, "retain_days": kept}, "additionalProperties": False}


_RETAIN = Whole(1, 3650)
PRIVACY = PrivacyShape()


def check_privacy(modes: dict[str, str], fields: dict[str, FieldRule], tree: Tree) -> None:
    """Is enough left to read? Raises RecipeError."""
    for name, rule in fields.items():
        if rule.required and _nothing_left(rule, modes):
            raise tree.fault(f"{name} 是必需字段（need: required），它或它的来处却被 drop，每一页都会读不出来")
    if all(name not in fields or _nothing_left(fields[name], modes) for name in ("title", "body", "images")):
        raise tree.fault("title、body、images 不能全部 drop")


def _nothing_left(rule: FieldRule, privacy: dict[str, str]) -> bool:
    """Is this field dropped, or read from nothing but dropped fields?"""

    def lost(pick: Pick) -> bool:
        return privacy.get("attrs" if pick.labels else pick.field or "") == "drop"

    return privacy.get(rule.name) == "drop" or all(lost(pick) for pick in rule.picks)


@dataclass(frozen=True)
class Expected:
    """What a field of a fixture says: a text, a list of texts (images), or pairs (attrs)."""

    def read(self, tree: Tree) -> object:
        if isinstance(tree.value, dict):
            return {name: str(value.value) for name, value in tree.mapping().rest()}
        if isinstance(tree.value, list):
            return [str(item.value) for item in tree.value]
        return str(tree.value)

    def schema(self, *, whole: bool) -> Schema:  # noqa: ARG002
        return {"type": ["string", "number", "array", "object"]}


def _fixture(*, state: PageState, **given: Any) -> Fixture:
    return Fixture(state=str(state), **given)


def _inside(found: Fixture, tree: Tree) -> None:
    if found.file.startswith(("/", "~")) or ".." in found.file.split("/") or "\\" in found.file:
        raise tree.value["file"].fault("file 是来源文件夹里的相对路径")


TESTS = Many(
    Block(
        {
            "file": Key(Text(), "Saved page in the source's folder", need=True),
            "state": Key(State(), "The state it must get", need=True),
            "url": Key(Text(), "Where it stood"),
            "rows": Key(Whole(0, 100_000), "Rows of a list that lead to postings"),
            "fields": Key(Named(Expected(), names=FIELD_NAMES, what="字段"), "Field: its text, exactly"),
        },
        build=_fixture,
        check=_inside,
    )
)
