"""The Word template of the digest, built in code: A4 with the margins and fonts of GB/T 9704 where they fit a report.

It carries docxtpl's marks ({{ }}, {%p %}, {%tr %}), which `render_docx` fills in.
"""

from __future__ import annotations

import io
from typing import Any

from docx import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Mm, Pt, RGBColor
from docx.text.paragraph import Paragraph

_LATIN = "Times New Roman"
_SONG, _FANG, _HEI, _KAI = "宋体", "仿宋", "黑体", "楷体"
#: Three, 小四 and 五 of the Chinese type sizes.
_SAN, _XIAO_SI, _WU = Pt(16), Pt(12), Pt(10.5)
#: 225 mm of type area over 22 lines (GB/T 9704 5.2.3) is 28.99 pt a line.
_LINE = Pt(28.9)
_COLUMNS = (
    ("本期\n新增", "came"),
    ("成立", "confirm"),
    ("转办/\n移送", "transfer"),
    ("排除", "dismiss"),
    ("待核实", "hold"),
)


def word_template() -> bytes:
    """The template as a .docx file."""
    document = Document()
    _page(document)
    _styles(document)
    _headers(document)
    _text(document, "{{ title }}", align=WD_ALIGN_PARAGRAPH.CENTER, font=_SONG, size=Pt(22), bold=True)
    _text(document, "{{ span }}", align=WD_ALIGN_PARAGRAPH.CENTER, font=_KAI)
    _text(document, "{{ agency }}　区划代码：{{ region }}", align=WD_ALIGN_PARAGRAPH.CENTER, size=_XIAO_SI)
    _text(document, "机器初筛，非认定。{{ declaration }}", indent=True, size=_XIAO_SI, font=_KAI)
    _correction(document)
    document.add_heading("{{ headings['总体情况'] }}", 1)
    _text(document, "{{ summary }}", indent=True)
    document.add_paragraph("{%p for note in notes %}")
    _text(document, "{{ note }}", indent=True)
    document.add_paragraph("{%p endfor %}")
    document.add_paragraph("{%p if transfers %}")
    _text(document, "{{ transfers }}", indent=True)
    document.add_paragraph("{%p endif %}")
    document.add_heading("{{ headings['归市场监管部门的线索'] }}", 1)
    _text(document, "{{ market_summary }}", indent=True)
    _market(document)
    document.add_paragraph("{%p if tables %}")
    document.add_heading("{{ headings['分类统计'] }}", 1)
    _text(document, "“—”表示没有。", indent=True, size=_XIAO_SI, keep=True)
    document.add_paragraph("{%p for table in tables %}")
    _tally_table(document)
    document.add_paragraph("{%p endfor %}")
    document.add_paragraph("{%p endif %}")
    _bases(document)
    _trend(document)
    _follow_up(document)
    _collection(document)
    _text(document, "制表：{{ made_by }}　{{ made_at }}", align=WD_ALIGN_PARAGRAPH.RIGHT, size=_XIAO_SI)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _page(document: Any) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    section.header_distance, section.footer_distance = Mm(20), Mm(25)
    document.settings.odd_and_even_pages_header_footer = True


def _styles(document: Any) -> None:
    normal = document.styles["Normal"]
    _font(normal, _FANG, _SAN)
    normal.paragraph_format.space_after = Pt(0)
    normal.paragraph_format.line_spacing_rule = WD_LINE_SPACING.EXACTLY
    normal.paragraph_format.line_spacing = _LINE
    for name, font in (("Heading 1", _HEI), ("Heading 2", _KAI)):
        style = document.styles[name]
        _font(style, font, _SAN)
        style.font.bold = False
        style.font.color.rgb = RGBColor(0, 0, 0)
        style.paragraph_format.space_before = style.paragraph_format.space_after = Pt(0)
        style.paragraph_format.first_line_indent = _SAN * 2
        style.paragraph_format.keep_with_next = True


