"""What an officer is asked before leads become a case: which leads, whose they are, a new case or an open one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipelines.desk import Desk
from pipelines.enforcement.cases import doubtful, free_leads
from pipelines.enforcement.permissions import Action, require
from pipelines.evidence.operator_words import operator_words
from pipelines.records import Case, Lead, LeadStatus, User
from pipelines.store import Tx

#: More open cases than these are not offered; the newest and those of the same operator come first.
MOST_CASES = 100


@dataclass(frozen=True, kw_only=True)
class LeadChoice:
    """One accepted lead that is in no case."""

    lead: Lead
    #: Who stands behind it, as every page and paper says it.
    operator: str
    #: Whether the officer chose it; else it is offered because it is of the same operator.
    chosen: bool


@dataclass(frozen=True, kw_only=True)
class CaseChoice:
    """Everything the page that asks shows."""

    leads: tuple[LeadChoice, ...]
    #: Open cases of the same operator.
    same: tuple[Case, ...]
    #: The other open cases.
    others: tuple[Case, ...]
    #: How many operators the chosen leads are known to belong to, and how many leads are known to be nobody's.
    known: int
    unknown: int

    @property
    def named(self) -> int:
        """How many of the chosen leads have a known operator."""
        return sum(lead.chosen for lead in self.leads) - self.unknown

    @property
    def doubtful(self) -> bool:
        """Several leads that are not known to be of one operator: the officer confirms that they belong together."""
        return doubtful([one.lead for one in self.leads if one.chosen])


def case_choice(desk: Desk, lead_ids: Sequence[int], *, user: User) -> CaseChoice:
    """What can be done with these leads. Raises Refused, NotFound, BadInput or Conflict as opening a case does."""
    require(user, Action.CASES)
    with desk.store.read() as tx:
        leads = free_leads(tx, lead_ids)
        wanted = {lead.id for lead in leads}
        operators = {lead.operator_id for lead in leads}
        known = {one for one in operators if one is not None}
        siblings = [] if len(operators) > 1 else [one for lead in leads[:1] for one in siblings_of(tx, lead)]
        ongoing = tx.cases.ongoing(MOST_CASES)
        same = tuple(case for case in ongoing if case.operator_id in known)
        return CaseChoice(
            leads=tuple(
                LeadChoice(lead=lead, operator=operator_words(tx, lead), chosen=lead.id in wanted)
                for lead in (*leads, *(one for one in siblings if one.id not in wanted))
            ),
            same=same,
            others=tuple(case for case in ongoing if case not in same),
            known=len(known),
            unknown=sum(lead.operator_id is None for lead in leads),
        )


def siblings_of(tx: Tx, lead: Lead) -> tuple[Lead, ...]:
    """Other accepted leads of the same operator that are in no case."""
    if lead.operator_id is None or lead.status is not LeadStatus.ACCEPTED:
        return ()
    found = [
        other
        for other in tx.leads.of_operator(lead.operator_id)
        if other.id != lead.id and other.status is LeadStatus.ACCEPTED
    ]
    taken = tx.cases.of_leads([other.id for other in found])
    return tuple(other for other in found if other.id not in taken)
