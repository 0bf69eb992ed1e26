"""The blocks polite, quality, canary and schedule of a recipe."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from crawlers.reader.shapes import Block, ClockHours, Key, Many, Named, Number, Span, Text, Whole
from crawlers.recipe import FIELD_NAMES
from crawlers.upkeep import Canary, CanaryPage, ListPace, Polite, Quality, Schedule
from crawlers.yaml_tree import Tree

#: More a minute than the floor allows would be a promise nobody keeps.
MOST_PER_MINUTE = 20
#: More requests at once than a reader's browser would have is no politeness.
MOST_AT_ONCE = 2


def _polite(*, per_minute: float | None = None, **given: Any) -> Polite:
    """Of the two ways to say the pace the slower one holds: an engine may have said one, the site the other."""
    if per_minute is None:
        return Polite(**given)
    return Polite(**{**given, "delay_s": max(given.get("delay_s", 0.0), 60 / per_minute)})


POLITE = Block(
    {
        "delay_s": Key(Number(0, 3600), "Seconds between requests to a host; under 3 becomes 3"),
        "per_minute": Key(Number(0.1, MOST_PER_MINUTE), "Requests a minute to a host at most, in place of delay_s"),
        "concurrent": Key(Whole(1, MOST_AT_ONCE), "Requests on their way to a host at once"),
        "jitter": Key(Number(0, 1), "Each wait is longer by a random share of itself up to this"),
        "max_per_day": Key(Whole(1, 100_000), "Requests a day, pictures and robots.txt included"),
        "respect_crawl_delay_up_to_s": Key(Number(30, 3600), "The site's Crawl-delay is obeyed up to this"),
        "hours": Key(ClockHours(), "Hours of the day (Shanghai) to visit at: '00:00-07:00,12:00-14:00'"),
    },
    build=_polite,
)


def _known_fields(named: dict[str, object], tree: Tree) -> None:
    for path in named:
        if path.split(".", 1)[0] not in FIELD_NAMES:
            raise tree.value[path].fault(f"不认识的字段 {path}；可用：{'、'.join(FIELD_NAMES)}，其下一级用点连接")


class _Paths(Named):
    """A mapping of dotted paths that begin with a field."""

    def read(self, tree: Tree) -> dict[str, object]:
        found = super().read(tree)
        _known_fields(found, tree)
        return found


class _Pair(Many):
    """[low, high]"""

    def read(self, tree: Tree) -> tuple[float, ...]:
        low, high = super().read(tree)
        if low > high:
            raise tree.fault("范围写成 [下限, 上限]")
        return low, high


def _some_limit(built: Quality, tree: Tree) -> None:
    if built == Quality():
        raise tree.fault("quality 里至少写一条")


QUALITY = Block(
    {
        "min_rows": Key(Whole(1, 100_000), "Rows of all lists of a run, at least"),
        "coverage": Key(_Paths(Number(0, 1)), "Field: share of the postings that must have it"),
        "range": Key(_Paths(_Pair(Number(-1e9, 1e9), low=2, high=2)), "Field: [lowest, highest] sensible value"),
        "max_unknown_share": Key(Number(0, 1), "Share of the postings that may be unknown"),
        "max_age_newest": Key(Span(), "The newest posting of a run is at most this old"),
    },
    build=Quality,
    check=_some_limit,
)

_CANARY_PAGE = Block(
    {
        "url": Key(Text(), "Address of a page that does not change", need=True),
        "fields": Key(Named(Text(), names=FIELD_NAMES, what="字段"), "Field: its text, exactly"),
    },
    build=CanaryPage,
)


class _CanaryPages(Many):
    """Pages, or bare addresses."""

    def read(self, tree: Tree) -> tuple[CanaryPage, ...]:
        return tuple(
            CanaryPage(url=item.text()) if isinstance(item.value, str) else _CANARY_PAGE.read(item)
            for item in tree.items()
        )

    def schema(self, *, whole: bool) -> dict[str, object]:  # noqa: ARG002
        one = {"anyOf": [Text().schema(whole=True), _CANARY_PAGE.schema(whole=True)]}
        return {"type": "array", "items": one}


CANARY = Block(
    {
        "urls": Key(_CanaryPages(_CANARY_PAGE), "Pages fetched before a crawl, with what their fields say"),
        "bogus": Key(Text(), "An address that cannot exist, to learn how the site says so"),
    },
    build=Canary,
)


def _min_below_max(built: ListPace, tree: Tree) -> None:
    if not timedelta(0) < built.min <= built.max:
        raise tree.fault("list 的 min 要大于 0 且不大于 max")


SCHEDULE = Block(
    {
        "list": Key(
            Block(
                {"min": Key(Span(), "Lists are not visited more often"), "max": Key(Span(), "and not more rarely")},
                build=ListPace,
                check=_min_below_max,
            ),
            "Bounds between two visits of the lists",
        ),
        "detail": Key(Many(Span(), low=1, high=30), "Ages at which a known posting is looked at again"),
        "gone_after": Key(Whole(1, 10), "Sightings of a missing posting, 24 hours apart, until it counts as gone"),
    },
    build=Schedule,
)
