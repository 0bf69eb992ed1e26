"""Everything a case package is made of, read from the store in one snapshot."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from pipelines import audit
from pipelines.desk import Desk, agency_of, is_demo, region_of
from pipelines.errors import Conflict, EvidenceError, NotFound, Refused
from pipelines.evidence.adopted import standing, struck_by
from pipelines.evidence.comparison import Comparison, compared, pairs_of
from pipelines.evidence.exported import Exported, exported_of
from pipelines.evidence.half_shown import half_shown
from pipelines.evidence.history import Step, case_history
from pipelines.evidence.marks import assessed_body, body_of
from pipelines.evidence.operator_words import operator_words
from pipelines.evidence.page_lines import MOST_LINES, page_lines
from pipelines.evidence.warc_read import Exchange, read_exchange
from pipelines.evidence.words import declaration
from pipelines.records import Capture, Case, Decision, Lead, LeadStatus, Listing, PutIn, StoredAssessment
from pipelines.records.sites import with_host
from pipelines.store import Tx

#: Kinds that lead to nobody by themselves.
_NO_CONTACTS = frozenset({"org", "account", "name"})


@dataclass(frozen=True, kw_only=True)
class CaptureMaterial:
    """One capture of a lead and the (masked) words that were read off it."""

    capture: Capture
    text: str
    #: The site it is of as people call it: a posting retyped elsewhere is of another than its lead's.
    source_title: str
    #: What was asked and answered, of a page; read from its WARC only for papers that tell of it.
    exchange: Exchange | None = None
    #: Who let it in, of one that was saved by somebody logged in.
    put_in: PutIn | None = None


@dataclass(frozen=True, kw_only=True)
class LeadMaterial:
    """One lead of the case as it stands."""

    lead: Lead
    #: The source as people call it.
    source_title: str
    listing: Listing
    assessment: StoredAssessment
    #: Oldest first, undos included.
    decisions: tuple[Decision, ...]
    #: Ids of the findings that the standing decision does not adopt, in the order of the findings.
    struck: tuple[str, ...]
    #: Oldest first; a capture shared with an earlier lead of the case stands there only.
    captures: tuple[CaptureMaterial, ...]
    #: Ids of those it shares with earlier leads.
    shared: tuple[str, ...]
    #: Captures whose bytes were deleted on schedule before it was a lead; none of them is among `captures`.
    deleted: int
    #: Those taken for saved by somebody logged in that nobody put in; none of them is among `captures`.
    left_out: tuple[Capture, ...]
    #: Contacts of the listing, masked: how to reach somebody.
    contacts: tuple[str, ...]
    #: Whom the page names: 张老师.
    persons: tuple[str, ...]
    #: Who stands behind it, as every page and paper says it.
    operator: str
    #: What the business calls itself, and the nicknames it was posted by.
    organisations: tuple[str, ...]
    nicknames: tuple[str, ...]
    #: public | group | private, or unknown: imported by somebody who did not say.
    visibility: str
    #: Each version of the posting that was stored, oldest first: its number and the capture it was read off.
    versions: tuple[tuple[int, str | None], ...] = ()
    #: Its captures against each other; read from their WARCs only for papers that tell of it.
    comparisons: tuple[Comparison, ...] = ()

    @property
    def imported(self) -> bool:
        """Brought in by a person, every capture of it."""
        every = self.known
        return bool(every) and all(one.method == "import" for one in every)

    @property
    def known(self) -> tuple[Capture, ...]:
        """Its captures, left out or not."""
        return (*(item.capture for item in self.captures), *self.left_out)

    @property
    def site(self) -> str:
        """The one name papers call it by: the source's, or the platform named by whoever brought it."""
        return (self.lead.platform or "平台未注明") if self.imported else self.source_title

    @property
    def origin(self) -> str:
        """The site it stood on with its host, and who brought it from there: 58同城（人工导入，台账.csv 第 4 行）."""
        if not self.imported:
            return with_host(self.site, self.address)
        told = self.known[0].environment
        row = f" 第 {told['row']} 行" if told.get("row") else ""
        where = f"，{told['file']}{row}" if told.get("file") else ""
        return f"{self.site}（人工导入{where}）"

    @property
    def half_shown(self) -> tuple[str, ...]:
        """Contacts the page itself shows only in part, where there is no whole one."""
        return () if self.contacts else half_shown(f"{self.assessment.title}\n{self.assessment.text}")

    @property
    def contact_words(self) -> str:
        """How to reach them as papers say it: masked by us, shown in part by the page itself, or not found."""
        if self.contacts:
            return f"{'；'.join(self.contacts)}（已遮盖）"
        if self.half_shown:
            return f"{'；'.join(self.half_shown)}（页面只显示到这里，完整号码须向平台调取）"
        return "（未提取到）"

    @property
    def address(self) -> str:
        """Where it stood on the web; "" for what was imported without an address."""
        return "" if self.lead.url.startswith("file:") else self.lead.url


