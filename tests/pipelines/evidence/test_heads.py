"""Heads of the audit chain outside the database show what the chain itself cannot."""

from __future__ import annotations

import json
import shutil
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from pipelines import audit, clock
from pipelines.clock import rfc3339
from pipelines.desk import Desk
from pipelines.errors import BadInput, Conflict
from pipelines.evidence.head_check import check_chain, declare_restored
from pipelines.evidence.head_copy import check_copy, on_paper
from pipelines.evidence.heads import DAILY, Head, heads_path, keep_head, note_daily
from pipelines.store.engine import make_engine
from tests.factories import NOON


def _log(desk: Desk, *numbers: int, at: datetime = NOON) -> None:
    clock.pin(lambda: at)
    with desk.store.transaction() as tx:
        for number in numbers:
            audit.record(tx, actor="lin", action="lead.view", object_type="lead", object_id=number)


def _faults(desk: Desk) -> list[str]:
    chain, heads = check_chain(desk)
    return [*chain, *heads.faults]


def _rewrite(desk: Desk, from_seq: int, *, cut: int | None = None) -> None:
    """As he does who owns the database: triggers off, a row changed, every hash after it made anew, triggers back."""
    engine = make_engine(desk.store.url, "write")
    with desk.store.read() as tx:
        events = [audit.as_row(event) for event in tx.audit.all(0, 100)]
    with engine.begin() as connection:
        guards = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE tbl_name = 'audit_events'"))
        triggers = [(name, sql) for name, sql in guards.all() if name.startswith("audit_events_no")]
        for name, _ in triggers:
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
        before = audit.GENESIS
        for row in events:
            row["prev_hash"] = before
            if row["seq"] == from_seq:
                row["actor"] = "nobody"
            before = audit.row_hash(row)
            changed = {"actor": row["actor"], "prev": row["prev_hash"], "hash": before, "seq": row["seq"]}
            connection.execute(
                text("UPDATE audit_events SET actor = :actor, prev_hash = :prev, hash = :hash WHERE seq = :seq"),
                changed,
            )
        if cut is not None:
            connection.execute(text("DELETE FROM audit_events WHERE seq > :cut"), {"cut": cut})
        for _, sql in triggers:
            connection.exec_driver_sql(sql)
    engine.dispose()


def test_a_chain_written_anew_is_found_and_its_first_row_named(desk: Desk) -> None:
    _log(desk, 1, 2, 3)
    keep_head(desk, "start")
    _log(desk, 4, 5, 6, 7)
    keep_head(desk, "case.export")
    assert _faults(desk) == []
    _rewrite(desk, 5)
    assert audit.verify_chain(desk.store) == []  # the chain alone says nothing
    (fault,) = _faults(desk)
    assert fault.startswith("审计记录第 5 号起与 2026-05-04 16:00:00 留存的链头（第 7 号）不符")


def test_a_shorter_database_is_an_older_copy_and_said_so_once(desk: Desk) -> None:
    _log(desk, 1, 2, 3, 4, 5)
    keep_head(desk, "start")
    _rewrite(desk, 0, cut=3)
    (fault,) = _faults(desk)
    assert "只到第 3 号" in fault
    assert "较早的一份数据库" in fault
    assert declare_restored(desk, actor="console") == (3, 5)
    _log(desk, 6, 7)
    keep_head(desk, "daily")
    chain, heads = check_chain(desk)
    assert [*chain, *heads.faults] == []
    assert any("原第 4 至 5 号已不在库里" in remark for remark in heads.remarks)
    with pytest.raises(Conflict, match="没有要声明的"):
        declare_restored(desk, actor="console")


def test_work_gone_on_with_after_a_restore_can_still_be_declared(desk: Desk) -> None:
    _log(desk, 1, 2, 3, 4, 5)
    keep_head(desk, "start")
    _rewrite(desk, 0, cut=3)
    _log(desk, 8)
    keep_head(desk, "start")
    _log(desk, 9, 10)
    assert "第 4 号起与" in _faults(desk)[0]
    assert declare_restored(desk, actor="console") == (3, 5)
    assert _faults(desk) == []


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        (lambda lines: lines[:0], "链头缺失：应留存 3 条，文件里没有"),
        (lambda lines: lines[:2], "只有 2 条"),
        (lambda lines: [lines[0], lines[2]], "第 2 行与上一行不衔接"),
        (lambda lines: [lines[0], lines[1].replace(b'"seq":2', b'"seq":1'), lines[2]], "签名不对"),
        (lambda lines: [lines[0], b"{}", lines[2]], "第 2 行读不出来"),
        (lambda lines: [lines[0], b"[" * 100_000, lines[2]], "第 2 行读不出来"),
        (lambda lines: [lines[0], _stamped_as(lines[1], lines[2]), lines[2]], "时间戳（own）不对"),
    ],
)
def test_a_file_that_was_touched_says_so(desk: Desk, edit, said: str) -> None:  # type: ignore[no-untyped-def]
    for number in (1, 2, 3):
        _log(desk, number)
        keep_head(desk, "start")
    path = heads_path(desk.home)
    path.write_bytes(b"".join(line + b"\n" for line in edit(path.read_bytes().splitlines())))
    assert any(said in fault for fault in _faults(desk))


