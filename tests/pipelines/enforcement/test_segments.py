"""Pieces of marked text always join to the text they came from."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.enforcement.segments import Mark, cut, marks_of, snippet

_TEXT = st.text(alphabet=st.characters(), max_size=60)


@st.composite
def _marked(draw: st.DrawFn) -> tuple[str, list[dict[str, Any]]]:
    text = draw(_TEXT)
    place = st.integers(min_value=-3, max_value=len(text) + 3)
    span = st.fixed_dictionaries({"start": place, "end": place, "text": st.just(""), "restored": st.just("")})
    findings = draw(st.lists(st.fixed_dictionaries({"spans": st.lists(span, max_size=4)}), max_size=4))
    return text, findings


@settings(max_examples=300, deadline=None)
@given(_marked())
def test_pieces_join_to_the_text_and_carry_every_mark_over_them(case: tuple[str, list[dict[str, Any]]]) -> None:
    text, findings = case
    marks = marks_of(findings, len(text))
    pieces = cut(text, marks)
    assert "".join(piece.text for piece in pieces) == text
    at = 0
    for piece in pieces:
        expected = [mark for mark in marks if mark.start <= at and mark.end >= at + len(piece.text)]
        assert list(piece.marks) == expected
        assert [mark for mark in marks if mark.start < at + len(piece.text) and mark.end > at] == expected
        at += len(piece.text)


@settings(max_examples=200, deadline=None)
@given(_marked(), st.integers(min_value=5, max_value=40))
def test_a_snippet_is_one_line_of_bounded_length(case: tuple[str, list[dict[str, Any]]], width: int) -> None:
    text, findings = case
    marks = marks_of(findings, len(text))
    line = "".join(piece.text for piece in snippet(text, marks, width=width))
    assert len(line) <= width + 2
    assert "\n" not in line
    assert "\r" not in line


def test_overlapping_spans_are_cut_at_their_borders() -> None:
    marks = marks_of(
        [
            {"spans": [{"start": 0, "end": 4, "restored": "一二三四"}]},
            {"spans": [{"start": 2, "end": 6, "restored": "三四五六"}]},
        ],
        8,
    )
    pieces = cut("一二三四五六七八", marks)
    assert [(piece.text, piece.findings) for piece in pieces] == [
        ("一二", (0,)),
        ("三四", (0, 1)),
        ("五六", (1,)),
        ("七八", ()),
    ]


def test_a_part_of_the_text_keeps_the_marks_that_reach_into_it() -> None:
    mark = Mark(start=1, end=5, finding=0, restored="")
    pieces = cut("标题\n正文在此", [mark], start=3)
    assert [(piece.text, bool(piece.marks)) for piece in pieces] == [("正文", True), ("在此", False)]


def test_a_snippet_shows_the_first_marked_words_of_a_long_text() -> None:
    text = "无关" * 200 + "数学小班" + "无关" * 200
    marks = marks_of([{"spans": [{"start": 400, "end": 404, "restored": "数学小班"}]}], len(text))
    line = "".join(piece.text for piece in snippet(text, marks))
    assert line.startswith("…")
    assert "数学小班" in line
    assert line.endswith("…")
