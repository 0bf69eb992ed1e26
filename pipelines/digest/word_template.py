"""The Word template of the digest, built in code: A4 with the margins and fonts of GB/T 9704 where they fit a report.

It carries docxtpl's marks ({{ }}, {%p %}, {%tr %}), which `render_docx` fills in.
"""

from __future__ import annotations

import io
from typing import Any

from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.shared import Cm, Pt

from pipelines.evidence.word_page import HEI, KAI, SONG, WU, XIAO_SI, fill_row, frame, new_page, repeat, write

_COLUMNS = (
    ("本期\n新增", "came"),
    ("成立", "confirm"),
    ("转办/\n移送", "transfer"),
    ("排除", "dismiss"),
    ("待核实", "hold"),
)


def word_template() -> bytes:
    """The template as a .docx file."""
    document = new_page("{{ mark }}")
    write(document, "{{ title }}", align=WD_ALIGN_PARAGRAPH.CENTER, font=SONG, size=Pt(22), bold=True)
    write(document, "{{ span }}", align=WD_ALIGN_PARAGRAPH.CENTER, font=KAI)
    write(document, "{{ agency }}　区划代码：{{ region }}", align=WD_ALIGN_PARAGRAPH.CENTER, size=XIAO_SI)
    write(document, "机器初筛，非认定。{{ declaration }}", indent=True, size=XIAO_SI, font=KAI)
    _correction(document)
    document.add_heading("{{ headings['总体情况'] }}", 1)
    write(document, "{{ summary }}", indent=True)
    document.add_paragraph("{%p for note in notes %}")
    write(document, "{{ note }}", indent=True)
    document.add_paragraph("{%p endfor %}")
    document.add_paragraph("{%p if transfers %}")
    write(document, "{{ transfers }}", indent=True)
    document.add_paragraph("{%p endif %}")
    document.add_heading("{{ headings['归市场监管部门的线索'] }}", 1)
    write(document, "{{ market_summary }}", indent=True)
    _market(document)
    document.add_paragraph("{%p if tables %}")
    document.add_heading("{{ headings['分类统计'] }}", 1)
    document.add_paragraph("{%p for table in tables %}")
    _tally_table(document)
    document.add_paragraph("{%p endfor %}")
    document.add_paragraph("{%p endif %}")
    _bases(document)
    _trend(document)
    _follow_up(document)
    _collection(document)
    write(document, "制表：{{ made_by }}　{{ made_at }}", align=WD_ALIGN_PARAGRAPH.RIGHT, size=XIAO_SI)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _tally_table(document: Any) -> None:
    """Heading, note, table and the sentence for the rest; a short table is not broken over two pages, a longer one
    leaves no row alone on either."""
    document.add_heading("{{ table.heading }}", 2)
    document.add_paragraph("{%p if table.rows %}")
    document.add_paragraph("{%p if table.note %}")
    write(document, "{{ table.note }}", indent=True, size=XIAO_SI, keep=True)
    document.add_paragraph("{%p endif %}")
    headings = ("{{ table.kind }}", *(title for title, _ in _COLUMNS))
    table = _table(document, headings, (Cm(7.6), *[Cm(1.6)] * len(_COLUMNS)))
    cells = ("{{ row.name }}", *(f"{{{{ row.{key} }}}}" for _, key in _COLUMNS))
    for part in ("first", "middle", "last"):
        _loop_rows(table, f"row in table.parts.{part}", cells, keep=part != "middle")
    _loop_rows(table, "row in table.parts.end", cells)
    document.add_paragraph("{%p endif %}")
    document.add_paragraph("{%p if table.dash %}")
    write(document, "{{ table.dash }}", indent=True, size=XIAO_SI)
    document.add_paragraph("{%p endif %}")
    document.add_paragraph("{%p if table.rest %}")
    write(document, "{{ table.rest }}", indent=True, size=XIAO_SI)
    document.add_paragraph("{%p endif %}")


