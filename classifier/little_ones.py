# ruff: noqa: E501 (regular expressions: alternatives read better unbroken)
"""Children before school, by how they are said; one table for the three rooms that ask after them.

A room asks for a column: words that may be quoted for who is taught, words that tell it beside what is taught, and
words beside which 大班 is a class of a kindergarten and not the size of one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Said:
    """One way to say it: alternatives for each room, "" where it takes none."""

    way: str
    quoted: str = ""
    told: str = ""
    beside: str = ""


_SAID = (
    Said(
        way="on the way to school: 幼小衔接, 预备班, 零起点",
        quoted=r"幼小(?:衔接)?|幼升小|预备小学生",
        beside=r"预备|预科|先修|提前学|零起点|桥梁|黄金|识字|早教",
    ),
    Said(way="kindergarten: 幼儿园, 入园", quoted="幼儿园", told=r"幼儿园(?:的)?(?=[娃孩宝小大中毕升])", beside="幼|入园|宝宝"),
    Said(way="before school age: 学前儿童", quoted=r"学前(?:班|儿童|的?孩子)?|学龄前", told="学龄前", beside="学前|学龄前"),
    Said(
        way="before primary school: 上小学之前, 还没上小学",
        quoted=r"(?:入学|上小学)之?前|准?一年级新生",
        told="还?没(?:有)?上小学",
        beside="上小学|入学|一年级|一上",
    ),
    Said(
        way="a year of kindergarten, and no size of class: 大班孩子, not 25人大班",
        quoted=r"(?<![人初高课])[大中]班(?![课额制])(?:的?(?:孩子|宝贝|宝宝|娃|小朋友))?",
        told=r"(?<![初高准期周])(?:大|中)班(?=[的娃孩毕生在家升小宝里,，、。!\s])",
        beside="[大中小]班",
    ),
    Said(
        way="age: 三到六岁, 五岁",
        quoted=r"[3-6三四五六]\s*(?:周?岁)?\s*[-~—至到]\s*[4-7四五六七]\s*周?岁",
        told=r"[三四五3-5](?:周)?岁(?!半?到|-|~|以上|至|—)",
        beside=r"[2-6二三四五六]\s*(?:半|周)?岁|\d\s*[-~—到至]\s*\d{1,2}\s*(?:周)?岁|[34]\s*[-~]\s*6",
    ),
)  # fmt: skip

#: Words that may be quoted for who is taught.
QUOTED = re.compile("|".join(one.quoted for one in _SAID if one.quoted))
#: Words that tell it beside what is taught: a source, to be part of longer patterns.
TOLD = f"(?:{'|'.join(one.told for one in _SAID if one.told)})"
#: Words beside which 大班 is no size.
BESIDE = re.compile("|".join(one.beside for one in _SAID if one.beside))
