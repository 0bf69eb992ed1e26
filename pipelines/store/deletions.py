"""Files deleted on schedule: which are due, which are marked, what becomes of the rows that named them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, delete, func, select, text, union, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.selectable import CompoundSelect

from pipelines.errors import Conflict
from pipelines.records import Deletion, Limits
from pipelines.store.base import Repo
from pipelines.store.crawl_tables import RevisitRow
from pipelines.store.desk_tables import DigestRow, LeadRow
from pipelines.store.held import held_captures
from pipelines.store.retention_tables import DeletionRow
from pipelines.store.tables import CaptureRow, ListingVersionRow, PageRow

_COLUMNS = tuple(column.key for column in DeletionRow.__mapper__.column_attrs)
#: PostgreSQL's word for a lock that somebody else has.
_LOCK_NOT_AVAILABLE = "55P03"


class Deletions(Repo):
    def take_turn(self) -> None:
        """From here to the end of the transaction nobody opens or decides a lead, or stores a contact. On SQLite a
        writer is alone anyway. Raises Conflict when somebody is at it just now: waiting here could wait in a ring."""
        if not self._on_postgresql:
            return
        try:
            self._session.execute(text("LOCK TABLE contacts, leads IN SHARE ROW EXCLUSIVE MODE NOWAIT"))
        except DBAPIError as exc:
            if getattr(exc.orig, "sqlstate", None) == _LOCK_NOT_AVAILABLE:
                raise Conflict("数据库正在写入，这一步下次再做") from exc
            raise

    def due_files(self, limits: Limits, limit: int) -> tuple[str, ...]:
        """WARC files of the source, all of whose captures and revisits are old and none of which is held (store.held),
        by name."""
        held = held_captures(limits.dismissed_since)
        young = _paths(
            [CaptureRow.source == limits.source, CaptureRow.captured_at >= limits.kept_since],
            [RevisitRow.source == limits.source, RevisitRow.at >= limits.kept_since],
        )
        kept = _paths([CaptureRow.id.in_(held)], [RevisitRow.capture_id.in_(held)])
        old = _paths(
            [CaptureRow.source == limits.source, CaptureRow.captured_at < limits.kept_since],
            [RevisitRow.source == limits.source, RevisitRow.at < limits.kept_since],
        ).subquery()
        path = old.c.warc_path
        wanted = select(path).where(
            path.not_in(young), path.not_in(kept), path.not_in(select(DeletionRow.object)), path.is_not(None)
        )
        return tuple(self._session.scalars(wanted.order_by(path).limit(limit)))

    def holds(self, warc_path: str, dismissed_since: datetime) -> bool:
        """Does a lead, a case or a quarantine hold a capture in this file, or one that a revisit in it confirms?"""
        held = held_captures(dismissed_since)
        found = _paths(
            [CaptureRow.warc_path == warc_path, CaptureRow.id.in_(held)],
            [RevisitRow.warc_path == warc_path, RevisitRow.capture_id.in_(held)],
        )
        return self._session.execute(found.limit(1)).first() is not None

    def mark(self, deletion: Deletion) -> None:
        """The file is to go. The pages whose newest capture lies in it forget it, so that the next visit brings the
        whole page again; its screenshots and robots.txt are to go too, unless somebody else names them."""
        path = deletion.object
        self._upsert([deletion])
        lying = select(CaptureRow.id).where(CaptureRow.warc_path == path)
        self._session.execute(
            update(PageRow)
            .where(PageRow.last_capture_id.in_(lying))
            .values(last_capture_id=None, etag=None, last_modified=None, signature="")
        )
        self._session.execute(
            update(LeadRow).where(LeadRow.browser_capture_id.in_(lying)).values(browser_capture_id=None)
        )
        named = self._session.execute(
            select(CaptureRow.screenshot_blob, CaptureRow.robots_blob).where(CaptureRow.warc_path == path).distinct()
        )
        self.mark_blobs({blob for row in named for blob in row if blob}, deletion.marked_at)

    def mark_blobs(self, blobs: Collection[str], at: datetime) -> None:
        """These are to go, unless somebody names them when it comes to it."""
        self._upsert(
            [
                Deletion(object=blob, kind="blob", source="", sha256=blob, size=0, records=0, marked_at=at)
                for blob in sorted(blobs)
            ]
        )

    def unmark(self, objects: Collection[str]) -> None:
        """These stay after all."""
        self._session.execute(
            delete(DeletionRow).where(DeletionRow.object.in_(objects), DeletionRow.removed_at.is_(None))
        )

    def removed(self, objects: Collection[str], at: datetime) -> None:
        """These are gone from the disk. A capture whose file is gone keeps address, time, state and hash; what was
        noted beside (the page's title, the name of an imported file) goes with the bytes."""
        self._session.execute(update(DeletionRow).where(DeletionRow.object.in_(objects)).values(removed_at=at))
        self._session.execute(update(CaptureRow).where(CaptureRow.warc_path.in_(objects)).values(environment={}))

    def get(self, object_: str) -> Deletion | None:
        row = self._get(DeletionRow, object_)
        return None if row is None else _record(row)

    def pending(self, kind: str, limit: int | None = None, after: str = "") -> tuple[Deletion, ...]:
        """Marked and still on the disk, by name, those behind `after`."""
        rows = self._session.scalars(
            select(DeletionRow)
            .where(DeletionRow.kind == kind, DeletionRow.removed_at.is_(None), DeletionRow.object > after)
            .order_by(DeletionRow.object)
            .limit(limit)
        )
        return tuple(_record(row) for row in rows)

    def records_in(self, warc_path: str) -> int:
        """Captures and revisits whose records lie in this file."""
        counts = (
            self._session.scalar(select(func.count()).select_from(row).where(row.warc_path == warc_path))
            for row in (CaptureRow, RevisitRow)
        )
        return sum(int(count or 0) for count in counts)

    def named(self, blobs: Sequence[str]) -> set[str]:
        """Those of the blobs that a capture with its bytes, a posting with its words, or a digest names."""
        wanted = set(blobs)
        there = CaptureRow.warc_path.not_in(select(DeletionRow.object))
        found: set[str] = set()
        for column in (CaptureRow.screenshot_blob, CaptureRow.robots_blob):
            query = select(column).where(column.in_(wanted), there).distinct()
            found.update(blob for blob in self._session.scalars(query) if blob is not None)
        pictures = select(ListingVersionRow.images).where(func.length(ListingVersionRow.images) > len("[]"))
        for images in self._session.scalars(pictures.execution_options(yield_per=500)):
            found.update(str(image["blob"]) for image in images if image["blob"] in wanted)
        for files in self._session.scalars(select(DigestRow.files)):
            found.update(blob for blob in files.values() if blob in wanted)
        return found

    def _upsert(self, deletions: Sequence[Deletion]) -> None:
        """Add them; one that was removed before and came again is to be removed again."""
        if not deletions:
            return
        statement = self._insert(DeletionRow)
        changes = {name: statement.excluded[name] for name in _COLUMNS if name != "object"}
        self._session.execute(
            statement.on_conflict_do_update(index_elements=["object"], set_=changes),
            [{name: getattr(one, name) for name in _COLUMNS} for one in deletions],
        )


def _paths(
    of_captures: list[ColumnElement[bool]], of_revisits: list[ColumnElement[bool]]
) -> CompoundSelect[tuple[str]]:
    """Paths of the WARC files in which such captures or such revisits lie."""
    return union(
        select(CaptureRow.warc_path).where(*of_captures),
        select(RevisitRow.warc_path).where(*of_revisits),
    )


def _record(row: DeletionRow) -> Deletion:
    return Deletion(**{name: getattr(row, name) for name in _COLUMNS})
