"""Reading the figures of a period from the store: days inclusive, Asia/Shanghai, decisions as they stood at its end.

Decisions made after the last day change nothing. Rules, places and operators of a lead are those known now.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from pipelines import clock
from pipelines.desk import Desk, is_demo
from pipelines.digest.figures import UNKNOWN, Figures, MarketLead, RuleTouched, Tally, Transfer
from pipelines.errors import BadInput, EvidenceError
from pipelines.evidence.adopted import adopted, standing, struck_by
from pipelines.evidence.marks import masked_result
from pipelines.evidence.words import CONSEQUENCES
from pipelines.records import Case, Decision, Lead, Operator, Verdict
from pipelines.store import Tx

NO_OPERATOR = "（未提取到名称和联系方式）"
#: Kinds of contacts by which nobody can be reached.
_NO_CONTACT = frozenset({"name", "account", "org"})
#: More operators than this are added up in one last row.
_MOST_OPERATORS = 20
_CONSEQUENCE_ORDER = tuple(CONSEQUENCES)
#: What weighs more: a suspicion that needs facts (无证办学, say) is graver than a slogan without a penalty.
_GRAVEST_FIRST = ("sanctionable", "lead", "cleanup")


@dataclass(frozen=True, kw_only=True)
class _Counted:
    """One lead of the period."""

    lead: Lead
    came: bool
    #: Decision standing at the period's end, if it was made in the period.
    decision: Decision | None
    #: The findings an officer did not strike out.
    rules: tuple[RuleTouched, ...]
    operator: tuple[str, str]
    #: Its platform, else its source as people call it.
    platform: str


def period(first_day: date, last_day: date) -> tuple[datetime, datetime]:
    """Begin of the first day and end of the last in China, half open. Raises BadInput for days the wrong way round."""
    if last_day < first_day:
        raise BadInput(f"结束日期 {last_day} 早于开始日期 {first_day}")
    if not 2000 <= first_day.year <= last_day.year <= 2999:
        raise BadInput("日期不在 2000 年至 2999 年之间")
    begin = datetime.combine(first_day, time.min, clock.SHANGHAI)
    return begin, datetime.combine(last_day + timedelta(days=1), time.min, clock.SHANGHAI)


def select_figures(desk: Desk, first_day: date, last_day: date, *, user: str) -> Figures:
    """The figures of these days, from one snapshot."""
    begin, end = period(first_day, last_day)
    demo = is_demo(desk)
    with desk.store.read() as tx:
        rows = tx.decisions.between(begin, end)
        came = {lead.id: lead for lead in tx.leads.created_between(begin, end)}
        touched = {row.lead_id for row in rows} - came.keys()
        leads = came | {lead_id: _lead(tx, lead_id) for lead_id in sorted(touched)}
        if not demo:  # demo rows cannot be in a real HOME; should one be, it does not leave it
            leads = {lead_id: lead for lead_id, lead in leads.items() if not lead.demo}
        history = {lead_id: tx.decisions.for_lead(lead_id) for lead_id in leads}
        held = {lead_id: next(reversed(standing(rows, end)), None) for lead_id, rows in history.items()}
        operators = _operators(tx, leads.values())
        sources = {source.name: source.title or source.name for source in tx.sources.list()}
        counted = [
            _Counted(
                lead=lead,
                came=lead_id in came,
                decision=_made_since(held[lead_id], begin),
                rules=_rules(tx, lead, struck_by(history[lead_id], end)),
                operator=operators[lead_id],
                platform=lead.platform or sources.get(lead.source, lead.source),
            )
            for lead_id, lead in sorted(leads.items())
        ]
        rows = tuple(row for row in rows if row.lead_id in leads)
        return Figures(
            first_day=first_day,
            last_day=last_day,
            made_at=clock.now(),
            made_by=user,
            agency=desk.settings.agency or tx.settings.get("agency") or "",
            region=desk.settings.region or tx.settings.get("region") or "",
            demo=demo,
            total=_tally("total", "合计", counted),
            waiting=sum(item.came and held[item.lead.id] is None for item in counted),
            decision_rows=len(rows),
            undos=sum(row.verdict is Verdict.UNDO for row in rows),
            transfers=_transfers(counted),
            by_code=_by_code(counted),
            by_consequence=_by_consequence(counted),
            by_district=_grouped(counted, lambda item: (item.lead.district or UNKNOWN,) * 2),
            by_platform=_grouped(counted, lambda item: (item.platform,) * 2),
            by_operator=_capped(_grouped(counted, lambda item: item.operator), _MOST_OPERATORS),
            market=_market(tx, counted),
        )


def is_market_department(department: str) -> bool:
    """Is this department market regulation (市场监督管理部门, 市场监管局, 市监 …)?"""
    return "市场监" in department or "市监" in department


def _lead(tx: Tx, lead_id: int) -> Lead:
    lead = tx.leads.get(lead_id)
    if lead is None:
        raise EvidenceError(f"审核记录所指的线索 {lead_id} 不存在")
    return lead


def _made_since(decision: Decision | None, begin: datetime) -> Decision | None:
    return decision if decision is not None and decision.decided_at >= begin else None


def _rules(tx: Tx, lead: Lead, struck: Collection[str]) -> tuple[RuleTouched, ...]:
    """What the lead touches, without what the officer struck out by the period's end."""
    assessment = tx.assessments.get(lead.assessment_id)
    if assessment is None:
        raise EvidenceError(f"线索 {lead.id} 的研判结果不存在")
    return tuple(_rule(finding) for finding in adopted(masked_result(assessment).get("findings", ()), struck))


