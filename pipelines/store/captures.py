"""Captures: where the exact bytes of each fetch lie."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, insert, or_, select, update

from pipelines.records import Capture, PageState
from pipelines.store.base import Repo, bare, pieces
from pipelines.store.crawl_tables import RevisitRow
from pipelines.store.desk_tables import LeadCaptureRow, LeadRow
from pipelines.store.retention_tables import DeletionRow
from pipelines.store.tables import CaptureRow, ListingCaptureRow, ListingRow

_COLUMNS = tuple(column.key for column in CaptureRow.__mapper__.column_attrs)


class Captures(Repo):
    def add(self, capture: Capture) -> None:
        """Add one; its id must be new (Conflict)."""
        self.add_many((capture,))

    def add_many(self, captures: Sequence[Capture]) -> None:
        """Add many in one go."""
        if not captures:
            return
        self._session.execute(insert(bare(CaptureRow)), [_values(capture) for capture in captures])
        taken_for = [
            {"capture_id": capture.id, "lead_id": capture.lead_id}
            for capture in captures
            if capture.lead_id is not None
        ]
        if taken_for:
            self._session.execute(insert(LeadCaptureRow), taken_for)

    def mark_logged_in(self, capture_ids: Sequence[str], why: str) -> None:
        """Mark those of the ids that bear no mark yet as saved by somebody logged in."""
        for portion in pieces(capture_ids):
            unmarked = update(CaptureRow).where(CaptureRow.id.in_(portion), CaptureRow.logged_in.is_(None))
            self._session.execute(unmarked.values(logged_in=why))

    def get(self, capture_id: str) -> Capture | None:
        return next(iter(self._records(CaptureRow.id == capture_id)), None)

    def get_many(self, capture_ids: Sequence[str]) -> dict[str, Capture]:
        """Those of the ids that exist."""
        return {capture.id: capture for capture in self._records(CaptureRow.id.in_(capture_ids))}

    def for_listing(self, listing_id: int) -> tuple[Capture, ...]:
        """All captures the listing was read from, oldest first."""
        ids = select(ListingCaptureRow.capture_id).where(ListingCaptureRow.listing_id == listing_id)
        return tuple(self._records(CaptureRow.id.in_(ids)))

    def for_lead(self, lead_id: int) -> tuple[Capture, ...]:
        """Captures taken for the lead and those of every listing in its cluster, oldest first."""
        of_listings = (
            select(ListingCaptureRow.capture_id)
            .join(ListingRow, ListingRow.id == ListingCaptureRow.listing_id)
            .join(LeadRow, LeadRow.cluster_id == ListingRow.cluster_id)
            .where(LeadRow.id == lead_id)
        )
        own = select(LeadCaptureRow.capture_id).where(LeadCaptureRow.lead_id == lead_id)
        return tuple(self._records(or_(CaptureRow.id.in_(of_listings), CaptureRow.id.in_(own))))

    def marked_of_leads(self, lead_ids: Sequence[int]) -> tuple[tuple[int, Capture], ...]:
        """Lead and capture of those marked as saved by somebody logged in whose bytes are there, oldest first."""
        found: list[tuple[int, str]] = []
        for portion in pieces(lead_ids):
            rows = self._session.execute(
                select(LeadRow.id, CaptureRow.id, CaptureRow.captured_at)
                .join(ListingRow, ListingRow.cluster_id == LeadRow.cluster_id)
                .join(ListingCaptureRow, ListingCaptureRow.listing_id == ListingRow.id)
                .join(CaptureRow, CaptureRow.id == ListingCaptureRow.capture_id)
                .where(LeadRow.id.in_(portion), CaptureRow.logged_in.is_not(None))
                .order_by(CaptureRow.captured_at, CaptureRow.id, LeadRow.id)
                .distinct()
            )
            found += [(int(lead_id), capture_id) for lead_id, capture_id, _ in rows]
        known = self.get_many([capture_id for _, capture_id in found])
        return tuple((lead_id, known[name]) for lead_id, name in found if known[name].deleted_at is None)

    def last_in(self, warc_path: str) -> tuple[int, int]:
        """Offset and length of the last committed record of a WARC file: a capture's or a revisit's; (0, 0) when there
        is none."""
        ends = [
            self._session.execute(
                select(row.warc_offset, row.warc_length)
                .where(row.warc_path == warc_path)
                .order_by(row.warc_offset.desc())
                .limit(1)
            ).one_or_none()
            for row in (CaptureRow, RevisitRow)
        ]
        return max(((int(end[0]), int(end[1])) for end in ends if end is not None), default=(0, 0))

    def warc_end(self, warc_path: str) -> int:
        """Where the committed part of a WARC file ends; 0 when neither a capture nor a revisit lies in it."""
        return sum(self.last_in(warc_path))

    def blobs(self) -> set[str]:
        """Files that captures which have their bytes name."""
        there = CaptureRow.warc_path.not_in(select(DeletionRow.object))
        rows = self._session.execute(select(CaptureRow.screenshot_blob, CaptureRow.robots_blob).where(there).distinct())
        return {blob for row in rows for blob in row if blob is not None}

    def warc_paths(self) -> tuple[str, ...]:
        """Every WARC file that holds a capture or a revisit; those deleted on schedule, or about to be, left out."""
        found = (self._session.scalars(select(row.warc_path).distinct()) for row in (CaptureRow, RevisitRow))
        gone = self._session.scalars(select(DeletionRow.object).where(DeletionRow.kind == "warc"))
        return tuple(sorted({path for paths in found for path in paths} - set(gone)))

    def in_file(self, warc_path: str) -> tuple[Capture, ...]:
        """Those whose records lie in this file, oldest first."""
        return tuple(self._records(CaptureRow.warc_path == warc_path))

    def of_url(self, url: str) -> tuple[Capture, ...]:
        """Those of this address, as asked for or as it was reached in the end, oldest first."""
        return tuple(self._records(or_(CaptureRow.url == url, CaptureRow.final_url == url)))

    def _records(self, condition: ColumnElement[bool]) -> Iterable[Capture]:
        rows = self._session.execute(
            select(CaptureRow, LeadCaptureRow.lead_id, DeletionRow.marked_at)
            .outerjoin(LeadCaptureRow, LeadCaptureRow.capture_id == CaptureRow.id)
            .outerjoin(DeletionRow, DeletionRow.object == CaptureRow.warc_path)
            .where(condition)
            .order_by(CaptureRow.captured_at, CaptureRow.id)
        )
        return [_record(row, lead_id, deleted_at) for row, lead_id, deleted_at in rows]


def _values(capture: Capture) -> dict[str, object]:
    return {name: getattr(capture, name) for name in _COLUMNS}


def _record(row: CaptureRow, lead_id: int | None, deleted_at: datetime | None) -> Capture:
    values = {name: getattr(row, name) for name in _COLUMNS}
    return Capture(**(values | {"state": PageState(row.state)}), lead_id=lead_id, deleted_at=deleted_at)
