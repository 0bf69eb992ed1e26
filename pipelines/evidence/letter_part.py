"""The part of a case that goes with one letter (随函本): the leads and findings told to that department, nothing else.

A shared copy by itself, signed and sound to both checkers: whoever gets it need not be told what is another's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from pipelines.evidence.exported import PART
from pipelines.evidence.letter_words import by_department, safe_words
from pipelines.evidence.material import CaptureMaterial, CaseMaterial, LeadMaterial


def parts_of(material: CaseMaterial) -> dict[str, CaseMaterial]:
    """Department that is written to → the material of its part, in order; none for whom the whole case is meant."""
    found = {}
    for department, items in by_department(material).items():
        part = _part(material, department, {item.lead.lead.id for item in items})
        if _findings(part) != _findings(material):
            found[department] = part
    return found


def part_name(stem: str, department: str) -> str:
    """File name of a part beside the package whose name begins so: AJ-2026-0001-…-随函本-教育行政部门.zip."""
    return f"{stem}-{PART}-{safe_words(department)}.zip"


def _part(material: CaseMaterial, department: str, wanted: set[int]) -> CaseMaterial:
    captures = {item.capture.id: item for item in material.captures}
    seen: set[str] = set()
    leads = tuple(_lead(lead, department, captures, seen) for lead in material.leads if lead.lead.id in wanted)
    objects = {("case", material.case.id)}
    objects |= {("lead", str(lead_id)) for lead_id in wanted} | {("capture", capture_id) for capture_id in seen}
    return replace(
        material,
        leads=leads,
        part_for=department,
        # Steps of other leads, and the reasons given for them, are not this department's.
        history=tuple(step for step in material.history if step.lead_id is None or step.lead_id in wanted),
        audit=tuple(row for row in material.audit if (row["object_type"], str(row["object_id"])) in objects),
    )


def _lead(lead: LeadMaterial, department: str, captures: Mapping[str, CaptureMaterial], seen: set[str]) -> LeadMaterial:
    """The lead with this department's findings alone, and every capture of its own that no lead before it has."""
    result = lead.assessment.result
    findings = [one for one in result.get("findings", ()) if one["lead_department"] == department]
    assessment = replace(lead.assessment, result={**result, "findings": findings})
    codes = {one["code"] for one in findings}
    kept = {one["id"] for one in assessment.findings}
    own = [item.capture.id for item in lead.captures]
    mine = [captures[one] for one in (*lead.shared, *own) if one not in seen]
    shared = tuple(one for one in (*lead.shared, *own) if one in seen)
    seen |= {item.capture.id for item in mine}
    return replace(
        lead,
        lead=replace(lead.lead, codes=tuple(code for code in lead.lead.codes if code in codes)),
        assessment=assessment,
        decisions=tuple(
            replace(row, struck=tuple(one for one in row.struck if one.code in codes)) for row in lead.decisions
        ),
        struck=tuple(one for one in lead.struck if one in kept),
        captures=tuple(sorted(mine, key=lambda item: item.capture.captured_at)),
        shared=shared,
    )


def _findings(material: CaseMaterial) -> dict[int, tuple[str, ...]]:
    return {lead.lead.id: tuple(str(one["id"]) for one in lead.assessment.findings) for lead in material.leads}
