"""Tutoring offered in Cantonese is one; who cooks, seeks or tells is none."""

from __future__ import annotations

import pytest

from classifier.cantonese import offers_tutoring
from classifier.document import read


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("中三数补习，每粒钟$200，whatsapp我", True),
        ("阿仔升中一，Miss陈夜晚过你屋企教英数，月结", True),
        ("佢而家教紧中三数，一粒钟两嚿半，下个月先有位", True),
        ("細路仔英文差？喺我屋企教英文，一堂$150", True),
        ("喺屋企睇功课，小五小六，一堂120蚊", True),
        ("想搵個補習老師教中三數，喺我屋企，每粒鐘$200", False),
        ("喺屋企煮飯，細路仔做功課，今日好攰", False),
        ("佢教數學教咗十年，今日退休，我哋去飲茶", False),
        ("佢唔補習都考到A，邊個話要請補習老師", False),
        ("粵語歌班，一堂$100，喺我屋企練", False),
    ],
)
def test_offers_in_cantonese(text: str, expected: bool) -> None:
    assert offers_tutoring(read(text).text) is expected
