"""Digests (周报) that were made: their editions, the ledger of what each period tells, what happened to them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, insert, select

from pipelines.records import (
    DigestEvent,
    DigestEventKind,
    Entry,
    Mark,
    PageOf,
    RowKind,
    Series,
    StoredDigest,
)
from pipelines.store.base import Repo, pieces
from pipelines.store.desk_tables import DecisionRow, DigestRow, LeadRow
from pipelines.store.digest_tables import DigestEditionRow, DigestEntryRow, DigestEventRow
from pipelines.store.follow_up_tables import FollowUpRow

_COLUMNS = tuple(column.key for column in DigestRow.__mapper__.column_attrs)
_EVENT = tuple(column.key for column in DigestEventRow.__mapper__.column_attrs)
_DIGESTS = select(DigestRow, DigestEditionRow).outerjoin(DigestEditionRow, DigestEditionRow.digest_id == DigestRow.id)


class Digests(Repo):
    def add(self, digest: StoredDigest, entries: Iterable[Entry] = ()) -> None:
        """Add an edition and what its period tells for the first time. Raises Conflict when one of the rows is told
        already, or when another edition has taken the place of the same one."""
        self._session.execute(insert(DigestRow), [{name: getattr(digest, name) for name in _COLUMNS}])
        if not digest.series:
            return
        edition = {
            "digest_id": digest.id,
            "series": digest.series,
            "first_day": digest.first_day,
            "erratum": digest.erratum,
            "replaces": digest.replaces,
            "reason": digest.reason,
        }
        self._session.execute(insert(DigestEditionRow), [edition])
        rows = [
            {
                "series": digest.series,
                "kind": entry.kind,
                "row_id": entry.row_id,
                "first_day": digest.first_day,
                "digest_id": digest.id,
                "mark": entry.mark,
            }
            for entry in entries
        ]
        if rows:
            self._session.execute(insert(DigestEntryRow), rows)

    def get(self, digest_id: str) -> StoredDigest | None:
        row = self._session.execute(_DIGESTS.where(DigestRow.id == digest_id)).one_or_none()
        return None if row is None else _record(*row)

    def page(self, after: str | None = None, limit: int = 50) -> PageOf[StoredDigest]:
        """Newest first; `after` is the id of the last one seen."""
        wanted = _DIGESTS.order_by(DigestRow.created_at.desc(), DigestRow.id.desc()).limit(limit + 1)
        last = None if after is None else self._get(DigestRow, after)
        if last is not None:
            same_time = (DigestRow.created_at == last.created_at) & (DigestRow.id < last.id)
            wanted = wanted.where((DigestRow.created_at < last.created_at) | same_time)
        rows = self._session.execute(wanted).all()
        total = int(self._session.scalar(select(func.count()).select_from(DigestRow)) or 0)
        more = rows[limit - 1][0].id if len(rows) > limit else None
        return PageOf(items=tuple(_record(*row) for row in rows[:limit]), next=more, total=total)

    def newest(self, series: Series, first_day: str) -> StoredDigest | None:
        """The edition of this period that holds: the one none has taken the place of."""
        return next(iter(self._holding(series, DigestEditionRow.first_day == first_day, limit=1)), None)

    def before(self, series: Series, first_day: str, limit: int) -> tuple[StoredDigest, ...]:
        """The editions that hold of the periods before this one, newest first."""
        return self._holding(series, DigestEditionRow.first_day < first_day, limit=limit)

    def last_period(self, series: Series) -> str | None:
        """First day of the newest period that has a digest."""
        return self._session.scalar(
            select(func.max(DigestEditionRow.first_day)).where(DigestEditionRow.series == series)
        )

    def replaced_by(self, digest_id: str) -> StoredDigest | None:
        """The edition that took the place of this one."""
        row = self._session.execute(_DIGESTS.where(DigestEditionRow.replaces == digest_id)).one_or_none()
        return None if row is None else _record(*row)

    def replaced_among(self, digest_ids: Collection[str]) -> frozenset[str]:
        """Those of the digests whose place another edition took."""
        wanted = select(DigestEditionRow.replaces).where(DigestEditionRow.replaces.in_(list(digest_ids)))
        return frozenset(found for found in self._session.scalars(wanted) if found is not None)

    def entries(self, series: Series, first_day: str) -> tuple[Entry, ...]:
        """What this period tells, all its editions together."""
        rows = self._session.scalars(
            select(DigestEntryRow)
            .where(DigestEntryRow.series == series, DigestEntryRow.first_day == first_day)
            .order_by(DigestEntryRow.kind, DigestEntryRow.row_id)
        )
        return tuple(Entry(kind=RowKind(row.kind), row_id=row.row_id, mark=Mark(row.mark)) for row in rows)

    def told_before(self, series: Series, first_day: str, lead_ids: Collection[int]) -> frozenset[int]:
        """Decisions on these leads that earlier periods of the series tell."""
        found: set[int] = set()
        for portion in pieces(sorted(lead_ids)):
            found.update(
                self._session.scalars(
                    select(DigestEntryRow.row_id)
                    .join(DecisionRow, DecisionRow.id == DigestEntryRow.row_id)
                    .where(
                        DigestEntryRow.series == series,
                        DigestEntryRow.kind == RowKind.DECISION,
                        DigestEntryRow.first_day < first_day,
                        DecisionRow.lead_id.in_(portion),
                    )
                )
            )
        return frozenset(found)

    def untold_leads(self, series: Series, end: datetime, *, demo: bool) -> tuple[tuple[int, datetime], ...]:
        """Leads that came before `end` and that no period of the series tells: (id, when it came), by id."""
        wanted = select(LeadRow.id, LeadRow.created_at).where(LeadRow.created_at < end)
        wanted = wanted if demo else wanted.where(~LeadRow.demo)
        return self._untold(wanted, LeadRow.id, series, RowKind.LEAD)

    def untold_decisions(self, series: Series, end: datetime, *, demo: bool) -> tuple[tuple[int, datetime], ...]:
        """Decisions made before `end`, undos too, that no period of the series tells: (id, when), by id."""
        wanted = select(DecisionRow.id, DecisionRow.decided_at).where(DecisionRow.decided_at < end)
        return self._untold(_without_demo(wanted, DecisionRow, demo=demo), DecisionRow.id, series, RowKind.DECISION)

    def untold_follow_ups(self, series: Series, end: datetime, *, demo: bool) -> tuple[tuple[int, datetime], ...]:
        """Follow-ups entered before `end`, undos too, that no period of the series tells: (id, when), by id."""
        wanted = select(FollowUpRow.id, FollowUpRow.at).where(FollowUpRow.at < end)
        return self._untold(_without_demo(wanted, FollowUpRow, demo=demo), FollowUpRow.id, series, RowKind.FOLLOW_UP)

    def follow_ups_told_before(self, series: Series, first_day: str) -> frozenset[int]:
        """Follow-ups that earlier periods of the series tell."""
        return frozenset(
            self._session.scalars(
                select(DigestEntryRow.row_id).where(
                    DigestEntryRow.series == series,
                    DigestEntryRow.kind == RowKind.FOLLOW_UP,
                    DigestEntryRow.first_day < first_day,
                )
            )
        )

    def note(
        self,
        digest_id: str,
        kind: DigestEventKind,
        user: str,
        at: datetime,
        *,
        recipient: str = "",
        detail: str = "",
        message: str = "",
    ) -> None:
        """Add what happened to a digest."""
        values = {
            "digest_id": digest_id,
            "kind": kind,
            "user": user,
            "at": at,
            "recipient": recipient,
            "detail": detail,
            "message": message,
        }
        self._session.execute(insert(DigestEventRow), [values])

    def events(self, digest_ids: Collection[str]) -> tuple[DigestEvent, ...]:
        """What happened to these digests, oldest first."""
        rows = self._session.scalars(
            select(DigestEventRow).where(DigestEventRow.digest_id.in_(list(digest_ids))).order_by(DigestEventRow.id)
        )
        return tuple(
            DigestEvent(**{name: getattr(row, name) for name in _EVENT} | {"kind": DigestEventKind(row.kind)})
            for row in rows
        )

    def approved(self, limit: int) -> tuple[StoredDigest, ...]:
        """Those somebody approved, newest first."""
        ids = select(DigestEventRow.digest_id).where(DigestEventRow.kind == DigestEventKind.APPROVED)
        rows = self._session.execute(
            _DIGESTS.where(DigestRow.id.in_(ids)).order_by(DigestRow.created_at.desc()).limit(limit)
        )
        return tuple(_record(*row) for row in rows)

    def _holding(self, series: Series, condition: Any, *, limit: int) -> tuple[StoredDigest, ...]:
        replaced = select(DigestEditionRow.replaces).where(DigestEditionRow.replaces.is_not(None))
        rows = self._session.execute(
            _DIGESTS.where(DigestEditionRow.series == series, condition, DigestRow.id.not_in(replaced))
            .order_by(DigestEditionRow.first_day.desc())
            .limit(limit)
        )
        return tuple(_record(*row) for row in rows)

    def _untold(
        self, wanted: Select[int, datetime], row_id: Any, series: Series, kind: RowKind
    ) -> tuple[tuple[int, datetime], ...]:
        told = select(DigestEntryRow.row_id).where(
            DigestEntryRow.series == series, DigestEntryRow.kind == kind, DigestEntryRow.row_id == row_id
        )
        rows = self._session.execute(wanted.where(~told.exists()).order_by(row_id))
        return tuple((row[0], row[1]) for row in rows)


def _without_demo(
    wanted: Select[int, datetime], rows: type[DecisionRow | FollowUpRow], *, demo: bool
) -> Select[int, datetime]:
    """The rows without those on demo leads, or all where these count too."""
    return wanted if demo else wanted.join(LeadRow, LeadRow.id == rows.lead_id).where(~LeadRow.demo)


def _record(row: DigestRow, edition: DigestEditionRow | None) -> StoredDigest:
    values = {name: getattr(row, name) for name in _COLUMNS}
    if edition is not None:
        names = ("series", "erratum", "replaces", "reason")
        values |= {name: getattr(edition, name) for name in names}
    return StoredDigest(**values)
