"""What an assessment says, ready to be shown: its body, its findings, the rules it touches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pipelines.records import StoredAssessment


@dataclass(frozen=True, kw_only=True)
class Chip:
    """One rule a lead touches."""

    code: str
    name: str
    #: sanctionable | cleanup | lead
    consequence: str


def findings_of(assessment: StoredAssessment | None) -> tuple[dict[str, Any], ...]:
    """The findings of an assessment, strongest first as the classifier put them."""
    return tuple(assessment.result.get("findings", ())) if assessment is not None else ()


def body_of(assessment: StoredAssessment) -> str:
    """The text the spans of this assessment belong to."""
    return f"{assessment.title}\n{assessment.text}" if assessment.title else assessment.text


def chips_of(findings: Sequence[dict[str, Any]]) -> tuple[Chip, ...]:
    """Each rule once, in the order of the findings."""
    chips: dict[str, Chip] = {}
    for finding in findings:
        code = str(finding["code"])
        chips.setdefault(code, Chip(code=code, name=str(finding["name"]), consequence=str(finding["consequence"])))
    return tuple(chips.values())
