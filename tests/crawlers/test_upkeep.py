"""Pace, quality, canaries and schedule as a recipe gives them."""

from __future__ import annotations

from datetime import time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.errors import RecipeError
from crawlers.middlewares.politeness import spread
from crawlers.recipe import Recipe
from crawlers.source import read_recipe
from crawlers.upkeep import Canary, CanaryPage, Polite, Quality
from crawlers.yaml_tree import parse_tree
from tests.crawlers.test_source import GOOD


def read(addition: str) -> Recipe:
    return read_recipe(parse_tree((GOOD + addition).encode(), "example/source.yml"), "example")


def test_the_pace_may_be_said_in_requests_a_minute() -> None:
    assert read("polite: {per_minute: 6, concurrent: 2}\n").polite == Polite(delay_s=10, concurrent=2)
    # Said twice (by an engine and the site, say) the slower holds.
    assert [read(f"polite: {{delay_s: {wait}, per_minute: 6}}\n").polite.delay_s for wait in (4, 20)] == [10, 20]


def test_all_keys_are_read() -> None:
    recipe = read("""\
polite: {delay_s: 8, jitter: 0.5, max_per_day: 400, hours: '22:00-07:00, 12:00-14:00'}
quality:
  min_rows: 5
  coverage: {title: 1.0, attrs.科目: 0.5}
  range: {fee.yuan_per_hour: [20, 2000]}
  max_unknown_share: 0.2
  max_age_newest: P14D
canary:
  urls: [thread-1-1-1.html, {url: thread-2-1-1.html, fields: {title: 版规}}]
  bogus: thread-999999999-1-1.html
schedule: {list: {min: 12h, max: 3d}, detail: [3d, 14d], gone_after: 3}
""")
    assert recipe.polite.jitter == 0.5
    assert recipe.quality == Quality(
        min_rows=5,
        coverage={"title": 1.0, "attrs.科目": 0.5},
        range={"fee.yuan_per_hour": (20.0, 2000.0)},
        max_unknown_share=0.2,
        max_age_newest=timedelta(days=14),
    )
    assert recipe.canary == Canary(
        urls=(CanaryPage(url="thread-1-1-1.html"), CanaryPage(url="thread-2-1-1.html", fields={"title": "版规"})),
        bogus="thread-999999999-1-1.html",
    )
    assert (recipe.schedule.list.min, recipe.schedule.list.max) == (timedelta(hours=12), timedelta(days=3))
    assert recipe.revisit == recipe.schedule.detail == (timedelta(days=3), timedelta(days=14))
    assert recipe.schedule.gone_after == 3


@pytest.mark.parametrize(
    ("addition", "words"),
    [
        ("polite: {hours: always}\n", "时段"),
        ("polite: {hours: '25:00-26:00'}\n", "时段"),
        ("polite: {hours: '07:00-07:00'}\n", "起止相同"),
        ("polite: {jitter: 2}\n", "0 到 1"),
        ("quality: {}\n", "至少写一条"),
        ("quality: {coverage: {salary: 1}}\n", "不认识的字段 salary"),
        ("quality: {coverage: {title: 90}}\n", "0 到 1"),
        ("quality: {range: {fee: [2]}}\n", "2 项"),
        ("quality: {range: {fee: [20, 2]}}\n", "下限"),
        ("canary: {urls: [{fields: {title: a}}]}\n", "缺少 url"),
        ("canary: {urls: [{url: a, fields: {salary: a}}]}\n", "不认识的字段 salary"),
        ("schedule: {list: {min: 3d, max: 1d}}\n", "min"),
        ("schedule: {detail: []}\n", "1 到 30 项"),
        ("schedule: {gone_after: 0}\n", "1 到 10"),
    ],
)
def test_what_is_wrong_is_refused_at_its_line(addition: str, words: str) -> None:
    with pytest.raises(RecipeError, match=words) as caught:
        read(addition)
    assert caught.value.line == GOOD.count("\n") + 1


@pytest.mark.parametrize(
    ("at", "open_"),
    [
        ((23, 0), True),
        ((6, 59), True),
        ((7, 0), False),
        ((12, 0), True),
        ((13, 59), True),
        ((14, 0), False),
        ((20, 30), False),
    ],
)
def test_hours_may_go_over_midnight(at: tuple[int, int], open_: bool) -> None:
    polite = read("polite: {hours: '22:00-07:00,12:00-14:00'}\n").polite
    assert polite.may_visit(time(*at)) is open_


def test_a_day_ends_at_24_and_without_hours_any_is_good() -> None:
    polite = read("polite: {hours: '20:00-24:00'}\n").polite
    assert [polite.may_visit(time(hour)) for hour in (0, 19, 20, 23)] == [False, False, True, True]
    assert read("").polite.may_visit(time(3))


@given(st.floats(0, 3600), st.floats(0, 1))
def test_jitter_only_ever_adds_to_a_wait(delay: float, jitter: float) -> None:
    middle, around = spread(delay, jitter)
    assert middle * (1 - around) == pytest.approx(delay)
    assert middle * (1 + around) == pytest.approx(delay * (1 + jitter))
