"""Feeds and sitemaps: every dialect, and files made to hurt."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.entries import MAX_ENTRIES, Entry, feed_entries, sitemap_entries

NOW = datetime(2026, 11, 21, tzinfo=UTC)
NOON = datetime(2026, 11, 12, 4, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "<rss version='2.0'><channel><title>站</title><item><title>题&amp;目</title><link>/a</link>"
        "<pubDate>Thu, 12 Nov 2026 12:00:00 +0800</pubDate></item></channel></rss>",
        "<?xml version='1.0' encoding='gb2312'?><rss><channel><item><title><![CDATA[题&目]]></title>"
        "<guid>https://x.example/a</guid><pubDate>2026-11-12 12:00:00</pubDate></item></channel></rss>",
        "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns='http://purl.org/rss/1.0/'"
        " xmlns:dc='http://purl.org/dc/elements/1.1/'><channel><title>站</title></channel>"
        "<item><title>题&amp;目</title><link>/a</link><dc:date>2026-11-12T12:00:00+08:00</dc:date></item></rdf:RDF>",
        "<feed xmlns='http://www.w3.org/2005/Atom'><title>站</title><entry><title type='html'>题&amp;目</title>"
        "<link rel='self' href='/self'/><link rel='alternate' href='/a'/>"
        "<updated>2026-11-12T04:00:00Z</updated></entry></feed>",
        # As sites really write them: a byte order mark, blanks in front, a tag left open.
        "\ufeff\n <rss><channel><item><title>题&amp;目</title><link>/a</link><pubDate>Thu, 12 Nov 2026 04:00:00 GMT"
        "</pubDate></item></channel>",
    ],
)
def test_every_dialect_says_the_same(text: str) -> None:
    found = feed_entries(text, NOW)
    assert found is not None
    assert [(entry.title, entry.posted) for entry in found] == [("题&目", NOON)]
    assert found[0].url.endswith("/a")


@pytest.mark.parametrize(
    "text", ["", "<html><body>请先登录</body></html>", "<!DOCTYPE html><p>x", "{}", "<x/>", "<rss", "a<b"]
)
def test_what_is_no_feed_is_none_and_not_an_empty_one(text: str) -> None:
    assert feed_entries(text, NOW) is None


def test_entities_are_neither_expanded_nor_fetched() -> None:
    laughs = "".join(f"<!ENTITY l{n} '{f'&l{n - 1};' * 10}'>" for n in range(1, 12))
    bomb = f"<!DOCTYPE rss [<!ENTITY l0 'ha'>{laughs}<!ENTITY f SYSTEM 'file:///etc/passwd'>]>"
    text = f"{bomb}<rss><channel><item><title>&l11;&f;题</title><link>/a</link></item></channel></rss>"
    found = feed_entries(text, NOW)
    assert found is None or all(len(entry.title) < 100 and "root:" not in entry.title for entry in found)


def test_sitemaps_and_indexes_plain_and_zipped() -> None:
    space = "xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'"
    urls = f"<urlset {space}><url><loc>https://x.example/a</loc><lastmod>2026-11-12T12:00:00+08:00</lastmod></url></urlset>"
    index = f"<sitemapindex {space}><sitemap><loc>https://x.example/b.xml</loc></sitemap></sitemapindex>"
    wanted = [Entry(url="https://x.example/a", posted=NOON)]
    assert sitemap_entries(urls.encode(), NOW) == wanted
    assert sitemap_entries(gzip.compress(urls.encode()), NOW) == wanted
    assert sitemap_entries(index.encode(), NOW) == [Entry(url="https://x.example/b.xml", is_index=True)]


def test_zipped_bombs_and_endless_files_are_bounded() -> None:
    assert sitemap_entries(gzip.compress(b"<urlset>" + b" " * 60_000_000), NOW) is None
    many = "<urlset>" + "<url><loc>https://x.example/a</loc></url>" * (MAX_ENTRIES + 5) + "</urlset>"
    found = sitemap_entries(many.encode(), NOW)
    assert found is not None
    assert len(found) == MAX_ENTRIES


@pytest.mark.parametrize("body", [b"", b"<html><p>x</p></html>", b"\x1f\x8bxx", b"{}", "请先登录".encode(), b"<x/>"])
def test_what_is_no_sitemap_is_none(body: bytes) -> None:
    assert sitemap_entries(body, NOW) is None


@given(st.text(max_size=200), st.binary(max_size=200))
def test_nothing_a_site_can_send_breaks_them(text: str, body: bytes) -> None:
    for found in (feed_entries(text, NOW), feed_entries(f"<rss><item>{text}", NOW), sitemap_entries(body, NOW)):
        assert found is None or isinstance(found, list)
