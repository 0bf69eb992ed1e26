"""《电子数据证据提取笔录》: the record of extraction as a Word file, laid out field by field with what each rests on.

Every field of `record_fields` stands in it: filled from the records, or blank for the officers, or 未取得 with the
reason. Its usual name is that of form 12 of the 市场监督管理行政处罚文书格式范本 (2021), whose columns were not seen.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Mm

from pipelines.evidence.capture_words import capture_words
from pipelines.evidence.evidence_list import ListedFile
from pipelines.evidence.material import CaseMaterial
from pipelines.evidence.record_fields import BASES, CAPTURE_FIELDS, CASE_FIELDS, PACKAGE_FIELDS, Field
from pipelines.evidence.record_words import case_words, compared, package_words
from pipelines.evidence.stamps import Stamp
from pipelines.evidence.word_page import ER, HEI, KAI, SONG, XIAO_SI, fill_row, frame, new_page, repeat, saved, write

_FIELD_WIDTHS = (Mm(28), Mm(98), Mm(30))
_FILE_WIDTHS = (Mm(10), Mm(36), Mm(26), Mm(18), Mm(66))
_SIGN_WIDTHS = (Mm(28), Mm(50), Mm(28), Mm(50))
#: What each file of a capture is: its class and format.
_KINDS = {
    "page.warc.gz": ("网页原始记录", "网页；WARC"),
    "capture.wacz": ("可回放存档", "网页；WACZ"),
    "screenshot.png": ("整页截图", "图片；PNG"),
    "page.pdf": ("网页打印件", "网页；PDF"),
    "text.txt": ("读出的文字", "文本；UTF-8"),
}
_TOKEN = ("时间戳", "RFC 3161 令牌")


def extraction_record(
    material: CaseMaterial,
    files: Mapping[str, Sequence[ListedFile]],
    stamps: Mapping[str, Sequence[Stamp]],
    *,
    part: str = "",
) -> bytes:
    """The .docx; `files` and `stamps` by capture id, `part`: which of several records it is (`record_parts`). Equal
    input gives equal bytes."""
    document = new_page("演示数据 · 不得作为证据使用" if material.demo else "程序预填 · 须经执法人员核对、补填并签名")
    write(document, material.record_title, align=WD_ALIGN_PARAGRAPH.CENTER, font=SONG, size=ER, bold=True)
    unit = f"{material.agency or '（单位名称未填写）'}　{material.case.id}"
    write(document, unit, align=WD_ALIGN_PARAGRAPH.CENTER, size=XIAO_SI)
    write(
        document,
        "本笔录由程序按采集记录预填，所涉均为疑似情形。横线处由执法人员填写；依据栏为简称，全称和适用方式见文末；"
        "标“待核”的，条号须与正式文本核对后补填。",
        indent=True,
        size=XIAO_SI,
        font=KAI,
    )
    document.add_heading("一、案由和人员", 1)
    _fields(document, CASE_FIELDS, case_words(material, part=part))
    document.add_heading("二、提取对象和经过", 1)
    number = 0
    for lead in material.leads:
        for time, item in enumerate(lead.captures, 1):
            number += 1
            document.add_heading(f"（{number}）线索 {lead.lead.id}，第 {time} 次提取", 2)
            _fields(document, CAPTURE_FIELDS, capture_words(lead, item, stamps[item.capture.id]))
    if not number:
        write(document, "本案没有可列的提取。", indent=True)
    _comparison(document, material)
    document.add_heading("三、提取结果和完整性", 1)
    _fields(document, PACKAGE_FIELDS, package_words(material, third_party=material.third_party_stamps))
    _files(document, material, files)
    document.add_heading("四、核对和签名", 1)
    _signatures(document)
    document.add_heading("五、依据", 1)
    _bases(document)
    mark = "【演示】" if material.demo else ""
    return saved(
        document,
        title=f"{mark}{material.record_title} {material.case.id}",
        author=material.agency,
        at=material.exported_at,
    )


def _table(document: Any, headings: Sequence[str], widths: Sequence[Any], *, centred: bool | None = None) -> Any:
    table = document.add_table(rows=1, cols=len(headings))
    frame(table, widths)
    fill_row(table.rows[0].cells, headings, widths, font=HEI, keep=True, centred=centred)
    repeat(table.rows[0])
    return table


def _fields(document: Any, fields: Sequence[Field], words: Mapping[str, str]) -> None:
    """One row a field. Raises KeyError when a field has no words: then the record would not be whole."""
    table = _table(document, ("栏目", "内容", "依据"), _FIELD_WIDTHS, centred=False)
    for place, field in enumerate(fields):
        texts = (field.name, words[field.key], "、".join(field.basis))
        fill_row(table.add_row().cells, texts, _FIELD_WIDTHS, centred=False, keep=place == 0)


def _comparison(document: Any, material: CaseMaterial) -> None:
    said = [words for lead in material.leads for words in compared(lead, shared=bool(material.shared_of))]
    if said:
        write(document, "几次提取的比对：", indent=True, size=XIAO_SI, font=HEI, keep=True)
        for words in said:
            write(document, words, indent=True, size=XIAO_SI)


def _files(document: Any, material: CaseMaterial, files: Mapping[str, Sequence[ListedFile]]) -> None:
    title = "电子数据清单" + ("（网页原样的文件和时间戳在密封本）" if material.shared_of else "")
    write(document, title, align=WD_ALIGN_PARAGRAPH.CENTER, size=XIAO_SI, font=HEI, keep=True)
    table = _table(
        document, ("序", "名称（第二部分的序号）", "类别；格式", "字节", "SHA-256"), _FILE_WIDTHS, centred=False
    )
    place = 0
    for number, item in enumerate(material.captures, 1):
        for file in files[item.capture.id]:
            name, kind = _KINDS.get(file.name, _TOKEN)
            place += 1
            texts = (str(place), f"{name}（{number}）\n{file.name}", kind, str(file.size), file.sha256)
            fill_row(table.add_row().cells, texts, _FILE_WIDTHS, centred=False)


def _signatures(document: Any) -> None:
    table = document.add_table(rows=0, cols=4)
    frame(table, _SIGN_WIDTHS)
    rows = (
        ("执法人员（一）", "（签名）", "执法证号", ""),
        ("执法人员（二）", "（签名）", "执法证号", ""),
        ("制作人", "（签名）", "日期", "　　　年　　月　　日"),
        ("当事人或见证人", "（签名）", "日期", "　　　年　　月　　日"),
        ("拒签或不能签的", "（注明原因，可录音录像）", "单位", "（加盖印章）"),
    )
    for place, texts in enumerate(rows):
        row = table.add_row()
        row.height = Mm(12)
        fill_row(row.cells, texts, _SIGN_WIDTHS, centred=False, keep=place < len(rows) - 1)


def _bases(document: Any) -> None:
    used = {name for field in (*CASE_FIELDS, *CAPTURE_FIELDS, *PACKAGE_FIELDS) for name in field.basis}
    widths = (Mm(30), Mm(78), Mm(48))
    table = _table(document, ("简称", "全称", "内容或适用方式"), widths, centred=False)
    for name, (full, how) in BASES.items():
        if name in used:
            fill_row(table.add_row().cells, (name, full, how), widths, centred=False)
