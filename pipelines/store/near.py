"""Near-duplicates: clusters, LSH band keys and MinHash signatures (what they mean is ingest's business)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import distinct, func, insert, select

from pipelines.store.base import Repo
from pipelines.store.tables import ClusterRow, ListingRow, ListingVersionRow, NearKeyRow, SignatureRow


class NearKeys(Repo):
    def new_cluster(self, at: datetime) -> int:
        """An empty cluster."""
        return self._session.scalars(insert(ClusterRow).returning(ClusterRow.id), [{"created_at": at}]).one()

    def near_keys(self, keys: Sequence[str]) -> dict[int, int]:
        """Cluster → how many of these band keys it shares, most first."""
        if not keys:
            return {}
        shared = func.count(distinct(NearKeyRow.key))
        rows = self._session.execute(
            select(NearKeyRow.cluster_id, shared)
            .where(NearKeyRow.key.in_(keys))
            .group_by(NearKeyRow.cluster_id)
            .order_by(shared.desc(), NearKeyRow.cluster_id)
        )
        return {row[0]: row[1] for row in rows}

    def add_near_keys(self, cluster_id: int, version_id: int, keys: Sequence[str]) -> None:
        """Keep a version's band keys; keys it already has are left."""
        if keys:
            self._session.execute(
                self._insert(NearKeyRow).on_conflict_do_nothing(index_elements=["version_id", "key"]),
                [{"cluster_id": cluster_id, "version_id": version_id, "key": key} for key in dict.fromkeys(keys)],
            )

    def add_signature(self, version_id: int, signature: bytes) -> None:
        """Keep a version's MinHash; a second one replaces it."""
        statement = self._insert(SignatureRow).values(version_id=version_id, signature=signature)
        self._session.execute(
            statement.on_conflict_do_update(
                index_elements=["version_id"], set_={"signature": statement.excluded.signature}
            )
        )

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