def _headers(document: Any) -> None:
    """On every page: the 演示 mark (empty in a real HOME) and the number, outer side, between short dashes."""
    section = document.sections[0]
    for header in (section.header, section.even_page_header):
        run = _run(header.paragraphs[0], "{{ mark }}", _HEI, Pt(12))
        run.font.color.rgb = RGBColor(0xB4, 0x23, 0x18)
        header.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.CENTER
    sides = ((section.footer, WD_ALIGN_PARAGRAPH.RIGHT), (section.even_page_footer, WD_ALIGN_PARAGRAPH.LEFT))
    for footer, side in sides:
        paragraph = footer.paragraphs[0]
        paragraph.alignment = side
        paragraph.paragraph_format.left_indent = paragraph.paragraph_format.right_indent = Pt(14)
        _run(paragraph, "— ", _SONG, Pt(14))
        _page_number(_run(paragraph, "", _SONG, Pt(14)))
        _run(paragraph, " —", _SONG, Pt(14))


def _tally_table(document: Any) -> None:
    """Heading, note, table and the sentence for the rest; a short table is not broken over two pages, a longer one
    leaves no row alone on either."""
    document.add_heading("{{ table.heading }}", 2)
    document.add_paragraph("{%p if table.rows %}")
    document.add_paragraph("{%p if table.note %}")
    _text(document, "{{ table.note }}", indent=True, size=_XIAO_SI, keep=True)
    document.add_paragraph("{%p endif %}")
    headings = ("{{ table.kind }}", *(title for title, _ in _COLUMNS))
    table = _table(document, headings, (Cm(7.6), *[Cm(1.6)] * len(_COLUMNS)))
    cells = ("{{ row.name }}", *(f"{{{{ row.{key} }}}}" for _, key in _COLUMNS))
    for part in ("first", "middle", "last"):
        _loop_rows(table, f"row in table.parts.{part}", cells, keep=part != "middle")
    _loop_rows(table, "row in table.parts.end", cells)
    document.add_paragraph("{%p endif %}")
    document.add_paragraph("{%p if table.rest %}")
    _text(document, "{{ table.rest }}", indent=True, size=_XIAO_SI)
    document.add_paragraph("{%p endif %}")


def _market(document: Any) -> None:
    """One table a lead; on a further page its number and title are said again, and none of its facts stand alone."""
    document.add_paragraph("{%p for group in market %}")
    document.add_heading("{{ group.title }}", 2)
    _text(document, "{{ group.note }}共 {{ group.leads|length }} 条。", indent=True, size=_XIAO_SI, keep=True)
    document.add_paragraph("{%p for lead in group.leads %}")
    widths = (Cm(3), Cm(12.6))
    table = document.add_table(rows=0, cols=2)
    _frame(table, widths)
    _fill(table.add_row().cells, ("线索 {{ lead.id }}", "{{ lead.title }}"), widths, font=_HEI, keep=True)
    _repeat(table.rows[0])
    rows = (
        ("案件编号", "{{ lead.case }}", "lead.case"),
        ("平台与网址", "{{ lead.platform }}　{{ lead.url }}", ""),
        ("地区与主体", "{{ lead.district }}；经营主体：{{ lead.operator }}", ""),
        ("发现与审核", "{{ lead.found }} 发现；{{ lead.decided }} 审核：{{ lead.verdict }}", ""),
    )
    for label, value, only_if in rows:
        if only_if:
            _mark_row(table, f"{{%tr if {only_if} %}}")
        _fill(table.add_row().cells, (label, value), widths, keep=True)
        if only_if:
            _mark_row(table, "{%tr endif %}")
    words = "牵头：{{ group.department }}　{{ group.text }}"
    _mark_row(table, "{%tr for group in lead.touched %}")
    _fill(table.add_row().cells, ("{{ group.consequence }}", words), widths)
    _mark_row(table, "{%tr endfor %}")
    _text(document, "", size=_WU)
    document.add_paragraph("{%p endfor %}")
    document.add_paragraph("{%p endfor %}")


