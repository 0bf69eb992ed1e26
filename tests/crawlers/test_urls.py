"""One key a page, whatever link leads to it."""

from __future__ import annotations

from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawlers.source import load_recipe
from crawlers.urls import Site

ORIGIN = "http://127.0.0.1:8002"


@cache
def ads() -> Site:
    site = Site.of(load_recipe("sandbox-ads"), ORIGIN)
    assert site is not None
    return site


@pytest.mark.parametrize(
    "link",
    [
        "/jiaoyu/x1234567.html",
        "/m/jiaoyu/x1234567.html",
        "/jiaoyu/x1234567.html?from=list_jiaoyu&tk=0badcafe",
        "/click?u=%2Fjiaoyu%2Fx1234567.html&k=1",
        "/click?u=%2Fm%2Fjiaoyu%2Fx1234567.html&k=1",
        f"{ORIGIN}/jiaoyu/x1234567.html#top",
    ],
)
def test_twins_and_trackers_are_one_page(link: str) -> None:
    site = ads()
    assert site.canonical(link) == f"{ORIGIN}/jiaoyu/x1234567.html"
    assert site.key(link) == "1234567"
    assert site.in_scope(site.canonical(link))


@pytest.mark.parametrize(
    "url",
    [
        "/click?u=https%3A%2F%2Fpromo.example.invalid%2Flp",
        "http://127.0.0.1:8003/jiaoyu/x1.html",
        "http://user@127.0.0.1:8002/jiaoyu/x1.html",
        "ftp://127.0.0.1:8002/jiaoyu/x1.html",
        "javascript:alert(1)",
        "/show/1234567",
    ],
)
def test_what_leads_elsewhere_is_out_of_scope(url: str) -> None:
    site = ads()
    assert not site.in_scope(site.canonical(url))


def test_a_source_without_address_is_none() -> None:
    assert Site.of(load_recipe("sandbox-ads")) is None


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=120) | st.text("/click?u=&%2F:.x1html@[]", max_size=60))
def test_no_link_can_crash_or_escape(link: str) -> None:
    site = ads()
    canonical = site.canonical(link)
    site.key(link)
    if site.in_scope(canonical):
        assert canonical.startswith(ORIGIN + "/")


@pytest.mark.parametrize("link", ["http://[", "/click?u=http%3A%2F%2F%5B&k=1", "//[::1", "http://a]b/"])
def test_a_link_that_is_no_url_is_no_page(link: str) -> None:
    site = ads()
    assert not site.in_scope(site.canonical(link))
    assert site.key(link) is None
