"""Expressions of a recipe, checked when it is read: CSS, XPath, JMESPath, regular expressions."""

from __future__ import annotations

import re
from dataclasses import dataclass

import cssselect
import jmespath
from jmespath.exceptions import JMESPathError
from lxml import etree
from parsel.csstranslator import HTMLTranslator

from crawlers.reader.shapes import Schema
from crawlers.yaml_tree import Tree


def _checked(text: str, tree: Tree) -> re.Pattern[str]:
    try:
        return re.compile(text)
    except (re.error, RecursionError, OverflowError) as exc:
        raise tree.fault(f"正则表达式有误：{exc}") from None


@dataclass(frozen=True)
class Pattern:
    """A regular expression, with at least so many groups."""

    groups: int = 0

    def read(self, tree: Tree) -> re.Pattern[str]:
        pattern = _checked(tree.text(), tree)
        if pattern.groups < self.groups:
            raise tree.fault("正则表达式里要有一个括号，取括号里的内容")
        return pattern

    def schema(self, *, whole: bool) -> Schema:  # noqa: ARG002  # Shape's signature, here and below
        return {"type": "string", "minLength": 1, "format": "regex"}


@dataclass(frozen=True)
class PatternMap:
    """A mapping of regular expressions to texts, as pairs."""

    #: May the text hold a backslash? A replacement must not.
    backslash: bool = True

    def read(self, tree: Tree) -> tuple[tuple[re.Pattern[str], str], ...]:
        found = []
        for key, value in tree.mapping().rest():
            if not self.backslash and "\\" in value.text():
                raise value.fault("替换文字里不能用反斜杠")
            found.append((_checked(key, value), value.text()))
        return tuple(found)

    def schema(self, *, whole: bool) -> Schema:  # noqa: ARG002
        return {"type": "object", "additionalProperties": {"type": "string", "minLength": 1}}


@dataclass(frozen=True)
class Css:
    """A CSS selector."""

    def read(self, tree: Tree) -> str:
        text = tree.text()
        try:
            HTMLTranslator().css_to_xpath(text)
        except (cssselect.SelectorError, cssselect.ExpressionError, ValueError, RecursionError, TypeError) as exc:
            raise tree.fault(f"CSS 选择器有误：{exc}") from None
        return text

    def schema(self, *, whole: bool) -> Schema:  # noqa: ARG002
        return {"type": "string", "minLength": 1}


@dataclass(frozen=True)
class XPath:
    """An XPath 1.0 expression."""

    def read(self, tree: Tree) -> str:
        text = tree.text()
        try:
            etree.XPath(text)
        except (etree.XPathError, ValueError) as exc:
            raise tree.fault(f"XPath 有误：{exc}") from None
        return text

    def schema(self, *, whole: bool) -> Schema:  # noqa: ARG002
        return {"type": "string", "minLength": 1}


@dataclass(frozen=True)
class Jmes:
    """A JMESPath expression."""

    def read(self, tree: Tree) -> str:
        text = tree.text()
        try:
            jmespath.compile(text)
        except (JMESPathError, ValueError, RecursionError, TypeError) as exc:
            raise tree.fault(f"JMESPath 有误：{str(exc).splitlines()[0]}") from None
        return text

    def schema(self, *, whole: bool) -> Schema:  # noqa: ARG002
        return {"type": "string", "minLength": 1}
