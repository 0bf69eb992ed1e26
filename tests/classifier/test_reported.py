"""Another's advertisement told of in a story is no offer of the teller; an advertisement told as a story stays one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier.assess import Assessor
from classifier.document import read
from classifier.normalise import normalise
from classifier.reported import unread
from classifier.types import Posting

TOLD = [
    "今天又收到短信“您孩子数学不及格?豆豆老师一对一提分,前十名半价”,我回:我儿子才六个月,先教他翻身行吗😂",
    "群里有人发:“初三数学冲刺班,周末小班,保底提30分,加微信dd8899”,我盯着自己十八岁的狗陷入沉思",
    "又有人推销:「暑假不补课,开学徒伤悲,全科辅导1980元」。我说我没孩子,对方沉默了三秒",
    "刚收到条短信:【学有方】寒假班火热招生,语数外全科一对一,名额有限,回t退订\n我还单身呢,哪来的孩子😅",
    "推销员:姐,我们数学一对一提分快\n我:我家是哈士奇,拆家专业",
    "电梯里循环播“小升初是分水岭,报名就送书包”,我女儿跟着唱了一路",
    "“名师一对一,期末提分不成功退款”这种短信一天收八条,拉黑都拉不过来",
    "孩子爸看到传单上写“四年级数学提高班 试听免费”,转手垫了桌脚",
]
OFFERED = [
    "群里有人发:“初三数学冲刺班,周末小班”,效果挺好,我家娃已经报了,想拼的私我",
    "朋友转来一条信息:“李老师数学班还有3个名额”,要的姐妹找我报名",
    "收到家长发来的短信:“老师,孩子数学考了98!”暑假班还有两个名额,电话13800000000",
    "今天刷到一条广告“初三冲刺保过班”,说得真对,我们机构也开了,欢迎试听",
    "家长群里有位妈妈发:“多亏王老师的辅导,孩子英语从60提到92”。王老师暑期班开始报名,一期1280元",
    "收到短信:暑假作文班开课啦,报名电话13800000000",
    "海报文案:“冲刺中考,名师一对一”地址:人民路3号",
    "别再群里发“孩子还小开心就好”,期末那天你比谁都慌,起点学堂数学班",
]


@pytest.mark.parametrize("text", TOLD)
def test_what_others_advertise_is_left_unread(text: str) -> None:
    doc = read(text)
    assert "…" in doc.text
    assert not {"subject_maths", "subject_all", "subject_foreign"} & set(doc.words)
    assert not {"guarantee", "price_bait", "paid", "endorsement"} & {hit.name for hit in doc.hits}


@pytest.mark.parametrize("text", OFFERED)
def test_an_advertisement_told_as_a_story_is_read(text: str) -> None:
    folded = normalise(text)
    assert unread(folded) is folded


@pytest.mark.parametrize("text", TOLD)
def test_a_joke_about_spam_is_no_lead(assessor: Assessor, text: str) -> None:
    answer = assessor.assess([Posting(id="a", text=text)])[0]
    assert not answer["lead"], answer["findings"]


@given(st.text(alphabet='收到短信群里有人发推销“”「」"::,。\n数学班报名我没孩子哈😂…a1', max_size=80))
def test_spans_still_lead_back(text: str) -> None:
    folded = unread(normalise(text))
    assert len(folded.text) == len(folded.starts) == len(folded.ends)
    for at in range(len(folded.text)):
        span = folded.span(at, at + 1)
        assert text[span.start : span.end] == span.text
