"""Every quote of the four dimensions and of article 17 carries its element: own texts of six channels."""

from __future__ import annotations

from pathlib import Path

import yaml

from classifier.article17 import ELEMENTS, read_article17
from classifier.criteria import DIMENSIONS, read_criteria
from classifier.document import read
from classifier.fold import fold

_ROWS = yaml.safe_load(Path(__file__).with_name("table_cases.yml").read_text(encoding="utf-8"))
#: Of all quotes shown, and of all elements a person would fill.
PRECISION, FOUND = 0.97, 0.95


def _bare(words: str) -> str:
    return fold(words).text.replace(" ", "")


def test_the_set_is_large_and_various() -> None:
    assert len(_ROWS) * len((*DIMENSIONS, *ELEMENTS)) >= 160
    assert {row["channel"] for row in _ROWS} == {"sms", "classified", "forum", "groupbuy", "poster", "caption"}
    assert all(set(row) <= {"channel", "text", *DIMENSIONS, *ELEMENTS} for row in _ROWS)


def test_quotes_carry_their_element() -> None:
    shown = wanted = found = 0
    wrong: list[tuple[str, str, str]] = []
    missed: list[tuple[str, str]] = []
    for row in _ROWS:
        doc = read(row["text"])
        for element, places in {**read_criteria(doc), **read_article17(doc)}.items():
            accepted = [_bare(words) for words in str(row.get(element) or "").split("|") if words]
            quotes = [_bare(doc.text[start:end]) for start, end in places]
            shown += len(quotes)
            wrong += [(element, one, row["text"]) for one in quotes if not any(one in words for words in accepted)]
            wanted += bool(accepted)
            if accepted and any(one in words for one in quotes for words in accepted):
                found += 1
            elif accepted:
                missed.append((element, row["text"]))
    assert shown >= 100
    assert 1 - len(wrong) / shown >= PRECISION, wrong
    assert found / wanted >= FOUND, missed
