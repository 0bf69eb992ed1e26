"""Reading the figures of a period from the store: days inclusive, Asia/Shanghai, decisions as they stood at its end.

Which rows they tell is the ledger's; what came after changes nothing. Rules, places and operators of a lead are those
known now.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import Any

from pipelines import clock
from pipelines.desk import Desk, agency_of, is_demo, region_of
from pipelines.digest.became import FollowedUp
from pipelines.digest.collected import collection_log
from pipelines.digest.counting import (
    Counted,
    by_code,
    by_consequence,
    by_cover,
    capped,
    cleanup_beside,
    gravest,
    grouped,
    tally,
    transfers,
)
from pipelines.digest.drill import REACHED
from pipelines.digest.figures import UNKNOWN, Figures, Line, RuleTouched
from pipelines.digest.follow_up import (
    entered,
    followed_up,
    gone_and_shown,
    handled,
    held_leads,
    held_lines,
    operator_notes,
    pending,
    progress,
)
from pipelines.digest.ledger import Account, account_of_days, account_of_period, told_earlier
from pipelines.digest.market import market_leads
from pipelines.digest.periods import Period, period_with, span
from pipelines.errors import EvidenceError
from pipelines.evidence.adopted import adopted, standing, struck_by
from pipelines.evidence.marks import masked_result
from pipelines.evidence.operator_words import operator_words
from pipelines.evidence.words import COVERS
from pipelines.records import (
    Decision,
    FollowUp,
    Lead,
    Mark,
    Series,
    Source,
    StoredAssessment,
    Verdict,
)
from pipelines.records.findings import gravest_first
from pipelines.records.operators import NO_NAME
from pipelines.records.sites import site_name
from pipelines.store import Tx

#: More operators than this are added up in one last row.
_MOST_OPERATORS = 20


def select_figures(
    desk: Desk,
    first_day: date,
    last_day: date,
    *,
    user: str,
    series: Series | None = None,
    reason: str = "",
) -> Figures:
    """The figures of these days, from one snapshot."""
    chosen = span(first_day, last_day) if series is None else period_with(series, first_day)
    return select_told(desk, chosen, user=user, reason=reason)[0]


def select_told(desk: Desk, period: Period, *, user: str, reason: str = "") -> tuple[Figures, Account]:
    """The figures, and which rows of the record they tell. Raises what `account_of_period` does."""
    demo, now = is_demo(desk), clock.now()
    with desk.store.read() as tx:
        account = (
            account_of_days(tx, period, demo=demo)
            if period.series is None
            else account_of_period(tx, period.series, period, now, demo=demo)
        )
        leads = _leads(tx, account)
        histories = tx.decisions.for_leads(list(leads))
        earlier = told_earlier(tx, period, account, histories)
        operators = _operators(tx, leads.values())
        sources = {source.name: source for source in tx.sources.list()}
        lines = [
            _count(tx, lead, histories.get(lead_id, ()), account, earlier, operators[lead_id], sources)
            for lead_id, lead in sorted(leads.items())
        ]
        # Of some leads this digest tells nothing but what became of them.
        counted = [item for item in lines if item.came or item.told]
        known = [lead for lead in tx.leads.ever_taken_on() if demo or not lead.demo]
        told = entered(tx, period, account, [lead.id for lead in known])
        held = held_leads(known, tx.decisions.for_leads([lead.id for lead in known]), told, period.end)
        notes = operator_notes(tx, leads, account.leads, operators, period, [one.lead for one in held])
        became = followed_up(held, account, {lead.id: lead for lead in known})
        standing_held = held_lines(held)
        away, shown = gone_and_shown(tx, held)
        figures = Figures(
            first_day=period.first_day,
            last_day=period.last_day,
            made_at=now,
            made_by=user,
            agency=agency_of(desk, tx),
            region=region_of(desk, tx),
            demo=demo,
            total=tally("total", "合计", counted),
            waiting=sum(item.came and item.stands is None for item in counted),
            decision_rows=len(account.decisions),
            undos=sum(row.verdict is Verdict.UNDO for row in account.decisions),
            transfers=transfers(counted),
            by_code=by_code(counted),
            by_cover=by_cover(counted),
            by_consequence=by_consequence(counted),
            cleanup_beside=sum(cleanup_beside(item.rules) for item in counted),
            by_district=grouped(counted, lambda item: (item.lead.district or UNKNOWN,) * 2),
            by_platform=grouped(counted, lambda item: (item.platform,) * 2),
            by_operator=capped(grouped(counted, lambda item: item.operator), _MOST_OPERATORS),
            market=market_leads(tx, counted),
            series=period.series.value if period.series else "",
            erratum=0,
            reason=reason,
            changes=(),
            late_leads=sum(mark is Mark.LATE for mark in account.leads.values()),
            late_decisions=sum(mark is Mark.LATE for mark in account.marks.values()),
            taken_back=sum(bool(item.before) for item in counted),
            unaudited=_unaudited(tx, account.decisions),
            lines=_lines(lines, account, became),
            operators_new=tuple(note for note in notes if not note.earlier),
            operators_repeat=tuple(note for note in notes if note.earlier),
            follow_ups=became,
            handled=handled(became),
            follow_ups_taken_back=len(_undos(account)),
            taken_on=len(held),
            rectified=sum(REACHED["rectified"](line.became) for line in standing_held),
            rectified_shown=shown,
            progress=progress(standing_held),
            held=standing_held,
            pending=pending(held, period, now),
            gone=away,
            trend=(),
            collection=collection_log(tx, period, now, demo=demo),
        )
    return figures, account


def _undos(account: Account) -> list[FollowUp]:
    """Those that take back what an earlier digest told."""
    return [row for row in account.follow_ups if row.undoes is not None and row.undoes not in account.follow_up_marks]


def _leads(tx: Tx, account: Account) -> dict[int, Lead]:
    became = {row.lead_id for row in account.follow_ups}
    wanted = sorted(account.leads.keys() | {row.lead_id for row in account.decisions} | became)
    found: dict[int, Lead] = {}
    for start in range(0, len(wanted), 900):  # SQLite takes a bounded number of parameters
        found |= tx.leads.get_many(wanted[start : start + 900])
    missing = next((lead_id for lead_id in wanted if lead_id not in found), None)
    if missing is not None:
        raise EvidenceError(f"审核记录所指的线索 {missing} 不存在")
    return found


def _count(
    tx: Tx,
    lead: Lead,
    history: Sequence[Decision],
    account: Account,
    earlier: Collection[int],
    operator: tuple[str, str],
    sources: dict[str, Source],
) -> Counted:
    """How one lead stands by what this digest and those before it tell."""
    told = [row for row in history if row.id in account.marks]
    was = next(reversed(standing([row for row in history if row.id in earlier])), None)
    seen = [row for row in history if row.id in account.marks or row.id in earlier]
    stands = next(reversed(standing(seen)), None)
    assessment = _assessment(tx, lead)
    late = account.leads.get(lead.id) is Mark.LATE or any(account.marks[row.id] is Mark.LATE for row in told)
    return Counted(
        lead=lead,
        came=lead.id in account.leads,
        decision=stands if stands is not None and stands.id in account.marks else None,
        rules=_rules(assessment, seen),
        covers=_covers(assessment),
        operator=operator,
        platform=site_name(sources.get(lead.source), lead),
        stands=stands,
        before=was.verdict.value if was is not None and (stands is None or stands.id != was.id) else "",
        late=late,
        told=tuple(told),
    )


def _lines(items: Sequence[Counted], account: Account, became: Sequence[FollowedUp]) -> tuple[Line, ...]:
    kinds: dict[int, dict[str, None]] = defaultdict(dict)
    for row in became:
        if row.holds:
            kinds[row.lead][row.kind.value] = None
    undone = {row.lead_id for row in _undos(account)}
    return tuple(_line(item, tuple(kinds[item.lead.id]), item.lead.id in undone) for item in items)


def _line(item: Counted, became: tuple[str, ...], undone: bool) -> Line:
    return Line(
        id=item.lead.id,
        title=item.lead.title,
        district=item.lead.district or UNKNOWN,
        platform=item.platform,
        operator=item.operator[0],
        operator_name=item.operator[1],
        codes=tuple(dict.fromkeys(rule.code for rule in item.rules)),
        covers=item.covers,
        consequence=gravest(item.rules),
        cleanup_beside=(item.came or bool(item.told)) and cleanup_beside(item.rules),
        came=item.came,
        stands=item.stands.verdict.value if item.stands is not None else "",
        counted=item.decision is not None,
        before=item.before,
        late=item.late,
        decisions=tuple(row.id for row in item.told),
        undos=sum(row.verdict is Verdict.UNDO for row in item.told),
        became=became,
        entry_undone=undone,
    )


def _unaudited(tx: Tx, decisions: Sequence[Decision]) -> tuple[int, ...]:
    """Decisions that no event of the audit log names: somebody wrote past the program."""
    leads = sorted({row.lead_id for row in decisions})
    named: set[int] = set()
    for start in range(0, len(leads), 500):
        events = tx.audit.for_objects([("lead", str(lead_id)) for lead_id in leads[start : start + 500]])
        named.update(int(event.detail["decision"]) for event in events if "decision" in event.detail)
    return tuple(row.id for row in decisions if row.id not in named)


def _assessment(tx: Tx, lead: Lead) -> StoredAssessment:
    assessment = tx.assessments.get(lead.assessment_id)
    if assessment is None:
        raise EvidenceError(f"线索 {lead.id} 的研判结果不存在")
    return assessment


def _covers(assessment: StoredAssessment) -> tuple[str, ...]:
    """Keys of COVERS; those of an answer older than covers, or of one that is not about school subjects: other."""
    told = [str(cover) for cover in assessment.result.get("covers") or ()]
    return tuple(cover for cover in told if cover in COVERS) or ("other",)


def _rules(assessment: StoredAssessment, seen: Sequence[Decision]) -> tuple[RuleTouched, ...]:
    """What the lead touches, without what the officer struck out by the period's end."""
    held = adopted(gravest_first(masked_result(assessment)["findings"]), struck_by(seen, assessment))
    return tuple(_rule(finding) for finding in held)


def _rule(finding: dict[str, Any]) -> RuleTouched:
    return RuleTouched(
        id=str(finding["id"]),
        code=str(finding["code"]),
        name=str(finding["name"]),
        consequence=str(finding["consequence"]),
        department=str(finding["lead_department"]),
        basis=tuple(map(str, finding["basis"])),
        words=tuple(dict.fromkeys(str(span["text"]) for span in finding["spans"])),
    )


def _operators(tx: Tx, leads: Iterable[Lead]) -> dict[int, tuple[str, str]]:
    """Lead → (operator's key, who it is in words); without an operator the key is that of the account it was posted
    by."""
    known: dict[str, str] = {}
    found = {}
    for lead in leads:
        key = str(lead.operator_id or "") or _account(tx, lead)
        if key not in known:
            known[key] = operator_words(tx, lead) if key else NO_NAME
        found[lead.id] = (key, known[key])
    return found


def _account(tx: Tx, lead: Lead) -> str:
    accounts = (contact.id for contact in tx.contacts.of_listing(lead.listing_id) if contact.kind == "account")
    return next((f"account:{place}" for place in accounts), "")
