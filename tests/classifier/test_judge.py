"""What is held of given probabilities: claims about adults' courses, sure rules beside an unsure head, dwellings."""

from __future__ import annotations

from dataclasses import replace

import pytest

from classifier.document import read
from classifier.judge import (
    HEAD_AGREES,
    NAMED_HOME,
    RULE_SUFFICES,
    STAGE_SAID,
    STAGE_UNSAID,
    Judgement,
    judge,
)
from classifier.model import HEADS, Scores
from classifier.training import Trained
from classifier.types import AD_FLAGS


def judged(trained: Trained, text: str, **scores: float) -> Judgement:
    """An offer of which the heads say nothing but `scores`, every threshold at one half."""
    model = replace(trained.model, thresholds=dict.fromkeys(HEADS, 0.5))
    said = dict.fromkeys(HEADS, 0.0) | {"kind:offer": 1.0}
    named = {name.replace("__", ":"): score for name, score in scores.items()}
    assert named.keys() <= said.keys()
    return judge(model, read(text), Scores(probability=said | named))


def test_claims_of_an_adults_course_are_held(trained: Trained) -> None:
    found = judged(trained, "驾校拿证最快,学费可分12期", signal__superlative=0.9, signal__loan=0.9, minors=0.1)
    assert set(found.signals) == {"superlative", "loan"}


def test_claims_of_what_teaches_nobody_are_not(trained: Trained) -> None:
    assert not judged(trained, "本地最好的火锅店,全城最低价", signal__superlative=0.9).signals


@pytest.mark.parametrize(
    ("text", "score", "held"),
    [("数学辅导 寒春两季连报", 0.2, True), ("数学辅导 寒春两季连报", 0.04, False), ("数学辅导 每月800元", 0.2, False)],
)
def test_a_sure_rule_stands_in_for_an_unsure_head(trained: Trained, text: str, score: float, held: bool) -> None:
    found = judged(trained, text, academic=0.9, signal__prepay=score)
    assert ("prepay" in found.signals) is held


@pytest.mark.parametrize(
    ("signal", "least"),
    [("endorsement", 0.1), ("superlative", 0.05), ("exaggerated", 0.1), ("guarantee", 0.19)],
)
def test_boasts_are_not_held_against_the_head(trained: Trained, signal: str, least: float) -> None:
    """Sure words need only a head that does not rule them out."""
    text = "数学辅导 全市第一品牌 七天背完两千词 去年三十人考上一中 签约保过"
    assert not judged(trained, text, academic=0.9, **{f"signal__{signal}": least}).signals
    assert set(judged(trained, text, academic=0.9, **{f"signal__{signal}": least + 0.02}).signals) == {signal}


def test_where_the_gates_do_part_of_its_work_the_head_need_say_less(trained: Trained) -> None:
    text = "初三数学,晚上七点到九点"
    assert "late" in judged(trained, text, academic=0.9, signal__late=HEAD_AGREES["late"]).signals
    assert "late" not in judged(trained, text, minors=0.1, signal__late=0.9).signals


@pytest.mark.parametrize(
    ("text", "score", "stages"),
    [
        ("初中数学辅导", STAGE_SAID["junior"], ("junior",)),
        ("数学辅导", 0.5, ("unknown",)),
        ("数学辅导", STAGE_UNSAID["junior"], ("junior",)),
        ("985学姐数学辅导", 0.5, ("unknown",)),
    ],
)
def test_an_unsaid_stage_needs_a_surer_head(trained: Trained, text: str, score: float, stages: tuple[str, ...]) -> None:
    assert judged(trained, text, academic=0.9, stage__junior=score).stages == stages


@pytest.mark.parametrize(
    ("text", "held"),
    [
        ("专升本高数英语小班,学费2680", False),
        ("初中数学辅导,楼上专升本英语", True),
        ("画室美术集训,学费8000,文化课请回学校上", False),
        ("艺术学校祝您佳节快乐,咨询电话", False),
        ("艺术学校,兼作业辅导,咨询电话", True),
    ],
)
def test_courses_of_others_need_a_surer_head(trained: Trained, text: str, held: bool) -> None:
    assert judged(trained, text, academic=0.6).academic is held


def test_calm_counsel_is_no_anxiety(trained: Trained) -> None:
    assert judged(trained, "小学语文课,怕掉队的来", academic=0.9, anxiety=0.7).anxiety
    assert not judged(trained, "小学语文课,别焦虑,慢慢来", academic=0.9, anxiety=0.7).anxiety
    assert judged(trained, "别焦虑?小学不补就来不及了", academic=0.9, anxiety=0.7).anxiety


def test_signals_that_rest_on_rules_are_known() -> None:
    assert set(RULE_SUFFICES) <= set(AD_FLAGS)
    assert all(0.5 <= strength <= 1 and 0 < floor < 0.5 for strength, floor in RULE_SUFFICES.values())


@pytest.mark.parametrize(
    ("text", "score", "covers"),
    [
        ("初中数学辅导,居民楼三单元", NAMED_HOME, ("home",)),
        ("初中数学辅导,居民楼三单元", NAMED_HOME - 0.01, ("none",)),
        ("初中数学辅导,商业街店面", NAMED_HOME, ("none",)),
        ("初中数学辅导,商业街店面", 0.6, ("home",)),
    ],
)
def test_a_dwelling_named_is_a_venue(trained: Trained, text: str, score: float, covers: tuple[str, ...]) -> None:
    assert judged(trained, text, academic=0.9, cover__home=score).covers == covers


@pytest.mark.parametrize(("content", "met"), [((), 1), (((0, 2),), 3)])
def test_without_content_no_more_than_one_dimension_is_met(content: tuple[tuple[int, int], ...], met: int) -> None:
    criteria = {"purpose": (), "content": content, "method": ((2, 4),), "evaluation": ((5, 7),)}
    judged = Judgement(
        kind="offer", academic=True, academic_score=0.9, anxiety=False, anxiety_score=0.0, covers=("home",),
        stages=("primary",), subjects=(), paid=True, minors=True, signals={}, criteria=criteria,
    )  # fmt: skip
    assert judged.criteria_met == met
