"""Assessing what is new: once per version, spans that hold in what is stored, pictures read, leads opened."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from classifier.errors import OcrError
from pipelines.desk import Desk
from pipelines.ingest.ingest import assess_pending, ingest_batch
from pipelines.records import ExtractedListing, Image, LeadStatus
from tests import factories
from tests.pipelines.ingest.word_assessor import WORD, WordAssessor


def posting(key: str, **changes: Any) -> ExtractedListing:
    item = ExtractedListing(
        source="board",
        key=key,
        url=f"https://board.example/{key}",
        title=f"第{key}条",
        text=f"电话13912345678，小班{WORD}，编号{key * 30}",
        fields={"区域": "东城", "空": " "},
        platform="本地论坛",
    )
    return replace(item, **changes)


@pytest.fixture(autouse=True)
def _board(desk: Desk) -> None:
    with desk.store.transaction() as tx:
        tx.sources.upsert(factories.source())


def take(desk: Desk, *items: ExtractedListing) -> tuple[int, ...]:
    return ingest_batch(desk, [], [(item, None) for item in items], [], sync=lambda: None).listing_ids


def test_each_version_is_assessed_once(desk: Desk) -> None:
    assessor = WordAssessor()
    take(desk, posting("1"), posting("2", text="出售钢琴"))
    first = assess_pending(desk, assessor)
    assert (first.assessed, first.leads_new, len(first.leads)) == (2, 1, 1)
    assert assess_pending(desk, assessor).assessed == 0
    take(desk, posting("2", text=f"出售钢琴，另有{WORD}班"))
    second = assess_pending(desk, assessor)
    assert (second.assessed, second.leads_new) == (1, 1)
    assert len(assessor.seen) == 3


def test_the_limit_bounds_a_batch(desk: Desk) -> None:
    assessor = WordAssessor()
    take(desk, *(posting(str(n), text="出售钢琴" + str(n) * 20) for n in range(5)))
    assert [assess_pending(desk, assessor, limit=2).assessed for _ in range(4)] == [2, 2, 1, 0]


def test_a_new_model_assesses_everything_again(desk: Desk) -> None:
    take(desk, posting("1"))
    assert assess_pending(desk, WordAssessor()).leads_new == 1
    newer = WordAssessor()
    newer.model_id = "word-2"
    again = assess_pending(desk, newer)
    assert (again.assessed, again.leads_new, len(again.leads)) == (1, 0, 1)


def test_spans_hold_in_the_stored_text(desk: Desk) -> None:
    assessor = WordAssessor()
    (listing_id,) = take(desk, posting("1"))
    assess_pending(desk, assessor)
    with desk.store.read() as tx:
        listing = tx.listings.get(listing_id)
        (stored,) = tx.assessments.for_listing(listing_id)
    assert listing is not None
    assert assessor.seen[0].body == f"{stored.title}\n{stored.text}"
    assert stored.text == listing.text + "\n区域：东城"
    assert "139****5678" in stored.text
    span = stored.result["findings"][0]["spans"][0]
    offset = len(stored.title) + 1
    assert listing.text[span["start"] - offset : span["end"] - offset] == WORD


def test_near_duplicates_are_one_lead(desk: Desk) -> None:
    take(desk, posting("1"), posting("2", title="第1条", text=posting("1").text))
    result = assess_pending(desk, WordAssessor())
    assert (result.assessed, result.leads_new, len(result.leads)) == (2, 1, 1)
    with desk.store.read() as tx:
        lead = tx.leads.get(result.leads[0].id)
    assert lead is not None
    assert (lead.duplicates, lead.status) == (1, LeadStatus.OPEN)


def test_pictures_are_read_first_and_their_contacts_lead_to_the_operator(desk: Desk) -> None:
    blob = desk.blobs.put(b"poster")
    read: list[bytes] = []

    def ocr(data: bytes) -> str:
        read.append(data)
        return f"暑期{WORD}班\n咨询 139 1234 5678\x00"

    image_only = posting("9", title="", text="", fields={}, images=(Image(url="https://a/p.png", blob=blob),))
    ids = take(desk, posting("1"), image_only)
    result = assess_pending(desk, WordAssessor(), ocr=ocr)
    assert result.leads_new == 2
    assert read == [b"poster"]
    with desk.store.read() as tx:
        first, second = (tx.listings.get(listing_id) for listing_id in ids)
        (stored,) = tx.assessments.for_listing(ids[1])
    assert first is not None
    assert second is not None
    assert second.images[0].ocr_text == stored.text == f"暑期{WORD}班\n咨询 139 **** 5678\ufffd"
    assert first.operator_id == second.operator_id is not None


def test_a_picture_that_cannot_be_read_counts_as_empty(desk: Desk) -> None:
    def ocr(data: bytes) -> str:
        raise OcrError

    images = (Image(url="a", blob=desk.blobs.put(b"x")), Image(url="b", blob="0" * 64), Image(url="c", blob=None))
    (listing_id,) = take(desk, posting("1", images=images))
    assert assess_pending(desk, WordAssessor(), ocr=ocr).assessed == 1
    with desk.store.read() as tx:
        listing = tx.listings.get(listing_id)
    assert listing is not None
    assert [image.ocr_text for image in listing.images] == ["", "", None]


def test_without_ocr_pictures_stay_unread(desk: Desk) -> None:
    (listing_id,) = take(desk, posting("1", images=(Image(url="a", blob=desk.blobs.put(b"x")),)))
    assess_pending(desk, WordAssessor())
    with desk.store.read() as tx:
        listing = tx.listings.get(listing_id)
    assert listing is not None
    assert listing.images[0].ocr_text is None
