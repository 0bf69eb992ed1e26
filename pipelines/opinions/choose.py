"""Which leads the second reader is asked about: undecided ones whose scores lie close to a threshold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pipelines.assessor import Thresholds
from pipelines.opinions.faults import ANSWER_FAULTS
from pipelines.records import LeadStatus, StoredAssessment
from pipelines.store import Tx
from pipelines.store.opinions import Tries

#: The questions on which a score alone makes a lead.
HEADS = ("academic", "anxiety")
#: Unusable answers to one text before it is left alone (a new model or prompt begins anew).
MAX_UNUSABLE = 2
_PORTION = 200


@dataclass(frozen=True, kw_only=True)
class Doubt:
    """One lead to ask about."""

    lead_id: int
    assessment_id: int


def is_uncertain(assessment: StoredAssessment, thresholds: Mapping[str, float], band: float) -> bool:
    """Whether a score of this assessment lies within `band` of its threshold, on either side."""
    for head in HEADS:
        said = assessment.result.get(head)
        # Compared at the four digits scores are kept with.
        if isinstance(said, dict) and round(abs(float(said["score"]) - thresholds[head]), 4) <= band:
            return True
    return False


def doubts(tx: Tx, thresholds: Thresholds, *, band: float, model: str, prompt: str) -> list[Doubt]:
    """All leads to ask about: those asked least often first, then in the order of the queue."""
    found: list[tuple[int, Doubt]] = []
    for portion in _undecided(tx):
        assessments = tx.assessments.get_many([assessment_id for _, assessment_id in portion])
        tries = tx.opinions.tries(list(assessments), model, prompt)
        for lead_id, assessment_id in portion:
            assessment = assessments[assessment_id]
            before = tries.get(assessment_id, Tries())
            if is_due(before) and is_uncertain(assessment, thresholds.of(assessment.model), band):
                found.append((before.total, Doubt(lead_id=lead_id, assessment_id=assessment_id)))
    found.sort(key=lambda one: one[0])
    return [doubt for _, doubt in found]


def is_due(tries: Tries) -> bool:
    """Not answered yet, and not given up."""
    unusable = sum(fault in ANSWER_FAULTS for fault in tries.faults)
    return not tries.given and unusable < MAX_UNUSABLE


def _undecided(tx: Tx) -> Iterator[list[tuple[int, int]]]:
    """(lead, assessment) of open and held leads in portions, each status in the order of the queue."""
    for status in (LeadStatus.OPEN, LeadStatus.HELD):
        after: str | None = None
        while True:
            page = tx.leads.page(status=status, after=after, limit=_PORTION)
            yield [(lead.id, lead.assessment_id) for lead in page.items]
            if page.next is None:
                break
            after = page.next
