"""Digests of a series against the record: every row told once, every digest equal to the ledger, whatever the clock,
late arrivals, undos and crashes do."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from pipelines import clock
from pipelines.desk import Desk
from pipelines.digest.digest import make_edition
from pipelines.digest.editions import figures_of
from pipelines.digest.periods import Period, last_finished, period_with, series_of
from pipelines.digest.render_json import render_json
from pipelines.digest.select import select_told
from pipelines.errors import BadInput, Conflict
from pipelines.evidence.adopted import standing
from pipelines.evidence.followed import ENTERED, holding, taken_on
from pipelines.records import (
    Decision,
    DigestEventKind,
    Entry,
    FollowUp,
    FollowUpKind,
    Lead,
    Mark,
    PageState,
    RowKind,
    Series,
    Verdict,
)
from pipelines.store import Tx
from tests import factories
from tests.pipelines.evidence.seeds import add_lead, decide, undo

#: Monday, 2026-03-02, begin of the day in China.
START = datetime(2026, 3, 1, 16, tzinfo=UTC)
WEEKS = 5
VERDICTS = (Verdict.CONFIRM, Verdict.DISMISS, Verdict.TRANSFER, Verdict.HOLD)
COLUMNS = tuple(verdict.value for verdict in VERDICTS)
JSON_ONLY = ((".json", render_json),)


class Crash(Exception):
    """The program dies here."""


def _dies(_figures: Any) -> bytes:
    raise Crash


@dataclass
class World:
    """Leads whose histories run side by side; `now` is the true time, `skew` what the clock is off."""

    desk: Desk
    chance: random.Random
    now: datetime = START
    skew: timedelta = timedelta(0)
    leads: list[int] = field(default_factory=list)
    #: Lead → decisions that nobody took back, oldest first.
    stacks: dict[int, list[int]] = field(default_factory=dict)
    #: Lead → what was entered as having become of it and nobody took back.
    entries: dict[int, list[FollowUp]] = field(default_factory=dict)

    def clock(self) -> datetime:
        return self.now + self.skew

    def live_a_week(self, arrivals: int, acts: int) -> None:
        """Leads come, decisions are made and taken back, the clock jumps; in one transaction, each at its time."""
        chance, end = self.chance, self.now + timedelta(days=7)
        moments = sorted(self.now + (end - self.now) * chance.random() for _ in range(arrivals + acts))
        kinds = ["lead"] * arrivals + [chance.choice(["act", "act", "entry"]) for _ in range(acts)]
        chance.shuffle(kinds)
        with self.desk.store.transaction() as tx:
            for moment, kind in zip(moments, kinds, strict=True):
                self.now = moment
                if chance.random() < 0.1:  # the clock is set: right, back, or forward
                    self.skew = chance.choice(
                        [timedelta(0), timedelta(days=-chance.randrange(1, 20)), timedelta(days=9)]
                    )
                # What arrives late carries the time it happened at.
                at = self.clock() - (
                    timedelta(days=chance.randrange(1, 15)) if chance.random() < 0.15 else timedelta(0)
                )
                if kind == "lead" or not self.leads:
                    lead = factories.add_lead(tx, str(len(self.leads)), at=at, codes=())
                    self.leads.append(lead.id)
                    self.stacks[lead.id] = []
                    continue
                lead_id = chance.choice(self.leads)
                if kind == "entry":
                    self._enter(tx, lead_id, at)
                    continue
                stack = self.stacks[lead_id]
                back = stack.pop() if stack and chance.random() < 0.35 else None
                verdict = Verdict.UNDO if back is not None else chance.choice(VERDICTS)
                to = "教育行政部门" if verdict is Verdict.TRANSFER else None
                made = tx.decisions.add(lead_id, verdict, to, "", "lin", None, back, at)
                if back is None:
                    stack.append(made.id)
        self.now = end

    def _enter(self, tx: Tx, lead_id: int, at: datetime) -> None:
        """Something became of the lead, if it was taken on; or an entry is taken back."""
        by: dict[str, Any] = {"user": "lin", "os_account": None, "at": at}
        made = self.entries.setdefault(lead_id, [])
        if made and self.chance.random() < 0.3:
            back = made.pop(self.chance.randrange(len(made)))
            tx.follow_ups.add(lead_id, back.decision_id, FollowUpKind.UNDO, undoes=back.id, **by)
        elif decision := taken_on(tx.decisions.for_lead(lead_id)):
            kind = self.chance.choice(ENTERED)
            made.append(tx.follow_ups.add(lead_id, decision.id, kind, office="市监局", on_day=at.date(), **by))

    def digest(self, period: Period) -> None:
        """Made, with crashes before, within and after; the clock is right when a digest is made."""
        clock.pin(lambda: self.now + timedelta(hours=7))
        if self.chance.random() < 0.3:
            with pytest.raises(Crash):
                make_edition(self.desk, period, user="system", renderers=((".json", _dies),))
        if self.chance.random() < 0.3:
            figures, account = select_told(self.desk, period, user="system")
            with pytest.raises(Crash), self.desk.store.transaction() as tx:
                tx.digests.add(_stored(figures), account.new)
                raise Crash
        make_edition(self.desk, period, user="system", renderers=JSON_ONLY)
        if self.chance.random() < 0.3:  # it was made, but whoever made it did not hear of it
            make_edition(self.desk, period, user="system", renderers=JSON_ONLY)


def _stored(figures: Any) -> Any:
    from pipelines.records import StoredDigest

    return StoredDigest(
        id=clock.new_id(),
        first_day=str(figures.first_day),
        last_day=str(figures.last_day),
        created_at=clock.now(),
        created_by="system",
        files={},
        demo=False,
        series=figures.series,
    )


def run_histories(desk: Desk, seed: int, leads: int) -> None:
    """So many histories over some weeks, a digest each Monday but for some that are left out, and one long after."""
    world = World(desk, random.Random(seed))
    with desk.store.transaction() as tx:
        tx.users.add(factories.user())
    for week in range(WEEKS):
        world.live_a_week(leads // WEEKS, leads)
        if week in {0, WEEKS - 1} or world.chance.random() < 0.8:
            world.digest(last_finished(Series.WEEK, world.now + timedelta(hours=7)))
    world.now += timedelta(days=28)
    world.digest(last_finished(Series.WEEK, world.now))
    check_against_record(desk, Series.WEEK)
    check_what_became(desk, Series.WEEK)


def check_against_record(desk: Desk, series: Series) -> None:
    """Everything told once; replaying the digests gives what the decisions table says."""
    with desk.store.read() as tx:
        editions = [*reversed(tx.digests.before(series, "9999", 999))]
        entries = [entry for one in editions for entry in tx.digests.entries(series, one.first_day)]
        leads = [lead.id for lead in tx.leads.created_between(datetime(2000, 1, 1, tzinfo=UTC), _end(editions[-1]))]
        histories = tx.decisions.for_leads(leads)
    told = Counter((entry.kind, entry.row_id) for entry in entries)
    assert set(told.values()) <= {1}
    opening = {(entry.kind, entry.row_id) for entry in entries if entry.mark is Mark.OPENING}
    rows = {row.id: row for history in histories.values() for row in history}
    assert {row_id for kind, row_id in told if kind is RowKind.LEAD} == set(leads)
    assert {row_id for kind, row_id in told if kind is RowKind.DECISION} == set(rows)
    state: dict[int, str] = {}
    for lead_id, history in histories.items():
        held = standing([row for row in history if (RowKind.DECISION, row.id) in opening])
        state[lead_id] = held[-1].verdict.value if held else ""
    opened = Counter(state.values())
    came, sums, seen = 0, Counter[str](), set[int]()
    for edition in editions:
        figures = figures_of(desk, edition)
        came += figures["total"]["came"]
        for line in figures["lines"]:
            if line["before"]:
                assert state.get(line["id"], "") == line["before"]
                sums[line["before"]] -= 1
                if line["stands"] and not line["counted"]:  # an older decision holds again
                    sums[line["stands"]] += 1
            elif line["counted"]:
                assert state.get(line["id"], "") == ""
            assert not seen & set(line["decisions"])
            seen.update(line["decisions"])
            state[line["id"]] = line["stands"]
        sums.update({column: figures["total"][column] for column in COLUMNS})
        assert figures["decision_rows"] == sum(len(line["decisions"]) for line in figures["lines"])
        assert figures["undos"] == sum(line["undos"] for line in figures["lines"])
        for column in COLUMNS:
            lines = [line for line in figures["lines"] if line["counted"] and line["stands"] == column]
            assert len(lines) == figures["total"][column]
    assert came == len(leads) - sum(kind is RowKind.LEAD for kind, _ in opening)
    now = {lead_id: held[-1].verdict.value for lead_id, rows in histories.items() if (held := standing(rows))}
    assert {lead_id: stands for lead_id, stands in state.items() if stands} == now
    assert {column: opened[column] + sums[column] for column in COLUMNS} == {
        column: Counter(now.values())[column] for column in COLUMNS
    }


def check_what_became(desk: Desk, series: Series) -> None:
    """Every entry told once; the digests together say of the leads what the table does."""
    with desk.store.read() as tx:
        editions = [*reversed(tx.digests.before(series, "9999", 999))]
        entries = [entry for one in editions for entry in tx.digests.entries(series, one.first_day)]
        leads = [lead.id for lead in tx.leads.ever_taken_on()]
        histories, rows = tx.decisions.for_leads(leads), tx.follow_ups.for_leads(leads)
    told = [entry.row_id for entry in entries if entry.kind is RowKind.FOLLOW_UP]
    assert sorted(told) == sorted(row.id for some in rows.values() for row in some)
    opening = {entry.row_id for entry in entries if (entry.kind, entry.mark) == (RowKind.FOLLOW_UP, Mark.OPENING)}
    undone = {row.undoes for some in rows.values() for row in some if row.undoes}
    seen = set(opening)
    for edition in editions:
        figures = figures_of(desk, edition)
        here = {row["id"] for row in figures["follow_ups"]}
        assert not here & seen
        seen |= here
        assert figures["follow_ups_taken_back"] >= sum(line["entry_undone"] for line in figures["lines"])
        for one in figures["handled"]:
            held = {row["lead"] for row in figures["follow_ups"] if row["holds"] and row["kind"] == one["key"]}
            behind = [line["id"] for line in figures["lines"] if one["key"] in line["became"]]
            assert len(held) == one["leads"] == len(behind)
            assert held == set(behind)
    assert {row.id for some in rows.values() for row in some if row.undoes is None} <= seen
    last = figures_of(desk, editions[-1])
    on = {one: holding(rows.get(one, ()), history) for one, history in histories.items() if taken_on(history)}
    assert not {row.id for held in on.values() for row in held} & undone
    assert last["taken_on"] == len(on) == sum(row["taken_on"] for row in last["progress"])
    assert sum(row["rectified"] for row in last["progress"]) == last["rectified"]
    assert last["rectified"] == sum(any(row.kind == "rectified" for row in held) for held in on.values())
    decided = {one: taken_on(histories[one]) for one in on}
    waits = {
        one for one, decision in decided.items() if decision and decision.verdict is Verdict.TRANSFER and not on[one]
    }
    assert {row["id"] for row in last["pending"]} == waits


def _end(digest: Any) -> datetime:
    return period_with(Series.WEEK, date.fromisoformat(digest.first_day)).end


@pytest.mark.parametrize("seed", range(2))
def test_random_histories_are_told_once_and_equal_the_record(desk: Desk, seed: int) -> None:
    run_histories(desk, seed, 100)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(100, 150))
def test_ten_thousand_random_histories(desk: Desk, seed: int) -> None:
    run_histories(desk, seed, 200)


def _make(desk: Desk, day: str, **rest: Any) -> dict[str, Any]:
    period = period_with(Series.WEEK, date.fromisoformat(day))
    return figures_of(desk, make_edition(desk, period, user="wang", renderers=JSON_ONLY, **rest))


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=clock.SHANGHAI)


def test_a_decision_that_arrives_late_is_told_once_by_the_next_week_and_marked(any_desk: Desk) -> None:
    desk = any_desk
    first = add_lead(desk, "a", at=_at("2026-03-03 10:00"))
    clock.pin(lambda: _at("2026-03-09 08:00"))
    assert _make(desk, "2026-03-02")["total"]["came"] == 1
    decide(desk, first, Verdict.CONFIRM, at=_at("2026-03-04 10:00"))  # the clock was wrong, or it lay elsewhere
    late = add_lead(desk, "b", at=_at("2026-03-05 10:00"))
    clock.pin(lambda: _at("2026-03-23 08:00"))
    second = _make(desk, "2026-03-09")
    assert (second["total"]["came"], second["total"]["confirm"]) == (1, 1)
    assert (second["late_leads"], second["late_decisions"]) == (1, 1)
    assert [(line["id"], line["late"]) for line in second["lines"]] == [(first.id, True), (late.id, True)]
    assert [(lead["id"], lead["late"]) for lead in second["market"]] == [(first.id, True)]
    third = _make(desk, "2026-03-16")
    assert (third["total"]["came"], third["total"]["confirm"], third["lines"]) == (0, 0, [])


def test_what_was_told_and_then_undone_is_told_once_as_taken_back(desk: Desk) -> None:
    lead = add_lead(desk, "a", at=_at("2026-03-03 10:00"))
    made = decide(desk, lead, Verdict.CONFIRM, at=_at("2026-03-04 10:00"))
    clock.pin(lambda: _at("2026-03-23 08:00"))
    assert _make(desk, "2026-03-02")["total"]["confirm"] == 1
    undo(desk, lead, made, at=_at("2026-03-10 10:00"))
    second = _make(desk, "2026-03-09")
    (line,) = second["lines"]
    assert (line["before"], line["stands"], line["counted"], line["undos"]) == ("confirm", "", False, 1)
    assert (second["taken_back"], second["undos"], second["total"]["confirm"], second["market"]) == (1, 1, 0, [])
    assert _make(desk, "2026-03-16")["lines"] == []


def test_what_became_of_leads_is_told_once_and_late_or_taken_back_is_marked(any_desk: Desk) -> None:
    desk = any_desk
    sent = add_lead(desk, "a", at=_at("2026-03-03 10:00"))
    decide(desk, sent, Verdict.TRANSFER, to="市场监督管理部门", at=_at("2026-03-03 11:00"))
    kept = add_lead(desk, "b", at=_at("2026-03-03 10:00"))
    decide(desk, kept, Verdict.CONFIRM, at=_at("2026-03-03 11:00"))
    clock.pin(lambda: _at("2026-03-09 08:00"))
    first = _make(desk, "2026-03-02")
    assert [(row["id"], row["days"]) for row in first["pending"]] == [(sent.id, 5)]
    assert (first["taken_on"], first["rectified"], first["follow_ups"]) == (2, 0, [])
    answered = _entered(desk, sent, FollowUpKind.FILED, "2026-03-11 10:00")
    _entered(desk, kept, FollowUpKind.RECTIFIED, "2026-03-04 10:00")  # the clock was wrong
    clock.pin(lambda: _at("2026-03-30 08:00"))
    second = _make(desk, "2026-03-09")
    assert {row["key"]: row["leads"] for row in second["handled"] if row["leads"]} == {"filed": 1, "rectified": 1}
    assert [(row["lead"], row["late"], row["holds"]) for row in second["follow_ups"]] == [
        (sent.id, False, True),
        (kept.id, True, True),
    ]
    assert (second["pending"], second["rectified"]) == ([], 1)
    (place,) = second["progress"]
    assert (place["taken_on"], place["entered"], place["settled"], place["rectified"]) == (2, 2, 1, 1)
    assert [(line["id"], line["became"], line["counted"]) for line in second["lines"]] == [
        (sent.id, ["filed"], False),
        (kept.id, ["rectified"], False),
    ]
    assert second["total"] == second["total"] | {"came": 0, "confirm": 0, "transfer": 0}
    with desk.store.transaction() as tx:
        by: dict[str, Any] = {"user": "wang", "os_account": None, "at": _at("2026-03-18 10:00")}
        tx.follow_ups.add(sent.id, answered.decision_id, FollowUpKind.UNDO, undoes=answered.id, **by)
    third = _make(desk, "2026-03-16")
    assert (third["follow_ups"], third["follow_ups_taken_back"], third["rectified"]) == ([], 1, 1)
    assert [row["id"] for row in third["pending"]] == [sent.id]
    assert [(line["id"], line["entry_undone"]) for line in third["lines"]] == [(sent.id, True)]
    assert [point["rectified"] for point in third["trend"]] == [0, 1, 0]
    assert _make(desk, "2026-03-23")["lines"] == []


def test_a_transfer_that_went_on_takes_the_answer_with_it_and_one_judged_anew_keeps_it(desk: Desk) -> None:
    lead = add_lead(desk, "a", at=_at("2026-03-03 10:00"))
    decide(desk, lead, Verdict.TRANSFER, to="公安机关", at=_at("2026-03-03 11:00"))
    _entered(desk, lead, FollowUpKind.RECEIVED, "2026-03-03 12:00")
    decide(desk, lead, Verdict.TRANSFER, to="公安机关", at=_at("2026-03-03 13:00"))  # other findings struck
    clock.pin(lambda: _at("2026-03-16 08:00"))
    assert _make(desk, "2026-03-02")["pending"] == []
    decide(desk, lead, Verdict.TRANSFER, to="民政部门", at=_at("2026-03-10 13:00"))
    assert [row["department"] for row in _make(desk, "2026-03-09")["pending"]] == ["民政部门"]


def test_a_page_unchanged_after_it_was_entered_as_rectified_is_told(desk: Desk) -> None:
    lead = add_lead(desk, "a", at=_at("2026-03-03 10:00"))
    decide(desk, lead, Verdict.CONFIRM, at=_at("2026-03-03 11:00"))
    _entered(desk, lead, FollowUpKind.RECTIFIED, "2026-03-04 10:00")
    shown = {}
    for state, seen in (("ok", "2026-03-04 18:00"), ("ok", "2026-03-06 10:00"), ("gone", "2026-03-07 10:00")):
        with desk.store.transaction() as tx:
            listing = tx.listings.get(lead.listing_id)
            assert listing is not None
            moment = {"first_seen_at": _at("2026-03-03 09:00"), "last_fetched_at": _at(seen)}
            tx.pages.upsert(factories.page(listing.key, source=listing.source, state=PageState(state), **moment))
        clock.pin(lambda: _at("2026-03-16 08:00"))
        shown[state, seen] = [row["id"] for row in _make(desk, "2026-03-02")["rectified_shown"]]
    assert list(shown.values()) == [[], [lead.id], []]


def _entered(desk: Desk, lead: Lead, kind: FollowUpKind, at: str) -> FollowUp:
    moment = _at(at)
    with desk.store.transaction() as tx:
        decision = taken_on(tx.decisions.for_lead(lead.id))
        assert decision is not None
        by: dict[str, Any] = {"user": "wang", "os_account": None, "at": moment}
        return tx.follow_ups.add(lead.id, decision.id, kind, office="某局", on_day=moment.date(), **by)


def test_what_lies_before_the_first_digest_of_a_series_is_not_late(desk: Desk) -> None:
    old = add_lead(desk, "a", at=_at("2026-01-05 10:00"))
    decide(desk, old, Verdict.CONFIRM, at=_at("2026-01-06 10:00"))
    clock.pin(lambda: _at("2026-03-16 08:00"))
    first = _make(desk, "2026-03-02")
    assert (first["total"]["came"], first["late_leads"], first["late_decisions"]) == (0, 0, 0)
    decide(desk, old, Verdict.DISMISS, at=_at("2026-03-10 10:00"))
    (line,) = _make(desk, "2026-03-09")["lines"]
    assert (line["before"], line["stands"]) == ("confirm", "dismiss")


def test_each_series_has_a_ledger_of_its_own(desk: Desk) -> None:
    add_lead(desk, "a", at=_at("2026-03-03 10:00"))
    clock.pin(lambda: _at("2026-04-02 08:00"))
    assert _make(desk, "2026-03-02")["total"]["came"] == 1
    for series in (Series.MONTH, Series.QUARTER):
        period = period_with(series, date(2026, 3, 3))
        made = make_edition(desk, period, user="wang", renderers=JSON_ONLY)
        assert figures_of(desk, made)["total"]["came"] == 1


def test_a_period_that_is_not_over_or_was_overtaken_makes_none(desk: Desk) -> None:
    add_lead(desk, "a", at=_at("2026-03-03 10:00"))
    clock.pin(lambda: _at("2026-03-08 23:59"))
    with pytest.raises(BadInput, match="还没有过完"):
        _make(desk, "2026-03-02")
    clock.pin(lambda: _at("2026-03-16 00:00"))
    assert _make(desk, "2026-03-09")["total"]["came"] == 0
    with pytest.raises(Conflict, match="补报"):
        _make(desk, "2026-03-02")


def test_the_store_refuses_a_row_twice_and_two_editions_of_the_same(any_desk: Desk) -> None:
    add_lead(any_desk, "a", at=_at("2026-03-03 10:00"))
    clock.pin(lambda: _at("2026-03-16 00:00"))
    first = _make(any_desk, "2026-03-02")
    assert first["total"]["came"] == 1
    entry = Entry(kind=RowKind.LEAD, row_id=1, mark=Mark.DUE)
    figures, _ = select_told(any_desk, period_with(Series.WEEK, date(2026, 3, 9)), user="wang")
    with pytest.raises(Conflict), any_desk.store.transaction() as tx:
        tx.digests.add(_stored(figures), [entry])
    with any_desk.store.read() as tx:
        assert tx.digests.page().total == 1


def test_a_draft_made_again_takes_its_place_and_an_approved_one_is_corrected_by_number(desk: Desk) -> None:
    lead = add_lead(desk, "a", at=_at("2026-03-03 10:00"))
    clock.pin(lambda: _at("2026-03-09 08:00"))
    _make(desk, "2026-03-02")
    made = decide(desk, lead, Verdict.CONFIRM, at=_at("2026-03-04 10:00"))
    again = _make(desk, "2026-03-02")
    assert (again["total"]["confirm"], again["erratum"], again["changes"], again["late_decisions"]) == (1, 0, [], 0)
    with desk.store.transaction() as tx:
        newest = tx.digests.newest(Series.WEEK, "2026-03-02")
        assert newest is not None
        tx.digests.note(newest.id, DigestEventKind.APPROVED, "wang", clock.now())
    with pytest.raises(BadInput, match="原因"):
        _make(desk, "2026-03-02")
    with pytest.raises(BadInput, match="没有变化"):
        _make(desk, "2026-03-02", reason="看看")
    undo(desk, lead, made, at=_at("2026-03-05 10:00"))
    for _ in range(2):  # an unapproved correction is a draft too
        corrected = _make(desk, "2026-03-02", reason="误把两家认作一家")
        assert (corrected["erratum"], corrected["reason"]) == (1, "误把两家认作一家")
        changes = {row["what"]: (row["was"], row["now"]) for row in corrected["changes"]}
        assert changes["合计·线索成立"] == ("1", "0")
        assert changes["尚无审核结论"] == ("0", "1")
    with desk.store.read() as tx:
        assert tx.digests.page().total == 4


def test_a_correction_of_an_older_period_takes_nothing_from_the_newer(desk: Desk) -> None:
    lead = add_lead(desk, "a", at=_at("2026-03-03 10:00"), district="西湖区")
    clock.pin(lambda: _at("2026-03-16 08:00"))
    _make(desk, "2026-03-02")
    _make(desk, "2026-03-09")
    decide(desk, lead, Verdict.CONFIRM, at=_at("2026-03-04 10:00"))
    assert _make(desk, "2026-03-02")["total"]["confirm"] == 0
    clock.pin(lambda: _at("2026-03-23 08:00"))
    third = _make(desk, "2026-03-16")
    assert (third["total"]["confirm"], third["late_decisions"]) == (1, 1)


@pytest.mark.parametrize(
    ("series", "day", "first", "last"),
    [
        (Series.WEEK, "2026-03-08", "2026-03-02", "2026-03-08"),
        (Series.MONTH, "2024-02-29", "2024-02-01", "2024-02-29"),
        (Series.MONTH, "2026-12-31", "2026-12-01", "2026-12-31"),
        (Series.QUARTER, "2026-05-31", "2026-04-01", "2026-06-30"),
        (Series.QUARTER, "2026-12-31", "2026-10-01", "2026-12-31"),
    ],
)
def test_periods_have_their_days(series: Series, day: str, first: str, last: str) -> None:
    period = period_with(series, date.fromisoformat(day))
    assert (str(period.first_day), str(period.last_day)) == (first, last)
    over = last_finished(series, period.end)
    assert over == period
    assert last_finished(series, period.end - timedelta(seconds=1)).last_day < period.first_day


def test_series_are_known_by_chinese_names() -> None:
    words: Sequence[str] = ("周", "周报", "week", "月", "通报", "月报", "季", "季报", "Quarter")
    assert [series_of(word).value for word in words] == ["week"] * 3 + ["month"] * 3 + ["quarter"] * 3
    with pytest.raises(BadInput, match="期别"):
        series_of("年")


def test_a_decision_the_audit_log_does_not_know_is_named(desk: Desk) -> None:
    lead = add_lead(desk, "a", at=_at("2026-03-03 10:00"))
    decide(desk, lead, Verdict.CONFIRM, at=_at("2026-03-04 10:00"))
    with desk.store.transaction() as tx:
        row: Decision = tx.decisions.add(
            lead.id, Verdict.DISMISS, None, "", "wang", None, None, _at("2026-03-05 10:00")
        )
    clock.pin(lambda: _at("2026-03-09 08:00"))
    assert _make(desk, "2026-03-02")["unaudited"] == [row.id]
