"""The small parts of a recipe: how to pick a value, which steps to put it through, and checked expressions."""

from __future__ import annotations

import re

import cssselect
from lxml import etree
from parsel.csstranslator import HTMLTranslator

from crawlers.recipe import FIELD_NAMES, TRANSFORMS, Label, Pick, Step
from crawlers.yaml_tree import Tree

#: Steps that need an argument; all others take none.
_NEEDS_ARG = frozenset({"attr", "drop", "re", "strip_prefix", "split", "join"})


def read_pick(tree: Tree) -> Pick:
    part = tree.mapping()
    css, xpath, label = part.take("css"), part.take("xpath"), part.take("label")
    other, const, attr, steps = part.take("field"), part.take("const"), part.take("attr"), part.take("do")
    given = [value for value in (css, xpath, label, other, const) if value is not None]
    if len(given) != 1:
        raise tree.fault("css、xpath、label、field、const 要有而且只有一个")
    if attr is not None and css is None:
        raise attr.fault("attr 只和 css 一起用")
    if other is not None and other.text() not in FIELD_NAMES:
        raise other.fault(f"没有字段 {other.text()}")
    is_table = label is not None and isinstance(label.value, dict)
    pick = Pick(
        css=read_css(css) if css else None,
        xpath=read_xpath(xpath) if xpath else None,
        attr=attr.text() if attr else None,
        label=_label(label) if label and is_table else None,
        labels=label.texts() if label and not is_table else (),
        field=other.text() if other else None,
        const=const.text() if const else None,
        steps=read_steps(steps) if steps else (),
    )
    part.done()
    return pick


def _label(tree: Tree) -> Label:
    part = tree.mapping()
    found = Label(rows=read_css(part.need("rows")), key=read_css(part.need("key")), value=read_css(part.need("value")))
    part.done()
    return found


def read_steps(tree: Tree) -> tuple[Step, ...]:
    return tuple(_step(item) for item in tree.items())


def _step(tree: Tree) -> Step:
    if isinstance(tree.value, dict):
        pairs = list(tree.mapping().rest())
        if len(pairs) != 1:
            raise tree.fault("一步只能写一个转换")
        name, arg = pairs[0]
    else:
        name, arg = tree.text(), None
    if name not in TRANSFORMS:
        raise tree.fault(f"没有转换 {name}；可用：{'、'.join(TRANSFORMS)}")
    if (name in _NEEDS_ARG) != (arg is not None):
        raise tree.fault(f"转换 {name} {'需要' if name in _NEEDS_ARG else '不带'}参数")
    if arg is None:
        return Step(name=name)
    if name == "re":
        return Step(name=name, arg=read_pattern(arg, groups=1))
    if name == "strip_prefix":
        return Step(name=name, arg=read_pattern(arg))
    if name == "drop":
        return Step(name=name, arg=tuple(read_css(item) for item in arg.items()))
    return Step(name=name, arg=arg.text())


def read_patterns(tree: Tree | None) -> tuple[re.Pattern[str], ...]:
    return tuple(read_pattern(item) for item in tree.items()) if tree else ()


def read_pattern(tree: Tree, *, groups: int = 0) -> re.Pattern[str]:
    return read_regex(tree.text(), tree, groups=groups)


def read_regex(text: str, tree: Tree, *, groups: int = 0) -> re.Pattern[str]:
    try:
        pattern = re.compile(text)
    except (re.error, RecursionError, OverflowError) as exc:
        raise tree.fault(f"正则表达式有误：{exc}") from None
    if pattern.groups < groups:
        raise tree.fault("正则表达式里要有一个括号，取括号里的内容")
    return pattern


def read_css(tree: Tree) -> str:
    text = tree.text()
    try:
        HTMLTranslator().css_to_xpath(text)
    except (cssselect.SelectorError, cssselect.ExpressionError, ValueError, RecursionError, TypeError) as exc:
        raise tree.fault(f"CSS 选择器有误：{exc}") from None
    return text


def read_xpath(tree: Tree) -> str:
    text = tree.text()
    try:
        etree.XPath(text)
    except (etree.XPathError, ValueError) as exc:
        raise tree.fault(f"XPath 有误：{exc}") from None
    return text
