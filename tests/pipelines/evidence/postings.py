"""Crawled postings for tests of retention: bytes in the day's WARC, the posting ingested with its contacts."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from pipelines import clock
from pipelines.desk import Desk
from pipelines.evidence.warc import SourceWarc
from pipelines.ingest.ingest import ingest_batch
from pipelines.records import STATUS_AFTER, ExtractedListing, Lead, Verdict
from tests import factories
from tests.pipelines.evidence.seeds import capture_of

DAY = timedelta(days=1)


def post(
    desk: Desk, key: str, text: str, at: datetime, *, source: str = "board", robots: str | None = None
) -> tuple[str, int]:
    """One visit to one posting; ids of its capture and its listing."""
    payload = f"<html><body>{text}</body></html>".encode()
    url = f"https://board.example/thread-{key}-1-1.html"
    clock.pin(lambda: at)
    with desk.store.transaction() as tx:
        if tx.sources.get(source) is None:
            tx.sources.upsert(factories.source(source))
    day = clock.local(at).date()
    with SourceWarc(desk.home, source, day) as warc:
        with desk.store.read() as tx:
            warc.truncate_to(tx.captures.warc_end(warc.path))
        written = warc.write_response(url, (), "HTTP/1.1 200 OK", (), payload, ip="127.0.0.1", at=at)
        capture = replace(
            capture_of(url, payload, at, "http", written),
            source=source,
            robots_blob=robots,
            environment={"title": text},
        )
        item = ExtractedListing(source=source, key=key, url=url, title=text[:12], text=text, poster=f"家长{key}号")
        page = factories.page(key, source=source, url=url, last_capture_id=capture.id, etag='"1"', signature=text)
        result = ingest_batch(desk, [capture], [(item, capture.id)], [page], sync=warc.sync)
    return capture.id, result.listing_ids[0]


def assess(desk: Desk, listing_id: int, *, lead: bool, model: str = "m1") -> Lead | None:
    """What a model says of the posting as it is now."""
    with desk.store.transaction() as tx:
        listing = tx.listings.get(listing_id)
        assert listing is not None
        span = {"start": 0, "end": 2, "text": listing.text[:2], "restored": listing.text[:2]}
        finding = {"signal": "academic_hidden", "code": "HT18.1", "why": f"出现“{listing.text}”", "spans": [span]}
        result: dict[str, Any] = {
            "kind": "offer",
            "academic": {"score": 0.9, "flag": lead},
            "anxiety": {"score": 0.1, "flag": False},
            "findings": [finding],
            "lead": lead,
            "top": [{"word": listing.text}],
        }
        stored = tx.assessments.add(
            listing.version_id, model, "r1", lead, 70, result, listing.title, listing.text, clock.now()
        )
        return tx.leads.open_for(listing, stored, clock.now())[0] if lead else None


def decide(desk: Desk, lead_id: int, verdict: Verdict, at: datetime) -> None:
    """An officer's decision at that moment."""
    clock.pin(lambda: at)
    with desk.store.transaction() as tx:
        if tx.users.get("lin") is None:
            tx.users.add(factories.user("lin"))
        lead = tx.leads.get(lead_id)
        assert lead is not None
        to = "市场监管" if verdict is Verdict.TRANSFER else None
        tx.decisions.add(lead_id, verdict, to, "", "lin", None, None, at)
        tx.leads.set_status(lead_id, STATUS_AFTER[verdict], lead.revision)
