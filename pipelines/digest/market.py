"""The leads of a digest that are market regulation's."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pipelines.digest.counting import Counted
from pipelines.digest.figures import UNKNOWN, MarketLead, RuleTouched
from pipelines.evidence.words import CONSEQUENCES
from pipelines.records import Case, Decision, Verdict
from pipelines.store import Tx


def market_leads(tx: Tx, counted: Iterable[Counted]) -> tuple[MarketLead, ...]:
    """Confirmed or transferred leads that touch advertising rules or were sent to market regulation."""
    rows = [
        _market_lead(item, item.decision, tx.cases.of_lead(item.lead.id))
        for item in counted
        if item.decision is not None and _is_for_market(item, item.decision)
    ]
    order = {kind: place for place, kind in enumerate(CONSEQUENCES)}
    return tuple(sorted(rows, key=lambda row: (order[row.consequence], row.id)))


def _is_for_market(item: Counted, decision: Decision) -> bool:
    if decision.verdict not in {Verdict.CONFIRM, Verdict.TRANSFER}:
        return False
    return is_market_department(decision.to_department or "") or any(rule.code.startswith("AD") for rule in item.rules)


def _market_lead(item: Counted, decision: Decision, case: Case | None) -> MarketLead:
    lead = item.lead
    return MarketLead(
        id=lead.id,
        title=lead.title,
        source=lead.source,
        platform=item.platform,
        url=lead.url,
        district=lead.district or UNKNOWN,
        operator=item.operator[1],
        verdict=decision.verdict,
        department=decision.to_department or "",
        decided_by=decision.user,
        decided_at=decision.decided_at,
        found_at=lead.created_at,
        rules=item.rules,
        consequence=_to_market(item.rules),
        case_id=case.id if case is not None else "",
        case_status=case.status if case is not None else "",
        demo=lead.demo,
        late=item.late,
        before=item.before,
    )


def _to_market(rules: Sequence[RuleTouched]) -> str:
    """What a lead is to market regulation. A neighbouring rule never gives a slogan a penalty; but a lead with another
    suspicion is not sent as one for which no penalty exists."""
    advertising = {rule.consequence for rule in rules if rule.code.startswith("AD")}
    if "sanctionable" in advertising:
        return "sanctionable"
    return "cleanup" if {rule.consequence for rule in rules} == {"cleanup"} else "lead"


def is_market_department(department: str) -> bool:
    """Is this department market regulation (市场监督管理部门, 市场监管局, 市监 …)?"""
    return "市场监" in department or "市监" in department
