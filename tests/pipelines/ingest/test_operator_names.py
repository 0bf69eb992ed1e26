"""Names of businesses in postings: found where they plainly stand, never made up of the words around them."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.ingest.operator_names import operator_names


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("公司名称：小荷学堂\n园长：戚老师\n地址：城东", ["小荷学堂"]),
        ("公司名称：朗朗教育咨询有限公司 微信：k******0", ["朗朗教育咨询有限公司"]),
        ("机构名称：小荷学堂　张老师 接待", ["小荷学堂"]),
        ("公司名称：Happy House 少儿英语", ["Happy House 少儿英语"]),
        ("机构名称: 青禾自习\n电话见下", ["青禾自习"]),
        ("衡策商务信息咨询有限公司，庞经理接待", ["衡策商务信息咨询有限公司"]),
        ("我们是朗朗教育咨询有限公司旗下的小班", ["朗朗教育咨询有限公司"]),
        ("本公司与清远天一教育科技有限公司合作", ["清远天一教育科技有限公司"]),
        ("（杭州）明德教育科技有限公司招生", ["（杭州）明德教育科技有限公司"]),
        ("前程教育科技有限公司", ["前程教育科技有限公司"]),
        ("杭州和美教育有限公司", ["杭州和美教育有限公司"]),
        ("由甲乙教育有限公司和丙丁文化传播有限公司主办", ["甲乙教育有限公司", "丙丁文化传播有限公司"]),
        ("欢迎来到南山明德培训学校。", ["南山明德培训学校"]),
        ("【小荷学堂】秋季班", ["小荷学堂"]),
        ("小荷学堂秋季招生，小荷学堂等你来", ["小荷学堂"]),
        # A registered name stands before a sign.
        ("【小荷学堂】\n朗朗教育咨询有限公司", ["朗朗教育咨询有限公司", "小荷学堂"]),
    ],
)
def test_names_are_found(text: str, names: list[str]) -> None:
    assert [one.name for one in operator_names("", text, {})] == names


@pytest.mark.parametrize(
    "text",
    [
        "孩子在家附近的学堂上课",
        "想找一家培训中心",
        "联系人：王老师 机构：个人",
        "公司名称：无\n机构名称：个人",
        "公司名称：138****5678",
        "去过好多培训机构都不行，某某有限公司坑人",
        "专业培训机构，正规公司，有限公司",
        "在职老师一对一，不是机构",
        "前朗朗教育咨询有限公司的老师",
        "本人曾任职于朗朗教育咨询有限公司，现自己带",
        "朗朗教育咨询有限公司离职名师",
        "朗朗教育咨询有限公司骗钱，大家别去",
        "出售九成新钢琴一台，实验小学旁边",
    ],
)
def test_what_names_nobody(text: str) -> None:
    assert operator_names("", text, {}) == ()


def test_the_pages_own_labels_count_and_other_fields_do_not() -> None:
    fields = {"机构名称": "小荷学堂", "联系人": "戚老师", "公司": "无", "区域": "朗朗教育有限公司旁"}
    assert [(one.name, one.registered) for one in operator_names("", "", fields)] == [("小荷学堂", False)]


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="小荷学堂公司名称：（）有限 \n培训中心我们是与和，*1a", max_size=60))
def test_every_name_stands_in_the_text(text: str) -> None:
    for one in operator_names("", text, {}):
        assert one.name in " ".join(text.split(" ")) or one.name in " ".join(text.split())
        assert 3 <= len(one.name) <= 40


def test_hostile_lengths_are_read_in_passing() -> None:
    start = time.perf_counter()
    for text in ("一" * 20_000, "（" * 20_000, "公司名称：" * 4_000, "我们是" * 7_000, "一二有限公司" * 3_000):
        operator_names("", text, {})
    assert time.perf_counter() - start < 3
