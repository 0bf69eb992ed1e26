"""Offsets always lead back to the original; hidden words come back, ordinary sentences stay as they are."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classifier.fold import fold
from classifier.normalise import LIMIT, normalise

#: Any code point, lone surrogates and NUL included, with the troublesome ones often.
ANY = st.text(
    alphabet=st.one_of(
        st.characters(),
        st.characters(categories=["Cs"]),
        st.sampled_from("\x00\u200b\u200d\ufe0f\u20e3\u202e\u2067\u0301①②１ａＡ對補課学习数x*·. \n一1vV㎏ﷺİ讠吾🈶"),
    ),
    max_size=80,
)
HIDDEN = {
    "补*课": "补课",
    "補 習": "补习",
    "数·学": "数学",
    "英🌟语": "英语",
    "1V1": "一对一",
    "１对１": "一对一",
    "①对①": "一对一",
    "1️⃣对1️⃣": "一对一",
    "小\u200b升\u200b初": "小升初",
    "小 升 初": "小升初",
    "讠吾文": "语文",
    "fudao": "辅导",
    "ｂｕｋｅ": "补课",
    "語數英": "语数英",
    "作业\n辅导": "作业辅导",
}


@settings(max_examples=400, deadline=None)
@given(ANY)
def test_every_span_lies_inside_and_says_what_it_says(raw: str) -> None:
    folded = normalise(raw)
    assert len(folded.starts) == len(folded.ends) == len(folded.text)
    for index in range(len(folded.text)):
        span = folded.span(index, index + 1)
        assert 0 <= span.start < span.end <= len(raw)
        assert span.text == raw[span.start : span.end]
    assert all(0 <= low < high <= len(folded.text) for low, high in folded.rewritten)
    assert list(folded.starts) == sorted(folded.starts)


@settings(max_examples=300, deadline=None)
@given(ANY, ANY)
def test_whole_span_covers_its_parts(before: str, after: str) -> None:
    folded = normalise(before + "数学辅导" + after)
    if folded.text:
        whole = folded.span(0, len(folded.text))
        assert whole.text == folded.raw[whole.start : whole.end]


@settings(max_examples=300, deadline=None)
@given(
    st.text(alphabet="我们今天去公园看花。，\n", max_size=12),
    st.sampled_from(sorted(HIDDEN)),
    st.text(alphabet="，。；\n", min_size=1, max_size=4),
)
def test_hidden_word_is_found_where_it_stands(before: str, hidden: str, after: str) -> None:
    before = before + "。"
    raw = before + hidden + after
    folded = normalise(raw)
    word = HIDDEN[hidden]
    place = folded.text.find(word)
    assert place >= 0, folded.text
    span = folded.span(place, place + len(word))
    assert span.restored == word
    assert span.start == len(before)
    assert span.end <= len(before) + len(hidden)
    assert unicodedata.normalize("NFKC", span.text[0]) == unicodedata.normalize("NFKC", hidden[0])


@pytest.mark.parametrize(("hidden", "word"), sorted(HIDDEN.items()))
def test_restored(hidden: str, word: str) -> None:
    assert word in normalise(f"孩子{hidden}找老师").text


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("要补 课程安排，高 考虑一下", "补课"),
        ("要补 课程安排，高 考虑一下", "高考"),
        ("植树学雷锋，孩子们很高兴", "数学"),
        ("先学化，雪停了再走", "化学"),
        ("他英勇，语气坚定", "英语"),
        ("market和buker", "补课"),
        ("比分1v12", "一对一"),
        ("我在只有两个人的教室等老师", "在职"),
        ("文件编号21对1023", "一对一"),
    ],
)
def test_ordinary_words_stay(text: str, word: str) -> None:
    assert word not in normalise(text).text


@pytest.mark.parametrize(
    ("text", "word"),
    [("孩子要bu课找我", "补课"), ("初三辅dao，老师好", "辅导"), ("三年级 补棵 班", "补课"), ("语shu英都教", "语数英")],
)
def test_respelled_words_need_a_sign_of_schooling(text: str, word: str) -> None:
    assert word in normalise(text).text


def test_homophone_without_context_stays() -> None:
    assert "化学" not in normalise("屋檐下化雪了，小心路滑").text


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="今天去数学课堂听老师讲题，价格五百元。", max_size=60))
def test_plain_text_is_unchanged_and_maps_to_itself(raw: str) -> None:
    folded = fold(raw)
    assert len(folded.text) == len(raw)
    assert list(folded.starts) == list(range(len(raw)))


def test_very_long_text_is_bounded() -> None:
    assert len(normalise("课" * (LIMIT + 5_000)).text) == LIMIT