def _bases(document: Any) -> None:
    """What the rules rest on, each once instead of under every lead."""
    document.add_paragraph("{%p if bases %}")
    document.add_heading("{{ headings['所涉规则与依据'] }}", 1)
    note = "第二部分各条疑点的依据，按规则各列一次；标有“待核”的条号尚未与正式文本核对。"
    _text(document, note, indent=True, size=_XIAO_SI, keep=True)
    table = _table(document, ("规则", "依据"), (Cm(4.6), Cm(11)))
    _loop_rows(table, "rule in bases", ("{{ rule.code }} {{ rule.name }}", "{{ rule.text }}"))
    document.add_paragraph("{%p endif %}")


def _correction(document: Any) -> None:
    document.add_paragraph("{%p if correction %}")
    document.add_heading("{{ correction.title }}", 1)
    _text(document, "更正原因：{{ correction.reason }}。本件代替此前已审签的同期一件，下列数字有变：", indent=True)
    table = _table(document, ("项目", "原", "现"), (Cm(9.6), Cm(3), Cm(3)))
    _loop_rows(table, "row in correction.rows", ("{{ row.what }}", "{{ row.was }}", "{{ row.now }}"))
    document.add_paragraph("{%p endif %}")


def _trend(document: Any) -> None:
    document.add_paragraph("{%p if trend %}")
    document.add_heading("{{ headings['与前期比较'] }}", 1)
    _text(document, "各期数字以当时审签或最近一次更正的为准。", indent=True, size=_XIAO_SI, keep=True)
    picture = document.add_paragraph("{{ trend_picture }}")
    picture.alignment = WD_ALIGN_PARAGRAPH.CENTER
    picture.paragraph_format.line_spacing_rule = WD_LINE_SPACING.SINGLE
    picture.paragraph_format.keep_with_next = True
    headings = ("期", "新增", "成立", "转办/\n移送", "排除", "待核实")
    table = _table(document, headings, (Cm(7.6), *[Cm(1.6)] * 5))
    names = ("span", "came", "confirm", "transfer", "dismiss", "hold")
    _loop_rows(table, "row in trend", tuple(f"{{{{ row.{name} }}}}" for name in names))
    document.add_paragraph("{%p endif %}")


def _follow_up(document: Any) -> None:
    document.add_heading("{{ headings['跟踪情况'] }}", 1)
    _text(document, "{{ follow.operators }}", indent=True)
    document.add_paragraph("{%p if follow.repeat %}")
    headings = ("再次出现的经营主体", "本期\n新增", "此前", "曾成立\n或转办")
    table = _table(document, headings, (Cm(9.6), Cm(2), Cm(2), Cm(2)))
    cells = ("{{ row.name }}", "{{ row.leads }}", "{{ row.earlier }}", "{{ row.confirmed }}")
    _loop_rows(table, "row in follow.repeat", cells)
    document.add_paragraph("{%p endif %}")
    _text(document, "{{ follow.pending }}", indent=True)
    document.add_paragraph("{%p if follow.pending_rows %}")
    headings = ("已转办/移送的线索", "受理单位", "转办日", "已过\n（天）")
    table = _table(document, headings, (Cm(7.6), Cm(4), Cm(2.4), Cm(1.6)))
    cells = ("{{ row.id }}　{{ row.title }}", "{{ row.department }}", "{{ row.sent }}", "{{ row.days }}")
    _loop_rows(table, "row in follow.pending_rows", cells)
    document.add_paragraph("{%p endif %}")
    document.add_paragraph("{%p if follow.pending_rest %}")
    _text(document, "{{ follow.pending_rest }}", indent=True, size=_XIAO_SI)
    document.add_paragraph("{%p endif %}")
    _text(document, "{{ follow.gone }}", indent=True)


