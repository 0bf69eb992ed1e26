"""The typed values read out of a text. Offsets are those of the restored text they were read from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, kw_only=True)
class Value:
    """Something read at text[start:end]."""

    start: int
    end: int


@dataclass(frozen=True, kw_only=True)
class Time(Value):
    """When lessons are: days of the week, hours, or both (周六 8:30–10:30)."""

    #: 0 Monday … 6 Sunday, ascending; () where no day is named.
    days: tuple[int, ...] = ()
    #: Minutes since midnight; None where not said. After midnight counts on (25:00 is 1500).
    begins: int | None = None
    ends: int | None = None


@dataclass(frozen=True, kw_only=True)
class Fee(Value):
    """A sum of money asked for lessons."""

    yuan: float
    #: lesson hour day week month term quarter year period person total
    per: str = "total"


@dataclass(frozen=True, kw_only=True)
class Lessons(Value):
    """A number of lessons sold together (192课时), those given on top counted in."""

    count: float
    #: Of them those given on top (60节送10节).
    given: float = 0


@dataclass(frozen=True, kw_only=True)
class Length(Value):
    """A span of time sold or promised (3个月, 两年); a term counts as four months."""

    months: float


@dataclass(frozen=True, kw_only=True)
class LessonLength(Value):
    """How long one lesson is."""

    minutes: float


@dataclass(frozen=True, kw_only=True)
class Promise(Value):
    """What is promised: rise (points), refund, pay_after, repeat, pass."""

    kind: str
    #: Of a rise; None where no number is named.
    points: float | None = None


@dataclass(frozen=True, kw_only=True)
class Days(Value):
    """Calendar days written out (10月2日-6日) or named by their festival (元旦)."""

    #: None where the text names no year.
    year: int | None
    #: Only where a longer course begins or ends, not a day of lessons by itself.
    edge: bool = False
    #: (month, day) of the first and the last day; of a festival that moves, None.
    first: tuple[int, int] | None
    last: tuple[int, int] | None
    #: The festival's name where the text says it, else "".
    festival: str = ""

    def dates(self, year: int) -> tuple[date, ...]:
        """The days in that year, at most 62; () for those that do not exist in it (2月29日) or move."""
        if self.first is None or self.last is None:
            return ()
        try:
            first = date(year, *self.first)
            last = date(year + (self.last < self.first), *self.last)
        except ValueError:
            return ()
        count = (last - first).days + 1
        return tuple(date.fromordinal(first.toordinal() + step) for step in range(min(count, 62)))


@dataclass(frozen=True, kw_only=True)
class Values:
    """Everything read out of one text."""

    times: tuple[Time, ...]
    fees: tuple[Fee, ...]
    lessons: tuple[Lessons, ...]
    lengths: tuple[Length, ...]
    lesson_lengths: tuple[LessonLength, ...]
    promises: tuple[Promise, ...]
    days: tuple[Days, ...]
