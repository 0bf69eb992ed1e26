"""Is a run like the runs before it? Bands are learned from the source's healthy runs; a recipe's limits hold besides.

Far out of its band is grave: the run goes into quarantine at once. A little out may be chance: it is noted, and the
same figure twice in a row counts as grave. With few runs behind it only what is absurd by itself is a breach.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pipelines.evidence.words import FIELDS
from pipelines.health.tails import age_tail, rows_score, share_tail
from pipelines.records import Breach, HealthVerdict, RunFigures, RunHealth

#: Healthy runs before anything counts as learned, and how many are looked back on.
MIN_RUNS, MAX_RUNS = 5, 60
#: Probabilities (one figure, one run) below which a figure is grave, or noted.
GRAVE, NOTED = 3e-5, 1e-3
#: Spreads of the number of rows, and the share of the fewest rows ever that it must also be under.
_ROWS_GRAVE, _ROWS_NOTED = (-7.0, 0.5), (-4.0, 0.7)
#: An age must also be so many times the oldest ever.
_AGE_GRAVE, _AGE_NOTED = 3.0, 2.0
#: So many postings with one body between them are one page read again and again.
_SAME_BODY = 5
_FEW = 3
#: Share of values outside a recipe's range.
_OUTSIDE = 0.1
#: Figures that real events move (a clean-up on the platform): never grave by themselves.
_MAY_MOVE = frozenset({"still_there"})
_LABEL = "coverage.attrs."


@dataclass(frozen=True, kw_only=True)
class Limits:
    """A recipe's own hard limits; None and {}: none."""

    min_rows: int | None = None
    #: Field → share of the postings that must have it.
    coverage: Mapping[str, float] = field(default_factory=dict)
    max_unknown_share: float | None = None
    max_age_newest_h: float | None = None


def judge(
    figures: RunFigures, history: Sequence[RunHealth], limits: Limits, before: RunHealth | None = None
) -> tuple[HealthVerdict, tuple[Breach, ...]]:
    """What the figures of a run say, given the healthy runs of the source (any order) and the run before it."""
    past = [run.figures for run in history[:MAX_RUNS]]
    found = [*_absurd(figures), *_beyond(figures, limits)]
    if len(past) >= MIN_RUNS:
        found += [*_shares(figures, past), *_rows(figures, past), *_age(figures, past)]
    noted = {breach.check for breach in before.breaches} if before is not None else set()
    breaches: dict[str, Breach] = {}
    for one in found:
        again = not one.grave and one.check in noted
        breach = Breach(check=one.check, said=f"{one.said}，连续两次", grave=True) if again else one
        if breach.check not in breaches or breach.grave:
            breaches[breach.check] = breach
    ordered = tuple(sorted(breaches.values(), key=lambda one: (not one.grave, one.check)))
    if any(breach.grave for breach in ordered):
        return HealthVerdict.QUARANTINED, ordered
    return (HealthVerdict.SUSPECT if ordered else HealthVerdict.HEALTHY), ordered


def usual(history: Sequence[RunHealth], name: str) -> float | None:
    """The share that past runs had together; None when none had it."""
    pairs = [run.figures.shares[name] for run in history[:MAX_RUNS] if name in run.figures.shares]
    total = sum(count for _good, count in pairs)
    return sum(good for good, _count in pairs) / total if total else None


def _absurd(figures: RunFigures) -> list[Breach]:
    """Wrong whatever the history."""
    found = []
    shares = figures.shares
    good, count = shares.get("lists_with_rows", (1, 1))
    if not good:
        found.append(Breach(check="rows", said=f"{count} 个列表页一行也读不出来", grave=True))
    good, count = shares.get("legible", (0, 0))
    if count >= _FEW and good < count / 2:
        found.append(Breach(check="legible", said=f"{count} 条里有 {count - good} 条是乱码", grave=True))
    good, count = shares.get("distinct.body", (0, 0))
    if good == 1 and count >= _SAME_BODY:
        found.append(Breach(check="distinct.body", said=f"{count} 条的正文完全相同", grave=True))
    return found


