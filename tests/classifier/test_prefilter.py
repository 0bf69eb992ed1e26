"""The filter of patterns: the same matches as without it, on our corpus and on patterns and texts of all kinds."""

from __future__ import annotations

import pickle
import re
from contextlib import nullcontext
from itertools import islice
from re import _parser as parser  # type: ignore[attr-defined]
from types import ModuleType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classifier import hearsay, lures, posts, rules, witness
from classifier.dataset import read_corpus
from classifier.normalise import normalise
from classifier.rules.firsts import Sought, firsts
from classifier.rules.needs import needs, split
from classifier.rules.prefilter import Filter, Gate, Scan, gated, scanned

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


@pytest.mark.parametrize("table", [posts, witness, hearsay, lures], ids=lambda table: table.__name__)
def test_a_table_behind_its_gate_leaves_out_no_pattern_that_matches(table: ModuleType) -> None:
    gate: Gate = table._GATE
    offers = [example.posting.body for example in read_corpus() if example.gold.kind == "offer"]
    met = 0
    for text in islice(offers, 0, None, 12):
        matching = {number for number, pattern in enumerate(gate._patterns) if pattern.search(text)}
        assert matching <= set(gate.possible(text))
        met += len(matching)
    assert met
    assert len(gate.possible("明天上午九点到十一点停水，请提前储水。")) < len(gate._patterns) / 10


def test_another_text_within_the_block_is_searched_as_usual() -> None:
    with scanned("明天停水"):
        assert SOME.search("包教包会保过") is not None


@pytest.mark.parametrize(
    ("pattern", "pieces"),
    [("a|b", ["a", "b"]), (r"(?:a|b)|[|)]c|\|", ["(?:a|b)", "[|)]c", r"\|"]), ("[]|]|x", ["[]|]", "x"])],
)
def test_split_at_the_outermost_bars_only(pattern: str, pieces: list[str]) -> None:
    assert split(pattern) == pieces


@pytest.mark.parametrize(
    ("pattern", "without", "within"),
    [
        (r"(?:\d{3,5}|x{3,5})\s*元?/年", "12/年 xx 3", "300/年"),
        (r"满[1-9]\d{2}减", "满12减 34", "满120减"),
        (r"(?:\d{2}|[一二])分", "1分", "٣٤分"),
        (r"[\dx*]{1,6}课时", "课时满", "*课时"),
        (r"(?:ab){3}c", "ababc", "abababc"),
    ],
)
def test_digits_and_repeats_are_asked_for_too(pattern: str, without: str, within: str) -> None:
    gate = Filter([needs(pattern)])
    assert gate.possible(without) == []
    assert gate.possible(within) == [0]


#: By what they begin with: choices of sets, what stands before, what may be left out, nothing to jump to.
BEGINNINGS = (
    r"(?:\d{1,3}(?:,\d{3})?|[一二三]+)\s*元",
    r"(?<![\d.])[5-9]\d|(?<!不)退",
    r"(?:满|充)?\s?\d+",
    r"(?:x{2}|第[一二]|\d+?)(?=元)",
    r"[^，]?课|\d",
    r"(?:退|\d)*",
)


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet="满充 ,不退第一二三0123579x元课，.", max_size=40), st.sampled_from(BEGINNINGS))
def test_what_is_sought_by_its_beginning_is_found_as_before(text: str, pattern: str) -> None:
    plain = [(match.span(), match.groups()) for match in re.finditer(pattern, text)]
    assert [(match.span(), match.groups()) for match in Sought(pattern).finditer(text)] == plain
    later = re.compile(pattern).search(text, 2)
    assert (found := Sought(pattern).search(text, 2)) is later or (found and later and found.span() == later.span())


@pytest.mark.parametrize(
    ("pattern", "begins"),
    [
        (r"(?<!不)(?:满|\d)?退", ({"满", "退"}, True)),
        (r"(?=.)[1-3]|x", ({"1", "2", "3", "x"}, False)),
        (r"a*", None),
        (r"[^a]b", None),
        (r".b", None),
    ],
)
def test_what_a_match_can_begin_with(pattern: str, begins: tuple[set[str], bool] | None) -> None:
    assert firsts(list(parser.parse(pattern))) == begins


def test_a_scan_in_another_process_is_made_anew() -> None:
    """Numbers of patterns are a process's own."""
    text = "保过"
    scan = Scan(text)
    scan.of, scan.known = {}, 10**9
    again, read = pickle.loads(pickle.dumps((text, scan)))  # noqa: S301  # written here
    assert read.text is again
    with scanned(again, read):
        assert SOME.search(again) is not None
