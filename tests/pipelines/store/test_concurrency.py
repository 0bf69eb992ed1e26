"""Two at once: every test makes both threads pass the same point together."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from typing import Any

from pipelines import audit
from pipelines.desk import Desk
from pipelines.errors import Conflict, PipelineError
from pipelines.records import LeadStatus, Verdict
from tests.factories import NOON, add_assessment, add_lead, add_listing, source, user


def at_once(*jobs: Callable[[], Any]) -> list[Any]:
    """Run the jobs in threads that start together; what each gave, or the error of ours it raised."""
    results: list[Any] = [None] * len(jobs)
    barrier = threading.Barrier(len(jobs))

    def run(number: int, job: Callable[[], Any]) -> None:
        barrier.wait()
        try:
            results[number] = job()
        except PipelineError as exc:
            results[number] = exc

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(jobs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_of_two_decisions_on_one_lead_one_wins(any_desk: Desk) -> None:
    store = any_desk.store
    with store.transaction() as tx:
        lead = add_lead(tx)
        for name in ("lin", "wang"):
            tx.users.add(user(name))

    def decide(name: str, verdict: Verdict, status: LeadStatus) -> str:
        with store.transaction() as tx:
            tx.leads.set_status(lead.id, status, lead.revision)
            tx.decisions.add(lead.id, verdict, None, "", name, None, None, NOON)
            audit.record(tx, actor=name, action="lead.decide", object_type="lead", object_id=lead.id)
        return name

    results = at_once(
        lambda: decide("lin", Verdict.CONFIRM, LeadStatus.ACCEPTED),
        lambda: decide("wang", Verdict.DISMISS, LeadStatus.DISMISSED),
    )
    winners = [result for result in results if isinstance(result, str)]
    assert len(winners) == 1
    assert [type(result) for result in results if not isinstance(result, str)] == [Conflict]
    with store.read() as tx:
        decisions = tx.decisions.for_lead(lead.id)
        after = tx.leads.get(lead.id)
    assert [decision.user for decision in decisions] == winners
    assert after is not None
    assert after.revision == 2
    assert after.status == (LeadStatus.ACCEPTED if winners == ["lin"] else LeadStatus.DISMISSED)


def test_the_same_posting_twice_at_once_is_one_listing_in_one_cluster(any_desk: Desk) -> None:
    store = any_desk.store
    with store.transaction() as tx:
        tx.sources.upsert(source())

    def take() -> int:
        with store.transaction() as tx:
            return add_listing(tx, "same").id

    first, second = at_once(take, take)
    assert first == second
    with store.read() as tx:
        listing = tx.listings.get(first)
        assert listing is not None
        assert tx.listings.count() == 1
        assert tx.listings.in_cluster(listing.cluster_id) == (listing,)
        assert len(tx.listings.versions(first)) == 1


def test_a_cluster_has_one_lead_whoever_opens_it_first(any_desk: Desk) -> None:
    store = any_desk.store
    with store.transaction() as tx:
        one = add_listing(tx, "1")
        two = add_listing(tx, "2", cluster_id=one.cluster_id)
        pairs = [(listing, add_assessment(tx, listing)) for listing in (one, two)]

    def open_for(number: int) -> tuple[int, bool]:
        with store.transaction() as tx:
            lead, new = tx.leads.open_for(*pairs[number], NOON)
            return lead.id, new

    results = at_once(lambda: open_for(0), lambda: open_for(1))
    assert Counter(new for _, new in results) == {True: 1, False: 1}
    assert len({lead_id for lead_id, _ in results}) == 1


def test_the_chain_stays_whole_under_many_writers(any_desk: Desk) -> None:
    store = any_desk.store

    def write(name: str) -> None:
        for number in range(10):
            with store.transaction() as tx:
                audit.record(tx, actor=name, action="lead.view", object_type="lead", object_id=number)

    results = at_once(*(lambda name=name: write(name) for name in ("a", "b", "c", "d")))
    assert results == [None] * 4
    assert audit.verify_chain(store) == []
    with store.read() as tx:
        assert tx.audit.page(limit=1).total == 40


def test_cases_opened_at_once_get_different_numbers(any_desk: Desk) -> None:
    store = any_desk.store
    with store.transaction() as tx:
        tx.users.add(user())
        leads = [add_lead(tx, str(number)) for number in range(3)]

    def open_case(number: int) -> str:
        with store.transaction() as tx:
            return tx.cases.open([leads[number].id], "案件", "lin", NOON, False).id

    assert sorted(at_once(*(lambda n=n: open_case(n) for n in range(3)))) == [
        "AJ-2026-0001",
        "AJ-2026-0002",
        "AJ-2026-0003",
    ]


def test_a_lead_wanted_for_two_cases_gets_into_one(any_desk: Desk) -> None:
    store = any_desk.store
    with store.transaction() as tx:
        tx.users.add(user())
        lead = add_lead(tx)

    def open_case() -> str:
        with store.transaction() as tx:
            return tx.cases.open([lead.id], "案件", "lin", NOON, False).id

    results = at_once(open_case, open_case)
    assert sorted(type(result).__name__ for result in results) == ["Conflict", "str"]


def test_operators_merged_crosswise_become_one(any_desk: Desk) -> None:
    store = any_desk.store
    with store.transaction() as tx:
        contacts = [tx.contacts.upsert("phone", "138****0000", f"h{number}", b"x") for number in range(4)]
        for contact in contacts:
            tx.operators.for_contacts([contact], name="")

    def merge(order: list[int]) -> int:
        with store.transaction() as tx:
            return tx.operators.for_contacts(order, name="张老师")

    assert at_once(lambda: merge(contacts), lambda: merge(contacts[::-1])) == [1, 1]
