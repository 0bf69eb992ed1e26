"""Leads: one a cluster, in the queue's order, moved only against the revision that was seen."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from pipelines import clock
from pipelines.desk import Desk
from pipelines.errors import Conflict, NotFound
from pipelines.records import LeadStatus, Verdict
from pipelines.store import Tx
from tests.factories import NOON, add_assessment, add_lead, add_listing, user

LATER = NOON + timedelta(days=1)


def test_a_new_lead_shows_its_listing(any_desk: Desk) -> None:
    with any_desk.store.transaction() as tx:
        listing = add_listing(tx)
        assessment = add_assessment(tx, listing, priority=70, codes=("HT18.1", "AD01", "HT18.1"))
        lead, new = tx.leads.open_for(listing, assessment, NOON)
        assert new
        assert (lead.status, lead.priority, lead.codes, lead.duplicates, lead.revision) == (
            LeadStatus.OPEN,
            70,
            ("HT18.1", "AD01"),
            0,
            1,
        )
        assert (lead.title, lead.url, lead.district) == (listing.title, listing.url, listing.district)
        assert tx.leads.by_cluster(listing.cluster_id) == lead
        assert tx.leads.get(99) is None


def test_a_near_duplicate_joins_the_lead(any_desk: Desk) -> None:
    with any_desk.store.transaction() as tx:
        lead = add_lead(tx, "1", priority=80)
        weaker = add_lead(tx, "2", priority=60, cluster_id=lead.cluster_id)
        assert (weaker.id, weaker.listing_id, weaker.priority, weaker.duplicates) == (lead.id, lead.listing_id, 80, 1)
        stronger = add_lead(tx, "3", priority=90, codes=("HT12",), cluster_id=lead.cluster_id)
        assert (stronger.id, stronger.priority, stronger.codes, stronger.duplicates) == (lead.id, 90, ("HT12",), 2)
        assert stronger.listing_id != lead.listing_id


def test_a_decided_lead_keeps_what_was_decided(any_desk: Desk) -> None:
    with any_desk.store.transaction() as tx:
        lead = add_lead(tx, "1", priority=50)
        tx.leads.set_status(lead.id, LeadStatus.DISMISSED, 1)
        after = add_lead(tx, "2", priority=90, cluster_id=lead.cluster_id)
        assert (after.listing_id, after.priority, after.status) == (lead.listing_id, 50, LeadStatus.DISMISSED)
        assert after.duplicates == 1
        # A new answer about the very listing it shows is taken, the status stays.
        listing = tx.listings.get(lead.listing_id)
        assert listing is not None
        newer, new = tx.leads.open_for(listing, add_assessment(tx, listing, priority=20, model="m2"), LATER)
        assert (new, newer.priority, newer.status, newer.revision) == (False, 20, LeadStatus.DISMISSED, 2)


def test_a_status_moves_only_against_the_revision_seen(any_desk: Desk) -> None:
    clock.pin(lambda: LATER)
    with any_desk.store.transaction() as tx:
        lead = add_lead(tx)
        moved = tx.leads.set_status(lead.id, LeadStatus.HELD, 1)
        assert (moved.status, moved.revision, moved.updated_at) == (LeadStatus.HELD, 2, LATER)
    with any_desk.store.transaction() as tx:
        with pytest.raises(Conflict):
            tx.leads.set_status(lead.id, LeadStatus.ACCEPTED, 1)
        with pytest.raises(NotFound):
            tx.leads.set_status(99, LeadStatus.ACCEPTED, 1)
        assert tx.leads.get(lead.id) == moved


def test_the_queue_is_ordered_and_paged(any_desk: Desk) -> None:
    priorities = [50, 90, 70, 90, 50, 70, 10]
    with any_desk.store.transaction() as tx:
        for number, priority in enumerate(priorities):
            add_lead(tx, str(number), priority=priority)
    with any_desk.store.read() as tx:
        seen, after = [], None
        while True:
            found = tx.leads.page(status=LeadStatus.OPEN, after=after, limit=2)
            assert found.total == 7
            seen += [lead.id for lead in found.items]
            if (after := found.next) is None:
                break
        assert seen == [2, 4, 3, 6, 1, 5, 7]
        neighbours = [tx.leads.neighbours(lead_id, LeadStatus.OPEN) for lead_id in seen]
        assert neighbours == list(zip([None, *seen], [*seen[1:], None], strict=False))
        assert tx.leads.neighbours(2, LeadStatus.HELD) == (None, None)
        assert tx.leads.neighbours(99, None) == (None, None)


def test_the_queue_is_filtered(any_desk: Desk) -> None:
    with any_desk.store.transaction() as tx:
        add_lead(tx, "1", title="100%提分", text="甲", district="上城", codes=("AD04",))
        add_lead(tx, "2", title="Math CLUB", text="一对一", district="余杭", codes=("HT18.1", "AD04"), demo=True)
        add_lead(tx, "3", source="ads", text="别处", codes=("HT12",))
        tx.leads.set_status(3, LeadStatus.HELD, 1)

        def ids(**filters: object) -> list[int]:
            return [lead.id for lead in tx.leads.page(**filters).items]  # type: ignore[arg-type]

        assert ids() == [1, 2, 3]
        assert ids(status=LeadStatus.HELD) == [3]
        assert ids(source="ads") == [3]
        assert ids(code="AD04") == [1, 2]
        assert ids(district="余杭") == [2]
        assert ids(query="100%") == [1]
        assert ids(query="%") == [1]
        assert ids(query="club") == [2]
        assert ids(query="一对一") == [2]
        assert ids(query="没有") == []
        assert ids(demo=False) == [1, 3]
        assert ids(code="AD04", district="上城", query="甲", status=LeadStatus.OPEN) == [1]
        assert tx.leads.counts() == {
            LeadStatus.OPEN: 2,
            LeadStatus.HELD: 1,
            LeadStatus.ACCEPTED: 0,
            LeadStatus.DISMISSED: 0,
            LeadStatus.TRANSFERRED: 0,
            LeadStatus.WITHDRAWN: 0,
        }
        assert tx.stats.leads_by("code") == {"AD04": 2, "HT12": 1, "HT18.1": 1}
        assert tx.stats.leads_by("source", start=NOON, end=LATER) == {"board": 2, "ads": 1}
        assert tx.stats.leads_by("source", start=LATER) == {}
        assert tx.stats.leads_by_source() == tx.stats.listings_by_source() == {"board": 2, "ads": 1}
        assert tx.stats.districts() == ("上城", "余杭")


def test_decided_between_counts_standing_decisions(any_desk: Desk) -> None:
    with any_desk.store.transaction() as tx:
        tx.users.add(user())
        kept, undone, late = (add_lead(tx, key) for key in "123")
        _decide(tx, kept.id, NOON)
        _decide(tx, undone.id, NOON, undo_at=LATER)
        _decide(tx, late.id, LATER)
        assert [lead.id for lead in tx.leads.decided_between(NOON, LATER)] == [kept.id]
        assert [lead.id for lead in tx.leads.decided_between(NOON, LATER + timedelta(1))] == [kept.id, late.id]
        assert tx.leads.created_between(NOON, LATER) == tuple(tx.leads.get_many([1, 2, 3]).values())
        assert tx.leads.created_between(LATER, LATER) == ()


def test_leads_that_want_a_picture(any_desk: Desk) -> None:
    with any_desk.store.transaction() as tx:
        low, high, done = (add_lead(tx, key, priority=p) for key, p in (("1", 10), ("2", 90), ("3", 50)))
        tx.leads.set_status(done.id, LeadStatus.DISMISSED, 1)
        assert [lead.id for lead in tx.leads.without_browser_capture(10)] == [high.id, low.id]


def _decide(tx: Tx, lead_id: int, at: datetime, undo_at: datetime | None = None) -> None:
    decision = tx.decisions.add(lead_id, Verdict.CONFIRM, None, "", "lin", None, None, at)
    if undo_at is not None:
        tx.decisions.add(lead_id, Verdict.UNDO, None, "", "lin", None, decision.id, undo_at)
