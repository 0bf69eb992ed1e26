"""What the drafts of letters say: which leads go to whom, on which rules, and what is asked of a platform.

Drafts only: they speak of suspicions (疑似), leave blank what the program cannot know, and name no article whose words
were not read without 待核.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pipelines.clock import local_text
from pipelines.evidence.adopted import adopted
from pipelines.evidence.departments import MARKET, SAME, is_own, may_be_market, supports
from pipelines.evidence.excerpts import excerpt
from pipelines.evidence.gaps import lacking
from pipelines.evidence.marks import assessed_body, masked_result
from pipelines.evidence.material import LeadMaterial, LoneLead, PaperMaterial
from pipelines.evidence.words import CONSEQUENCE_MEANINGS, CONSEQUENCES, LOGGED_IN, VISIBILITY
from pipelines.records.findings import gravest_first
from pipelines.records.quotes import nested
from pipelines.records.rule_words import coded

BLANK = "＿＿＿＿＿＿"
TRANSFER, INQUIRY = "移送函", "协查函"
#: A file name carries this much of whom it goes to.
_LONGEST = 24
#: On what a letter itself rests, never a line that fits neither who writes nor who is written to (law.md 1, 3.2, 5.1);
#: the education rules' own articles were not read (law-additions.md 1), so their numbers are the officers' to fill in.
_MARKET_TRANSFER_BASES = ("《市场监督管理行政处罚程序规定》第十七条（本单位为市场监督管理部门时）",)
_TRANSFER_BASES = (
    "《中华人民共和国行政处罚法》第二十二条（行政处罚由违法行为发生地的行政机关管辖）",
    f"《校外培训行政处罚暂行办法》第{BLANK}条（关于移送；对照正式文本填写，不用的删去）",
)
_MARKET_INQUIRY_BASES = ("《互联网广告管理办法》第十六条（涉及广告，本单位为市场监督管理部门时）",)
_INQUIRY_BASES = (f"《校外培训行政处罚暂行办法》第{BLANK}条（关于调查职权；对照正式文本填写，不用的删去）",)
#: What a platform has and a crawl has not, beside who registered (law-additions.md 2.4 平台调证; law.md 5.2 主体).
_ASKED_BESIDE = (
    "上列信息的发布、修改、删除记录及时间，平台留存的原始内容；",
    "与上列信息有关的广告推广、交易和收费记录；",
    "电子证明文件：写明本函文号，附完整性校验值，加盖单位电子公章。",
)
_REGISTERED = "账号、主体名称、统一社会信用代码或者实名认证情况、注册时间"


def _no_capture(lead: LeadMaterial) -> str:
    return f"（页面{LOGGED_IN}，没有放入材料）" if lead.left_out else "（与同案其他线索共用快照）"


@dataclass(frozen=True, kw_only=True)
class Suspicion:
    """One finding as a letter tells it."""

    #: Its id in the assessment, as the lead page and the report call it: HT12.1.
    id: str
    #: e.g. 疑似作出保证性承诺.
    name: str
    #: The (masked) words it rests on.
    words: tuple[str, ...]
    #: Why it is suspected, in the classifier's words.
    why: str
    basis: tuple[str, ...]
    #: sanctionable, cleanup or lead.
    consequence: str
    #: What is missing for this rule, where nobody knows where the text stood.
    lacks: str = ""

    @property
    def nature(self) -> str:
        """What it may come to, and what that means (性质)."""
        name = CONSEQUENCES.get(self.consequence, self.consequence)
        meaning = CONSEQUENCE_MEANINGS.get(self.consequence)
        return f"{name}（{meaning}）" if meaning else name


@dataclass(frozen=True, kw_only=True)
class Item:
    """One lead as a letter tells it."""

    lead: LeadMaterial
    suspicions: tuple[Suspicion, ...]
    #: The (masked) sentences those findings rest on; "" where nothing is suspected.
    excerpt: str = ""
    #: Who leads on those findings, as the rulebook spells it.
    departments: tuple[str, ...] = ()

    @property
    def graver(self) -> tuple[Suspicion, ...]:
        """What may have a penalty, now or with more facts."""
        return tuple(one for one in self.suspicions if one.consequence != "cleanup")

    @property
    def cleanup(self) -> tuple[Suspicion, ...]:
        """What has none: told apart, or it would pass for an offence."""
        return tuple(one for one in self.suspicions if one.consequence == "cleanup")

    @property
    def facts(self) -> tuple[tuple[str, str], ...]:
        """Label and value, all of them as the page shows them."""
        lead = self.lead
        captured = (local_text(one.capture.captured_at) for one in lead.captures)
        return (
            ("来源", lead.origin),
            ("网址", lead.address or "（导入时未注明）"),
            ("页面所示时间", local_text(posted) if (posted := lead.listing.posted_at) else "（未标明）"),
            ("导入时间" if lead.imported else "采集时间", "；".join(captured) or _no_capture(lead)),
            ("可见范围", VISIBILITY.get(lead.visibility, lead.visibility)),
            ("经营主体", lead.operator),
            *((("发布昵称", "、".join(lead.nicknames)),) if lead.nicknames and "昵称" not in lead.operator else ()),
            ("联系方式", lead.contact_words),
        )


def by_department(material: PaperMaterial) -> dict[str, tuple[Item, ...]]:
    """Department that leads on an adopted finding → the leads with those findings of theirs alone, in order; of a lead
    without a case, the department it was transferred to alone, with what it supports where it leads on nothing, and
    every finding where it does neither. The agency itself is written to by nobody."""
    if isinstance(material, LoneLead):
        return _by_decision(material)
    found: dict[str, list[Item]] = {}
    for lead in material.leads:
        for department, findings in _by_leader(lead).items():
            if not is_own(department, material.agency):
                found.setdefault(department, []).append(_item(lead, findings))
    return {department: tuple(found[department]) for department in sorted(found)}


def others_of(material: LoneLead) -> dict[str, tuple[str, ...]]:
    """Departments a transferred lead did not go to that lead on findings its letter leaves out → ids of those."""
    every = [item for items in by_department(material).values() for item in items]
    return {
        department: tuple(one for _, ids in left for one in ids)
        for department, left in left_out(material, every).items()
    }


def left_out(material: PaperMaterial, items: Sequence[Item]) -> dict[str, list[tuple[int, tuple[str, ...]]]]:
    """Department that leads → number of each lead and ids of its findings that these items do not tell."""
    told = {(item.lead.lead.id, one.id) for item in items for one in item.suspicions}
    found: dict[str, list[tuple[int, tuple[str, ...]]]] = {}
    for lead in material.leads:
        for department, findings in _by_leader(lead).items():
            ids = tuple(str(one["id"]) for one in findings if (lead.lead.id, one["id"]) not in told)
            if ids:
                found.setdefault(department, []).append((lead.lead.id, ids))
    return dict(sorted(found.items()))


def rest_words(material: PaperMaterial, items: Sequence[Item]) -> str:
    """What a transfer does not hand over, and who leads on it, in one sentence; "" where it hands over everything."""
    rest = []
    for department, left in left_out(material, items).items():
        named = "；".join(f"线索 {lead} 的 {'、'.join(map(coded, ids))}" for lead, ids in left)
        whose = "由我单位办理" if is_own(department, material.agency) else f"由{department}牵头，另行移送"
        rest.append(f"{named}，{whose}")
    return f"不属你单位牵头、不在本函移送范围的：{'；'.join(rest)}。" if rest else ""


def _by_decision(material: LoneLead) -> dict[str, tuple[Item, ...]]:
    if not material.to or is_own(material.to, material.agency):
        return {}
    led = {SAME.get(department, department): findings for department, findings in _by_leader(material.lead).items()}
    every = [finding for findings in led.values() for finding in findings]
    beside = [finding for finding in every if supports(material.to, str(finding["code"]))]
    return {material.to: (_item(material.lead, led.get(material.to) or beside or every),)}


def _by_leader(lead: LeadMaterial) -> dict[str, list[dict[str, Any]]]:
    """Department → the adopted findings it leads on, the gravest first."""
    told: dict[str, list[dict[str, Any]]] = {}
    for finding in adopted(gravest_first(masked_result(lead.assessment).get("findings", ())), lead.struck):
        if finding["lead_department"]:
            told.setdefault(str(finding["lead_department"]), []).append(finding)
    return told


def _item(lead: LeadMaterial, findings: Sequence[dict[str, Any]]) -> Item:
    spans = [(span["start"], span["end"]) for finding in findings for span in finding["spans"]]
    return Item(
        lead=lead,
        suspicions=tuple(_suspicion(finding, lead.lead.url) for finding in findings),
        excerpt=excerpt(assessed_body(lead.assessment), spans),
        departments=tuple(dict.fromkeys(str(finding["lead_department"]) for finding in findings)),
    )


def by_platform(material: PaperMaterial) -> dict[str, tuple[Item, ...]]:
    """Platform → its leads; what somebody brought in is no platform's to answer for."""
    found: dict[str, list[Item]] = {}
    for lead in material.leads:
        if not lead.imported:
            found.setdefault(lead.source_title, []).append(Item(lead=lead, suspicions=()))
    return {platform: tuple(found[platform]) for platform in sorted(found)}


