"""What a user names by its number: found, or said to be none."""

from __future__ import annotations

from pipelines.errors import NotFound
from pipelines.records import Case, Lead
from pipelines.store import Tx


def found_lead(tx: Tx, lead_id: int) -> Lead:
    """The lead of this number. Raises NotFound."""
    lead = tx.leads.get(lead_id)
    if lead is None:
        raise NotFound(f"没有线索 {lead_id}。")
    return lead


def found_case(tx: Tx, case_id: str) -> Case:
    """The case of this number. Raises NotFound."""
    case = tx.cases.get(case_id)
    if case is None:
        raise NotFound(f"没有案件 {case_id[:40]}。")
    return case
