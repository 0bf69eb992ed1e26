"""Listings, their versions, clusters and captures."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Any

from pipelines.desk import Desk
from pipelines.records import Image, Listing, PageState
from pipelines.store import Tx
from tests.factories import NOON, add_assessment, add_lead, add_listing, capture, page, source

#: What the factory gives to listing `1`.
FIRST_CONTENT = hashlib.sha256(b"1").hexdigest()
LATER = NOON + timedelta(days=1)


def test_the_same_content_only_moves_last_seen(any_desk: Desk) -> None:
    with any_desk.store.transaction() as tx:
        first = add_listing(tx)
        tx.captures.add(capture("c2"))
        again, changed = _again(tx, content_sha256=FIRST_CONTENT, title="别的", at=LATER)
    assert not changed
    assert (again.last_seen_at, again.first_seen_at) == (LATER, NOON)
    assert (again.title, again.version, again.version_id) == (first.title, 1, first.version_id)


def test_new_content_is_a_new_version_and_FIRST_CONTENT_comes_back_as_itself(any_desk: Desk) -> None:
    with any_desk.store.transaction() as tx:
        first = add_listing(tx)
        second, changed = _again(tx, content_sha256="new", title="暑假集训", at=LATER, url="https://x/2")
        assert (changed, second.version, second.title, second.url) == (True, 2, "暑假集训", "https://x/2")
        assert second.cluster_id == first.cluster_id
        third, changed = _again(tx, content_sha256=FIRST_CONTENT, at=LATER)
        assert (changed, third.version, third.version_id) == (True, 1, first.version_id)
        assert [listing.title for listing in tx.listings.versions(first.id)] == [first.title, "暑假集训"]
        assert tx.listings.by_version(second.version_id).title == "暑假集训"  # type: ignore[union-attr]
        assert tx.listings.count() == 1


def test_lookups(any_desk: Desk) -> None:
    with any_desk.store.transaction() as tx:
        one = add_listing(tx, "1", content_sha256="same")
        two = add_listing(tx, "2", content_sha256="same", cluster_id=one.cluster_id)
        three = add_listing(tx, "3")
        assert tx.listings.find("board", "2") == two
        assert tx.listings.find("board", "9") is None
        assert tx.listings.clusters_of_content(["same", "other"]) == {"same": one.cluster_id}
        assert tx.listings.known([("board", "2"), ("board", "9"), ("nowhere", "2")]) == {("board", "2")}
        assert tx.listings.in_cluster(one.cluster_id) == (one, two)
        assert tx.listings.get_many([three.id, 99]) == {three.id: three}
        tx.listings.seen(one.id, LATER)
        tx.listings.seen(one.id, NOON)
        assert tx.listings.get(one.id).last_seen_at == LATER  # type: ignore[union-attr]


def test_captures_of_a_listing_and_of_a_lead(any_desk: Desk) -> None:
    with any_desk.store.transaction() as tx:
        tx.sources.upsert(source())
        tx.captures.add_many([capture(f"c{number}", warc_offset=100 * number) for number in (1, 2, 3)])
        lead = add_lead(tx, "1", capture_id="c1")
        listing = tx.listings.get(lead.listing_id)
        assert listing is not None
        add_listing(tx, "1", capture_id="c2")
        twin = add_listing(tx, "2", capture_id="c3", cluster_id=lead.cluster_id)
        shot = capture("shot", method="browser", lead_id=lead.id, warc_path="warc/leads/1/a.warc.gz")
        tx.captures.add(shot)
        tx.leads.set_browser_capture(lead.id, "shot")
        assert [row.id for row in tx.captures.for_listing(listing.id)] == ["c1", "c2"]
        assert [row.id for row in tx.captures.for_listing(twin.id)] == ["c3"]
        assert [row.id for row in tx.captures.for_lead(lead.id)] == ["c1", "c2", "c3", "shot"]
        assert tx.captures.get("shot") == shot
        assert tx.captures.warc_end("warc/board/2026-05-04.warc.gz") == 350
        assert tx.captures.warc_end("warc/none.warc.gz") == 0
        assert tx.captures.warc_paths() == ("warc/board/2026-05-04.warc.gz", "warc/leads/1/a.warc.gz")
        assert tx.leads.get(lead.id).browser_capture_id == "shot"  # type: ignore[union-attr]


def test_what_is_still_to_assess(any_desk: Desk) -> None:
    with any_desk.store.transaction() as tx:
        one, two = add_listing(tx, "1"), add_listing(tx, "2")
        first = add_assessment(tx, one, model="m1", priority=30)
        assert tx.listings.without_assessment("m1", "r1", 10) == (two,)
        assert tx.listings.without_assessment("m2", "r1", 1) == (one,)
        assert tx.listings.without_assessment("m1", "r2", 10) == (one, two)
        assert add_assessment(tx, one, model="m1", priority=99) == first
        second = add_assessment(tx, one, model="m2")
        changed, _ = _again(tx, content_sha256="new", at=LATER)
        assert tx.listings.without_assessment("m1", "r1", 10) == (changed, two)
        assert tx.assessments.for_listing(one.id) == (second, first)
        assert tx.assessments.get(first.id) == first


def test_pictures_are_kept_with_what_was_read_off_them(any_desk: Desk) -> None:
    with any_desk.store.transaction() as tx:
        listing = add_listing(tx, images=[Image(url="u", blob="b" * 64)])
        read = (Image(url="u", blob="b" * 64, ocr_text="小升初冲刺"),)
        tx.listings.set_images(listing.version_id, read)
        assert tx.listings.get(listing.id).images == read  # type: ignore[union-attr]


def test_near_keys_and_signatures(any_desk: Desk) -> None:
    with any_desk.store.transaction() as tx:
        one, two = add_listing(tx, "1"), add_listing(tx, "2")
        twin = add_listing(tx, "3", cluster_id=one.cluster_id)
        tx.listings.add_near_keys([(one.cluster_id, one.version_id, ["a", "b", "c", "a"])])
        tx.listings.add_near_keys([(one.cluster_id, one.version_id, ["a"]), (two.cluster_id, two.version_id, ["c"])])
        tx.listings.add_near_keys([(one.cluster_id, twin.version_id, ["a", "b"])])
        both = {one.cluster_id, two.cluster_id}
        assert tx.listings.with_keys(["a", "c", "x"]) == {"a": {one.cluster_id}, "c": both}
        assert tx.listings.with_keys([]) == {}
        tx.listings.add_signatures([(one.version_id, b"old"), (twin.version_id, b"\xff"), (two.version_id, b"2")])
        tx.listings.add_signatures([(one.version_id, b"\x00\x01")])
        members = tx.listings.members(both, 1)
        assert [(its.listing_id, its.signature) for its in members[two.cluster_id]] == [(two.id, b"2")]
        assert [(its.listing_id, its.signature) for its in members[one.cluster_id]] == [(one.id, b"\x00\x01")]
        assert tx.listings.signatures(one.cluster_id) == (b"\x00\x01", b"\xff")
        assert tx.listings.signature(two.version_id) == b"2"
        assert tx.listings.signature(999) is None


def test_pages_are_remembered(any_desk: Desk) -> None:
    with any_desk.store.transaction() as tx:
        tx.sources.upsert(source())
        tx.pages.upsert_many([page("1"), page("2"), page("3", state=PageState.GONE)])
        tx.pages.upsert(page("1", etag='"2"', first_seen_at=LATER, last_fetched_at=LATER))
        tx.pages.touch("board", "2", state=PageState.GONE, at=LATER)
        assert tx.pages.get("board", "1") == page("1", etag='"2"', last_fetched_at=LATER)
        assert tx.pages.get("board", "9") is None
        assert tx.pages.get_many("board", ["2", "9"]) == {"2": page("2", state=PageState.GONE, last_fetched_at=LATER)}
        assert tx.pages.count("board") == {"gone": 2, "ok": 1}
        assert tx.stats.pages_by_source() == {"board": 3}


def _again(tx: Tx, **changes: Any) -> tuple[Listing, bool]:
    """The listing `1` once more."""
    before = tx.listings.find("board", "1")
    assert before is not None
    values: dict[str, Any] = {
        "source": "board",
        "key": "1",
        "url": before.url,
        "platform": before.platform,
        "demo": False,
        "visibility": "public",
        "title": before.title,
        "text": before.text,
        "fields": before.fields,
        "images": (),
        "price_raw": "",
        "district": before.district,
        "posted_at": None,
        "capture_id": None,
        "cluster_id": None,
        "operator_id": None,
    }
    return tx.listings.add_version(**values | changes)