@dataclass(frozen=True, kw_only=True)
class PaperMaterial:
    """What every paper needs: leads, whose papers they are, and when and by whom they are made."""

    leads: tuple[LeadMaterial, ...]
    agency: str
    region: str
    demo: bool
    exported_at: datetime
    exported_by: str

    @property
    def ref(self) -> str:
        """How file names call what the papers are of: AJ-2026-0001, 线索12."""
        raise NotImplementedError

    @property
    def called(self) -> str:
        """How a letter calls it: 案件编号 AJ-2026-0001."""
        raise NotImplementedError

    @property
    def declaration(self) -> str:
        """What these papers declare, by how their pages came in."""
        return declaration({one.method for lead in self.leads for one in lead.known})

    @property
    def captures(self) -> tuple[CaptureMaterial, ...]:
        """All captures of these leads, each once."""
        return tuple(item for lead in self.leads for item in lead.captures)


@dataclass(frozen=True, kw_only=True)
class LoneLead(PaperMaterial):
    """One lead that was transferred without a case."""

    #: The department its standing decision sends it to.
    to: str

    @property
    def ref(self) -> str:
        return f"线索{self.lead.lead.id}"

    @property
    def called(self) -> str:
        return f"线索编号 {self.lead.lead.id}"

    @property
    def lead(self) -> LeadMaterial:
        return self.leads[0]


@dataclass(frozen=True, kw_only=True)
class CaseMaterial(PaperMaterial):
    """One case with its leads, its audit extract and the words of the cover."""

    case: Case
    #: Its steps so far, earlier exports included, oldest first; this export is not in the log yet.
    history: tuple[Step, ...]
    #: Every package made so far, oldest first.
    packages: tuple[Exported, ...]
    #: Audit rows about the case, its leads and captures, oldest first.
    audit: tuple[dict[str, Any], ...]
    #: What the record of extraction is called here; provinces have forms of their own.
    record_title: str
    #: Every page's WARC carries a time stamp of somebody else than this station.
    third_party_stamps: bool = False
    #: SHA-256 of the sealed copy, when this is for the shared one made beside it.
    shared_of: str = ""
    #: The department that this part of the case goes to with its letter; "" for the whole case.
    part_for: str = ""

    @property
    def ref(self) -> str:
        return self.case.id

    @property
    def called(self) -> str:
        return f"案件编号 {self.case.id}"


def gather_case(desk: Desk, case_id: str, *, user: str, at: datetime) -> CaseMaterial:
    """Read the case. Raises NotFound; Refused for demo rows in a real HOME; EvidenceError when a part is missing."""
    demo = is_demo(desk)
    with desk.store.read() as tx:
        case = tx.cases.get(case_id)
        if case is None:
            raise NotFound(f"没有案件 {case_id}")
        seen: set[str] = set()
        put_ins = tx.put_ins.of_case(case.id)
        leads = tuple(_lead_material(tx, lead_id, seen, put_ins) for lead_id in case.lead_ids)
        if not demo and (case.demo or any(item.lead.demo for item in leads)):
            raise Refused("演示数据不能从正式数据目录导出")
        logged = tx.audit.for_objects([("case", case.id)])
        objects = [("case", case.id), *(("lead", str(item.lead.id)) for item in leads)]
        objects += [("capture", capture_id) for capture_id in sorted(seen)]
        return CaseMaterial(
            case=case,
            leads=leads,
            history=case_history(
                case,
                tx.cases.events(case.id),
                logged,
                [decision for item in leads for decision in item.decisions],
                put_ins.values(),
            ),
            packages=exported_of(case.id, logged),
            audit=tuple(audit.extract(tx, objects)),
            agency=agency_of(desk, tx),
            region=region_of(desk, tx),
            demo=demo,
            exported_at=at,
            exported_by=user,
            record_title=desk.settings.record_title,
        )


def gather_lead(desk: Desk, lead_id: int, *, user: str, at: datetime) -> LoneLead:
    """Read a lead that was transferred. Raises NotFound; Conflict for a lead that is not transferred; Refused for demo
    rows in a real HOME; EvidenceError when a part is missing."""
    demo = is_demo(desk)
    with desk.store.read() as tx:
        lead = tx.leads.get(lead_id)
        if lead is None:
            raise NotFound(f"没有线索 {lead_id}")
        if lead.status is not LeadStatus.TRANSFERRED:
            raise Conflict(f"线索 {lead_id} 没有转办或移送；已立案的，文书草稿在案件页生成。")
        if not demo and lead.demo:
            raise Refused("演示数据不能从正式数据目录导出")
        item = _lead_material(tx, lead_id, set(), {})
        holds = standing(item.decisions)
        return LoneLead(
            leads=(item,),
            to=(holds[-1].to_department if holds else None) or "",
            agency=agency_of(desk, tx),
            region=region_of(desk, tx),
            demo=demo,
            exported_at=at,
            exported_by=user,
        )


