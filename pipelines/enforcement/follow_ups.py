"""What became of leads (办理情况): entering it, taking an entry back, and the list of what is still open."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from pipelines import audit, clock
from pipelines.desk import Desk, agency_of
from pipelines.enforcement.found import found_lead
from pipelines.enforcement.permissions import Action, may, require
from pipelines.enforcement.typed_words import one_line
from pipelines.errors import BadInput, Conflict, NotFound, Refused
from pipelines.evidence.followed import FOLLOW_UPS, SETTLED, holding, taken_on
from pipelines.records import Decision, FollowUp, FollowUpKind, Lead, User, Verdict

MAX_OFFICE = 60
MAX_PAPER = 60
MAX_NOTE = 300


class Stage(StrEnum):
    """How far a confirmed or transferred lead is: nothing entered yet, or a kind of entry that holds; it may be at
    several, filed and rectified."""

    NONE = "none"
    RECEIVED = "received"
    FILED = "filed"
    RECTIFIED = "rectified"
    PENALISED = "penalised"
    UNFOUNDED = "unfounded"
    RETURNED = "returned"


STAGES: dict[Stage, str] = {Stage.NONE: "尚无办理情况"} | {
    Stage(kind): name for kind, name in FOLLOW_UPS.items() if kind is not FollowUpKind.UNDO
}
#: Who finds nothing unlawful has nothing rectified or penalised.
_CONTRARY = {
    FollowUpKind.UNFOUNDED: {FollowUpKind.RECTIFIED, FollowUpKind.PENALISED},
    FollowUpKind.RECTIFIED: {FollowUpKind.UNFOUNDED},
    FollowUpKind.PENALISED: {FollowUpKind.UNFOUNDED},
}


@dataclass(frozen=True, kw_only=True)
class Followed:
    """A confirmed or transferred lead and what became of it."""

    lead: Lead
    #: The decision that stands.
    decision: Decision
    stages: frozenset[Stage]
    #: The entries that hold, by the day they tell of.
    entries: tuple[FollowUp, ...]
    #: The case it is in, if any.
    case_id: str | None
    #: Whole days from the decision until today while it is not settled; then None.
    waits: int | None

    @property
    def returned(self) -> bool:
        """It came back, and nothing was decided or entered that ends it: it is ours again."""
        return Stage.RETURNED in self.stages and self.waits is not None


@dataclass(frozen=True, kw_only=True)
class FollowedPage:
    """All at one stage, what came back first, then what has waited longest; and how many there are at each."""

    rows: tuple[Followed, ...]
    #: Of all stages; a lead counts at each of its own.
    total: int
    counts: dict[Stage, int]


def enter(
    desk: Desk,
    lead_id: int,
    kind: FollowUpKind,
    *,
    user: User,
    on_day: date,
    office: str = "",
    paper: str = "",
    note: str = "",
    seen_decision: int | None = None,
    os_account: str | None = None,
) -> FollowUp:
    """Enter what became of a confirmed or transferred lead; adds a row, changes none.

    Without an office it is the department the lead went to, or this agency. Raises Refused, NotFound; BadInput for a
    day before the lead was found or after today, a returned lead that was sent nowhere, words too long; Conflict when
    the lead is neither confirmed nor transferred, when its decision is not the one that was seen, or when the same
    stands there already.
    """
    require(user, Action.FOLLOW_UP)
    office, paper = one_line(office, MAX_OFFICE, "办理单位"), one_line(paper, MAX_PAPER, "文号")
    note = one_line(note, MAX_NOTE, "说明")
    if kind is FollowUpKind.UNDO:
        raise BadInput("撤销登记请用撤销功能。")
    with desk.store.transaction() as tx:
        lead = found_lead(tx, lead_id)
        decisions = tx.decisions.for_lead(lead_id)
        decision = taken_on(decisions)
        if decision is None:
            raise Conflict(f"线索 {lead_id} 不是“已成立”或“已转办”，不能登记办理情况。")
        if seen_decision is not None and decision.id != seen_decision:
            raise Conflict("这条线索的结论刚有变化，请看过再登记。")
        if kind is FollowUpKind.RETURNED and decision.verdict is not Verdict.TRANSFER:
            raise BadInput("这条线索没有转办给其他单位，不能登记“退回”。")
        _check_day(on_day, lead)
        office = office or decision.to_department or agency_of(desk, tx) or "本单位"
        held = holding(tx.follow_ups.for_lead(lead_id), decisions)
        if any((row.kind, row.on_day, row.office, row.paper) == (kind, on_day, office, paper) for row in held):
            raise Conflict(f"这条办理情况已登记过：{office} {on_day} {FOLLOW_UPS[kind]}。")
        if contrary := next((row for row in held if row.kind in _CONTRARY.get(kind, ())), None):
            raise Conflict(
                f"已登记“{FOLLOW_UPS[contrary.kind]}”，与“{FOLLOW_UPS[kind]}”不能并存；哪一条登记错了，请先撤销。"
            )
        entered = tx.follow_ups.add(
            lead_id,
            decision.id,
            kind,
            office=office,
            on_day=on_day,
            paper=paper,
            note=note,
            user=user.name,
            os_account=os_account,
            at=clock.now(),
        )
        audit.record(
            tx,
            actor=user.name,
            action="lead.follow_up",
            object_type="lead",
            object_id=str(lead_id),
            follow_up=entered.id,
            became=kind.value,
        )
    return entered


def take_back(
    desk: Desk, lead_id: int, entry_id: int, *, user: User, reason: str, os_account: str | None = None
) -> FollowUp:
    """Take an entry back: one's own, or another's as a supervisor; adds a row, removes none.

    Raises Refused, BadInput without a reason, NotFound, or Conflict when it was taken back already.
    """
    require(user, Action.FOLLOW_UP)
    reason = one_line(reason, MAX_NOTE, "理由")
    if not reason:
        raise BadInput("请写明撤销登记的理由。")
    with desk.store.transaction() as tx:
        found_lead(tx, lead_id)
        rows = tx.follow_ups.for_lead(lead_id)
        entry = next((row for row in rows if row.id == entry_id and row.kind is not FollowUpKind.UNDO), None)
        if entry is None:
            raise NotFound(f"线索 {lead_id} 没有第 {entry_id} 号办理情况。")
        if any(row.undoes == entry_id for row in rows):
            raise Conflict("这条办理情况已经撤销过。")
        if not may_take_back(user, entry):
            raise Refused(f"这条办理情况是 {entry.user} 登记的，只有本人或督导可以撤销。")
        undone = tx.follow_ups.add(
            lead_id,
            entry.decision_id,
            FollowUpKind.UNDO,
            note=reason,
            user=user.name,
            os_account=os_account,
            at=clock.now(),
            undoes=entry_id,
        )
        audit.record(
            tx,
            actor=user.name,
            action="lead.follow_up_undo",
            object_type="lead",
            object_id=str(lead_id),
            follow_up=undone.id,
            takes_back=entry_id,
        )
    return undone


def may_take_back(user: User, entry: FollowUp) -> bool:
    """Whether this user may take back this entry."""
    return may(user, Action.FOLLOW_UP) and (entry.user == user.name or may(user, Action.UNDO_OTHERS))


def followed(desk: Desk, *, user: User | None, stage: Stage | None = None) -> FollowedPage:
    """Every confirmed or transferred lead at this stage (None: all). No user means the machine's own command line.
    Raises Refused."""
    if user is not None:
        require(user, Action.FOLLOW_UP)
    today = clock.today()
    with desk.store.read() as tx:
        leads = tx.leads.ever_taken_on()
        ids = [lead.id for lead in leads]
        decisions, entries = tx.decisions.for_leads(ids), tx.follow_ups.for_leads(ids)
        cases = tx.cases.of_leads(ids)
    rows = []
    for lead in leads:
        decision = taken_on(decisions.get(lead.id, ()))
        if decision is not None:
            held = holding(entries.get(lead.id, ()), decisions[lead.id])
            stages = frozenset(Stage(row.kind) for row in held) or frozenset({Stage.NONE})
            since = clock.local(decision.decided_at).date()
            settled = any(row.kind in SETTLED for row in held)
            waits = None if settled else max(0, (today - since).days)
            rows.append(
                Followed(
                    lead=lead,
                    decision=decision,
                    stages=stages,
                    entries=held,
                    case_id=cases.get(lead.id),
                    waits=waits,
                )
            )
    counts = Counter(one for row in rows for one in row.stages)
    shown = [row for row in rows if stage is None or stage in row.stages]
    shown.sort(key=lambda row: (row.waits is None, not row.returned, row.decision.decided_at, row.lead.id))
    return FollowedPage(rows=tuple(shown), total=len(rows), counts={one: counts[one] for one in Stage})


def said(entry: FollowUp) -> str:
    """An entry in one line: 市场监督管理部门 2026-11-20 已整改（某市监函〔2026〕3 号）."""
    paper = f"（{entry.paper}）" if entry.paper else ""
    return f"{entry.office} {entry.on_day} {FOLLOW_UPS[entry.kind]}{paper}"


def _check_day(on_day: date, lead: Lead) -> None:
    found, today = clock.local(lead.created_at).date(), clock.today()
    if on_day > today:
        raise BadInput(f"办理日期 {on_day} 还没有到。")
    if on_day < found:
        raise BadInput(f"办理日期 {on_day} 早于发现这条线索的日子（{found}）。")
