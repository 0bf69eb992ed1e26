"""Rules by code and short name, for lists where a code alone says nothing and a whole name is too long."""

from __future__ import annotations

import re
from collections.abc import Iterable

#: Without 疑似, which stands once over the list. Every rule and sub-rule of the rulebook has one (held by a test).
SHORT_NAMES: dict[str, str] = {
    "HT01": "无证办学",
    "HT06": "超许可范围",
    "HT07": "培训时间",
    "HT08": "学龄前培训",
    "HT09": "在职教师补课",
    "HT10": "境外外教",
    "HT11": "人员材料资质",
    "HT12": "违规收费",
    "HT13": "违规竞赛测评",
    "HT14": "中介或场所",
    "HT15": "校内外合作",
    "HT18": "变相学科培训",
    "HT18.1": "变相：线上",
    "HT18.2": "变相：住宅等场所",
    "HT18.3a": "变相：咨询科技",
    "HT18.3b": "变相：素质思维",
    "HT18.3c": "变相：竞赛",
    "HT18.3d": "变相：家政住家",
    "HT18.3e": "变相：家庭教育",
    "HT18.3f": "变相：众筹拼班",
    "HT18.3g": "变相：研学营地",
    "HT18.3h": "变相：托管作业",
    "HT18.3i": "变相：AI自习室",
    "HT18.4": "变相：其他",
    "HT99": "学科待核查",
    "AD01": "违规登播广告",
    "AD02": "校园广告",
    "AD03": "制造焦虑",
    "AD04": "保证或夸大",
    "AD05": "暗示命题人员",
    "AD06": "名义推荐证明",
    "AD07": "虚假宣传",
    "AD08": "价格诱导",
    "AD09": "绝对化用语",
    "AD10": "软文广告",
    "AD11": "引证或赠送",
    "AD12": "代言或推送",
    "AD13": "焦虑信息（非广告）",
}
_NUMBER = re.compile(r"\.\d+\Z")


def short_name(code: str) -> str:
    """The short name of a rule by its code, or of a finding by its id (HT12.1); "" for what no rulebook has."""
    return SHORT_NAMES.get(code) or SHORT_NAMES.get(_NUMBER.sub("", code), "")


def coded(code: str) -> str:
    """As lists say it: AD04 保证或夸大; the bare code where there is no name for it."""
    return f"{code} {short_name(code)}".rstrip()


def told(findings: Iterable[tuple[str, str]]) -> str:
    """Rules of (code, consequence), each once: those that may come to something in their order, then in one breath
    those that are policy clean-up and have no penalty; "" for none."""
    every = tuple(findings)
    grave = dict.fromkeys(code for code, consequence in every if consequence != "cleanup")
    slight = dict.fromkeys(code for code, _ in every if code not in grave)
    parts = ["、".join(map(coded, codes)) for codes in (grave, slight) if codes]
    return "；另有清理提示 ".join(parts) if grave else "".join(parts)
