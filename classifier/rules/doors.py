# ruff: noqa: E501 (regular expressions: alternatives read better unbroken)
"""Families of doors of schools (school_link): papers handed in, people there who are spoken to, places that are theirs
to give, and schools that work together with who advertises."""

from __future__ import annotations

from classifier.rules.families import NEAR, SAME, Family, family

#: Who decides in a school.
_INSIDE = r"(?:招办|招生办|招生官|校长|教导处|教务处|年级组|分班老师|初中部|学校老师|校方|学校那[头边]|名初中)"
_SPOKEN_TO = r"(?:往来|通过?气|打过?招呼|对接|看娃|看人|有人接|有同学|交情|记住|委托|托我|谈成|优先看|点人|谈妥|坐过)"
_ONE = r"(?:小学|中学|幼儿园|学校|附[小中]|[一二三四五六七八九十]中|[一二三四五六七八九]小(?!时))"

FAMILIES: tuple[Family, ...] = (
    family("school_link", r"(?:递|推送|直送|上报)(?:了)?(?:材料|简历|推荐|成绩单|成绩册)|(?:材料|成绩单|简历)[^,。\n]{0,8}(?:直送|送进|送过去)", unless=r"快递|投递|求职|应聘|招聘"),
    family("school_link", rf"{_INSIDE}{SAME}{{0,14}}?{_SPOKEN_TO}", unless=r"家长会|没有|不"),
    family("school_link", rf"[经与和跟]{NEAR}{{0,10}}?{_ONE}{NEAR}{{0,2}}?(?:同意|签约|签了|说好|打好|(?<!没有)(?<!无)合作)", unless=r"没有|不|无"),
    family("school_link", r"(?:学校|小学|中学|民办|校方)指定|指定(?:的)?(?:作业)?(?:辅导|衔接|培训|托管)点", strength=0.9),
    family("school_link", r"(?:重点小学|预录|特长|推荐|入学|民办|一中)[^,。\n]{0,3}(?:口子|通道|渠道|门路)(?![:：])|重点(?:小学|初中|高中)名额", unless=r"没有|不|无"),
    family("school_link", rf"(?:推荐|推进|直推)[至到进入]?{NEAR}{{0,8}}?(?:高中|初中|体校|[一二三四五六七八九十]中|实验班|院校|面谈)", unless=r"推荐(?:信|书|阅读|上岗|就业)|不|没有"),
    family("school_link", rf"合作(?:院校|高校|高中|大学|名校|中学|学校)|[两三四五六七八九十\d]所{NEAR}{{0,6}}?(?:生源|往来|合作|有人)"),
    family("school_link", r"学校老师[也都]?会?推荐|[领带]着?(?:你|您|孩子)?(?:过?去)?见(?:校长|招生?办|主任)", strength=0.9),
)  # fmt: skip
