"""No two texts of corpus and sandbox are near copies, so that figures on the sandbox mean something."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import scipy.sparse as sp

ROOT = Path(__file__).resolve().parents[2]
LIMIT = 0.4
SIZE = 5


def grams(text: str) -> set[str]:
    """Character 5-grams without blanks; a text shorter than that is one gram."""
    text = "".join(text.split())
    return {text[i : i + SIZE] for i in range(max(1, len(text) - SIZE + 1))}


def near_pairs(texts: list[str], limit: float = LIMIT) -> list[tuple[int, int, float]]:
    """Pairs of texts whose sets of grams have a Jaccard similarity of at least `limit`."""
    column: dict[str, int] = {}
    rows, columns = [], []
    for row, text in enumerate(texts):
        for gram in grams(text):
            rows.append(row)
            columns.append(column.setdefault(gram, len(column)))
    matrix = sp.csr_matrix((np.ones(len(rows), dtype=np.int32), (rows, columns)), shape=(len(texts), len(column)))
    sizes = np.asarray(matrix.sum(axis=1)).ravel()
    shared = sp.triu(matrix @ matrix.T, k=1).tocoo()
    likeness = shared.data / (sizes[shared.row] + sizes[shared.col] - shared.data)
    found = np.flatnonzero(likeness >= limit)
    return [(int(shared.row[i]), int(shared.col[i]), float(likeness[i])) for i in found]


def all_texts() -> list[tuple[str, str, str | None]]:
    """(place, text, place it is a marked repost of) of every corpus and sandbox text."""
    found = []
    for path in sorted([*ROOT.glob("classifier/corpus/*.jsonl"), *ROOT.glob("crawlers/sandbox/postings/*.jsonl")]):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            if line.strip():
                row = json.loads(line)
                drawn = [line for image in row.get("images", ()) for line in image["lines"]]
                body = "\n".join([row.get("title") or "", row["text"] if "text" in row else row["body"], *drawn])
                found.append((str(row.get("id", f"{path.name}:{number}")), body, row.get("repost_of")))
    return found


def test_measure_tells_copies_from_strangers() -> None:
    copy, other = "孩子四年级了口算总出错怎么办才好", "楼下新开的面馆味道不错就是有点咸"
    assert near_pairs([copy, other]) == []
    assert [(a, b) for a, b, _ in near_pairs([copy, other, copy + "呢"])] == [(0, 2)]


def test_corpus_and_sandbox_are_apart() -> None:
    texts = all_texts()
    assert texts
    near = []
    for first, second, likeness in near_pairs([text for _, text, _ in texts]):
        (one, _, one_of), (two, _, two_of) = texts[first], texts[second]
        marked = one_of == two or two_of == one or (one_of is not None and one_of == two_of)
        if not marked:
            near.append(f"{one} {two} {likeness:.2f}")
    assert near == []


#: Characters in a row that a posting and a rule, its comment or its test may not have in common by chance.
QUOTED = 7


def test_rules_and_their_tests_quote_no_sandbox_posting() -> None:
    """What stands in the corpus too is how people speak; the rest would be the yardstick's own words."""
    texts = all_texts()
    spoken = "\n".join(text for place, text, _ in texts if not place.startswith("s"))
    runs: dict[str, str] = {}
    for place, text, _ in texts:
        if place.startswith("s"):
            for line in text.splitlines():
                runs |= {line[at : at + QUOTED]: place for at in range(len(line) - QUOTED + 1)}
    assert len(runs) > 10_000
    quoted = []
    for path in sorted(
        [*ROOT.glob("classifier/**/*.py"), *ROOT.glob("classifier/*.yml"), *ROOT.glob("tests/classifier/*.py")]
    ):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            for at in range(len(line) - QUOTED + 1):
                run = line[at : at + QUOTED]
                if run in runs and sum("一" <= one <= "龥" for one in run) >= QUOTED - 2 and run not in spoken:
                    quoted.append(f"{path.name}:{number} {run} {runs[run]}")
    assert quoted == []
