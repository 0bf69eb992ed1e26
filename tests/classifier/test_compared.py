"""What numbers and dates say in findings: by place of teaching, by stage, by the year of publication."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from classifier.assess import Assessor
from classifier.types import Posting

ONLINE = "初二数学物理一对一，腾讯会议线上直播，{}，每节80元，加微信报名"
ON_SITE = "初二数学物理补习班，{}，学费1200元，实验中学对面，电话报名"


def why(assessor: Assessor, text: str, signal: str, **more: Any) -> str:
    """The reason of the one finding of that signal, "" without one."""
    found = assessor.assess([Posting(id="a", text=text, **more)])[0]["findings"]
    return next((finding["why"] for finding in found if finding["signal"] == signal), "")


def test_online_lessons_may_last_till_nine(assessor: Assessor) -> None:
    assert why(assessor, ONLINE.format("晚上7点到9点"), "late") == ""
    assert "21:30结束，晚于线上21:00" in why(assessor, ONLINE.format("晚上7点到9点半"), "late")
    assert "21:00结束，晚于线下20:30" in why(assessor, ON_SITE.format("晚上7点到9点"), "late")


@pytest.mark.parametrize(
    ("form", "hours", "told"),
    [
        (ON_SITE, "每晚19:20开课，每次90分钟", "19:20开始，时长90分钟，推算20:50结束，晚于线下20:30"),
        (ON_SITE, "晚上七点起两个半小时", "19:00开始，时长150分钟，推算21:30结束，晚于线下20:30"),
        (ONLINE, "晚上七点起两个半小时", "19:00开始，时长150分钟，推算21:30结束，晚于线上21:00"),
        (ONLINE, "每晚19:20开课，每次90分钟", ""),
        (ON_SITE, "最后一节20:10开课", "20:10开始，没有写时长，按一课时45分钟推算20:55结束，晚于线下20:30"),
        (ON_SITE, "上课上到深夜", "（线下20:30后即超时）"),
    ],
)
def test_an_hour_that_was_added_up_says_from_what(assessor: Assessor, form: str, hours: str, told: str) -> None:
    reason = why(assessor, form.format(hours), "late")
    assert told in reason
    assert bool(told) == bool(reason)


def test_a_fee_that_was_multiplied_says_from_what(assessor: Assessor) -> None:
    reason = why(assessor, ON_SITE.format("160/时,40时起"), "prepay")
    assert "每小时160元，40小时起共6400元，超过5000元" in reason


def test_the_basis_is_that_of_the_mode(assessor: Assessor) -> None:
    """No online rule under a class on site, nor the reverse; an hour is held against one limit."""
    for form, hours, cited, other in (
        (ON_SITE, "晚上7点到9点", "不得晚于20:30", "线上"),
        (ONLINE, "晚上7点到9点半", "结束不晚于21:00", "20:30"),
        (ON_SITE, "晚上7点到9点，另有线上直播班", "不得晚于20:30", "线上"),
    ):
        found = assessor.assess([Posting(id="a", text=form.format(hours))])[0]["findings"]
        basis = "".join(next(finding["basis"] for finding in found if finding["signal"] == "late"))
        assert cited in basis
        assert other not in basis


def test_half_an_hour_is_the_length_of_a_lesson_online(assessor: Assessor) -> None:
    assert "线上每课时45分钟，超过30分钟" in why(assessor, ONLINE.format("每节课45分钟"), "lesson_length")
    assert why(assessor, ONLINE.format("每节课30分钟"), "lesson_length") == ""
    assert why(assessor, ON_SITE.format("每节课45分钟"), "lesson_length") == ""


def test_a_date_written_out_is_looked_up(assessor: Assessor) -> None:
    text = ON_SITE.format("10月2日-4日集训")
    assert "“10月2日-4日”（历年国庆节放假）" in why(assessor, text, "holiday")
    assert "2026年国庆节放假" in why(assessor, text, "holiday", posted_on=date(2026, 9, 10))
    assert why(assessor, ON_SITE.format("3月11日晚集训"), "holiday", posted_on=date(2026, 3, 1)) == ""
    assert why(assessor, ON_SITE.format("10月2日前报名"), "holiday") == ""


def test_what_holds_in_senior_schools_is_the_regions_to_say(assessor: Assessor) -> None:
    text = "高三数学物理补习班，高考一轮复习，{}，学费1200元，电话报名".format("10月2日-4日集训")
    assert "高中阶段以本地规定为准" in why(assessor, text, "holiday")
    assert "高中" not in why(assessor, ON_SITE.format("10月2日-4日集训"), "holiday")


def test_all_sums_compared_are_named(assessor: Assessor) -> None:
    reason = why(assessor, ON_SITE.format("一次交清192课时2.1万元"), "prepay")
    assert "192课时，超过60课时；21000元，超过5000元" in reason


@pytest.mark.parametrize("text", ["学费1200元，每晚9点熄灯", "会计考前班，10月2日上课，学费6800元，电话报名"])
def test_numbers_alone_raise_nothing(assessor: Assessor, text: str) -> None:
    found = assessor.assess([Posting(id="a", text=text)])[0]["findings"]
    assert not {"HT07", "HT12"} & {finding["code"] for finding in found}


def test_no_span_runs_from_the_title_into_the_text(assessor: Assessor) -> None:
    posting = Posting(id="a", title="大班升小学招生", text="拼音识字算术，每期1200元，电话报名")
    answer = assessor.assess([posting])[0]
    preschool = next(finding for finding in answer["findings"] if finding["code"] == "HT08")
    edge = len(posting.title or "")
    assert {span["end"] <= edge for span in preschool["spans"]} == {True, False}
    for finding in answer["findings"]:
        assert all("\n" not in span["text"] for span in finding["spans"])


def test_the_year_is_read_from_a_line_that_names_its_day() -> None:
    assert Posting.from_dict({"id": "a", "text": "b", "posted_at": "2026-09-01T08:00:00+08:00"}).posted_on == date(
        2026, 9, 1
    )
    for odd in (None, 5, "", "gestern", "2026-99-01"):
        assert Posting.from_dict({"id": "a", "text": "b", "posted_at": odd}).posted_on is None
