"""Advertisements in jest, and true ones that mention pets, toys and snacks."""

from __future__ import annotations

import pytest

from classifier.assess import Assessor
from classifier.parody import in_jest
from classifier.types import Posting

JOKES = (
    "鹦鹉口语集训营,招收三岁以上鹦鹉学员,英语为主,外教陪练,每节课收瓜子一把,名额有限",
    "自家狗狗数学小课堂今日开课,讲数骨头,一对一辅导,一课时付一根磨牙棒,学不会全退",
    "恐龙幼儿园拼音衔接班招生,识字每周三次,学费每期两根胡萝卜,别让孩子输在起跑线",
    "给多肉开了语文补习班,背古诗讲阅读,一节课收半杯淘米水,错过等明年",
    "橘猫奥数提分班,猫老师主讲应用题,小鱼干当学费,签约保证提三十分",
)
EARNEST = (
    "小学数学一对一,每课时120元,续报送猫咪玩偶一个,电话13800001234",
    "初中英语小班,一期1800元,课间有饼干,家里有一只猫陪读,怕猫的勿报",
    "小学语文托管,每月960元,表现好奖励糖果,作业辅导讲到会,下课可以喂兔子",
    "小学数学思维课,一期2400元,报名送仓鼠一只,积木教具每节课都用",
    "熊猫英语小班,一到六年级,学费见群,送辣条和贴纸,微信13800001234",
)


@pytest.mark.parametrize("text", JOKES)
def test_a_joke_is_no_lead(assessor: Assessor, text: str) -> None:
    answer = assessor.assess([Posting(id="a", text=text)])[0]
    assert answer["kind"] != "offer"
    assert not answer["lead"]


@pytest.mark.parametrize("text", EARNEST)
def test_pets_toys_and_snacks_make_no_joke(assessor: Assessor, text: str) -> None:
    answer = assessor.assess([Posting(id="a", text=text)])[0]
    assert answer["kind"] == "offer"
    assert answer["lead"]


def test_one_mark_alone_is_none_and_who_can_be_reached_means_it() -> None:
    assert not in_jest("猫咪奥数班招生,讲应用题")
    assert not in_jest("数学小班,一节课收两包饼干")
    assert in_jest("猫咪奥数班招生,一节课两根猫条")
    assert not in_jest("猫咪奥数班招生,一节课两根猫条,微信13800001234")
    assert not in_jest("猫咪奥数班招生,一节课两根猫条,折合150元")
