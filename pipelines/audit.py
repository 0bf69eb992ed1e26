"""Who did or saw what: recording with ids only, checking the chain, extracting what concerns some objects."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from pipelines import clock
from pipelines.clock import rfc3339
from pipelines.errors import BadInput
from pipelines.records import AuditEvent
from pipelines.store import Store, Tx
from pipelines.store.audit_events import GENESIS, fields_hash

__all__ = ["GENESIS", "as_row", "extract", "record", "row_hash", "verify_chain"]

#: Long enough for a SHA-256 or a department's name, too short for a posting.
MAX_WORD = 80
_MOBILE = re.compile(r"1[3-9]\d{9}")
_PORTION = 1000


def record(tx: Tx, *, actor: str, action: str, object_type: str, object_id: str | int, **detail_ids: Any) -> AuditEvent:
    """Add an event to the chain, inside the caller's transaction. Details are ids and codes only: numbers, short words
    without spaces, or lists of those; text and phone numbers are refused, since audit rows can never be deleted."""
    for name, value in detail_ids.items():
        _check_ids(name, value)
    return tx.audit.append(actor, action, object_type, str(object_id), detail_ids, clock.now())


def extract(tx: Tx, objects: Sequence[tuple[str, str]]) -> list[dict[str, Any]]:
    """The events about these (type, id), oldest first, as rows that can be checked one by one with `row_hash`."""
    return [as_row(event) for event in tx.audit.for_objects(objects)]


def as_row(event: AuditEvent) -> dict[str, Any]:
    """An event as JSON: its time is RFC 3339."""
    return {
        "seq": event.seq,
        "at": rfc3339(event.at),
        "actor": event.actor,
        "action": event.action,
        "object_type": event.object_type,
        "object_id": event.object_id,
        "detail": event.detail,
        "prev_hash": event.prev_hash,
        "hash": event.hash,
    }


def row_hash(row: dict[str, Any]) -> str:
    """What the `hash` of an extracted row must be."""
    return fields_hash(row)


def verify_chain(store: Store) -> list[str]:
    """Every fault of the chain, one sentence each; empty when it is whole. It sees changed, inserted and removed
    events; events cut off at the very end leave no trace in the chain itself (a copy elsewhere shows them)."""
    faults: list[str] = []
    expected_seq, prev_hash = 1, GENESIS
    with store.read() as tx:
        while events := tx.audit.all(expected_seq - 1, _PORTION):
            for event in events:
                faults.extend(_faults_of(event, expected_seq, prev_hash))
                expected_seq, prev_hash = event.seq + 1, event.hash
    return faults


def _faults_of(event: AuditEvent, expected_seq: int, prev_hash: str) -> list[str]:
    faults = []
    if event.seq != expected_seq:
        faults.append(f"审计记录 {expected_seq} 至 {event.seq - 1} 缺失")
    elif event.prev_hash != prev_hash:
        faults.append(f"审计记录 {event.seq} 与上一条记录的哈希不衔接")
    if row_hash(as_row(event)) != event.hash:
        faults.append(f"审计记录 {event.seq} 的内容与其哈希不符")
    return faults


def _check_ids(name: str, value: Any) -> None:
    if isinstance(value, list | tuple):
        for item in value:
            _check_ids(name, item)
        return
    if value is None or isinstance(value, bool | int):
        return
    if not isinstance(value, str):
        raise BadInput(f"审计字段 {name} 只能是编号或代码")
    if len(value) > MAX_WORD or any(char.isspace() for char in value) or _MOBILE.fullmatch(value):
        raise BadInput(f"审计字段 {name} 只能是编号或代码，不能是文字或号码")
