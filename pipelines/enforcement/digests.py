"""Digests that were made: the list, their files, their approval; each download is logged."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pipelines import audit, clock
from pipelines.desk import Desk
from pipelines.enforcement.permissions import Action, may, require
from pipelines.errors import Conflict, NotFound
from pipelines.records import DigestEvent, DigestEventKind, PageOf, StoredDigest, User
from pipelines.store import Tx


def page(desk: Desk, *, user: User, after: str | None = None, limit: int = 50) -> PageOf[StoredDigest]:
    """The digests, newest first."""
    require(user, Action.DIGESTS)
    with desk.store.read() as tx:
        return tx.digests.page(after, limit)


def one(desk: Desk, digest_id: str, *, user: User) -> tuple[StoredDigest, tuple[DigestEvent, ...], StoredDigest | None]:
    """A digest, what happened to it, and the edition that took its place. Raises NotFound."""
    require(user, Action.DIGESTS)
    with desk.store.read() as tx:
        digest = tx.digests.get(digest_id)
        if digest is None:
            raise NotFound("没有这期周报。")
        return digest, tx.digests.events([digest_id]), tx.digests.replaced_by(digest_id)


def events(
    desk: Desk, found: Iterable[StoredDigest], *, user: User
) -> tuple[dict[str, list[DigestEvent]], frozenset[str]]:
    """What happened to these digests, by id, and those whose place another edition took."""
    require(user, Action.DIGESTS)
    by_id: dict[str, list[DigestEvent]] = {}
    ids = [digest.id for digest in found]
    with desk.store.read() as tx:
        for event in tx.digests.events(ids):
            by_id.setdefault(event.digest_id, []).append(event)
        return by_id, tx.digests.replaced_among(ids)


@dataclass(frozen=True, kw_only=True)
class Approval:
    """Who may sign a digest off: another account than the one that made it, where there is another."""

    allowed: bool
    #: Accounts that may do so instead; () when this one may.
    others: tuple[str, ...] = ()
    #: The one that made it is the only one that could: it may, and that is said and logged.
    alone: bool = False


def approval(tx: Tx, digest: StoredDigest, user: User) -> Approval:
    """Whether this user may sign this digest off."""
    others = tuple(one.name for one in tx.users.list() if one.name != user.name and may(one, Action.DIGESTS))
    if not may(user, Action.DIGESTS) or (digest.created_by == user.name and others):
        return Approval(allowed=False, others=others)
    return Approval(allowed=True, alone=digest.created_by == user.name)


def may_approve(desk: Desk, digest: StoredDigest, *, user: User) -> Approval:
    """The same, for the page that asks."""
    with desk.store.read() as tx:
        return approval(tx, digest, user)


def approve(desk: Desk, digest_id: str, *, user: User) -> None:
    """Sign it off for sending, once, by four eyes where the station has them.

    Raises NotFound, or Conflict for one that is approved, was replaced, or was made by this very user while others
    could sign it off.
    """
    # At run time: the certificates' libraries take a second to load, which every page would pay.
    from pipelines.evidence.heads import note_head

    require(user, Action.DIGESTS)
    with desk.store.transaction() as tx:
        digest = tx.digests.get(digest_id)
        if digest is None:
            raise NotFound("没有这期周报。")
        if tx.digests.replaced_by(digest_id) is not None:
            raise Conflict("这一期已有新的一版，请审签新版。")
        if any(event.kind is DigestEventKind.APPROVED for event in tx.digests.events([digest_id])):
            raise Conflict("这一期已经审签。")
        asked = approval(tx, digest, user)
        if not asked.allowed:
            raise Conflict(f"这一期由您生成，须由另一人审签：{'、'.join(asked.others)}。")
        tx.digests.note(digest_id, DigestEventKind.APPROVED, user.name, clock.now())
        audit.record(
            tx,
            actor=user.name,
            action="digest.approve",
            object_type="digest",
            object_id=digest_id,
            **({"alone": True} if asked.alone else {}),
        )
    note_head(desk, "digest.approve")


def read_file(desk: Desk, digest_id: str, name: str, *, user: User) -> bytes:
    """One file of a digest, as it was made."""
    require(user, Action.DIGESTS)
    with desk.store.transaction() as tx:
        digest = tx.digests.get(digest_id)
        if digest is None or name not in digest.files:
            raise NotFound("没有这个周报文件。")
        audit.record(tx, actor=user.name, action="digest.download", object_type="digest", object_id=digest_id)
    return desk.blobs.get(digest.files[name])
