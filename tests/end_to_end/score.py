"""How the leads of a crawl compare with the ground truth of the demo platforms."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Set
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

TRUTH = Path(__file__).resolve().parents[2] / "crawlers" / "sandbox" / "truth.jsonl"


@dataclass(frozen=True, kw_only=True)
class Score:
    """Counts over reachable postings; a posting is found when the lead of its cluster is in the queue."""

    found: tuple[str, ...]
    missed: tuple[str, ...]
    false: tuple[str, ...]

    @property
    def precision(self) -> float:
        return len(self.found) / max(1, len(self.found) + len(self.false))

    @property
    def recall(self) -> float:
        return len(self.found) / max(1, len(self.found) + len(self.missed))


def truth_rows() -> list[dict[str, Any]]:
    return [json.loads(line) for line in TRUTH.read_text(encoding="utf-8").splitlines()]


def _place(source: str, url: str) -> str:
    """site:/path without the phone twin's prefix, as the truth names it."""
    path = urlsplit(url).path
    return f"{source.removeprefix('sandbox-')}:{path.removeprefix('/m') if path.startswith('/m/') else path}"


def queued_places(database: Path) -> set[str]:
    """Every posting whose cluster has a lead, by the truth's addresses."""
    return _places(database, "SELECT l.source, l.url FROM listings l JOIN leads d ON d.cluster_id = l.cluster_id")


def read_places(database: Path) -> set[str]:
    """Every posting a crawl has read, by the truth's addresses."""
    return _places(database, "SELECT source, url FROM listings")


def _places(database: Path, query: str) -> set[str]:
    with closing(sqlite3.connect(database)) as connection:
        return {_place(source, url) for source, url in connection.execute(query)}


def score(places: set[str], *, picture_only: bool, not_asked_for: Set[str] = frozenset()) -> Score:
    """Compare with the truth over the postings whose text is in the page, or over those only in a picture; without
    those nobody asked the crawl to read."""
    rows = {row["url"]: row for row in truth_rows() if row["reachable"] and row["url"] not in not_asked_for}
    chosen = {url: row for url, row in rows.items() if bool(row["picture_only"]) is picture_only}
    guilty = {url for url, row in chosen.items() if row["gold"]["lead"]}
    strangers = places - set(rows) if not picture_only else set()
    return Score(
        found=tuple(sorted(guilty & places)),
        missed=tuple(sorted(guilty - places)),
        false=tuple(sorted((places & set(chosen)) - guilty) + sorted(strangers)),
    )
