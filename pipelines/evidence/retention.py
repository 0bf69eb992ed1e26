"""Deleting on schedule what raised no lead (个人信息保护法 19, 47), in steps of which none can be left half done.

A WARC file (a source's day, or one capture of a lead) goes whole. It is marked in one transaction; from then on its
captures count as deleted and only address, time, state and hash stay. Then the file is removed, and a second
transaction says so, with the audit entry. A kill in between leaves a mark, which the next run goes on from.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from fcntl import LOCK_EX, LOCK_NB, flock
from pathlib import Path

from pipelines import audit, clock
from pipelines.blobs import sync_folder
from pipelines.config import Settings
from pipelines.desk import Desk
from pipelines.errors import Conflict
from pipelines.evidence.wordless import wordless
from pipelines.records import Deletion, Limits
from pipelines.store import Tx

#: Files, blobs and postings a step; between two steps it is asked whether to stop.
FILES, BLOBS, LISTINGS = 20, 500, 200
#: Bytes put so lately may be named by a row that is about to commit.
FRESH = timedelta(days=1)
#: What is due longer than this was missed: the job runs daily.
MISSED_AFTER = timedelta(days=2)
ACTOR = "system"


@dataclass(kw_only=True)
class Retained:
    """What a run deleted; `busy`: steps left to the next run because somebody was writing."""

    files: int = 0
    #: Captures and revisits that lay in the files.
    records: int = 0
    blobs: int = 0
    #: Postings whose words are gone.
    emptied: int = 0
    contacts: int = 0
    operators: int = 0
    busy: int = 0
    #: False: told to stop before the end.
    finished: bool = True

    @property
    def anything(self) -> bool:
        return any(getattr(self, one.name) for one in fields(self) if one.name not in {"busy", "finished"})


@dataclass(frozen=True, kw_only=True)
class Overdue:
    """What should have been deleted days ago."""

    #: WARC files not marked yet, and those marked but still on the disk.
    files: int
    listings: int


def run_retention(desk: Desk, stopping: Callable[[], bool]) -> Retained:
    """Delete what is due, source by source, until all is done or `stopping`. Logged in the audit log, ids and hashes
    only. Raises StoreError."""
    now = clock.now()
    done = Retained()
    with desk.store.read() as tx:
        limits = _limits(desk.settings, tx, now)
    steps = _steps(desk, limits, now, done)
    while done.finished and next(steps, None) is not None:
        done.finished = not stopping()
    if done.anything:
        _log(desk, done)
        desk.store.flush_log()
    return done


def _steps(desk: Desk, limits: Sequence[Limits], now: datetime, done: Retained) -> Iterator[int]:
    """Each step done as it is asked for; what an earlier run marked goes first."""
    yield 0
    yield from _remove_files(desk, done)
    for one in limits:
        yield from _mark_files(desk, one, now, done)
        yield from _empty_listings(desk, one, now, done)
    yield from _remove_files(desk, done)
    yield from _remove_blobs(desk, done)


def overdue(settings: Settings, tx: Tx) -> Overdue:
    """What an earlier run should have deleted, by the settings of now."""
    now = clock.now() - MISSED_AFTER
    files = sum(one.marked_at < now for one in tx.deletions.pending("warc"))
    listings = 0
    for limits in _limits(settings, tx, now):
        files += len(tx.deletions.due_files(limits, 1000))
        listings += tx.emptying.count_due(limits)
    return Overdue(files=files, listings=listings)


def _limits(settings: Settings, tx: Tx, now: datetime) -> list[Limits]:
    return [
        Limits(
            source=source.name,
            kept_since=now - timedelta(days=source.retain_days or settings.retain_days),
            dismissed_since=now - timedelta(days=settings.retain_dismissed_days),
        )
        for source in tx.sources.list()
    ]


def _mark_files(desk: Desk, limits: Limits, now: datetime, done: Retained) -> Iterator[int]:
    """One file a step. A file that is locked (a crawl cuts its tail) or that cannot be marked now waits."""
    with desk.store.read() as tx:
        due = tx.deletions.due_files(limits, 1_000_000)
    for path in due:
        with _locked(desk.home / path) as free:
            if not free or not _mark(desk, limits, path, now):
                done.busy += 1
        yield 1


def _mark(desk: Desk, limits: Limits, path: str, now: datetime) -> bool:
    sha256, size = _bytes_of(desk.home / path)
    try:
        with desk.store.transaction() as tx:
            tx.deletions.take_turn()
            # Asked again inside: a lead may have been opened since. Nothing young can have come: we hold its lock.
            if not tx.deletions.holds(path, limits.dismissed_since):
                records = tx.deletions.records_in(path)
                tx.deletions.mark(
                    Deletion(
                        object=path,
                        kind="warc",
                        source=limits.source,
                        sha256=sha256,
                        size=size,
                        records=records,
                        marked_at=now,
                    )
                )
    except Conflict:
        return False
    return True


def _remove_files(desk: Desk, done: Retained) -> Iterator[int]:
    dismissed_since = clock.now() - timedelta(days=desk.settings.retain_dismissed_days)
    after = ""
    while True:
        with desk.store.read() as tx:
            marked = tx.deletions.pending("warc", FILES, after)
        if not marked:
            return
        after = marked[-1].object
        for one in marked:
            try:
                with desk.store.transaction() as tx:
                    tx.deletions.take_turn()
                    gone = _remove(desk, tx, one, dismissed_since)
            except Conflict:
                done.busy += 1
                continue
            if gone:
                done.files += 1
                done.records += one.records
        yield 1


def _remove(desk: Desk, tx: Tx, marked: Deletion, dismissed_since: datetime) -> bool:
    """The file off the disk and the rows that say so; false when a lead has come to hold it since it was marked. The
    file goes last, so that nothing is gone whose row did not get as far as the commit."""
    path = desk.home / marked.object
    if path.exists() and tx.deletions.holds(marked.object, dismissed_since):
        tx.deletions.unmark([marked.object])
        return False
    tx.deletions.removed([marked.object], clock.now())
    audit.record(
        tx,
        actor=ACTOR,
        action="retention.file",
        object_type="warc",
        object_id=marked.object,
        file_sha256=marked.sha256,
        size=marked.size,
        records=marked.records,
        marked_at=clock.rfc3339(marked.marked_at),
    )
    path.unlink(missing_ok=True)
    if path.parent.is_dir():
        sync_folder(path.parent)
    return True


def _remove_blobs(desk: Desk, done: Retained) -> Iterator[int]:
    """Pictures and robots.txt that nobody names any more; those put lately wait for the next run."""
    unused_since = clock.now() - FRESH
    after = ""
    while True:
        with desk.store.transaction() as tx:
            marked = tx.deletions.pending("blob", BLOBS, after)
            if not marked:
                return
            after = marked[-1].object
            named = tx.deletions.named([one.object for one in marked])
            tx.deletions.unmark(named)
            gone = [
                one.object
                for one in marked
                if one.object not in named and desk.blobs.discard(one.object, unused_since=unused_since)
            ]
            if gone:
                tx.deletions.removed(gone, clock.now())
                audit.record(
                    tx,
                    actor=ACTOR,
                    action="retention.blobs",
                    object_type="job",
                    object_id="retention",
                    blobs=len(gone),
                    file_sha256=gone,
                )
        done.blobs += len(gone)
        yield 1


def _empty_listings(desk: Desk, limits: Limits, now: datetime, done: Retained) -> Iterator[int]:
    after = 0
    while True:
        try:
            with desk.store.transaction() as tx:
                tx.deletions.take_turn()
                found = tx.emptying.empty(limits, LISTINGS, now, after=after, wordless=wordless)
                if found.listing_ids:
                    audit.record(
                        tx,
                        actor=ACTOR,
                        action="retention.listings",
                        object_type="source",
                        object_id=limits.source,
                        emptied=list(found.listing_ids),
                        versions=found.versions,
                        contacts=found.contacts,
                        operators=found.operators,
                    )
        except Conflict:
            done.busy += 1
            return
        if not found.listing_ids:
            return
        after = found.listing_ids[-1]
        done.emptied += len(found.listing_ids)
        done.contacts += found.contacts
        done.operators += found.operators
        yield 1


def _log(desk: Desk, done: Retained) -> None:
    """The run as a whole."""
    with desk.store.transaction() as tx:
        audit.record(
            tx,
            actor=ACTOR,
            action="retention.run",
            object_type="job",
            object_id="retention",
            **{one.name: getattr(done, one.name) for one in fields(done)},
        )


@contextmanager
def _locked(path: Path) -> Iterator[bool]:
    """The file's own lock, which whoever writes it holds; true also when there is no file."""
    try:
        handle = path.open("rb")
    except FileNotFoundError:
        yield True
        return
    with handle:
        try:
            flock(handle, LOCK_EX | LOCK_NB)
        except OSError:
            yield False
            return
        yield True


def _bytes_of(path: Path) -> tuple[str, int]:
    """SHA-256 and size of the file; ("", 0) when it is not there."""
    try:
        with path.open("rb") as handle:
            return hashlib.file_digest(handle, "sha256").hexdigest(), path.stat().st_size
    except FileNotFoundError:
        return "", 0
