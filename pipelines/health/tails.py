"""How improbable a figure is, given what came before: small exact sums, no tables, no fitting."""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import median

#: However alike the runs were, a share is not known better than from so many postings.
_MOST = 2000.0
#: Spread of the logarithm of rows below which nothing is believed.
_LEAST_SPREAD = 0.1


def share_tail(good: int, count: int, history: Sequence[tuple[int, int]]) -> float:
    """Probability that at most `good` of `count` are good when past runs had these (good, count): beta-binomial, as
    wide as the runs differed among themselves. 1.0 when the share is no lower than usual."""
    had, total = sum(pair[0] for pair in history), sum(pair[1] for pair in history)
    if not count or not total:
        return 1.0
    usual = (had + 0.5) / (total + 1)
    if good >= usual * count:
        return 1.0
    weight = min(_weight(history, had / total), float(total), _MOST)
    return _beta_binomial_cdf(good, count, usual * weight, (1 - usual) * weight)


def rows_score(rows: int, history: Sequence[int]) -> float:
    """How many spreads below (negative) or above the usual number of rows, on a logarithmic scale."""
    logs = [math.log1p(value) for value in history]
    middle = median(logs)
    spread = 1.4826 * median(abs(value - middle) for value in logs)
    counting = 1 / math.sqrt(1 + math.expm1(middle))
    return (math.log1p(rows) - middle) / max(spread, counting, _LEAST_SPREAD)


def age_tail(age_h: float, history: Sequence[float]) -> float:
    """Probability that the newest posting is this old or older: postings come at random at a rate learned from the
    ages of past runs, known no better than from their number."""
    total = sum(max(1.0, age) for age in history)
    return float((total / (total + max(0.0, age_h))) ** len(history))


def _weight(history: Sequence[tuple[int, int]], usual: float) -> float:
    """Pseudo-count of the beta: large when runs differ only by chance, small when they differ more (ANOVA estimate of
    the correlation inside runs)."""
    runs = [(good, count) for good, count in history if count]
    total, number = sum(count for _good, count in runs), len(runs)
    if number < 2 or total <= number:
        return float(total)
    between = sum(count * (good / count - usual) ** 2 for good, count in runs) / (number - 1)
    within = sum(good * (1 - good / count) for good, count in runs) / (total - number)
    size = (total - sum(count * count for _good, count in runs) / total) / (number - 1)
    denominator = between + (size - 1) * within
    if denominator <= 0 or between <= within:
        return _MOST
    return max(1.0, denominator / (between - within) - 1)


def _beta_binomial_cdf(good: int, count: int, a: float, b: float) -> float:
    base = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) - math.lgamma(a + b + count) + math.lgamma(count + 1)
    return math.fsum(
        math.exp(
            base + math.lgamma(k + a) + math.lgamma(count - k + b) - math.lgamma(k + 1) - math.lgamma(count - k + 1)
        )
        for k in range(good + 1)
    )
