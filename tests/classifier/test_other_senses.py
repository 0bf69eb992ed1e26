"""Words that a rule reads as a claim and that mean something else; beside each, the same kind of words that are one."""

from __future__ import annotations

import pytest

from classifier.assess import Assessor
from classifier.frames import proves
from classifier.normalise import normalise
from classifier.types import Posting

_CASES = (
    # rates, help until it is understood, refunds for any displeasure and lost weight promise nothing that is learnt
    ("guarantee", "不会的题老师讲到会为止", "讲到会为止", False),
    ("guarantee", "头两次不满意全退", "不满意全退", False),
    ("guarantee", "往届合格率96%", "合格率96%", False),
    ("guarantee", "签约班合格率低于96%退学费", "合格率低于96%退", True),
    ("guarantee", "签约提分,不过线全退", "不过线全退", True),
    ("exaggerated", "孩子的进步看得见", "进步看得见", False),
    ("exaggerated", "大宝去年从倒数爬到前十", "从倒数爬到前十", False),
    ("exaggerated", "保证孩子从倒数爬到前十", "从倒数爬到前十", True),
    # a county's line, a book, a teacher's post and a paper guessed are no pupils
    ("endorsement", "今年普高线又涨了9分", "普高线又涨了9分", False),
    ("endorsement", "老师一位在县重点高中任教", "老师一位在县重点高中任教", False),
    ("endorsement", "去年第二期18人,今年只收10个", "去年第二期18人", False),
    ("endorsement", "考前卷命中率七成", "命中率七成", False),
    ("endorsement", "去年学员考进一中7人", "去年学员考进一中7人", True),
    ("superlative", "教练是国家级裁判", "国家级", False),
    ("superlative", "国家级课题组自编教材", "国家级", True),
    ("superlative", "班里唯一一个戴眼镜的", "唯一一个", False),
    ("teacher_public", "多是重点中学出来的老教师", "重点中学出来的老教师", False),
    ("prepay", "英语落后了差不多半年", "半年", False),
    ("prepay", "长单月结7600", "月结7600", False),
    # when an offer ends, and mornings
    ("late", "今晚十点截团", "晚十点", False),
    ("late", "晚九点前跟我说一声", "晚九点", False),
    ("late", "清早六点半集合,九点散", "九点散", False),
    ("late", "晚辅到九点接走", "到九点", True),
    # hours of a shop, a building, the telephone or a free broadcast are no classes; classes beside them are
    ("late", "门店营业时间10:00-21:30", "10:00-21:30", False),
    ("late", "中心开门时间上午九点至晚上九点半", "上午九点至晚上九点半", False),
    ("late", "座位24个 开放:16:30-20:50 题目有人讲", "16:30-20:50", True),
    ("late", "写字楼22:00清楼关电梯", "22:00", False),
    ("late", "整栋楼晚上十点锁门", "晚上十点", False),
    ("late", "写字楼12层,晚上七点到九点半上课", "晚上七点到九点半", True),
    ("late", "每晚九点视频号免费直播讲怎么陪读", "每晚九点", False),
    ("late", "直播间每晚9点开播,免费听", "每晚9点开播", False),
    ("late", "每晚九点直播课,一小时80元", "每晚九点直播课", True),
    ("holiday", "报名接待:周六9:00-17:00", "周六", False),
    ("holiday", "前台周末值班接电话", "周末", False),
    ("holiday", "周末上午可来校区参观咨询", "周末", False),
    ("holiday", "寒假期间前台照常上班办理退费", "寒假", False),
    ("holiday", "周末照常上课,欢迎来电咨询", "周末", True),
    ("holiday", "每周六上午九点到十一点,前台报名", "每周六", True),
    ("holiday", "寒假班每天上午两小时,报名接待中", "寒假", True),
    ("loan", "费用分期中期末两次交", "分期", False),
    ("school_link", "雇主写的推荐信可看", "推荐信", False),
)  # fmt: skip


def test_words_in_another_sense_are_no_claim() -> None:
    wrong = []
    for signal, text, words, holds in _CASES:
        restored = normalise(text).text
        start = restored.index(words)
        if proves(signal, restored, start, start + len(words)) != holds:
            wrong.append((signal, text))
    assert wrong == []


@pytest.mark.parametrize(
    "text",
    [
        "小学作文班,周三下午上课,1200元,门店营业时间10:00-21:30",
        "初一数学,2000元,工作日16:30-18:30上课,写字楼22:00清楼关电梯",
        "小学语文班,晚饭后六点到七点半,960元。每晚九点视频号免费直播讲家长怎么陪读",
        "初中数学,1500元,周一到周五17:00-19:00,报名接待:周六周日9:00-17:00",
    ],
)
def test_hours_that_are_no_class_touch_no_limit(assessor: Assessor, text: str) -> None:
    found = assessor.assess([Posting(id="a", text=text)])[0]["findings"]
    assert found
    assert "HT07" not in {one["code"] for one in found}


@pytest.mark.parametrize(
    "text",
    [
        "初中数学,1800元一期,写字楼12层,晚上七点到九点半上课,营业时间10:00-22:00",
        "初中数学,1500元,周六周日9:00-11:00上课,报名接待:周一到周五",
    ],
)
def test_classes_beside_such_hours_still_do(assessor: Assessor, text: str) -> None:
    assert "HT07" in {one["code"] for one in assessor.assess([Posting(id="a", text=text)])[0]["findings"]}
