"""What the rulebook says, as officers see it: rule names and the departments a lead can go to."""

from __future__ import annotations

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


def departments() -> tuple[str, ...]:
    """The departments that lead on some rule, each once, in the rulebook's order."""
    return tuple(dict.fromkeys(rule.lead_department for rule in load_rulebook().rules.values()))
