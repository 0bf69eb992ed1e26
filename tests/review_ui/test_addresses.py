"""Filters survive their way through an address; return paths stay on this site."""

from __future__ import annotations

from urllib.parse import urljoin, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.enforcement.filters import Filters
from pipelines.records import LeadStatus
from review_ui.addresses import read_filters, safe_path, with_query, write_filters

_WORD = st.none() | st.text(min_size=1, max_size=40).filter(lambda text: text.strip() == text and text.isprintable())


@settings(max_examples=300, deadline=None)
@given(
    st.builds(
        Filters,
        status=st.none() | st.sampled_from(LeadStatus),
        source=_WORD,
        code=_WORD,
        district=_WORD,
        query=_WORD,
    )
)
def test_filters_come_back_as_they_were(filters: Filters) -> None:
    assert read_filters(write_filters(filters)) == filters


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=80))
def test_any_query_string_gives_filters(text: str) -> None:
    found = read_filters(text)
    for value in (found.source, found.code, found.district, found.query):
        assert value is None or (value.isprintable() and 0 < len(value) <= 100)


@settings(max_examples=500, deadline=None)
@given(st.text(alphabet="/\\:.?#@ \t\r\n\0evilhtps%2f", max_size=14))
def test_a_return_path_never_leaves_this_site(path: str) -> None:
    target = urlsplit(urljoin("http://desk.example/login", safe_path(path)))
    assert (target.scheme, target.netloc) == ("http", "desk.example")


def test_the_plain_queue_has_a_plain_address() -> None:
    assert with_query("/queue", write_filters(Filters())) == "/queue"
    assert write_filters(Filters(status=None, code="AD04")) == "status=all&code=AD04"
    assert write_filters(Filters(code="AD04"), code=None, status="held") == "status=held"


@pytest.mark.parametrize("status", ["", "nonsense", "OPEN", "open "])
def test_an_unknown_status_is_the_open_queue(status: str) -> None:
    assert read_filters(f"status={status}").status is LeadStatus.OPEN
