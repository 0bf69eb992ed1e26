"""What the platforms share while they run: seed, day, dates, counters. Same seed, same requests: same bytes."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from threading import Lock

from crawlers.sandbox.placement import Place
from pipelines.clock import SHANGHAI

#: Noon of the first day; every date on the platforms lies in the weeks before it.
FIRST_NOON = datetime(2026, 11, 20, 12, 0, tzinfo=SHANGHAI)
#: How far back the oldest posting goes.
HISTORY = timedelta(days=88)


class World:
    """Seed, day (1 or 2) and counters; safe to use from many threads."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self._day = 1
        self._visits: Counter[str] = Counter()
        self._lock = Lock()

    @property
    def day(self) -> int:
        """1, or 2 once the edits are in and the vanished postings are gone."""
        return self._day

    @day.setter
    def day(self, value: int) -> None:
        if value not in (1, 2):
            raise ValueError(f"day is 1 or 2, not {value}")
        self._day = value

    def noon(self) -> datetime:
        """Noon of the present day."""
        return FIRST_NOON + timedelta(days=self._day - 1)

    def dice(self, *parts: object) -> random.Random:
        """A source of chance of its own for `parts`, the same in every run with this seed."""
        return random.Random(":".join(map(str, (self.seed, *parts))))  # noqa: S311  # chance for looks, not for secrets

    def visit(self, key: str) -> int:
        """Count a visit to `key` and tell its number, from 1."""
        with self._lock:
            self._visits[key] += 1
            return self._visits[key]

    def dates(self, places: Iterable[Place]) -> dict[str, datetime]:
        """Posting id to the time it was posted; a higher number was posted later, as on real sites."""
        ordered = sorted(places, key=lambda place: place.number)
        step = HISTORY / max(len(ordered), 1)
        start = FIRST_NOON - HISTORY
        chance = self.dice("dates")
        return {
            place.posting.id: _waking(start + step * (rank + chance.random() * 0.9))
            for rank, place in enumerate(ordered)
        }


def _waking(moment: datetime) -> datetime:
    """People post by day: the small hours move to the morning. Seconds are kept, smaller parts dropped."""
    moment = moment.replace(microsecond=0)
    return moment + timedelta(hours=7) if moment.hour < 6 else moment
