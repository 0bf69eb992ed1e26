"""Bands learned from history: what is caught in one run, what is left alone, and what a recipe's limits refuse."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from pipelines.health.bands import MIN_RUNS, Limits, judge, usual, words_of
from pipelines.health.tails import age_tail, rows_score, share_tail
from pipelines.records import HealthVerdict, RunFigures, RunHealth
from tests.pipelines.health.simulation import FAULTS, simulate

GOOD = RunFigures(
    rows=60,
    shares={
        "coverage.title": (20, 20),
        "coverage.fee": (9, 20),
        "coverage.attrs.科目": (18, 20),
        "distinct.body": (20, 20),
        "legible": (20, 20),
        "known": (20, 20),
        "still_there": (10, 10),
    },
    newest_age_h=3.0,
)


def past(figures: Sequence[RunFigures]) -> list[RunHealth]:
    return [
        RunHealth(
            run_id=str(number),
            source="s",
            at=datetime(2026, 3, 2, tzinfo=UTC),
            figures=one,
            breaches=(),
            verdict=HealthVerdict.HEALTHY,
            guest_view=False,
        )
        for number, one in enumerate(figures)
    ]


def verdict_of(figures: RunFigures, history: int = 20, limits: Limits | None = None) -> tuple[HealthVerdict, list[str]]:
    verdict, breaches = judge(figures, past([GOOD] * history), limits or Limits())
    return verdict, [breach.check for breach in breaches]


def changed(**shares: tuple[int, int]) -> RunFigures:
    return replace(GOOD, shares=GOOD.shares | {name.replace("__", "."): pair for name, pair in shares.items()})


def test_injected_faults_are_found_in_one_run_and_healthy_runs_are_left_alone() -> None:
    figures = simulate(50, runs=20, faults=4, seed=20)
    assert figures.healthy == 1000
    assert set(figures.found) == set(FAULTS)
    assert figures.found_share >= 0.99, figures.found
    assert figures.alarms <= 0.01 * figures.healthy, figures


def test_a_run_like_the_others_is_healthy() -> None:
    assert verdict_of(GOOD) == (HealthVerdict.HEALTHY, [])


@pytest.mark.parametrize(
    ("figures", "check"),
    [
        (changed(coverage__title=(0, 20)), "coverage.title"),
        # A label nobody has any more is not in the figures at all.
        (replace(GOOD, shares={k: v for k, v in GOOD.shares.items() if "attrs" not in k}), "coverage.attrs.科目"),
        (changed(legible=(1, 20)), "legible"),
        (changed(distinct__body=(1, 20)), "distinct.body"),
        (changed(known=(2, 20)), "known"),
        (replace(GOOD, rows=0), "rows"),
        (replace(GOOD, rows=4), "rows"),
        (replace(GOOD, newest_age_h=365 * 24.0), "newest_age"),
    ],
)
def test_one_figure_far_out_of_its_band_is_grave(figures: RunFigures, check: str) -> None:
    verdict, checks = verdict_of(figures)
    assert verdict is HealthVerdict.QUARANTINED
    assert checks == [check]


def test_little_said_by_few_runs_breaks_nothing_but_the_absurd_does() -> None:
    assert verdict_of(changed(coverage__title=(0, 20)), history=MIN_RUNS - 1)[0] is HealthVerdict.HEALTHY
    assert verdict_of(changed(legible=(0, 20)), history=0)[0] is HealthVerdict.QUARANTINED
    assert verdict_of(changed(lists_with_rows=(0, 3)), history=0)[0] is HealthVerdict.QUARANTINED


def test_a_little_out_is_noted_and_twice_in_a_row_is_a_breach() -> None:
    # 17 of 20 where it was always all: odd, but no proof.
    odd = changed(coverage__title=(18, 20))
    history = past([GOOD] * 20)
    verdict, breaches = judge(odd, history, Limits())
    assert (verdict, [breach.grave for breach in breaches]) == (HealthVerdict.SUSPECT, [False])
    before = replace(history[0], breaches=breaches, verdict=verdict)
    verdict, breaches = judge(odd, history, Limits(), before)
    assert verdict is HealthVerdict.QUARANTINED
    assert "连续两次" in breaches[0].said


def test_many_postings_gone_at_once_may_be_a_clean_up() -> None:
    assert verdict_of(changed(still_there=(0, 10)))[0] is HealthVerdict.SUSPECT


def test_a_source_that_always_varied_may_vary() -> None:
    varied = [
        replace(GOOD, shares=GOOD.shares | {"coverage.fee": (good, 20)}) for good in (2, 16, 8, 19, 4, 11, 1, 14) * 3
    ]
    assert judge(changed(coverage__fee=(1, 20)), past(varied), Limits())[0] is HealthVerdict.HEALTHY
    steady = [replace(GOOD, shares=GOOD.shares | {"coverage.fee": (16, 20)})] * 24
    assert judge(changed(coverage__fee=(1, 20)), past(steady), Limits())[0] is HealthVerdict.QUARANTINED


def test_lists_that_were_not_read_to_their_end_say_nothing_of_rows() -> None:
    assert verdict_of(replace(GOOD, rows=None))[0] is HealthVerdict.HEALTHY


@pytest.mark.parametrize(
    ("limits", "check"),
    [
        (Limits(min_rows=61), "rows"),
        (Limits(coverage={"fee": 0.6}), "coverage.fee"),
        (Limits(coverage={"attrs.年级": 0.5}), "coverage.attrs.年级"),
        (Limits(max_age_newest_h=2), "newest_age"),
    ],
)
def test_a_recipes_limits_hold_without_any_history(limits: Limits, check: str) -> None:
    assert verdict_of(GOOD, history=0, limits=limits) == (HealthVerdict.QUARANTINED, [check])


def test_one_posting_beyond_a_limit_is_none() -> None:
    """94.9 against 95 %."""
    assert (
        verdict_of(changed(coverage__title=(18, 20)), 0, Limits(coverage={"title": 0.95}))[0] is HealthVerdict.HEALTHY
    )
    limits = Limits(max_unknown_share=0.1)
    assert verdict_of(changed(known=(17, 20)), 0, limits)[0] is HealthVerdict.HEALTHY
    assert verdict_of(changed(known=(16, 20)), 0, limits)[0] is HealthVerdict.QUARANTINED


def test_values_outside_a_recipes_range() -> None:
    assert verdict_of(replace(GOOD, outside={"fee.yuan_per_hour": (1, 9)}), 0)[0] is HealthVerdict.HEALTHY
    assert verdict_of(replace(GOOD, outside={"fee.yuan_per_hour": (4, 9)}), 0)[1] == ["range.fee.yuan_per_hour"]


def test_tails() -> None:
    assert share_tail(20, 20, [(20, 20)] * 9) == 1.0
    assert share_tail(0, 0, [(20, 20)]) == 1.0
    assert 0 < share_tail(0, 20, [(20, 20)] * 9) < 1e-12
    # Exact against the sum: the whole distribution is one.
    assert share_tail(9, 20, [(10, 20)] * 4) > 0.3
    assert rows_score(60, [60] * 9) == 0
    assert rows_score(20, [60] * 9) < -4
    assert age_tail(0, [3.0] * 9) == 1.0
    assert age_tail(300, [3.0] * 9) < 1e-9


def test_what_is_usual_and_what_figures_are_called() -> None:
    history = past([GOOD] * 3)
    assert usual(history, "coverage.fee") == 0.45
    assert usual(history, "coverage.phone") is None
    assert words_of("coverage.fee.yuan_per_hour") == "读到费用（每小时元）的"
    assert words_of("coverage.attrs.科目") == "读到“科目”的"
    assert words_of("distinct.body") == "互不相同的正文"
