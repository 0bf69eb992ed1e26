"""Drafts of letters out of a case: 案件线索移送函 to each department that leads, 协助调查函 to each platform.

Word files in the form of GB/T 9704, with the number, date, seal and names of persons left blank.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Mm

from pipelines.clock import local, local_text
from pipelines.evidence.decided import decided_words
from pipelines.evidence.departments import SAME
from pipelines.evidence.exported import PART, Exported, part_beside
from pipelines.evidence.letter_words import (
    BLANK,
    INQUIRY,
    TRANSFER,
    Item,
    Suspicion,
    asked_of,
    bases_of,
    by_department,
    by_platform,
    inquiry_bases,
    letter_name,
    rest_words,
    transfer_bases,
)
from pipelines.evidence.material import CaseMaterial, PaperMaterial
from pipelines.evidence.word_page import ER, KAI, SAN, SONG, XIAO_SI, fill_row, frame, new_page, saved, write
from pipelines.records.quotes import quoted

_WIDTHS = (Mm(28), Mm(128))
#: Of a lead without a case, so many of its newest captures are named by their sums.
_MOST_SUMS = 10


def letters(material: PaperMaterial, package: Exported | None = None) -> dict[str, bytes]:
    """File name → .docx of every letter this case or lead can need, in order; `package` goes with a transfer. Equal
    material gives equal bytes."""
    made = {
        letter_name(TRANSFER, department, material): _transfer(
            material, department, items, part_beside(_made_of(material), package, department)
        )
        for department, items in by_department(material).items()
    }
    return made | {
        letter_name(INQUIRY, platform, material): _inquiry(material, platform, items)
        for platform, items in by_platform(material).items()
    }


def _transfer(material: PaperMaterial, department: str, items: tuple[Item, ...], package: Exported | None) -> bytes:
    document = _begun(material, "关于移送疑似违规校外培训线索的函", f"{department}（请填写单位全称）")
    _said(
        document,
        "我单位在校外培训监测中采集到互联网公开信息，经人工审核，"
        f"{_found(department, items)}（我单位{material.called}）。"
        "所列均为疑似情形，不是对事实的认定。现将线索移送你单位，请依法核查处理。",
    )
    document.add_heading("一、移送的线索", 1)
    for number, item in enumerate(items, 1):
        told = tuple((one.id, _suspected(one)) for one in item.graver)
        aside = tuple((f"{one.id}\n政策清理", _suspected(one)) for one in item.cleanup)
        decided = ("人工审核", decided_words(item.lead.decisions))
        original = ("原文（节录）", f"{quoted(item.excerpt)}\n（疑点所在的整句，联系方式已遮盖）")
        _lead(document, number, item, (*item.facts, decided, *((original,) if item.excerpt else ()), *told, *aside))
    if rest := rest_words(material, items):
        _said(document, rest)
    document.add_heading("二、所涉规定", 1)
    note = "由规则库按疑点列出，是否适用由你单位依法认定；标“待核”的尚未与正式文本核对，不得直接引用。"
    _said(document, note)
    graver, cleanup = bases_of(items), bases_of(items, cleanup=True)
    if graver:
        _lines(document, graver, small=True)
    if cleanup:
        _said(document, "以下只涉及政策清理，没有单独罚则；所列法律、行政法规条款须经人工论证，不直接作为处罚依据：")
        _lines(document, cleanup, small=True)
    document.add_heading("三、移送依据", 1)
    _own_bases(document, transfer_bases(material.agency, department))
    document.add_heading("四、随函材料", 1)
    # Nobody signs a page with nothing of the letter on it but its last sentence.
    enclosed = (_package(material, package) + _part_of(material, items, package), f"其他：{BLANK}")
    _lines(document, enclosed, small=True, keep=True)
    _said(document, f"请于{BLANK}前将处理情况函告我单位；不属于你单位职责的，请及时退回并说明。", keep=True)
    return _ended(document, material, f"{TRANSFER} {department}")


def _inquiry(material: PaperMaterial, platform: str, items: tuple[Item, ...]) -> bytes:
    document = _begun(material, "协助调查函", f"{platform}的运营单位（请填写单位全称）")
    _said(
        document,
        f"因核查疑似违规校外培训线索（{material.called}）的需要，请你单位协助提供所列信息的有关材料。"
        "本函只说明需要核查，不表示所列信息或者账号已被认定违法。",
    )
    document.add_heading("一、需要核查的信息", 1)
    for number, item in enumerate(items, 1):
        _lead(document, number, item, item.facts)
    document.add_heading("二、请予提供的材料", 1)
    _lines(document, asked_of(items))
    _said(
        document, "请只提供与上列信息有关的材料，并在本函核查期间保全有关数据；我单位对所获个人信息和商业秘密依法保密。"
    )
    document.add_heading("三、依据", 1)
    _own_bases(document, inquiry_bases(material.agency), keep=True)
    _said(document, f"请于{BLANK}前回复，材料寄送或者网上报送至：{BLANK}。", keep=True)
    return _ended(document, material, f"{INQUIRY} {platform}", declared=False)


def _made_of(material: PaperMaterial) -> tuple[Exported, ...]:
    """Every package that was made of it; none of a lead without a case."""
    return material.packages if isinstance(material, CaseMaterial) else ()


def _begun(material: PaperMaterial, title: str, to: str) -> Any:
    document = new_page(f"{'演示数据 · ' if material.demo else ''}草稿 · 未经核对、审批、编号、盖章不得发出")
    year = local(material.exported_at).year
    write(document, f"（机关代字）〔{year}〕＿＿号", align=WD_ALIGN_PARAGRAPH.RIGHT)
    write(document, "")
    write(document, title, align=WD_ALIGN_PARAGRAPH.CENTER, font=SONG, size=ER, bold=True)
    write(document, "")
    write(document, f"{to}：")
    return document


def _lead(document: Any, number: int, item: Item, rows: Iterable[tuple[str, str]]) -> None:
    lead = item.lead.lead
    document.add_heading(f"（{number}）线索 {lead.id}：{lead.title or '（无标题）'}", 2)
    table = document.add_table(rows=0, cols=2)
    frame(table, _WIDTHS)
    for place, texts in enumerate(rows):
        fill_row(table.add_row().cells, texts, _WIDTHS, keep=place < 2)


def _reason(why: str) -> str:
    return f"\n理由：{why}" if why else ""


def _lacks(what: str) -> str:
    return f"\n尚缺：{what}" if what else ""


def _suspected(one: Suspicion) -> str:
    return f"{one.name}：{''.join(map(quoted, one.words))}\n性质：{one.nature}{_reason(one.why)}{_lacks(one.lacks)}"


def _found(department: str, items: tuple[Item, ...]) -> str:
    """How many suspicions there are, and whose rules they touch, if the rulebook knows that."""
    led = all(department == SAME.get(one, one) or department == one for item in items for one in item.departments)
    if led and all(item.departments for item in items):
        return f"以下 {len(items)} 条疑似触及你单位牵头的规定"
    return f"以下 {len(items)} 条疑似与你单位职责有关"


def _package(material: PaperMaterial, package: Exported | None) -> str:
    """The copy that goes with the letter; where none was made for others, that ours stays here. Of a lead without a
    case, the sums of the pages that stay here."""
    if not isinstance(material, CaseMaterial):
        kept = [item.capture for item in material.captures][-_MOST_SUMS:]
        sums = "；".join(f"{local_text(one.captured_at)} 留存，SHA-256：{one.sha256}" for one in kept)
        return f"网页快照由我单位留存，随函的复制件：{BLANK}。{sums or '（没有留存的快照）'}"
    if package is not None:
        return (
            f"证据包 {material.case.id} {package.called}（ZIP，含签名，可独立核验）"
            f"{f'，文件 {package.file}' if package.file else ''}，SHA-256：{package.sha256}"
        )
    if not material.packages:
        return f"证据包 {material.case.id}（ZIP，含签名，可独立核验），SHA-256：{BLANK}（导出共享本后填写）"
    return (
        f"证据包 {material.case.id} 的共享本尚未制作（制作后填写 SHA-256：{BLANK}）；密封本由我单位留存，"
        f"不随函移送，SHA-256：{material.packages[-1].sha256}"
    )


def _part_of(material: PaperMaterial, items: tuple[Item, ...], package: Exported | None) -> str:
    """A package is of the whole case: which of it goes with a letter that hands over only some of its leads."""
    if package is not None and package.called == PART:
        return "。随函本只含本函移送的线索和疑点，全案证据包由我单位留存"
    mine = {item.lead.lead.id for item in items}
    if not isinstance(material, CaseMaterial) or len(mine) == len(material.leads):
        return ""
    listed = "、".join(map(str, sorted(mine)))
    return (
        f"。全案证据包不整体移送，只附其中线索 {listed} 的文件（《证据清单》按线索号列有文件名和校验值），连同 "
        "manifest-sha256.txt、tagmanifest-sha256.txt 及其签名和 signer.pem，所附文件仍可逐个核验"
    )


def _said(document: Any, words: str, *, keep: bool = False) -> None:
    write(document, words, indent=True, keep=keep)


def _lines(document: Any, lines: Iterable[str], *, small: bool = False, keep: bool = False) -> None:
    for number, line in enumerate(lines, 1):
        write(document, f"{number}．{line}", indent=True, size=XIAO_SI if small else SAN, keep=keep)


def _own_bases(document: Any, bases: tuple[str, ...], *, keep: bool = False) -> None:
    """On what the letter itself rests; to be chosen from only where the agency's name leaves a choice."""
    _said(document, "（按本单位适用的保留，其余删去；引用前与正式文本核对）", keep=keep)
    _lines(document, bases, keep=keep)


def _ended(document: Any, material: PaperMaterial, name: str, *, declared: bool = True) -> bytes:
    """The foot; the declaration about findings only where findings are told."""
    write(document, f"联系人：{BLANK}　电话：{BLANK}", indent=True, keep=True)
    right = WD_ALIGN_PARAGRAPH.RIGHT
    for words in (material.agency or "（单位名称未填写）", "（加盖印章）", "　　　　年　　月　　日"):
        write(document, words, align=right, keep=True)
    if declared:
        write(document, material.declaration, indent=True, size=XIAO_SI, font=KAI)
    mark = "【演示】" if material.demo else ""
    title = f"{mark}{name} {material.ref}（草稿）"
    return saved(document, title=title, author=material.agency, at=material.exported_at)
