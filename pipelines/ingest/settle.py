"""Open leads after a new assessment: one that nothing in its cluster supports any more is withdrawn, never deleted."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from pipelines.records import LeadStatus
from pipelines.store import Tx


def settle(tx: Tx, cluster_ids: Iterable[int], model: str, rulebook: str, at: datetime) -> int:
    """Settle the leads of these clusters as this model and rulebook see them; how many were withdrawn.

    Only a lead that is open (nobody decided or held it) and that rests on what another model or rulebook said is
    touched, once all listings of its cluster have been assessed anew. When another listing of the cluster is a lead,
    it is shown instead (unless the lead has its captures already). A lead that rests on an earlier version of its
    posting stays: an advertisement does not become innocent by being edited.
    """
    # Hardly any ever is, and one look tells.
    touched = tx.leads.resting_on_others(set(cluster_ids), model, rulebook)
    return sum(_withdrawn(tx, cluster_id, model, rulebook, at) for cluster_id in touched)


def _withdrawn(tx: Tx, cluster_id: int, model: str, rulebook: str, at: datetime) -> bool:
    lead = tx.leads.by_cluster(cluster_id)
    if lead is None or lead.status is not LeadStatus.OPEN:
        return False
    shown = tx.assessments.get(lead.assessment_id)
    if shown is None or (shown.model, shown.rulebook) == (model, rulebook):
        return False
    answers = [
        (listing, tx.assessments.of_version(listing.version_id, model, rulebook))
        for listing in tx.listings.in_cluster(cluster_id)
    ]
    assessed = [(listing, answer) for listing, answer in answers if answer is not None]
    # A program that still runs with an older model has no say over what a newer one found.
    if len(assessed) < len(answers) or max(answer.id for _, answer in assessed) < shown.id:
        return False
    supporting = [(listing, answer) for listing, answer in assessed if answer.lead]
    if supporting:
        if lead.browser_capture_id is None:
            listing, answer = max(supporting, key=lambda pair: pair[1].priority)
            tx.leads.show(lead.id, listing, answer, at)
        return False
    now = next((answer for _, answer in assessed if answer.version_id == shown.version_id), None)
    return now is not None and now.id > shown.id and tx.leads.withdraw(lead.id, now, at)
