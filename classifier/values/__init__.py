"""Times, fees, lengths, promises and dates as a text writes them, read into values that can be compared."""

from __future__ import annotations

from classifier.values.clock import read_times
from classifier.values.dates import read_days
from classifier.values.fees import read_fees
from classifier.values.lessons import read_lengths, read_lesson_lengths, read_lessons
from classifier.values.promises import read_promises
from classifier.values.records import Values

__all__ = ["read_values"]


def read_values(text: str) -> Values:
    """All values of a restored text, each kind in order of place; offsets are those of the text given."""
    return Values(
        times=tuple(read_times(text)),
        fees=tuple(read_fees(text)),
        lessons=tuple(read_lessons(text)),
        lengths=tuple(read_lengths(text)),
        lesson_lengths=tuple(read_lesson_lengths(text)),
        promises=tuple(read_promises(text)),
        days=tuple(read_days(text)),
    )
