"""When lists and postings are visited next."""

from __future__ import annotations

import math
from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.revisit import due
from crawlers.schedule import Rate, list_interval, next_list_visit, open_from, rate_of, spread
from crawlers.upkeep import ListPace, Polite
from pipelines.records import CrawlRun, Page, PageState

NOON = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)  # 12:00 in Shanghai
DAY = timedelta(days=1)
PACE = ListPace(min=timedelta(hours=6), max=timedelta(days=3))
ALWAYS = Polite()
STEPS = tuple(timedelta(days=n) for n in (1, 3, 7, 14, 30))


def run(number: int, at: datetime, *, new: int = 0, outcome: str = "finished", states: str = "list") -> CrawlRun:
    ended = None if outcome == "running" else at
    return CrawlRun(
        id=f"run-{number}",
        source="board",
        started_at=at,
        ended_at=ended,
        states={states: 1},
        new=new,
        changed=0,
        unchanged=0,
        leads=0,
        outcome=outcome,
        message="",
    )


def visits(*news: int, every: timedelta = DAY) -> list[CrawlRun]:
    """Visits up to noon, the newest last."""
    return [run(n, NOON - every * (len(news) - 1 - n), new=new) for n, new in enumerate(news)]


def test_the_rate_is_the_bias_reduced_poisson_estimate() -> None:
    rate = rate_of(visits(9, 1, 0, 2, 0, 0, 0, 1, 0, 4, 1))  # the first only opens the first interval
    assert (rate.visits, rate.with_new, rate.spacing) == (10, 5, DAY)
    assert rate.per_day() == pytest.approx(-math.log(5.5 / 10.5))
    assert list_interval(rate, PACE) == pytest.approx(DAY / 0.6466, rel=1e-3)


def test_nothing_known_means_often_and_nothing_new_means_seldom() -> None:
    assert list_interval(rate_of([]), PACE) == PACE.min
    assert list_interval(rate_of(visits(3)), PACE) == PACE.min
    assert list_interval(rate_of(visits(0, 0, 0, 0)), PACE) == PACE.max
    # Something at every visit: as often as the recipe allows, and finite.
    assert list_interval(rate_of(visits(*[1] * 20, every=timedelta(hours=6))), PACE) == PACE.min


def test_only_whole_visits_of_lists_teach_the_rate() -> None:
    odd = [run(90, NOON, outcome="failed"), run(91, NOON, outcome="blocked"), run(92, NOON, states="ok")]
    assert rate_of([*visits(0, 1, 0), *odd]) == rate_of(visits(0, 1, 0))


@given(
    n=st.integers(1, 60),
    shares=st.tuples(st.floats(0, 1), st.floats(0, 1)),
    spacing=st.timedeltas(timedelta(minutes=1), timedelta(days=30)),
    low=st.timedeltas(timedelta(hours=1), timedelta(days=2)),
    more=st.timedeltas(timedelta(0), timedelta(days=60)),
)
def test_intervals_stay_in_bounds_and_shrink_with_more_news(
    n: int, shares: tuple[float, float], spacing: timedelta, low: timedelta, more: timedelta
) -> None:
    pace = ListPace(min=low, max=low + more)
    fewer, many = (list_interval(Rate(visits=n, with_new=round(n * s), spacing=spacing), pace) for s in sorted(shares))
    assert pace.min <= many <= fewer <= pace.max


def test_the_next_visit_is_moved_a_little_and_always_the_same_way() -> None:
    runs = visits(0, 1, 0, 1)
    moment = next_list_visit(runs, PACE, ALWAYS, NOON)
    interval = list_interval(rate_of(runs), PACE)
    assert abs(moment - NOON - interval) <= interval * 0.1
    assert moment == next_list_visit(runs, PACE, ALWAYS, NOON + timedelta(hours=1))
    drawn = {spread(DAY, f"run-{n}") for n in range(50)}
    assert len(drawn) == 50
    assert all(abs(one - DAY) <= DAY * 0.1 for one in drawn)


@pytest.mark.parametrize("outcome", ["failed", "running", "stopped", "interrupted", "resumed"])
def test_a_visit_that_failed_or_was_cut_short_is_due_again_at_once(outcome: str) -> None:
    runs = [*visits(1, 1), run(9, NOON + timedelta(hours=1), outcome=outcome)]
    later = NOON + timedelta(hours=2)
    assert next_list_visit(runs, PACE, ALWAYS, later) <= later


def test_a_source_never_visited_is_due_now() -> None:
    assert next_list_visit([], PACE, ALWAYS, NOON) == NOON


def test_a_clock_that_was_ahead_puts_no_visit_off_for_ever() -> None:
    runs = [run(0, NOON + timedelta(days=400), new=1)]
    assert next_list_visit(runs, PACE, ALWAYS, NOON) <= NOON + PACE.max


@pytest.mark.parametrize(
    ("hours", "expected"),
    [
        ([], "12:00"),
        ([(time(9), time(17))], "12:00"),
        ([(time(0), time(7)), (time(13), time(14))], "13:00"),
        ([(time(0), time(7))], "00:00"),
        ([(time(22), time(6))], "22:00"),
        ([(time(11), time(12))], "11:00"),  # its end is outside
    ],
)
def test_visits_wait_for_the_recipes_hours_in_shanghai(hours: list[tuple[time, time]], expected: str) -> None:
    moment = open_from(Polite(hours=tuple(hours)), NOON)
    assert moment >= NOON
    assert moment - NOON < DAY
    assert (moment + timedelta(hours=8)).strftime("%H:%M") == expected


def posting(*, seen: int, fetched: int, changed: int | None = None) -> Page:
    """A posting with its days."""
    day0 = NOON - timedelta(days=100)
    return Page(
        source="board",
        key="1",
        url="https://bbs.example.org/thread-1-1-1.html",
        state=PageState.OK,
        etag=None,
        last_modified=None,
        signature="",
        last_capture_id=None,
        first_seen_at=day0 + timedelta(days=seen),
        last_fetched_at=day0 + timedelta(days=fetched),
        changed_at=None if changed is None else day0 + timedelta(days=changed),
    )


def looked_at(page: Page) -> int:
    """Days until this posting is due again."""
    return next(n for n in range(1, 60) if due(page, page.last_fetched_at + timedelta(days=n), STEPS))


def test_postings_are_looked_at_after_1_3_7_14_30_days_then_monthly() -> None:
    waits = [looked_at(posting(seen=0, fetched=age)) for age in (0, 1, 3, 7, 14, 30, 90)]
    assert waits == [1, 3, 7, 14, 30, 30, 30]


def test_a_changed_posting_is_looked_at_after_a_day_again() -> None:
    assert looked_at(posting(seen=0, fetched=60, changed=60)) == 1
    assert looked_at(posting(seen=0, fetched=61, changed=60)) == 3
