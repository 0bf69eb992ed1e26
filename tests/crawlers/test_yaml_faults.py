"""What is wrong with a YAML file is said in Chinese, with the line and the mend."""

from __future__ import annotations

import re

import pytest

from crawlers.errors import RecipeError
from crawlers.yaml_faults import yaml_words
from crawlers.yaml_tree import parse_tree


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("a: 1\n\tb: 2\n", 2, "制表符"),
        ("a: b: c\n", 1, "冒号"),
        ("a: 1\nb 2\nc: 3\n", 3, "冒号"),
        ("a: 'x\nb: 2\n", 3, "引号没有配对"),
        ('a: "\\d+"\n', 1, "反斜杠"),
        ("a: {b: 1\nc: 2\n", 2, "花括号"),
        ("a: [1, 2\nb: 3\n", 2, "方括号"),
        ("a:\n  - 1\n b: 2\n", 3, "缩进"),
        ("a: 1\n---\nb: 2\n", 2, "只能有一份"),
        ("a: @x\n", 1, "@"),
        ("a: %x\n", 1, "%"),
        ("a: 'x' y\n", 1, "引号后面"),
        ("a: *b\n", 1, "引用"),
        ("a: !x 1\n", 1, "类型"),
        ("a: |x\n  1\n", 1, "另起一行"),
        ("a: 1\nb: \x07\n", 2, "控制字符"),
        ("a: - b\n", 1, "列表请另起一行"),
    ],
)
def test_each_fault_is_one_chinese_sentence_at_its_line(text: str, line: int, words: str) -> None:
    with pytest.raises(RecipeError) as caught:
        parse_tree(text.encode(), "x/source.yml")
    said = caught.value.message
    assert words in said, said
    assert caught.value.line == line, said
    assert not re.search(r"[a-z]{3,}", said.removeprefix("x/source.yml")), said


def test_bytes_that_are_no_utf8_are_said_with_their_line() -> None:
    with pytest.raises(RecipeError, match="另存为 UTF-8") as caught:
        parse_tree("a: 1\nb: 清水\n".encode("gb18030"), "x/source.yml")
    assert caught.value.line == 2


def test_a_complaint_we_do_not_know_is_not_repeated_in_english() -> None:
    assert "something" not in yaml_words("something new went wrong")
    assert yaml_words(None)
