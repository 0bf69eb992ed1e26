"""Which rows of the record a digest tells.

A digest of a series tells a lead, decision or follow-up in its own period, or, when it arrived after that period's
digest was out (a clock set back, a machine that was off), in the next one, marked late. Each row is told once a series:
the store refuses it a second time. Rows are known by their ids, never by the clock alone.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from pipelines.digest.periods import SERIES_NAMES, Period
from pipelines.errors import BadInput, Conflict
from pipelines.records import Decision, Entry, FollowUp, Mark, RowKind, Series, StoredDigest
from pipelines.store import Tx

_Row = TypeVar("_Row", Decision, FollowUp)


@dataclass(frozen=True, kw_only=True)
class Account:
    """The rows one digest tells."""

    #: Lead → how it came to be told.
    leads: dict[int, Mark]
    #: The decisions, undos too, oldest first, and how they came to be told.
    decisions: tuple[Decision, ...]
    marks: dict[int, Mark]
    #: What was entered as having become of leads, taken back too, oldest first, and how it came to be told.
    follow_ups: tuple[FollowUp, ...] = ()
    follow_up_marks: dict[int, Mark] = field(default_factory=dict)
    #: Rows no earlier edition told; the store is to remember them.
    new: tuple[Entry, ...] = ()
    #: The edition this one takes the place of.
    replaces: StoredDigest | None = None


def account_of_days(tx: Tx, period: Period, *, demo: bool) -> Account:
    """Freely chosen days: what the clock says happened in them. No ledger is kept of it."""
    decisions = _without_demo(tx, tx.decisions.between(period.begin, period.end), demo=demo)
    came = {lead.id: Mark.DUE for lead in tx.leads.created_between(period.begin, period.end) if demo or not lead.demo}
    follow_ups = _without_demo(tx, tx.follow_ups.between(period.begin, period.end), demo=demo)
    return Account(
        leads=came,
        decisions=decisions,
        marks=dict.fromkeys((row.id for row in decisions), Mark.DUE),
        follow_ups=follow_ups,
        follow_up_marks=dict.fromkeys((row.id for row in follow_ups), Mark.DUE),
    )


def account_of_period(tx: Tx, series: Series, period: Period, now: datetime, *, demo: bool) -> Account:
    """A period of a series. Raises BadInput for one that is not over, Conflict for one that later ones have overtaken:
    what it would tell, they have told."""
    name = SERIES_NAMES[series]
    if now < period.end:
        raise BadInput(
            f"{period.first_day} 至 {period.last_day} 这一期还没有过完，{period.end:%Y-%m-%d} 起才能出{name}；"
            f"要看到今天为止，请生成任意起止的汇总，起日填 {period.first_day}"
        )
    first = str(period.first_day)
    last = tx.digests.last_period(series)
    before = tx.digests.newest(series, first)
    if before is None and last is not None and first < last:
        raise Conflict(f"{last} 起的{name}已出，此前未报的内容已在其中补报，不能再出 {first} 起的{name}")
    told = tx.digests.entries(series, first)
    new: tuple[Entry, ...] = ()
    if before is None or first == last:  # else what is new belongs to the next period, so that none is told twice
        early = Mark.OPENING if last is None else Mark.LATE
        rows = (
            (RowKind.LEAD, tx.digests.untold_leads(series, period.end, demo=demo)),
            (RowKind.DECISION, tx.digests.untold_decisions(series, period.end, demo=demo)),
            (RowKind.FOLLOW_UP, tx.digests.untold_follow_ups(series, period.end, demo=demo)),
        )
        new = tuple(
            Entry(kind=kind, row_id=row_id, mark=early if at < period.begin else Mark.DUE)
            for kind, found in rows
            for row_id, at in found
        )
    counted = [entry for entry in (*told, *new) if entry.mark is not Mark.OPENING]
    marks = {entry.row_id: entry.mark for entry in counted if entry.kind is RowKind.DECISION}
    entered = {entry.row_id: entry.mark for entry in counted if entry.kind is RowKind.FOLLOW_UP}
    return Account(
        leads={entry.row_id: entry.mark for entry in counted if entry.kind is RowKind.LEAD},
        decisions=tx.decisions.get_many(marks),
        marks=marks,
        follow_ups=tx.follow_ups.get_many(entered),
        follow_up_marks=entered,
        new=new,
        replaces=before,
    )


def told_earlier(
    tx: Tx, period: Period, account: Account, histories: dict[int, tuple[Decision, ...]]
) -> Collection[int]:
    """Of these leads' decisions those that lie before what this digest tells."""
    if period.series is None:
        return {row.id for rows in histories.values() for row in rows if row.decided_at < period.begin}
    first_day = str(period.first_day)
    before = tx.digests.told_before(period.series, first_day, histories)
    return _opened(tx, period.series, first_day, account, RowKind.DECISION) | before


def entered_earlier(
    tx: Tx, period: Period, account: Account, entries: Mapping[int, Sequence[FollowUp]]
) -> Collection[int]:
    """Of these entries on what became of leads those that lie before what this digest tells."""
    if period.series is None:
        return {row.id for rows in entries.values() for row in rows if row.at < period.begin}
    first_day = str(period.first_day)
    before = tx.digests.follow_ups_told_before(period.series, first_day)
    return _opened(tx, period.series, first_day, account, RowKind.FOLLOW_UP) | before


def _opened(tx: Tx, series: Series, first_day: str, account: Account, kind: RowKind) -> set[int]:
    """Rows that lie before the first digest of the series, when this is that digest."""
    entries = account.new if account.replaces is None else (*account.new, *tx.digests.entries(series, first_day))
    return {entry.row_id for entry in entries if (entry.kind, entry.mark) == (kind, Mark.OPENING)}


def _without_demo(tx: Tx, rows: Sequence[_Row], *, demo: bool) -> tuple[_Row, ...]:
    """The rows without those on demo leads, or all where these count too."""
    leads = tx.leads.get_many(sorted({row.lead_id for row in rows}))
    return tuple(row for row in rows if demo or (row.lead_id in leads and not leads[row.lead_id].demo))
