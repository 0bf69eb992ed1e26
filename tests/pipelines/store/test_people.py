"""Operators and contacts, users and logins, cases, runs, digests."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from pipelines.desk import Desk
from pipelines.errors import BadInput, Conflict, NotFound, StoreError
from pipelines.records import Role, Session, StoredDigest, Verdict
from tests.factories import NOON, add_lead, add_listing, source, user

LATER = NOON + timedelta(hours=1)


def test_contacts_link_listings_and_operators(any_desk: Desk) -> None:
    with any_desk.store.transaction() as tx:
        lead = add_lead(tx, "1")
        other = add_listing(tx, "2")
        phone = tx.contacts.upsert("phone", "138****5678", "hp", b"\x00c1")
        wechat = tx.contacts.upsert("wechat", "m***x", "hw", b"c2")
        assert tx.contacts.upsert("phone", "138****5678", "hp", b"other") == phone
        tx.contacts.link(phone, lead.listing_id)
        tx.contacts.link(phone, lead.listing_id)
        tx.contacts.link(wechat, other.id)
        assert [contact.id for contact in tx.contacts.of_listing(lead.listing_id)] == [phone]
        assert tx.contacts.get(phone).ciphertext == b"\x00c1"  # type: ignore[union-attr]
        assert tx.contacts.listings_with(["hp", "hx"]) == {lead.listing_id: lead.cluster_id}
        first = tx.operators.for_contacts([phone], name="")
        second = tx.operators.for_contacts([wechat], name="李老师")
        tx.listings.set_operator(lead.listing_id, first)
        tx.listings.set_operator(other.id, second)
        assert first != second
        # One posting shows both: they are one operator, and the other's id still leads there.
        assert tx.operators.for_contacts([wechat, phone], name="新名") == first
        merged = tx.operators.get(first)
        assert merged is not None
        assert (merged.name, merged.listings, merged.leads) == ("李老师", 2, 1)
        assert [contact.id for contact in merged.contacts] == [phone, wechat]
        assert tx.operators.get(second) == merged
        assert tx.operators.list() == (merged,)
        assert tx.leads.get(lead.id).operator_id == first  # type: ignore[union-attr]
        assert [found.id for found in tx.leads.of_operator(first)] == [lead.id]
        assert tx.operators.get(99) is None
        with pytest.raises(BadInput):
            tx.operators.for_contacts([], name="x")


def test_users(any_desk: Desk) -> None:
    lin = user("lin", Role.OFFICER, Role.SUPERVISOR)
    with any_desk.store.transaction() as tx:
        assert tx.users.count() == 0
        tx.users.add(lin)
        tx.users.add(user("a", demo=True, keys_enabled=False))
        with pytest.raises(Conflict, match="lin"):
            tx.users.add(user("lin"))
        assert tx.users.get("lin") == lin
        assert [found.name for found in tx.users.list()] == ["a", "lin"]
        tx.users.set_disabled("lin", True)
        tx.users.set_password("lin", "given", given_at=NOON)
        assert (found := tx.users.get("lin")) is not None
        assert found.password_given_at == NOON
        tx.users.set_password("lin", "new", given_at=None)
        tx.users.set_keys_enabled("lin", False)
        tx.users.set_roles("lin", {Role.ADMIN})
        changed = tx.users.get("lin")
        assert changed == user("lin", Role.ADMIN, disabled=True, password_hash="new", keys_enabled=False)
        assert tx.users.get("nobody") is None
        for change in (
            lambda: tx.users.set_disabled("nobody", True),
            lambda: tx.users.set_roles("nobody", {Role.ADMIN}),
        ):
            with pytest.raises(NotFound):
                change()


def test_sessions_and_failed_logins(any_desk: Desk) -> None:
    with any_desk.store.transaction() as tx:
        tx.users.add(user())
        sessions = [
            Session(
                token_hash=f"t{hours}", user="lin", created_at=NOON, expires_at=NOON + timedelta(hours=hours), csrf="c"
            )
            for hours in (1, 2, 3)
        ]
        for session in sessions:
            tx.sessions.add(session)
        assert tx.sessions.get("t2") == sessions[1]
        tx.sessions.purge(LATER)
        assert tx.sessions.get("t1") is None
        tx.sessions.delete("t2")
        assert tx.sessions.get("t2") is None
        tx.sessions.delete_for("lin")
        assert tx.sessions.get("t3") is None

        for at in (NOON, LATER):
            tx.logins.add_failure("user:lin", at)
        assert [tx.logins.newest_but("user:lin", number) for number in range(3)] == [LATER, NOON, None]
        tx.logins.purge(LATER)
        assert [tx.logins.newest_but("user:lin", number) for number in range(2)] == [LATER, None]
        tx.logins.clear("user:lin")
        assert tx.logins.newest_but("user:lin", 0) is None


def test_cases_are_numbered_by_the_year_in_china(any_desk: Desk) -> None:
    new_year_in_china = datetime(2026, 12, 31, 16, 0, tzinfo=UTC)
    with any_desk.store.transaction() as tx:
        tx.users.add(user())
        leads = [add_lead(tx, str(number)) for number in range(5)]
        operator = tx.operators.for_contacts([tx.contacts.upsert("phone", "1", "h", b"x")], name="张老师")
        for lead in leads[:2]:
            tx.listings.set_operator(lead.listing_id, operator)
        first = tx.cases.open([2, 1, 2], "一案", "lin", NOON, False)
        second = tx.cases.open([3, 4], "二案", "lin", new_year_in_china - timedelta(seconds=1), False)
        third = tx.cases.open([5], "三案", "lin", new_year_in_china, False)
        assert [case.id for case in (first, second, third)] == ["AJ-2026-0001", "AJ-2026-0002", "AJ-2027-0001"]
        assert (first.lead_ids, first.operator_id, first.status) == ((1, 2), operator, "open")
        assert second.operator_id is None
        assert tx.cases.get("AJ-2026-0001") == first
        assert tx.cases.of_lead(4) == second
        assert tx.cases.of_lead(99) is None
        assert tx.cases.list() == (third, second, first)
        page = tx.cases.page(limit=2)
        assert (page.items, page.next, page.total) == ((third, second), second.id, 3)
        assert tx.cases.page(after=page.next).items == (first,)
        with pytest.raises(Conflict, match="线索 4 已在案件 AJ-2026-0002"):
            tx.cases.open([4], "又一案", "lin", NOON, False)
        with pytest.raises(NotFound, match="99"):
            tx.cases.open([99], "无", "lin", NOON, False)
        with pytest.raises(BadInput):
            tx.cases.open([], "空", "lin", NOON, False)


def test_runs_and_digests(any_desk: Desk) -> None:
    with any_desk.store.transaction() as tx:
        tx.sources.upsert(source())
        first = tx.runs.start("board", NOON)
        assert tx.runs.latest("board") == first
        second = tx.runs.start("board", LATER)
        done = tx.runs.finish(
            second.id,
            at=LATER,
            states={"ok": 3},
            new=3,
            changed=0,
            unchanged=1,
            leads=2,
            outcome="blocked",
            message="停",
        )
        assert tx.runs.latest("board") == tx.runs.get(second.id) == done
        assert tx.runs.list(None, 10) == (done, first)
        assert tx.runs.list("ads", 10) == ()
        with pytest.raises(NotFound):
            tx.runs.finish("x", at=NOON, states={}, new=0, changed=0, unchanged=0, leads=0, outcome="failed")

        digests = [
            StoredDigest(
                id=f"d{number}",
                first_day="2026-05-04",
                last_day="2026-05-10",
                created_at=NOON,
                created_by="lin",
                files={"周报.docx": "a" * 64},
                demo=False,
            )
            for number in range(3)
        ]
        for digest in digests:
            tx.digests.add(digest)
        assert tx.digests.get("d1") == digests[1]
        page = tx.digests.page(limit=2)
        assert (page.items, page.next, page.total) == ((digests[2], digests[1]), "d1", 3)
        assert tx.digests.page(after=page.next).items == (digests[0],)


def test_sources(any_desk: Desk) -> None:
    with any_desk.store.transaction() as tx:
        tx.sources.upsert(source("b"))
        tx.sources.upsert(source("a"))
        tx.sources.upsert(source("b", title="改名"))
        tx.sources.set_state("b", state="captcha", last_good_at=NOON, cooldown_until=LATER)
        tx.sources.set_state("b", state="ok")
        assert tx.sources.list() == (source("a"), source("b", title="改名", state="ok", last_good_at=NOON))
        assert tx.sources.get("x") is None
        with pytest.raises(NotFound):
            tx.sources.set_state("x", state="ok")


def test_a_decision_needs_a_lead_a_person_and_a_department_for_a_transfer(any_desk: Desk) -> None:
    with any_desk.store.transaction() as tx:
        tx.users.add(user())
        lead = add_lead(tx)
        with pytest.raises(NotFound):
            tx.decisions.add(99, Verdict.CONFIRM, None, "", "lin", None, None, NOON)
    for name, verdict, department in (("ghost", Verdict.CONFIRM, None), ("lin", Verdict.TRANSFER, None)):
        with pytest.raises(StoreError), any_desk.store.transaction() as tx:
            tx.decisions.add(lead.id, verdict, department, "", name, None, None, NOON)
    with any_desk.store.transaction() as tx:
        kept = tx.decisions.add(lead.id, Verdict.TRANSFER, "市场监管局", "", "lin", "root", None, NOON)
        assert tx.decisions.for_lead(lead.id) == (kept,)
        assert tx.decisions.get(kept.id) == kept
