"""Values come back from both databases as they went in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import StatementError

from pipelines.desk import Desk
from pipelines.records import Image
from pipelines.store.types import Json, Moment, canonical_json, clean
from tests.factories import NOON, add_listing, capture, source

DIALECT = sqlite.dialect()
ZONES = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
# Hypothesis wants the bounds naive and adds the zones itself.
TIMES = st.datetimes(datetime(2, 1, 1), datetime(9998, 1, 1), timezones=ZONES)  # noqa: DTZ001
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)
#: Text as hostile pages make it, lone surrogates included.
HOSTILE = st.text(st.characters() | st.sampled_from("\x00\ud800\udfff\u202e"))


@settings(max_examples=300)
@given(TIMES, TIMES)
def test_times_keep_their_moment_and_their_order(one: datetime, two: datetime) -> None:
    kept = [Moment().process_bind_param(moment, DIALECT) for moment in (one, two)]
    assert [Moment().process_result_value(text, DIALECT) for text in kept] == [one, two]
    assert (kept[0] < kept[1]) == (one < two)


@settings(max_examples=300)
@given(HOSTILE)
def test_cleaned_text_fits_any_database_and_keeps_its_length(text: str) -> None:
    cleaned = clean(text)
    assert len(cleaned) == len(text)
    assert "\x00" not in cleaned
    cleaned.encode("utf-8")
    assert clean(cleaned) == cleaned
    assert all(new in {old, "\ufffd"} for new, old in zip(cleaned, text, strict=True))


@settings(max_examples=300)
@given(ANYTHING)
def test_json_comes_back_equal(value: Any) -> None:
    if value is not None:
        assert Json().process_result_value(Json().process_bind_param(value, DIALECT), DIALECT) == value
    assert canonical_json(value) == canonical_json(value)


def test_naive_times_are_refused(any_desk: Desk) -> None:
    with pytest.raises(StatementError, match="naive time"), any_desk.store.transaction() as tx:
        tx.sources.upsert(source(last_good_at=datetime(2026, 5, 4)))  # noqa: DTZ001  # naive on purpose


def test_times_come_back_aware_utc(any_desk: Desk) -> None:
    shanghai = NOON.astimezone(timezone(timedelta(hours=8)))
    with any_desk.store.transaction() as tx:
        tx.sources.upsert(source(last_good_at=shanghai))
    with any_desk.store.read() as tx:
        kept = tx.sources.list()[0].last_good_at
    assert kept == NOON
    assert kept is not None
    assert kept.tzinfo is UTC


def test_hostile_text_is_stored_and_the_order_of_fields_kept(any_desk: Desk) -> None:
    with any_desk.store.transaction() as tx:
        listing = add_listing(
            tx,
            title="数\x00学",
            text="\ud83d四年级𝟙对𝟙 👩‍🏫",
            fields={"乙": "\x00", "甲": "2", "": "\udc00"},
            images=[Image(url="u", blob=None, ocr_text="图\x00")],
        )
    with any_desk.store.read() as tx:
        assert tx.listings.get(listing.id) == listing
    assert listing.title == "数\ufffd学"
    assert listing.text == "\ufffd四年级𝟙对𝟙 👩‍🏫"
    assert list(listing.fields.items()) == [("乙", "\x00"), ("甲", "2"), ("", "\ufffd")]


def test_whole_captures_come_back(any_desk: Desk) -> None:
    given = capture(
        etag='W/"1"',
        last_modified="Mon, 04 May 2026 08:00:00 GMT",
        screenshot_blob="a" * 64,
        robots_blob="b" * 64,
        server_ip="::1",
        warc_offset=2**40,
        environment={"viewport": [1280, 800], "browser": {"name": "chromium"}},
    )
    with any_desk.store.transaction() as tx:
        tx.sources.upsert(source())
        tx.captures.add(given)
    with any_desk.store.read() as tx:
        assert tx.captures.get("c1") == given
        assert tx.captures.get("c2") is None
