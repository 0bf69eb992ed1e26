"""Near-duplicates: clusters, LSH band keys and MinHash signatures (what they mean is ingest's business)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import delete, func, insert, select

from pipelines.store.base import Repo, bare, pieces
from pipelines.store.tables import ClusterRow, ListingRow, ListingVersionRow, SignatureRow


class Member(NamedTuple):
    """A posting in a cluster, as far as likeness goes."""

    listing_id: int
    cluster_id: int
    signature: bytes
    title: str
    text: str
    district: str


class NearKeys(Repo):
    def new_cluster(self, at: datetime) -> int:
        """An empty cluster."""
        return self.new_clusters(1, at)[0]

    def new_clusters(self, count: int, at: datetime) -> list[int]:
        """Empty clusters, in the order of their ids."""
        if not count:
            return []
        rows = [{"created_at": at}] * count
        return sorted(self._session.scalars(insert(bare(ClusterRow)).returning(ClusterRow.id), rows))

    def drop_empty(self, cluster_ids: Collection[int]) -> None:
        """Remove those of the clusters that nothing is in."""
        if cluster_ids:
            used = select(ListingRow.id).where(ListingRow.cluster_id == ClusterRow.id).exists()
            self._session.execute(delete(ClusterRow).where(ClusterRow.id.in_(cluster_ids), ~used))

    def with_keys(self, keys: Collection[str]) -> dict[str, set[int]]:
        """Band key → the clusters it is kept for; keys of none are left out."""
        found: dict[str, set[int]] = {}
        for key, cluster_id in self._in_sql("SELECT key, cluster_id FROM near_keys WHERE key IN (?)", keys):
            found.setdefault(key, set()).add(cluster_id)
        return found

    def add_near_keys(self, rows: Sequence[tuple[int, int, Sequence[str]]]) -> None:
        """Keep band keys, each row (cluster, version, keys); keys a version already has are left."""
        self._many_in_sql(
            "INSERT INTO near_keys (version_id, key, cluster_id) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
            [(version_id, key, cluster_id) for cluster_id, version_id, keys in rows for key in dict.fromkeys(keys)],
        )

    def add_signatures(self, rows: Sequence[tuple[int, bytes]]) -> None:
        """Keep the MinHash of versions; a second one replaces it."""
        if rows:
            statement = self._insert(SignatureRow)
            self._session.execute(
                statement.on_conflict_do_update(
                    index_elements=["version_id"], set_={"signature": statement.excluded.signature}
                ),
                [{"version_id": version_id, "signature": signature} for version_id, signature in rows],
            )

    def members(self, cluster_ids: Collection[int], limit: int) -> dict[int, list[Member]]:
        """Cluster → its oldest postings, at most `limit` of each; those without a signature are left out."""
        found: dict[int, list[Member]] = {}
        for piece in pieces(cluster_ids):
            place = func.row_number().over(partition_by=ListingRow.cluster_id, order_by=ListingRow.id)
            ranked = (
                select(ListingRow.id, ListingRow.cluster_id, ListingRow.version, place.label("place"))
                .where(ListingRow.cluster_id.in_(piece))
                .subquery()
            )
            version = ListingVersionRow
            rows = self._session.execute(
                select(
                    ranked.c.id, ranked.c.cluster_id, SignatureRow.signature,
                    version.title, version.text, version.district,
                )
                .join(version, (version.listing_id == ranked.c.id) & (version.version == ranked.c.version))
                .join(SignatureRow, SignatureRow.version_id == version.id)
                .where(ranked.c.place <= limit)
                .order_by(ranked.c.id)
            )  # fmt: skip
            for row in rows:
                member = Member(*row)
                found.setdefault(member.cluster_id, []).append(member)
        return found

    def signature(self, version_id: int) -> bytes | None:
        """The version's MinHash."""
        row = self._get(SignatureRow, version_id)
        return None if row is None else row.signature

    def signatures(self, cluster_id: int) -> tuple[bytes, ...]:
        """The MinHashes of every version in the cluster, oldest first."""
        rows = self._session.scalars(
            select(SignatureRow.signature)
            .join(ListingVersionRow, ListingVersionRow.id == SignatureRow.version_id)
            .join(ListingRow, ListingRow.id == ListingVersionRow.listing_id)
            .where(ListingRow.cluster_id == cluster_id)
            .order_by(SignatureRow.version_id)
        )
        return tuple(rows)
