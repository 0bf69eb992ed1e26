"""The table of ways to say and not to say a claim, and texts that quote or forbid one."""

from __future__ import annotations

from pathlib import Path

import pytest

from classifier.normalise import normalise
from classifier.rules import find_hits
from classifier.values import read_values

_TABLE = Path(__file__).with_name("signal_cases.tsv")
#: Told apart by taste, one in the law: promised or exaggerated effect.
_EFFECT = {"guarantee", "exaggerated"}


def _cases() -> list[tuple[str, str, str]]:
    lines = _TABLE.read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in lines if not line.startswith("#")]
    return [(signal, said, text) for signal, said, text in rows]


def named(text: str) -> set[str]:
    return {hit.name for hit in find_hits(normalise(text).text)}


@pytest.mark.parametrize(("signal", "said", "text"), _cases())
def test_the_table(signal: str, said: str, text: str) -> None:
    names = named(text.replace("/", "\n"))
    if said == "yes":
        assert names & (_EFFECT if signal in _EFFECT else {signal})
    else:
        assert signal not in names


@pytest.mark.parametrize(
    "text",
    [
        "严禁承诺保过、提分", "凡是承诺保过的都是骗子", "警惕“签约保过”骗局", "打着命题人押题旗号",
        "不得使用国家级、最佳等用语",
        "我们不承诺保过", "所谓三天记住两千词是套路",
    ],
)  # fmt: skip
def test_what_is_warned_of_or_forbidden_is_no_claim(text: str) -> None:
    assert not named(text) & {"guarantee", "exaggerated", "exam_insider", "superlative"}


@pytest.mark.parametrize("text", ["别家保过都是骗人的,我家真签约保过", "拒绝套路,签约保过", "不限时间,学会为止"])
def test_who_warns_of_others_may_claim_the_same(text: str) -> None:
    assert "guarantee" in named(text)


@pytest.mark.parametrize(
    ("text", "paid"),
    [
        ("每节课120分钟", False), ("一节120分钟", False), ("120分钟/节", False), ("一次90分钟", False),
        ("每节120元", True), ("150/节", True), ("每小时120", True),
        ("招老师,月薪6000-9000元", False), ("底薪五千元", False),
    ],
)  # fmt: skip
def test_minutes_and_wages_are_no_price(text: str, paid: bool) -> None:
    assert ("paid" in named(text)) is paid
    assert bool(read_values(normalise(text).text).fees) is paid


@pytest.mark.parametrize(
    ("text", "beyond"),
    [
        ("每月2200元,按季缴费", True),
        ("每月1500元,三个月起交", False),
        ("每月1800元,三个月起交", True),
        ("每月1200元,一次付四个月", True),
    ],
)
def test_months_at_once_are_multiplied(text: str, beyond: bool) -> None:
    """Three months are within the limit unless they cost more than 5,000 yuan together."""
    assert ("prepay" in named(text)) is beyond


@pytest.mark.parametrize(
    ("text", "late"),
    [
        ("初二数学,周一至周五 7:00-9:00", True),
        ("初二数学,周一至周五 7:00-8:00", False),
        ("初二数学,周六 7:00-9:00", False),
        ("初二数学,早读 7:00-9:00", False),
        ("读书会,周三 7:00-9:00", False),
    ],
)
def test_evening_hours_without_the_word(text: str, late: bool) -> None:
    assert ("late" in named(text)) is late