def _market(document: Any) -> None:
    """One table a lead; on a further page its number and title are said again, and none of its facts stand alone."""
    document.add_paragraph("{%p for group in market %}")
    document.add_heading("{{ group.title }}", 2)
    write(document, "{{ group.note }}共 {{ group.leads|length }} 条。", indent=True, size=XIAO_SI, keep=True)
    document.add_paragraph("{%p for lead in group.leads %}")
    widths = (Cm(3), Cm(12.6))
    table = document.add_table(rows=0, cols=2)
    frame(table, widths)
    fill_row(table.add_row().cells, ("线索 {{ lead.id }}", "{{ lead.title }}"), widths, font=HEI, keep=True)
    repeat(table.rows[0])
    rows = (
        ("案件编号", "{{ lead.case }}", "lead.case"),
        ("平台与网址", "{{ lead.platform }}　{{ lead.url }}", ""),
        ("地区与主体", "{{ lead.district }}；经营主体：{{ lead.operator }}", ""),
        ("列入与审核", "{{ lead.found }} 列入线索；{{ lead.decided }} 审核：{{ lead.verdict }}", ""),
    )
    for label, value, only_if in rows:
        if only_if:
            _mark_row(table, f"{{%tr if {only_if} %}}")
        fill_row(table.add_row().cells, (label, value), widths, keep=True)
        if only_if:
            _mark_row(table, "{%tr endif %}")
    words = "牵头：{{ group.department }}　{{ group.text }}"
    _mark_row(table, "{%tr for group in lead.touched %}")
    fill_row(table.add_row().cells, ("{{ group.consequence }}", words), widths)
    _mark_row(table, "{%tr endfor %}")
    write(document, "", size=WU)
    document.add_paragraph("{%p endfor %}")
    document.add_paragraph("{%p endfor %}")


def _bases(document: Any) -> None:
    """What the rules rest on, each once instead of under every lead."""
    document.add_paragraph("{%p if bases %}")
    document.add_heading("{{ headings['所涉规则与依据'] }}", 1)
    note = "第二部分各条疑点的依据，按规则各列一次；标有“待核”的条号尚未与正式文本核对。"
    write(document, note, indent=True, size=XIAO_SI, keep=True)
    table = _table(document, ("规则", "依据"), (Cm(4.6), Cm(11)))
    _loop_rows(table, "rule in bases", ("{{ rule.code }} {{ rule.name }}", "{{ rule.text }}"))
    document.add_paragraph("{%p endif %}")


def _correction(document: Any) -> None:
    document.add_paragraph("{%p if correction %}")
    document.add_heading("{{ correction.title }}", 1)
    write(document, "更正原因：{{ correction.reason }}。本件代替此前已审签的同期一件，下列数字有变：", indent=True)
    table = _table(document, ("项目", "原", "现"), (Cm(9.6), Cm(3), Cm(3)))
    _loop_rows(table, "row in correction.rows", ("{{ row.what }}", "{{ row.was }}", "{{ row.now }}"))
    document.add_paragraph("{%p endif %}")


def _trend(document: Any) -> None:
    document.add_paragraph("{%p if trend %}")
    document.add_heading("{{ headings['与前期比较'] }}", 1)
    write(document, "各期数字以当时审签或最近一次更正的为准。", indent=True, size=XIAO_SI, keep=True)
    picture = document.add_paragraph("{{ trend_picture }}")
    picture.alignment = WD_ALIGN_PARAGRAPH.CENTER
    picture.paragraph_format.line_spacing_rule = WD_LINE_SPACING.SINGLE
    picture.paragraph_format.keep_with_next = True
    headings = ("期", "新增", "成立", "转办/\n移送", "排除", "待核实", "登记\n整改")
    table = _table(document, headings, (Cm(6), *[Cm(1.6)] * 6))
    names = ("span", "came", "confirm", "transfer", "dismiss", "hold", "rectified")
    _loop_rows(table, "row in trend", tuple(f"{{{{ row.{name} }}}}" for name in names))
    document.add_paragraph("{%p endif %}")


