"""Pupils' and parents' names and identity numbers become unreadable; everything else stays as it was."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.personal.digit_runs import folded
from pipelines.personal.privacy import mask_private


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("恭喜王雨桐同学考上重点高中", "恭喜王**同学考上重点高中"),
        ("李子墨妈妈推荐", "李**妈妈推荐"),
        ("学员：陈思远，数学从60提到98分", "学员：陈**，数学从60提到98分"),
        ("王小明 数学 98分", "王** 数学 98分"),
        ("赵一诺98分", "赵**98分"),
        ("喜报 张梓涵 总分 648分", "喜报 张** 总分 648分"),
        ("张三丰 98，李四 95，王五 100", "张** 98，李* 95，王* 100"),
        ("身份证11010519491231002X。", "身份证" + "*" * 18 + "。"),
        ("证件号 110105491231002", "证件号 " + "*" * 15),
        ("１１０１０５１９４９１２３１００２Ｘ", "*" * 18),
    ],
)
def test_private_things_are_masked(text: str, kept: str) -> None:
    assert mask_private(text) == kept


@pytest.mark.parametrize(
    "text",
    [
        "张老师 一对一，李教练带队",
        "高数98分，高考满分，数学98分，总分提高50分",
        "许多同学都来了，周末同学们一起学",
        "家长口碑推荐，孩子提分30分",
        "黄金同学会 毛笔字班",
        "家长焦虑 孩子茫然",
        "祝小宝贝们健康成长",
        "订单号 110105194912310021",
        "课时 192，学费 5000，周六 100 周日 120",
        "",
    ],
)
def test_other_things_stay(text: str) -> None:
    assert mask_private(text) == text


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.one_of(
            st.text(max_size=10),
            st.sampled_from(
                ["王小明", "同学", "98分", "学员：", "张三 98，", "11010519491231002X", "\ud800", "\x00", "\n", "　"]
            ),
        ),
        max_size=10,
    ).map("".join)
)
def test_the_length_stays_and_no_identity_number(text: str) -> None:
    masked = mask_private(text)
    assert len(masked) == len(text)
    assert all(new in (old, "*") for new, old in zip(masked, text, strict=True))
    assert not re.search(r"(?<![0-9A-Za-z])11010519491231002X(?![0-9A-Za-z])", folded(masked))


def test_hostile_lengths_are_read_in_passing() -> None:
    for text in ("王五 98 " * 5_000, "王" * 50_000, "1" * 50_000, "同学" * 20_000, " " * 50_000):
        assert len(mask_private(text)) == len(text)
