"""The texts of the bench: our own corpus brought to one length; real ones only when MINGCHA_TEST_DATA names them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from classifier.dataset import read_corpus
from classifier.types import Posting

#: About what a posting on a board holds.
LENGTH = 200
#: A prime, so that all texts have their turn and writers are mixed.
_STRIDE = 7919
REAL_TEXTS = Path("dev") / "negatives_dev.jsonl"


def sized(text: str, length: int = LENGTH) -> str:
    """The text cut, or repeated line after line and then cut, to this many characters."""
    copies = -(-length // (len(text) + 1))
    return "\n".join([text] * max(1, copies))[:length].ljust(length, "。")


def mixed(number: int) -> list[Posting]:
    """So many postings of every writer and kind, evenly spread over the corpus."""
    examples = read_corpus()
    chosen = [examples[index * len(examples) // number] for index in range(number)]
    return [
        Posting(id=f"bench-{index}", text=sized(example.posting.body), platform=example.posting.platform)
        for index, example in enumerate(chosen)
    ]


def realistic(number: int) -> list[Posting]:
    """So many postings as a crawl brings them: one in twenty offers training of minors, the rest is no offer at all."""
    examples = read_corpus()
    offers = [one for one in examples if one.gold.kind == "offer" and (one.gold.minors or one.gold.is_academic)]
    others = [one for one in examples if one.gold.kind != "offer" and not one.gold.is_academic]
    postings = []
    for index in range(number):
        pool, turn = (others, index) if index % 20 else (offers, index // 20)
        example = pool[turn * _STRIDE % len(pool)]
        postings.append(Posting(id=f"bench-{index}", text=sized(example.posting.body)))
    return postings


def real(test_data: Path | None, number: int) -> list[Posting]:
    """The first so many real texts, as they are; none without test data."""
    path = test_data / REAL_TEXTS if test_data is not None else None
    if path is None or not path.is_file():
        return []
    with path.open(encoding="utf-8") as lines:
        return [Posting.from_dict(json.loads(line)) for line, _ in zip(lines, range(number), strict=False)]


def mean_length(postings: Sequence[Posting]) -> int:
    """Characters of a text, on average."""
    return round(sum(len(posting.body) for posting in postings) / len(postings))
