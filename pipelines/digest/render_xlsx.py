"""The digest as a workbook: every number and every lead it counts, a sheet a table."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from pipelines.clock import local
from pipelines.digest.figures import Figures, Line, MarketLead, Tally
from pipelines.digest.layout import context, printable
from pipelines.evidence.followed import FOLLOW_UPS
from pipelines.evidence.words import CONSEQUENCES, COVERS, VERDICTS
from pipelines.records import Verdict
from pipelines.records.rule_words import coded, told

_TALLY = ("本期新增", "成立", "转办/移送", "排除", "待核实")
_MARKET = ("线索", "标题", "平台", "网址", "地区", "经营主体", "结论", "去向", "性质", "规则", "案件")
_LINES = (
    "线索", "标题", "地区", "平台", "经营主体", "规则", "伪装形式", "本期新增", "期末结论", "计入本期",
    "前期结论", "补报"
)  # fmt: skip
_Row = Sequence[Any]


def render_xlsx(figures: Figures) -> bytes:
    """Text stays text: nothing in a cell is a formula, whatever a posting is called."""
    said = context(figures)
    book = Workbook()
    book.remove(book.active)  # type: ignore[arg-type]  # a new workbook has one sheet
    _sheet(book, "总表", ("项目", "数"), _overview(figures, said))
    for title, tallies in (
        ("按性质", figures.by_consequence),
        ("按规则", figures.by_code),
        ("按伪装形式", figures.by_cover),
        ("按地区", figures.by_district),
        ("按平台", figures.by_platform),
        ("按经营主体", figures.by_operator),
    ):
        _sheet(book, title, ("代号", "名称", *_TALLY), map(_tally, tallies))
    _sheet(book, "转办去向", ("部门", "线索"), ((row.department, row.leads) for row in figures.transfers))
    _sheet(book, "归市场监管", _MARKET, map(_market, figures.market))
    _sheet(book, "线索清单", _LINES, map(_line, figures.lines))
    entered = (
        (
            row.lead,
            row.title,
            row.office,
            FOLLOW_UPS[row.kind],
            str(row.on_day),
            row.paper,
            _yes(row.holds),
            _yes(row.late),
        )
        for row in figures.follow_ups
    )
    _sheet(book, "办理情况", ("线索", "标题", "办理单位", "情况", "日期", "文号", "有效", "补报"), entered)
    places = ((row.district, row.taken_on, row.entered, row.settled, row.rectified) for row in figures.progress)
    _sheet(book, "办理按地区", ("地区", "成立或转办", "有办理情况", "已有结果", "登记整改"), places)
    shown = ((row.id, row.title, str(row.rectified_on), _time(row.seen_at)) for row in figures.rectified_shown)
    _sheet(book, "整改后仍在", ("线索", "标题", "登记整改", "最近所见"), shown)
    pending = ((row.id, row.title, row.department, _time(row.sent_at), row.days) for row in figures.pending)
    _sheet(book, "跟踪", ("线索", "标题", "受理单位", "转办时间", "已过（天）"), pending)
    points = (
        (
            str(row.first_day),
            str(row.last_day),
            row.came,
            row.confirm,
            row.transfer,
            row.dismiss,
            row.hold,
            row.rectified,
        )
        for row in figures.trend
    )
    _sheet(book, "前期比较", ("起日", "止日", *_TALLY, "登记整改"), points)
    logs = ((row["title"], row["days"], row["runs"], row["gaps"]) for row in said["collection"]["rows"])
    _sheet(book, "采集记录", ("来源", "正常/应采（天）", "次数", "空白与原因"), logs)
    if figures.erratum:
        changes = ((row.what, row.was, row.now) for row in figures.changes)
        _sheet(book, f"更正第{figures.erratum}号", ("项目", "原", "现"), changes)
    # Naive on purpose: the library writes it as UTC.
    book.properties.created = book.properties.modified = figures.made_at.replace(tzinfo=None, microsecond=0)
    book.properties.creator = printable(figures.agency) or "mingcha"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _overview(figures: Figures, said: dict[str, Any]) -> list[_Row]:
    total = figures.total
    rows: list[_Row] = [("标题", said["title"]), ("期间", said["span"]), ("单位", said["agency"])]
    if figures.demo:
        rows.insert(0, ("演示", said["mark"]))
    rows += [
        ("本期新增", total.came),
        ("尚无审核结论", figures.waiting),
        ("成立", total.confirm),
        ("转办/移送", total.transfer),
        ("排除", total.dismiss),
        ("待核实", total.hold),
        ("审核操作次数", figures.decision_rows),
        ("其中撤销", figures.undos),
        ("另含政策清理提示的", figures.cleanup_beside),
        ("补报线索", figures.late_leads),
        ("补报操作", figures.late_decisions),
        ("前期结论有变", figures.taken_back),
        *((f"办理情况·{row.name}", row.leads) for row in figures.handled),
        ("前期登记、本期撤销的办理情况", figures.follow_ups_taken_back),
        ("截至期末已成立或已转办", figures.taken_on),
        ("其中已登记整改", figures.rectified),
        ("归市场监管部门的线索", len(figures.market)),
        ("声明", said["declaration"]),
    ]
    return rows


def _tally(row: Tally) -> _Row:
    return (row.key, row.name, row.came, row.confirm, row.transfer, row.dismiss, row.hold)


def _market(lead: MarketLead) -> _Row:
    return (
        lead.id, lead.title, lead.platform, lead.url, lead.district, lead.operator, VERDICTS[lead.verdict],
        lead.department, CONSEQUENCES[lead.consequence], told((rule.code, rule.consequence) for rule in lead.rules),
        lead.case_id,
    )  # fmt: skip


def _line(line: Line) -> _Row:
    return (
        line.id, line.title, line.district, line.platform, line.operator_name, "、".join(map(coded, line.codes)),
        "、".join(COVERS[cover] for cover in line.covers),
        _yes(line.came), _verdict(line.stands), _yes(line.counted), _verdict(line.before), _yes(line.late),
    )  # fmt: skip


def _sheet(book: Workbook, title: str, headings: tuple[str, ...], rows: Iterable[_Row]) -> None:
    sheet = book.create_sheet(title)
    widths = [len(heading) * 2 for heading in headings]
    for number, row in enumerate((headings, *rows), start=1):
        for place, value in enumerate(row, start=1):
            cell = sheet.cell(row=number, column=place)
            if isinstance(value, int):
                cell.value = value
            else:
                cell.value = printable(str(value))[:32767]
                cell.data_type = "s"  # a title that begins with = is no formula
                cell.alignment = Alignment(vertical="top", wrap_text=True)
            widths[place - 1] = max(widths[place - 1], min(48, 2 * len(str(value))))
            if number == 1:
                cell.font = Font(bold=True)
    for place, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(place)].width = width + 2
    sheet.freeze_panes = "A2"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True


def _yes(value: bool) -> str:
    return "是" if value else ""


def _verdict(value: str) -> str:
    return VERDICTS[Verdict(value)] if value else ""


def _time(moment: datetime) -> str:
    return f"{local(moment):%Y-%m-%d %H:%M}"
