"""Advertisements in jest: the learner is no human being, and what is paid is paid in kind.

Either alone proves nothing (a cat sits in on lessons, biscuits are given as prizes); both together mean a joke, unless
money is asked for or somebody can be reached: then it may be the jargon of somebody who sells.
"""

from __future__ import annotations

import re

#: Animals and things that learn nothing at school.
_LEARNERS = (
    *(
        "猫咪?",
        "喵星?人?",
        "橘座",
        "狗狗?",
        "汪星?人?",
        "幼?犬",
        "二哈",
        "仓鼠",
        "豚鼠",
        "龙猫",
        "兔子?",
        "鹦鹉",
        "八哥",
    ),
    *("乌龟", "金鱼", "锦鲤", "蜗牛", "小?鸡仔?", "鸭子?", "鹅", "小?猪", "山羊", "恐龙", "蚂蚁", "熊猫", "企鹅"),
    *("乐高小人", "积木人", "玩偶", "布偶", "公仔", "玩具熊", "扫地机", "多肉", "绿萝", "仙人掌", "盆栽", "外星人"),
)
#: What they are paid in, or pay in.
_KIND = (
    *("鱼干", "猫条", "罐头", "冻干", "猫粮", "狗粮", "鸡肉干", "肉干", "骨头", "磨牙棒", "鸡胸肉", "瓜子", "坚果"),
    *("松果", "胡萝卜", "白菜叶?", "玉米粒?", "牧草", "苜蓿草?", "虫子?", "蚯蚓", "饼干", "辣条", "糖果?", "棒棒糖"),
    *("积木", "贝壳", "纽扣", "弹珠", "电池", "肥料", "营养液", "淘米水", "桑叶"),
)
_LEARNER = "|".join(_LEARNERS)
_IN_KIND = "|".join(_KIND)
_TAUGHT = (
    rf"(?:{_LEARNER})(?:们|学员|同学|宝宝)*[^，。,！!？?\n送赠]{{0,4}}"
    r"(?:补习|辅导|冲刺|培训|提分|提高|衔接|小班|学校|学堂|幼儿园|小学|中学|大学|班(?!主任)|课堂|上课|听课|入学|招生|的?[语数英奥]|同学|学员)",
    rf"(?:面向|招收?|招募|只收|给|教会?|为|学员[:：为是]?|对象[:：为是]?|适合)[^，。,！!？?\n送赠]{{0,8}}(?:{_LEARNER})",
)
_PAID = (
    r"(?:[学收杂]费|费用|报名费|课时费|束[脩修]|[一每][节堂]课?|[一每](?:个)?课时|[一每](?:个)?小时|[一每]期|[一每]月|月费|定金|只收|收取|报酬|时薪)"
    rf"(?:(?![送赠奖返领])[^，。,！!？?\n]){{0,8}}(?:{_IN_KIND})",
    rf"(?:{_IN_KIND})[^，。,！!？?\n]{{0,3}}(?:支付|付款|结算|缴费|交学费|抵学费|当学费)",
)
_LEARNS = re.compile("|".join(_TAUGHT))
_PAYS = re.compile("|".join(_PAID))
#: Money, and a way to be found.
_EARNEST = re.compile(
    rf"\d\s*元|[百千万十]元|[¥￥]|\d\s*块(?!(?:小|大)?(?:{_IN_KIND}))|\d{{3,}}|\d[x*]{{3,}}|微信|[vV][xX信]|电话|热线|扫码|二维码|地址"
)


def in_jest(text: str) -> bool:
    """Whether both marks of a joke stand in a text, and neither money nor a way to reach anybody."""
    words = "".join(text.split())
    return bool(_PAYS.search(words) and _LEARNS.search(words)) and not _EARNEST.search(words)
