"""Which cluster of near-duplicates a new posting belongs to."""

from __future__ import annotations

from dataclasses import replace

from pipelines.ingest.contacts import STRONG_KINDS
from pipelines.ingest.near_duplicates import Likeness, Signature, names_in, same_posting
from pipelines.ingest.prepare import PreparedListing
from pipelines.records import Listing
from pipelines.store import Tx

#: Clusters with common bands that a new posting is compared with, and listings looked at in each.
_MAX_CLUSTERS = 16
_MAX_LISTINGS = 12
#: A contact or account in more clusters than this is a platform's or an agency's, and links nothing.
_HOTLINE = 30
#: Shorter things without a picture or a contact say too little for being equal to mean anything.
_MIN_LETTERS = 10


def cluster_for(tx: Tx, prepared: PreparedListing) -> int | None:
    """The cluster of an equal or retyped posting; None when there is none."""
    if _says_something(prepared):
        equal = tx.listings.by_content(prepared.content_sha256)
        if equal is not None:
            return equal.cluster_id
    contacts, by_contact = _own(tx, prepared.likeness.contacts)
    accounts, by_account = _own(tx, prepared.likeness.accounts)
    mine = replace(prepared.likeness, contacts=contacts, accounts=accounts)
    near = list(tx.listings.near_keys(mine.signature.keys))
    for cluster_id in dict.fromkeys([*near[:_MAX_CLUSTERS], *by_contact, *by_account]):
        for listing in tx.listings.in_cluster(cluster_id, limit=_MAX_LISTINGS):
            theirs = _likeness(tx, listing)
            if theirs is not None and same_posting(mine, theirs):
                return cluster_id
    return None


def remember(tx: Tx, listing: Listing, signature: Signature) -> None:
    """Keep what later postings are compared with."""
    tx.listings.add_signature(listing.version_id, signature.to_bytes())
    tx.listings.add_near_keys(listing.cluster_id, listing.version_id, signature.keys)


def _own(tx: Tx, hashes: frozenset[str]) -> tuple[frozenset[str], list[int]]:
    """The contacts or accounts that are somebody's own, and the clusters that show them."""
    own: set[str] = set()
    clusters: dict[int, None] = {}
    for keyed_hash in sorted(hashes):
        shown_in = tx.contacts.clusters_with(keyed_hash, _HOTLINE + 1)
        if len(shown_in) <= _HOTLINE:
            own.add(keyed_hash)
            clusters |= dict.fromkeys(sorted(shown_in))
    return frozenset(own), list(clusters)


def _likeness(tx: Tx, listing: Listing) -> Likeness | None:
    signature = tx.listings.signature(listing.version_id)
    if signature is None:
        return None
    contacts = tx.contacts.of_listing(listing.id)
    return Likeness(
        signature=Signature.from_bytes(signature),
        contacts=frozenset(contact.keyed_hash for contact in contacts if contact.kind in STRONG_KINDS),
        accounts=frozenset(contact.keyed_hash for contact in contacts if contact.kind in {"account", "name"}),
        names=names_in(f"{listing.title}\n{listing.text}"),
        district=listing.district,
    )


def _says_something(prepared: PreparedListing) -> bool:
    item = prepared.item
    letters = sum(character.isalnum() for character in item.title + item.text)
    return letters >= _MIN_LETTERS or bool(prepared.contacts) or any(image.blob for image in item.images)
