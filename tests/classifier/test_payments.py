"""Sums are quoted whole, with what they pay for; what is free, scored, counted or once on trial is no fee."""

from __future__ import annotations

import pytest

from classifier.document import read
from classifier.explain import to_spans
from classifier.payments import paid_places


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ("初三物理，收费:一期20次1600，周六上午", ["收费:一期20次1600"]),
        ("小学作文，费用:一篇40，当面讲一次100", ["费用:一篇40", "一次100"]),
        ("高中数学，首诊0元，之后一小时300", ["一小时300"]),
        ("升学规划，首次评估0元", []),
        ("茶话会聊二次函数，茶钱一位120，初二", ["一位120"]),
        ("日语一年120+不是梦，高三零基础，学费19800", ["学费19800"]),
        ("只交一次:3680元畅听，小学到初中九科", ["3680元"]),
        ("数理化一对一，每年10套押题卷，600/时", ["600/时"]),
        ("珠心算，1元试听2次；正价1999/24节", ["正价1999/24节"]),
        ("初一英语小班 7 8 0 元", ["7 8 0 元"]),
        ("小学数学思维，每周一次 一期 24 节", []),
        ("费用:12800(原价16800)初中数学陪跑半年", ["费用:12800"]),
        ("初二数学一粒钟200蚊，屋企教", ["一粒钟200蚊"]),
        ("四年级英语，学费xx80一期，欢迎咨询", ["学费xx80一期"]),
        ("六年级语文一学期(16次)3200元", ["一学期(16次)3200元"]),
        ("六年级语文，100节打包价9900", ["100节打包价9900"]),
        ("初二物理，7天6晚 ¥3280", ["7天6晚 ¥3280"]),
        ("上门教数学，老生八折", []),
        ("高一日语，共220课时\n学费:19800", ["学费:19800"]),
    ],
)
def test_a_sum_is_quoted_with_what_it_pays_for(text: str, quoted: list[str]) -> None:
    doc = read(text)
    assert [span.text for span in to_spans(doc.folded, paid_places(doc))] == quoted
