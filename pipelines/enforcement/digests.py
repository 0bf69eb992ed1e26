"""Digests that were made: the list and their files; each download is logged."""

from __future__ import annotations

from pipelines import audit
from pipelines.desk import Desk
from pipelines.enforcement.permissions import Action, require
from pipelines.errors import NotFound
from pipelines.records import PageOf, StoredDigest, User


def page(desk: Desk, *, user: User, after: str | None = None, limit: int = 50) -> PageOf[StoredDigest]:
    """The digests, newest first."""
    require(user, Action.DIGESTS)
    with desk.store.read() as tx:
        return tx.digests.page(after, limit)


def read_file(desk: Desk, digest_id: str, name: str, *, user: User) -> bytes:
    """One file of a digest, as it was made."""
    require(user, Action.DIGESTS)
    with desk.store.transaction() as tx:
        digest = tx.digests.get(digest_id)
        if digest is None or name not in digest.files:
            raise NotFound("没有这个周报文件。")
        audit.record(tx, actor=user.name, action="digest.download", object_type="digest", object_id=digest_id)
    return desk.blobs.get(digest.files[name])
