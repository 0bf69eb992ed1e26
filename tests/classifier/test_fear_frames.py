"""Frames of fear: variants that nobody wrote down word for word have one; look-alikes have none."""

from __future__ import annotations

import pytest

from classifier.document import read
from classifier.rules.fear_frames import FRAMES


def families(text: str) -> set[str]:
    return {hit.name for hit in read(text).hits if hit.name in FRAMES}


@pytest.mark.parametrize(
    ("text", "family"),
    [
        ("对门那家已经把六年级的数学学完了", "fear_rivalry"),
        ("同班同学都在上自习，您家的还在看电视？", "fear_rivalry"),
        ("七成孩子上不了普高，你家是哪一半？", "fear_rivalry"),
        ("别让孩子掉队", "fear_rivalry"),
        ("您的孩子还在等老师来找吗", "fear_hesitation"),
        ("成绩出来了，您还坐得住吗？", "fear_hesitation"),
        ("别等到初三才想起补物理", "fear_hesitation"),
        ("现在抓还有救", "fear_hesitation"),
        ("再拖就跟不上了", "fear_lateness"),
        ("错过这个暑假，再等一年", "fear_lateness"),
        ("孩子的时间等不起", "fear_lateness"),
        ("敏感期一过就关上了", "fear_lateness"),
        ("三年级是道坎", "fear_ruin"),
        ("考不好只能去读职高", "fear_ruin"),
        ("少一分，就丢了重点高中", "fear_ruin"),
        ("小学不读书，初中看天书", "fear_ruin"),
    ],
)
def test_a_variant_has_its_frame(text: str, family: str) -> None:
    assert family in families(text)


@pytest.mark.parametrize(
    "text",
    [
        "初三数学物理小班周末开课，名额有限先到先得，最后三天八折",
        "适合基础薄弱、成绩中下的同学，从课本讲起",
        "一学期提高30分，达不到全额退费",
        "小胖从四百二到五百六，今天拿着通知书来看我",
        "慢一点没关系，咱一道题一道题来",
        "运动会一百米决赛，裁判重新发令，我儿子拿了第四",
        "查漏补缺，初二物理提高班，每班八人",
        "招聘小学语文老师两名，双休，投简历至邮箱",
        "起跑线教育，高中物理化学一对一",
        "英语不开口等于白学，每晚练对话",
    ],
)
def test_a_look_alike_has_none(text: str) -> None:
    assert not families(text)


def test_a_frame_is_fear_too_and_in_its_place() -> None:
    doc = read("同桌已经学到分数了，你家还在掰手指？")
    frames = {(hit.start, hit.end) for hit in doc.hits if hit.name in FRAMES}
    assert frames
    assert frames <= {(hit.start, hit.end) for hit in doc.named("fear")}
