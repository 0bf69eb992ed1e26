"""All that the archive holds of one address, and its records copied out bit for bit: `mingcha warc extract`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pipelines import audit
from pipelines.desk import Desk
from pipelines.errors import NotFound
from pipelines.evidence.warc_read import copy_records, read_record
from pipelines.records import Capture

_SUFFIXES = {"text/html": ".html", "application/json": ".json", "text/plain": ".txt", "application/pdf": ".pdf"}


@dataclass(frozen=True, kw_only=True)
class Archived:
    """One fetch of the address. A revisit has no bytes of its own: `capture_id` names the capture that holds them."""

    at: datetime
    #: capture | revisit
    kind: str
    capture_id: str
    http_status: int | None
    sha256: str
    size: int
    warc_path: str
    warc_offset: int
    #: When the bytes were deleted on schedule (of a revisit: those of its capture); None: they are there.
    deleted_at: datetime | None


def archived(desk: Desk, url: str) -> tuple[Archived, ...]:
    """Every fetch of the address, oldest first. Raises NotFound."""
    with desk.store.read() as tx:
        captures = {capture.id: capture for capture in tx.captures.of_url(url)}
        revisits = tx.revisits.of_url(url)
        captures |= tx.captures.get_many([one.capture_id for one in revisits if one.capture_id not in captures])
    found = [_of_capture(capture) for capture in captures.values()]
    found += [
        Archived(
            at=one.at,
            kind="revisit",
            capture_id=one.capture_id,
            http_status=one.http_status,
            sha256=captures[one.capture_id].sha256,
            size=captures[one.capture_id].size,
            warc_path=one.warc_path,
            warc_offset=one.warc_offset,
            deleted_at=captures[one.capture_id].deleted_at,
        )
        for one in revisits
    ]
    if not found:
        raise NotFound(f"没有存过这个网址：{url[:200]}")
    return tuple(sorted(found, key=lambda one: (one.at, one.kind)))


def extract(desk: Desk, rows: Sequence[Archived], out: Path, *, actor: str) -> tuple[Path, ...]:
    """For each capture its records (`<id>.warc.gz`, bit for bit) and its payload as received; what is there already is
    not overwritten, one deleted on schedule is left out. Logged, since the bytes hold contacts in clear. Raises
    EvidenceError for a damaged record."""
    out.mkdir(parents=True, exist_ok=True, mode=0o700)
    ids = list(dict.fromkeys(row.capture_id for row in rows if row.deleted_at is None))
    with desk.store.transaction() as tx:
        captures = tx.captures.get_many(ids)
        for capture_id in captures:
            audit.record(tx, actor=actor, action="capture.download", object_type="capture", object_id=capture_id)
    made: list[Path] = []
    for capture in captures.values():
        payload = read_record(desk.home, capture)
        path = out / f"{capture.id}{_SUFFIXES.get(capture.content_type.partition(';')[0].strip().lower(), '.bin')}"
        if not path.exists():
            path.touch(mode=0o600)
            path.write_bytes(payload)
        warc = out / f"{capture.id}.warc.gz"
        if not warc.exists():
            copy_records(desk.home, [capture], warc)
        made += [path, warc]
    return tuple(made)


def _of_capture(capture: Capture) -> Archived:
    return Archived(
        at=capture.captured_at,
        kind="capture",
        capture_id=capture.id,
        http_status=capture.http_status,
        sha256=capture.sha256,
        size=capture.size,
        warc_path=capture.warc_path,
        warc_offset=capture.warc_offset,
        deleted_at=capture.deleted_at,
    )
