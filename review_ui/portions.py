"""A list that is read whole, shown a page at a time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from pipelines.records import PageOf

T = TypeVar("T")
SIZE = 50


def portion(rows: Sequence[T], key: Callable[[T], str], after: str | None, *, size: int = SIZE) -> PageOf[T]:
    """The rows after the one whose key is `after`, in their order; from the beginning when there is none such."""
    keys = [key(row) for row in rows]
    start = keys.index(after) + 1 if after in keys else 0
    shown = tuple(rows[start : start + size])
    more = start + size < len(rows)
    return PageOf(items=shown, next=keys[start + size - 1] if more else None, total=len(rows))