def _collection(document: Any) -> None:
    document.add_heading("{{ headings['采集情况与空白'] }}", 1)
    _text(document, "{{ collection.said }}", indent=True)
    document.add_paragraph("{%p if collection.rows %}")
    table = _table(document, ("来源", "正常/应采\n（天）", "次数", "空白与原因"), (Cm(4.6), Cm(2.4), Cm(1.4), Cm(7.2)))
    _loop_rows(
        table, "row in collection.rows", tuple(f"{{{{ row.{name} }}}}" for name in ("title", "days", "runs", "gaps"))
    )
    document.add_paragraph("{%p endif %}")


def _table(document: Any, headings: tuple[str, ...], widths: tuple[Any, ...]) -> Any:
    table = document.add_table(rows=1, cols=len(headings))
    _frame(table, widths)
    _fill(table.rows[0].cells, headings, widths, font=_HEI, keep=True)
    _repeat(table.rows[0])
    return table


def _frame(table: Any, widths: tuple[Any, ...]) -> None:
    table.style = "Table Grid"
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width  # LibreOffice and WPS go by the grid, Word by the cells


def _loop_rows(table: Any, loop: str, cells: tuple[str, ...], *, keep: bool = False) -> None:
    widths = tuple(cell.width for cell in table.rows[0].cells)
    _mark_row(table, f"{{%tr for {loop} %}}")
    _fill(table.add_row().cells, cells, widths, keep=keep)
    _mark_row(table, "{%tr endfor %}")


def _mark_row(table: Any, mark: str) -> None:
    """A row that only carries a docxtpl mark; it is not in the output."""
    table.add_row().cells[0].text = mark


def _fill(
    cells: Any, texts: tuple[str, ...], widths: tuple[Any, ...], *, font: str = _FANG, keep: bool = False
) -> None:
    """One row; with `keep` it stays on the page of the row after it."""
    for place, (cell, text, width) in enumerate(zip(cells, texts, widths, strict=True)):
        cell.width = width
        if place == 0:
            _keep_whole(cell)
        paragraph = cell.paragraphs[0]
        paragraph.paragraph_format.line_spacing_rule = WD_LINE_SPACING.AT_LEAST
        paragraph.paragraph_format.line_spacing = Pt(14.5)
        paragraph.paragraph_format.keep_with_next = keep
        if place and len(cells) > 2:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        _run(paragraph, text, font, _WU)


def _text(
    document: Any,
    text: str,
    *,
    align: WD_ALIGN_PARAGRAPH | None = None,
    font: str = _FANG,
    size: Pt = _SAN,
    bold: bool = False,
    indent: bool = False,
    keep: bool = False,
) -> None:
    paragraph = document.add_paragraph()
    paragraph.alignment = align
    paragraph.paragraph_format.keep_with_next = keep
    if indent:
        paragraph.paragraph_format.first_line_indent = size * 2
    if size < _SAN:
        paragraph.paragraph_format.line_spacing = Pt(20)
    _run(paragraph, text, font, size).bold = bold


def _run(paragraph: Paragraph, text: str, font: str, size: Pt) -> Any:
    run = paragraph.add_run(text)
    _font(run, font, size)
    return run


def _font(target: Any, chinese: str, size: Pt) -> None:
    """Set Latin and East Asian font of a run or style; theme fonts, which would win, are taken out."""
    target.font.name = _LATIN
    target.font.size = size
    fonts = target.element.get_or_add_rPr().get_or_add_rFonts()
    for name in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{name}"), None)
    fonts.set(qn("w:eastAsia"), chinese)


def _keep_whole(cell: Any) -> None:
    """The cell's row is not split between pages."""
    cell._tc.getparent().get_or_add_trPr().append(OxmlElement("w:cantSplit"))


def _repeat(row: Any) -> None:
    mark = OxmlElement("w:tblHeader")
    mark.set(qn("w:val"), "true")
    row._tr.get_or_add_trPr().append(mark)


def _page_number(run: Any) -> None:
    for kind, text in (("begin", None), (None, "PAGE"), ("end", None)):
        element = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            element.set(qn("w:fldCharType"), kind)
        else:
            element.text = text
        run._r.append(element)
