"""Names of third persons in the words of a shared copy, covered in every place alike: text, findings, report, papers.

Lead by lead, since whoever is a parent in one posting may be whom to call in another. Lengths stay, so that a finding's
words are still at the place it names. What the operator is called stays.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from pipelines.evidence.marks import assessed_body
from pipelines.evidence.material import CaptureMaterial, CaseMaterial, LeadMaterial
from pipelines.personal.third_persons import ThirdPerson, cover, third_persons


@dataclass(frozen=True, kw_only=True)
class Redaction:
    """One name covered in the words of one lead."""

    lead: int
    #: What stands there now: 某女士.
    covered: str
    #: By what it was known: 称呼 or 栏目.
    why: str
    #: How often, in the assessed text and in what was read off its captures.
    times: int


def redacted(material: CaseMaterial) -> tuple[CaseMaterial, tuple[Redaction, ...]]:
    """The material with the names covered, and what was covered."""
    leads, told = [], []
    everybody: dict[str, ThirdPerson] = {}
    for lead in material.leads:
        persons = _persons(lead)
        leads.append(_lead(lead, persons))
        told += _told(lead, persons)
        everybody |= {one.words: one for one in persons}
    # What people wrote of the whole case may name anybody of it.
    every = sorted(everybody.values(), key=lambda one: (-len(one.words), one.words))
    case = replace(material.case, title=cover(material.case.title, every))
    if case.closing is not None:
        case = replace(case, closing=replace(case.closing, reason=cover(case.closing.reason, every)))
    history = tuple(replace(step, reason=cover(step.reason, every)) for step in material.history)
    return replace(material, leads=tuple(leads), case=case, history=history), tuple(told)


def _persons(lead: LeadMaterial) -> tuple[ThirdPerson, ...]:
    words = [assessed_body(lead.assessment), *(item.text for item in lead.captures), lead.listing.title]
    words += [lead.listing.text, *(f"{label}：{value}" for label, value in lead.listing.fields.items())]
    return third_persons("\n".join(dict.fromkeys(words)), (*lead.nicknames, *lead.organisations))


def _told(lead: LeadMaterial, persons: tuple[ThirdPerson, ...]) -> list[Redaction]:
    found = []
    for text in (assessed_body(lead.assessment), *(item.text for item in lead.captures)):
        left = text
        for one in persons:
            found += [(one.covered, one.why)] * left.count(one.words)
            left = left.replace(one.words, one.covered)
    return [
        Redaction(lead=lead.lead.id, covered=covered, why=why, times=found.count((covered, why)))
        for covered, why in dict.fromkeys(found)
    ]


def _lead(lead: LeadMaterial, persons: tuple[ThirdPerson, ...]) -> LeadMaterial:
    def covered(text: str) -> str:
        return cover(text, persons)

    listing = replace(
        lead.listing,
        title=covered(lead.listing.title),
        text=covered(lead.listing.text),
        fields={label: covered(value) for label, value in _by_label(lead.listing.fields, persons).items()},
        images=tuple(
            replace(image, ocr_text=image.ocr_text and covered(image.ocr_text)) for image in lead.listing.images
        ),
    )
    assessment = replace(
        lead.assessment,
        title=covered(lead.assessment.title),
        text=covered(lead.assessment.text),
        result=_everywhere(lead.assessment.result, covered),
    )
    return replace(
        lead,
        lead=replace(lead.lead, title=covered(lead.lead.title)),
        listing=listing,
        assessment=assessment,
        decisions=tuple(replace(row, reason=covered(row.reason)) for row in lead.decisions),
        captures=tuple(_capture(item, covered) for item in lead.captures),
        persons=tuple(name for name in lead.persons if covered(name) == name),
    )


def _by_label(fields: dict[str, str], persons: tuple[ThirdPerson, ...]) -> dict[str, str]:
    """A field's value is covered by its label too: 作者 → 李."""
    whole = {label: cover(f"{label}：{value}", persons) for label, value in fields.items()}
    return {label: words[len(label) + 1 :] for label, words in whole.items()}


def _capture(item: CaptureMaterial, covered: Callable[[str], str]) -> CaptureMaterial:
    environment = _everywhere(item.capture.environment, covered)
    return replace(item, text=covered(item.text), capture=replace(item.capture, environment=environment))


def _everywhere(value: Any, covered: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return covered(value)
    if isinstance(value, list | tuple):
        return [_everywhere(one, covered) for one in value]
    if isinstance(value, dict):
        return {key: _everywhere(one, covered) for key, one in value.items()}
    return value