def _rule(finding: dict[str, Any]) -> RuleTouched:
    return RuleTouched(
        code=str(finding["code"]),
        name=str(finding["name"]),
        consequence=str(finding["consequence"]),
        department=str(finding["lead_department"]),
        basis=tuple(map(str, finding["basis"])),
        words=tuple(dict.fromkeys(str(span["text"]) for span in finding["spans"])),
    )


def _operators(tx: Tx, leads: Iterable[Lead]) -> dict[int, tuple[str, str]]:
    """Lead → (operator's key, its names and masked contacts); without an operator what it was posted by."""
    known: dict[int, tuple[str, str]] = {}
    found = {}
    for lead in leads:
        if lead.operator_id is None:
            found[lead.id] = _nickname(tx, lead)
            continue
        if lead.operator_id not in known:
            known[lead.operator_id] = _operator_label(tx.operators.get(lead.operator_id))
        found[lead.id] = known[lead.operator_id]
    return found


def _operator_label(operator: Operator | None) -> tuple[str, str]:
    if operator is None:
        return "", NO_OPERATOR
    names = "、".join(operator.organisations[:3])
    masked = list(dict.fromkeys(contact.masked for contact in operator.contacts if contact.kind not in _NO_CONTACT))
    more = f" 等 {len(masked)} 个" if len(masked) > 3 else ""
    contacts = "、".join(masked[:3]) + more
    shown = f"{names}（{contacts}）" if names and contacts else names or contacts
    return str(operator.id), shown or f"主体 {operator.id}"


def _nickname(tx: Tx, lead: Lead) -> tuple[str, str]:
    """The account a posting came from, when nothing better tells who stands behind it."""
    for contact in tx.contacts.of_listing(lead.listing_id):
        if contact.kind == "account":
            return f"account:{contact.id}", f"发布昵称 {contact.masked}"
    return "", NO_OPERATOR


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
    names: dict[str, str] = {}
    for item in counted:
        if item.came or item.decision is not None:
            for rule in {rule.code: rule for rule in item.rules}.values():
                groups[rule.code].append(item)
                names.setdefault(rule.code, rule.name)
    return tuple(_tally(code, names[code], groups[code]) for code in sorted(groups))


def _by_consequence(counted: Iterable[_Counted]) -> tuple[Tally, ...]:
    """Every lead once, under its most serious finding; all kinds are shown, also those with nothing."""
    groups: dict[str, list[_Counted]] = {kind: [] for kind in _CONSEQUENCE_ORDER}
    for item in counted:
        groups[_gravest(item.rules)].append(item)
    return tuple(_tally(kind, CONSEQUENCES[kind], items) for kind, items in groups.items())


def _gravest(rules: Sequence[RuleTouched]) -> str:
    kinds = {rule.consequence for rule in rules}
    return next((kind for kind in _GRAVEST_FIRST if kind in kinds), "lead")


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
    )
