"""Which stages a text says, spans filled; what says nothing of who is taught."""

from __future__ import annotations

import pytest

from classifier.document import read
from classifier.stages import SCHOOL_STAGES, said_stages


def _said(text: str) -> set[str]:
    return {stage for stage, said in said_stages(read(text)).items() if said}


@pytest.mark.parametrize(
    ("text", "stages"),
    [
        ("初高中数理化小组", {"junior", "senior"}),
        ("小初高都教", {"primary", "junior", "senior"}),
        ("中小学作业辅导", {"primary", "junior"}),
        ("中高考英语听说", {"junior", "senior"}),
        ("中学生自习室", {"junior", "senior"}),
        ("小学到高三各科", {"primary", "junior", "senior"}),
        ("三至八年级阅读", {"primary", "junior"}),
        ("初一到高二物理", {"junior", "senior"}),
        ("7-15岁", {"primary", "junior"}),
        ("4-6岁英语", {"preschool"}),
        ("艺考完补文化", {"senior"}),
        ("体育中考满分班", {"junior"}),
        ("幼升小拼音班", {"preschool"}),
    ],
)
def test_what_is_said(text: str, stages: set[str]) -> None:
    assert _said(text) >= stages
    assert not (_said(text) - stages) & (set(SCHOOL_STAGES) - {"primary"})


@pytest.mark.parametrize("text", ["985毕业的姐姐陪写", "211在读,教你跳舞", "数学小组,每次八十", "英语口语,上班族晚班"])
def test_a_teachers_own_school_is_no_stage(text: str) -> None:
    assert not _said(text)
