"""What an assessment says, ready to be shown: its body, its findings, the rules it touches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from pipelines.records import CONSEQUENCE_ORDER, StoredAssessment
from pipelines.records.rule_words import short_name


@dataclass(frozen=True, kw_only=True)
class Chip:
    """One rule a lead touches."""

    code: str
    #: As the rulebook says it, and as lists do, where there is no room.
    name: str
    short: str
    #: sanctionable | cleanup | lead
    consequence: str
    #: How many findings of this rule there are.
    findings: int = 1


def findings_of(assessment: StoredAssessment | None) -> tuple[dict[str, Any], ...]:
    """The findings of an assessment with their ids, the gravest first."""
    return assessment.findings if assessment is not None else ()


def body_of(assessment: StoredAssessment) -> str:
    """The text the spans of this assessment belong to."""
    return f"{assessment.title}\n{assessment.text}" if assessment.title else assessment.text


def chips_of(findings: Sequence[dict[str, Any]]) -> tuple[Chip, ...]:
    """Each rule once, in the order of the findings, as grave as the gravest of its findings."""
    chips: dict[str, Chip] = {}
    for finding in findings:
        chip = Chip(
            code=str(finding["code"]),
            name=str(finding["name"]),
            short=short_name(str(finding["code"])) or str(finding["name"]),
            consequence=str(finding["consequence"]),
            findings=chips[finding["code"]].findings + 1 if finding["code"] in chips else 1,
        )
        known = chips.setdefault(chip.code, chip)
        gravest = min(known, chip, key=lambda one: _weight(one.consequence))
        chips[chip.code] = replace(gravest, findings=chip.findings)
    return tuple(chips.values())


def _weight(consequence: str) -> int:
    return CONSEQUENCE_ORDER.index(consequence) if consequence in CONSEQUENCE_ORDER else len(CONSEQUENCE_ORDER)
