"""The audit log: a chain in which each event's hash covers the one before."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, insert, or_, select, text

from pipelines.clock import rfc3339
from pipelines.records import AuditEvent, AuditFilter, PageOf
from pipelines.store.base import Repo
from pipelines.store.desk_tables import AuditRow
from pipelines.store.schema import LOCK_AUDIT
from pipelines.store.types import canonical_json, clean

#: What the first event names as the one before.
GENESIS = "0" * 64

#: SQLite takes a bounded number of parameters.
_AT_ONCE = 500
_COLUMNS = tuple(column.key for column in AuditRow.__mapper__.column_attrs)


def fields_hash(row: dict[str, Any]) -> str:
    """SHA-256 over the canonical JSON of an event without its own hash: keys sorted, no spaces, UTF-8, `at` as RFC 3339
    in UTC. Anybody can compute it from an exported row."""
    fields = {name: value for name, value in row.items() if name != "hash"}
    return hashlib.sha256(canonical_json(fields).encode("utf-8")).hexdigest()


class AuditEvents(Repo):
    def append(
        self, actor: str, action: str, object_type: str, object_id: str, detail: dict[str, Any], at: datetime
    ) -> AuditEvent:
        """Add an event at the chain's end. Writers take turns until their transactions end, so call it last."""
        if self._on_postgresql:
            self._session.execute(text(f"SELECT pg_advisory_xact_lock({LOCK_AUDIT})"))
        last = self._session.execute(select(AuditRow.seq, AuditRow.hash).order_by(AuditRow.seq.desc()).limit(1)).first()
        seq, prev_hash = (last.seq + 1, last.hash) if last else (1, GENESIS)
        # Hashed exactly as it will be read back: cleaned, tuples as lists, keys as text.
        fields: dict[str, Any] = {
            "seq": seq,
            "at": at,
            "actor": clean(actor),
            "action": clean(action),
            "object_type": clean(object_type),
            "object_id": clean(str(object_id)),
            "detail": json.loads(canonical_json(detail)),
            "prev_hash": prev_hash,
        }
        event = AuditEvent(**fields, hash=fields_hash(fields | {"at": rfc3339(at)}))
        self._session.execute(insert(AuditRow), [{name: getattr(event, name) for name in _COLUMNS}])
        return event

    def page(
        self, after: str | None = None, limit: int = 50, matching: AuditFilter | None = None
    ) -> PageOf[AuditEvent]:
        """Newest first; `after` is the seq of the last one seen. `total` counts what the filter lets through."""
        conditions = _conditions(matching or AuditFilter())
        wanted = select(AuditRow).where(*conditions).order_by(AuditRow.seq.desc()).limit(limit + 1)
        if after is not None and after.isdecimal():
            wanted = wanted.where(AuditRow.seq < int(after))
        rows = self._session.scalars(wanted).all()
        return PageOf(
            items=tuple(_record(row) for row in rows[:limit]),
            next=str(rows[limit - 1].seq) if len(rows) > limit else None,
            total=int(self._session.scalar(select(func.count()).select_from(AuditRow).where(*conditions)) or 0),
        )

    def for_objects(self, objects: Sequence[tuple[str, str]]) -> tuple[AuditEvent, ...]:
        """Events about any of these (type, id), oldest first."""
        by_type: dict[str, list[str]] = {}
        for object_type, object_id in objects:
            by_type.setdefault(object_type, []).append(str(object_id))
        if not by_type:
            return ()
        wanted = or_(
            *(
                (AuditRow.object_type == object_type) & AuditRow.object_id.in_(ids)
                for object_type, ids in by_type.items()
            )
        )
        rows = self._session.scalars(select(AuditRow).where(wanted).order_by(AuditRow.seq))
        return tuple(_record(row) for row in rows)

    def all(self, after_seq: int = 0, limit: int = 1000) -> tuple[AuditEvent, ...]:
        """The chain from after this seq, oldest first."""
        rows = self._session.scalars(
            select(AuditRow).where(AuditRow.seq > after_seq).order_by(AuditRow.seq).limit(limit)
        )
        return tuple(_record(row) for row in rows)

    def ends(self) -> tuple[AuditEvent, AuditEvent] | None:
        """The first event and the last; None in an empty log."""
        order = AuditRow.seq
        found = [self._session.scalars(select(AuditRow).order_by(by).limit(1)).first() for by in (order, order.desc())]
        first, last = found
        return None if first is None or last is None else (_record(first), _record(last))

    def hashes(self, first: int, last: int) -> dict[int, str]:
        """seq → hash, of the events from `first` to `last`."""
        wanted = select(AuditRow.seq, AuditRow.hash).where(AuditRow.seq >= first, AuditRow.seq <= last)
        return {row.seq: row.hash for row in self._session.execute(wanted)}

    def hashes_at(self, seqs: Sequence[int]) -> dict[int, str]:
        """seq → hash, of those of these events that are there."""
        found: dict[int, str] = {}
        for start in range(0, len(seqs), _AT_ONCE):
            wanted = select(AuditRow.seq, AuditRow.hash).where(AuditRow.seq.in_(seqs[start : start + _AT_ONCE]))
            found |= {row.seq: row.hash for row in self._session.execute(wanted)}
        return found

    def with_hash(self, wanted: str) -> int | None:
        """The seq of the event with this hash; reads the whole log, which has no index by hash."""
        return self._session.scalar(select(AuditRow.seq).where(AuditRow.hash == wanted).limit(1))


def _conditions(wanted: AuditFilter) -> list[ColumnElement[bool]]:
    same = (
        (AuditRow.actor, wanted.actor),
        (AuditRow.action, wanted.action),
        (AuditRow.object_type, wanted.object_type),
        (AuditRow.object_id, wanted.object_id),
    )
    conditions = [column == value for column, value in same if value]
    if wanted.begin is not None:
        conditions.append(AuditRow.at >= wanted.begin)
    if wanted.end is not None:
        conditions.append(AuditRow.at < wanted.end)
    return conditions


def _record(row: AuditRow) -> AuditEvent:
    return AuditEvent(**{name: getattr(row, name) for name in _COLUMNS})
