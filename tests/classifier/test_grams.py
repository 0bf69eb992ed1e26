"""n-grams counted for many texts at once are those of each text by itself; contacts and numbers are masked."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier.document import _CONTACT_OR_MAIL, masked
from classifier.grams import GramIndex, Vocabulary, grams

KEPT = tuple(sorted({*grams("小学数学辅导,数学辅导班 a b"), *grams("周末数学课0元")}))


@given(st.lists(st.text(alphabet="小学数辅导班课周末，, 0ab元", max_size=20), max_size=5))
def test_counts_are_those_of_each_text(texts: list[str]) -> None:
    rows, columns, counts = Vocabulary(KEPT).count(texts)
    found = {(int(row), KEPT[column]): int(count) for row, column, count in zip(rows, columns, counts, strict=True)}
    wanted = {
        (row, gram): count
        for row, text in enumerate(texts)
        for gram, count in Counter(grams(text)).items()
        if gram in KEPT
    }
    assert found == wanted


@given(
    st.lists(st.text(alphabet="小学数辅导班课周末，, 0ab元", min_size=1, max_size=20), min_size=1, max_size=5),
    st.data(),
)
def test_an_index_counts_as_the_vocabulary_does(texts: list[str], data: st.DataObject) -> None:
    index = GramIndex(texts)
    kept = sorted(data.draw(st.sets(st.sampled_from(index.grams), min_size=1)))
    chosen = data.draw(st.lists(st.integers(0, len(texts) - 1), unique=True, min_size=1))
    counted = Vocabulary(kept).count([texts[place] for place in chosen])
    assert [part.tolist() for part in index.count(chosen, kept)] == [part.tolist() for part in counted]


def test_an_index_says_how_many_texts_of_how_many_groups_hold_each_gram() -> None:
    index = GramIndex(["数学班", "数学数学", "语文班", "数"])
    texts, groups = index.spread([0, 1, 2], ["a", "a", "b"])
    at = {gram: place for place, gram in enumerate(index.grams)}
    assert [(int(texts[at[gram]]), int(groups[at[gram]])) for gram in ("c数", "c班", "c语")] == [(2, 1), (2, 2), (1, 1)]


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("微信:abc_123 电话13800001234", "微信:§ 电话§"),
        ("张老师@学校.公司", "§"),
        ("a.b@c.cn,满100减xx", "§,满0减0"),
        ("周末\n班", "周末 班"),
    ],
)
def test_contacts_and_numbers_are_masked(text: str, hidden: str) -> None:
    assert masked(text) == hidden
    assert ("§" in hidden) == (_CONTACT_OR_MAIL.search(text) is not None)


def test_words_of_no_gram_are_remembered_up_to_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("classifier.grams.MOST_KEPT", 3)
    vocabulary = Vocabulary(KEPT)
    known = len(vocabulary._numbers)
    texts = ["停水通知，请储水", "图书馆今天闭馆→数学", "公园的樱花开了"]
    first = [column.tolist() for column in vocabulary.count(texts)]
    assert len(vocabulary._numbers) == known + 3
    assert [column.tolist() for column in vocabulary.count(texts)] == first
    assert len(vocabulary._numbers) == known + 3
