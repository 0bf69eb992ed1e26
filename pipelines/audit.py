"""Who did or saw what: recording with ids only, checking the chain, extracting what concerns some objects."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pipelines import clock
from pipelines.clock import rfc3339
from pipelines.errors import BadInput
from pipelines.records import AuditEvent
from pipelines.store import Store, Tx
from pipelines.store.audit_events import GENESIS, fields_hash

__all__ = ["GENESIS", "ChainState", "as_row", "extract", "record", "row_hash", "typed_by", "verify_chain", "verify_on"]

#: Long enough for a SHA-256 or a department's name, too short for a posting.
MAX_WORD = 80
_MOBILE = re.compile(r"1[3-9]\d{9}")
_PORTION = 1000
#: The account of the operating system whose command is being carried out; "" in the web and the worker.
_ACCOUNT: ContextVar[str] = ContextVar("account", default="")


@contextmanager
def typed_by(account: str) -> Iterator[None]:
    """Every event recorded inside carries this account: a command asks for no password, so the user it names (--as) is
    only what somebody typed."""
    token = _ACCOUNT.set("_".join(account.split())[:MAX_WORD])
    try:
        yield
    finally:
        _ACCOUNT.reset(token)


def record(tx: Tx, *, actor: str, action: str, object_type: str, object_id: str | int, **detail_ids: Any) -> AuditEvent:
    """Add an event to the chain, inside the caller's transaction. Details are ids and codes only: numbers, short words
    without spaces, or lists of those; text and phone numbers are refused, since audit rows can never be deleted. Those
    of a command carry the `os_account` that typed it."""
    account = _ACCOUNT.get()
    if account and not _MOBILE.fullmatch(account):
        detail_ids.setdefault("os_account", account)
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
    with store.read() as tx:
        state = verify_on(tx, ChainState())
        while not state.whole:
            state = verify_on(tx, state)
    return list(state.faults)


@dataclass(frozen=True, kw_only=True)
class ChainState:
    """How far the chain has been checked, and what was found."""

    #: The last event checked; 0 before the first.
    seq: int = 0
    #: Its hash.
    last_hash: str = GENESIS
    #: One sentence each.
    faults: tuple[str, ...] = ()
    #: Whether `seq` was the chain's end when it was checked.
    whole: bool = False
    #: None before the first check.
    at: datetime | None = None


def verify_on(tx: Tx, state: ChainState, *, portions: int = 50) -> ChainState:
    """Check the events after `state`, at most `portions` thousand of them; what was checked before is not read again.
    Never raises for what it finds."""
    faults = list(state.faults)
    seq, last_hash, whole = state.seq, state.last_hash, False
    if seq and [event.hash for event in tx.audit.all(seq - 1, 1)] != [last_hash]:
        faults.append(f"审计记录 {seq} 核对之后又被改动或删除")
    for _ in range(portions):
        events = tx.audit.all(seq, _PORTION)
        for event in events:
            faults.extend(_faults_of(event, seq + 1, last_hash))
            seq, last_hash = event.seq, event.hash
        whole = len(events) < _PORTION
        if whole:
            break
    return ChainState(seq=seq, last_hash=last_hash, faults=tuple(faults), whole=whole, at=clock.now())


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