def _beyond(figures: RunFigures, limits: Limits) -> list[Breach]:
    """Beyond what the recipe allows; a single posting makes no breach."""
    found = []
    if limits.min_rows is not None and figures.rows is not None and figures.rows < limits.min_rows:
        said = f"列表共 {figures.rows} 行，配方要求至少 {limits.min_rows} 行"
        found.append(Breach(check="rows", said=said, grave=True))
    for name, share in limits.coverage.items():
        good, count = figures.shares.get(f"coverage.{name}", (0, _postings(figures)))
        if good + 1 < share * count:
            said = f"字段 {name} 只有 {good}/{count} 条读到，配方要求 {share:.0%}"
            found.append(Breach(check=f"coverage.{name}", said=said, grave=True))
    good, count = figures.shares.get("known", (0, 0))
    if limits.max_unknown_share is not None and count - good - 1 > limits.max_unknown_share * count:
        said = f"{count} 个信息页里有 {count - good} 个认不出，配方最多允许 {limits.max_unknown_share:.0%}"
        found.append(Breach(check="known", said=said, grave=True))
    age = figures.newest_age_h
    if limits.max_age_newest_h is not None and age is not None and age > limits.max_age_newest_h:
        said = f"最新一条是 {_span(age)}前的，配方要求不早于 {_span(limits.max_age_newest_h)}"
        found.append(Breach(check="newest_age", said=said, grave=True))
    for name, (bad, count) in figures.outside.items():
        if bad > max(1.0, _OUTSIDE * count):
            said = f"{name} 的 {count} 个值里有 {bad} 个超出配方的范围"
            found.append(Breach(check=f"range.{name}", said=said, grave=True))
    return found


def _shares(figures: RunFigures, past: Sequence[RunFigures]) -> list[Breach]:
    found = []
    shares = dict(figures.shares)
    for name in {name for run in past for name in run.shares if name.startswith(_LABEL)} - shares.keys():
        # A label that no posting of this run has is not written down at all.
        shares[name] = (0, _postings(figures))
    for name, (good, count) in sorted(shares.items()):
        before = [pair for run in past if (pair := run.shares.get(name, _none(run, name)))[1]]
        if len(before) < MIN_RUNS:
            continue
        tail = share_tail(good, count, before)
        if tail < NOTED:
            had, total = sum(pair[0] for pair in before), sum(pair[1] for pair in before)
            said = f"{words_of(name)}：本次 {good}/{count}，以往 {had / total:.0%}"
            found.append(Breach(check=name, said=said, grave=tail < GRAVE and name not in _MAY_MOVE))
    return found


def _rows(figures: RunFigures, past: Sequence[RunFigures]) -> list[Breach]:
    before = [run.rows for run in past if run.rows is not None]
    if figures.rows is None or len(before) < MIN_RUNS:
        return []
    rows, fewest, most = figures.rows, min(before), max(before)
    said = f"列表共 {rows} 行，以往 {fewest}–{most} 行"
    score = rows_score(rows, before)
    if (not rows and fewest) or (score < _ROWS_GRAVE[0] and rows < _ROWS_GRAVE[1] * fewest):
        return [Breach(check="rows", said=said, grave=True)]
    if (score < _ROWS_NOTED[0] and rows < _ROWS_NOTED[1] * fewest) or (score > -_ROWS_GRAVE[0] and rows > 3 * most):
        return [Breach(check="rows", said=said, grave=False)]
    return []


def _age(figures: RunFigures, past: Sequence[RunFigures]) -> list[Breach]:
    before = [run.newest_age_h for run in past if run.newest_age_h is not None]
    age = figures.newest_age_h
    if age is None or len(before) < MIN_RUNS:
        return []
    tail, oldest = age_tail(age, before), max(1.0, *before)
    grave = tail < GRAVE and age > _AGE_GRAVE * oldest
    if not grave and not (tail < NOTED and age > _AGE_NOTED * oldest):
        return []
    said = f"最新一条是 {_span(age)}前的，以往最多 {_span(oldest)}前"
    return [Breach(check="newest_age", said=said, grave=grave)]


def _postings(figures: RunFigures) -> int:
    return max((count for name, (_good, count) in figures.shares.items() if name.startswith("coverage.")), default=0)


def _none(run: RunFigures, name: str) -> tuple[int, int]:
    """A label that a past run did not see at all."""
    return (0, _postings(run)) if name.startswith(_LABEL) else (0, 0)


def _span(hours: float) -> str:
    return f"{hours:.0f} 小时" if hours < 48 else f"{hours / 24:.0f} 天"


_WORDS = {
    "legible": "正文可读的",
    "known": "认得出的信息页",
    "still_there": "上次在、这次还在的",
    "lists_with_rows": "有内容的列表页",
    "rows": "列表行数",
    "newest_age": "最新一条的时间",
}


def words_of(name: str) -> str:
    """What a figure is called in front of people."""
    kind, _, rest = name.partition(".")
    if kind not in ("coverage", "distinct", "range"):
        return _WORDS.get(name, name)
    head, _, inner = rest.partition(".")
    field_name = FIELDS.get(head, head)
    if head == "attrs" and inner:
        field_name = f"“{inner}”"
    elif inner:
        field_name = f"{field_name}（{'每小时元' if inner == 'yuan_per_hour' else inner}）"
    return (
        f"读到{field_name}的" if kind == "coverage" else f"互不相同的{field_name}" if kind == "distinct" else field_name
    )
