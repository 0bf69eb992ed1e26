"""What the findings of one rule are called together: a finding may be named after what it found."""

from __future__ import annotations

from collections.abc import Iterable

from classifier.errors import RulebookError
from classifier.rulebook import load_rulebook


def rule_name(code: str, told: Iterable[str]) -> str:
    """The name they all bear, else the rulebook's; of a rule that is no longer in it the first of theirs."""
    names = list(dict.fromkeys(told))
    if len(names) == 1:
        return names[0]
    try:
        return load_rulebook().name(code)
    except (RulebookError, KeyError):
        return names[0]