def asked_of(items: Sequence[Item]) -> tuple[str, ...]:
    """What a platform is asked for, of these leads as they are listed: an account is asked for by what the letter shows
    of it, an address, a nickname or a telephone, never as one that stands there."""
    leads = [item.lead for item in items]
    by = [
        *(["上列网址"] if any(lead.address for lead in leads) else []),
        *(["上列发布昵称"] if any(lead.nicknames for lead in leads) else []),
        *(["上列联系方式"] if any(lead.contacts or lead.half_shown for lead in leads) else []),
    ]
    whose = f"（按{'、'.join(by)}查找）" if by else ""
    more = "以及页面未完整显示的联系方式" if any(lead.half_shown for lead in leads) else "以及登记的联系方式"
    return (f"发布上列信息的用户{whose}的注册信息：{_REGISTERED}，{more}；", *_ASKED_BESIDE)


def letter_name(kind: str, to: str, material: PaperMaterial) -> str:
    """e.g. 移送函_市场监督管理部门_AJ-2026-0001_草稿.docx; only letters and digits of whom it goes to."""
    parts = (kind, safe_words(to), material.ref, "演示" if material.demo else "", "草稿")
    return f"{'_'.join(filter(None, parts))}.docx"


def safe_words(to: str) -> str:
    """Whom something goes to, as a file name can carry it."""
    return "".join(char for char in to if char.isalnum())[:_LONGEST] or "未标明"


