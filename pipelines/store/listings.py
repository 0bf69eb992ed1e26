"""Listings: postings and their versions. (Clusters and signatures: near.py; each listing stays in its cluster.)"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, func, select, update

from pipelines.records import Image, Listing
from pipelines.store.new_listings import NewListings, image_values
from pipelines.store.tables import AssessmentRow, ClusterRow, ListingCaptureRow, ListingRow, ListingVersionRow
from pipelines.store.types import as_stored, clean

#: What was deleted on schedule is not read anew: a newer model has nothing to say of an empty text.
_HAS_WORDS = ListingVersionRow.emptied_at.is_(None)


class Listings(NewListings):
    def get(self, listing_id: int) -> Listing | None:
        return self._one(ListingRow.id == listing_id)

    def get_many(self, listing_ids: Sequence[int]) -> dict[int, Listing]:
        """Those of the ids that exist."""
        return {listing.id: listing for listing in self._records(ListingRow.id.in_(listing_ids))}

    def find(self, source: str, key: str) -> Listing | None:
        """The posting the site calls by this key."""
        return self._one(ListingRow.source == source, ListingRow.key == key)

    def versions(self, listing_id: int) -> tuple[Listing, ...]:
        """The listing once per version, oldest first."""
        rows = self._session.execute(
            select(ListingRow, ListingVersionRow)
            .join(ListingVersionRow, ListingVersionRow.listing_id == ListingRow.id)
            .where(ListingRow.id == listing_id)
            .order_by(ListingVersionRow.version)
        )
        return tuple(_record(listing, version) for listing, version in rows)

    def of_capture(self, capture_id: str) -> tuple[Listing, ...]:
        """The listings that were read off this capture, with their newest versions."""
        ids = select(ListingCaptureRow.listing_id).where(ListingCaptureRow.capture_id == capture_id)
        return self._records(ListingRow.id.in_(ids))

    def by_version(self, version_id: int) -> Listing | None:
        """The listing as it was in this version."""
        found = self._session.execute(
            select(ListingRow, ListingVersionRow)
            .join(ListingVersionRow, ListingVersionRow.listing_id == ListingRow.id)
            .where(ListingVersionRow.id == version_id)
        ).one_or_none()
        return None if found is None else _record(*found)

    def add_version(
        self,
        *,
        source: str,
        key: str,
        url: str,
        platform: str,
        demo: bool,
        visibility: str,
        title: str,
        text: str,
        fields: dict[str, str],
        images: Sequence[Image],
        price_raw: str,
        district: str,
        posted_at: datetime | None,
        capture_id: str | None,
        content_sha256: str,
        cluster_id: int | None,
        operator_id: int | None,
        at: datetime,
    ) -> tuple[Listing, bool]:
        """Take a posting in. True: it is new, or its content is not what it was (a return to an older content makes
        that version the newest again). False: same content as the newest version, only last_seen moves.
        A new listing goes into the given cluster, or one of its own; a known one stays in its cluster, and keeps its
        operator when operator_id is None. The capture is linked in any case."""
        row, known = self._locked(source, key, url, platform, demo, visibility, cluster_id, operator_id, at)
        version = self._version_with(row.id, content_sha256) if known else None
        changed = version is None or version.version != row.version
        if version is None:
            content: dict[str, Any] = {
                "listing_id": row.id,
                "version": self._next_number(row.id) if known else 1,
                "content_sha256": content_sha256,
                "capture_id": capture_id,
                "title": clean(title),
                "text": clean(text),
                "fields": as_stored(fields),
                "images": as_stored([image_values(image) for image in images]),
                "price_raw": clean(price_raw),
                "district": clean(district),
                "posted_at": posted_at,
                "created_at": at,
            }
            added = self._session.scalar(
                self._insert(ListingVersionRow).values(**content).returning(ListingVersionRow.id)
            )
            version = ListingVersionRow(id=added, **content)
        if capture_id is not None:
            self._link_capture(row.id, capture_id)
        if not known:
            return _record(row, version), True
        moved: dict[str, object] = {"last_seen_at": max(at, row.last_seen_at)}
        if changed:
            moved |= {"version": version.version, "url": url, "platform": platform, "visibility": visibility}
        if operator_id is not None:
            moved["operator_id"] = operator_id
        row = self._session.scalars(
            update(ListingRow).where(ListingRow.id == row.id).values(**moved).returning(ListingRow)
        ).one()
        return _record(row, version), changed

    def seen(self, listing_id: int, at: datetime) -> None:
        """Still there at this moment."""
        self._session.execute(
            update(ListingRow).where(ListingRow.id == listing_id, ListingRow.last_seen_at < at).values(last_seen_at=at)
        )

    def seen_many(self, source: str, keys: Sequence[str], at: datetime) -> None:
        """The same for the postings of a source with these keys; unknown ones are left alone."""
        for start in range(0, len(keys), 500):  # SQLite takes a bounded number of parameters
            self._session.execute(
                update(ListingRow)
                .where(
                    ListingRow.source == source,
                    ListingRow.key.in_(keys[start : start + 500]),
                    ListingRow.last_seen_at < at,
                )
                .values(last_seen_at=at)
            )

    def in_cluster(self, cluster_id: int, limit: int | None = None) -> tuple[Listing, ...]:
        """The near-duplicates, oldest first."""
        return self._records(ListingRow.cluster_id == cluster_id, limit=limit)

    def of_operator(self, operator_id: int) -> tuple[Listing, ...]:
        """What this operator posted, oldest first."""
        return self._records(ListingRow.operator_id == operator_id)

    def without_assessment(
        self, model: str, rulebook: str, limit: int | None = None, *, among: Collection[int] | None = None
    ) -> tuple[Listing, ...]:
        """Listings (these, or all) whose newest version this model and rulebook have not seen, oldest first."""
        conditions = [~_seen(AssessmentRow.model == model, AssessmentRow.rulebook == rulebook), _HAS_WORDS]
        if among is not None:
            conditions.append(ListingRow.id.in_(among))
        return self._records(*conditions, limit=limit)

    def assessed_otherwise(
        self, model: str, rulebook: str, limit: int, *, any_rulebook: bool = False
    ) -> tuple[Listing, ...]:
        """Listings whose newest version others have assessed, but this model with this rulebook (`any_rulebook`: this
        model with any) has not, oldest first."""
        return self._records(*_assessed_otherwise(model, rulebook, any_rulebook), limit=limit)

    def count_assessed_otherwise(self, model: str, rulebook: str, *, any_rulebook: bool = False) -> int:
        """How many those are."""
        return self._count_newest(*_assessed_otherwise(model, rulebook, any_rulebook))

    def count_without_assessment(self, model: str, rulebook: str) -> int:
        """How many listings `without_assessment` would give without a limit."""
        return self._count_newest(~_seen(AssessmentRow.model == model, AssessmentRow.rulebook == rulebook), _HAS_WORDS)

    def _count_newest(self, *conditions: ColumnElement[bool]) -> int:
        wanted = (
            select(func.count())
            .select_from(ListingRow)
            .join(
                ListingVersionRow,
                (ListingVersionRow.listing_id == ListingRow.id) & (ListingVersionRow.version == ListingRow.version),
            )
            .where(*conditions)
        )
        return int(self._session.scalar(wanted) or 0)

    def set_images(self, version_id: int, images: Sequence[Image]) -> None:
        """Keep what was read off the pictures."""
        self._session.execute(
            update(ListingVersionRow)
            .where(ListingVersionRow.id == version_id)
            .values(images=[image_values(image) for image in images])
        )

    def set_operator(self, listing_id: int, operator_id: int) -> None:
        """Say who stands behind it."""
        self._session.execute(update(ListingRow).where(ListingRow.id == listing_id).values(operator_id=operator_id))

    def count(self) -> int:
        return int(self._session.scalar(select(func.count()).select_from(ListingRow)) or 0)

    def _locked(
        self,
        source: str,
        key: str,
        url: str,
        platform: str,
        demo: bool,
        visibility: str,
        cluster_id: int | None,
        operator_id: int | None,
        at: datetime,
    ) -> tuple[ListingRow, bool]:
        """The listing's row, ours until the end of the transaction, and whether it was there before."""
        wanted = select(ListingRow).where(ListingRow.source == source, ListingRow.key == key).with_for_update()
        row = self._session.scalars(wanted).one_or_none()
        if row is not None:
            return row, True
        own_cluster = self.new_cluster(at) if cluster_id is None else None
        values: dict[str, Any] = {
            "source": source,
            "key": key,
            "url": url,
            "platform": platform,
            "cluster_id": own_cluster if cluster_id is None else cluster_id,
            "operator_id": operator_id,
            "visibility": visibility,
            "demo": demo,
            "first_seen_at": at,
            "last_seen_at": at,
            "version": 1,
        }
        added = self._session.scalar(
            self._insert(ListingRow)
            .values(**values)
            .on_conflict_do_nothing(index_elements=["source", "key"])
            .returning(ListingRow.id)
        )
        if added is not None:
            return ListingRow(id=added, **values), False
        if own_cluster is not None:
            # Another transaction took the same posting in between our look and our insert (PostgreSQL only).
            self._session.execute(delete(ClusterRow).where(ClusterRow.id == own_cluster))
        return self._session.scalars(wanted).one(), True

    def _next_number(self, listing_id: int) -> int:
        newest = select(func.max(ListingVersionRow.version)).where(ListingVersionRow.listing_id == listing_id)
        return int(self._session.scalar(newest) or 0) + 1

    def _link_capture(self, listing_id: int, capture_id: str) -> None:
        self._session.execute(
            self._insert(ListingCaptureRow)
            .values(listing_id=listing_id, capture_id=capture_id)
            .on_conflict_do_nothing(index_elements=["listing_id", "capture_id"])
        )

    def _version_with(self, listing_id: int, content_sha256: str) -> ListingVersionRow | None:
        return self._session.scalars(
            select(ListingVersionRow).where(
                ListingVersionRow.listing_id == listing_id, ListingVersionRow.content_sha256 == content_sha256
            )
        ).one_or_none()

    def _one(self, *conditions: ColumnElement[bool]) -> Listing | None:
        return next(iter(self._records(*conditions)), None)

    def _records(self, *conditions: ColumnElement[bool], limit: int | None = None) -> tuple[Listing, ...]:
        rows = self._session.execute(
            select(ListingRow, ListingVersionRow)
            .join(
                ListingVersionRow,
                (ListingVersionRow.listing_id == ListingRow.id) & (ListingVersionRow.version == ListingRow.version),
            )
            .where(*conditions)
            .order_by(ListingRow.id)
            .limit(limit)
        )
        return tuple(_record(listing, version) for listing, version in rows)


