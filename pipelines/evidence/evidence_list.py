"""证据清单.xlsx: what the package holds, to be put before a file, and what it still lacks (待补证据清单)."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import xlsxwriter

from pipelines.clock import local, local_text
from pipelines.evidence.gaps import missing_evidence
from pipelines.evidence.logged_in import STAYS_OUT, mark_words
from pipelines.evidence.material import CaptureMaterial, CaseMaterial, LeadMaterial
from pipelines.evidence.stamps import Stamp
from pipelines.evidence.standalone import OWN_STAMP, may_be_withheld
from pipelines.evidence.words import LOGGED_IN, METHODS, actor_name
from pipelines.records import Capture

#: What each file of a capture is, and what it goes to prove.
_FILES = {
    "page.warc.gz": ("网页原始记录（WARC）", "网页当时的内容、地址和采集时间"),
    "capture.wacz": ("可回放网页存档（WACZ）", "同上，供回放查看"),
    "screenshot.png": ("整页截图", "网页当时显示的样子"),
    "page.pdf": ("网页打印件（PDF）", "网页当时按屏幕样式打印的样子"),
    "text.txt": ("读出的文字（联系方式已遮盖）", "疑点所引原文的出处"),
}
_HEAD = (
    "序号", "证据名称", "文件", "线索", "来源", "网址", "采集时间（北京时间）", "采集方式", "证明对象",
    "字节数", "SHA-256", "时间戳", "页数/备注", "接收人核对",
)  # fmt: skip
#: In characters; on a landscape A4 they print at two thirds of their size, which can still be read.
_WIDTHS = (5, 16, 30, 6, 12, 24, 12, 10, 16, 9, 34, 22, 8, 8)
_GAP_WIDTHS = (6, 26, 90, 16)


@dataclass(frozen=True, kw_only=True)
class ListedFile:
    """One file of a capture in the package."""

    name: str
    size: int
    sha256: str


def evidence_list(
    material: CaseMaterial,
    files: Mapping[str, Sequence[ListedFile]],
    stamps: Mapping[str, Sequence[Stamp]],
) -> bytes:
    """The workbook; `files` and `stamps` by capture id. Equal input gives equal bytes."""
    out = io.BytesIO()
    # Words of a posting may begin with = or look like a link: they stay words.
    book = xlsxwriter.Workbook(
        out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    )
    book.set_properties(
        {"title": f"证据清单 {material.case.id}", "created": local(material.exported_at).replace(tzinfo=None)}
    )
    body = book.add_format({"text_wrap": True, "valign": "top", "border": 1, "font_size": 10})
    head = book.add_format({"bold": True, "text_wrap": True, "border": 1, "bg_color": "#E7E7E7", "font_size": 10})
    plain = book.add_format({"text_wrap": True, "valign": "top", "font_size": 10})
    bold = book.add_format({"bold": True, "font_size": 16, "align": "center", "valign": "vcenter"})
    sheet = _sheet(book, "证据清单", _WIDTHS)
    title = f"证据清单（{material.case.id}）" + ("【演示】" if material.demo else "")
    _across(sheet, 0, _WIDTHS, title, bold)
    _across(sheet, 1, _WIDTHS, _cover(material), plain)
    _across(sheet, 2, _WIDTHS, material.declaration, plain)
    _table(sheet, 4, _WIDTHS, _HEAD, list(_rows(material, files, stamps)), head, body)
    end = _sheet(book, "待补证据清单", _GAP_WIDTHS)
    _across(end, 0, _GAP_WIDTHS, "待补证据清单" + ("【演示】" if material.demo else ""), bold)
    gaps = [(str(number), gap.what, gap.why, "") for number, gap in enumerate(missing_evidence(material), 1)]
    _table(end, 2, _GAP_WIDTHS, ("序号", "要补的证据", "为什么、怎么补", "补齐情况"), gaps, head, body)
    _across(end, len(gaps) + 4, _GAP_WIDTHS, "机器初筛，非认定。本表由程序按案件材料列出，不代替承办人判断。", plain)
    book.close()
    return out.getvalue()


def _cover(material: CaseMaterial) -> str:
    at = local_text(material.exported_at)
    where = f"单位：{material.agency or '（未填写）'}　案件：{material.case.title}"
    return f"{where}　导出：{at}（北京时间）　导出人：{actor_name(material.exported_by)}"


def _rows(
    material: CaseMaterial, files: Mapping[str, Sequence[ListedFile]], stamps: Mapping[str, Sequence[Stamp]]
) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    for lead in material.leads:
        for item in lead.captures:
            for file in files[item.capture.id]:
                if file.name in _FILES:
                    rows.append(_row(len(rows) + 1, lead, item, file, stamps[item.capture.id], material.shared_of))
    return [*rows, *(_left_out(lead, one) for lead in material.leads for one in lead.left_out)]


def _left_out(lead: LeadMaterial, one: Capture) -> tuple[str, ...]:
    """A page that is not in the package: which it is, and why."""
    return (
        "—",
        LOGGED_IN,
        "（不在包内）",
        str(lead.lead.id),
        lead.source_title,
        one.final_url,
        local_text(one.captured_at),
        METHODS.get(one.method, one.method),
        "（没有放入）",
        str(one.size),
        one.sha256,
        "",
        f"{one.logged_in}；{STAYS_OUT}",
        "",
    )


def _row(
    number: int,
    lead: LeadMaterial,
    item: CaptureMaterial,
    file: ListedFile,
    stamps: Sequence[Stamp],
    shared_of: str,
) -> tuple[str, ...]:
    capture = item.capture
    what, proves = _FILES[file.name]
    stamped = "；".join(_stamp(one) for one in stamps) if file.name == "page.warc.gz" else ""
    path = f"data/captures/{capture.id}/{file.name}"
    return (
        str(number),
        what,
        path,
        str(lead.lead.id),
        lead.source_title,
        capture.final_url,
        local_text(capture.captured_at),
        METHODS.get(capture.method, capture.method),
        proves,
        str(file.size),
        file.sha256,
        stamped,
        "；".join(filter(None, ("在密封本" if shared_of and may_be_withheld(path) else "", mark_words(item)))),
        "",
    )


def _stamp(stamp: Stamp) -> str:
    who = OWN_STAMP if stamp.own else f"第三方 {stamp.name}"
    return f"{local_text(stamp.at)}（{who}）"


def _sheet(book: Any, name: str, widths: Sequence[int]) -> Any:
    sheet = book.add_worksheet(name)
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width)
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.5, right=0.5, top=0.7, bottom=0.7)
    sheet.set_footer("&C第 &P 页 共 &N 页")
    return sheet


#: Points of a line of 10-point type.
_LINE = 15


def _across(sheet: Any, row: int, widths: Sequence[int], words: str, style: Any) -> None:
    """One cell over all columns, as high as its words need: a merged cell does not grow by itself."""
    sheet.merge_range(row, 0, row, len(widths) - 1, "", style)
    sheet.write_string(row, 0, words, style)
    sheet.set_row(row, max(_LINE * _lines(words, sum(widths)), 26 if row == 0 else _LINE))


def _lines(words: str, width: float) -> int:
    """In how many lines the words stand in a cell of this width (in digits); a Chinese character takes two."""
    taken = sum(2 if ord(char) > 0x2E7F else 1 for char in words)
    return max(1, -(-taken // max(1, int(width) - 1)))


def _table(
    sheet: Any,
    first: int,
    widths: Sequence[int],
    head: Sequence[str],
    rows: Sequence[Sequence[str]],
    head_format: Any,
    body_format: Any,
) -> None:
    """Each row as high as its longest cell needs: not every program that prints it fits rows by itself."""
    for column, word in enumerate(head):
        sheet.write_string(first, column, word, head_format)
    for number, row in enumerate(rows, first + 1):
        for column, word in enumerate(row):
            sheet.write_string(number, column, word, body_format)
        sheet.set_row(number, _LINE * max(_lines(word, width) for word, width in zip(row, widths, strict=True)))
    sheet.repeat_rows(first)
    sheet.freeze_panes(first + 1, 0)
