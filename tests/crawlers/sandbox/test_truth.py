"""truth.jsonl is what follows from the postings, and what the sites really serve."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from bs4 import BeautifulSoup, Tag

from crawlers.sandbox.placement import EDITS, FATES, VANISHES, Fate, Place
from crawlers.sandbox.sites import Sandbox
from crawlers.sandbox.truth import TRUTH_FILE, is_lead, truth_text

OFFER = {"kind": "offer", "academic": "no", "anxiety": False, "minors": True, "ad_flags": []}


def read_truth() -> list[dict[str, Any]]:
    return [json.loads(line) for line in TRUTH_FILE.read_text("utf-8").splitlines()]


def test_the_committed_truth_follows_from_the_postings() -> None:
    assert TRUTH_FILE.read_text("utf-8") == truth_text()


def test_at_least_four_hundred_rows_and_the_unreachable_last_with_their_reason() -> None:
    rows = read_truth()
    assert len(rows) >= 400
    assert sum(row["reachable"] for row in rows) >= 400
    assert [row["reachable"] for row in rows] == sorted((row["reachable"] for row in rows), reverse=True)
    assert {row["why"] for row in rows if not row["reachable"]} == {str(fate) for fate in Fate} - {"ok"}
    assert len({row["url"] for row in rows}) == len(rows)
    assert all(re.fullmatch(r"(board|ads|feed|life):/\S+", row["url"]) for row in rows)
    assert 15 <= sum(row["picture_only"] for row in rows if row["reachable"]) <= 40


def test_every_fate_edit_and_vanishing_names_a_posting_once(places: dict[str, Place]) -> None:
    named = [posting for ids in FATES.values() for posting in ids] + list(EDITS) + list(VANISHES)
    assert len(named) == len(set(named))
    assert set(named) <= set(places)
    assert len(EDITS) == 5
    assert len(VANISHES) == 5


@pytest.mark.parametrize(
    ("change", "lead"),
    [
        ({}, False),
        ({"academic": "yes"}, True),
        ({"academic": "likely"}, True),
        ({"academic": "yes", "kind": "seek"}, False),
        ({"anxiety": True}, True),
        ({"anxiety": True, "kind": "article"}, False),
        ({"ad_flags": ["guarantee"]}, True),
        ({"ad_flags": ["guarantee"], "minors": False}, False),
        ({"ad_flags": ["price_bait", "late", "holiday"]}, False),
        ({"ad_flags": ["prepay"]}, True),
        ({"ad_flags": ["loan"], "minors": False}, False),
    ],
)
def test_who_is_a_lead(change: dict[str, Any], lead: bool) -> None:
    assert is_lead({**OFFER, **change}) is lead


def visible_text(node: Tag) -> str:
    """What a reader sees: without the junk, spaces and breaks flattened."""
    for junk in node.select(".jammer, .pstatus, [style*='display:none']"):
        junk.decompose()
    return squeezed(node.get_text())


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text.replace("\xa0", " "))


def test_every_reachable_posting_is_served_whole_at_its_address(sandbox, fetch, places) -> None:
    for row in read_truth():
        if not row["reachable"]:
            continue
        site, path = row["url"].split(":", 1)
        posting = places[row["id"]].posting
        if site == "feed":
            data = json.loads(fetch(sandbox[site], f"/api{path}").body)["data"]
            assert (data["title"], data["text"]) == (posting.title, posting.body), row["id"]
            assert len(data["images"]) == len(posting.images)
            continue
        page = BeautifulSoup(fetch(sandbox[site], path).text("gb18030" if site == "board" else "utf-8-sig"), "lxml")
        title, body = ("#thread_subject", "td.t_f") if site == "board" else ("h1.wt-title", ".wt-text")
        assert page.select_one(title).get_text() == posting.title, row["id"]
        assert visible_text(page.select_one(body)) == squeezed(posting.body), row["id"]
        table = page.select_one(".cgtl, .wt-facts")
        for label in posting.fields:
            assert label in table.get_text(), row["id"]


def test_no_address_serves_the_truth_or_the_labels(sandbox: Sandbox, fetch) -> None:
    for name in sandbox:
        for target in ("/truth.jsonl", "/../truth.jsonl", "/static/../truth.jsonl", "/static/..%2ftruth.jsonl", "/log"):
            answer = fetch(sandbox[name], target)
            assert answer.status == 404, (name, target)
            assert b"academic" not in answer.body
    for target in ("/api/feed", "/forum-36-1.html", "/jiaoyu/"):
        name = {"/api/feed": "feed", "/forum-36-1.html": "board", "/jiaoyu/": "ads"}[target]
        body = fetch(sandbox[name], target).body
        assert not any(word in body for word in (b"gold", b"disguised", b"hard_negative", b"picture_only", b"s1-0"))
