"""The figures of a digest: one object that every file of it is made from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from pipelines.digest.became import FollowedUp, Gone, Handled, HeldLine, OperatorNote, Pending, Progress, StillShown
from pipelines.digest.collected import SourceLog
from pipelines.digest.periods import paper_name
from pipelines.records import Verdict

#: Verdicts a lead can end a period with, in the order of the columns.
STANDING = (Verdict.CONFIRM, Verdict.TRANSFER, Verdict.DISMISS, Verdict.HOLD)


UNKNOWN = "（未标明）"


@dataclass(frozen=True, kw_only=True)
class Tally:
    """Leads of one kind: how many came in the period, and how those decided in it stood at its end."""

    #: Rule code, district, platform …
    key: str
    name: str
    came: int
    confirm: int
    transfer: int
    dismiss: int
    hold: int

    @property
    def decided(self) -> int:
        return self.confirm + self.transfer + self.dismiss + self.hold


@dataclass(frozen=True, kw_only=True)
class Transfer:
    """How many leads went to one department."""

    department: str
    leads: int


@dataclass(frozen=True, kw_only=True)
class RuleTouched:
    """One rule a lead touches."""

    #: The finding's id in the assessment, as pages and papers call it: HT12.1.
    id: str
    code: str
    name: str
    #: sanctionable | cleanup | lead
    consequence: str
    #: Who leads on it.
    department: str
    basis: tuple[str, ...]
    #: The (masked) words it rests on.
    words: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class MarketLead:
    """A decided lead that is market regulation's."""

    id: int
    title: str
    source: str
    platform: str
    url: str
    district: str
    #: Masked contacts of the operator.
    operator: str
    verdict: Verdict
    department: str
    decided_by: str
    decided_at: datetime
    found_at: datetime
    rules: tuple[RuleTouched, ...]
    #: What it is to market regulation: sanctionable when an advertising rule with a penalty is touched; cleanup when
    #: nothing but policy is; lead when facts are missing or another department leads on a suspicion of its own.
    consequence: str
    #: The case it is in now and that case's status; empty when it is in none.
    case_id: str
    case_status: str
    demo: bool
    #: It came or was decided before this period, and arrived after that period's digest was out.
    late: bool
    #: What an earlier digest said of it, when that holds no more; else empty.
    before: str


@dataclass(frozen=True, kw_only=True)
class Line:
    """One lead this digest speaks of; every number of the digest counts some of these."""

    id: int
    title: str
    district: str
    platform: str
    #: Key and name of its operator, as in `by_operator`.
    operator: str
    operator_name: str
    codes: tuple[str, ...]
    #: Keys of `by_cover`.
    covers: tuple[str, ...]
    consequence: str
    #: Beside what is graver it touches policy clean-up too.
    cleanup_beside: bool
    #: It is new in this digest.
    came: bool
    #: How it stands at the period's end; empty without a decision.
    stands: str
    #: The decision that says so was made in this period: it is counted under `stands`.
    counted: bool
    #: What an earlier digest (or, for free days, the time before them) said of it, if that holds no more.
    before: str
    #: Its coming or a decision on it belongs to an earlier period whose digest was out.
    late: bool
    #: Decisions on it in this period, undos included, by id.
    decisions: tuple[int, ...]
    undos: int
    #: Kinds of the entries this digest tells of it and that hold: what became of it.
    became: tuple[str, ...] = ()
    #: An entry on it that an earlier digest told was taken back in this one.
    entry_undone: bool = False


@dataclass(frozen=True, kw_only=True)
class TrendPoint:
    """A period's totals as its digest says them."""

    first_day: date
    last_day: date
    came: int
    confirm: int
    transfer: int
    dismiss: int
    hold: int
    #: Leads entered as rectified; 0 in digests from before this was entered.
    rectified: int = 0


@dataclass(frozen=True, kw_only=True)
class Change:
    """What a correction says otherwise than the edition before it."""

    #: In words: 本期新增, 按地区“西湖区”·成立 …
    what: str
    was: str
    now: str


@dataclass(frozen=True, kw_only=True)
class Figures:
    """All numbers and rows of one digest."""

    first_day: date
    last_day: date
    made_at: datetime
    made_by: str
    agency: str
    region: str
    demo: bool
    #: Leads that came in the period, and how all leads decided in it stood at its end.
    total: Tally
    #: Of the leads that came, those without a standing decision at the period's end.
    waiting: int
    #: Rows of the decision table in the period, undos included, and how many of them are undos.
    decision_rows: int
    undos: int
    transfers: tuple[Transfer, ...]
    #: A lead counts under each of its rules, so these columns add up to more than the total.
    by_code: tuple[Tally, ...]
    #: Under what name, where or how it is done (伪装形式): a lead counts under each, likewise.
    by_cover: tuple[Tally, ...]
    #: The rest add up to the total, column by column.
    by_consequence: tuple[Tally, ...]
    #: Leads counted there under something graver that touch policy clean-up too.
    cleanup_beside: int
    by_district: tuple[Tally, ...]
    by_platform: tuple[Tally, ...]
    by_operator: tuple[Tally, ...]
    #: Leads for market regulation, most serious first.
    market: tuple[MarketLead, ...]
    #: week | month | quarter, or empty for freely chosen days.
    series: str
    #: 0, or the number of this correction; why it was made, and what it says otherwise.
    erratum: int
    reason: str
    changes: tuple[Change, ...]
    #: Leads and decisions that belong to earlier periods and came after their digests.
    late_leads: int
    late_decisions: int
    #: Leads of which an earlier digest said what holds no more.
    taken_back: int
    #: Decisions of this digest that the audit log does not know.
    unaudited: tuple[int, ...]
    #: Every lead the numbers count.
    lines: tuple[Line, ...]
    operators_new: tuple[OperatorNote, ...]
    operators_repeat: tuple[OperatorNote, ...]
    #: What was entered as having become of leads; how many leads there are of each kind.
    follow_ups: tuple[FollowedUp, ...]
    handled: tuple[Handled, ...]
    #: Entries of earlier digests that were taken back in this one.
    follow_ups_taken_back: int
    #: Confirmed or transferred leads as they stand at the period's end, and those of them entered as rectified.
    taken_on: int
    rectified: int
    rectified_shown: tuple[StillShown, ...]
    #: The same by district, those with most first; and the leads that are counted there.
    progress: tuple[Progress, ...]
    held: tuple[HeldLine, ...]
    #: Transferred and nothing entered or decided since, the oldest first, whenever they were sent.
    pending: tuple[Pending, ...]
    #: Confirmed or transferred, page gone, as known when this was made.
    gone: tuple[Gone, ...]
    #: This period last; empty for freely chosen days.
    trend: tuple[TrendPoint, ...]
    #: How each source was collected from.
    collection: tuple[SourceLog, ...]

    @property
    def kind(self) -> str:
        """What it is called, by its days."""
        return paper_name(self.series, self.first_day, self.last_day)

    @property
    def market_sanctionable(self) -> tuple[MarketLead, ...]:
        """May touch articles with a penalty."""
        return tuple(lead for lead in self.market if lead.consequence == "sanctionable")

    @property
    def market_cleanup(self) -> tuple[MarketLead, ...]:
        """Nothing but policy clean-up, without a penalty of its own."""
        return tuple(lead for lead in self.market if lead.consequence == "cleanup")

    @property
    def market_other(self) -> tuple[MarketLead, ...]:
        """Leads that need facts first, or on which another department leads."""
        return tuple(lead for lead in self.market if lead.consequence == "lead")
