"""Soft 404: what a host answers for an address that cannot exist, and which pages are the same answer."""

from __future__ import annotations

import hashlib
import re
from datetime import timedelta

from parsel import Selector

from crawlers.visible import visible_text
from pipelines.records import ExtractedListing, PageState, SoftNotFound

#: Sites change their error pages rarely; once a week we look again.
LEARN_AGAIN = timedelta(days=7)
#: Shingles kept of a page: enough to compare, whatever its length.
_KEPT = 200
_WIDTH = 4
#: Two pages with so many shingles in common say the same.
_ALIKE = 0.9
#: Shorter texts say too little to be told apart.
_MIN_SHINGLES = 8
_FOLDED = re.compile(r"\d+")
_SPACES = re.compile(r"\s+")


def describe(seen: PageState, text: str, listing: ExtractedListing | None) -> tuple[str, tuple[int, ...]]:
    """(kind, shingles) of the answer to an address that cannot exist."""
    if listing is not None:
        return "posting", shingles(said(listing))
    if seen in (PageState.LIST, PageState.EMPTY_LIST):
        return "list", ()
    if seen in (PageState.GONE, PageState.MOVED):
        return "not_found", ()
    return "text", shingles(text)


def said(listing: ExtractedListing) -> str:
    """What a posting says, without the frame of the page it stands in."""
    return f"{listing.title}\n{listing.text}"


def is_not_found(known: SoftNotFound | None, seen: PageState, page: Selector) -> bool:
    """Is a detail page in this state the host's answer to what does not exist? Postings are asked apart."""
    if known is None:
        return False
    if known.kind == "list":
        return seen in (PageState.LIST, PageState.EMPTY_LIST)
    if known.kind != "text" or seen not in (PageState.UNKNOWN, PageState.SHELL):
        return False
    return _alike(known.shingles, shingles(visible_text(page)))


def reads_like_not_found(known: SoftNotFound | None, listing: ExtractedListing) -> bool:
    """Does what was read as a posting say what the host's error page says?"""
    return known is not None and known.kind == "posting" and _alike(known.shingles, shingles(said(listing)))


def shingles(text: str) -> tuple[int, ...]:
    """The smallest hashes of all runs of four characters; figures (ids, times) count as one sign."""
    flat = _FOLDED.sub("0", _SPACES.sub("", text))
    runs = {flat[at : at + _WIDTH] for at in range(max(1, len(flat) - _WIDTH + 1))} if flat else set()
    hashes = sorted(
        int.from_bytes(hashlib.blake2b(run.encode("utf-8", "replace"), digest_size=6).digest()) for run in runs
    )
    return tuple(hashes[:_KEPT])


def _alike(known: tuple[int, ...], other: tuple[int, ...]) -> bool:
    """Jaccard likeness estimated from the smallest hashes of both."""
    if min(len(known), len(other)) < _MIN_SHINGLES:
        return known == other and bool(known)
    union = sorted({*known, *other})[:_KEPT]
    both = set(known) & set(other)
    return sum(one in both for one in union) >= _ALIKE * len(union)
