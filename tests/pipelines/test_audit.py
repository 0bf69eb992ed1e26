"""The audit chain: ids only, and every edit shows."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest
from sqlalchemy import text

from pipelines import audit, clock
from pipelines.desk import Desk
from pipelines.errors import BadInput
from pipelines.store.engine import make_engine
from tests.factories import NOON


@pytest.fixture
def logged(any_desk: Desk) -> Desk:
    """A desk with five events."""
    clock.pin(lambda: NOON)
    with any_desk.store.transaction() as tx:
        for number in range(1, 6):
            audit.record(tx, actor="lin", action="lead.view", object_type="lead", object_id=number, revision=number)
    return any_desk


def test_an_event_names_the_one_before(logged: Desk) -> None:
    with logged.store.read() as tx:
        events = tx.audit.all(0, 10)
        assert [event.seq for event in events] == [1, 2, 3, 4, 5]
        assert [event.prev_hash for event in events] == [audit.GENESIS, *(event.hash for event in events[:-1])]
        page = tx.audit.page(limit=2)
        assert ([event.seq for event in page.items], page.next, page.total) == ([5, 4], "4", 5)
        assert [event.seq for event in tx.audit.page(after="4", limit=9).items] == [3, 2, 1]
    assert audit.verify_chain(logged.store) == []


def test_extracted_rows_can_be_checked_without_us(logged: Desk) -> None:
    with logged.store.read() as tx:
        rows = audit.extract(tx, [("lead", "2"), ("lead", "4"), ("case", "2")])
    assert [row["object_id"] for row in rows] == ["2", "4"]
    assert rows[0]["at"] == "2026-05-04T08:00:00.123456Z"
    for row in rows:
        assert audit.row_hash(row) == row["hash"]
        plain = json.dumps(
            {name: value for name, value in row.items() if name != "hash"},
            ensure_ascii=False,
            sort_keys=True,
            separators=(",", ":"),
        )
        assert hashlib.sha256(plain.encode()).hexdigest() == row["hash"]


@pytest.mark.parametrize(
    ("edit", "faults"),
    [
        ("UPDATE audit_events SET actor = 'wang' WHERE seq = 3", ["审计记录 3 的内容与其哈希不符"]),
        ("UPDATE audit_events SET detail = '{\"revision\":9}' WHERE seq = 5", ["审计记录 5 的内容与其哈希不符"]),
        ("UPDATE audit_events SET hash = 'x' WHERE seq = 2", ["2 的内容", "3 与上一条"]),
        ("DELETE FROM audit_events WHERE seq IN (2, 3)", ["审计记录 2 至 3 缺失"]),
        ("DELETE FROM audit_events WHERE seq = 1", ["审计记录 1 至 1 缺失"]),
        ("UPDATE audit_events SET seq = 7 WHERE seq = 5", ["审计记录 5 至 6 缺失", "审计记录 7 的内容"]),
    ],
)
def test_every_edit_shows(logged: Desk, edit: str, faults: list[str]) -> None:
    _tamper(logged, edit)
    found = audit.verify_chain(logged.store)
    assert len(found) == len(faults)
    assert all(part in fault for part, fault in zip(faults, found, strict=True))


@pytest.mark.parametrize(
    "detail",
    [{"note": "家长 投诉"}, {"text": "长" * 81}, {"phone": "13800005678"}, {"score": 0.5}, {"ids": ["ok", "a b"]}],
)
def test_text_and_numbers_of_people_are_refused(any_desk: Desk, detail: dict[str, Any]) -> None:
    with pytest.raises(BadInput, match="只能是编号或代码"), any_desk.store.transaction() as tx:
        audit.record(tx, actor="lin", action="x", object_type="lead", object_id=1, **detail)


def test_what_is_read_back_is_what_was_hashed(any_desk: Desk) -> None:
    with any_desk.store.transaction() as tx:
        event = tx.audit.append("l\x00in", "a", "lead", "1", {"ids": (1, 2), "数": "乙", "b": None}, clock.now())
    with any_desk.store.read() as tx:
        assert tx.audit.all() == (event,)
    assert event.detail == {"ids": [1, 2], "数": "乙", "b": None}
    assert audit.verify_chain(any_desk.store) == []


def _tamper(desk: Desk, statement: str) -> None:
    """Edit as somebody would who owns the database: protection off first."""
    engine = make_engine(desk.store.url, "write")
    with engine.begin() as connection:
        if desk.store.dialect == "sqlite":
            for what in ("update", "delete"):
                connection.execute(text(f"DROP TRIGGER audit_events_no_{what}"))
        else:
            connection.execute(text("ALTER TABLE audit_events DISABLE TRIGGER USER"))
        connection.exec_driver_sql(statement)
    engine.dispose()
