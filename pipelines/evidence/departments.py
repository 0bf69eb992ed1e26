"""Which department an agency is, by its name: what it leads on itself is transferred to nobody."""

from __future__ import annotations

from classifier.errors import RulebookError
from classifier.rulebook import load_rulebook

MARKET = "市场监督管理部门"
#: Another office of the same unit: a lead goes there without a letter.
OWN_UNIT = "本单位其他科室"
#: The rulebook's other spellings of a department above; its panel of experts is nobody a lead is handed to.
SAME = {"乡镇街道": "街道（乡镇）", "专家鉴别组": ""}
#: Words in an agency's name → the department it is; the word that stands last says it.
_AGENCIES = {
    "教育": "教育行政部门",
    "教体": "教育行政部门",
    "教委": "教育行政部门",
    "教科": "教育行政部门",
    "文教": "教育行政部门",
    "市场监": MARKET,
    "市监": MARKET,
    "行政审批": "审批部门",
    "公安": "公安机关",
    "民政": "民政部门",
    "人力资源": "人力资源社会保障部门",
    "人社": "人力资源社会保障部门",
    "网信": "网信部门",
    "互联网信息": "网信部门",
    "街道": "街道（乡镇）",
    "镇人民政府": "街道（乡镇）",
    "乡人民政府": "街道（乡镇）",
    "文化和旅游": "文化和旅游部门",
    "文旅": "文化和旅游部门",
    "文广旅": "文化和旅游部门",
}


def department_of(agency: str) -> str | None:
    """The department an agency of this name is (某某县教育局 → 教育行政部门); None when its name does not tell."""
    found = [(agency.rfind(word), department) for word, department in _AGENCIES.items() if word in agency]
    # What stands last names the agency: 教育园区市场监管所 is market regulation.
    return max(found)[1] if found else None


def supports(department: str, code: str) -> bool:
    """Does the rulebook name this department beside the one that leads on a rule?"""
    try:
        named = load_rulebook().rule(code).supporting
    except RulebookError:  # of another rulebook than today's
        return False
    return department in {SAME.get(one, one) for one in named}


def is_own(department: str, agency: str) -> bool:
    """Is this department, as the rulebook spells it, the agency itself?"""
    own = department_of(agency)
    if department == OWN_UNIT:
        return True
    return own is not None and own in (SAME.get(department, department), department_of(department))


def may_be_market(agency: str) -> bool:
    """May the agency be market regulation? Its name may say that it is another; one that does not tell may be."""
    return department_of(agency) in (None, MARKET)
