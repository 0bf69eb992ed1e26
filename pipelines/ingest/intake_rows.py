"""Rows of imported files: JSON lines, CSV tables with Chinese or English headers, plain texts. A row that cannot be
taken says why; the others go on."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from typing import Any, Self
from urllib.parse import urldefrag, urlsplit

from pipelines.clock import SHANGHAI
from pipelines.errors import BadInput
from pipelines.ingest.intake_columns import field_of
from pipelines.ingest.intake_text import MAX_TEXT, text_fault
from pipelines.records import ExtractedListing

_MAX_ROWS = 200_000
_MAX_COLUMNS = 200
_VISIBILITY = {
    "": "public", "public": "public", "公开": "public",
    "group": "group", "群": "group", "群聊": "group", "群内": "group",
    "private": "private", "私聊": "private", "私信": "private", "私下": "private",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Row:
    """One row: a posting, or the reason why it is none. Lines and rows count from 1 (a table's header is row 1)."""

    number: int | None
    listing: ExtractedListing | None = None
    reason: str = ""
    #: The row's own piece of the file's text, its line end left out; None when the whole file is the posting.
    raw: str | None = None
    #: What a table's columns, or a line's keys, are called.
    columns: tuple[str, ...] = ()
    #: Did the row say who could see the posting? Else nobody knows.
    visibility_given: bool = False
    #: Of a page: by which marks it was saved by somebody logged in; "" for by none.
    logged_in: str = ""


#: Characters of one cell; an open quote would otherwise take all rows behind it.
_LARGEST_CELL = 131_072


def json_rows(text: str) -> Iterator[Row]:
    """One JSON object a line; empty lines are skipped, unknown keys are ignored."""
    for number, line in enumerate(text.split("\n", _MAX_ROWS), 1):
        if number > _MAX_ROWS and line:
            yield Row(number=number, reason=f"超过 {_MAX_ROWS} 行，从这一行起没有读")
            return
        if not line.strip():
            continue
        try:
            value = json.loads(line)
        except RecursionError:
            yield Row(number=number, reason="JSON 嵌套过深")
        except ValueError as exc:
            yield Row(number=number, reason=_not_json(exc))
        else:
            row = _row(number, partial(_from_json, value), line)
            yield replace(row, columns=tuple(value)[:_MAX_COLUMNS]) if isinstance(value, dict) else row


def _not_json(exc: ValueError) -> str:
    """Where a line stops being JSON, counted in characters from 1."""
    if isinstance(exc, json.JSONDecodeError):
        return f"不是 JSON（从第 {exc.colno} 个字符起读不懂）；一行应是一个完整的 {{…}}"
    return "不是 JSON（数字太长）"


def csv_rows(text: str) -> Iterator[Row]:
    """A table with a header row. Raises BadInput when the header tells of no text."""
    lines = _Lines(text)
    # Python's own bound, said again: it is one for the whole process, and a library may have lifted it.
    csv.field_size_limit(_LARGEST_CELL)
    reader = csv.reader(lines, delimiter=_delimiter(text), strict=False)
    header: list[str] | None = None
    number = 0
    while True:
        number += 1
        lines.taken.clear()
        try:
            cells = next(reader)
        except StopIteration:
            break
        except csv.Error as exc:
            if header is None:
                raise BadInput("表头无法解析") from exc
            yield Row(number=number, reason="这一行起无法解析，后面的行没有读（引号没有配对，或单元格过大）")
            return
        if header is None:
            header = _checked_header(cells)
        elif number > _MAX_ROWS:
            yield Row(number=number, reason=f"超过 {_MAX_ROWS} 行，从这一行起没有读")
            return
        elif any(cell.strip() for cell in cells):
            row = _row(number, partial(_from_cells, header, cells), "".join(lines.taken))
            yield replace(row, columns=tuple(header))
    if header is None:
        raise BadInput("文件里没有内容")


def text_rows(text: str) -> Iterator[Row]:
    """The whole file is one posting."""
    yield _row(None, lambda: (_listing({"text": text.strip()}, {}), False))


def _row(number: int | None, read: Callable[[], tuple[ExtractedListing, bool]], raw: str | None = None) -> Row:
    """The row that `read` gives (a posting, and whether it says who could see it), or the reason why it gives none."""
    try:
        listing, visibility_given = read()
    except BadInput as exc:
        return Row(number=number, reason=exc.message)
    return Row(
        number=number,
        listing=listing,
        raw=raw.rstrip("\r\n") if raw is not None else None,
        visibility_given=visibility_given,
    )


def _from_json(value: Any) -> tuple[ExtractedListing, bool]:
    if not isinstance(value, dict):
        raise BadInput("一行应是一个 JSON 对象")
    known: dict[str, str] = {}
    contacts: tuple[str, ...] = ()
    for key, item in value.items():
        name = field_of(key)
        if name is None or item is None:
            continue
        if name == "contacts" and isinstance(item, list) and all(isinstance(one, str) for one in item):
            contacts = tuple(item[:20])
        elif isinstance(item, str):
            known.setdefault(name, item)
        elif name in {"id", "price_raw", "contacts"} and isinstance(item, int | float):
            known.setdefault(name, str(item))
        else:
            raise BadInput(f"字段 {key} 应是字符串")
    return _listing(known, _json_fields(value.get("fields")), contacts=contacts), _says_visibility(known)


def _json_fields(value: Any) -> dict[str, str]:
    if value is None:
        return {}
    if not isinstance(value, dict) or len(value) > _MAX_COLUMNS:
        raise BadInput("字段 fields 应是“标签：值”的 JSON 对象")
    return {label: str(item) for label, item in value.items() if isinstance(item, str | int | float)}


class _Lines:
    """The lines of a table with their ends, split at line feeds and carriage returns alone; `taken` are those handed
    out since it was last cleared: one row, which a quoted cell may spread over several lines."""

    def __init__(self, text: str) -> None:
        self._matches = re.finditer(r"[^\r\n]*(?:\r\n|\n|\r)|[^\r\n]+\Z", text)
        self.taken: list[str] = []

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> str:
        line = next(self._matches)[0]
        self.taken.append(line)
        return line


def _delimiter(text: str) -> str:
    first = text[: text.find("\n") if "\n" in text else len(text)][:10_000]
    return max(",\t;", key=first.count)


def _checked_header(cells: Sequence[str]) -> list[str]:
    if len(cells) > _MAX_COLUMNS:
        raise BadInput(f"表头有 {len(cells)} 列，最多 {_MAX_COLUMNS} 列")
    header = [cell.strip() for cell in cells]
    names = {field_of(label) for label in header}
    if not names & {"text", "title"}:
        raise BadInput("表头里没有“正文”或“标题”一列；请在第一行写明列名，例如 标题,正文,网址,平台")
    return header


def _from_cells(header: Sequence[str], cells: Sequence[str]) -> tuple[ExtractedListing, bool]:
    if len(cells) > len(header):
        raise BadInput(f"这一行有 {len(cells)} 列，表头只有 {len(header)} 列")
    known: dict[str, str] = {}
    fields: dict[str, str] = {}
    contacts: list[str] = []
    for label, raw in zip(header, cells, strict=False):
        value, name = raw.strip(), field_of(label)
        if not value:
            continue
        if name == "contacts":
            contacts.append(value)
            fields.setdefault(label, value)
        elif name is None and label:
            fields.setdefault(label, value)
        elif name is not None:
            known.setdefault(name, value)
    return _listing(known, fields, contacts=tuple(contacts)), _says_visibility(known)


def _says_visibility(known: Mapping[str, str]) -> bool:
    return bool(known.get("visibility", "").strip())


def _listing(
    known: Mapping[str, str], fields: Mapping[str, str], *, contacts: tuple[str, ...] = ()
) -> ExtractedListing:
    title, text = known.get("title", "").strip(), known.get("text", "")
    if not (title or text.strip()):
        raise BadInput("没有正文也没有标题")
    every = (*known.values(), *fields, *fields.values(), *contacts)
    fault = next(filter(None, map(text_fault, every)), None) or (
        "字段太多太长" if sum(map(len, every)) > 2 * MAX_TEXT else None
    )
    if fault:
        raise BadInput(fault)
    visibility = _VISIBILITY.get(known.get("visibility", "").strip().lower())
    if visibility is None:
        raise BadInput("可见范围只能是 public、group、private（公开、群聊、私聊）")
    item = ExtractedListing(
        source="",
        key="",
        url=_url(known.get("url", "")),
        title=title,
        text=text,
        fields=dict(fields),
        price_raw=known.get("price_raw", ""),
        district=known.get("district", "").strip(),
        poster=known.get("poster", "").strip(),
        contacts=contacts,
        platform=known.get("platform", "").strip(),
        visibility=visibility,
    )
    posted = known.get("posted_at", "").strip()
    moment = _moment(posted)
    if posted and moment is None:
        return replace(item, fields={**item.fields, "发布时间": posted})
    return replace(item, posted_at=moment)


def _url(value: str) -> str:
    value = value.strip()
    if not value:
        return ""
    try:
        parts = urlsplit(value)
        fine = parts.scheme in {"http", "https"} and bool(parts.hostname) and len(value) <= 2000
    except ValueError:
        fine = False
    if not fine:
        raise BadInput("网址不对：应以 http:// 或 https:// 开头，不超过 2000 字")
    return urldefrag(value).url


def _moment(value: str) -> datetime | None:
    """An ISO-like date or time; without a zone it is Shanghai's."""
    match = re.fullmatch(
        r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[ T]+(\d{1,2})[:：时](\d{1,2})(?:[:：分](\d{1,2}))?秒?分?)?",
        value,
    )
    try:
        if match:
            year, month, day, hour, minute, second = (int(part or 0) for part in match.groups())
            moment = datetime(year, month, day, hour, minute, second, tzinfo=SHANGHAI)
        else:
            moment = datetime.fromisoformat(value)
        return (moment if moment.tzinfo else moment.replace(tzinfo=SHANGHAI)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
