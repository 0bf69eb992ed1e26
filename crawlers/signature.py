"""Signatures: has what a page says changed since we last read it?"""

from __future__ import annotations

import hashlib
import json
from typing import Any

from pipelines.records import ExtractedListing


def listing_signature(listing: ExtractedListing) -> str:
    """SHA-256 over what a reader sees of the posting, so that counters and junk text do not look like change."""
    return signature_of(
        [
            listing.title,
            listing.text,
            sorted(listing.fields.items()),
            [image.url for image in listing.images],
            listing.price_raw,
            listing.district,
            listing.poster,
        ]
    )


def signature_of(value: Any) -> str:
    """SHA-256 over anything JSON can say."""
    return hashlib.sha256(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()