def letter_names(material: PaperMaterial) -> tuple[str, ...]:
    """File names of every letter this case can need, in order."""
    return (
        *(letter_name(TRANSFER, department, material) for department in by_department(material)),
        *(letter_name(INQUIRY, platform, material) for platform in by_platform(material)),
    )


def bases_of(items: tuple[Item, ...], *, cleanup: bool = False) -> tuple[str, ...]:
    """What the suspicions that may have a penalty rest on, or those of clean-up, by the rulebook, each once."""
    told = (one for item in items for one in (item.cleanup if cleanup else item.graver))
    return tuple(dict.fromkeys(line for one in told for line in one.basis))


def transfer_bases(agency: str, to: str) -> tuple[str, ...]:
    """On what a transfer rests; without the rules of market regulation where the agency is another department, or where
    market regulation is who it goes to."""
    market = may_be_market(agency) and not is_own(to, MARKET)
    return (*(_MARKET_TRANSFER_BASES if market else ()), *_TRANSFER_BASES)


def inquiry_bases(agency: str) -> tuple[str, ...]:
    """On what an inquiry rests, likewise."""
    return (*(_MARKET_INQUIRY_BASES if may_be_market(agency) else ()), *_INQUIRY_BASES)


def _suspicion(finding: dict[str, Any], url: str) -> Suspicion:
    name = str(finding["name"])
    words = tuple(dict.fromkeys(str(span["text"]).replace("\n", " ") for span in finding["spans"]))
    return Suspicion(
        id=str(finding["id"]),
        name=f"{'' if name.startswith('疑似') else '疑似'}{name}",
        words=words,
        why=nested(str(finding.get("why", "")), (str(span["text"]) for span in finding["spans"])),
        basis=tuple(map(str, finding["basis"])),
        consequence=str(finding["consequence"]),
        lacks=lacking(str(finding["code"]), url),
    )
