"""Which tiers answer is a setting, and the answer says which did."""

from __future__ import annotations

from pathlib import Path

import pytest

from classifier import embedding
from classifier.assess import FIRST_TIER
from classifier.types import Posting
from pipelines.assessor import load_assessor
from pipelines.config import read_settings


@pytest.mark.parametrize("second_tier", [True, False])
def test_without_the_second_tier_answers_carry_the_id_of_the_first(home: Path, second_tier: bool) -> None:
    assessor = load_assessor(read_settings({}, home=home, second_tier=second_tier))
    (answer,) = assessor.assess([Posting(id="a", text="初三数学一对一，周末两小时，陪孩子把错题讲透。")])
    assert answer["model"].endswith(FIRST_TIER) is not (second_tier and embedding.available())
