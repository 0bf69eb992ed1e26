"""Words that a rule reads as a claim and that mean something else; beside each, the same kind of words that are one."""

from __future__ import annotations

from classifier.frames import proves
from classifier.normalise import normalise

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