def with_exchanges(material: CaseMaterial, home: Path) -> CaseMaterial:
    """The same with what was asked and answered for each page, and how its captures differ. Raises EvidenceError for a
    record that does not hold."""
    return replace(material, leads=tuple(_with_exchanges(lead, home) for lead in material.leads))


def _with_exchanges(lead: LeadMaterial, home: Path) -> LeadMaterial:
    """One lead at a time: the lines of a large case's pages together may be larger than memory."""
    pairs = pairs_of([item.capture for item in lead.captures])
    wanted = {one.id for pair in pairs for one in pair}
    lines: dict[str, tuple[str, ...] | None] = {}
    captures = []
    for item in lead.captures:
        response, exchange = read_exchange(home, item.capture)
        captures.append(replace(item, exchange=exchange))
        if item.capture.id in wanted:
            lines[item.capture.id] = page_lines(item.capture, response)
    said = {item.capture.id: item.text for item in lead.captures}
    comparisons = tuple(
        compared(first, last, lines, MOST_LINES, (said[first.id], said[last.id])) for first, last in pairs
    )
    return replace(lead, captures=tuple(captures), comparisons=comparisons)


def _lead_material(tx: Tx, lead_id: int, seen: set[str], put_ins: Mapping[str, PutIn]) -> LeadMaterial:
    lead = tx.leads.get(lead_id)
    assessment = tx.assessments.get(lead.assessment_id) if lead else None
    listing = tx.listings.by_version(assessment.version_id) if assessment else None
    if lead is None or listing is None or assessment is None:
        raise EvidenceError(f"线索 {lead_id} 的信息不完整，不能导出")
    # What was assessed holds more than the running text: the page's fields, and words read off pictures.
    running, whole = body_of(listing.title, listing.text), assessed_body(assessment)
    cluster = texts_of_cluster(tx, lead.cluster_id)
    texts = {capture_id: whole if text == running else text for capture_id, text in cluster.items()}
    captures, shared, left_out = [], [], []
    deleted = 0
    for capture in tx.captures.for_lead(lead_id):
        # One deleted before its posting became a lead has nothing to put into a package; the gaps say so.
        if capture.deleted_at is not None:
            deleted += 1
        elif capture.logged_in is not None and capture.id not in put_ins:
            left_out.append(capture)
        elif capture.id in seen:
            shared.append(capture.id)
        else:
            seen.add(capture.id)
            text, title = texts.get(capture.id, whole), _title_of(tx, capture.source)
            put_in = put_ins.get(capture.id) if capture.logged_in is not None else None
            captures.append(CaptureMaterial(capture=capture, text=text, source_title=title, put_in=put_in))
    found = tx.contacts.of_listing(listing.id)
    decisions = tx.decisions.for_lead(lead_id)
    return LeadMaterial(
        lead=lead,
        source_title=_title_of(tx, lead.source),
        listing=listing,
        assessment=assessment,
        decisions=decisions,
        struck=struck_by(decisions, assessment),
        captures=tuple(captures),
        shared=tuple(shared),
        deleted=deleted,
        left_out=tuple(left_out),
        contacts=tuple(one.masked for one in found if one.kind not in _NO_CONTACTS),
        persons=tuple(dict.fromkeys(one.masked for one in found if one.kind == "name")),
        operator=operator_words(tx, lead),
        organisations=tuple(dict.fromkeys(one.masked for one in found if one.kind == "org")),
        nicknames=tuple(one.masked for one in found if one.kind == "account"),
        visibility=_visibility(tx, listing),
        versions=tuple((one.version, one.capture_id) for one in tx.listings.versions(listing.id)),
    )


def _title_of(tx: Tx, name: str) -> str:
    return (source.title if (source := tx.sources.get(name)) else "") or name


def _visibility(tx: Tx, listing: Listing) -> str:
    capture = tx.captures.get(listing.capture_id) if listing.capture_id else None
    if capture is not None and capture.method == "import" and not capture.environment.get("visibility_given"):
        return "unknown"
    return listing.visibility


def texts_of_cluster(tx: Tx, cluster_id: int) -> dict[str, str]:
    """Capture → what was read off it: a capture that changed nothing shows the version before it."""
    texts: dict[str, str] = {}
    for listing in tx.listings.in_cluster(cluster_id):
        versions = {version.capture_id: version for version in tx.listings.versions(listing.id)}
        current = listing
        for capture in tx.captures.for_listing(listing.id):
            current = versions.get(capture.id, current)
            texts[capture.id] = body_of(current.title, current.text)
    return texts
