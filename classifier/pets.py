"""Schools and training for animals: an offer of another trade, whatever school words it borrows."""

from __future__ import annotations

import re

from classifier.rules.prefilter import gated

_ANIMAL = (
    r"(?:宠物|狗狗|狗|幼?犬|爱犬|猫咪?|毛孩子|边牧|金毛|泰迪|柯基|柴犬|哈士奇|二哈|拉布拉多|德牧|马犬|萨摩|比熊|雪纳瑞"
    r"|鹦鹉|赛鸽)"
)
_TRAINED = (
    r"(?:训练|训导|调教|驯化|驯养|寄宿|寄养|托管|学校|幼儿园|学堂|上学|入学|毕业|服从|定点|随行|社会化|敏捷"
    r"|行为(?:矫正|纠正)|课程)"
)
#: The learner is the animal.
_FOR_ANIMALS = gated(
    rf"(?:训|驯)(?:犬|狗)|{_ANIMAL}[^，。,！!\n]{{0,8}}?{_TRAINED}|{_TRAINED}[^，。,！!\n]{{0,4}}?{_ANIMAL}"
)
#: People who learn the trade, and children who learn beside a pet.
_PEOPLE = re.compile(
    r"训[犬导]师(?:证|培训|班|资格)|美容师|从业|考证|就业|小学生|中学生|初[一二三中]|高[一二三中]|[一二三四五六]年级|语文|数学|英语|作业|作文|补课|家教|数理化|语数英|陪写|讲题|孩子(?:学|上|写|的成绩)"
)


def teaches_animals(text: str) -> bool:
    """Whether what is taught is taught to animals, and nothing in the text to people."""
    return bool(_FOR_ANIMALS.search(text)) and not _PEOPLE.search(text)
