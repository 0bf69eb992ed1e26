"""Decided leads for tests of learning, made through the store."""

from __future__ import annotations

from typing import Any

from pipelines import clock
from pipelines.desk import Desk
from pipelines.records import STATUS_AFTER, Lead, Strike, Verdict
from tests import factories

#: Words that mark a kind of posting which the corpus does not know.
MARK = "少年宫公益讲堂通知："


def ensure_user(desk: Desk, name: str = "lin") -> None:
    with desk.store.transaction() as tx:
        if tx.users.get(name) is None:
            tx.users.add(factories.user(name))


def add_lead(
    desk: Desk,
    key: str,
    text: str,
    *,
    academic: bool = True,
    signals: tuple[str, ...] = ("academic_hidden",),
    code: str = "",
) -> Lead:
    """An open lead with an assessment of the contract's shape."""
    at = clock.now()
    result: dict[str, Any] = {
        "kind": "offer",
        "academic": {"score": 0.9, "flag": academic},
        "anxiety": {"score": 0.1, "flag": "anxiety" in signals},
        "findings": [{"signal": signal, "code": code or f"X{place}"} for place, signal in enumerate(signals)],
    }
    with desk.store.transaction() as tx:
        listing = factories.add_listing(tx, key, title="", text=text, fields={}, at=at)
        stored = tx.assessments.add(listing.version_id, "m1", "r1", True, 70, result, "", text, at)
        return tx.leads.open_for(listing, stored, at)[0]


def decide(
    desk: Desk,
    lead: Lead,
    verdict: Verdict,
    reason: str = "",
    undoes: int | None = None,
    struck: tuple[Strike, ...] = (),
) -> int:
    """A decision of now, without asking who may."""
    moment = clock.now()
    with desk.store.transaction() as tx:
        department = "教育行政部门" if verdict is Verdict.TRANSFER else None
        decision = tx.decisions.add(lead.id, verdict, department, reason, "lin", None, undoes, moment, struck=struck)
        current = tx.leads.get(lead.id)
        assert current is not None
        if verdict is not Verdict.UNDO:
            tx.leads.set_status(lead.id, STATUS_AFTER[verdict], current.revision)
    return decision.id
