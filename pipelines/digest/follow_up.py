"""What became of things, as far as the store knows: operators that come up again, transfers on which nothing followed,
pages that are gone. What others answered stands in no table, and is not guessed."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from pipelines import clock
from pipelines.digest.figures import UNKNOWN, Gone, OperatorNote, Pending
from pipelines.digest.periods import Period
from pipelines.evidence.adopted import standing
from pipelines.records import Decision, Lead, PageState, Verdict
from pipelines.store import Tx

_TAKEN_ON = (Verdict.CONFIRM, Verdict.TRANSFER)


def operator_notes(
    tx: Tx,
    leads: Mapping[int, Lead],
    came: Collection[int],
    names: Mapping[int, tuple[str, str]],
    period: Period,
    known: Collection[Lead],
) -> tuple[OperatorNote, ...]:
    """Operators with new leads, those with most first; `known` are leads that were taken on at some time."""
    groups: dict[int, list[int]] = {}
    for lead_id in sorted(came):
        operator_id = leads[lead_id].operator_id
        if operator_id is not None:
            groups.setdefault(operator_id, []).append(lead_id)
    taken = {lead.id for lead in known}
    notes = []
    for operator_id, ids in groups.items():
        others = [one for one in tx.leads.of_operator(operator_id) if one.id not in came]
        earlier = tuple(one.id for one in others if one.created_at < period.begin)
        key, name = names[ids[0]]
        confirmed = tuple(one for one in earlier if one in taken)
        notes.append(OperatorNote(key=key, name=name, leads=tuple(ids), earlier=earlier, confirmed=confirmed))
    return tuple(sorted(notes, key=lambda note: (-len(note.leads) - len(note.earlier), note.key)))


def taken_on(
    leads: Sequence[Lead], histories: Mapping[int, Sequence[Decision]], end: datetime
) -> list[tuple[Lead, Decision]]:
    """Those whose decision, as it stood at `end`, is a confirmation or a transfer."""
    found = []
    for lead in leads:
        held = standing(histories.get(lead.id, ()), end)
        if held and held[-1].verdict in _TAKEN_ON:
            found.append((lead, held[-1]))
    return found


def pending(held: Sequence[tuple[Lead, Decision]], period: Period, now: datetime) -> tuple[Pending, ...]:
    """Transferred leads, the longest ago first."""
    until = min(period.end, now)
    rows = [
        Pending(
            id=lead.id,
            title=lead.title,
            department=decision.to_department or UNKNOWN,
            sent_at=decision.decided_at,
            days=max(0, (clock.local(until) - clock.local(decision.decided_at)).days),
        )
        for lead, decision in held
        if decision.verdict is Verdict.TRANSFER
    ]
    return tuple(sorted(rows, key=lambda row: (row.sent_at, row.id)))


def gone(tx: Tx, held: Sequence[tuple[Lead, Decision]]) -> tuple[Gone, ...]:
    """Those whose page the crawler last found gone."""
    listings = tx.listings.get_many([lead.listing_id for lead, _ in held])
    keys: dict[str, list[str]] = {}
    for listing in listings.values():
        keys.setdefault(listing.source, []).append(listing.key)
    pages = {source: tx.pages.get_many(source, found) for source, found in keys.items()}
    rows = []
    for lead, _ in held:
        shown = listings.get(lead.listing_id)
        page = pages[shown.source].get(shown.key) if shown is not None else None
        if page is not None and page.state is PageState.GONE:
            rows.append(Gone(id=lead.id, title=lead.title, seen_at=page.last_fetched_at))
    return tuple(rows)
