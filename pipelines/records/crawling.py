"""What a crawl under way remembers: the pages it has asked for, and the bytes that said "nothing new"."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Ask:
    """One page that a run has come to know and will fetch, has fetched, or need not fetch; `key` once a source."""

    key: str
    url: str
    #: list | detail
    kind: str
    #: What the spider needs to make the request again after a kill; its own affair.
    place: dict[str, Any] = field(default_factory=dict)
    #: True: nothing is left to do (stored, or known and not due).
    done: bool = False
    #: Given out by the store, ascending.
    id: int = 0


@dataclass(frozen=True, kw_only=True)
class Revisit:
    """One fetch that brought what an earlier capture already holds: a WARC revisit record that names it."""

    id: str
    source: str
    url: str
    #: The capture whose bytes hold still.
    capture_id: str
    at: datetime
    #: 304 for "not modified", else the status of the answer with the same bytes.
    http_status: int
    #: Path of the WARC file relative to HOME, offset and length of the record in it, its WARC-Record-ID.
    warc_path: str
    warc_offset: int
    warc_length: int
    warc_record_id: str