def _follow_up(document: Any) -> None:
    document.add_heading("{{ headings['跟踪情况'] }}", 1)
    write(document, "{{ follow.operators }}", indent=True)
    document.add_paragraph("{%p if follow.repeat %}")
    headings = ("再次出现的经营主体", "本期\n新增", "此前", "曾成立\n或转办")
    table = _table(document, headings, (Cm(9.6), Cm(2), Cm(2), Cm(2)))
    cells = ("{{ row.name }}", "{{ row.leads }}", "{{ row.earlier }}", "{{ row.confirmed }}")
    _loop_rows(table, "row in follow.repeat", cells)
    document.add_paragraph("{%p endif %}")
    _handled(document)
    write(document, "{{ follow.pending }}", indent=True)
    document.add_paragraph("{%p if follow.pending_rows %}")
    headings = ("已转办/移送的线索", "受理单位", "转办日", "已过\n（天）")
    table = _table(document, headings, (Cm(7), Cm(4), Cm(2.9), Cm(1.7)))
    cells = ("{{ row.id }}　{{ row.title }}", "{{ row.department }}", "{{ row.sent }}", "{{ row.days }}")
    _loop_rows(table, "row in follow.pending_rows", cells)
    document.add_paragraph("{%p endif %}")
    document.add_paragraph("{%p if follow.pending_rest %}")
    write(document, "{{ follow.pending_rest }}", indent=True, size=XIAO_SI)
    document.add_paragraph("{%p endif %}")
    write(document, "{{ follow.gone }}", indent=True)


def _handled(document: Any) -> None:
    write(document, "{{ follow.handled }}", indent=True)
    document.add_paragraph("{%p if follow.handled_rows %}")
    headings = ("线索", "办理单位", "情况", "日期", "文号")
    table = _table(document, headings, (Cm(4.7), Cm(3.2), Cm(1.9), Cm(2.9), Cm(2.9)))
    cells = (
        "{{ row.id }}　{{ row.title }}",
        *(f"{{{{ row.{name} }}}}" for name in ("office", "became", "day", "paper")),
    )
    _loop_rows(table, "row in follow.handled_rows", cells)
    document.add_paragraph("{%p endif %}")
    document.add_paragraph("{%p if follow.handled_rest %}")
    write(document, "{{ follow.handled_rest }}", indent=True, size=XIAO_SI)
    document.add_paragraph("{%p endif %}")
    write(document, "{{ follow.rectified }}", indent=True)
    document.add_paragraph("{%p if follow.progress %}")
    headings = ("地区（截至期末）", "成立或\n转办", "有办理\n情况", "已有\n结果", "登记\n整改")
    table = _table(document, headings, (Cm(7.6), *[Cm(2)] * 4))
    names = ("district", "taken_on", "entered", "settled", "rectified")
    _loop_rows(table, "row in follow.progress", tuple(f"{{{{ row.{name} }}}}" for name in names))
    document.add_paragraph("{%p endif %}")


def _collection(document: Any) -> None:
    """Its end stays with the line of who made the paper, which stands after it: no page has that line alone."""
    document.add_heading("{{ headings['采集情况与空白'] }}", 1)
    write(document, "{{ collection.said }}", indent=True, keep=True)
    document.add_paragraph("{%p if collection.rows %}")
    table = _table(document, ("来源", "正常/应采\n（天）", "次数", "空白与原因"), (Cm(4.6), Cm(2.4), Cm(1.4), Cm(7.2)))
    cells = tuple(f"{{{{ row.{name} }}}}" for name in ("title", "days", "runs", "gaps"))
    _loop_rows(table, "row in collection.rows[:-1]", cells)
    _loop_rows(table, "row in collection.rows[-1:]", cells, keep=True)
    document.add_paragraph("{%p endif %}")


def _table(document: Any, headings: tuple[str, ...], widths: tuple[Any, ...]) -> Any:
    table = document.add_table(rows=1, cols=len(headings))
    frame(table, widths)
    fill_row(table.rows[0].cells, headings, widths, font=HEI, keep=True)
    repeat(table.rows[0])
    return table


def _loop_rows(table: Any, loop: str, cells: tuple[str, ...], *, keep: bool = False) -> None:
    widths = tuple(cell.width for cell in table.rows[0].cells)
    _mark_row(table, f"{{%tr for {loop} %}}")
    fill_row(table.add_row().cells, cells, widths, keep=keep)
    _mark_row(table, "{%tr endfor %}")


def _mark_row(table: Any, mark: str) -> None:
    """A row that only carries a docxtpl mark; it is not in the output."""
    table.add_row().cells[0].text = mark
