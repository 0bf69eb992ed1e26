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
        ("上学期王雨桐从六十几分涨到九十二", "上学期王**从六十几分涨到九十二"),
        ("隔壁刘思远考上一中了，陈可欣进步很大", "隔壁刘**考上一中了，陈**进步很大"),
        ("去年带的周子涵考了全区第三", "去年带的周**考了全区第三"),
        ("我家闺女叫孙梦瑶，今年五年级", "我家闺女叫孙**，今年五年级"),
        ("恭喜林浩宇、马欣怡被外国语录取", "恭喜林**、马**被外国语录取"),
        ("我儿子赵天佑期末数学98分", "我儿子赵**期末数学98分"),
        ("王芳从倒数考到中游", "王*从倒数考到中游"),
        ("我家娃在育红小学三年级2班，数学跟不上", "我家娃在**小学三年级*班，数学跟不上"),
        ("我女儿就读于滨河中学，求英语老师", "我女儿就读于**中学，求英语老师"),
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
        "我是陈思远，考过三次阅卷；主讲刘思远，带的学生考上一中",
        "王芳老师带出的孩子考了第一，赵敏教练获全国冠军",
        "李清照考到什么程度，孔子学堂获批，孟母堂国学提高班，鲁班锁拿到手",
        "周测考完，季卡立减，张姐说提高很快，李某考了",
        "孩子在实验小学读书的家长看过来；育红小学旁边，三年级2班同款",
        "石家庄中考冲刺，张家口考研，白云路考点精讲，马上考试了，谢谢老师，孩子考了98",
        "联系人：王建国 考前答疑，程序员考证，田径队获奖",
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
                [
                    "王小明",
                    "同学",
                    "98分",
                    "考上了",
                    "我家娃在育红小学三年级2班",
                    "学员：",
                    "张三 98，",
                    "11010519491231002X",
                    "\ud800",
                    "\x00",
                    "\n",
                    "　",
                ]
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
