"""The JSON and text files inside a package; equal material gives equal bytes."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from pipelines.clock import local, rfc3339
from pipelines.evidence.adopted import standing
from pipelines.evidence.capture_words import capture_words
from pipelines.evidence.logged_in import left_out_facts, mark_facts
from pipelines.evidence.marks import masked_result
from pipelines.evidence.material import CaptureMaterial, CaseMaterial, LeadMaterial
from pipelines.evidence.pictures import LABEL, picture_spans
from pipelines.evidence.record_fields import CAPTURE_FIELDS
from pipelines.evidence.record_parts import record_files
from pipelines.evidence.report import templates
from pipelines.evidence.shared_copy import without_unmasked
from pipelines.evidence.stamps import Stamp
from pipelines.evidence.words import METHODS, STATUSES, VERDICTS
from pipelines.records import Decision


def case_json(material: CaseMaterial, *, software: str) -> bytes:
    """data/case.json: the case, its leads, decisions and where each capture lies."""
    case = material.case
    return _json(
        {
            "format": "mingcha-case/1",
            "declaration": material.declaration,
            "demo": material.demo,
            "mark": "演示" if material.demo else "",
            "id": case.id,
            "title": case.title,
            "status": case.status,
            "opened_by": case.opened_by,
            "opened_at": rfc3339(case.opened_at),
            "agency": material.agency,
            "region": material.region,
            "exported_by": material.exported_by,
            "exported_at": rfc3339(material.exported_at),
            "software": software,
            "copy": "shared" if material.shared_of else "sealed",
            **({"sealed_sha256": material.shared_of} if material.shared_of else {}),
            **({"part_for": material.part_for} if material.part_for else {}),
            "history": [
                {
                    "at": rfc3339(step.at),
                    "what": step.what,
                    "who": step.who,
                    "lead": step.lead_id,
                    "reason": step.reason,
                    **({"note": step.note} if step.note else {}),
                }
                for step in material.history
            ],
            "audit": _audit_anchor(material),
            "leads": [_lead(item, material.leads) for item in material.leads],
        }
    )


def findings_json(material: CaseMaterial) -> bytes:
    """data/findings.json: what was assessed and what the classifier answered, contacts masked in both."""
    return _json(
        {
            "format": "mingcha-findings/1",
            "declaration": material.declaration,
            "leads": [
                {
                    "lead": item.lead.id,
                    "listing": item.listing.id,
                    "version": item.listing.version,
                    "model": item.assessment.model,
                    "rulebook": item.assessment.rulebook,
                    "assessed_at": rfc3339(item.assessment.created_at),
                    "title": item.assessment.title,
                    "text": item.assessment.text,
                    # Offsets as in spans: what was read off pictures.
                    "pictures": [
                        {"start": start, "end": end, "name": LABEL}
                        for start, end in picture_spans(item.listing, item.assessment)
                    ],
                    # All that the machine said; the report and the digest go by what was not struck out.
                    "assessment": masked_result(item.assessment),
                    "struck": _struck(item),
                }
                for item in material.leads
            ],
        }
    )


def audit_jsonl(material: CaseMaterial) -> bytes:
    """data/audit.jsonl: one event a line, oldest first, with its chain hashes."""
    return "".join(
        json.dumps(event, ensure_ascii=False, sort_keys=True, default=_plain) + "\n" for event in material.audit
    ).encode()


def record_json(
    lead: LeadMaterial,
    item: CaptureMaterial,
    *,
    files: Mapping[str, Mapping[str, Any]],
    stamps: Sequence[Stamp],
    shared: bool = False,
) -> bytes:
    """captures/<id>/record.json: how, when and with what the page was extracted, and what it hashes to; under `fields`
    what the record of extraction prints of it."""
    capture, words = item.capture, capture_words(lead, item, stamps)
    return _json(
        {
            "format": "mingcha-capture/1",
            "id": capture.id,
            "source": capture.source,
            "url": capture.url,
            "final_url": capture.final_url,
            "captured_at": rfc3339(capture.captured_at),
            "captured_at_local": local(capture.captured_at).isoformat(),
            "captured_by": "person" if capture.method == "import" else "system",
            "method": capture.method,
            "method_name": METHODS.get(capture.method, capture.method),
            "http_status": capture.http_status,
            "state": capture.state.value,
            **mark_facts(item),
            "content_type": capture.content_type,
            "charset": capture.charset,
            "server_ip": capture.server_ip,
            "etag": capture.etag,
            "last_modified": capture.last_modified,
            "sha256": capture.sha256,
            "size": capture.size,
            "warc_record_id": capture.warc_record_id,
            "kept_at": {
                "path": capture.warc_path,
                "offset": capture.warc_offset,
                "length": capture.warc_length,
            },
            "robots_sha256": capture.robots_blob,
            "environment": without_unmasked(capture.environment) if shared else capture.environment,
            "fields": {field.key: {"name": field.name, "words": words[field.key]} for field in CAPTURE_FIELDS},
            "files": {name: dict(files[name]) for name in sorted(files)},
        }
    )


def verification_text(material: CaseMaterial, *, fingerprint: str) -> bytes:
    """验证说明.txt: how anyone checks the package with public tools."""
    # A text file: nothing in it is HTML, so nothing is escaped.
    template = templates().overlay(autoescape=False).get_template("verify.txt")
    return template.render(
        case_id=material.case.id,
        agency=material.agency,
        exported_at=material.exported_at,
        fingerprint=fingerprint,
        demo=material.demo,
        declaration=material.declaration,
        shared_of=material.shared_of,
        part_for=material.part_for,
        left_out=any(lead.left_out for lead in material.leads),
        put_in=any(item.put_in for item in material.captures),
        record=record_files(material),
    ).encode()


def _audit_anchor(material: CaseMaterial) -> dict[str, Any]:
    """What audit.jsonl must end with, so that rows cut off are missed."""
    last = material.audit[-1] if material.audit else {"seq": 0, "hash": ""}
    return {"rows": len(material.audit), "last_seq": last["seq"], "last_hash": last["hash"]}


def _lead(item: LeadMaterial, every: Sequence[LeadMaterial]) -> dict[str, Any]:
    lead, listing = item.lead, item.listing
    return {
        "id": lead.id,
        "status": lead.status.value,
        "status_name": STATUSES[lead.status],
        "priority": lead.priority,
        "title": lead.title,
        "source": lead.source,
        "platform": lead.platform,
        "url": lead.url,
        "district": lead.district,
        "codes": list(lead.codes),
        "struck": list(item.struck),
        "operator": lead.operator_id,
        "operator_words": item.operator,
        "operator_links": _links(item, every),
        "contacts": list(item.contacts),
        "persons": list(item.persons),
        "organisations": list(item.organisations),
        "nicknames": list(item.nicknames),
        "duplicates": lead.duplicates,
        "demo": lead.demo,
        "created_at": rfc3339(lead.created_at),
        "listing": {
            "id": listing.id,
            "version": listing.version,
            "key": listing.key,
            "first_seen_at": rfc3339(listing.first_seen_at),
            "last_seen_at": rfc3339(listing.last_seen_at),
            "posted_at": rfc3339(listing.posted_at) if listing.posted_at else None,
            "price_raw": listing.price_raw,
            "visibility": item.visibility,
            "fields": listing.fields,
            # The words of each are the text.txt of its capture.
            "versions": [{"version": number, "capture": capture_id} for number, capture_id in item.versions],
        },
        "decisions": [_decision(row) for row in item.decisions],
        "captures": [entry.capture.id for entry in item.captures],
        **({"left_out": left_out_facts(item.left_out)} if item.left_out else {}),
    }


def _links(item: LeadMaterial, every: Sequence[LeadMaterial]) -> list[dict[str, Any]]:
    """By which (masked) contacts other leads here are laid to the same operator; none where it is told by others that
    are not here."""
    same = [one for one in every if one is not item and one.lead.operator_id == item.lead.operator_id is not None]
    return [{"lead": one.lead.id, "by": [way for way in item.contacts if way in one.contacts]} for one in same]


def _struck(item: LeadMaterial) -> list[dict[str, Any]]:
    """Who did not adopt which finding, when and why; by the decision that stands."""
    if not item.struck:
        return []
    row = standing(item.decisions)[-1]
    codes = {finding["id"]: finding["code"] for finding in item.assessment.findings}
    return [
        {
            "id": name,
            "code": codes[name],
            "decision": row.id,
            "user": row.user,
            "decided_at": rfc3339(row.decided_at),
            "reason": row.reason,
        }
        for name in item.struck
    ]


def _decision(row: Decision) -> dict[str, Any]:
    return {
        "id": row.id,
        "verdict": row.verdict.value,
        "verdict_name": VERDICTS[row.verdict],
        "to_department": row.to_department,
        "reason": row.reason,
        "user": row.user,
        "os_account": row.os_account,
        "decided_at": rfc3339(row.decided_at),
        "undoes": row.undoes,
        "struck": [str(one) for one in row.struck],
        "reason_added_at": rfc3339(row.added.at) if row.added else None,
    }


def _json(value: Mapping[str, Any] | Sequence[Any]) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=2, default=_plain) + "\n").encode()


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return rfc3339(value)
    raise TypeError(f"{type(value).__name__} in a package file")
