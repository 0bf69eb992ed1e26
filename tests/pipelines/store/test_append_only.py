"""Decisions and audit rows are only ever added, whoever asks the database."""

from __future__ import annotations

import sqlite3
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from pipelines import audit
from pipelines.desk import Desk
from pipelines.errors import Conflict, NotFound, StoreError
from pipelines.records import (
    CaseEventKind,
    DigestEventKind,
    Entry,
    FollowUpKind,
    Mark,
    OpinionFault,
    PutIn,
    RowKind,
    StateChange,
    StoredDigest,
    Verdict,
)
from pipelines.store.desk_tables import APPEND_ONLY
from pipelines.store.engine import make_engine
from tests.factories import NOON, add_lead, capture, user


@pytest.fixture
def decided(any_desk: Desk) -> Desk:
    """A desk with one row in each append-only table."""
    with any_desk.store.transaction() as tx:
        tx.users.add(user())
        lead = add_lead(tx)
        first = tx.decisions.add(lead.id, Verdict.DISMISS, None, "误报", "lin", None, None, NOON)
        undo = tx.decisions.add(lead.id, Verdict.UNDO, None, "", "lin", None, first.id, NOON)
        followed = {"user": "lin", "os_account": None, "at": NOON}
        mended = tx.follow_ups.add(lead.id, first.id, FollowUpKind.RECTIFIED, on_day=NOON.date(), **followed)
        tx.follow_ups.add(lead.id, first.id, FollowUpKind.UNDO, undoes=mended.id, **followed)
        tx.decisions.add_reason(undo.id, "看错了", "lin", None, NOON)
        case = tx.cases.open([lead.id], "案件", "lin", NOON, False)
        tx.captures.add(capture("brought", logged_in="导入人说明"))
        tx.put_ins.add(case.id, PutIn(capture_id="brought", lead_id=lead.id, reason="须用", user="lin", at=NOON))
        tx.cases.close(case.id, CaseEventKind.CONCLUDED, "办结", "lin", NOON)
        audit.record(tx, actor="lin", action="lead.decide", object_type="lead", object_id=lead.id)
        tx.opinions.add(lead.id, lead.assessment_id, model="q", prompt="p", at=NOON, fault=OpinionFault.TIMEOUT)
        change = StateChange(source=lead.source, host="h", state="captcha", reason="墙", run_id=None, at=NOON)
        assert tx.health.note_state(change)
        assert not tx.health.note_state(change)
        digest = StoredDigest(
            id="d",
            first_day="2026-05-04",
            last_day="2026-05-10",
            created_at=NOON,
            created_by="lin",
            files={},
            demo=False,
            series="week",
        )
        tx.digests.add(digest, [Entry(kind=RowKind.LEAD, row_id=lead.id, mark=Mark.DUE)])
        tx.digests.note("d", DigestEventKind.APPROVED, "lin", NOON)
    return any_desk


@pytest.mark.parametrize("table", APPEND_ONLY)
@pytest.mark.parametrize("statement", ["UPDATE {} SET {} = {}", "DELETE FROM {}"])
def test_changing_and_deleting_is_refused(decided: Desk, table: str, statement: str) -> None:
    columns = {
        "decisions": "reason",
        "audit_events": "actor",
        "opinions": "model",
        "digest_entries": "mark",
        "digest_events": "detail",
        "follow_ups": "note",
    }
    column = columns.get(table, "reason")
    engine = make_engine(decided.store.url, "write")
    with pytest.raises(DBAPIError, match="only ever added"), engine.begin() as connection:
        connection.execute(text(statement.format(table, column, "'x'")))
    engine.dispose()
    with decided.store.read() as tx:
        assert [row.reason for row in tx.decisions.for_lead(1)] == ["误报", "看错了"]
    assert audit.verify_chain(decided.store) == []


@pytest.mark.parametrize("table", APPEND_ONLY)
def test_truncating_is_refused(decided: Desk, table: str) -> None:
    if decided.store.dialect == "sqlite":
        return  # SQLite has no TRUNCATE; its DELETE is tested above.
    engine = make_engine(decided.store.url, "write")
    with pytest.raises(DBAPIError, match="only ever added"), engine.begin() as connection:
        connection.execute(text(f"TRUNCATE {table} CASCADE"))
    engine.dispose()


