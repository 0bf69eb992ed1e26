"""Postings that were not there before, many in one go."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import func, insert, select

from pipelines.records import ExtractedListing, Image
from pipelines.store.base import bare, pieces
from pipelines.store.near import NearKeys
from pipelines.store.tables import ListingCaptureRow, ListingRow, ListingVersionRow
from pipelines.store.types import clean

_VERSIONS = bare(ListingVersionRow)


class NewListing(NamedTuple):
    """A posting and where it belongs."""

    item: ExtractedListing
    capture_id: str | None
    content_sha256: str
    cluster_id: int
    operator_id: int | None


class NewListings(NearKeys):
    def known(self, keys: Sequence[tuple[str, str]]) -> set[tuple[str, str]]:
        """Those of the postings (source, key) that are in the store."""
        found: set[tuple[str, str]] = set()
        by_source: dict[str, list[str]] = {}
        for source, key in keys:
            by_source.setdefault(source, []).append(clean(key))
        for source, its in by_source.items():
            for piece in pieces(its):
                rows = self._session.scalars(
                    select(ListingRow.key).where(ListingRow.source == source, ListingRow.key.in_(piece))
                )
                found.update((source, key) for key in rows)
        return found

    def clusters_of_content(self, hashes: Sequence[str]) -> dict[str, int]:
        """Content → the cluster of the oldest listing that ever had exactly it; those that none had are left out."""
        found: dict[str, int] = {}
        for piece in pieces(set(hashes)):
            oldest = (
                select(ListingVersionRow.content_sha256, func.min(ListingVersionRow.listing_id).label("listing_id"))
                .where(ListingVersionRow.content_sha256.in_(piece))
                .group_by(ListingVersionRow.content_sha256)
                .subquery()
            )
            rows = self._session.execute(
                select(oldest.c.content_sha256, ListingRow.cluster_id).join(
                    ListingRow, ListingRow.id == oldest.c.listing_id
                )
            )
            found.update(rows.all())
        return found

    def add_new(self, listings: Sequence[NewListing], *, demo: bool, at: datetime) -> list[tuple[int, int] | None]:
        """Add postings, each of another (source, key), with their first versions, linked to their captures; the ids of
        listing and version of each. None for one that somebody else has added meanwhile (PostgreSQL only): nothing of
        it was kept."""
        if not listings:
            return []
        added = self._session.execute(
            self._insert(ListingRow)
            .on_conflict_do_nothing(index_elements=["source", "key"])
            .returning(ListingRow.id, ListingRow.source, ListingRow.key),
            [_listing_values(one, demo, at) for one in listings],
        )
        ids = {(source, key): listing_id for listing_id, source, key in added}
        taken = [ids.get((one.item.source, clean(one.item.key))) for one in listings]
        pairs = [(one, listing_id) for one, listing_id in zip(listings, taken, strict=True) if listing_id is not None]
        if not pairs:
            return [None] * len(taken)
        made = self._session.execute(
            insert(_VERSIONS).returning(_VERSIONS.c.listing_id, _VERSIONS.c.id),
            [_version_values(one, listing_id, at) for one, listing_id in pairs],
        )
        versions: dict[int, int] = dict(made.all())
        captures = [
            {"listing_id": listing_id, "capture_id": one.capture_id}
            for one, listing_id in pairs
            if one.capture_id is not None
        ]
        if captures:
            self._session.execute(insert(bare(ListingCaptureRow)), captures)
        return [None if listing_id is None else (listing_id, versions[listing_id]) for listing_id in taken]


def _listing_values(one: NewListing, demo: bool, at: datetime) -> dict[str, Any]:
    item = one.item
    return {
        "source": item.source,
        "key": item.key,
        "url": item.url,
        "platform": item.platform,
        "cluster_id": one.cluster_id,
        "operator_id": one.operator_id,
        "visibility": item.visibility,
        "demo": demo,
        "first_seen_at": at,
        "last_seen_at": at,
        "version": 1,
    }


def _version_values(one: NewListing, listing_id: int, at: datetime) -> dict[str, Any]:
    item = one.item
    return {
        "listing_id": listing_id,
        "version": 1,
        "content_sha256": one.content_sha256,
        "capture_id": one.capture_id,
        "title": item.title,
        "text": item.text,
        "fields": item.fields,
        "images": [image_values(image) for image in item.images],
        "price_raw": item.price_raw,
        "district": item.district,
        "posted_at": item.posted_at,
        "created_at": at,
    }


def image_values(image: Image) -> dict[str, str | None]:
    """A picture as a version's row keeps it."""
    return {"url": image.url, "blob": image.blob, "ocr_text": image.ocr_text}