def _seen(*by: ColumnElement[bool]) -> ColumnElement[bool]:
    """The version has an assessment of this kind."""
    return select(AssessmentRow.id).where(AssessmentRow.version_id == ListingVersionRow.id, *by).exists()


def _assessed_otherwise(model: str, rulebook: str, any_rulebook: bool) -> tuple[ColumnElement[bool], ...]:
    mine = [AssessmentRow.model == model]
    if not any_rulebook:
        mine.append(AssessmentRow.rulebook == rulebook)
    return _seen(), ~_seen(*mine), _HAS_WORDS


def _record(listing: ListingRow, version: ListingVersionRow) -> Listing:
    return Listing(
        id=listing.id,
        source=listing.source,
        key=listing.key,
        url=listing.url,
        platform=listing.platform,
        cluster_id=listing.cluster_id,
        first_seen_at=listing.first_seen_at,
        last_seen_at=listing.last_seen_at,
        demo=listing.demo,
        version_id=version.id,
        version=version.version,
        capture_id=version.capture_id,
        title=version.title,
        text=version.text,
        fields=version.fields,
        images=tuple(
            Image(url=str(image["url"]), blob=image["blob"], ocr_text=image["ocr_text"]) for image in version.images
        ),
        price_raw=version.price_raw,
        district=version.district,
        posted_at=version.posted_at,
        visibility=listing.visibility,
        operator_id=listing.operator_id,
        emptied_at=version.emptied_at,
    )
