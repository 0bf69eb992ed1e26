"""Readings that need more than a word list: times, prices, promises, who teaches, who speaks."""

from __future__ import annotations

import re

from classifier.rules.audience import find_audience
from classifier.rules.context import denied, find_context
from classifier.rules.fear import find_fear
from classifier.rules.identity import find_identity
from classifier.rules.price import find_prices
from classifier.rules.promise import find_promises
from classifier.rules.success import find_success
from classifier.rules.times import find_times
from classifier.types import Hit

#: Everything a rule can name.
RULE_NAMES = (
    "paid", "price_bait", "prepay", "loan", "holiday", "late", "guarantee", "exaggerated", "exam_insider",
    "endorsement", "superlative", "teacher_public", "school_link", "foreign_teacher_abroad", "preschool_academic",
    "home", "online", "fear", "news", "seek", "jobs", "jobseeker", "quote", "grown_ups",
)  # fmt: skip

__all__ = ["RULE_NAMES", "denied", "find_hits"]


#: Nobody writes a price, a time or a promise into these, and patterns with \s* or \d+ would crawl over them.
_ENDLESS = re.compile(r"\d{25,}|\s{25,}|(.)\1{39,}", re.DOTALL)


def find_hits(text: str) -> list[Hit]:
    """All hits in a restored text, in order of place. Time grows with the length of the text, not its square."""
    text = _ENDLESS.sub(lambda run: "\0" * len(run[0]), text)
    hits = [
        *find_prices(text), *find_times(text), *find_promises(text), *find_success(text), *find_identity(text),
        *find_fear(text), *find_context(text), *find_audience(text),
    ]  # fmt: skip
    return sorted(hits, key=lambda hit: (hit.start, hit.end, hit.name))
