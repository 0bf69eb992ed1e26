"""Whose names are covered in what is handed on, and whose are not."""

from __future__ import annotations

import pytest

from pipelines.personal.third_persons import cover, third_persons


@pytest.mark.parametrize(
    ("text", "covered"),
    [
        ("李妈妈：孩子提分了", "某妈妈：孩子提分了"),
        ("我们班的欧阳同学，恭喜张**同学 98分", "我们班的某某同学，恭喜某某某同学 98分"),
        ("小明妈妈说，朵朵家长也来", "某某妈妈说，某某家长也来"),
        ("高同学、于女士", "某同学、某女士"),
        ("家长：王丽，学员：张**", "家长：某某，学员：某某某"),
        ("作者：李明 责编：小鱼 李明写", "作者：某某 责编：某某 某某写"),
        ("网友“momo酱”回复", "网友“某某某某某”回复"),
        ("学员姓名：王女士", "学员姓名：某某某"),
    ],
)
def test_third_persons_are_covered_and_lengths_stay(text: str, covered: str) -> None:
    assert cover(text, third_persons(text)) == covered
    assert len(covered) == len(text)


@pytest.mark.parametrize(
    "text",
    [
        "联系人：王女士",
        "咨询王女士 138****5678，王女士人很好",
        "陈先生：微信abc",
        "姓名：王女士",
        "张老师带班，李校长，刘教练",
        "爸爸妈妈们，课程家长会，许多家长，白天家长上班，周末家长陪读，小升初家长",
        "小学同学，全班同学，师范先生，家长：好的，谢谢",
        "作者：本站 编辑：某某网 评论人：匿名用户",
    ],
)
def test_the_operators_own_and_everyday_words_stay(text: str) -> None:
    assert third_persons(text) == ()


def test_what_the_operator_is_called_stays() -> None:
    assert third_persons("朵朵妈妈：本人带班", ("朵朵妈妈",)) == ()
    assert third_persons("作者：圆规老郑", ("圆规老郑",)) == ()
