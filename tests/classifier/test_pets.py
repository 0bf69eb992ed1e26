"""Schools for animals are no training of minors."""

from __future__ import annotations

import pytest

from classifier.pets import teaches_animals


@pytest.mark.parametrize(
    ("text", "animals"),
    [
        ("狗狗寄宿学校，服务内容：宠物训练，三十天包学会", True),
        ("边牧敏捷课程，一期十二节，教不会退一半", True),
        ("训犬一对一，随行、定点、拒食，期末发成绩单", True),
        ("训犬师培训班，考证就业一条龙", False),
        ("初二数学一对一，家里有狗狗寄养，怕狗的提前说", False),
        ("宠物寄养、接娃陪写，陪写师傅可讲数理化", False),
        ("周末亲子课堂，认识狗的种类", False),
    ],
)
def test_who_is_taught(text: str, animals: bool) -> None:
    assert teaches_animals(text) is animals
