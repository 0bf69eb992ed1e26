"""Which records of extraction a case needs: one for each operator on each source.

A record is of one extraction: its object, its address and how it was reached (检察规定37), and it is signed by who
holds the data (两高一部14). Nobody signs for another's page, so leads of several operators, or of one on several
platforms, stand in records of their own; leads whose operator nobody knows are not taken for one.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, replace

from pipelines.evidence.material import CaptureMaterial, CaseMaterial, LeadMaterial

#: Of a case with one record; of one with several, each has its number behind the name.
RECORD = "电子数据证据提取笔录.docx"


@dataclass(frozen=True, kw_only=True)
class RecordPart:
    """One record: what of the case stands in it."""

    number: int
    of: int
    #: The operator as papers call it, and the source its pages stood on.
    party: str
    source: str
    #: The case with these leads and captures alone.
    material: CaseMaterial

    @property
    def file(self) -> str:
        """Its name in the package's data folder."""
        return RECORD if self.of == 1 else RECORD.replace(".", f"_{self.number:02d}.")

    @property
    def told(self) -> str:
        """Which of the case's records it is; "" of the only one."""
        if self.of == 1:
            return ""
        return f"本案第 {self.number} 份，共 {self.of} 份，只记 {self.party} 在 {self.source} 的信息"

    @property
    def leads(self) -> str:
        """Numbers of its leads: 1、3."""
        return "、".join(str(item.lead.id) for item in self.material.leads)


def record_parts(material: CaseMaterial) -> tuple[RecordPart, ...]:
    """The records in the order of the leads; every lead is in one, every capture in one at least."""
    by_id = {item.capture.id: item for item in material.captures}
    kept: dict[tuple[Hashable, str], list[LeadMaterial]] = {}
    for lead in material.leads:
        # Each record is whole: a page that tells of two operators stands in the records of both.
        captures = (*lead.captures, *(by_id[one] for one in lead.shared if one in by_id))
        carriers: dict[str, list[CaptureMaterial]] = {}
        for item in captures:
            carriers.setdefault(_carrier(item, lead), []).append(item)
        for carrier, items in (carriers or {lead.source_title: []}).items():
            party = lead.lead.operator_id or f"lead {lead.lead.id}"
            kept.setdefault((party, carrier), []).append(_only(lead, items))
    return tuple(
        RecordPart(
            number=number,
            of=len(kept),
            party=leads[0].operator,
            source=carrier,
            material=replace(material, leads=_each_once(leads)),
        )
        for number, ((_, carrier), leads) in enumerate(kept.items(), 1)
    )


def record_files(material: CaseMaterial) -> str:
    """What the files of its records are called together."""
    parts = record_parts(material)
    return parts[0].file if len(parts) == 1 else RECORD.replace(".", "_*.")


def _carrier(item: CaptureMaterial, lead: LeadMaterial) -> str:
    """Where the data lay: a site, or a file somebody brought."""
    if item.capture.method == "import":
        return f"导入的文件 {item.capture.environment.get('file') or '（未记录文件名）'}"
    return item.source_title or lead.source_title


def _only(lead: LeadMaterial, items: list[CaptureMaterial]) -> LeadMaterial:
    ids = {item.capture.id for item in items}
    return replace(
        lead,
        captures=tuple(items),
        comparisons=tuple(one for one in lead.comparisons if {one.first.id, one.last.id} <= ids),
    )


def _each_once(leads: list[LeadMaterial]) -> tuple[LeadMaterial, ...]:
    """A capture that two leads of one operator share is told under the first."""
    seen: set[str] = set()
    found = []
    for lead in leads:
        mine = tuple(item for item in lead.captures if item.capture.id not in seen)
        seen |= {item.capture.id for item in mine}
        found.append(replace(lead, captures=mine))
    return tuple(found)
