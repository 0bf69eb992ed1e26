"""Pages of kinds no recipe is for are read as a reader sees them."""

from __future__ import annotations

import pytest

from crawlers.pages_reader import read_page
from pipelines import clock
from tests.crawlers.fresh_pages import PAGES, Fresh


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_a_page_of_a_kind_never_seen_is_read_as_a_reader_sees_it(page: Fresh) -> None:
    reading = read_page(page.markup.encode(page.charset), "page.html")
    (listing,) = reading.listings
    said = "\n".join((listing.text, *listing.fields.values()))
    posted = clock.local(listing.posted_at).date().isoformat() if listing.posted_at is not None else ""
    assert (listing.title, posted) == (page.title, page.day)
    assert [words for words in page.says if words not in said] == []
    assert [words for words in page.frame if words in said] == []
    assert page.fee in listing.price_raw
    assert page.phone in (*listing.contacts, "")
    assert page.district in listing.district
    assert set(page.unread) <= reading.unread.keys()
    assert not any(label.startswith("各") for label in listing.fields)
