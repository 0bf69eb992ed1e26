"""What became of things: operators that come up again, what officers entered of the leads that were confirmed or handed
on, transfers on which nothing was entered, pages that are gone. What is entered nowhere is not guessed."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from pipelines import clock
from pipelines.digest.became import FollowedUp, Gone, Handled, HeldLine, OperatorNote, Pending, Progress, StillShown
from pipelines.digest.drill import REACHED
from pipelines.digest.figures import UNKNOWN
from pipelines.digest.ledger import Account, entered_earlier
from pipelines.digest.periods import Period
from pipelines.evidence.followed import ENTERED, FOLLOW_UPS, holding, taken_on
from pipelines.records import Decision, FollowUp, FollowUpKind, Lead, Mark, Page, PageState, Verdict
from pipelines.store import Tx


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


def entered(tx: Tx, period: Period, account: Account, lead_ids: Sequence[int]) -> dict[int, tuple[FollowUp, ...]]:
    """What this digest and those before it tell of what became of these leads."""
    every = tx.follow_ups.for_leads(lead_ids)
    known = account.follow_up_marks.keys() | set(entered_earlier(tx, period, account, every))
    return {lead_id: tuple(row for row in rows if row.id in known) for lead_id, rows in every.items()}


@dataclass(frozen=True, kw_only=True)
class Held:
    """A lead whose decision, as it stood at the period's end, is a confirmation or a transfer."""

    lead: Lead
    decision: Decision
    #: What became of it, of what this digest and those before it tell: the entries that hold.
    entries: tuple[FollowUp, ...]


def held_leads(
    leads: Sequence[Lead],
    histories: Mapping[int, Sequence[Decision]],
    entries: Mapping[int, Sequence[FollowUp]],
    end: datetime,
) -> list[Held]:
    """Those of the leads, with the entries given."""
    found = []
    for lead in leads:
        made = [row for row in histories.get(lead.id, ()) if row.decided_at < end]
        decision = taken_on(made)
        if decision is not None:
            found.append(Held(lead=lead, decision=decision, entries=holding(entries.get(lead.id, ()), made)))
    return found


def followed_up(held: Sequence[Held], account: Account, leads: Mapping[int, Lead]) -> tuple[FollowedUp, ...]:
    """The entries this digest tells, undos left out, by lead and as entered."""
    stand = {row.id for one in held for row in one.entries}
    rows = [
        FollowedUp(
            id=row.id,
            lead=row.lead_id,
            title=leads[row.lead_id].title,
            kind=row.kind,
            office=row.office,
            on_day=row.on_day or date.min,
            paper=row.paper,
            holds=row.id in stand,
            late=account.follow_up_marks[row.id] is Mark.LATE,
        )
        for row in account.follow_ups
        if row.kind is not FollowUpKind.UNDO
    ]
    return tuple(sorted(rows, key=lambda row: (row.lead, row.id)))


def handled(rows: Sequence[FollowedUp]) -> tuple[Handled, ...]:
    """Leads of which this digest tells each kind, of what holds; every kind has a row."""
    ids = {kind: tuple(dict.fromkeys(row.lead for row in rows if row.holds and row.kind is kind)) for kind in ENTERED}
    return tuple(Handled(key=kind, name=FOLLOW_UPS[kind], leads=len(found)) for kind, found in ids.items())


def held_lines(held: Sequence[Held]) -> tuple[HeldLine, ...]:
    """Every one of them, by id."""
    rows = [
        HeldLine(
            id=one.lead.id,
            title=one.lead.title,
            district=one.lead.district or UNKNOWN,
            stands=one.decision.verdict.value,
            became=tuple(dict.fromkeys(row.kind.value for row in one.entries)),
        )
        for one in held
    ]
    return tuple(sorted(rows, key=lambda row: row.id))


def progress(held: Sequence[HeldLine]) -> tuple[Progress, ...]:
    """By district how many were taken on, and how many of them something, the end, or a rectification is entered of."""
    groups: dict[str, list[HeldLine]] = {}
    for line in held:
        groups.setdefault(line.district, []).append(line)
    rows = [
        Progress(
            district=district,
            **{column: sum(counts(line.became) for line in found) for column, counts in REACHED.items()},
        )
        for district, found in groups.items()
    ]
    return tuple(sorted(rows, key=lambda row: (-row.taken_on, row.district)))


def pending(held: Sequence[Held], period: Period, now: datetime) -> tuple[Pending, ...]:
    """Transferred leads of which nothing was entered, the longest ago first."""
    until = min(period.end, now)
    rows = [
        Pending(
            id=one.lead.id,
            title=one.lead.title,
            department=one.decision.to_department or UNKNOWN,
            sent_at=one.decision.decided_at,
            days=max(0, (clock.local(until) - clock.local(one.decision.decided_at)).days),
        )
        for one in held
        if one.decision.verdict is Verdict.TRANSFER and not one.entries
    ]
    return tuple(sorted(rows, key=lambda row: (row.sent_at, row.id)))


def gone_and_shown(tx: Tx, held: Sequence[Held]) -> tuple[tuple[Gone, ...], tuple[StillShown, ...]]:
    """Those whose page the crawler last found gone; and those entered as rectified whose page it saw after that day."""
    pages = _pages(tx, [one.lead for one in held])
    away, shown = [], []
    for one in held:
        page = pages.get(one.lead.id)
        if page is None:
            continue
        seen = page.last_fetched_at
        if page.state is PageState.GONE:
            away.append(Gone(id=one.lead.id, title=one.lead.title, seen_at=seen))
        days = [row.on_day for row in one.entries if row.kind is FollowUpKind.RECTIFIED and row.on_day]
        mended = max(days, default=None)
        # A page that says something else by now may be what was mended.
        same = page.changed_at is None or page.changed_at < one.decision.decided_at
        if page.state is PageState.OK and same and mended is not None and clock.local(seen).date() > mended:
            shown.append(StillShown(id=one.lead.id, title=one.lead.title, rectified_on=mended, seen_at=seen))
    return tuple(away), tuple(shown)


def _pages(tx: Tx, leads: Sequence[Lead]) -> dict[int, Page]:
    listings = tx.listings.get_many([lead.listing_id for lead in leads])
    keys: dict[str, list[str]] = {}
    for listing in listings.values():
        keys.setdefault(listing.source, []).append(listing.key)
    pages = {source: tx.pages.get_many(source, found) for source, found in keys.items()}
    found = {}
    for lead in leads:
        shown = listings.get(lead.listing_id)
        page = pages[shown.source].get(shown.key) if shown is not None else None
        if page is not None:
            found[lead.id] = page
    return found
