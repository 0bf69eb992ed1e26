"""What the rulebook says, as officers see it: rule names and the departments a lead can go to."""

from __future__ import annotations

from collections.abc import Iterable

from classifier.errors import RulebookError
from classifier.rulebook import load_rulebook


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


#: Another office of the same unit.
OWN_UNIT = "本单位其他科室"
#: Where leads go besides the rulebook's departments; a department the rulebook already names is not named twice.
_NEIGHBOURS = (
    OWN_UNIT,
    "人力资源社会保障部门",
    "民政部门",
    "公安机关",
    "文化和旅游部门",
    "街道（乡镇）",
)
#: The rulebook's other spellings of a department above; its panel of experts is nobody a lead is handed to.
_SAME = {"乡镇街道": "街道（乡镇）", "专家鉴别组": ""}


def departments() -> tuple[str, ...]:
    """Where a lead can go, each once: departments that lead on some rule, then those that support, then neighbours."""
    rules = load_rulebook().rules.values()
    leading = [rule.lead_department for rule in rules]
    supporting = [name for rule in rules for name in rule.supporting]
    named = (_SAME.get(name, name) for name in (*leading, *supporting, *_NEIGHBOURS))
    return tuple(dict.fromkeys(name for name in named if name))


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


def helpers_of(codes: Iterable[str]) -> tuple[str, ...]:
    """The departments that support on these rules, each once; unknown codes have none."""
    found: list[str] = []
    for code in codes:
        try:
            found += load_rulebook().rule(code).supporting
        except RulebookError:
            continue
    return tuple(dict.fromkeys(name for one in found if (name := _SAME.get(one, one))))
