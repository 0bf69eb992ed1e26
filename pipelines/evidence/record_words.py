"""What stands in each field that the 电子数据证据提取笔录 has of case and package, and how captures differ: from the
records, or a blank for the officers, or why there is nothing."""

from __future__ import annotations

from pipelines.clock import local_text
from pipelines.evidence.adopted import adopted, standing
from pipelines.evidence.comparison import FILE, Comparison
from pipelines.evidence.decided import decided_words
from pipelines.evidence.material import CaseMaterial, LeadMaterial
from pipelines.evidence.record_fields import BY_OFFICERS, NOT_HAD
from pipelines.evidence.standalone import OWN_STAMP
from pipelines.evidence.words import actor_name

_OFFICER = "姓名＿＿＿＿＿＿　执法证号＿＿＿＿＿＿＿＿"
_NO_PROOF = f"统一社会信用代码、经营范围、办学许可、广告费用：{NOT_HAD}网页不能证明，须核查登记、许可或者向平台调取。"
#: Lines of a difference that are told, and characters of each.
_MOST_LINES, _LONGEST = 3, 60


def cause_of(material: CaseMaterial) -> str:
    """What the case is about by its adopted findings (案由): never the advertiser's own headline."""
    found = [one for item in material.leads for one in adopted(item.assessment.findings, item.struck)]
    causes = [
        cause
        for prefix, cause in (("HT", "违规开展校外培训"), ("AD", "发布违规校外培训广告"))
        if any(str(one["code"]).startswith(prefix) for one in found)
    ]
    return f"疑似{'、'.join(causes or ['违规开展校外培训'])}"


def case_words(material: CaseMaterial, *, part: str = "") -> dict[str, str]:
    """By the keys of CASE_FIELDS; `part` says which of several records it is."""
    exported = f"{local_text(material.exported_at)} 由 {actor_name(material.exported_by)}"
    return {
        "number": f"{cause_of(material)}\n案件编号 {material.case.id}，线索 {len(material.leads)} 条"
        + (f"（{part}）" if part else ""),
        "purpose": "固定互联网上公开的、疑似违规校外培训及其广告的信息，供依法核查使用。",
        "place": BY_OFFICERS,
        "officers": f"{_OFFICER}\n{_OFFICER}（由执法人员填写）",
        "maker": f"制作方法见第二部分；{exported} 导出成卷。\n制作人 {BY_OFFICERS}",
        "witness": f"{BY_OFFICERS}\n无当事人、见证人在场的，注明原因：＿＿＿＿＿＿",
        "outside": f"{NOT_HAD}本次没有委托技术机构提取或公证机构公证；如有，由执法人员补填名称、资质和文书号。",
    }


def package_words(material: CaseMaterial, *, third_party: bool) -> dict[str, str]:
    """By the keys of PACKAGE_FIELDS."""
    reviewed = [
        f"线索 {item.lead.id}：{decided_words(item.decisions)}" for item in material.leads if standing(item.decisions)
    ]
    versions = dict.fromkeys(f"模型 {one.assessment.model}，规则库 {one.assessment.rulebook}" for one in material.leads)
    stamps = "每个 WARC 和全包清单都有第三方时间戳" if third_party else f"时间戳为{OWN_STAMP}"
    return {
        "files": f"采集快照 {len(material.captures)} 次，文件见下表。",
        "sums": "SHA-256（国密 SM3 并列于 sm3sums.txt）。每个文件导出时逐字节计算，列入 manifest-sha256.txt；"
        "任何人可用 sha256sum -c 重算，步骤见《验证说明.txt》。",
        "stamps": f"清单由本工作站证书签名（tagmanifest-sha256.txt.sig）；{stamps}。区块链存证：{NOT_HAD}没有使用。",
        "copies": f"{NOT_HAD}备份份数、封存位置由执法人员填写：＿＿＿＿＿＿。重新提取后与本包的比对结果：＿＿＿＿＿＿",
        "platform": f"{NOT_HAD}尚未向平台调取（协助调查函草稿在案件页）。回函的文号、电子公章、校验值：＿＿＿＿＿＿",
        "custody": "原始记录在本工作站数据目录的 WARC 文件里，位置见各 record.json 的 kept_at；截至本次导出，"
        f"查看、审核、导出等记录 {len(material.audit)} 条，逐条见 data/audit.jsonl。"
        f"移送清单、接收人、盖章扫描：{BY_OFFICERS}",
        "subject": "\n".join([*(f"线索 {item.lead.id}：{item.operator}" for item in material.leads), _NO_PROOF]),
        "analysis": "；".join([*versions, "分数和原文位置在 findings.json，鉴别表、三要件表在案件报告"])
        + f"。是否属于广告（四性）等逐项判断：{BY_OFFICERS}",
        "machine": material.declaration
        + ("\n人工审核：" + "；".join(reviewed) if reviewed else f"\n人工审核：{BY_OFFICERS}"),
    }


def compared(item: LeadMaterial, *, shared: bool = False) -> list[str]:
    """The captures of one lead against each other, a sentence a pair; in a shared copy without the lines."""
    return [
        f"线索 {item.lead.id}：{one.title}两次，{one.conclusion}{'' if shared else _lines(one)}"
        for one in item.comparisons
    ]


def _lines(one: Comparison) -> str:
    """The first lines of the posting that differ, and where all of them are."""
    if not one.places:
        return ""
    shown = one.told[:_MOST_LINES]
    if not shown:
        return f"逐行见 {FILE}。"
    told = "；".join(place.shortened(_LONGEST).words for place in shown)
    return f"{told}。{'全文' if one.count == len(shown) else '其余'}见 {FILE}。"
