"""Ground truth: `python -m crawlers.sandbox.truth` rewrites truth.jsonl. No site serves it, no crawler reads it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from crawlers.sandbox.placement import Fate, Place, place_postings
from crawlers.sandbox.postings import load_postings

TRUTH_FILE = Path(__file__).parent / "truth.jsonl"

#: Flags that make an offer of education for minors a lead by themselves.
_SANCTIONABLE = frozenset({"guarantee", "exam_insider", "endorsement", "superlative"})
_NEEDS_FACTS = frozenset({"preschool_academic", "foreign_teacher_abroad", "prepay", "loan"})


def is_lead(gold: dict[str, Any]) -> bool:
    """Should a person look? By the contract's definition of `lead`, from the writer's labels."""
    if gold["kind"] != "offer":
        return False
    if gold["academic"] != "no" or gold["anxiety"]:
        return True
    return bool(gold["minors"]) and not (_SANCTIONABLE | _NEEDS_FACTS).isdisjoint(gold["ad_flags"])


def truth_rows(places: tuple[Place, ...]) -> list[dict[str, Any]]:
    """One row a posting: those a polite visitor can read first, then those nobody may take, with the reason."""
    rows = [_row(place) for place in places]
    return sorted(rows, key=lambda row: (not row["reachable"], row["id"]))


def _row(place: Place) -> dict[str, Any]:
    posting = place.posting
    row: dict[str, Any] = {
        "url": f"{place.site}:{place.path}",
        "id": posting.id,
        "class": posting.group,
        "gold": {**posting.gold, "lead": is_lead(posting.gold)},
        "picture_only": posting.picture_only,
        "reachable": place.fate is Fate.OK,
    }
    if place.fate is not Fate.OK:
        row["why"] = str(place.fate)
    if posting.repost_of:
        row["repost_of"] = posting.repost_of
    if place.vanishes or place.edit:
        row["day2"] = "gone" if place.vanishes else "edited"
    return row


def truth_text() -> str:
    """The whole of truth.jsonl as it follows from the postings."""
    rows = truth_rows(place_postings(load_postings()))
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


if __name__ == "__main__":
    TRUTH_FILE.write_text(truth_text(), "utf-8")
