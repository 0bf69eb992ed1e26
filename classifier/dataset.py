"""Our own labelled texts: classifier/corpus/*.jsonl, one file a writer, read strictly."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from classifier.errors import CorpusError
from classifier.types import AD_FLAGS, COVERS, KINDS, STAGES, Posting

CORPUS = Path(__file__).parent / "corpus"


@dataclass(frozen=True, kw_only=True)
class Gold:
    """What a careful officer says of a text (docs/corpus.md)."""

    kind: str
    #: yes | likely | no
    academic: str
    covers: frozenset[str]
    stages: frozenset[str]
    paid: bool
    anxiety: bool
    minors: bool
    ad_flags: frozenset[str]

    @property
    def is_academic(self) -> bool:
        return self.academic in ("yes", "likely")


@dataclass(frozen=True, kw_only=True)
class Example:
    """One labelled text; `writer` groups those of one hand, so that nobody is judged by their own style."""

    posting: Posting
    gold: Gold
    writer: str
    #: How many ordinary texts it weighs.
    weight: float = 1.0
    #: The model's questions that `gold` answers; None: all. An officer's decision answers few of them.
    heads: frozenset[str] | None = None

    def answers(self, head: str) -> bool:
        """Whether a head may learn from it; covers are asked of offers of school subjects only."""
        if self.heads is not None:
            return head in self.heads
        return self.gold.is_academic or not head.startswith("cover:")


def _subset(row: dict[str, Any], key: str, allowed: tuple[str, ...], where: str) -> frozenset[str]:
    values = row.get(key, [])
    if not isinstance(values, list) or not set(values) <= set(allowed):
        raise CorpusError(f"{where}: {key} 取值有误 {values}")
    return frozenset(values)


def read_gold(row: object, where: str) -> Gold:
    """Read one gold object; a missing or unknown value is a CorpusError naming the place."""
    if not isinstance(row, dict):
        raise CorpusError(f"{where}: 缺少 gold")
    if row.get("kind") not in KINDS or row.get("academic") not in ("yes", "likely", "no"):
        raise CorpusError(f"{where}: kind 或 academic 取值有误")
    for key in ("paid", "anxiety", "minors"):
        if not isinstance(row.get(key), bool):
            raise CorpusError(f"{where}: {key} 应是 true 或 false")
    return Gold(
        kind=row["kind"],
        academic=row["academic"],
        covers=_subset(row, "covers", (*COVERS, "none"), where),
        stages=_subset(row, "stages", STAGES, where),
        paid=row["paid"],
        anxiety=row["anxiety"],
        minors=row["minors"],
        ad_flags=_subset(row, "ad_flags", AD_FLAGS, where),
    )


def read_file(path: Path) -> Iterator[Example]:
    """The examples of one writer's file."""
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        where = f"{path.name}:{number}"
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except json.JSONDecodeError as error:
            raise CorpusError(f"{where}: {error}") from error
        yield Example(posting=Posting.from_dict(row), gold=read_gold(row.get("gold"), where), writer=path.stem)


def read_corpus(folder: Path = CORPUS) -> tuple[Example, ...]:
    """All examples, ordered by file and line; ids are unique over the whole corpus."""
    examples = [example for path in sorted(folder.glob("*.jsonl")) for example in read_file(path)]
    ids = [example.posting.id for example in examples]
    if len(set(ids)) != len(ids):
        repeated = sorted({name for name in ids if ids.count(name) > 1})
        raise CorpusError(f"语料编号重复：{'、'.join(repeated[:5])}")
    if not examples:
        raise CorpusError("没有训练语料")
    return tuple(examples)


def corpus_hash(folder: Path = CORPUS) -> str:
    """SHA-256 over the names and bytes of the corpus files."""
    digest = hashlib.sha256()
    for path in sorted(folder.glob("*.jsonl")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()
