"""The postings of the demo platforms as their writers left them, one JSON object a line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from crawlers.sandbox.errors import SandboxError

POSTINGS_FOLDER = Path(__file__).parent / "postings"
SITES = ("board", "ads", "feed")


@dataclass(frozen=True, kw_only=True)
class Posting:
    """One posting: what the platform shows, and what its writer says it is."""

    #: s1-001 …
    id: str
    #: board, ads or feed.
    site: str
    #: disguised, open, harmless or hard_negative; never shown by a site.
    group: str
    #: May be empty (feed only).
    title: str
    #: May hold line breaks.
    body: str
    author: str
    district: str
    #: Label to value, in the seller's own wording and order.
    fields: dict[str, str]
    #: Lines of text drawn on each poster.
    images: tuple[tuple[str, ...], ...]
    #: The writer's labels; never shown by a site.
    gold: dict[str, Any]
    #: The posting this one retypes, if any.
    repost_of: str | None
    #: The telling text stands in the picture alone.
    picture_only: bool


def load_postings(folder: Path = POSTINGS_FOLDER) -> tuple[Posting, ...]:
    """Every posting in order of id. Refuses a damaged line, a double id and an empty folder."""
    postings = [posting for path in sorted(folder.glob("*.jsonl")) for posting in _read(path)]
    if not postings:
        raise SandboxError(f"没有演示信息：{folder.name} 里没有 .jsonl 文件")
    postings.sort(key=lambda posting: posting.id)
    for before, after in pairwise(postings):
        if before.id == after.id:
            raise SandboxError(f"演示信息编号重复：{after.id}")
    return tuple(postings)


def _read(path: Path) -> Iterator[Posting]:
    for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
        if not line.strip():
            continue
        try:
            yield _posting(json.loads(line))
        except (ValueError, KeyError, TypeError, AttributeError) as exc:
            raise SandboxError(f"演示信息 {path.name} 第 {number} 行读不了：{exc}") from exc


def _posting(row: dict[str, Any]) -> Posting:
    if row["site"] not in SITES:
        raise ValueError(f"不认识的平台 {row['site']}")
    return Posting(
        id=row["id"],
        site=row["site"],
        group=row["class"],
        title=row["title"],
        body=row["body"],
        author=row["author"],
        district=row["district"],
        fields={str(label): str(value) for label, value in row["fields"].items()},
        images=tuple(tuple(image["lines"]) for image in row["images"]),
        gold=dict(row["gold"]),
        repost_of=row.get("repost_of"),
        picture_only=bool(row.get("picture_only", False)),
    )
