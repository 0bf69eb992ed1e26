"""Counting the leads of a digest: rows by rule, cover, consequence, or whatever a lead has."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from pipelines.digest.figures import UNKNOWN, RuleTouched, Tally, Transfer
from pipelines.digest.rule_names import rule_name
from pipelines.evidence.words import CONSEQUENCES, COVERS
from pipelines.records import CONSEQUENCE_ORDER, Decision, Lead, Verdict

_NO_COVER = frozenset({"none", "other"})


@dataclass(frozen=True, kw_only=True)
class Counted:
    """One lead of the period."""

    lead: Lead
    came: bool
    #: Decision standing at the period's end, if it was made in the period.
    decision: Decision | None
    #: The findings an officer did not strike out.
    rules: tuple[RuleTouched, ...]
    covers: tuple[str, ...]
    operator: tuple[str, str]
    #: The site it stood on, as papers call it.
    platform: str
    #: Decision standing at the period's end, whenever it was made.
    stands: Decision | None
    #: What was said before this digest, if it holds no more.
    before: str
    late: bool
    #: Its decisions that this digest tells.
    told: tuple[Decision, ...]


def tally(key: str, name: str, counted: Iterable[Counted]) -> Tally:
    items = list(counted)
    stood = Counter(item.decision.verdict for item in items if item.decision is not None)
    return Tally(
        key=key,
        name=name,
        came=sum(item.came for item in items),
        confirm=stood[Verdict.CONFIRM],
        transfer=stood[Verdict.TRANSFER],
        dismiss=stood[Verdict.DISMISS],
        hold=stood[Verdict.HOLD],
    )


def grouped(counted: Iterable[Counted], key_of: Callable[[Counted], tuple[str, str]]) -> tuple[Tally, ...]:
    """Rows by key, the fullest first; leads that neither came nor stand decided make no row."""
    groups: dict[tuple[str, str], list[Counted]] = defaultdict(list)
    for item in counted:
        if item.came or item.decision is not None:
            groups[key_of(item)].append(item)
    rows = [tally(key, name, items) for (key, name), items in groups.items()]
    return tuple(sorted(rows, key=lambda row: (-row.came, -row.decided, row.key)))


def capped(rows: tuple[Tally, ...], most: int) -> tuple[Tally, ...]:
    if len(rows) <= most:
        return rows
    rest = rows[most - 1 :]
    last = Tally(
        key="rest",
        name=f"其余 {len(rest)} 项",
        came=sum(row.came for row in rest),
        confirm=sum(row.confirm for row in rest),
        transfer=sum(row.transfer for row in rest),
        dismiss=sum(row.dismiss for row in rest),
        hold=sum(row.hold for row in rest),
    )
    return (*rows[: most - 1], last)


def by_code(counted: Iterable[Counted]) -> tuple[Tally, ...]:
    groups: dict[str, list[Counted]] = defaultdict(list)
    names: dict[str, list[str]] = defaultdict(list)
    for item in counted:
        if item.came or item.decision is not None:
            for rule in item.rules:
                names[rule.code].append(rule.name)
            for code in {rule.code for rule in item.rules}:
                groups[code].append(item)
    return tuple(tally(code, rule_name(code, names[code]), groups[code]) for code in sorted(groups))


def by_cover(counted: Iterable[Counted]) -> tuple[Tally, ...]:
    """A row a cover, the fullest first; what has no cover last."""
    groups: dict[str, list[Counted]] = defaultdict(list)
    for item in counted:
        if item.came or item.decision is not None:
            for cover in item.covers:
                groups[cover].append(item)
    rows = [tally(cover, COVERS[cover], items) for cover, items in groups.items()]
    order = list(COVERS)
    return tuple(sorted(rows, key=lambda row: (row.key in _NO_COVER, -row.came, -row.decided, order.index(row.key))))


def by_consequence(counted: Iterable[Counted]) -> tuple[Tally, ...]:
    """Every lead once, under its most serious finding; all kinds are shown, also those with nothing."""
    groups: dict[str, list[Counted]] = {kind: [] for kind in CONSEQUENCES}
    for item in counted:
        groups[gravest(item.rules)].append(item)
    return tuple(tally(kind, CONSEQUENCES[kind], items) for kind, items in groups.items())


def gravest(rules: Sequence[RuleTouched]) -> str:
    kinds = {rule.consequence for rule in rules}
    return next((kind for kind in CONSEQUENCE_ORDER if kind in kinds), "lead")


def cleanup_beside(rules: Sequence[RuleTouched]) -> bool:
    kinds = {rule.consequence for rule in rules}
    return "cleanup" in kinds and len(kinds) > 1


def transfers(counted: Iterable[Counted]) -> tuple[Transfer, ...]:
    sent = Counter(
        item.decision.to_department or UNKNOWN
        for item in counted
        if item.decision is not None and item.decision.verdict is Verdict.TRANSFER
    )
    rows = sorted(sent.items(), key=lambda row: (-row[1], row[0]))
    return tuple(Transfer(department=department, leads=number) for department, number in rows)
