"""The writers' files: enough of them, well formed, labelled with allowed values only."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from crawlers.sandbox.errors import SandboxError
from crawlers.sandbox.postings import load_postings

KINDS = {"offer", "seek", "jobs", "article", "other"}
COVERS = {
    "consulting",
    "culture",
    "thinking",
    "domestic",
    "crowdfund",
    "camp",
    "care",
    "family_edu",
    "home",
    "online",
    "product",
    "none",
}
STAGES = {"preschool", "primary", "junior", "senior", "adult", "unknown"}
FLAGS = {
    "guarantee",
    "exam_insider",
    "endorsement",
    "superlative",
    "exaggerated",
    "price_bait",
    "school_link",
    "teacher_public",
    "holiday",
    "preschool_academic",
    "foreign_teacher_abroad",
    "prepay",
    "late",
    "loan",
}


def test_there_are_at_least_four_hundred_postings_of_every_group_on_every_site() -> None:
    postings = load_postings()
    assert len(postings) >= 400
    for site in ("board", "ads", "feed"):
        groups = Counter(posting.group for posting in postings if posting.site == site)
        assert set(groups) == {"disguised", "open", "harmless", "hard_negative"}
        assert min(groups.values()) >= 10


def test_labels_use_only_the_allowed_values_and_agree_with_the_group() -> None:
    for posting in load_postings():
        gold = posting.gold
        assert set(gold) == {"kind", "academic", "covers", "stages", "paid", "anxiety", "minors", "ad_flags"}, (
            posting.id
        )
        assert gold["kind"] in KINDS, posting.id
        assert set(gold["covers"]) <= COVERS, posting.id
        assert set(gold["stages"]) <= STAGES, posting.id
        assert set(gold["ad_flags"]) <= FLAGS, posting.id
        assert all(isinstance(gold[key], bool) for key in ("paid", "anxiety", "minors")), posting.id
        teaches = gold["academic"] in ("yes", "likely")
        assert teaches or gold["academic"] == "no", posting.id
        assert teaches == (posting.group in ("disguised", "open")), posting.id
        assert teaches == bool(gold["covers"]), posting.id
        assert not teaches or gold["kind"] == "offer", posting.id
        assert not gold["ad_flags"] or gold["kind"] == "offer", posting.id


def test_reposts_name_a_posting_and_pictures_are_short_enough_to_draw() -> None:
    ids = {posting.id for posting in load_postings()}
    for posting in load_postings():
        assert posting.repost_of is None or posting.repost_of in ids
        assert not posting.picture_only or posting.images
        for lines in posting.images:
            assert 1 <= len(lines) <= 9
            assert max(map(len, lines)) <= 16


ROW = {
    "id": "x-1",
    "site": "board",
    "class": "open",
    "title": "t",
    "body": "b",
    "author": "a",
    "district": "d",
    "fields": {},
    "images": [],
    "gold": {},
}


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("{", "第 2 行"),
        ("[]", "第 2 行"),
        ("{}", "第 2 行"),
        (json.dumps({**ROW, "site": "elsewhere"}), "elsewhere"),
        (json.dumps(ROW), "编号重复"),
    ],
)
def test_a_damaged_line_is_refused_and_named(tmp_path: Path, line: str, words: str) -> None:
    (tmp_path / "w.jsonl").write_text(json.dumps(ROW) + "\n" + line + "\n", "utf-8")
    with pytest.raises(SandboxError, match=words):
        load_postings(tmp_path)


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SandboxError, match="没有演示信息"):
        load_postings(tmp_path)
