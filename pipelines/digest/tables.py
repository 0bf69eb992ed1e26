"""The tables of tallies in the readable digests: what occurred, row by row, and one sentence for the rest."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from pipelines.digest.figures import UNKNOWN, Figures, Tally

#: Rows without any decision that are still shown, those with most new leads; a week of a county fits one page a table.
_MOST_UNDECIDED = 10
#: And with at least so many: most operators have one new lead.
_FEWEST_NEW = {"operator": 2}
#: Below this many the rest is not worth a sentence: its rows are shown.
_FEWEST_LEFT = 3
#: A table of up to this many rows is kept on one page; more would leave half a page empty.
_ONE_PAGE = 6
#: How a table says 0: a page of noughts hides the figures.
NOTHING = "—"
_COLUMNS = ("came", "confirm", "transfer", "dismiss", "hold")
_NUMBERS = "一二三四五六七八九十"


@dataclass(frozen=True, kw_only=True)
class _Table:
    id: str
    title: str
    note: str
    #: Heading of the name column.
    kind: str
    #: Whether keys (rule codes) stand before the names.
    with_keys: bool
    rows: tuple[Tally, ...]


def tables(figures: Figures) -> list[dict[str, Any]]:
    """The tables as the templates print them, numbered by what occurred; none when nothing did."""
    made = (_shown(table) for table in _tables(figures))
    shown = [
        {"heading": f"（{_NUMBERS[place]}）{table['title']}", "dash": ""} | table
        for place, table in enumerate(table for table in made if table["rows"] or table["rest"])
    ]
    dashed = next((table for table in shown if any(NOTHING in row.values() for row in table["rows"])), None)
    if dashed is not None:
        dashed["dash"] = f"表中“{NOTHING}”表示 0 条，下同。"
    return shown


def _tables(figures: Figures) -> tuple[_Table, ...]:
    rows = (
        ("consequence", "按性质", _once_by_the_gravest(figures), "性质", False, figures.by_consequence),
        ("code", "按规则", "一条线索可触及多条规则，各计一次，故各行之和大于合计。", "规则", True, figures.by_code),
        ("cover", "按伪装形式", "名义、场所、方式；一条线索可有几种，各计一次。", "伪装形式", False,
         figures.by_cover),
        ("district", "按地区", "", "地区", False, figures.by_district),
        ("platform", "按平台", "", "平台", False, figures.by_platform),
        ("operator", "按经营主体", "以共同的联系方式归并，联系方式已遮盖。", "经营主体（联系方式）", False,
         figures.by_operator),
    )  # fmt: skip
    return tuple(
        _Table(id=name, title=title, note=note, kind=kind, with_keys=with_keys, rows=tallies)
        for name, title, note, kind, with_keys, tallies in rows
    )


def _once_by_the_gravest(figures: Figures) -> str:
    beside = f"，另有 {figures.cleanup_beside} 条在更重的疑点之外还含清理提示" if figures.cleanup_beside else ""
    return f"每条线索按其最重的一项疑点计一次；政策清理与可能涉及罚则的分开统计{beside}。"


def _shown(table: _Table) -> dict[str, Any]:
    occurred = [row for row in table.rows if row.came or row.decided]
    if [row.name for row in occurred] == [UNKNOWN]:
        return {"id": table.id, "title": table.title, "rows": [], "rest": f"本期线索的{table.kind}均未标明。"}
    left = _left(occurred, _FEWEST_NEW.get(table.id, 1))
    rows = [_row(row, table.with_keys) for row in occurred if row not in left]
    return {
        "id": table.id,
        "title": table.title,
        "note": table.note,
        "kind": table.kind,
        "rows": rows,
        "parts": _parts(rows),
        "rest": _rest(left, [row for row in table.rows if row not in occurred]) if occurred else "",
    }


def _parts(rows: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """The rows as Word is told of them: first and last stay with the row after them, middle may end a page, end is the
    end."""
    whole = len(rows) <= _ONE_PAGE
    first, last = (len(rows) - 1, len(rows) - 1) if whole else (2, len(rows) - 2)
    return {"first": rows[:first], "middle": rows[first:last], "last": rows[last:-1], "end": rows[-1:]}


def _left(occurred: list[Tally], fewest: int) -> list[Tally]:
    """Rows that only a sentence speaks of: nothing was decided there, and others have more new leads."""
    undecided = sorted((row for row in occurred if not row.decided and row.key != "rest"), key=lambda row: -row.came)
    many = [row for row in undecided if row.came >= fewest][:_MOST_UNDECIDED]
    left = [row for row in occurred if not row.decided and row not in many]
    return [] if len(left) < _FEWEST_LEFT and all(row.key != "rest" for row in left) else left


def _rest(left: Iterable[Tally], absent: Iterable[Tally]) -> str:
    said = []
    came = sum(row.came for row in left)
    if came:
        said.append(f"其余各项新增较少、本期没有审核结论，新增共 {came} 条，不逐一列出。")
    names = "、".join(f"“{row.name}”" for row in absent)
    if names:
        said.append(f"{names}本期没有。")
    return "".join(said)


def _row(row: Tally, with_keys: bool) -> dict[str, Any]:
    name = f"{row.key} {row.name}" if with_keys else row.name
    return {"key": row.key, "name": name} | {column: getattr(row, column) or NOTHING for column in _COLUMNS}