def test_a_file_that_is_gone_stays_missed_until_it_is_declared(desk: Desk) -> None:
    for number in (1, 2, 3):
        _log(desk, number)
        keep_head(desk, "start")
    heads_path(desk.home).unlink()
    _log(desk, 4)
    keep_head(desk, "start")  # the service was started again
    (fault,) = _faults(desk)
    assert "应留存 4 条，文件里只有 1 条" in fault
    assert declare_restored(desk, actor="console") == (4, 4)
    chain, heads = check_chain(desk)
    assert [*chain, *heads.faults] == []
    assert any("链头文件少了 3 行" in remark for remark in heads.remarks)


def _stamped_as(line: bytes, other: bytes) -> bytes:
    return json.dumps(json.loads(line) | {"stamps": json.loads(other)["stamps"]}).encode()


def test_heads_are_asked_for_once_there_are_events_of_days(desk: Desk) -> None:
    _log(desk, 1)
    assert _faults(desk) == []  # an hour old: the first start will keep one
    _log(desk, 2, at=NOON + timedelta(days=3))
    assert "以来没有留存过链头" in _faults(desk)[0]
    note_daily(desk)
    assert _faults(desk) == []
    _log(desk, 3, at=NOON + timedelta(days=6))
    assert "此后的记录没有链头作证" in _faults(desk)[0]
    assert "最早的链头是" in check_chain(desk)[1].remarks[0]


def test_a_line_is_written_when_something_is_new_or_a_day_has_passed(any_desk: Desk) -> None:
    desk = any_desk
    assert keep_head(desk, "start") is None
    _log(desk, 1)
    first = keep_head(desk, "start")
    assert keep_head(desk, "start") == first
    clock.pin(lambda: NOON + DAILY)
    assert keep_head(desk, "daily") != first
    path = heads_path(desk.home)
    with path.open("ab") as handle:
        handle.write(b'{"at":')  # killed in the middle
    _log(desk, 2)
    keep_head(desk, "start")
    assert path.stat().st_mode & 0o777 == 0o600
    assert len(path.read_bytes().splitlines()) == 3
    assert _faults(desk) == []


def test_a_renamed_agency_leaves_older_heads_standing(desk: Desk) -> None:
    _log(desk, 1)
    keep_head(desk, "start")
    with desk.store.transaction() as tx:
        tx.settings.set("agency", "某某县教育局")
    _log(desk, 2)
    keep_head(desk, "start")
    assert _faults(desk) == []


def test_a_copy_elsewhere_finds_even_who_owns_key_file_and_database(desk: Desk, tmp_path: Path) -> None:
    _log(desk, 1, 2, 3)
    head = keep_head(desk, "asked")
    assert head is not None
    printed, signed, lines = tmp_path / "纸.txt", tmp_path / "一行.json", tmp_path / "副本.jsonl"
    printed.write_text(on_paper(head, agency="某某县教育局"))
    signed.write_bytes(head.line)
    _log(desk, 4)
    keep_head(desk, "asked")
    lines.write_bytes(heads_path(desk.home).read_bytes())
    typed = " ".join(head.hash[start : start + 8] for start in range(0, 64, 8)).upper()
    copies = [str(printed), str(signed), str(lines), head.hash, f"3：{typed}"]
    assert all(check_copy(desk, copy).faults == () for copy in copies)
    _rewrite(desk, 2)
    shutil.rmtree(desk.home / "audit")
    with desk.store.transaction() as tx:
        tx.settings.set("audit.heads", "0")
    keep_head(desk, "start")
    assert _faults(desk) == []  # nothing on this machine tells any more
    assert all(check_copy(desk, copy).faults for copy in copies)
    assert "只到第 4 号" in check_copy(desk, f"9:{'a' * 64}").faults[0]
    for wrong in ("没有这个文件.txt", "abc", f"{'g' * 64}"):
        with pytest.raises(BadInput):
            check_copy(desk, wrong)


def test_a_head_can_be_checked_without_us(desk: Desk) -> None:
    _log(desk, 1)
    head = keep_head(desk, "start")
    assert head is not None
    told = json.loads(head.line)
    plain = {name: value for name, value in told.items() if name not in ("signature", "stamps")}
    spelt = json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    assert head.signed == spelt
    assert Head.read(head.line) == head
    assert told["at"] == rfc3339(NOON)
    with desk.store.read() as tx:
        assert told["hash"] == tx.audit.all(0, 1)[0].hash
    assert head.rows == head.hash[:8]


@pytest.mark.parametrize("how", ["DROP", "DISABLE"])
def test_missing_triggers_are_named_on_both_databases(any_desk: Desk, how: str) -> None:
    assert _faults(any_desk) == []
    engine = make_engine(any_desk.store.url, "write")
    with engine.begin() as connection:
        if any_desk.store.dialect == "sqlite":
            connection.exec_driver_sql("DROP TRIGGER decisions_no_update")
            if how == "DISABLE":  # another of the same name that refuses nothing
                connection.exec_driver_sql(
                    "CREATE TRIGGER decisions_no_update BEFORE UPDATE ON decisions BEGIN SELECT 1; END"
                )
        elif how == "DROP":
            connection.exec_driver_sql("DROP TRIGGER decisions_no_change ON decisions")
        else:
            connection.exec_driver_sql("ALTER TABLE decisions DISABLE TRIGGER decisions_no_change")
    engine.dispose()
    (fault,) = _faults(any_desk)
    assert "decisions_no_" in fault
