"""What frightens is a clause that says so to a parent; teachers' duties, results and comfort frighten nobody."""

from __future__ import annotations

import pytest

from classifier.document import read
from classifier.threats import threats

FRIGHTENS = [
    ("您给他买了新书包,可那些落下的钟点谁替他补?周三有课", "谁替他补"),
    ("他落下的不是半本书,是往后坐进哪间教室。小班周六开", "他落下的不是半本书"),
    ("您家那位还排在后五名吗?数学补差班", "您家那位还排在后五名吗"),
    ("全年级就剩他不会列竖式,你敢赌他自己会吗?口算班", "你敢赌他自己会吗"),
    ("楼上那孩子比你家早学半年。英语拼读班招生", "比你家早学半年"),
    ("您家就只有一个孩子,他也只有一次中考。一对一21800", "只有一个孩子"),
    ("当您在追剧,对手在刷题。冲刺营报名", "对手在刷题"),
    ("分数线不会等你准备好。二十人班", "分数线不会等你准备好"),
]
DOES_NOT = [
    "老师白天在校上课,晚自习不轮值的时候过来讲题",
    "知道哪一步给分哪一步扣分,一节课讲两道大题",
    "带上最近一次月考卷子,现场给他看一看",
    "别怕,初二物理真的有救,一步一步来。周日上午两小时",
    "去年小周从班里四十名到第九名,周六还有位置",
    "巧算、数阵、逻辑推理,三年级小班周日开",
    "我们不会跟您说什么不上就落后。周六上午六人小班",
    "只要自觉的孩子,一周两次",
    "等孩子写完作业再讲错题",
    "汉语听课吃力的孩子可以来,我讲慢一点",
]


@pytest.mark.parametrize(("text", "words"), FRIGHTENS)
def test_the_clause_is_found(text: str, words: str) -> None:
    doc = read(text)
    assert any(words in doc.text[start:end] for start, end in threats(doc))


@pytest.mark.parametrize("text", DOES_NOT)
def test_who_teaches_and_comfort_frighten_nobody(text: str) -> None:
    doc = read(text)
    assert [doc.text[start:end] for start, end in threats(doc)] == []


def test_a_poster_set_wide_is_read_without_its_blanks() -> None:
    doc = read("岸 边 等 着 的 人\n你 慢 慢 走 过 来 就 好\n中 考 不 会 慢 慢 来\n灯 还 亮 着 呢")
    assert any("不 会 慢 慢 来" in doc.text[start:end] for start, end in threats(doc))
