"""Which cluster of near-duplicates each new posting of a batch belongs to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from pipelines.ingest.near_duplicates import Likeness, Signature, names_in, same_posting
from pipelines.ingest.prepare import PreparedListing
from pipelines.personal.contacts import STRONG_KINDS
from pipelines.store import Tx

#: Clusters with common bands that a new posting is compared with, and listings looked at in each.
_MAX_CLUSTERS = 16
_MAX_LISTINGS = 12
#: A contact or account in more clusters than this is a platform's or an agency's, and links nothing.
_HOTLINE = 30
#: Shorter things without a picture or a contact say too little for being equal to mean anything.
_MIN_LETTERS = 10
#: Clusters that are not in the store yet are called by numbers behind all that are.
_NOT_YET = 1 << 62
_ACCOUNTS = frozenset({"account", "name"})


def clusters_for(tx: Tx, batch: Sequence[PreparedListing], at: datetime) -> list[int]:
    """The cluster of each: that of an equal or retyped posting in the store or before it in the batch, else a new one.

    What the store knows is looked up once for all of them; what they are to each other is found here."""
    neighbours = _Neighbours(tx, batch)
    places = [neighbours.place(one) for one in batch]
    fresh = sorted({place for place in places if place >= _NOT_YET})
    made = dict(zip(fresh, tx.listings.new_clusters(len(fresh), at), strict=True))
    return [made.get(place, place) for place in places]


class _Neighbours:
    """What new postings are compared with: the store as it was, and those placed since."""

    def __init__(self, tx: Tx, batch: Sequence[PreparedListing]) -> None:
        self._equal = tx.listings.clusters_of_content([one.content_sha256 for one in batch])
        self._by_key = tx.listings.with_keys({key for one in batch for key in one.likeness.signature.keys})
        hashes = {value for one in batch for value in one.likeness.contacts | one.likeness.accounts}
        shown = tx.contacts.shown(hashes)
        self._by_contact = {value: set(tx.contacts.clusters_with(value, _HOTLINE + 1)) for value in sorted(shown)}
        self._members: dict[int, list[Likeness]] = _members(
            tx, {one for each in map(self._near, batch) for one in each}
        )
        self._new = _NOT_YET

    def place(self, posting: PreparedListing) -> int:
        """Its cluster; from now on it is compared with, too."""
        cluster = self._found(posting)
        if cluster is None:
            cluster, self._new = self._new, self._new + 1
        self._equal.setdefault(posting.content_sha256, cluster)
        for key in posting.likeness.signature.keys:
            self._by_key.setdefault(key, set()).add(cluster)
        for value in posting.likeness.contacts | posting.likeness.accounts:
            self._by_contact.setdefault(value, set()).add(cluster)
        members = self._members.setdefault(cluster, [])
        if len(members) < _MAX_LISTINGS:
            members.append(posting.likeness)
        return cluster

    def _found(self, posting: PreparedListing) -> int | None:
        if posting.content_sha256 in self._equal and _says_something(posting):
            return self._equal[posting.content_sha256]
        mine = replace(
            posting.likeness,
            contacts=self._own(posting.likeness.contacts),
            accounts=self._own(posting.likeness.accounts),
        )
        for cluster in self._near(posting):
            if any(same_posting(mine, theirs) for theirs in self._members.get(cluster, ())):
                return cluster
        return None

    def _near(self, posting: PreparedListing) -> Iterable[int]:
        """The clusters to compare it with: those that share most bands, then those that share a contact of its own."""
        shared: dict[int, int] = {}
        for key in posting.likeness.signature.keys:
            for cluster in self._by_key.get(key, ()):
                shared[cluster] = shared.get(cluster, 0) + 1
        most = sorted(shared, key=lambda cluster: (-shared[cluster], cluster))[:_MAX_CLUSTERS]
        likeness = posting.likeness
        linked = [
            cluster
            for hashes in (likeness.contacts, likeness.accounts)
            for value in sorted(self._own(hashes))
            for cluster in sorted(self._by_contact.get(value, ()))
        ]
        return dict.fromkeys([*most, *linked])

    def _own(self, hashes: frozenset[str]) -> frozenset[str]:
        """The contacts or accounts that are somebody's own."""
        return frozenset(value for value in hashes if len(self._by_contact.get(value, ())) <= _HOTLINE)


def _members(tx: Tx, clusters: set[int]) -> dict[int, list[Likeness]]:
    """Cluster → what its oldest postings are like."""
    found = tx.listings.members(clusters, _MAX_LISTINGS)
    shown = tx.contacts.of_listings([one.listing_id for members in found.values() for one in members])
    return {
        cluster: [
            Likeness(
                signature=Signature.from_bytes(one.signature),
                contacts=frozenset(value for kind, value in shown.get(one.listing_id, ()) if kind in STRONG_KINDS),
                accounts=frozenset(value for kind, value in shown.get(one.listing_id, ()) if kind in _ACCOUNTS),
                names=names_in(f"{one.title}\n{one.text}"),
                district=one.district,
            )
            for one in members
        ]
        for cluster, members in found.items()
    }


def _says_something(prepared: PreparedListing) -> bool:
    item = prepared.item
    letters = sum(character.isalnum() for character in item.title + item.text)
    return letters >= _MIN_LETTERS or bool(prepared.contacts) or any(image.blob for image in item.images)
