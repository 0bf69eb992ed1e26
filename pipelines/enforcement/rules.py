"""What the rulebook says, as officers see it: rule names and the departments a lead can go to."""

from __future__ import annotations

from classifier.errors import RulebookError
from classifier.rulebook import load_rulebook
from pipelines.evidence.departments import MARKET, OWN_UNIT, SAME


def rule_name(code: str) -> str:
    """The Chinese name of a rule or sub-rule; the code itself when an older rulebook had it and ours has not."""
    try:
        return load_rulebook().name(code)
    except (RulebookError, KeyError):
        return code


def signal_name(signal: str) -> str:
    """The Chinese name of a signal; the word itself when our rulebook has it not."""
    found = load_rulebook().signals.get(signal)
    return signal if found is None else found.title


#: The order of the menu, the same for every lead: the first nine have a digit key, which hands learn. What the rulebook
#: names besides comes behind, so a new rule never moves a digit.
_ORDER = (
    "教育行政部门",
    MARKET,
    "审批部门",
    "公安机关",
    "民政部门",
    "人力资源社会保障部门",
    "网信部门",
    "街道（乡镇）",
    OWN_UNIT,
    "文化和旅游部门",
)


def departments() -> tuple[str, ...]:
    """Where a lead can go, each once and always in this order."""
    rules = load_rulebook().rules.values()
    leading = [rule.lead_department for rule in rules]
    supporting = [name for rule in rules for name in rule.supporting]
    named = (SAME.get(name, name) for name in (*leading, *supporting))
    return tuple(dict.fromkeys(name for name in (*_ORDER, *named) if name))


def department_named(word: str) -> str:
    """The department people mean: its name, or a short form that fits one alone (公安局, 文旅); the word itself when it
    fits none or several, to be refused with the list of all."""
    word = word.strip()
    bare = word.removesuffix("局").removesuffix("厅").removesuffix("部门")
    every = departments()
    found = [name for name in every if len(bare) > 1 and name[0] == bare[0] and _shortens(bare, name)]
    return found[0] if word not in every and len(found) == 1 else word


def _shortens(short: str, name: str) -> bool:
    """Do the characters of the short form stand in the name in their order?"""
    left = iter(name)
    return all(char in left for char in short)
