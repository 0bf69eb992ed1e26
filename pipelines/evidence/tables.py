"""The four-dimension and the article-17 table of one assessment, ready to be shown; older answers have none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

#: (key, name, what the guide asks); 《义务教育阶段校外培训项目分类鉴别指南》.
_CRITERIA = (
    ("purpose", "目的", "以学科知识与技能培训为导向，主要为提升学科学习成绩服务"),
    ("content", "内容", "主要涉及学科学习内容"),
    ("method", "方式", "重在学科知识讲解、听说读写算训练，以预习、授课、巩固练习为主要过程"),
    ("evaluation", "评价", "侧重甄别与选拔，以学习成绩、考试结果为主要评价依据"),
)
#: 《校外培训行政处罚暂行办法》第十七条.
_ARTICLE17 = (
    ("place", "场所或平台", "线下有专门的培训场所，或线上有特定的网站、应用程序"),
    ("staff", "从业人员", "有2名以上培训从业人员"),
    ("organisation", "组织机构", "有相应的组织机构和分工"),
)


@dataclass(frozen=True, kw_only=True)
class TableRow:
    """One dimension or element with the words that show it."""

    key: str
    name: str
    #: What the rule asks.
    asks: str
    #: (as published, restored); () is 未见: nothing in the text, which says nothing of the facts.
    words: tuple[tuple[str, str], ...]


def criteria_rows(result: Mapping[str, Any]) -> tuple[TableRow, ...]:
    """The four dimensions; () where the answer is older than the table."""
    return _rows(result.get("criteria"), _CRITERIA)


def article17_rows(result: Mapping[str, Any]) -> tuple[TableRow, ...]:
    """The three elements; () where the answer is older than the table."""
    return _rows(result.get("article17"), _ARTICLE17)


def table_remarks(result: Mapping[str, Any]) -> dict[str, str]:
    """What to print under each table, by its key: where the guide does not reach, places that are article 18's.

    "" where there is nothing to say or the answer is older than the remarks.
    """
    told = result.get("remarks") or {}
    return {key: str(told.get(key, "")) for key in ("criteria", "article17")}


def _rows(table: object, names: tuple[tuple[str, str, str], ...]) -> tuple[TableRow, ...]:
    if not isinstance(table, Mapping):
        return ()
    return tuple(TableRow(key=key, name=name, asks=asks, words=_words(table.get(key))) for key, name, asks in names)


def _words(cell: object) -> tuple[tuple[str, str], ...]:
    if not isinstance(cell, Mapping) or not cell.get("met"):
        return ()
    return tuple((str(span["text"]), str(span.get("restored", span["text"]))) for span in cell.get("spans", ()))
