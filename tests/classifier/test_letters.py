"""Letters that stand for themselves stay; letters that hide a character are still read."""

from __future__ import annotations

import pytest

from classifier.document import read
from classifier.normalise import normalise


@pytest.mark.parametrize(
    "text",
    [
        "大班孩子还在b d不分,数学补课,暑假班招生", "在b和d上老出错,拼音辅导", "音b d读错,拼音补习", "孩子公b母p",
        "进b班还是a班,中考", "英语b班c班招生,中考辅导", "高中a班b班招生",
        "一道数x y的方程,补习", "小学x y未知数,数学辅导",
        "课t恤,报名送", "声母 zcs yw 韵母,幼小衔接数学", "期末a卷b卷都要及格", "孩子几年级,数学怎么样",
        "全年班开抢,数学52周", "她考完研了,英语从音标到完形都行",
    ],
)  # fmt: skip
def test_letters_and_plain_words_stay(text: str) -> None:
    assert normalise(text).text == text


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("辅d班招生,数x、语w、英y", ("辅导班", "数学", "语文", "英语")),
        ("补k c刺班,中k倒计时", ("补课", "冲刺", "中考")),
        ("在b老师带初三数x", ("在编", "数学")),
        ("补x b课 小x生", ("补习", "补课", "小学")),
    ],
)
def test_hidden_characters_are_still_read(text: str, words: tuple[str, ...]) -> None:
    restored = normalise(text).text
    assert all(word in restored for word in words), restored


@pytest.mark.parametrize(
    "text", ["高三上学期数学", "初三下学期化学", "大三上学期", "周六上午英语", "周三下午数学", "第三上场", "五下午"]
)
def test_a_year_and_its_half_is_not_cut_out_of_other_words(text: str) -> None:
    assert "stage_primary" not in read(text).words


@pytest.mark.parametrize("text", ["三上数学同步", "新六上语文", "五下英语单元卷", "三下,数学"])
def test_a_year_and_its_half_is_read(text: str) -> None:
    assert "stage_primary" in read(text).words
