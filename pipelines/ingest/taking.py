"""Prepared postings into the store, inside one transaction: the new ones together, the known ones one by one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from pipelines.ingest.clusters import clusters_for
from pipelines.ingest.operators import keep_contacts, keep_many
from pipelines.ingest.prepare import PreparedListing
from pipelines.store import NewListing, Tx

#: Listing id and what became of it: new | changed | unchanged.
Taken = tuple[int, str]


def take_all(tx: Tx, prepared: Sequence[PreparedListing], *, demo: bool, at: datetime) -> list[Taken]:
    """What became of each, in order. A posting that comes twice is new and then what its second coming makes it.
    Known ones go first, so that new ones are compared with what they say now."""
    seen = tx.listings.known([(one.item.source, one.item.key) for one in prepared])
    fresh: dict[tuple[str, str], int] = {}
    for place, one in enumerate(prepared):
        name = (one.item.source, one.item.key)
        if name not in seen:
            fresh.setdefault(name, place)
    places = list(fresh.values())
    taken: dict[int, Taken] = {
        place: _take_known(tx, one, demo=demo, at=at)
        for place, one in enumerate(prepared)
        if (one.item.source, one.item.key) in seen
    }
    for place, listing_id in zip(places, _take_new(tx, [prepared[place] for place in places], demo, at), strict=True):
        if listing_id is not None:
            taken[place] = (listing_id, "new")
    for place, one in enumerate(prepared):
        if place not in taken:
            taken[place] = _take_known(tx, one, demo=demo, at=at)
    return [taken[place] for place in range(len(prepared))]


def _take_new(tx: Tx, batch: Sequence[PreparedListing], demo: bool, at: datetime) -> list[int | None]:
    """The ids of the new listings; None for one that somebody else took in meanwhile."""
    if not batch:
        return []
    kept = keep_many(tx, [(one.contacts, one.operator_name) for one in batch])
    clusters = clusters_for(tx, batch, at)
    added = tx.listings.add_new(
        [
            NewListing(one.item, one.capture_id, one.content_sha256, cluster_id, operator_id)
            for one, cluster_id, (_contacts, operator_id) in zip(batch, clusters, kept, strict=True)
        ],
        demo=demo,
        at=at,
    )
    whole = [
        (ids, one, cluster_id, contact_ids)
        for ids, one, cluster_id, (contact_ids, _operator) in zip(added, batch, clusters, kept, strict=True)
        if ids is not None
    ]
    tx.contacts.link_many([(contact_id, ids[0]) for ids, _one, _cluster, contacts in whole for contact_id in contacts])
    tx.listings.add_signatures([(ids[1], one.likeness.signature.to_bytes()) for ids, one, _cluster, _contacts in whole])
    tx.listings.add_near_keys(
        [(cluster_id, ids[1], one.likeness.signature.keys) for ids, one, cluster_id, _contacts in whole]
    )
    if len(whole) < len(batch):
        tx.listings.drop_empty([cluster_id for ids, cluster_id in zip(added, clusters, strict=True) if ids is None])
    return [None if ids is None else ids[0] for ids in added]


def _take_known(tx: Tx, prepared: PreparedListing, *, demo: bool, at: datetime) -> Taken:
    item = prepared.item
    contact_ids, operator_id = keep_contacts(tx, prepared.contacts, name=prepared.operator_name)
    listing, moved = tx.listings.add_version(
        source=item.source,
        key=item.key,
        url=item.url,
        platform=item.platform,
        demo=demo,
        visibility=item.visibility,
        title=item.title,
        text=item.text,
        fields=item.fields,
        images=item.images,
        price_raw=item.price_raw,
        district=item.district,
        posted_at=item.posted_at,
        capture_id=prepared.capture_id,
        content_sha256=prepared.content_sha256,
        # It stays in the cluster it is in.
        cluster_id=None,
        operator_id=operator_id,
        at=at,
    )
    if not moved:
        return listing.id, "unchanged"
    signature = prepared.likeness.signature
    tx.contacts.link_many([(contact_id, listing.id) for contact_id in contact_ids])
    tx.listings.add_signatures([(listing.version_id, signature.to_bytes())])
    tx.listings.add_near_keys([(listing.cluster_id, listing.version_id, signature.keys)])
    return listing.id, "changed"
