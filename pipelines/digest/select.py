"""Reading the figures of a period from the store: days inclusive, Asia/Shanghai, decisions as they stood at its end.

Which rows they tell is the ledger's; what came after changes nothing. Rules, places and operators of a lead are those
known now.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from pipelines import clock
from pipelines.desk import Desk, agency_of, is_demo, region_of
from pipelines.digest.collected import collection_log
from pipelines.digest.figures import UNKNOWN, Figures, Line, MarketLead, RuleTouched, Tally, Transfer
from pipelines.digest.follow_up import gone, operator_notes, pending, taken_on
from pipelines.digest.ledger import Account, account_of_days, account_of_period, told_earlier
from pipelines.digest.periods import Period, period_with, span
from pipelines.digest.rule_names import rule_name
from pipelines.errors import EvidenceError
from pipelines.evidence.adopted import adopted, standing, struck_by
from pipelines.evidence.marks import masked_result
from pipelines.evidence.operator_words import operator_words
from pipelines.evidence.words import CONSEQUENCES, COVERS
from pipelines.records import CONSEQUENCE_ORDER, Case, Decision, Lead, Mark, Series, Source, StoredAssessment, Verdict
from pipelines.records.findings import gravest_first
from pipelines.records.operators import NO_NAME
from pipelines.records.sites import site_name
from pipelines.store import Tx

#: More operators than this are added up in one last row.
_MOST_OPERATORS = 20
_CONSEQUENCE_ORDER = tuple(CONSEQUENCES)
_NO_COVER = frozenset({"none", "other"})


@dataclass(frozen=True, kw_only=True)
class _Counted:
    """One lead of the period."""

    lead: Lead
    came: bool
    #: Decision standing at the period's end, if it was made in the period.
    decision: Decision | None
    #: The findings an officer did not strike out.
    rules: tuple[RuleTouched, ...]
    covers: tuple[str, ...]
    operator: tuple[str, str]
    #: The site it stood on, as papers call it.
    platform: str
    #: Decision standing at the period's end, whenever it was made.
    stands: Decision | None
    #: What was said before this digest, if it holds no more.
    before: str
    late: bool
    #: Its decisions that this digest tells.
    told: tuple[Decision, ...]


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
        counted = [
            _count(tx, lead, histories.get(lead_id, ()), account, earlier, operators[lead_id], sources)
            for lead_id, lead in sorted(leads.items())
        ]
        known = [lead for lead in tx.leads.ever_taken_on() if demo or not lead.demo]
        held = taken_on(known, tx.decisions.for_leads([lead.id for lead in known]), period.end)
        notes = operator_notes(tx, leads, account.leads, operators, period, [lead for lead, _ in held])
        figures = Figures(
            first_day=period.first_day,
            last_day=period.last_day,
            made_at=now,
            made_by=user,
            agency=agency_of(desk, tx),
            region=region_of(desk, tx),
            demo=demo,
            total=_tally("total", "合计", counted),
            waiting=sum(item.came and item.stands is None for item in counted),
            decision_rows=len(account.decisions),
            undos=sum(row.verdict is Verdict.UNDO for row in account.decisions),
            transfers=_transfers(counted),
            by_code=_by_code(counted),
            by_cover=_by_cover(counted),
            by_consequence=_by_consequence(counted),
            cleanup_beside=sum(_cleanup_beside(item.rules) for item in counted),
            by_district=_grouped(counted, lambda item: (item.lead.district or UNKNOWN,) * 2),
            by_platform=_grouped(counted, lambda item: (item.platform,) * 2),
            by_operator=_capped(_grouped(counted, lambda item: item.operator), _MOST_OPERATORS),
            market=_market(tx, counted),
            series=period.series.value if period.series else "",
            erratum=0,
            reason=reason,
            changes=(),
            late_leads=sum(mark is Mark.LATE for mark in account.leads.values()),
            late_decisions=sum(mark is Mark.LATE for mark in account.marks.values()),
            taken_back=sum(bool(item.before) for item in counted),
            unaudited=_unaudited(tx, account.decisions),
            lines=tuple(_line(item) for item in counted),
            operators_new=tuple(note for note in notes if not note.earlier),
            operators_repeat=tuple(note for note in notes if note.earlier),
            pending=pending(held, period, now),
            gone=gone(tx, held),
            trend=(),
            collection=collection_log(tx, period, now, demo=demo),
        )
    return figures, account


def _leads(tx: Tx, account: Account) -> dict[int, Lead]:
    wanted = sorted(account.leads.keys() | {row.lead_id for row in account.decisions})
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
) -> _Counted:
    """How one lead stands by what this digest and those before it tell."""
    told = [row for row in history if row.id in account.marks]
    was = next(reversed(standing([row for row in history if row.id in earlier])), None)
    seen = [row for row in history if row.id in account.marks or row.id in earlier]
    stands = next(reversed(standing(seen)), None)
    assessment = _assessment(tx, lead)
    late = account.leads.get(lead.id) is Mark.LATE or any(account.marks[row.id] is Mark.LATE for row in told)
    return _Counted(
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


def _line(item: _Counted) -> Line:
    return Line(
        id=item.lead.id,
        title=item.lead.title,
        district=item.lead.district or UNKNOWN,
        platform=item.platform,
        operator=item.operator[0],
        operator_name=item.operator[1],
        codes=tuple(dict.fromkeys(rule.code for rule in item.rules)),
        covers=item.covers,
        consequence=_gravest(item.rules),
        cleanup_beside=_cleanup_beside(item.rules),
        came=item.came,
        stands=item.stands.verdict.value if item.stands is not None else "",
        counted=item.decision is not None,
        before=item.before,
        late=item.late,
        decisions=tuple(row.id for row in item.told),
        undos=sum(row.verdict is Verdict.UNDO for row in item.told),
    )


def _unaudited(tx: Tx, decisions: Sequence[Decision]) -> tuple[int, ...]:
    """Decisions that no event of the audit log names: somebody wrote past the program."""
    leads = sorted({row.lead_id for row in decisions})
    named: set[int] = set()
    for start in range(0, len(leads), 500):
        events = tx.audit.for_objects([("lead", str(lead_id)) for lead_id in leads[start : start + 500]])
        named.update(int(event.detail["decision"]) for event in events if "decision" in event.detail)
    return tuple(row.id for row in decisions if row.id not in named)


def is_market_department(department: str) -> bool:
    """Is this department market regulation (市场监督管理部门, 市场监管局, 市监 …)?"""
    return "市场监" in department or "市监" in department


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


def _tally(key: str, name: str, counted: Iterable[_Counted]) -> Tally:
    items = list(counted)
    stood = Counter(item.decision.verdict for item in items if item.decision is not None)
    return Tally(
        key=key,
        name=name,
        came=sum(item.came for item in items),
        confirm=stood[Verdict.CONFIRM],
        transfer=stood[Verdict.TRANSFER],
        dismiss=stood[Verdict.DISMISS],
        hold=stood[Verdict.HOLD],
    )


def _grouped(counted: Iterable[_Counted], key_of: Callable[[_Counted], tuple[str, str]]) -> tuple[Tally, ...]:
    """Rows by key, the fullest first; leads that neither came nor stand decided make no row."""
    groups: dict[tuple[str, str], list[_Counted]] = defaultdict(list)
    for item in counted:
        if item.came or item.decision is not None:
            groups[key_of(item)].append(item)
    rows = [_tally(key, name, items) for (key, name), items in groups.items()]
    return tuple(sorted(rows, key=lambda row: (-row.came, -row.decided, row.key)))


def _capped(rows: tuple[Tally, ...], most: int) -> tuple[Tally, ...]:
    if len(rows) <= most:
        return rows
    rest = rows[most - 1 :]
    last = Tally(
        key="rest",
        name=f"其余 {len(rest)} 项",
        came=sum(row.came for row in rest),
        confirm=sum(row.confirm for row in rest),
        transfer=sum(row.transfer for row in rest),
        dismiss=sum(row.dismiss for row in rest),
        hold=sum(row.hold for row in rest),
    )
    return (*rows[: most - 1], last)


def _by_code(counted: Iterable[_Counted]) -> tuple[Tally, ...]:
    groups: dict[str, list[_Counted]] = defaultdict(list)
    names: dict[str, list[str]] = defaultdict(list)
    for item in counted:
        if item.came or item.decision is not None:
            for rule in item.rules:
                names[rule.code].append(rule.name)
            for code in {rule.code for rule in item.rules}:
                groups[code].append(item)
    return tuple(_tally(code, rule_name(code, names[code]), groups[code]) for code in sorted(groups))


def _by_cover(counted: Iterable[_Counted]) -> tuple[Tally, ...]:
    """A row a cover, the fullest first; what has no cover last."""
    groups: dict[str, list[_Counted]] = defaultdict(list)
    for item in counted:
        if item.came or item.decision is not None:
            for cover in item.covers:
                groups[cover].append(item)
    rows = [_tally(cover, COVERS[cover], items) for cover, items in groups.items()]
    order = list(COVERS)
    return tuple(sorted(rows, key=lambda row: (row.key in _NO_COVER, -row.came, -row.decided, order.index(row.key))))


def _by_consequence(counted: Iterable[_Counted]) -> tuple[Tally, ...]:
    """Every lead once, under its most serious finding; all kinds are shown, also those with nothing."""
    groups: dict[str, list[_Counted]] = {kind: [] for kind in _CONSEQUENCE_ORDER}
    for item in counted:
        groups[_gravest(item.rules)].append(item)
    return tuple(_tally(kind, CONSEQUENCES[kind], items) for kind, items in groups.items())


def _gravest(rules: Sequence[RuleTouched]) -> str:
    kinds = {rule.consequence for rule in rules}
    return next((kind for kind in CONSEQUENCE_ORDER if kind in kinds), "lead")


def _cleanup_beside(rules: Sequence[RuleTouched]) -> bool:
    kinds = {rule.consequence for rule in rules}
    return "cleanup" in kinds and len(kinds) > 1


def _to_market(rules: Sequence[RuleTouched]) -> str:
    """What a lead is to market regulation. A neighbouring rule never gives a slogan a penalty; but a lead with another
    suspicion is not sent as one for which no penalty exists."""
    advertising = {rule.consequence for rule in rules if rule.code.startswith("AD")}
    if "sanctionable" in advertising:
        return "sanctionable"
    return "cleanup" if {rule.consequence for rule in rules} == {"cleanup"} else "lead"


def _transfers(counted: Iterable[_Counted]) -> tuple[Transfer, ...]:
    sent = Counter(
        item.decision.to_department or UNKNOWN
        for item in counted
        if item.decision is not None and item.decision.verdict is Verdict.TRANSFER
    )
    rows = sorted(sent.items(), key=lambda row: (-row[1], row[0]))
    return tuple(Transfer(department=department, leads=number) for department, number in rows)


def _market(tx: Tx, counted: Iterable[_Counted]) -> tuple[MarketLead, ...]:
    """Confirmed or transferred leads that touch advertising rules or were sent to market regulation."""
    rows = [
        _market_lead(item, item.decision, tx.cases.of_lead(item.lead.id))
        for item in counted
        if item.decision is not None and _is_for_market(item, item.decision)
    ]
    order = {kind: place for place, kind in enumerate(_CONSEQUENCE_ORDER)}
    return tuple(sorted(rows, key=lambda row: (order[row.consequence], row.id)))


def _is_for_market(item: _Counted, decision: Decision) -> bool:
    if decision.verdict not in {Verdict.CONFIRM, Verdict.TRANSFER}:
        return False
    return is_market_department(decision.to_department or "") or any(rule.code.startswith("AD") for rule in item.rules)


def _market_lead(item: _Counted, decision: Decision, case: Case | None) -> MarketLead:
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
