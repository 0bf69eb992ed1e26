"""Postings whose words are deleted on schedule, and whoever is then named by nobody any more."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, delete, func, or_, select, update

from pipelines.records import Emptied, Limits
from pipelines.store.base import Repo
from pipelines.store.deletions import Deletions
from pipelines.store.desk_tables import LeadRow
from pipelines.store.held import lead_holds, quarantined_captures
from pipelines.store.tables import (
    AssessmentRow,
    CaptureRow,
    ContactRow,
    ListingCaptureRow,
    ListingContactRow,
    ListingRow,
    ListingVersionRow,
    NearKeyRow,
    OperatorRow,
    PageRow,
    SignatureRow,
)

#: What a lead is called whose words are gone.
GONE_TITLE = "（已按期删除）"


class Emptying(Repo):
    def count_due(self, limits: Limits) -> int:
        """How many postings `empty` would take without a limit."""
        return int(self._session.scalar(select(func.count()).select_from(_due(limits).subquery())) or 0)

    def empty(
        self,
        limits: Limits,
        limit: int,
        at: datetime,
        *,
        after: int,
        wordless: Callable[[dict[str, Any]], dict[str, Any]],
    ) -> Emptied:
        """Take the words out of postings of the source that were not seen for so long and that no lead holds, those
        with ids behind `after`, at most `limit`, all versions of each; `wordless` takes them out of an assessment's
        result. The caller has its turn (Deletions.take_turn)."""
        # One that somebody is writing to on PostgreSQL is taken next time.
        rows = self._session.execute(
            _due(limits)
            .add_columns(ListingRow.key, ListingRow.operator_id)
            .where(ListingRow.id > after)
            .order_by(ListingRow.id)
            .limit(limit)
            .with_for_update(of=ListingRow, skip_locked=True)
        ).all()
        ids = [row.id for row in rows]
        if not ids:
            return Emptied()
        versions = self._empty_versions(ids, at, wordless)
        self._session.execute(update(LeadRow).where(LeadRow.listing_id.in_(ids)).values(title=GONE_TITLE, district=""))
        # Should the site show it again, the next visit is to bring it whole.
        self._session.execute(
            update(PageRow)
            .where(PageRow.source == limits.source, PageRow.key.in_([row.key for row in rows]))
            .values(etag=None, last_modified=None, signature="", row_mark=None)
        )
        contacts, operators = self._forget_people(ids, {row.operator_id for row in rows if row.operator_id})
        return Emptied(listing_ids=tuple(ids), versions=versions, contacts=contacts, operators=operators)

    def _empty_versions(
        self, ids: Sequence[int], at: datetime, wordless: Callable[[dict[str, Any]], dict[str, Any]]
    ) -> int:
        rows = self._session.execute(
            select(ListingVersionRow.id, ListingVersionRow.images).where(
                ListingVersionRow.listing_id.in_(ids), ListingVersionRow.emptied_at.is_(None)
            )
        ).all()
        version_ids = [row.id for row in rows]
        Deletions(self._session).mark_blobs(
            {str(image["blob"]) for row in rows for image in row.images if image["blob"]}, at
        )
        for version_id in version_ids:
            # A posting that comes back is known by source and key, and must be taken in anew with its words: neither
            # its old digest nor its near keys may find it "unchanged". And they would confirm a guess at the text.
            self._session.execute(
                update(ListingVersionRow)
                .where(ListingVersionRow.id == version_id)
                .values(
                    title="",
                    text="",
                    fields={},
                    images=[],
                    price_raw="",
                    district="",
                    content_sha256=hashlib.sha256(f"emptied {version_id}".encode()).hexdigest(),
                    emptied_at=at,
                )
            )
        for table in (NearKeyRow, SignatureRow):
            self._session.execute(delete(table).where(table.version_id.in_(version_ids)))
        results = self._session.execute(
            select(AssessmentRow.id, AssessmentRow.result).where(AssessmentRow.version_id.in_(version_ids))
        ).all()
        for row in results:
            self._session.execute(
                update(AssessmentRow)
                .where(AssessmentRow.id == row.id)
                .values(title="", text="", result=wordless(row.result))
            )
        return len(version_ids)

    def _forget_people(self, listing_ids: Sequence[int], operator_ids: set[int]) -> tuple[int, int]:
        """Unlink contacts and operators; those nobody else names are deleted. Returns how many of each."""
        linked = select(ListingContactRow.contact_id).where(ListingContactRow.listing_id.in_(listing_ids)).distinct()
        contacts = list(self._session.scalars(linked))
        self._session.execute(delete(ListingContactRow).where(ListingContactRow.listing_id.in_(listing_ids)))
        self._session.execute(update(ListingRow).where(ListingRow.id.in_(listing_ids)).values(operator_id=None))
        named = select(ListingContactRow.contact_id).where(ListingContactRow.contact_id == ContactRow.id)
        gone = self._session.execute(
            delete(ContactRow)
            .where(ContactRow.id.in_(contacts), ~named.exists())
            .returning(ContactRow.id, ContactRow.operator_id)
        ).all()
        operator_ids |= {row.operator_id for row in gone if row.operator_id}
        return len(gone), self._forget_operators(operator_ids)

    def _forget_operators(self, operator_ids: set[int]) -> int:
        bare = list(
            self._session.scalars(
                select(OperatorRow.id).where(
                    OperatorRow.id.in_(operator_ids),
                    OperatorRow.merged_into.is_(None),
                    ~select(ContactRow.id).where(ContactRow.operator_id == OperatorRow.id).exists(),
                    ~select(ListingRow.id).where(ListingRow.operator_id == OperatorRow.id).exists(),
                )
            )
        )
        # Signposts that lead to them first: they still say names.
        for condition in (OperatorRow.merged_into.in_(bare), OperatorRow.id.in_(bare)):
            self._session.execute(delete(OperatorRow).where(condition))
        return len(bare)


def _due(limits: Limits) -> Select[Any]:
    full = select(ListingVersionRow.id).where(
        ListingVersionRow.listing_id == ListingRow.id, ListingVersionRow.emptied_at.is_(None)
    )
    led = select(LeadRow.id).where(
        or_(LeadRow.cluster_id == ListingRow.cluster_id, LeadRow.listing_id == ListingRow.id),
        lead_holds(limits.dismissed_since),
    )
    # Asked for each posting by its own rows: a step stops at its limit, however large the store is.
    doubted = quarantined_captures().where(
        CaptureRow.id.in_(
            select(ListingCaptureRow.capture_id)
            .where(ListingCaptureRow.listing_id == ListingRow.id)
            .correlate(ListingRow)
        )
    )
    newest = (ListingVersionRow.listing_id == ListingRow.id) & (ListingVersionRow.version == ListingRow.version)
    read = (
        select(AssessmentRow.id)
        .join(ListingVersionRow, ListingVersionRow.id == AssessmentRow.version_id)
        .where(newest)
        .correlate(ListingRow)
    )
    return select(ListingRow.id).where(
        ListingRow.source == limits.source,
        ListingRow.last_seen_at < limits.kept_since,
        full.exists(),
        ~led.exists(),
        read.exists(),
        ~doubted.correlate(ListingRow).exists(),
    )
