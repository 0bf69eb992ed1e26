"""What decisions teach: which count, what a reason says of a text, and that nothing private is learnt."""

from __future__ import annotations

import pytest

from pipelines import clock
from pipelines.desk import Desk
from pipelines.enforcement.review import QUICK_REASONS
from pipelines.learning.lessons import CONFIRMED_WEIGHT, DISMISSED_WEIGHT, collect
from pipelines.learning.reasons import TEACHINGS, teaching_of
from pipelines.records import Strike, Verdict
from tests.pipelines.learning.decided import add_lead, decide, ensure_user


@pytest.fixture(autouse=True)
def _officer(any_desk: Desk) -> None:
    ensure_user(any_desk)


def test_every_quick_reason_but_duplicates_teaches() -> None:
    assert [reason for reason in QUICK_REASONS if teaching_of(reason) is None] == ["重复线索"]


@pytest.mark.parametrize(
    ("reason", "name"),
    [
        ("是成人英语班", "成人或职业培训"),
        ("考研机构", "成人或职业培训"),
        ("招聘老师", "求购或求职"),
        ("卖教材的，非培训", "非培训内容"),
        ("美术班", "体育艺术等非学科"),
        ("转载的政策解读", "新闻或转述"),
    ],
)
def test_typed_reasons_that_speak_of_the_text(reason: str, name: str) -> None:
    assert teaching_of(reason) is TEACHINGS[name]


@pytest.mark.parametrize(
    "reason",
    [
        "",
        " ",
        "已有证照",
        "有办学许可的美术班",
        "信息过时",
        "重复",
        "不在本辖区",
        "证据不足",
        "不是成人班",
        "美术和成人班",
        "嗯",
    ],
)
def test_reasons_that_say_nothing_of_the_text(reason: str) -> None:
    assert teaching_of(reason) is None


def test_non_academic_classes_may_still_carry_unlawful_claims() -> None:
    assert TEACHINGS["体育艺术等非学科"].no == {"academic"}
    assert "signal:guarantee" not in TEACHINGS["成人或职业培训"].no


def test_which_decisions_count(any_desk: Desk) -> None:
    leads = {name: add_lead(any_desk, name, f"{name}初三数学补课") for name in "abcdefg"}
    decide(any_desk, leads["a"], Verdict.CONFIRM)
    decide(any_desk, leads["b"], Verdict.TRANSFER)
    decide(any_desk, leads["c"], Verdict.DISMISS, "非培训内容")
    decide(any_desk, leads["d"], Verdict.HOLD)
    undone = decide(any_desk, leads["e"], Verdict.CONFIRM)
    decide(any_desk, leads["e"], Verdict.UNDO, undoes=undone)
    decide(any_desk, leads["f"], Verdict.CONFIRM)
    decide(any_desk, leads["f"], Verdict.DISMISS, "成人或职业培训")
    decide(any_desk, leads["g"], Verdict.DISMISS, "重复线索")
    found = collect(any_desk)
    assert [(one.example.posting.text[0], one.decided.lead) for one in found.lessons] == [
        ("a", True),
        ("b", True),
        ("c", False),
        ("f", False),
    ]
    assert (found.decided, found.confirmed, found.dismissed, found.silent) == (5, 2, 2, {"重复线索": 1})


def test_a_confirmation_says_what_its_findings_said_and_no_more(any_desk: Desk) -> None:
    decide(any_desk, add_lead(any_desk, "a", "初三数学补课", signals=("academic_hidden", "guarantee")), Verdict.CONFIRM)
    (lesson,) = collect(any_desk).lessons
    example = lesson.example
    assert (example.gold.kind, example.gold.is_academic, example.weight) == ("offer", True, CONFIRMED_WEIGHT)
    assert example.answers("academic")
    assert example.answers("signal:guarantee")
    assert not any(example.answers(head) for head in ("anxiety", "paid", "cover:care", "stage:junior", "signal:loan"))


def test_what_the_officer_struck_out_is_taught_as_not_there(any_desk: Desk) -> None:
    signals = ("academic_hidden", "guarantee", "prepay", "anxiety")  # codes X0 to X3
    lead = add_lead(any_desk, "a", "初三数学补课", signals=signals)
    decide(any_desk, lead, Verdict.CONFIRM, struck=tuple(Strike(id=code) for code in ("X0", "X1", "X3")))
    (lesson,) = collect(any_desk).lessons
    example = lesson.example
    assert (example.gold.kind, example.gold.ad_flags, example.gold.anxiety) == ("offer", {"prepay"}, False)
    assert all(example.answers(head) for head in ("signal:guarantee", "signal:prepay", "anxiety"))
    assert not example.answers("academic")  # it may be taught openly


def test_of_two_findings_of_a_rule_only_the_struck_one_is_taught_as_not_there(any_desk: Desk) -> None:
    lead = add_lead(any_desk, "a", "初三数学补课", signals=("guarantee", "exaggerated"), code="AD04")
    with any_desk.store.read() as tx:
        shown = tx.assessments.get(lead.assessment_id)
    assert shown is not None
    decide(any_desk, lead, Verdict.CONFIRM, struck=shown.strikes(["AD04.2"]))
    (lesson,) = collect(any_desk).lessons
    assert lesson.example.gold.ad_flags == {"guarantee"}
    assert lesson.example.answers("signal:exaggerated")


def test_a_dismissal_weighs_more_and_answers_what_its_reason_says(any_desk: Desk) -> None:
    decide(any_desk, add_lead(any_desk, "a", "社区通知"), Verdict.DISMISS, "新闻或转述")
    decide(any_desk, add_lead(any_desk, "b", "想找家教"), Verdict.DISMISS, "求购或求职")
    news, seeker = (lesson.example for lesson in collect(any_desk).lessons)
    assert news.weight == DISMISSED_WEIGHT > 1
    assert (news.gold.kind, news.answers("academic"), news.gold.is_academic) == ("article", True, False)
    assert not seeker.answers("kind:seek")
    assert seeker.answers("kind:offer")
    assert seeker.gold.kind not in {"offer", "article", "other"}


def test_contacts_and_names_are_not_learnt(any_desk: Desk) -> None:
    text = "初三数学补课，张老师13912345678，微信zhang_5566，恭喜王雨桐同学提分，欧阳校长坐镇"
    decide(any_desk, add_lead(any_desk, "a", text), Verdict.CONFIRM)
    (lesson,) = collect(any_desk).lessons
    learnt = lesson.example.posting.body
    assert not [word for word in ("张老师", "13912345678", "zhang_5566", "雨桐", "欧阳") if word in learnt]
    assert "老师" in learnt
    assert "校长" in learnt
    assert lesson.decided.posting.body == learnt


def test_the_text_is_the_one_the_officer_saw(any_desk: Desk) -> None:
    lead = add_lead(any_desk, "a", "初三数学补课")
    decide(any_desk, lead, Verdict.CONFIRM)
    with any_desk.store.transaction() as tx:
        listing = tx.listings.get(lead.listing_id)
        assert listing is not None
        later = {"findings": [], "academic": {"flag": False}}
        tx.assessments.add(
            listing.version_id, "m2", "r1", True, 30, later, "", "别的字", clock.now().replace(year=2099)
        )
    (lesson,) = collect(any_desk).lessons
    assert lesson.example.posting.text == "初三数学补课"
    assert lesson.example.gold.is_academic
