"""Contacts: masked for the screen, a keyed hash to link by, ciphertext for the logged reveal; never in clear."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from pipelines.records import StoredContact
from pipelines.store.base import Repo
from pipelines.store.tables import ContactRow, ListingContactRow, ListingRow


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
        rows = [dict(zip(names, one, strict=True)) for one in contacts]
        statement = self._insert(ContactRow).on_conflict_do_nothing(index_elements=["kind", "keyed_hash"])
        self._session.execute(statement, rows)
        found = self._session.execute(
            select(ContactRow.kind, ContactRow.keyed_hash, ContactRow.id).where(
                ContactRow.keyed_hash.in_([one[2] for one in contacts])
            )
        )
        ids = {(kind, keyed_hash): identity for kind, keyed_hash, identity in found}
        return [ids[kind, keyed_hash] for kind, _masked, keyed_hash, _ciphertext in contacts]

    def clusters_with(self, keyed_hash: str, limit: int) -> list[int]:
        """Some clusters whose listings show this contact, each once; at most `limit`."""
        return list(
            self._session.scalars(
                select(ListingRow.cluster_id)
                .join(ListingContactRow, ListingContactRow.listing_id == ListingRow.id)
                .join(ContactRow, ContactRow.id == ListingContactRow.contact_id)
                .where(ContactRow.keyed_hash == keyed_hash)
                .distinct()
                .limit(limit)
            )
        )

    def link_many(self, contact_ids: Sequence[int], listing_id: int) -> None:
        """`link` for many."""
        if contact_ids:
            self._session.execute(
                self._insert(ListingContactRow).on_conflict_do_nothing(index_elements=["listing_id", "contact_id"]),
                [{"listing_id": listing_id, "contact_id": contact_id} for contact_id in contact_ids],
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
