"""Small rows for tests, complete and with plausible values; name only what the test is about."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import Any

from pipelines.records import (
    Capture,
    Lead,
    Listing,
    Page,
    PageState,
    Role,
    Source,
    StoredAssessment,
    User,
)
from pipelines.store import Tx

#: 16:00 in China.
NOON = datetime(2026, 5, 4, 8, 0, 0, 123456, tzinfo=UTC)


def source(name: str = "board", **changes: Any) -> Source:
    values: dict[str, Any] = {
        "name": name,
        "title": "本地论坛",
        "lane": "A",
        "state": "never",
        "verified": "sandbox",
        "last_good_at": None,
        "cooldown_until": None,
        "paused": False,
        "demo": False,
    }
    return Source(**values | changes)


def capture(capture_id: str = "c1", **changes: Any) -> Capture:
    values: dict[str, Any] = {
        "id": capture_id,
        "source": "board",
        "url": "https://board.example/thread-1-1-1.html",
        "final_url": "https://board.example/thread-1-1-1.html",
        "captured_at": NOON,
        "method": "http",
        "http_status": 200,
        "state": PageState.OK,
        "content_type": "text/html",
        "charset": "gb18030",
        "sha256": hashlib.sha256(capture_id.encode()).hexdigest(),
        "size": 1234,
        "warc_path": "warc/board/2026-05-04.warc.gz",
        "warc_offset": 100,
        "warc_length": 50,
        "warc_record_id": f"<urn:uuid:{capture_id}>",
    }
    return Capture(**values | changes)


def page(key: str = "1", **changes: Any) -> Page:
    values: dict[str, Any] = {
        "source": "board",
        "key": key,
        "url": f"https://board.example/thread-{key}-1-1.html",
        "state": PageState.OK,
        "etag": None,
        "last_modified": None,
        "signature": "s",
        "last_capture_id": None,
        "first_seen_at": NOON,
        "last_fetched_at": NOON,
    }
    return Page(**values | changes)


def user(name: str = "lin", *roles: Role, **changes: Any) -> User:
    values: dict[str, Any] = {
        "name": name,
        "roles": frozenset(roles or {Role.OFFICER}),
        "password_hash": "$argon2id$…",
        "disabled": False,
        "created_at": NOON,
        "demo": False,
    }
    return User(**values | changes)


def add_listing(tx: Tx, key: str = "1", **changes: Any) -> Listing:
    """A stored posting of the source `board` (made when missing)."""
    values: dict[str, Any] = {
        "source": "board",
        "key": key,
        "url": f"https://board.example/thread-{key}-1-1.html",
        "platform": "本地论坛",
        "demo": False,
        "visibility": "public",
        "title": "周末思维提升",
        "text": "小班，六年级，老师一对一",
        "fields": {"区域": "上城", "价格": "200/节"},
        "images": (),
        "price_raw": "200/节",
        "district": "上城",
        "posted_at": None,
        "capture_id": None,
        "content_sha256": hashlib.sha256(key.encode()).hexdigest(),
        "cluster_id": None,
        "operator_id": None,
        "at": NOON,
    }
    values |= changes
    if tx.sources.get(values["source"]) is None:
        tx.sources.upsert(source(values["source"]))
    return tx.listings.add_version(**values)[0]


def add_assessment(
    tx: Tx, listing: Listing, *, priority: int = 80, codes: tuple[str, ...] = ("HT18.1",), model: str = "m1"
) -> StoredAssessment:
    """A stored answer that calls the listing a lead."""
    findings = [{"signal": "academic_hidden", "code": code} for code in codes]
    return tx.assessments.add(
        listing.version_id, model, "r1", True, priority, {"findings": findings}, listing.title, listing.text, NOON
    )


def add_lead(
    tx: Tx, key: str = "1", *, priority: int = 80, codes: tuple[str, ...] = ("HT18.1",), **changes: Any
) -> Lead:
    """A stored lead with its listing and assessment."""
    listing = add_listing(tx, key, **changes)
    return tx.leads.open_for(
        listing, add_assessment(tx, listing, priority=priority, codes=codes), changes.get("at", NOON)
    )[0]
