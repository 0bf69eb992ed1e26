"""What is deleted on schedule, and the trace that stays of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, kw_only=True)
class Deletion:
    """One file that is deleted, or about to be: marked first, then removed from the disk."""

    #: Path of a WARC file relative to HOME, or the SHA-256 of a blob.
    object: str
    #: warc | blob
    kind: str
    #: Whose captures lay in it; "" for a blob, which several may have named.
    source: str
    #: Of the file's bytes as they were; "" when it was gone already.
    sha256: str
    #: Bytes.
    size: int
    #: Captures and revisits that lay in it; 0 for a blob.
    records: int
    marked_at: datetime
    #: None: still to be removed.
    removed_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Emptied:
    """What one step of emptying took."""

    listing_ids: tuple[int, ...] = ()
    versions: int = 0
    #: Contacts and operators that nobody named any more; their rows are gone.
    contacts: int = 0
    operators: int = 0


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Moments before which a source's things are due."""

    source: str
    #: Captures taken and listings last seen before this.
    kept_since: datetime
    #: Leads dismissed before this, and not in a case, hold nothing back any more.
    dismissed_since: datetime