@pytest.mark.parametrize(
    "statement",
    [
        "REPLACE INTO decisions SELECT id, lead_id, 'confirm', NULL, '改', user, NULL, decided_at, NULL, NULL "
        "FROM decisions WHERE id = 1",
        "REPLACE INTO decisions SELECT 99, lead_id, verdict, NULL, '改', user, NULL, decided_at, undoes, NULL "
        "FROM decisions WHERE undoes IS NOT NULL",
        "REPLACE INTO audit_events SELECT seq, at, 'x', action, object_type, object_id, detail, prev_hash, 'h' "
        "FROM audit_events",
        "REPLACE INTO decision_reasons SELECT 99, decision_id, '改', user, NULL, at FROM decision_reasons",
        "REPLACE INTO follow_ups SELECT id, lead_id, decision_id, kind, office, on_day, paper, '改', user, NULL, at, "
        "NULL FROM follow_ups",
        "REPLACE INTO opinions SELECT id, lead_id, assessment_id, 'other', prompt, asked_at, outcome, fault, answer "
        "FROM opinions",
    ],
)
def test_replacing_is_refused_even_by_a_plain_connection(desk: Desk, statement: str) -> None:
    with desk.store.transaction() as tx:
        tx.users.add(user())
        lead = add_lead(tx)
        first = tx.decisions.add(lead.id, Verdict.DISMISS, None, "误报", "lin", None, None, NOON)
        undo = tx.decisions.add(lead.id, Verdict.UNDO, None, "", "lin", None, first.id, NOON)
        tx.decisions.add_reason(undo.id, "看错了", "lin", None, NOON)
        kind = FollowUpKind.RECTIFIED
        tx.follow_ups.add(lead.id, first.id, kind, on_day=NOON.date(), user="lin", os_account=None, at=NOON)
        audit.record(tx, actor="lin", action="lead.decide", object_type="lead", object_id=lead.id)
        tx.opinions.add(lead.id, lead.assessment_id, model="q", prompt="p", at=NOON, fault=OpinionFault.TIMEOUT)
    plain = sqlite3.connect(desk.home / "mingcha.db")
    with pytest.raises(sqlite3.IntegrityError, match="row already"):
        plain.execute(statement)
    plain.close()


def test_a_decision_is_taken_back_once(decided: Desk) -> None:
    with pytest.raises(Conflict), decided.store.transaction() as tx:
        tx.decisions.add(1, Verdict.UNDO, None, "", "lin", None, 1, NOON)
    with decided.store.read() as tx:
        assert [(row.verdict, row.undoes) for row in tx.decisions.for_lead(1)] == [
            (Verdict.DISMISS, None),
            (Verdict.UNDO, 1),
        ]


def test_decisions_survive_closing_and_opening(decided: Desk) -> None:
    with decided.store.read() as tx:
        before = tx.decisions.for_lead(1)
    decided.store.close()
    with decided.store.read() as tx:
        assert tx.decisions.for_lead(1) == before
        assert before[0].decided_at == NOON
        assert tx.decisions.between(NOON, NOON) == ()
        assert len(tx.decisions.between(NOON, NOON.replace(hour=9))) == 2


@pytest.mark.parametrize("told", [{}, {"fault": OpinionFault.BUSY, "answer": {"kind": "offer"}}])
def test_an_opinion_is_given_or_missed_never_both_nor_neither(any_desk: Desk, told: dict[str, Any]) -> None:
    with any_desk.store.transaction() as tx:
        lead = add_lead(tx)
    with pytest.raises(StoreError), any_desk.store.transaction() as tx:
        tx.opinions.add(lead.id, lead.assessment_id, model="q", prompt="p", at=NOON, **told)
    with pytest.raises(NotFound), any_desk.store.transaction() as tx:
        tx.opinions.add(99, lead.assessment_id, model="q", prompt="p", at=NOON, fault=OpinionFault.BUSY)
    with any_desk.store.read() as tx:
        assert tx.opinions.for_lead(lead.id) == ()
