"""A Word page as GB/T 9704 has it: A4, its margins and type, and the parts our papers are put together from."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from copy import deepcopy
from datetime import UTC, datetime
from functools import cache
from typing import Any

from docx import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.text.paragraph import Paragraph

_LATIN = "Times New Roman"
SONG, FANG, HEI, KAI = "宋体", "仿宋", "黑体", "楷体"
#: 二号, 三号, 小四 and 五号 of the Chinese type sizes.
ER, SAN, XIAO_SI, WU = Pt(22), Pt(16), Pt(12), Pt(10.5)
#: 225 mm of type area over 22 lines (GB/T 9704 5.2.3) is 28.99 pt a line.
_LINE = Pt(28.9)
#: Width of the type area.
WIDTH = Mm(156)


def new_page(mark: str) -> Any:
    """An empty document of such pages; `mark` stands at the head of every page."""
    document = Document()
    _margins(document)
    _styles(document)
    _running_lines(document, mark)
    return document


def saved(document: Any, *, title: str, author: str, at: datetime) -> bytes:
    """The file; equal words give equal bytes (a .docx is a ZIP, whose clock is stopped)."""
    facts = document.core_properties
    facts.title, facts.author, facts.comments = title, author or "mingcha", ""
    # Naive on purpose: the library writes it as UTC.
    facts.created = facts.modified = at.astimezone(UTC).replace(tzinfo=None, microsecond=0)
    made, out = io.BytesIO(), io.BytesIO()
    document.save(made)
    with zipfile.ZipFile(made) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            target.writestr(zipfile.ZipInfo(name), source.read(name), zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _margins(document: Any) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    section.header_distance, section.footer_distance = Mm(20), Mm(25)
    document.settings.odd_and_even_pages_header_footer = True


def _styles(document: Any) -> None:
    normal = document.styles["Normal"]
    _font(normal, FANG, SAN)
    normal.paragraph_format.space_after = Pt(0)
    normal.paragraph_format.line_spacing_rule = WD_LINE_SPACING.EXACTLY
    normal.paragraph_format.line_spacing = _LINE
    for name, font in (("Heading 1", HEI), ("Heading 2", KAI)):
        style = document.styles[name]
        _font(style, font, SAN)
        style.font.bold = False
        style.font.color.rgb = RGBColor(0, 0, 0)
        style.paragraph_format.space_before = style.paragraph_format.space_after = Pt(0)
        style.paragraph_format.first_line_indent = SAN * 2
        style.paragraph_format.keep_with_next = True


def _running_lines(document: Any, mark: str) -> None:
    """On every page: the mark and the number, outer side, between short dashes."""
    section = document.sections[0]
    for header in (section.header, section.even_page_header):
        run = run_of(header.paragraphs[0], mark, HEI, Pt(12))
        run.font.color.rgb = RGBColor(0xB4, 0x23, 0x18)
        header.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.CENTER
    sides = ((section.footer, WD_ALIGN_PARAGRAPH.RIGHT), (section.even_page_footer, WD_ALIGN_PARAGRAPH.LEFT))
    for footer, side in sides:
        paragraph = footer.paragraphs[0]
        paragraph.alignment = side
        paragraph.paragraph_format.left_indent = paragraph.paragraph_format.right_indent = Pt(14)
        run_of(paragraph, "— ", SONG, Pt(14))
        _page_number(run_of(paragraph, "", SONG, Pt(14)))
        run_of(paragraph, " —", SONG, Pt(14))


def frame(table: Any, widths: Sequence[Any]) -> None:
    """Lines around its cells, and its columns of these widths."""
    table.style = "Table Grid"
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width  # LibreOffice and WPS go by the grid, Word by the cells


def fill_row(
    cells: Any,
    texts: Sequence[str],
    widths: Sequence[Any],
    *,
    font: str = FANG,
    keep: bool = False,
    centred: bool | None = None,
) -> None:
    """One row, never split between pages; with `keep` it stays on the page of the row after it. All cells but the
    first are centred in tables of more than two columns, if nothing else is said."""
    for place, (cell, text, width) in enumerate(zip(cells, texts, widths, strict=True)):
        cell.width = width
        if place == 0:
            _keep_whole(cell)
        paragraph = cell.paragraphs[0]
        middle = bool(place and (len(cells) > 2 if centred is None else centred))
        paragraph._p.insert(0, deepcopy(_cell_form(keep, middle)))
        run_of(paragraph, text, font, WU)


@cache
def _cell_form(keep: bool, middle: bool) -> Any:
    """The properties of a cell's paragraph, made once: python-docx is slow at it, and a record has hundreds."""
    paragraph = Document().add_paragraph()
    form = paragraph.paragraph_format
    form.line_spacing_rule = WD_LINE_SPACING.AT_LEAST
    form.line_spacing = Pt(14.5)
    form.keep_with_next = keep
    if middle:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    return paragraph._p.pPr


def write(
    document: Any,
    text: str,
    *,
    align: WD_ALIGN_PARAGRAPH | None = None,
    font: str = FANG,
    size: Pt = SAN,
    bold: bool = False,
    indent: bool = False,
    keep: bool = False,
) -> Paragraph:
    """One paragraph, indented by two characters if asked; with `keep` it stays on the page of what follows."""
    paragraph: Paragraph = document.add_paragraph()
    if align is not None:
        paragraph.alignment = align
    paragraph.paragraph_format.keep_with_next = keep
    if indent:
        paragraph.paragraph_format.first_line_indent = size * 2
    if size < SAN:
        paragraph.paragraph_format.line_spacing = Pt(20)
    run_of(paragraph, text, font, size).bold = bold
    return paragraph


def run_of(paragraph: Paragraph, text: str, font: str, size: Pt) -> Any:
    """The words in this type, at the end of the paragraph."""
    run = paragraph.add_run(text)
    run._r.insert(0, deepcopy(_run_form(font, size)))
    return run


@cache
def _run_form(font: str, size: Pt) -> Any:
    """The properties of a run in this type, made once."""
    run = Document().add_paragraph().add_run()
    _font(run, font, size)
    return run._r.rPr


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


def repeat(row: Any) -> None:
    """The row is said again on every page its table goes on to."""
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
