"""Contacts: masked for the screen, a keyed hash to link by, ciphertext for the logged reveal; never in clear."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import select

from pipelines.records import StoredContact
from pipelines.store.base import Repo, bare, pieces
from pipelines.store.tables import ContactRow, ListingContactRow, ListingRow

_CLUSTERS_WITH = """
    SELECT DISTINCT listings.cluster_id FROM contacts
    JOIN listing_contacts ON listing_contacts.contact_id = contacts.id
    JOIN listings ON listings.id = listing_contacts.listing_id
    WHERE contacts.keyed_hash = ? LIMIT ?
"""


class Contacts(Repo):
    def upsert(self, kind: str, masked: str, keyed_hash: str, ciphertext: bytes) -> int:
        """The id of this contact; a known one keeps its first ciphertext."""
        self._session.execute(
            self._insert(ContactRow)
            .values(kind=kind, masked=masked, keyed_hash=keyed_hash, ciphertext=ciphertext)
            .on_conflict_do_nothing(index_elements=["kind", "keyed_hash"])
        )
        return self._session.scalars(
            select(ContactRow.id).where(ContactRow.kind == kind, ContactRow.keyed_hash == keyed_hash)
        ).one()

    def upsert_many(self, contacts: Sequence[tuple[str, str, str, bytes]]) -> list[int]:
        """`upsert` for many (kind, masked, keyed hash, ciphertext): their ids, in that order."""
        if not contacts:
            return []
        names = ("kind", "masked", "keyed_hash", "ciphertext")
        # In one order for all, so that two batches that bring the same contacts cannot wait crosswise.
        unique = sorted({(one[0], one[2]): one for one in reversed(contacts)}.items())
        statement = self._insert(ContactRow).on_conflict_do_nothing(index_elements=["kind", "keyed_hash"])
        self._session.execute(statement, [dict(zip(names, one, strict=True)) for _key, one in unique])
        columns = bare(ContactRow).c
        ids: dict[tuple[str, str], int] = {}
        for piece in pieces({one[2] for one in contacts}):
            found = self._session.execute(
                select(columns.kind, columns.keyed_hash, columns.id).where(columns.keyed_hash.in_(piece))
            )
            ids |= {(kind, keyed_hash): identity for kind, keyed_hash, identity in found}
        return [ids[kind, keyed_hash] for kind, _masked, keyed_hash, _ciphertext in contacts]

    def shown(self, keyed_hashes: Collection[str]) -> set[str]:
        """Those of the contacts that some listing shows."""
        found: set[str] = set()
        linked = select(ListingContactRow.contact_id).where(ListingContactRow.contact_id == ContactRow.id).exists()
        for piece in pieces(keyed_hashes):
            found.update(
                self._session.scalars(select(ContactRow.keyed_hash).where(ContactRow.keyed_hash.in_(piece), linked))
            )
        return found

    def clusters_with(self, keyed_hash: str, limit: int) -> list[int]:
        """Some clusters whose listings show this contact, each once; at most `limit`."""
        return [row[0] for row in self._ask_in_sql(_CLUSTERS_WITH, keyed_hash, limit)]

    def of_listings(self, listing_ids: Collection[int]) -> dict[int, list[tuple[str, str]]]:
        """Listing → kind and keyed hash of each contact that it shows."""
        found: dict[int, list[tuple[str, str]]] = {}
        for piece in pieces(listing_ids):
            rows = self._session.execute(
                select(ListingContactRow.listing_id, ContactRow.kind, ContactRow.keyed_hash)
                .join(ContactRow, ContactRow.id == ListingContactRow.contact_id)
                .where(ListingContactRow.listing_id.in_(piece))
            )
            for listing_id, kind, keyed_hash in rows:
                found.setdefault(listing_id, []).append((kind, keyed_hash))
        return found

    def link_many(self, pairs: Sequence[tuple[int, int]]) -> None:
        """`link` for many (contact, listing)."""
        if pairs:
            self._session.execute(
                self._insert(ListingContactRow).on_conflict_do_nothing(index_elements=["listing_id", "contact_id"]),
                [{"listing_id": listing_id, "contact_id": contact_id} for contact_id, listing_id in pairs],
            )

    def link(self, contact_id: int, listing_id: int) -> None:
        """The listing shows this contact; saying it twice does nothing."""
        self._session.execute(
            self._insert(ListingContactRow)
            .values(listing_id=listing_id, contact_id=contact_id)
            .on_conflict_do_nothing(index_elements=["listing_id", "contact_id"])
        )

    def get(self, contact_id: int) -> StoredContact | None:
        row = self._get(ContactRow, contact_id)
        return None if row is None else stored_contact(row)

    def of_listing(self, listing_id: int) -> tuple[StoredContact, ...]:
        """In the order they became known."""
        rows = self._session.scalars(
            select(ContactRow)
            .join(ListingContactRow, ListingContactRow.contact_id == ContactRow.id)
            .where(ListingContactRow.listing_id == listing_id)
            .order_by(ContactRow.id)
        )
        return tuple(stored_contact(row) for row in rows)

    def listings_with(self, keyed_hashes: Sequence[str]) -> dict[int, int]:
        """Listing id → cluster id of every listing that shows any of these contacts."""
        rows = self._session.execute(
            select(ListingRow.id, ListingRow.cluster_id)
            .join(ListingContactRow, ListingContactRow.listing_id == ListingRow.id)
            .join(ContactRow, ContactRow.id == ListingContactRow.contact_id)
            .where(ContactRow.keyed_hash.in_(keyed_hashes))
            .distinct()
            .order_by(ListingRow.id)
        )
        return {row[0]: row[1] for row in rows}


def stored_contact(row: ContactRow) -> StoredContact:
    return StoredContact(
        id=row.id, kind=row.kind, masked=row.masked, keyed_hash=row.keyed_hash, ciphertext=row.ciphertext
    )
