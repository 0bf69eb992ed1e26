"""Which part of an assessed text was read off pictures: 图中文字（识别）, not typed by the poster and maybe misread."""

from __future__ import annotations

from pipelines.evidence.marks import assessed_body
from pipelines.records import Listing, StoredAssessment

LABEL = "图中文字（识别）"


def picture_spans(listing: Listing, assessment: StoredAssessment) -> tuple[tuple[int, int], ...]:
    """Start and end, in code points of the assessed body, of each picture's text, in order.

    `listing` is the version that was assessed. Picture texts stand last, a line break before each
    (pipelines.ingest.assess_pending.assessed_text); a body that does not end with them gives none.
    """
    body = assessed_body(assessment)
    first = len(body) - len(assessment.text)
    spans: list[tuple[int, int]] = []
    end = len(body)
    for said in (image.ocr_text for image in reversed(listing.images) if image.ocr_text):
        start = end - len(said)
        if start < first or body[start:end] != said or (start > first and body[start - 1] != "\n"):
            return ()
        spans.append((start, end))
        end = start - 1
    return tuple(reversed(spans))
