"""Quotation marks within quotation marks (GB/T 15834)."""

from __future__ import annotations

from pipelines.records.quotes import nested, quoted


def test_marks_change_from_level_to_level() -> None:
    assert quoted("送“复盘周”") == "“送‘复盘周’”"
    assert quoted("他说‘好’") == "“他说‘好’”"
    assert quoted("没有") == "“没有”"


def test_a_sentence_is_mended_where_it_quotes_these_words_and_nowhere_else() -> None:
    sentence = "以“送“复盘周””和“别的”招揽，见“复盘周”"
    assert nested(sentence, ["送“复盘周”", "别的"]) == "以“送‘复盘周’”和“别的”招揽，见“复盘周”"
    assert nested("以“送“复”盘”", ["不在“此”"]) == "以“送“复”盘”"
