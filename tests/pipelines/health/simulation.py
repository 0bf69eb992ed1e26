"""Sources that never were: runs drawn at random, healthy ones and ones with a fault, judged by the product's own bands.

No HTTP and no pages: what is tried is the judgement over figures. The walls here are those that no state rule knew, so
that only the figures can tell; walls that are known stop a run before any figure counts.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from pipelines.health.bands import MAX_RUNS, Limits, judge
from pipelines.records import HealthVerdict, RunFigures, RunHealth

START = datetime(2026, 1, 5, tzinfo=UTC)
FAULTS = ("selector drift", "login wall", "captcha", "empty 200", "encoding", "date drift")
#: Field → how often a posting has it, between these.
_USUAL = {
    "title": (1.0, 1.0),
    "body": (0.97, 1.0),
    "posted_at": (0.95, 1.0),
    "author": (0.9, 1.0),
    "district": (0.2, 0.95),
    "fee": (0.15, 0.8),
    "phone": (0.05, 0.7),
    "images": (0.1, 0.8),
}
#: A run reads at least so many postings (new ones and those due again); fewer say too little for one run.
LEAST = 4


@dataclass
class SimulatedSource:
    """One source with habits of its own."""

    chance: random.Random
    rows: int = 0
    postings: float = 0.0
    #: Hours between postings.
    pause: float = 0.0
    usual: dict[str, float] = field(default_factory=dict)
    #: How much runs differ beyond chance.
    unrest: float = 0.0
    history: list[RunHealth] = field(default_factory=list)
    #: The run before, if it was judged.
    before: RunHealth | None = None

    def __post_init__(self) -> None:
        chance = self.chance
        self.rows = round(10 ** chance.uniform(1.2, 2.8))
        self.postings = max(LEAST + 2.0, 10 ** chance.gauss(1.45, 0.35))
        self.pause = 10 ** chance.uniform(-0.5, 1.6)
        self.usual = {name: chance.uniform(*span) for name, span in _USUAL.items()}
        self.unrest = chance.uniform(0, 0.06)

    def healthy(self) -> RunFigures:
        """The figures of a run in which nothing is wrong: counts vary, weekends are quiet, habits drift a little."""
        chance = self.chance
        count = max(LEAST, round(chance.gauss(self.postings, self.postings**0.5 + 0.2 * self.postings)))
        shares = {}
        for name, usual in self.usual.items():
            share = min(1.0, max(0.0, chance.gauss(usual, self.unrest * (usual * (1 - usual)) ** 0.5 * 2)))
            shares[f"coverage.{name}"] = (self._some(share, count), count)
        shares["distinct.title"] = (self._some(0.97, count - 1) + 1, count)
        shares["distinct.body"] = (self._some(0.985, count - 1) + 1, count)
        shares["legible"] = (self._some(0.998, count), count)
        lost = count - self._some(0.99, count)
        shares["known"] = (count, count + lost)
        again = count // 2
        if again:
            shares["still_there"] = (self._some(0.97, again), again)
        pages = max(1, self.rows // 30)
        shares["lists_with_rows"] = (pages, pages)
        quiet = chance.choice((1.0, 1.0, 1.0, 1.0, 1.0, 2.0, 2.5))
        return RunFigures(
            rows=max(1, round(self.rows * chance.lognormvariate(0, 0.12))),
            shares=shares,
            newest_age_h=chance.expovariate(1 / (self.pause * quiet)),
        )

    def faulty(self, fault: str) -> RunFigures:
        """A run like the others but for one fault."""
        chance, figures = self.chance, self.healthy()
        shares = dict(figures.shares)
        count = shares["known"][0]
        if fault == "selector drift":
            return self._drifted(figures, chance.choice(("required field", "optional field", "rows", "other node")))
        if fault == "login wall":
            read = round(count * chance.uniform(0, 0.3))
            return replace(figures, shares=_with_only(shares, read) | {"known": (read, count)})
        if fault == "captcha":
            left = chance.uniform(0, 0.3)
            pages = shares["lists_with_rows"][1]
            shares = _with_only(shares, 0) | {"known": (0, count), "lists_with_rows": (round(left * pages), pages)}
            return replace(figures, rows=round(left * (figures.rows or 0)), shares=shares)
        if fault == "empty 200":
            if chance.random() < 0.5:
                return replace(figures, rows=0, shares={}, newest_age_h=None)
            return replace(figures, shares=_with_only(shares, 0) | {"known": (0, count)})
        if fault == "encoding":
            legible = self._some(chance.uniform(0, 0.2), count)
            return replace(figures, shares=shares | {"legible": (legible, count)})
        if chance.random() < 0.5:
            return replace(
                figures,
                shares=shares | {"coverage.posted_at": (self._some(0.05, count), count)},
                newest_age_h=None,
            )
        return replace(figures, newest_age_h=(figures.newest_age_h or 0) + 365 * 24)

    def judged(self, figures: RunFigures) -> RunHealth:
        """What the product makes of these figures now; nothing is remembered."""
        verdict, breaches = judge(figures, self.history[:MAX_RUNS], Limits(), self.before)
        at = START + timedelta(hours=6 * len(self.history))
        return RunHealth(
            run_id=str(len(self.history)),
            source="simulated",
            at=at,
            figures=figures,
            breaches=breaches,
            verdict=verdict,
            guest_view=False,
        )

    def live(self, runs: int) -> list[RunHealth]:
        """So many healthy runs, remembered as the store would."""
        lived = []
        for _ in range(runs):
            health = self.judged(self.healthy())
            self.before = health
            if health.verdict is HealthVerdict.HEALTHY:
                self.history.insert(0, health)
            lived.append(health)
        return lived

    def _drifted(self, figures: RunFigures, how: str) -> RunFigures:
        shares = dict(figures.shares)
        count = shares["known"][0]
        if how == "required field":
            return replace(figures, shares=_with_only(shares, 0) | {"known": (0, count)})
        if how == "rows":
            pages = shares["lists_with_rows"][1]
            return replace(figures, rows=0, shares=_with_only(shares, 0) | {"lists_with_rows": (0, pages)})
        if how == "other node":
            return replace(figures, shares=shares | {"distinct.body": (1, count)})
        name = self.chance.choice([name for name, usual in self.usual.items() if usual >= 0.75])
        return replace(figures, shares=shares | {f"coverage.{name}": (0, count)})

    def _some(self, share: float, count: int) -> int:
        return sum(self.chance.random() < share for _ in range(count))


@dataclass(frozen=True, kw_only=True)
class Figures:
    """What a simulation came to."""

    healthy: int
    #: Healthy runs put into quarantine, and healthy runs only noted.
    alarms: int
    noted: int
    #: Fault → (found in the first run that had it, tried).
    found: dict[str, tuple[int, int]]

    @property
    def found_share(self) -> float:
        return sum(hit for hit, _tried in self.found.values()) / sum(tried for _hit, tried in self.found.values())


def simulate(sources: int, *, runs: int, faults: int, seed: int) -> Figures:
    """`sources` sources with a past of 20 runs each, then `runs` healthy runs and `faults` single faulty ones of each
    kind, each judged against the same past."""
    healthy = alarms = noted = 0
    found = {fault: [0, 0] for fault in FAULTS}
    for number in range(sources):
        source = SimulatedSource(chance=random.Random(f"{seed}-{number}"))
        source.live(20)
        for health in source.live(runs):
            healthy += 1
            alarms += health.verdict is HealthVerdict.QUARANTINED
            noted += health.verdict is HealthVerdict.SUSPECT
        for fault in FAULTS:
            for _ in range(faults):
                found[fault][0] += source.judged(source.faulty(fault)).verdict is HealthVerdict.QUARANTINED
                found[fault][1] += 1
    return Figures(
        healthy=healthy, alarms=alarms, noted=noted, found={fault: (hit, of) for fault, (hit, of) in found.items()}
    )


def _with_only(shares: dict[str, tuple[int, int]], read: int) -> dict[str, tuple[int, int]]:
    """The same run when only so many postings could be read."""
    kept = {name: pair for name, pair in shares.items() if name in ("still_there", "lists_with_rows")}
    if not read:
        return kept
    counted = {
        name: (min(read, round(good * read / count)), read)
        for name, (good, count) in shares.items()
        if name not in kept and name != "known" and count
    }
    return kept | counted
