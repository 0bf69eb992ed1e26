"""One page of an ordered list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class PageOf(Generic[T]):
    """One page of an ordered list; `next` is the cursor of the following page or None."""

    items: tuple[T, ...]
    next: str | None
    total: int | None = None
