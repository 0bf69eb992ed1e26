"""The filter of patterns: the same matches as without it, on our corpus and on patterns and texts of all kinds."""

from __future__ import annotations

from contextlib import nullcontext
from itertools import islice

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classifier import rules
from classifier.dataset import read_corpus
from classifier.normalise import normalise
from classifier.rules.prefilter import gated, scanned, split

SOME = gated(r"保过|(?:签|写)合同|(?<!不)退[^，]{0,4}款|第一(?!次)|\d+元|ab?c|x*")
NUMBERED = gated(r"(\d+)课时|满(\d+)")


@settings(max_examples=400, deadline=None)
@given(st.text(alphabet="保过签写合同不退款，第一次次0123元abcx课时满 ", max_size=40))
def test_the_same_matches_in_the_same_order(text: str) -> None:
    for pattern in (SOME, NUMBERED):
        plain = [(match.span(), match.groups()) for match in pattern._compiled.finditer(text)]
        with scanned(text):
            assert [(match.span(), match.groups()) for match in pattern.finditer(text)] == plain


def test_the_rules_find_the_same_with_and_without(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [normalise(example.posting.body).text for example in islice(read_corpus(), 0, None, 16)]
    filtered = [rules.find_hits(text) for text in texts]
    monkeypatch.setattr(rules, "scanned", lambda _text: nullcontext())
    assert [rules.find_hits(text) for text in texts] == filtered
    assert sum(map(len, filtered)) > 500


def test_another_text_within_the_block_is_searched_as_usual() -> None:
    with scanned("明天停水"):
        assert SOME.search("包教包会保过") is not None


@pytest.mark.parametrize(
    ("pattern", "pieces"),
    [("a|b", ["a", "b"]), (r"(?:a|b)|[|)]c|\|", ["(?:a|b)", "[|)]c", r"\|"]), ("[]|]|x", ["[]|]", "x"])],
)
def test_split_at_the_outermost_bars_only(pattern: str, pieces: list[str]) -> None:
    assert split(pattern) == pieces
